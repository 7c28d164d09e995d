// SPDX-License-Identifier: Apache-2.0
// Turtle through serd.
#include <serd/serd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "core/taxonomy/detail/rdf.h"

namespace espalier::taxonomy::detail {
namespace {
constexpr int kMaxNesting = 500;  // serd calls itself for each bracket

/// Deepest nesting of [ and ( outside of texts, URIs and comments.
int nesting(std::string_view text) {
    int depth = 0, deepest = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '#') {
            i = std::min(text.find('\n', i), text.size());
        } else if (c == '<') {
            i = std::min(text.find_first_of(">\n", i), text.size());
        } else if (c == '"' || c == '\'') {
            const bool isLong = text.substr(i, 3) == std::string(3, c);
            i += isLong ? 3 : 1;
            for (; i < text.size(); ++i) {
                if (text[i] == '\\') {
                    ++i;
                } else if (isLong ? text.substr(i, 3) == std::string(3, c) : text[i] == c || text[i] == '\n') {
                    break;
                }
            }
            i += isLong ? 2 : 0;
        } else if (c == '[' || c == '(') {
            deepest = std::max(deepest, ++depth);
        } else if (c == ']' || c == ')') {
            --depth;
        }
    }
    return deepest;
}

/// Quotes inside of long texts with a backslash before them: serd 0.30 takes what follows such a quote as it stands, so
/// that an escape there stays one. Nothing else changes, lines keep their numbers.
std::string withQuotesEscaped(std::string_view text) {
    std::string safe;
    safe.reserve(text.size() + 16);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        std::size_t end = i + 1;
        if (c == '#') {
            end = std::min(text.find('\n', i), text.size());
        } else if (c == '<') {
            end = std::min(text.find_first_of(">\n", i), text.size());
        } else if (c == '"' || c == '\'') {
            const std::string marks(3, c);
            const bool isLong = text.substr(i, 3) == marks;
            safe.append(text.substr(i, isLong ? 3 : 1));
            for (i += isLong ? 3 : 1; i < text.size(); ++i) {
                if (text[i] == '\\') {
                    safe += text[i++];
                } else if (isLong ? text.substr(i, 3) == marks : text[i] == c || text[i] == '\n') {
                    break;
                } else if (isLong && text[i] == c) {
                    safe += '\\';
                }
                if (i < text.size()) safe += text[i];
            }
            end = std::min(i + (isLong ? 3 : 1), text.size());
        }
        if (i < end) safe.append(text.substr(i, end - i));
        i = std::max(end, i + 1) - 1;
    }
    return safe;
}

std::string textOf(const SerdNode* node) {
    return node == nullptr || node->buf == nullptr
               ? std::string()
               : std::string(reinterpret_cast<const char*>(node->buf), node->n_bytes);
}
const std::uint8_t* bytes(const std::string& text) {
    return reinterpret_cast<const std::uint8_t*>(text.c_str());
}

/// What serd's callbacks write into.
struct Sink {
    SerdEnv* env = nullptr;
    Graph graph;
    std::string error;
    std::int64_t line = 0;

    bool resolve(const SerdNode* node, std::string& uri) const {
        SerdNode whole = serd_env_expand_node(env, node);
        if (whole.buf == nullptr) return false;
        uri = textOf(&whole);
        serd_node_free(&whole);
        return true;
    }
    bool term(const SerdNode* node, const SerdNode* datatype, const SerdNode* language, RdfTerm& to) const {
        if (node->type == SERD_BLANK) {
            to.kind = RdfTerm::Kind::Blank;
            to.value = textOf(node);
        } else if (node->type == SERD_LITERAL) {
            to.kind = RdfTerm::Kind::Literal;
            to.value = textOf(node);
            to.language = textOf(language);
            if (datatype != nullptr && datatype->buf != nullptr) return resolve(datatype, to.datatype);
        } else {
            to.kind = RdfTerm::Kind::Uri;
            return resolve(node, to.value);
        }
        return true;
    }
};

SerdStatus takeBase(void* handle, const SerdNode* uri) {
    return serd_env_set_base_uri(static_cast<Sink*>(handle)->env, uri);
}
SerdStatus takePrefix(void* handle, const SerdNode* name, const SerdNode* uri) {
    return serd_env_set_prefix(static_cast<Sink*>(handle)->env, name, uri);
}
SerdStatus takeStatement(void* handle, SerdStatementFlags, const SerdNode*, const SerdNode* subject,
                         const SerdNode* predicate, const SerdNode* object, const SerdNode* datatype,
                         const SerdNode* language) {
    auto& sink = *static_cast<Sink*>(handle);
    Triple triple;
    RdfTerm verb;
    if (!sink.term(subject, nullptr, nullptr, triple.subject) || !sink.term(predicate, nullptr, nullptr, verb) ||
        !sink.term(object, datatype, language, triple.object)) {
        if (sink.error.empty()) sink.error = "it uses a prefix that was not declared";
        return SERD_ERR_BAD_CURIE;
    }
    triple.predicate = std::move(verb.value);
    sink.graph.push_back(std::move(triple));
    return SERD_SUCCESS;
}
SerdStatus takeError(void* handle, const SerdError* error) {
    auto& sink = *static_cast<Sink*>(handle);
    if (!sink.error.empty()) return SERD_SUCCESS;  // the first is the cause
    char text[300];
    std::vsnprintf(text, sizeof text, error->fmt, *error->args);
    sink.error = text;
    while (!sink.error.empty() && sink.error.back() == '\n') sink.error.pop_back();
    sink.line = error->line;
    return SERD_SUCCESS;
}

