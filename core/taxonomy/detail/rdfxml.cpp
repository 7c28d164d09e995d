// SPDX-License-Identifier: Apache-2.0
// RDF/XML: read by raptor; written here, since raptor's serialiser puts subjects in the order of their URIs and the
// order of labels would be lost.
#include <raptor2.h>

#include <algorithm>
#include <map>
#include <memory>

#include "core/taxonomy/detail/rdf.h"

namespace espalier::taxonomy::detail {
namespace {
constexpr std::size_t kMaxExpanded = std::size_t{64} << 20;  ///< bytes that entities of one file may become
constexpr int kMaxNesting = 250;                             // libxml2 stops at 256
constexpr std::size_t kChunk = std::size_t{1} << 20;

bool isNameChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

/// Looks through the document type before any XML library sees it: entities may abbreviate namespaces, as editors of
/// ontologies write them, and nothing else.
Status checkEntities(std::string_view text, const std::string& name) {
    const auto refuse = [&name](const std::string& what) {
        return makeError(ErrorCode::Unsupported, name + " " + what + "; it is not read", name);
    };
    std::size_t begin = 0;
    while (true) {  // the prolog: declarations, comments, white space, until the first element
        begin = text.find('<', begin);
        if (begin == std::string_view::npos) return {};
        if (text.substr(begin, 4) == "<!--") {
            begin = text.find("-->", begin + 4);
        } else if (text.substr(begin, 2) == "<?") {
            begin = text.find("?>", begin);
        } else {
            break;
        }
        if (begin == std::string_view::npos) return {};
    }
    if (text.substr(begin, 9) != "<!DOCTYPE") return {};
    std::map<std::string, std::size_t, std::less<>> sizes;
    std::size_t i = begin + 9;
    bool inside = false;
    for (; i < text.size(); ++i) {
        const std::string_view rest = text.substr(i);
        const char c = text[i];
        if (c == '[') {
            inside = true;
        } else if (c == ']') {
            inside = false;
        } else if (c == '>' && !inside) {
            break;
        } else if (c == '>') {
            continue;
        } else if (rest.substr(0, 4) == "<!--") {
            i = text.find("-->", i);
            if (i == std::string_view::npos) return {};
            i += 2;
        } else if (!inside && (rest.substr(0, 6) == "SYSTEM" || rest.substr(0, 6) == "PUBLIC")) {
            return refuse("names an external document type");
        } else if (c == '%') {
            return refuse("uses parameter entities");
        } else if (rest.substr(0, 8) == "<!ENTITY") {
            std::size_t at = text.find_first_not_of(" \t\r\n", i + 8);
            std::size_t end = at;
            while (end < text.size() && isNameChar(text[end])) ++end;
            if (at != std::string_view::npos && text[at] == '%') return refuse("uses parameter entities");
            if (at == std::string_view::npos || end == at)
                return refuse("declares an entity in a way that is not safe");
            const std::string entity(text.substr(at, end - at));
            at = text.find_first_not_of(" \t\r\n", end);
            if (at == std::string_view::npos) return {};
            if (text[at] != '"' && text[at] != '\'') return refuse("declares the external entity '" + entity + "'");
            end = text.find(text[at], at + 1);
            if (end == std::string_view::npos) return {};  // the parser will say what is wrong
            const std::string_view value = text.substr(at + 1, end - at - 1);
            if (value.find_first_of("&%<") != std::string_view::npos)
                return refuse("declares the entity '" + entity + "' by other entities or elements");
            sizes.emplace(entity, value.size());
            i = end;
        } else if (c == '"' || c == '\'') {
            i = text.find(c, i + 1);
            if (i == std::string_view::npos) return {};
        }
    }
    if (sizes.empty()) return {};
    std::size_t expanded = 0;
    for (i = text.find('&', std::min(i, text.size())); i != std::string_view::npos; i = text.find('&', i + 1)) {
        std::size_t end = i + 1;
        while (end < text.size() && isNameChar(text[end])) ++end;
        const auto found = sizes.find(text.substr(i + 1, end - i - 1));
        if (found != sizes.end()) expanded += found->second;
        if (expanded > kMaxExpanded) return refuse("uses entities that would grow to more than 64 MiB");
    }
    return {};
}

/// Deepest nesting of elements: raptor's time grows with its square.
int nesting(std::string_view text) {
    int depth = 0, deepest = 0;
    for (std::size_t i = text.find('<'); i < text.size(); i = text.find('<', i + 1)) {
        const std::string_view rest = text.substr(i);
        const auto skipTo = [&](std::string_view mark) { i = std::min(text.find(mark, i), text.size() - 1); };
        if (rest.substr(0, 4) == "<!--") {
            skipTo("-->");
        } else if (rest.substr(0, 9) == "<![CDATA[") {
            skipTo("]]>");
        } else if (rest.substr(0, 2) == "<?" || rest.substr(0, 2) == "<!") {
            continue;
        } else if (rest.substr(0, 2) == "</") {
            --depth;
        } else {
            for (char quote = 0; i < text.size() && (quote != 0 || text[i] != '>'); ++i) {
                if (quote == 0 ? text[i] == '"' || text[i] == '\'' : text[i] == quote)
                    quote = quote == 0 ? text[i] : '\0';
            }
            if (i < text.size() && text[i - 1] != '/') deepest = std::max(deepest, ++depth);
        }
    }
    return deepest;
}

/// What raptor's callbacks write into.
struct Sink {
    raptor_world* world = nullptr;
    raptor_parser* parser = nullptr;
    Graph graph;
    std::string error;
    std::int64_t line = 0;
};

std::string textOf(raptor_uri* uri) {
    std::size_t size = 0;
    const unsigned char* text = uri == nullptr ? nullptr : raptor_uri_as_counted_string(uri, &size);
    return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
}

RdfTerm termOf(const raptor_term* term) {
    RdfTerm made;
    if (term->type == RAPTOR_TERM_TYPE_URI) {
        made.value = textOf(term->value.uri);
    } else if (term->type == RAPTOR_TERM_TYPE_BLANK) {
        made.kind = RdfTerm::Kind::Blank;
        made.value = std::string(reinterpret_cast<const char*>(term->value.blank.string), term->value.blank.string_len);
    } else {
        const raptor_term_literal_value& literal = term->value.literal;
        made.kind = RdfTerm::Kind::Literal;
        made.value = std::string(reinterpret_cast<const char*>(literal.string), literal.string_len);
        if (literal.language != nullptr)
            made.language = std::string(reinterpret_cast<const char*>(literal.language), literal.language_len);
        made.datatype = textOf(literal.datatype);
    }
    return made;
}

void takeStatement(void* data, raptor_statement* statement) {
    auto& sink = *static_cast<Sink*>(data);
    raptor_locator* place = raptor_parser_get_locator(sink.parser);
    sink.graph.push_back({termOf(statement->subject), termOf(statement->predicate).value, termOf(statement->object),
                          place == nullptr ? 0 : std::max(0, raptor_locator_line(place))});
}

void takeMessage(void* data, raptor_log_message* message) {
    auto& sink = *static_cast<Sink*>(data);
    if (message->level < RAPTOR_LOG_LEVEL_ERROR || !sink.error.empty()) return;
    sink.error = message->text == nullptr ? "it cannot be read" : message->text;
    while (!sink.error.empty() && sink.error.back() == '\n') sink.error.pop_back();
    if (message->locator != nullptr) sink.line = std::max(0, raptor_locator_line(message->locator));
}

/// Everything of raptor's that a reading needs, given back in the right order.
class Session {
public:
    explicit Session(Sink& sink) : m_world(raptor_new_world()) {
        sink.world = m_world;
        raptor_world_set_log_handler(m_world, &sink, takeMessage);
        if (raptor_world_open(m_world) != 0) return;
        char prefix[] = "gen.";  // no name that a file would give itself
        raptor_world_set_generate_bnodeid_parameters(m_world, prefix, 1);
        m_parser = raptor_new_parser(m_world, "rdfxml");
        m_base = raptor_new_uri(m_world, reinterpret_cast<const unsigned char*>(kBase));
        if (m_parser == nullptr) return;
        sink.parser = m_parser;
        raptor_parser_set_option(m_parser, RAPTOR_OPTION_NO_NET, nullptr, 1);
        raptor_parser_set_option(m_parser, RAPTOR_OPTION_NO_FILE, nullptr, 1);
        raptor_parser_set_option(m_parser, RAPTOR_OPTION_LOAD_EXTERNAL_ENTITIES, nullptr, 0);
        raptor_parser_set_statement_handler(m_parser, &sink, takeStatement);
    }
    ~Session() {
        if (m_parser != nullptr) raptor_free_parser(m_parser);
        if (m_base != nullptr) raptor_free_uri(m_base);
        raptor_free_world(m_world);
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    raptor_parser* parser() const { return m_parser; }
    raptor_uri* base() const { return m_base; }

private:
    raptor_world* m_world;
    raptor_parser* m_parser = nullptr;
    raptor_uri* m_base = nullptr;
};

/// What XML 1.0 lets a document hold at all.
bool fitsXml(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
        if (c == 0xef && i + 2 < text.size() && static_cast<unsigned char>(text[i + 1]) == 0xbf &&
            static_cast<unsigned char>(text[i + 2]) >= 0xbe) {
            return false;  // U+FFFE, U+FFFF
        }
    }
    return true;
}

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\r':
                safe += "&#13;";
                break;
            case '\n':
                safe += "&#10;";
                break;
            case '\t':
                safe += "&#9;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

/// Element names of predicates, and the namespaces they need.
class Names {
public:
    Names() {
        for (const Prefix& prefix : kPrefixes) m_prefixes.emplace(prefix.uri, prefix.name);
    }
    /// Empty where XML has no name for it.
    std::string element(const std::string& predicate) {
        std::size_t at = predicate.size();
        while (at > 0 && isNameChar(predicate[at - 1])) --at;
        while (at < predicate.size() && !isNameStart(predicate[at])) ++at;
        if (at == predicate.size() || at == 0) return {};
        const std::string space = predicate.substr(0, at);
        auto known = m_prefixes.find(space);
        if (known == m_prefixes.end()) known = m_prefixes.emplace(space, "ns" + std::to_string(++m_made)).first;
        return known->second + ":" + predicate.substr(at);
    }
    std::string declarations() const {
        std::map<std::string, std::string> byName;
        for (const auto& [uri, prefix] : m_prefixes) byName.emplace(prefix, uri);
        std::string text;
        for (const auto& [prefix, uri] : byName) text += "\n    xmlns:" + prefix + "=\"" + escaped(uri) + "\"";
        return text;
    }

private:
    static bool isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               (static_cast<unsigned char>(c) & 0x80) != 0;
    }
    std::map<std::string, std::string> m_prefixes;
    int m_made = 0;
};

std::string resource(const RdfTerm& term, const char* ofUri) {
    return term.kind == RdfTerm::Kind::Blank ? " rdf:nodeID=\"" + escaped(term.value) + "\""
                                             : std::string(" ") + ofUri + "=\"" + escaped(term.value) + "\"";
}
}  // namespace

