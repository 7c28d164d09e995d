// SPDX-License-Identifier: Apache-2.0
// SKOS over a graph, both ways.
//
// What a file says of a concept goes where the tree has a place for it; every other statement is kept and written back.
// Nothing is counted twice: each statement is mapped, kept or refused.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "core/base/sha256.h"
#include "core/taxonomy/detail/rdf.h"

namespace espalier::taxonomy::detail {
namespace {
constexpr std::string_view kEditPrefix = "Espalier edit ";
constexpr std::array<const char*, 7> kDocumentation = {"note",        "scopeNote",     "definition", "example",
                                                       "historyNote", "editorialNote", "changeNote"};

std::string skos(const char* name) {
    return std::string(kSkos) + name;
}
/// Local name of a SKOS property, empty for others.
std::string_view skosName(std::string_view uri) {
    const std::string_view space = kSkos;
    return uri.substr(0, space.size()) == space ? uri.substr(space.size()) : std::string_view();
}
bool isDocumentation(std::string_view name) {
    return std::find(kDocumentation.begin(), kDocumentation.end(), name) != kDocumentation.end();
}

std::string keyOf(const RdfTerm& term) {
    return (term.kind == RdfTerm::Kind::Blank ? "_:" : term.kind == RdfTerm::Kind::Literal ? "\"" : "<") + term.value;
}

std::string shown(const RdfTerm& term) {
    constexpr std::size_t kLongest = 80;
    std::string text = term.value.size() > kLongest ? term.value.substr(0, kLongest) + "..." : term.value;
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
    return term.kind == RdfTerm::Kind::Literal ? "\"" + text + "\"" : text;
}
std::string shown(const Triple& triple) {
    const auto cut = triple.predicate.find_last_of("#/");
    return shown(triple.subject) + " " +
           (cut == std::string::npos ? triple.predicate : triple.predicate.substr(cut + 1)) + " " +
           shown(triple.object);
}

/// What is left of a URI when nobody gave a name.
std::string tailOf(const RdfTerm& term) {
    const auto cut = term.value.find_last_of("#/:");
    std::string tail =
        cut == std::string::npos || cut + 1 == term.value.size() ? term.value : term.value.substr(cut + 1);
    std::string plain;
    for (std::size_t i = 0; i < tail.size(); ++i) {  // %20 reads better as what it stands for, where that is ASCII
        const auto digit = [&](char c) {
            const auto at = std::string_view("0123456789abcdef").find(static_cast<char>(std::tolower(c)));
            return at == std::string_view::npos ? -1 : static_cast<int>(at);
        };
        if (tail[i] == '%' && i + 2 < tail.size() && digit(tail[i + 1]) >= 0 && digit(tail[i + 2]) >= 0) {
            const int code = 16 * digit(tail[i + 1]) + digit(tail[i + 2]);
            if (code >= 0x20 && code < 0x7f) {
                plain += static_cast<char>(code);
                i += 2;
                continue;
            }
        }
        plain += tail[i];
    }
    return cleanName(plain).value_or("concept");
}

/// Blank nodes by numbers, in the order in which toGraph() writes them: a file that is read, written and read again
/// names them alike.
void numberBlanks(Taxonomy& taxonomy) {
    std::unordered_map<std::string, std::string> names;
    const auto rename = [&names](RdfTerm& term) {
        if (term.kind != RdfTerm::Kind::Blank) return;
        term.value = names.emplace(term.value, "b" + std::to_string(names.size() + 1)).first->second;
    };
    const auto objects = [&rename](Concept& node) {
        for (auto& statement : node.exchange.kept) {
            if (statement.subject.value.empty()) rename(statement.object);
        }
    };
    objects(taxonomy.root);
    for (Concept& node : taxonomy.concepts) objects(node);
    auto& kept = taxonomy.root.exchange.kept;
    std::unordered_map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < kept.size(); ++i) first.emplace(keyOf(kept[i].subject), i);
    std::stable_sort(kept.begin(), kept.end(), [&](const auto& a, const auto& b) {  // own ones first, then by subject
        if (a.subject.value.empty() != b.subject.value.empty()) return a.subject.value.empty();
        return first.at(keyOf(a.subject)) < first.at(keyOf(b.subject));
    });
    for (auto& statement : kept) {
        if (statement.subject.value.empty()) continue;
        rename(statement.subject);
        rename(statement.object);
    }
}

class SkosReader {
public:
    SkosReader(const Graph& graph, const std::string& name) : m_graph(graph), m_name(name) {}

