// SPDX-License-Identifier: Apache-2.0
#include "core/tree/difference.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace espalier::tree {

EditEffect difference(const LabelTree& before, const LabelTree& after, LabelId subject) {
    EditEffect effect;
    effect.subject = subject;
    for (const auto& [id, label] : before.labels()) {
        const Label* now = after.find(id);
        if (now == &label || (now != nullptr && *now == label)) continue;
        effect.before.push_back(label);
        if (now != nullptr) effect.after.push_back(*now);
    }
    for (const auto& [id, label] : after.labels()) {
        if (!before.contains(id)) effect.after.push_back(label);
    }
    std::sort(effect.after.begin(), effect.after.end(), [](const Label& a, const Label& b) { return a.id < b.id; });
    for (const auto& [id, former] : before.formerLabels()) {
        const FormerLabel* now = after.findFormer(id);
        if (now != nullptr && *now == former) continue;
        effect.formerBefore.push_back(former);
        if (now != nullptr) effect.formerAfter.push_back(*now);
    }
    for (const auto& [id, former] : after.formerLabels()) {
        if (before.findFormer(id) == nullptr) effect.formerAfter.push_back(former);
    }
    const auto order = [](const Pin& a, const Pin& b) {
        return std::tuple(a.document, a.label, a.must, a.revision) <
               std::tuple(b.document, b.label, b.must, b.revision);
    };
    std::set_difference(before.pins().begin(), before.pins().end(), after.pins().begin(), after.pins().end(),
                        std::back_inserter(effect.pinsBefore), order);
    std::set_difference(after.pins().begin(), after.pins().end(), before.pins().begin(), before.pins().end(),
                        std::back_inserter(effect.pinsAfter), order);
    return effect;
}

}  // namespace espalier::tree
