// SPDX-License-Identifier: Apache-2.0
// The tree as JSON, CSV and text, its hash, memberships as CSV: contract.md to the letter.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/project/detail/project_state.h"
#include "core/project/detail/tree_exchange.h"
#include "core/taxonomy/taxonomy.h"
#include "core/tree/tree_hash.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace fs = std::filesystem;
namespace {
using Json = nlohmann::ordered_json;

using taxonomy::csvCell;

std::string shortest(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

std::string joined(const std::vector<std::string>& parts, const char* separator) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : separator) + part;
    return text;
}

/// Children as contract.md orders them: most documents first, ties by the smallest document hash (none: last), then id.
class ChildOrder {
public:
    explicit ChildOrder(const Project::State::View& view) : m_view(view) {
        const auto& tree = view.snapshot->tree;
        for (std::size_t d = 0; d < view.hard->labels.size(); ++d) {
            const LabelId hard = view.hard->labels[d];
            if (!hard) continue;
            auto& smallest = m_smallest.emplace(hard, view.documents->hashes[d]).first->second;
            smallest = std::min(smallest, view.documents->hashes[d]);
        }
        const auto order = tree.depthFirst();
        for (auto id = order.rbegin(); id != order.rend(); ++id) {
            const auto own = m_smallest.find(*id);
            const LabelId parent = tree.at(*id).parent;
            if (own == m_smallest.end() || !parent) continue;
            const detail::Hash hash = own->second;
            auto& above = m_smallest.emplace(parent, hash).first->second;
            above = std::min(above, hash);
        }
    }
    std::vector<LabelId> children(LabelId parent) const {
        auto ids = m_view.snapshot->tree.at(parent).children;
        std::sort(ids.begin(), ids.end(), [this](LabelId a, LabelId b) {
            const auto x = m_view.snapshot->countsOf(a).documents, y = m_view.snapshot->countsOf(b).documents;
            if (x != y) return x > y;
            const auto p = m_smallest.find(a), q = m_smallest.find(b);
            if ((p == m_smallest.end()) != (q == m_smallest.end())) return q == m_smallest.end();
            if (p != m_smallest.end() && p->second != q->second) return p->second < q->second;
            return a < b;
        });
        return ids;
    }

private:
    const Project::State::View& m_view;
    std::unordered_map<LabelId, detail::Hash> m_smallest;
};

std::vector<std::string> termTexts(const tree::Label& label) {
    std::vector<std::string> texts;
    for (const auto& term : label.terms) texts.push_back(term.text);
    return texts;
}

/// URIs of other labels, where they still lead to one.
std::vector<std::string> urisOf(const tree::LabelTree& tree, const std::vector<LabelId>& ids, const std::string& uuid) {
    std::vector<std::string> uris;
    for (const LabelId id : ids) {
        const LabelId now = tree.successor(id);
        if (now && now != tree.root()) uris.push_back(detail::uriOf(tree, now, uuid));
    }
    return uris;
}

/// What the file of the tree says for other programs; keys that have nothing to say are left out.
void addExchange(const tree::LabelTree& tree, const tree::Label& label, const std::string& uuid, Json& json) {
    json["uri"] = detail::uriOf(tree, label.id, uuid);
    if (auto uris = urisOf(tree, label.exchange.related, uuid); !uris.empty()) json["related"] = std::move(uris);
    if (auto uris = urisOf(tree, label.exchange.alsoUnder, uuid); !uris.empty()) json["also_under"] = std::move(uris);
    tree::Exchange rest = label.exchange;
    rest.uri.clear();
    rest.related.clear();
    rest.alsoUnder.clear();
    rest.conflicts.clear();
    if (!rest.empty()) json["taxonomy"] = Json::parse(tree::exchangeToJson(rest));
}