    Result<Reading> read() {
        findResources();
        if (m_made.taxonomy.concepts.empty()) {
            return makeError(
                ErrorCode::Corrupt,
                m_name + " holds no SKOS concept" + (m_graph.empty() ? ": it has no statement at all" : std::string()),
                m_name);
        }
        chooseScheme();
        m_report.read = static_cast<std::int64_t>(m_graph.size());
        m_parents.resize(m_concepts.size());
        m_derived.resize(m_concepts.size());
        m_isTop.assign(m_concepts.size(), false);
        m_names.resize(m_concepts.size() + 1);
        m_alternatives.resize(m_concepts.size() + 1);
        for (const Triple& triple : m_graph) take(triple);
        const std::string language = mainLanguage();
        for (std::size_t c = 0; c < m_concepts.size(); ++c) nameConcept(static_cast<int>(c), language);
        nameConcept(-1, language);
        arrange();
        ESPALIER_TRY(checkDepth(m_made.taxonomy, m_name));
        noteTwins(m_made.taxonomy, m_report);
        m_report.mapped = m_report.read - m_report.kept - static_cast<std::int64_t>(m_report.refused.size());
        m_made.taxonomy = depthFirst(m_made.taxonomy);
        numberBlanks(m_made.taxonomy);
        m_made.report = std::move(m_report);
        return std::move(m_made);
    }

private:
    Concept& at(int concept_) {
        return concept_ < 0 ? m_made.taxonomy.root : m_made.taxonomy.concepts[static_cast<std::size_t>(concept_)];
    }
    static std::size_t slot(int concept_) { return (static_cast<std::size_t>(concept_) + 1); }
    int find(const RdfTerm& term) const {
        const auto found = m_concepts.find(keyOf(term));
        return found == m_concepts.end() ? -1 : found->second;
    }
    void refuse(const Triple& triple, std::string why) {
        m_report.refused.push_back({shown(triple), std::move(why), triple.line});
    }

    /// Which resources are concepts, in the order of their first mention as such, and which are schemes.
    void findResources() {
        std::unordered_map<std::string, std::set<std::string>> types;
        for (const Triple& triple : m_graph) {
            if (triple.predicate == std::string(kRdf) + "type")
                types[keyOf(triple.subject)].insert(triple.object.value);
        }
        const auto has = [&](const RdfTerm& term, const char* type) {
            const auto found = types.find(keyOf(term));
            return found != types.end() && found->second.count(skos(type)) > 0;
        };
        std::vector<std::pair<const RdfTerm*, bool>> concepts;  // and whether it stands as subject
        std::set<std::string> schemes;
        const auto scheme = [&](const RdfTerm& term) {
            if (term.kind == RdfTerm::Kind::Literal || !schemes.insert(keyOf(term)).second) return;
            m_schemes.push_back({term, 0});
        };
        for (const Triple& triple : m_graph) {
            const std::string_view name = skosName(triple.predicate);
            const bool isType = triple.predicate == std::string(kRdf) + "type";
            if (isType && triple.object.value == skos("ConceptScheme")) scheme(triple.subject);
            if (name == "inScheme" || name == "topConceptOf") scheme(triple.object);
            if (name == "hasTopConcept") scheme(triple.subject);
        }
        for (const Triple& triple : m_graph) {
            const std::string_view name = skosName(triple.predicate);
            const bool isType = triple.predicate == std::string(kRdf) + "type";
            const bool link = name == "broader" || name == "narrower";
            const bool typed = types.count(keyOf(triple.subject)) > 0;
            if ((isType && triple.object.value == skos("Concept")) || link || name == "topConceptOf" ||
                (name == "prefLabel" && !typed)) {
                concepts.emplace_back(&triple.subject, true);
            }
            if (link || name == "hasTopConcept") concepts.emplace_back(&triple.object, false);
        }
        // What stands first as a subject gives the order; who is only spoken of comes last.
        for (const bool subjects : {true, false}) {
            for (const auto& [term, isSubject] : concepts) {
                if (isSubject != subjects || term->kind == RdfTerm::Kind::Literal) continue;
                if (schemes.count(keyOf(*term)) > 0 && !has(*term, "Concept")) continue;
                const auto known = m_concepts.emplace(keyOf(*term), static_cast<int>(m_made.taxonomy.concepts.size()));
                if (!known.second) continue;
                Concept made;
                made.uri = term->kind == RdfTerm::Kind::Uri ? term->value : uriOfBlank(*term);
                m_made.taxonomy.concepts.push_back(std::move(made));
                m_terms.push_back(*term);
            }
        }
    }

