// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/nndsvd.h
/// Nonnegative start from singular triplets: of each triplet the heavier of its positive and negative sides.
/// Source: C. Boutsidis, E. Gallopoulos, Pattern Recognition 41 (2008); the leading triplet takes the same test.
#pragma once
#include "core/nmf/factors.h"
#include "core/nmf/randomized_svd.h"

namespace espalier::nmf {

/// A start for W (columns sum 1) and H.
struct Start {
    Factor w, h;
};

/// The first k triplets decide, so one decomposition serves every smaller k. Triplets that the matrix does not have
/// give zero columns.
/// \param fill  value put where a start is 0 (multiplicative solvers cannot leave 0); 0: leave zeros
Start nndsvd(const Svd& svd, int k, float fill = 0);

}  // namespace espalier::nmf
