// SPDX-License-Identifier: Apache-2.0
// JSON-LD 1.1 with inline contexts (W3C Recommendation 2020): expansion and conversion to RDF as far as files need
// them. Deviations: no remote context, no scoped contexts, no @nest, no containers of graphs, ids or types: each is
// refused by name. A named graph is read as if its statements were the file's own.
#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/taxonomy/detail/rdf.h"

namespace espalier::taxonomy::detail {
namespace {
using Json = nlohmann::ordered_json;
constexpr int kMaxNesting = 500;
constexpr std::size_t kMaxRefused = 1000;

struct Definition {
    std::string id;  ///< URI or keyword; empty: the term means nothing
    std::string type;
    std::optional<std::string> language;
    std::string container;
    bool reverse = false;
    bool isList = false;
};

struct Context {
    std::string base = kBase;
    std::string vocab;
    std::string language;
    std::map<std::string, Definition, std::less<>> terms;
};

class JsonLdReader {
public:
    JsonLdReader(const std::string& name, std::vector<Refused>& refused) : m_name(name), m_refused(refused) {}

    Result<Graph> read(const Json& json) {
        ESPALIER_TRY(top(json, Context{}));
        return std::move(m_graph);
    }

private:
    Error unsupported(const std::string& what) const {
        return makeError(ErrorCode::Unsupported, m_name + " " + what, m_name);
    }
    Error remote(const std::string& uri) const {
        return unsupported("refers to the remote context " + uri +
                           ", which is not fetched; put the context into the file and import it again");
    }
    Error wrong(const std::string& what) const {
        return makeError(ErrorCode::Corrupt, m_name + " is no JSON-LD: " + what, m_name);
    }
    static bool isKeyword(std::string_view text) { return !text.empty() && text.front() == '@'; }
    RdfTerm blank() { return {RdfTerm::Kind::Blank, "gen." + std::to_string(++m_blanks), {}, {}}; }
    void add(const RdfTerm& subject, const std::string& predicate, const RdfTerm& object) {
        m_graph.push_back({subject, predicate, object, 0});
    }

    /// Of a URI reference, term or compact URI; empty: it means nothing.
    std::string expand(const Context& context, const std::string& text, bool vocab) const {
        if (isKeyword(text)) return text;
        if (vocab) {
            if (const auto term = context.terms.find(text); term != context.terms.end()) return term->second.id;
        }
        if (const auto colon = text.find(':'); colon != std::string::npos && colon > 0) {
            const std::string prefix = text.substr(0, colon), rest = text.substr(colon + 1);
            if (prefix == "_" || rest.rfind("//", 0) == 0) return text;
            const auto term = context.terms.find(prefix);
            if (term != context.terms.end() && !term->second.id.empty() && !isKeyword(term->second.id))
                return term->second.id + rest;
            if (prefix.find_first_of("/?#") == std::string::npos) return text;
        }
        if (vocab) return context.vocab.empty() ? std::string() : context.vocab + text;
        return resolveUri(context.base, text);
    }

    static RdfTerm resource(const std::string& uri) {
        if (uri.rfind("_:", 0) == 0) return {RdfTerm::Kind::Blank, uri.substr(2), {}, {}};
        return {RdfTerm::Kind::Uri, uri, {}, {}};
    }

    Status addContext(Context& context, const Json& json) {
        if (json.is_null()) {
            context = Context{};
            return {};
        }
        if (json.is_string()) return remote(json.get<std::string>());
        if (json.is_array()) {
            for (const Json& one : json) ESPALIER_TRY(addContext(context, one));
            return {};
        }
        if (!json.is_object()) return wrong("a context is an object");
        if (const auto found = json.find("@import"); found != json.end())
            return remote(found->is_string() ? found->get<std::string>() : "of @import");
        const auto text = [&](const char* key, std::string& to) -> Status {
            const auto found = json.find(key);
            if (found == json.end()) return {};
            if (!found->is_string() && !found->is_null()) return wrong(std::string(key) + " is a text");
            to = found->is_null() ? std::string() : found->get<std::string>();
            return {};
        };
        std::string base = context.base;
        ESPALIER_TRY(text("@base", base));
        context.base = base.empty() ? kBase : resolveUri(context.base, base);
        ESPALIER_TRY(text("@vocab", context.vocab));
        ESPALIER_TRY(text("@language", context.language));
        std::set<std::string> open;
        for (const auto& [term, value] : json.items()) {
            if (!isKeyword(term)) ESPALIER_TRY(define(context, json, term, open));
        }
        if (!context.vocab.empty()) context.vocab = expand(context, context.vocab, true);
        return {};
    }

