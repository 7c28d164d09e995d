// SPDX-License-Identifier: Apache-2.0
/// \file core/taxonomy/taxonomy.h
/// A taxonomy as other programs exchange it, without ids of a project: concepts with names in several languages, homes
/// and further parents, notes, codes and whatever else was said of them; its readers and writers.
///
/// SKOS (W3C Recommendation 2009) as Turtle (RDF 1.1), RDF/XML and JSON-LD 1.1, a spreadsheet (CSV, RFC 4180), the JSON
/// of `espalier-cli tree`, and indented text. Reading a SKOS file that was written here gives the same value again;
/// what the other formats carry is said at each of them (`carries`). No reader opens another file or the network.
///
/// Values only, no thread of their own; sizes are bounded by the file that is read, limits are named below.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/tree/exchange.h"

namespace espalier::taxonomy {

enum class Format { Turtle, RdfXml, JsonLd, Csv, Json, Text };
/// turtle, rdfxml, jsonld, csv, json, text.
std::vector<std::string> formatNames();
std::optional<Format> formatOfName(std::string_view name);
/// By the ending of a file's name (.ttl .nt, .rdf .xml .owl, .jsonld, .csv .tsv, .json, .txt); .json with a
/// "@context" is JSON-LD. None: it has to be named.
std::optional<Format> formatOfFile(std::string_view fileName, std::string_view contents);

inline constexpr std::size_t kMaxNameBytes = 1000;   ///< as core/tree/edit.h
inline constexpr std::size_t kMaxTextBytes = 60000;  ///< of a note and of everything else that is said of a concept
inline constexpr int kMaxDepth = 2000;               ///< levels

struct Concept {
    std::string uri;  ///< empty: the file gave none
    std::string id;   ///< of CSV and JSON: the number that the file gave; else empty
    int home = -1;    ///< place in Taxonomy::concepts, -1: directly under the root
    std::string name;
    std::vector<std::string> alternativeNames;
    std::string note;
    bool locked = false;
    std::vector<int> alsoUnder;  ///< further parents, places in Taxonomy::concepts
    std::vector<int> related;
    tree::Exchange exchange;  ///< without uri, related, alsoUnder and conflicts, which are above or not exchanged
    friend bool operator==(const Concept&, const Concept&) = default;
};

/// What a format can say; an import leaves what it cannot as it is.
struct Carries {
    bool names = true;  ///< languages, notations, scope notes, further parents, links
    bool notes = true;  ///< note, alternative names
    bool all = true;    ///< the rest of tree::Exchange
};

struct Taxonomy {
    Concept root;  ///< the concept scheme: its title is the name of the root, empty where the file gives none
    std::vector<Concept> concepts;  ///< of one parent in their order; a home may come after what is under it
    std::int64_t edit = 0;          ///< journal entry of the project that it was written after, 0: unknown
    Carries carries;
};

/// Something in a file that could not be taken in.
struct Refused {
    std::string what;
    std::string why;
    std::int64_t line = 0;  ///< 0: unknown
};

/// read = mapped + kept + refused.size(). They count statements in SKOS, rows in CSV, labels in JSON, lines in text.
struct Report {
    std::int64_t read = 0;
    std::int64_t mapped = 0;  ///< became part of the tree
    std::int64_t kept = 0;    ///< not understood, kept and written back
    std::vector<Refused> refused;
    std::vector<std::string> notes;  ///< what was understood in a way that a reader may want to know
};

struct Reading {
    Taxonomy taxonomy;
    Report report;
};

/// \param name  of the file, for sentences
/// \retval Corrupt          not UTF-8, broken syntax (with the line), no concept in it, deeper than kMaxDepth
/// \retval InvalidArgument  an empty file
/// \retval Unsupported      an external entity or nested entities in XML, a remote context in JSON-LD
Result<Reading> read(std::string_view contents, Format format, const std::string& name);

/// SKOS formats only; the others are written by core/project, which knows documents and shares.
/// \param taxonomy  depth first; every concept and the root with a URI
/// \retval InvalidArgument  a text holds a control character, or a kept statement has a name, that XML cannot express
Result<std::string> write(const Taxonomy& taxonomy, Format format);

/// Order of concepts: depth first, of one parent in their order.
/// \pre homes make no circle
Taxonomy depthFirst(const Taxonomy& taxonomy);

// Cells of the spreadsheet. A cell that a spreadsheet would take for a formula gets an apostrophe before it, which
// reading takes away again; so does one that begins with such an apostrophe.
std::string csvCell(std::string_view text);
std::string csvPlain(std::string_view cell);  ///< the apostrophe taken away
/// "Soil; Terre @fr": separated by "; ", language after " @"; backslash before ; @ and backslash inside a text.
std::string joinTexts(const std::vector<tree::LanguageText>& texts);
std::vector<tree::LanguageText> splitTexts(std::string_view cell);

/// A name as the tree takes it: line breaks and the spaces around them become one space, ends trimmed. None where it
/// would be empty, too long or holds a control character.
std::optional<std::string> cleanName(std::string_view text);

}  // namespace espalier::taxonomy
