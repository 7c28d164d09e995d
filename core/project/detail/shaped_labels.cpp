// SPDX-License-Identifier: Apache-2.0
// Which labels an expert shaped: what a re-fit grows around.
#include <algorithm>
#include <unordered_map>

#include "core/project/detail/project_state.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace {

/// Whether an edit changed the label itself, not only what is below it or its lock.
bool shapedBy(const tree::Label& before, tree::Label after) {
    after.children = before.children;
    after.locked = before.locked;
    after.stopReason = before.stopReason;
    return !(before == after);
}

void addShaped(const tree::EditEffect& effect, bool newOnly, std::set<LabelId>& shaped) {
    std::unordered_map<LabelId, const tree::Label*> before;
    for (const tree::Label& label : effect.before) before.emplace(label.id, &label);
    for (const tree::Label& label : effect.after) {
        const auto was = before.find(label.id);
        if (was == before.end() || (!newOnly && shapedBy(*was->second, label))) shaped.insert(label.id);
    }
}

}  // namespace

Result<std::set<LabelId>> Project::shapedLabels() {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(const auto view, s.current());
    const tree::LabelTree& tree = view.snapshot->tree;
    std::set<LabelId> shaped;
    for (const auto& [id, label] : tree.labels()) {
        if (label.nameByUser || !label.note.empty() || !label.alternativeNames.empty()) shaped.insert(id);
    }
    for (const tree::Pin& pin : tree.pins()) {
        if (const LabelId now = tree::inForceAt(tree, pin)) shaped.insert(now);
    }
    for (const tree::SetShare& share : tree.shares()) {
        if (const LabelId now = tree::inForceAt(tree, share)) shaped.insert(now);
    }
    ESPALIER_ASSIGN(auto rows, s.db().prepare("SELECT kind, effect FROM journal WHERE kind IN ('edit', 'merge', "
                                              "'split') AND NOT undone AND generation_after = ? ORDER BY id"));
    rows.bind(view.cursor.generation);
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        ESPALIER_ASSIGN(const auto effect, tree::effectFromJson(rows.view(1)));
        addShaped(effect, rows.view(0) == "split", shaped);
    }
    shaped.erase(tree.root());
    std::erase_if(shaped, [&tree](LabelId id) { return !tree.contains(id); });
    return shaped;
}

}  // namespace espalier::project