    /// A term of a context, after the terms that its URI is written with.
    Status define(Context& context, const Json& json, const std::string& term, std::set<std::string>& open) {
        if (!open.insert(term).second) return {};
        const Json& value = json.at(term);
        Definition made;
        std::string id = term;
        if (value.is_null()) {
            context.terms[term] = made;
            return {};
        }
        if (value.is_string()) {
            id = value.get<std::string>();
        } else if (value.is_object()) {
            for (const auto& [key, one] : value.items()) {
                if (key == "@id" || key == "@reverse") {
                    if (one.is_null()) {
                        context.terms[term] = made;
                        return {};
                    }
                    if (!one.is_string()) return wrong("the term \"" + term + "\" has no URI");
                    id = one.get<std::string>();
                    made.reverse = key == "@reverse";
                } else if (key == "@type") {
                    if (!one.is_string()) return wrong("the type of \"" + term + "\" is no text");
                    made.type = one.get<std::string>();
                } else if (key == "@language") {
                    made.language = one.is_string() ? one.get<std::string>() : std::string();
                } else if (key == "@container") {
                    for (const Json& kind : one.is_array() ? one : Json::array({one})) {
                        const std::string name = kind.is_string() ? kind.get<std::string>() : std::string();
                        if (name == "@list") {
                            made.isList = true;
                        } else if (name == "@language" || name == "@index") {
                            made.container = name;
                        } else if (name != "@set") {
                            return unsupported("uses the container " + name + ", which is not supported");
                        }
                    }
                } else if (key == "@context") {
                    return unsupported("uses a context that belongs to the term \"" + term +
                                       "\" alone, which is not supported");
                } else if (key != "@prefix" && key != "@protected" && key != "@index") {
                    return unsupported("uses " + key + " in a context, which is not supported");
                }
            }
        } else {
            return wrong("the term \"" + term + "\" is defined by neither text nor object");
        }
        for (const std::string& used : {id, made.type}) {
            const std::string prefix = used.substr(0, used.find(':'));
            if (prefix != term && json.contains(prefix)) ESPALIER_TRY(define(context, json, prefix, open));
        }
        context.terms.erase(term);
        made.id = expand(context, id, true);
        if (!made.type.empty() && !isKeyword(made.type)) made.type = expand(context, made.type, true);
        context.terms[term] = made;
        return {};
    }

    Status top(const Json& json, const Context& context) {
        if (json.is_array()) {
            for (const Json& one : json) ESPALIER_TRY(top(one, context));
            return {};
        }
        if (!json.is_object()) return wrong("at the top stands neither an object nor an array");
        ESPALIER_TRY(node(json, context));
        return {};
    }

    Result<RdfTerm> node(const Json& json, Context context) {
        if (const auto own = json.find("@context"); own != json.end()) {
            ESPALIER_TRY(addContext(context, *own));
        }
        RdfTerm self;
        bool isNamed = false;
        for (const auto& [key, value] : json.items()) {
            if (expand(context, key, true) != "@id") continue;
            if (!value.is_string()) return wrong("an @id is a text");
            self = resource(expand(context, value.get<std::string>(), false));
            isNamed = true;
        }
        if (!isNamed) self = blank();
        for (const auto& [key, value] : json.items()) {
            const std::string property = expand(context, key, true);
            if (property == "@id" || property == "@context" || property == "@index") continue;
            Status status;
            if (property == "@type") {
                for (const Json& type : value.is_array() ? value : Json::array({value})) {
                    if (!type.is_string()) return wrong("an @type is a text");
                    const std::string uri = expand(context, type.get<std::string>(), true);
                    if (!uri.empty()) add(self, std::string(kRdf) + "type", resource(uri));
                }
            } else if (property == "@graph" || property == "@included") {
                status = top(value, context);
            } else if (property == "@reverse") {
                if (!value.is_object()) return wrong("@reverse is an object");
                for (const auto& [inner, one] : value.items()) {
                    const std::string uri = expand(context, inner, true);
                    Definition plain;
                    plain.id = uri;
                    plain.reverse = true;
                    if (!uri.empty() && status) status = values(self, plain, one, context);
                }
            } else if (isKeyword(property)) {
                return unsupported("uses " + property + ", which is not supported");
            } else if (property.find(':') == std::string::npos) {
                if (m_refused.size() < kMaxRefused)
                    m_refused.push_back({"\"" + key + "\" of " + self.value, "no context says what it means", 0});
            } else {
                const auto term = context.terms.find(key);
                Definition definition = term == context.terms.end() ? Definition{} : term->second;
                definition.id = property;
                status = values(self, definition, value, context);
            }
            ESPALIER_TRY(status);
        }
        return self;
    }

