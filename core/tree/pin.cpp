// SPDX-License-Identifier: Apache-2.0
#include "core/tree/pin.h"

#include <algorithm>
#include <tuple>

#include "core/tree/label_tree.h"

namespace espalier::tree {
namespace {
std::string quoted(const LabelTree& tree, LabelId id) {
    const Label* label = tree.find(id);
    return label != nullptr ? "'" + label->name + "'" : "label " + std::to_string(id.value);
}
}  // namespace

LabelId inForceAt(const LabelTree& tree, const Pin& pin) {
    LabelId label = pin.label;
    for (std::size_t steps = 0; !tree.contains(label); ++steps) {
        const FormerLabel* former = tree.findFormer(label);
        if (former == nullptr || steps > tree.formerLabels().size() || (!pin.must && !former->merged)) return {};
        label = former->to;
    }
    return label == tree.root() ? LabelId{} : label;
}

std::vector<PinInForce> pinsInForce(const LabelTree& tree, DocumentKey document) {
    std::vector<PinInForce> pins;
    for (const Pin& pin : tree.pinsOf(document)) {
        if (const LabelId label = inForceAt(tree, pin)) pins.push_back({label, pin.must, pin.revision});
    }
    std::sort(pins.begin(), pins.end(), [](const PinInForce& a, const PinInForce& b) {
        return std::tuple(a.label, !a.must, -a.revision) < std::tuple(b.label, !b.must, -b.revision);
    });
    const auto same = [](const PinInForce& a, const PinInForce& b) { return a.label == b.label && a.must == b.must; };
    pins.erase(std::unique(pins.begin(), pins.end(), same), pins.end());
    return pins;
}

bool contradict(const LabelTree& tree, const PinInForce& a, const PinInForce& b) {
    if (a.must && b.must) return !tree.inBranch(a.label, b.label) && !tree.inBranch(b.label, a.label);
    if (a.must != b.must) return tree.inBranch((a.must ? a : b).label, (a.must ? b : a).label);
    return false;
}

std::vector<std::pair<PinInForce, PinInForce>> contradictions(const LabelTree& tree,
                                                              const std::vector<PinInForce>& pins) {
    std::vector<std::pair<PinInForce, PinInForce>> found;
    for (auto a = pins.begin(); a != pins.end(); ++a) {
        for (auto b = a + 1; b != pins.end(); ++b) {
            if (contradict(tree, *a, *b)) found.emplace_back(*a, *b);
        }
    }
    return found;
}

std::string describeContradiction(const LabelTree& tree, const PinInForce& a, const PinInForce& b) {
    if (a.must && b.must) {
        return "it must be under " + quoted(tree, a.label) + " and under " + quoted(tree, b.label) +
               ", which are different branches";
    }
    const LabelId must = (a.must ? a : b).label, never = (a.must ? b : a).label;
    if (must == never) return "it must be under " + quoted(tree, must) + " and must not";
    return "it must be under " + quoted(tree, must) + " but not under " + quoted(tree, never) + ", which is above it";
}

PinRule pinRule(const LabelTree& tree, std::vector<PinInForce> pins) {
    std::sort(pins.begin(), pins.end(), [](const PinInForce& a, const PinInForce& b) {
        return std::tuple(-a.revision, !a.must, a.label) < std::tuple(-b.revision, !b.must, b.label);
    });
    PinRule rule;
    std::vector<PinInForce> obeyed;
    for (const PinInForce& pin : pins) {
        const bool overruled = std::any_of(obeyed.begin(), obeyed.end(),
                                           [&](const PinInForce& later) { return contradict(tree, pin, later); });
        if (overruled) continue;
        obeyed.push_back(pin);
        if (!pin.must) {
            rule.never.push_back(pin.label);
        } else if (!rule.through || tree.inBranch(pin.label, rule.through)) {
            rule.through = pin.label;  // of labels on one path the deepest
        }
    }
    return rule;
}

}  // namespace espalier::tree
