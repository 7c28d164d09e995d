// SPDX-License-Identifier: Apache-2.0
#include "core/tree/memberships.h"

#include <algorithm>

namespace espalier::tree {

std::map<LabelId, double> branchShares(const LabelTree& tree, const std::vector<Resting>& resting) {
    std::map<LabelId, double> shares;
    for (const Resting& rest : resting) {
        for (const Label* label = tree.find(rest.label); label != nullptr; label = tree.find(label->parent)) {
            shares[label->id] += rest.mass;
        }
    }
    return shares;
}

LabelId hardLabel(const LabelTree& tree, const std::vector<Resting>& resting, const PinRule& rule) {
    const auto shares = branchShares(tree, resting);
    if (shares.empty()) return rule.through;
    LabelId here = rule.through ? rule.through : tree.root();
    while (true) {
        std::vector<LabelId> children = tree.at(here).children;
        std::sort(children.begin(), children.end());
        LabelId best;
        double bestShare = 0;
        for (const LabelId child : children) {
            if (std::find(rule.never.begin(), rule.never.end(), child) != rule.never.end()) continue;
            const auto share = shares.find(child);
            if (share != shares.end() && share->second > bestShare + (best ? kNearTie : 0.0)) {
                best = child;
                bestShare = share->second;
            }
        }
        if (!best) return here;
        if (here != tree.root()) {
            double own = 0;
            for (const Resting& rest : resting) {
                if (rest.label == here) own += rest.mass;
            }
            if (bestShare + kNearTie < own) return here;
        }
        here = best;
    }
}

double residual(const std::vector<Resting>& resting) {
    double sum = 0;
    for (const Resting& rest : resting) sum += rest.mass;
    return std::max(0.0, 1.0 - sum);
}

}  // namespace espalier::tree
