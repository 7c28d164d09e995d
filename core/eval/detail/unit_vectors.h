// SPDX-License-Identifier: Apache-2.0
/// \file core/eval/detail/unit_vectors.h
/// Rows of unit length and work on blocks of them over several threads.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "core/base/sparse_matrix.h"
#include "core/jobs/job_context.h"

namespace espalier::eval {

/// Rows divided by their length; zero rows stay. False where a value is not finite.
bool toUnit(const DenseRows& vectors, DenseRows& unit);

/// Rows `first` of a matrix, copied next to each other.
DenseRows gathered(const DenseRows& from, const std::vector<std::int64_t>& rows);

/// At most `limit` of 0..n-1 in ascending order: all, or a sample without replacement by `seed`.
std::vector<std::int64_t> sampledRows(std::int64_t n, std::int64_t limit, std::uint64_t seed);

/// Calls work(b) for b = 0..blocks-1, each once, on up to `threads` threads of which the caller's is one. Between
/// blocks the caller's thread asks `goOn`; false ends all. Returns whether every block was done. Results must not
/// depend on which thread does a block.
bool forEachBlock(std::int64_t blocks, int threads, const std::function<void(std::int64_t block)>& work,
                  const std::function<bool(std::int64_t done)>& goOn);

}  // namespace espalier::eval