Result<Graph> readRdfXml(std::string_view text, const std::string& name) {
    ESPALIER_TRY(checkEntities(text, name));
    if (nesting(text) > kMaxNesting) {
        return makeError(ErrorCode::Corrupt,
                         name + " nests elements deeper than " + std::to_string(kMaxNesting) + " levels", name);
    }
    Sink sink;
    const Session session(sink);
    if (session.parser() == nullptr || session.base() == nullptr)
        return makeError(ErrorCode::Internal, "raptor cannot read RDF/XML here");
    int failed = raptor_parser_parse_start(session.parser(), session.base());
    for (std::size_t at = 0; failed == 0 && sink.error.empty(); at += kChunk) {
        const std::string_view chunk = text.substr(std::min(at, text.size()), kChunk);
        const bool last = at + kChunk >= text.size();
        failed = raptor_parser_parse_chunk(session.parser(), reinterpret_cast<const unsigned char*>(chunk.data()),
                                           chunk.size(), last ? 1 : 0);
        if (last) break;
    }
    if (failed != 0 || !sink.error.empty()) {
        return makeError(ErrorCode::Corrupt,
                         name + " is no RDF/XML" +
                             (sink.line > 0 ? " from line " + std::to_string(sink.line) : std::string()) +
                             " on: " + (sink.error.empty() ? "it cannot be read" : sink.error),
                         name, sink.line);
    }
    return std::move(sink.graph);
}