Json labelJson(const TreeSnapshot& snapshot, const ChildOrder& order, const std::string& uuid, LabelId id, int level) {
    const tree::Label& label = snapshot.tree.at(id);
    const LabelCounts counts = snapshot.countsOf(id);
    Json json;
    json["id"] = id.value;
    json["parent"] = label.parent ? Json(label.parent.value) : Json(nullptr);
    json["level"] = level;
    json["name"] = label.name;
    json["terms"] = termTexts(label);
    json["documents"] = counts.documents;
    json["mass"] = counts.mass;
    json["locked"] = label.locked;
    json["note"] = label.note;
    json["alternative_names"] = label.alternativeNames;
    json["stop_reason"] = label.stopReason.empty() ? Json(nullptr) : Json(label.stopReason);
    addExchange(snapshot.tree, label, uuid, json);
    Json children = Json::array();
    for (const LabelId child : order.children(id)) {
        children.push_back(labelJson(snapshot, order, uuid, child, level + 1));
    }
    json["children"] = std::move(children);
    return json;
}

void addText(const TreeSnapshot& snapshot, const ChildOrder& order, LabelId id, int level, std::string& text) {
    const tree::Label& label = snapshot.tree.at(id);
    text += std::string(static_cast<std::size_t>(2 * (level + 1)), ' ') + label.name + " (" +
            std::to_string(snapshot.countsOf(id).documents) + ")\n";
    for (const LabelId child : order.children(id)) addText(snapshot, order, child, level + 1, text);
}

/// Texts with the languages that are known of them.
std::vector<tree::LanguageText> tagged(const std::vector<std::string>& texts,
                                       const std::vector<tree::LanguageText>& known) {
    std::vector<tree::LanguageText> all;
    for (const std::string& text : texts) {
        const std::size_t before = all.size();
        for (const auto& one : known) {
            if (one.text == text) all.push_back(one);
        }
        if (all.size() == before) all.push_back({text, {}});
    }
    return all;
}

void addCsv(const TreeSnapshot& snapshot, const ChildOrder& order, const std::string& uuid, std::int64_t edit,
            LabelId id, int level, std::string& text) {
    const tree::Label& label = snapshot.tree.at(id);
    const LabelCounts counts = snapshot.countsOf(id);
    text += std::to_string(id.value) + ',' + (label.parent ? std::to_string(label.parent.value) : "") + ',' +
            std::to_string(level) + ',' + csvCell(label.name) + ',' +
            csvCell(tree::LabelTree::formatPath(snapshot.tree.pathNames(id))) + ',' +
            csvCell(joined(termTexts(label), "; ")) + ',' + std::to_string(counts.documents) + ',' +
            shortest(counts.mass) + ',' + (label.locked ? "1" : "0") + ',' + csvCell(label.note) + ',' +
            csvCell(taxonomy::joinTexts(tagged(label.alternativeNames, label.exchange.alternatives))) + ',' +
            csvCell(label.stopReason) + ',';
    const tree::Exchange& more = label.exchange;
    std::vector<tree::LanguageText> notations, scopeNotes;
    for (const auto& notation : more.notations) notations.push_back({notation.text, notation.datatype});
    for (const auto& one : more.documentation) {
        if (one.kind == "scopeNote") scopeNotes.push_back(one.text);
    }
    text += csvCell(detail::uriOf(snapshot.tree, id, uuid)) + ',' + csvCell(more.language) + ',' +
            csvCell(taxonomy::joinTexts(more.names)) + ',' + csvCell(taxonomy::joinTexts(notations)) + ',' +
            csvCell(taxonomy::joinTexts(scopeNotes)) + ',' +
            csvCell(joined(urisOf(snapshot.tree, more.related, uuid), "; ")) + ',' +
            csvCell(joined(urisOf(snapshot.tree, more.alsoUnder, uuid), "; ")) + ',' + std::to_string(edit) + '\n';
    for (const LabelId child : order.children(id)) addCsv(snapshot, order, uuid, edit, child, level + 1, text);
}
}  // namespace

