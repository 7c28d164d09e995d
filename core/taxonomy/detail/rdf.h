// SPDX-License-Identifier: Apache-2.0
/// \file core/taxonomy/detail/rdf.h
/// RDF graphs as lists of triples in the order of the file, their syntaxes, and SKOS over them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/taxonomy/taxonomy.h"

namespace espalier::taxonomy::detail {

using tree::RdfTerm;

struct Triple {
    RdfTerm subject;
    std::string predicate;
    RdfTerm object;
    std::int64_t line = 0;
    friend bool operator==(const Triple&, const Triple&) = default;
};
using Graph = std::vector<Triple>;

/// Relative URIs are resolved against this: a file is no place on the web, and its path is nobody's business.
inline constexpr const char* kBase = "file:///taxonomy";
inline constexpr const char* kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
inline constexpr const char* kSkos = "http://www.w3.org/2004/02/skos/core#";
inline constexpr const char* kTerms = "http://purl.org/dc/terms/";
inline constexpr const char* kOwl = "http://www.w3.org/2002/07/owl#";
inline constexpr const char* kRdfs = "http://www.w3.org/2000/01/rdf-schema#";
inline constexpr const char* kXsd = "http://www.w3.org/2001/XMLSchema#";
struct Prefix {
    const char* name;
    const char* uri;
};
inline constexpr Prefix kPrefixes[] = {{"skos", kSkos}, {"dct", kTerms}, {"owl", kOwl},
                                       {"rdf", kRdf},   {"rdfs", kRdfs}, {"xsd", kXsd}};

Result<Graph> readTurtle(std::string_view text, const std::string& name);
Result<Graph> readRdfXml(std::string_view text, const std::string& name);
/// \param refused  keys that no context explains, which JSON-LD lets fall
Result<Graph> readJsonLd(std::string_view text, const std::string& name, std::vector<Refused>& refused);
/// \param reference  absolute, or relative to `base`
std::string resolveUri(const std::string& base, const std::string& reference);
/// Triples of one subject stand together.
Result<std::string> writeTurtle(const Graph& graph);
Result<std::string> writeRdfXml(const Graph& graph);
Result<std::string> writeJsonLd(const Graph& graph);

Result<Reading> fromGraph(const Graph& graph, const std::string& name);
Graph toGraph(const Taxonomy& taxonomy);

Result<Reading> readCsv(std::string_view text, const std::string& name);
Result<Reading> readJson(std::string_view text, const std::string& name);
Result<Reading> readText(std::string_view text, const std::string& name);

/// Candidates for homes, in order of preference; what was said where, for refusals.
struct Parent {
    int at = -1;  ///< place in Taxonomy::concepts
    std::string what;
    std::int64_t line = 0;
};
/// Homes, in the order of the concepts: the first candidate that does not lie in the concept's own branch; the others
/// become further parents. What would close a circle is refused, with the path that it would close.
/// \return statements refused
std::int64_t settleHomes(Taxonomy& taxonomy, const std::vector<std::vector<Parent>>& candidates, Report& report);

/// \retval Corrupt  deeper than kMaxDepth
Status checkDepth(const Taxonomy& taxonomy, const std::string& name);
/// A note for each name that siblings share.
void noteTwins(const Taxonomy& taxonomy, Report& report);

}  // namespace espalier::taxonomy::detail
