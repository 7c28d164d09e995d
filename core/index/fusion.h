// SPDX-License-Identifier: Apache-2.0
/// \file core/index/fusion.h
/// Mixing scores of different kinds: each is standardised over the whole corpus first, so that shares mean something.
#pragma once
#include <span>
#include <vector>

namespace espalier::index {

constexpr double kHybridDenseShare = 0.7;  ///< dense; the rest goes to words

/// (s - mean) / sd over all rows (population sd, in double); all zeros where every score is equal.
std::vector<float> standardised(std::span<const float> scores);

/// share * standardised(a) + (1 - share) * standardised(b). \pre a.size() == b.size(), 0 <= share <= 1
std::vector<float> fused(std::span<const float> a, std::span<const float> b, double share);

/// Hybrid search: 0.7 dense + 0.3 words.
inline std::vector<float> hybrid(std::span<const float> dense, std::span<const float> words) {
    return fused(dense, words, kHybridDenseShare);
}

}  // namespace espalier::index