Result<std::string> writeRdfXml(const Graph& graph) {
    Names names;
    std::string body;
    for (std::size_t i = 0; i < graph.size(); ++i) {
        const Triple& triple = graph[i];
        const bool first = i == 0 || !(graph[i - 1].subject == triple.subject);
        const bool last = i + 1 == graph.size() || !(graph[i + 1].subject == triple.subject);
        const std::string element = names.element(triple.predicate);
        if (element.empty()) {
            return makeError(ErrorCode::InvalidArgument, "RDF/XML has no name for the property " + triple.predicate +
                                                             "; export as Turtle or JSON-LD");
        }
        if (!fitsXml(triple.object.value)) {
            return makeError(ErrorCode::InvalidArgument,
                             "a text of " + triple.subject.value +
                                 " holds a control character that XML cannot express; export as Turtle or JSON-LD");
        }
        if (first) body += "  <rdf:Description" + resource(triple.subject, "rdf:about") + ">\n";
        body += "    <" + element;
        if (triple.object.kind == RdfTerm::Kind::Literal) {
            if (!triple.object.language.empty()) body += " xml:lang=\"" + escaped(triple.object.language) + "\"";
            if (!triple.object.datatype.empty()) body += " rdf:datatype=\"" + escaped(triple.object.datatype) + "\"";
            body += ">" + escaped(triple.object.value) + "</" + element + ">\n";
        } else {
            body += resource(triple.object, "rdf:resource") + "/>\n";
        }
        if (last) body += "  </rdf:Description>\n";
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF" + names.declarations() + ">\n" + body +
           "</rdf:RDF>\n";
}

}  // namespace espalier::taxonomy::detail
