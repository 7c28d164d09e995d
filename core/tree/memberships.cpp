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

std::vector<Candidate> likeliest(const LabelTree& tree, const std::vector<Resting>& resting, std::size_t count) {
    const auto shares = branchShares(tree, resting);
    std::vector<Candidate> ends, above;
    for (const auto& [id, share] : shares) {
        if (id == tree.root() || share <= 0) continue;
        const auto& children = tree.at(id).children;
        const bool end = std::none_of(children.begin(), children.end(), [&](LabelId child) {
            const auto found = shares.find(child);
            return found != shares.end() && found->second > 0;
        });
        (end ? ends : above).push_back({id, share});
    }
    for (auto* part : {&ends, &above}) {
        std::stable_sort(part->begin(), part->end(),
                         [](const Candidate& a, const Candidate& b) { return a.share > b.share; });
    }
    ends.insert(ends.end(), above.begin(), above.end());
    if (ends.size() > count) ends.resize(count);
    return ends;
}

double residual(const std::vector<Resting>& resting) {
    double sum = 0;
    for (const Resting& rest : resting) sum += rest.mass;
    return std::max(0.0, 1.0 - sum);
}

}  // namespace espalier::tree
