// SPDX-License-Identifier: Apache-2.0
/// \file core/index/neighbours.h
/// The nearest documents of each document by cosine: whose words a semantic tree adds (core/nmf/smoothing.h).
///
/// Exact by blocked products while queries * rows is at most `exactPairs` (100,000 documents among themselves, about a
/// minute a core for 384 dimensions), else HNSW: Yu. A. Malkov, D. A. Yashunin, "Efficient and robust approximate
/// nearest neighbor search using Hierarchical Navigable Small World graphs", 2018, as faiss has it.
///
/// Cosines are rounded to millionths and equal ones go to the lower row, so that rows which float sums cannot tell
/// apart keep the caller's (canonical) order. The answer does not depend on the number of threads: an exact list is a
/// row's own affair, and the graphs, a fixed number of parts of the rows whatever the machine, are each grown by one
/// thread.
///
/// Memory beyond the arguments: 8 bytes a neighbour; with HNSW also the vectors a second time and 280 bytes a row.
#pragma once
#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"

namespace espalier::jobs {
class JobContext;
}

namespace espalier::index {

/// Neighbours of queries as compressed rows, nearest first.
struct Neighbours {
    std::vector<std::int64_t> offsets{0};  ///< queries + 1
    std::vector<std::int32_t> rows;        ///< of the searched rows
    std::vector<std::int32_t> similarity;  ///< cosine in millionths, beside them; above 0
    friend bool operator==(const Neighbours&, const Neighbours&) = default;

    std::int64_t queries() const noexcept { return static_cast<std::int64_t>(offsets.size()) - 1; }
};

struct NeighbourOptions {
    int count = 30;  ///< neighbours a query at most
    std::int64_t exactPairs = 10'000'000'000;
    int threads = 0;  ///< 0: all processors
};

/// Scales rows to length 1; zero rows stay zero. \retval InvalidArgument  a value is not finite (the message names the
/// row)
Status scaleToUnitLength(DenseRows& rows);

/// Of each row among all others. \param unit  rows of length 1 or 0; a zero row has no neighbours and is none
/// \retval Cancelled, OutOfMemory
Result<Neighbours> nearestNeighbours(const DenseRows& unit, const NeighbourOptions& options, jobs::JobContext& context);
/// Of each query among `unit`. \retval InvalidArgument  dimensions differ
Result<Neighbours> nearestNeighbours(const DenseRows& queries, const DenseRows& unit, const NeighbourOptions& options,
                                     jobs::JobContext& context);

}  // namespace espalier::index
