// SPDX-License-Identifier: Apache-2.0
#include "core/tree/tree_hash.h"

#include <algorithm>

#include "core/base/sha256.h"

namespace espalier::tree {

std::string treeHash(const LabelTree& tree, std::map<LabelId, std::vector<std::string>> documents) {
    constexpr std::size_t kTerms = 10;
    Sha256 hash;
    for (const LabelId id : tree.depthFirst()) {
        auto& here = documents[id];
        std::sort(here.begin(), here.end());
        for (const auto& text : here) hash.add(text + "\n");
        hash.add("\n");
        const auto& terms = tree.at(id).terms;
        for (std::size_t i = 0; i < std::min(kTerms, terms.size()); ++i) hash.add(terms[i].text + "\n");
        hash.add("\n");
    }
    return toHex(hash.finish());
}

}  // namespace espalier::tree