Result<std::string> Project::exportTree(TreeFormat format) {
    ESPALIER_ASSIGN(const auto view, m_state->current());
    const TreeSnapshot& snapshot = *view.snapshot;
    if (format == TreeFormat::Turtle || format == TreeFormat::RdfXml || format == TreeFormat::JsonLd) {
        ESPALIER_ASSIGN(const auto exchanged, detail::taxonomyOf(*m_state, view));
        return taxonomy::write(exchanged, format == TreeFormat::Turtle   ? taxonomy::Format::Turtle
                                          : format == TreeFormat::RdfXml ? taxonomy::Format::RdfXml
                                                                         : taxonomy::Format::JsonLd);
    }
    const ChildOrder order(view);
    const LabelId root = snapshot.tree.root();
    if (format == TreeFormat::Json) {
        return labelJson(snapshot, order, m_state->uuid, root, -1).dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    std::string text;
    if (format == TreeFormat::Csv) {
        text =
            "id,parent,level,name,path,terms,documents,mass,locked,note,alternative_names,stop_reason,"
            "uri,language,names,notations,scope_notes,related,also_under,edit\n";
        addCsv(snapshot, order, m_state->uuid, view.cursor.head, root, -1, text);
    } else {
        addText(snapshot, order, root, -1, text);
    }
    return text;
}

Result<std::string> Project::treeHash() {
    ESPALIER_ASSIGN(const auto view, m_state->current());
    std::map<LabelId, std::vector<std::string>> documents;
    for (std::size_t d = 0; d < view.hard->labels.size(); ++d) {
        if (const LabelId hard = view.hard->labels[d])
            documents[hard].push_back(detail::hashHex(view.documents->hashes[d]));
    }
    return tree::treeHash(view.snapshot->tree, std::move(documents));
}

Status Project::exportMemberships(const fs::path& path, bool force) {
    State& s = *m_state;
    std::error_code code;
    if (!force && fs::exists(path, code)) {
        return makeError(ErrorCode::AlreadyExists, path.string() + " is there already; add --force to replace it",
                         path.string());
    }
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(const auto view, s.current());
    const auto& tree = view.snapshot->tree;
    const detail::TreeIndex index(tree, *view.masses);
    detail::ShareCounter counter(index, *view.masses);
    std::unordered_map<LabelId, std::pair<std::string, int>> places;  // path and level, made once a label
    ESPALIER_ASSIGN(auto file, AtomicFile::create(path));
    ESPALIER_TRY(file.write(std::string_view("id,label_id,path,share,level,hard\n")));
    ESPALIER_ASSIGN(auto rows, s.db().prepare("SELECT key, id FROM document ORDER BY id"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        const std::string id = csvCell(rows.view(1));
        const std::int32_t position = view.documents->position(DocumentKey{rows.integer(0)});
        const LabelId hard = position < 0 ? LabelId{} : view.hard->labels[static_cast<std::size_t>(position)];
        auto resting = position >= 0 && counter.read(position) ? counter.resting() : std::vector<tree::Resting>{};
        if (resting.empty() && !hard) {
            ESPALIER_TRY(file.write(std::string_view(id + ",,,0,,0\n")));
            continue;
        }
        std::stable_sort(resting.begin(), resting.end(), [](const auto& a, const auto& b) { return a.mass > b.mass; });
        // A pin may lead to a label where none of the document's mass rests.
        const bool shown = std::any_of(resting.begin(), resting.end(),
                                       [hard](const tree::Resting& rest) { return rest.label == hard; });
        if (hard && !shown) resting.push_back({hard, 0});
        for (const auto& rest : resting) {
            auto place = places.find(rest.label);
            if (place == places.end()) {
                place =
                    places
                        .emplace(rest.label, std::pair(csvCell(tree::LabelTree::formatPath(tree.pathNames(rest.label))),
                                                       tree.level(rest.label)))
                        .first;
            }
            ESPALIER_TRY(file.write(std::string_view(
                id + ',' + std::to_string(rest.label.value) + ',' + place->second.first + ',' + shortest(rest.mass) +
                ',' + std::to_string(place->second.second) + ',' + (rest.label == hard ? "1" : "0") + '\n')));
        }
    }
    return file.commit();
}

}  // namespace espalier::project
