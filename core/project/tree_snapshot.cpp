// SPDX-License-Identifier: Apache-2.0
#include "core/project/tree_snapshot.h"

namespace espalier::project {

Status requireNoLock(const tree::LabelTree& tree) {
    constexpr int kNamed = 3;
    std::string names;
    int count = 0;
    for (const LabelId id : tree.depthFirst()) {
        if (!tree.at(id).locked) continue;
        if (++count <= kNamed) names += (names.empty() ? "'" : ", '") + tree.at(id).name + "'";
    }
    if (count == 0) return {};
    if (count > kNamed) names += " and " + std::to_string(count - kNamed) + " more";
    return makeError(ErrorCode::InvalidState,
                     (count == 1 ? "label " : "labels ") + names + (count == 1 ? " is" : " are") +
                         " locked, and a new tree would not keep " + (count == 1 ? "it" : "them") + "; unlock first");
}

}  // namespace espalier::project
