// SPDX-License-Identifier: Apache-2.0
/// \file core/base/ids.h
/// Integer ids that cannot be mixed up.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace espalier {

/// An id for life: never reused, 0 means "none".
template <class Tag>
struct StrongId {
    std::int64_t value = 0;
    constexpr explicit operator bool() const noexcept { return value != 0; }
    friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

using LabelId = StrongId<struct LabelTag>;         ///< a label of the tree
using DocumentKey = StrongId<struct DocumentTag>;  ///< a document inside one project (row of the table, not its id)

}  // namespace espalier

template <class Tag>
struct std::hash<espalier::StrongId<Tag>> {
    std::size_t operator()(espalier::StrongId<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
