// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/detail/matrix_ops.h
/// The kernels over whole matrices, in fixed blocks of rows dealt out to a team.
#pragma once
#include <vector>

#include "core/nmf/detail/team.h"
#include "core/nmf/factors.h"

namespace espalier::nmf::detail {

/// out = X f. \pre out.rows = x.rows, same stride
void product(const SparseView& x, const Factor& f, Factor& out, Team& team);
/// F'F, stride x stride, float64; blocks summed in their order.
void gram(const Factor& f, std::vector<double>& out, Team& team);
/// a <- a m, with m stride x stride row-major.
void multiplyRight(Factor& a, const std::vector<float>& m, Team& team);
/// Sum of products of two factors of one shape, float64.
double dot(const Factor& a, const Factor& b, Team& team);
/// Calls work(begin, end) for fixed blocks of the rows.
void forRows(std::int64_t rows, Team& team, const std::function<void(std::int64_t, std::int64_t)>& work);

}  // namespace espalier::nmf::detail