    /// A concept without a URI gets one that says nothing, the same at each reading of the file.
    std::string uriOfBlank(const RdfTerm& term) {
        if (m_digest.empty()) {
            Sha256 hash;
            for (const Triple& triple : m_graph)
                hash.add(keyOf(triple.subject) + "\n" + triple.predicate + "\n" + keyOf(triple.object) + "\n");
            m_digest = toHex(hash.finish());
        }
        Sha256 hash;
        hash.add(m_digest + term.value);
        std::string hex = toHex(hash.finish()).substr(0, 32);
        hex[12] = '8';  // RFC 9562: made in a way of its own
        hex[16] = 'a';
        return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
               hex.substr(16, 4) + "-" + hex.substr(20);
    }
    /// A blank node that is a concept goes by its URI from now on.
    RdfTerm named(const RdfTerm& term) const {
        const int concept_ = term.kind == RdfTerm::Kind::Blank ? find(term) : -1;
        if (concept_ < 0) return term;
        return {RdfTerm::Kind::Uri, m_made.taxonomy.concepts[static_cast<std::size_t>(concept_)].uri, {}, {}};
    }

    void chooseScheme() {
        for (const Triple& triple : m_graph) {
            const std::string_view name = skosName(triple.predicate);
            const RdfTerm* scheme = name == "inScheme" || name == "topConceptOf" ? &triple.object
                                    : name == "hasTopConcept"                    ? &triple.subject
                                                                                 : nullptr;
            if (scheme == nullptr) continue;
            const std::string key = keyOf(*scheme);
            for (auto& [term, members] : m_schemes) {
                if (keyOf(term) == key) ++members;
            }
        }
        if (m_schemes.empty()) return;
        const auto best = std::max_element(m_schemes.begin(), m_schemes.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        m_scheme = keyOf(best->first);
        if (best->first.kind == RdfTerm::Kind::Uri) m_made.taxonomy.root.uri = best->first.value;
        if (m_schemes.size() > 1) {
            m_report.notes.push_back(std::to_string(m_schemes.size()) +
                                     " concept schemes: their concepts stand in one tree, named after " +
                                     shown(best->first) + "; what was said of the others is kept");
        }
        for (const Triple& triple : m_graph) {
            if (triple.predicate == std::string(kOwl) + "versionInfo" && keyOf(triple.subject) == m_scheme &&
                triple.object.value.rfind(kEditPrefix, 0) == 0) {
                m_isOurs = true;
            }
        }
    }

    void keep(int concept_, const Triple& triple) {
        ++m_report.kept;
        at(concept_).exchange.kept.push_back({{}, triple.predicate, named(triple.object)});
    }

    /// True where the text may be stored.
    bool fits(const Triple& triple) {
        if (triple.object.value.size() <= kMaxTextBytes) return true;
        refuse(triple, "a text of " + std::to_string(triple.object.value.size()) + " bytes; at most " +
                           std::to_string(kMaxTextBytes) + " can be kept");
        return false;
    }

    void take(const Triple& triple) {
        if (triple.predicate.size() > kMaxTextBytes || !fits(triple)) return;
        const int subject = find(triple.subject);
        const bool isScheme = keyOf(triple.subject) == m_scheme;
        if (subject < 0 && !isScheme) {
            ++m_report.kept;
            m_made.taxonomy.root.exchange.kept.push_back({triple.subject, triple.predicate, named(triple.object)});
            return;
        }
        const std::string_view name = skosName(triple.predicate);
        const RdfTerm& object = triple.object;
        const bool isLiteral = object.kind == RdfTerm::Kind::Literal;
        Concept& node = at(subject);
        if (triple.predicate == std::string(kRdf) + "type" &&
            object.value == skos(subject < 0 ? "ConceptScheme" : "Concept")) {
            return;
        }
        if (subject < 0 && triple.predicate == std::string(kOwl) + "versionInfo" &&
            object.value.rfind(kEditPrefix, 0) == 0) {
            m_made.taxonomy.edit = std::atoll(object.value.c_str() + kEditPrefix.size());
            return;
        }
        if (isLiteral && object.datatype.empty()) {
            const bool isName = subject < 0 ? triple.predicate == std::string(kTerms) + "title" : name == "prefLabel";
            if (isName) {
                m_names[slot(subject)].push_back(&triple);
                return;
            }
            if (name == "altLabel") {
                if (const auto clean = cleanName(object.value)) {
                    m_alternatives[slot(subject)].push_back({*clean, object.language});
                    return;
                }
            }
            if (name == "hiddenLabel") {
                node.exchange.hiddenNames.push_back({object.value, object.language});
                return;
            }
            if (isDocumentation(name) && !object.value.empty()) {
                if (name == "note" && node.note.empty()) {
                    node.note = object.value;
                    node.exchange.noteLanguage = object.language;
                } else {
                    node.exchange.documentation.push_back({std::string(name), {object.value, object.language}});
                }
                return;
            }
        }
        if (isLiteral && name == "notation" && object.language.empty()) {
            node.exchange.notations.push_back({object.value, object.datatype});
            return;
        }
        if (isLiteral && object.datatype.rfind(kXsd, 0) == 0) {
            std::string* date = triple.predicate == std::string(kTerms) + "created"    ? &node.exchange.created
                                : triple.predicate == std::string(kTerms) + "modified" ? &node.exchange.modified
                                                                                       : nullptr;
            const bool hasTime = object.datatype == std::string(kXsd) + "dateTime";
            if (date != nullptr && date->empty() && (hasTime || object.datatype == std::string(kXsd) + "date") &&
                hasTime == (object.value.find('T') != std::string::npos)) {
                *date = object.value;
                return;
            }
        }
        takeLink(triple, subject, name);
    }

    void takeLink(const Triple& triple, int subject, std::string_view name) {
        const RdfTerm& object = triple.object;
        const int other = find(object);
        if (name == "broader" || name == "narrower") {
            if (object.kind == RdfTerm::Kind::Literal) return refuse(triple, "a concept is expected, not a text");
            if (subject < 0 || other < 0) return keep(subject, triple);
            if (other == subject) return refuse(triple, "a concept cannot be broader than itself");
            auto& list = name == "broader" ? m_parents[static_cast<std::size_t>(subject)]
                                           : m_derived[static_cast<std::size_t>(other)];
            list.push_back({name == "broader" ? other : subject, shown(triple), triple.line});
            return;
        }
        if (name == "related" && subject >= 0 && other >= 0 && other != subject) {
            auto& related = at(subject).related;
            if (std::find(related.begin(), related.end(), other) == related.end()) related.push_back(other);
            return;
        }
        if (name == "inScheme" && subject >= 0 && keyOf(object) == m_scheme) return;
        const bool top = name == "topConceptOf" && subject >= 0 && keyOf(object) == m_scheme;
        const bool hasTop = name == "hasTopConcept" && subject < 0 && other >= 0;
        if (top || hasTop) {
            const int concept_ = top ? subject : other;
            m_isTop[static_cast<std::size_t>(concept_)] = true;
            m_tops.emplace_back(concept_, &triple);
            return;
        }
        keep(subject, triple);
    }

    /// A file of ours names the name first; of others, the language that most concepts have a name in comes first, so
    /// that the tree is in one language.
    std::string mainLanguage() const {
        std::map<std::string, int> counts;
        for (const auto& names : m_names) {
            std::set<std::string> languages;
            for (const Triple* triple : names) languages.insert(triple->object.language);
            for (const auto& language : languages) ++counts[language];
        }
        std::string best;
        int most = 0;
        for (const auto& [language, count] : counts) {
            if (count > most) {
                best = language;
                most = count;
            }
        }
        return best;
    }

    void nameConcept(int concept_, const std::string& language) {
        Concept& node = at(concept_);
        std::vector<const Triple*> usable;
        for (const Triple* triple : m_names[slot(concept_)]) {
            if (cleanName(triple->object.value)) {
                usable.push_back(triple);
            } else {
                m_report.notes.push_back("the name of " + shown(triple->subject) +
                                         " is empty, too long or holds a control character; it is kept, not shown");
                keep(concept_, *triple);
            }
        }
        if (!m_isOurs) {
            std::stable_partition(usable.begin(), usable.end(),
                                  [&](const Triple* triple) { return triple->object.language == language; });
        }
        std::set<std::string> languages;
        for (const Triple* triple : usable) {
            const std::string clean = *cleanName(triple->object.value);
            if (!languages.insert(triple->object.language).second && concept_ >= 0) {
                m_report.notes.push_back(shown(triple->subject) + " has two preferred names in one language" +
                                         (triple->object.language.empty() ? "" : " (" + triple->object.language + ")") +
                                         ": " + node.name + " is shown, " + clean + " is kept beside it");
            }
            if (triple == usable.front()) {
                node.name = clean;
                node.exchange.language = triple->object.language;
            } else {
                node.exchange.names.push_back({clean, triple->object.language});
            }
        }
        if (usable.empty() && concept_ >= 0) {
            const RdfTerm& term = m_terms[static_cast<std::size_t>(concept_)];
            const bool coded = !node.exchange.notations.empty();
            node.name = coded ? cleanName(node.exchange.notations.front().text).value_or(tailOf(term)) : tailOf(term);
            m_report.notes.push_back(shown(term) + " has no preferred name; it is called " + node.name);
        }
        if (usable.empty() && concept_ < 0) nameRoot();
        // Alternative names are plain texts to the tree; languages stand beside them where there are any.
        std::map<std::string, int> plain, tagged;
        for (const auto& [text, tag] : m_alternatives[slot(concept_)]) ++(tag.empty() ? plain : tagged)[text];
        for (const tree::LanguageText& name : m_alternatives[slot(concept_)]) {
            auto& names = node.alternativeNames;
            if (std::find(names.begin(), names.end(), name.text) == names.end()) names.push_back(name.text);
            auto& known = node.exchange.alternatives;
            if (tagged.count(name.text) > 0 && std::find(known.begin(), known.end(), name) == known.end())
                known.push_back(name);
        }
    }

    /// A scheme without dct:title: the first other name that it has; the statement is kept as well.
    void nameRoot() {
        static const std::array<std::string, 3> kTitles = {skos("prefLabel"), std::string(kRdfs) + "label",
                                                           "http://purl.org/dc/elements/1.1/title"};
        for (const std::string& title : kTitles) {
            for (const auto& statement : m_made.taxonomy.root.exchange.kept) {
                if (!statement.subject.value.empty() || statement.predicate != title) continue;
                if (const auto clean = cleanName(statement.object.value)) {
                    m_made.taxonomy.root.name = *clean;
                    m_made.taxonomy.root.exchange.language = statement.object.language;
                    return;
                }
            }
        }
    }

    void arrange() {
        std::vector<std::vector<Parent>> candidates(m_concepts.size());
        std::int64_t top = 0;
        for (std::size_t c = 0; c < candidates.size(); ++c) {
            auto& list = candidates[c];
            for (const auto* source : {&m_parents[c], &m_derived[c]}) {
                for (const Parent& parent : *source) {
                    const bool known =
                        std::any_of(list.begin(), list.end(), [&](const Parent& one) { return one.at == parent.at; });
                    if (!known) list.push_back(parent);
                }
            }
            // Of ours, a top concept with broader ones was put at the top by an edit and is also under them.
            if (m_isOurs && m_isTop[c] && !list.empty()) {
                for (const Parent& parent : list) m_made.taxonomy.concepts[c].alsoUnder.push_back(parent.at);
                list.clear();
            }
        }
        m_polyhierarchy = 0;
        for (const auto& list : candidates) m_polyhierarchy += list.size() > 1 ? 1 : 0;
        settleHomes(m_made.taxonomy, candidates, m_report);
        for (const auto& [concept_, triple] : m_tops) {
            if (at(concept_).home < 0) continue;
            ++top;
            keep(skosName(triple->predicate) == "hasTopConcept" ? -1 : concept_, *triple);
        }
        if (m_polyhierarchy > 0) {
            m_report.notes.push_back(std::to_string(m_polyhierarchy) +
                                     (m_polyhierarchy == 1 ? " concept has" : " concepts have") +
                                     " several parents: the first is its home, under the others it is listed as well");
        }
        if (top > 0) {
            m_report.notes.push_back(std::to_string(top) +
                                     " statements call a concept a top concept that has a broader one; they are kept");
        }
    }

    const Graph& m_graph;
    const std::string& m_name;
    Reading m_made;
    Report m_report;
    std::unordered_map<std::string, int> m_concepts;
    std::vector<RdfTerm> m_terms;
    std::vector<std::pair<RdfTerm, std::int64_t>> m_schemes;
    std::string m_scheme;
    std::string m_digest;  ///< of the graph, once it is asked for
    bool m_isOurs = false;
    std::vector<std::vector<Parent>> m_parents, m_derived;  ///< from broader; from the other side's narrower
    std::vector<bool> m_isTop;
    std::vector<std::pair<int, const Triple*>> m_tops;
    std::vector<std::vector<const Triple*>> m_names;  ///< of the root first
    std::vector<std::vector<tree::LanguageText>> m_alternatives;
    std::int64_t m_polyhierarchy = 0;
};
}  // namespace

Result<Reading> fromGraph(const Graph& graph, const std::string& name) {
    return SkosReader(graph, name).read();
}

Graph toGraph(const Taxonomy& taxonomy) {
    Graph graph;
    std::unordered_map<std::string, std::string> blanks;  // numbered as they are written
    const auto resource = [](const std::string& uri) { return RdfTerm{RdfTerm::Kind::Uri, uri, {}, {}}; };
    const auto text = [](const tree::LanguageText& value) {
        return RdfTerm{RdfTerm::Kind::Literal, value.text, value.language, {}};
    };
    const auto renamed = [&blanks](RdfTerm term) {
        if (term.kind != RdfTerm::Kind::Blank) return term;
        term.value = blanks.emplace(term.value, "b" + std::to_string(blanks.size() + 1)).first->second;
        return term;
    };
    const auto say = [&](const std::string& uri, const std::string& predicate, RdfTerm object) {
        graph.push_back({resource(uri), predicate, renamed(std::move(object)), 0});
    };
    std::vector<std::vector<const Concept*>> under(taxonomy.concepts.size() + 1);
    for (const Concept& one : taxonomy.concepts) {
        under[(static_cast<std::size_t>(one.home) + 1)].push_back(&one);
        for (const int parent : one.alsoUnder) under[(static_cast<std::size_t>(parent) + 1)].push_back(&one);
    }
    const auto describe = [&](const Concept& node) {
        for (const std::string& name : node.alternativeNames) {
            bool tagged = false;
            for (const auto& one : node.exchange.alternatives) {
                if (one.text != name) continue;
                say(node.uri, skos("altLabel"), text(one));
                tagged = true;
            }
            if (!tagged) say(node.uri, skos("altLabel"), text({name, {}}));
        }
        for (const auto& name : node.exchange.hiddenNames) say(node.uri, skos("hiddenLabel"), text(name));
        for (const auto& notation : node.exchange.notations)
            say(node.uri, skos("notation"), {RdfTerm::Kind::Literal, notation.text, {}, notation.datatype});
        if (!node.note.empty()) say(node.uri, skos("note"), text({node.note, node.exchange.noteLanguage}));
        for (const auto& one : node.exchange.documentation) say(node.uri, skos(one.kind.c_str()), text(one.text));
        const auto date = [&](const char* property, const std::string& value) {
            if (value.empty()) return;
            say(node.uri, std::string(kTerms) + property,
                {RdfTerm::Kind::Literal,
                 value,
                 {},
                 std::string(kXsd) + (value.find('T') != std::string::npos ? "dateTime" : "date")});
        };
        date("created", node.exchange.created);
        date("modified", node.exchange.modified);
        for (const auto& statement : node.exchange.kept) {
            if (statement.subject.value.empty()) say(node.uri, statement.predicate, statement.object);
        }
    };
    const Concept& root = taxonomy.root;
    const std::string type = std::string(kRdf) + "type";
    say(root.uri, type, resource(skos("ConceptScheme")));
    const std::string title = std::string(kTerms) + "title";
    if (!root.name.empty()) say(root.uri, title, text({root.name, root.exchange.language}));
    for (const auto& name : root.exchange.names) say(root.uri, title, text(name));
    if (taxonomy.edit > 0)
        say(root.uri, std::string(kOwl) + "versionInfo",
            text({std::string(kEditPrefix) + std::to_string(taxonomy.edit), {}}));
    describe(root);
    for (const Concept* top : under[0]) say(root.uri, skos("hasTopConcept"), resource(top->uri));
    for (std::size_t c = 0; c < taxonomy.concepts.size(); ++c) {
        const Concept& node = taxonomy.concepts[c];
        say(node.uri, type, resource(skos("Concept")));
        say(node.uri, skos("inScheme"), resource(root.uri));
        say(node.uri, skos("prefLabel"), text({node.name, node.exchange.language}));
        for (const auto& name : node.exchange.names) say(node.uri, skos("prefLabel"), text(name));
        const auto concept_ = [&](int other) {
            return resource(taxonomy.concepts[static_cast<std::size_t>(other)].uri);
        };
        if (node.home < 0) {
            say(node.uri, skos("topConceptOf"), resource(root.uri));
        } else {
            say(node.uri, skos("broader"), concept_(node.home));
        }
        for (const int parent : node.alsoUnder) say(node.uri, skos("broader"), concept_(parent));
        for (const Concept* below : under[c + 1]) say(node.uri, skos("narrower"), resource(below->uri));
        for (const int other : node.related) say(node.uri, skos("related"), concept_(other));
        describe(node);
    }
    // Statements about others, subject by subject.
    std::vector<const tree::KeptStatement*> others;
    std::unordered_map<std::string, std::size_t> first;
    for (const auto& statement : root.exchange.kept) {
        if (statement.subject.value.empty()) continue;
        first.emplace(keyOf(statement.subject), others.size());
        others.push_back(&statement);
    }
    std::stable_sort(others.begin(), others.end(), [&](const auto* a, const auto* b) {
        return first.at(keyOf(a->subject)) < first.at(keyOf(b->subject));
    });
    for (const auto* statement : others)
        graph.push_back({renamed(statement->subject), statement->predicate, renamed(statement->object), 0});
    return graph;
}

}  // namespace espalier::taxonomy::detail