    Status values(const RdfTerm& self, const Definition& definition, const Json& json, const Context& context) {
        if (json.is_null()) return {};
        if (definition.container == "@language" && json.is_object()) {
            for (const auto& [language, texts] : json.items()) {
                const std::string tag = expand(context, language, true) == "@none" ? std::string() : language;
                for (const Json& text : texts.is_array() ? texts : Json::array({texts})) {
                    if (text.is_null()) continue;
                    if (!text.is_string()) return wrong("a text of the language " + language + " is no text");
                    add(self, definition.id, {RdfTerm::Kind::Literal, text.get<std::string>(), tag, {}});
                }
            }
            return {};
        }
        if (definition.container == "@index" && json.is_object()) {
            Definition inner = definition;
            inner.container.clear();
            for (const auto& [key, one] : json.items()) ESPALIER_TRY(values(self, inner, one, context));
            return {};
        }
        if (definition.isList && !(json.is_object() && json.contains("@list"))) {
            ESPALIER_ASSIGN(const RdfTerm head,
                            list(json.is_array() ? json : Json::array({json}), definition, context));
            add(self, definition.id, head);
            return {};
        }
        if (json.is_array()) {
            for (const Json& one : json) ESPALIER_TRY(values(self, definition, one, context));
            return {};
        }
        if (json.is_object() && json.contains("@set")) return values(self, definition, json["@set"], context);
        ESPALIER_ASSIGN(const auto made, value(json, definition, context));
        if (!made) return {};
        if (!definition.reverse) {
            add(self, definition.id, *made);
        } else if (made->kind == RdfTerm::Kind::Literal) {
            return wrong("a text cannot be the subject of " + definition.id);
        } else {
            add(*made, definition.id, self);
        }
        return {};
    }

    Result<RdfTerm> list(const Json& items, const Definition& definition, const Context& context) {
        const RdfTerm nil{RdfTerm::Kind::Uri, std::string(kRdf) + "nil", {}, {}};
        RdfTerm head = nil, last;
        for (const Json& item : items) {
            Definition plain = definition;
            plain.isList = false;
            ESPALIER_ASSIGN(const auto made, value(item, plain, context));
            if (!made) continue;
            const RdfTerm cell = blank();
            if (head == nil) {
                head = cell;
            } else {
                add(last, std::string(kRdf) + "rest", cell);
            }
            add(cell, std::string(kRdf) + "first", *made);
            last = cell;
        }
        if (!(head == nil)) add(last, std::string(kRdf) + "rest", nil);
        return head;
    }

    static RdfTerm literal(const Json& json, std::string datatype) {
        RdfTerm made{RdfTerm::Kind::Literal, {}, {}, std::move(datatype)};
        const auto otherwise = [&made](const char* name) {
            if (made.datatype.empty()) made.datatype = std::string(kXsd) + name;
        };
        if (json.is_string()) {
            made.value = json.get<std::string>();
        } else if (json.is_boolean()) {
            made.value = json.get<bool>() ? "true" : "false";
            otherwise("boolean");
        } else if (json.is_number_integer()) {
            made.value = json.dump();
            otherwise("integer");
        } else {
            const double number = json.get<double>();
            char text[40];
            std::snprintf(text, sizeof text, "%.15E", number);
            made.value = text;  // canonical form of xsd:double: 1.5E0
            const auto e = made.value.find('E');
            std::string digits = made.value.substr(0, e);
            while (digits.back() == '0' && digits[digits.size() - 2] != '.') digits.pop_back();
            made.value = digits + "E" + std::to_string(std::stoi(made.value.substr(e + 1)));
            otherwise("double");
        }
        return made;
    }