template <class T, void (*release)(T*)>
struct Release {
    void operator()(T* object) const { release(object); }
};
using Env = std::unique_ptr<SerdEnv, Release<SerdEnv, serd_env_free>>;
using Reader = std::unique_ptr<SerdReader, Release<SerdReader, serd_reader_free>>;
using Writer = std::unique_ptr<SerdWriter, Release<SerdWriter, serd_writer_free>>;

std::size_t append(const void* data, std::size_t size, void* to) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(data), size);
    return size;
}

SerdNode node(const std::string& text, SerdType type) {
    return serd_node_from_substring(type, bytes(text), text.size());
}
}  // namespace

Result<Graph> readTurtle(std::string_view text, const std::string& name) {
    if (nesting(text) > kMaxNesting) {
        return makeError(ErrorCode::Corrupt,
                         name + " nests brackets deeper than " + std::to_string(kMaxNesting) + " levels", name);
    }
    const std::string whole = withQuotesEscaped(text);
    const std::string base = kBase;
    const SerdNode baseNode = node(base, SERD_URI);
    const Env env(serd_env_new(&baseNode));
    Sink sink;
    sink.env = env.get();
    const Reader reader(serd_reader_new(SERD_TURTLE, &sink, nullptr, takeBase, takePrefix, takeStatement, nullptr));
    serd_reader_set_strict(reader.get(), true);
    serd_reader_set_error_sink(reader.get(), takeError, &sink);
    const SerdStatus status = serd_reader_read_string(reader.get(), bytes(whole));
    if (status != SERD_SUCCESS || !sink.error.empty()) {
        const std::string why = sink.error.empty() ? reinterpret_cast<const char*>(serd_strerror(status)) : sink.error;
        return makeError(ErrorCode::Corrupt,
                         name + " is no Turtle" +
                             (sink.line > 0 ? " from line " + std::to_string(sink.line) : std::string()) +
                             " on: " + why,
                         name, sink.line);
    }
    return std::move(sink.graph);
}

std::string resolveUri(const std::string& base, const std::string& reference) {
    SerdURI whole = SERD_URI_NULL;
    if (serd_uri_parse(bytes(base), &whole) != SERD_SUCCESS) return reference;
    SerdURI unused = SERD_URI_NULL;
    SerdNode resolved = serd_node_new_uri_from_string(bytes(reference), &whole, &unused);
    std::string uri = resolved.buf == nullptr ? reference : textOf(&resolved);
    serd_node_free(&resolved);
    return uri;
}

Result<std::string> writeTurtle(const Graph& graph) {
    std::string text;
    const Env env(serd_env_new(nullptr));
    const Writer writer(serd_writer_new(SERD_TURTLE, static_cast<SerdStyle>(SERD_STYLE_ABBREVIATED | SERD_STYLE_CURIED),
                                        env.get(), nullptr, append, &text));
    for (const Prefix& prefix : kPrefixes) {
        const std::string name = prefix.name, uri = prefix.uri;
        const SerdNode nameNode = node(name, SERD_LITERAL), uriNode = node(uri, SERD_URI);
        serd_env_set_prefix(env.get(), &nameNode, &uriNode);
        serd_writer_set_prefix(writer.get(), &nameNode, &uriNode);
    }
    for (const Triple& triple : graph) {
        const auto resource = [](const RdfTerm& term) {
            return node(term.value, term.kind == RdfTerm::Kind::Blank ? SERD_BLANK
                                    : term.kind == RdfTerm::Kind::Uri ? SERD_URI
                                                                      : SERD_LITERAL);
        };
        SerdNode object = resource(triple.object);
        object.flags = 0;  // a text on one line with escapes, however long
        const SerdNode subject = resource(triple.subject), predicate = node(triple.predicate, SERD_URI),
                       datatype = node(triple.object.datatype, SERD_URI),
                       language = node(triple.object.language, SERD_LITERAL);
        const SerdStatus status = serd_writer_write_statement(writer.get(), 0, nullptr, &subject, &predicate, &object,
                                                              triple.object.datatype.empty() ? nullptr : &datatype,
                                                              triple.object.language.empty() ? nullptr : &language);
        if (status != SERD_SUCCESS) {
            return makeError(ErrorCode::InvalidArgument, "Turtle cannot express a statement about " +
                                                             triple.subject.value + ": " +
                                                             reinterpret_cast<const char*>(serd_strerror(status)));
        }
    }
    if (serd_writer_finish(writer.get()) != SERD_SUCCESS)
        return makeError(ErrorCode::Internal, "the Turtle could not be completed");
    return text;
}

}  // namespace espalier::taxonomy::detail
