// SPDX-License-Identifier: Apache-2.0
#include "core/project/detail/tree_exchange.h"

#include <algorithm>
#include <unordered_map>

#include "core/tree/tree_json.h"

namespace espalier::project::detail {
namespace {
struct Past {
    std::string created, modified;
    std::vector<std::string> notes;
};

/// Whether people would say that the label changed: not when a neighbour came or went, or a lock was set.
bool differs(const tree::Label& a, const tree::Label& b) {
    return a.name != b.name || a.parent != b.parent || a.alternativeNames != b.alternativeNames || a.note != b.note ||
           a.terms != b.terms || a.exchange != b.exchange;
}

Result<std::unordered_map<LabelId, Past>> pastOf(Project::State& state, const Project::State::View& view) {
    std::unordered_map<LabelId, Past> past;
    ESPALIER_ASSIGN(
        auto rows, state.db().prepare("SELECT time, actor, what, effect FROM journal WHERE undoable AND NOT undone AND "
                                      "effect <> '' AND generation_after = ? ORDER BY id"));
    rows.bind(view.cursor.generation);
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return past;
        const std::string time = rows.text(0), note = changeNote(time, rows.text(1), rows.text(2));
        ESPALIER_ASSIGN(const auto effect, tree::effectFromJson(rows.view(3)));
        std::unordered_map<LabelId, const tree::Label*> before;
        for (const auto& label : effect.before) before.emplace(label.id, &label);
        for (const auto& label : effect.after) {
            const auto was = before.find(label.id);
            if (was != before.end() && !differs(*was->second, label)) continue;
            Past& own = past[label.id];
            if (was == before.end() && own.created.empty()) own.created = time;
            own.modified = time;
            own.notes.push_back(note);
        }
    }
}
}  // namespace

std::string uriOf(const tree::Label& label, const std::string& uuid) {
    if (!label.exchange.uri.empty()) return label.exchange.uri;
    return "urn:uuid:" + uuid + (label.parent ? "#" + std::to_string(label.id.value) : std::string());
}
std::string uriOf(const tree::LabelTree& tree, LabelId id, const std::string& uuid) {
    return uriOf(tree.at(id), uuid);
}

std::string changeNote(const std::string& time, const std::string& actor, const std::string& what) {
    return time + " " + actor + ": " + what;
}

Result<std::set<std::string>> changeNotes(Project::State& state) {
    std::set<std::string> notes;
    ESPALIER_ASSIGN(auto rows, state.db().prepare("SELECT time, actor, what FROM journal WHERE effect <> ''"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return notes;
        notes.insert(changeNote(rows.text(0), rows.text(1), rows.text(2)));
    }
}

Result<taxonomy::Taxonomy> taxonomyOf(Project::State& state, const Project::State::View& view) {
    const tree::LabelTree& tree = view.snapshot->tree;
    ESPALIER_ASSIGN(auto past, pastOf(state, view));
    ESPALIER_ASSIGN(const std::string grown, state.db().text("SELECT CASE WHEN built THEN created ELSE '' END FROM "
                                                             "generation WHERE id = ?",
                                                             view.cursor.generation));
    taxonomy::Taxonomy made;
    made.edit = view.cursor.head;
    const auto order = tree.depthFirst();
    std::unordered_map<LabelId, int> place;
    for (std::size_t i = 0; i < order.size(); ++i) place.emplace(order[i], static_cast<int>(i) - 1);
    for (const LabelId id : order) {
        const tree::Label& label = tree.at(id);
        taxonomy::Concept node;
        node.uri = uriOf(label, state.uuid);
        node.home = label.parent ? place.at(label.parent) : -1;
        node.name = label.name;
        node.alternativeNames = label.alternativeNames;
        node.note = label.note;
        node.locked = label.locked;
        node.exchange = label.exchange;
        for (const auto& [ids, to] :
             {std::pair(&node.exchange.related, &node.related), std::pair(&node.exchange.alsoUnder, &node.alsoUnder)}) {
            for (const LabelId other : *ids) {
                const LabelId now = tree.successor(other);
                if (!now || now == id || now == tree.root()) continue;
                if (to == &node.alsoUnder && (now == label.parent || tree.inBranch(now, id))) continue;
                if (std::find(to->begin(), to->end(), place.at(now)) == to->end()) to->push_back(place.at(now));
            }
            ids->clear();
        }
        node.exchange.conflicts.clear();
        if (node.exchange.created.empty() && label.parent) node.exchange.created = grown;
        if (const auto own = past.find(id); own != past.end()) {
            if (!own->second.created.empty() && label.exchange.created.empty())
                node.exchange.created = own->second.created;
            node.exchange.modified = own->second.modified;
            for (const auto& note : own->second.notes)
                node.exchange.documentation.push_back({"changeNote", {note, {}}});
        }
        if (label.parent) {
            made.concepts.push_back(std::move(node));
        } else {
            made.root = std::move(node);
        }
    }
    return made;
}

}  // namespace espalier::project::detail