    /// None for null.
    Result<std::optional<RdfTerm>> value(const Json& json, const Definition& definition, const Context& context) {
        using Found = std::optional<RdfTerm>;
        if (json.is_null()) return Found();
        if (json.is_array()) return wrong("a list holds another list, which is not supported");
        if (json.is_object()) {
            if (const auto items = json.find("@list"); items != json.end()) {
                ESPALIER_ASSIGN(const RdfTerm head,
                                list(items->is_array() ? *items : Json::array({*items}), definition, context));
                return Found(head);
            }
            const Json* plain = nullptr;
            std::string language, type;
            for (const auto& [key, one] : json.items()) {
                const std::string keyword = expand(context, key, true);
                if (keyword == "@value") plain = &one;
                if (keyword == "@language" && one.is_string()) language = one.get<std::string>();
                if (keyword == "@type" && one.is_string()) type = expand(context, one.get<std::string>(), true);
            }
            if (plain == nullptr) {
                ESPALIER_ASSIGN(const RdfTerm made, node(json, context));
                return Found(made);
            }
            if (plain->is_null()) return Found();
            if (type == "@json")
                return Found(RdfTerm{RdfTerm::Kind::Literal, plain->dump(), {}, std::string(kRdf) + "JSON"});
            if (plain->is_structured()) return wrong("an @value is a text, number or truth value");
            RdfTerm made = literal(*plain, type);
            made.language = language;
            return Found(made);
        }
        if (json.is_string() && (definition.type == "@id" || definition.type == "@vocab")) {
            std::string uri = expand(context, json.get<std::string>(), definition.type == "@vocab");
            if (uri.empty()) uri = expand(context, json.get<std::string>(), false);
            return Found(resource(uri));
        }
        const bool typed = !definition.type.empty() && !isKeyword(definition.type);
        RdfTerm made = literal(json, typed ? definition.type : std::string());
        if (json.is_string() && !typed) made.language = definition.language.value_or(context.language);
        return Found(made);
    }

    const std::string& m_name;
    std::vector<Refused>& m_refused;
    Graph m_graph;
    int m_blanks = 0;
};

/// Deepest nesting of objects and arrays.
int nesting(std::string_view text) {
    int depth = 0, deepest = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\') {
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '{' || c == '[')) {
            deepest = std::max(deepest, ++depth);
        } else if (!quoted && (c == '}' || c == ']')) {
            --depth;
        }
    }
    return deepest;
}

std::string compact(const std::string& uri) {
    for (const Prefix& prefix : kPrefixes) {
        const std::string_view space = prefix.uri;
        if (uri.size() > space.size() && uri.rfind(space, 0) == 0)
            return std::string(prefix.name) + ":" + uri.substr(space.size());
    }
    return uri;
}
}  // namespace

Result<Graph> readJsonLd(std::string_view text, const std::string& name, std::vector<Refused>& refused) {
    if (nesting(text) > kMaxNesting) {
        return makeError(ErrorCode::Corrupt,
                         name + " nests objects deeper than " + std::to_string(kMaxNesting) + " levels", name);
    }
    Json json;
    try {
        json = Json::parse(text);
    } catch (const Json::parse_error& error) {
        const auto at = std::min(error.byte, text.size());
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        return makeError(ErrorCode::Corrupt,
                         name + " is no JSON from line " + std::to_string(line) + " on; it may have been cut off", name,
                         line);
    }
    return JsonLdReader(name, refused).read(json);
}

Result<std::string> writeJsonLd(const Graph& graph) {
    Json context = Json::object();
    for (const Prefix& prefix : kPrefixes) context[prefix.name] = prefix.uri;
    const auto name = [](const RdfTerm& term) {
        return term.kind == RdfTerm::Kind::Blank ? "_:" + term.value : term.value;
    };
    std::string text = "{\n\"@context\": " + context.dump() + ",\n\"@graph\": [";
    for (std::size_t i = 0; i < graph.size();) {
        const RdfTerm& subject = graph[i].subject;
        Json node = Json::object();
        node["@id"] = name(subject);
        // Keys are found by hand: a node of an ordered object is found by walking along all of them.
        std::map<std::string, std::size_t> places;
        std::vector<std::pair<std::string, Json>> members;
        for (; i < graph.size() && graph[i].subject == subject; ++i) {
            const Triple& triple = graph[i];
            const RdfTerm& object = triple.object;
            const bool isType = triple.predicate == std::string(kRdf) + "type" && object.kind == RdfTerm::Kind::Uri;
            Json value;
            if (isType) {
                value = compact(object.value);
            } else if (object.kind != RdfTerm::Kind::Literal) {
                value = {{"@id", name(object)}};
            } else if (!object.language.empty()) {
                value = {{"@language", object.language}, {"@value", object.value}};
            } else if (!object.datatype.empty()) {
                value = {{"@type", compact(object.datatype)}, {"@value", object.value}};
            } else {
                value = object.value;
            }
            const std::string key = isType ? "@type" : compact(triple.predicate);
            const auto known = places.emplace(key, members.size());
            if (known.second) members.emplace_back(key, Json::array());
            members[known.first->second].second.push_back(std::move(value));
        }
        for (auto& [key, list] : members) node[key] = list.size() == 1 ? list.front() : std::move(list);
        text += (text.back() == '[' ? "\n" : ",\n") + node.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    return text + "\n]\n}\n";
}

}  // namespace espalier::taxonomy::detail
