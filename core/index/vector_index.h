// SPDX-License-Identifier: Apache-2.0
/// \file core/index/vector_index.h
/// Exact cosine search over one model's vectors.
///
/// The values are referred to, not copied (a memory-mapped tensor file serves as it is); only one factor a row is kept
/// beside them. A scan in row order over a branch's ranges is exact for every filter, which approximate indexes are
/// not. Thread-safe once created.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/index/ranking.h"
#include "core/index/row_ranges.h"

namespace espalier::index {

class VectorIndex {
public:
    /// \param values  rows * dim floats, row-major, any length of row; a zero row has cosine 0 with everything
    /// \param keys    document of each row
    /// \param order   idOrder() of the rows' document ids; empty: rows are in ascending id byte order
    /// \param owner   keeps `values` alive
    /// \retval InvalidArgument  sizes do not agree, dim < 1, or a value is not finite
    static Result<VectorIndex> create(std::span<const float> values, std::int64_t dim, std::vector<DocumentKey> keys,
                                      std::vector<std::int32_t> order, std::shared_ptr<const void> owner);
    /// Takes the values over.
    static Result<VectorIndex> create(DenseRows values, std::vector<DocumentKey> keys,
                                      std::vector<std::int32_t> order = {});

    std::int64_t rows() const noexcept { return static_cast<std::int64_t>(m_keys.size()); }
    std::int64_t dim() const noexcept { return m_dim; }
    DocumentKey key(std::int64_t row) const { return m_keys[static_cast<std::size_t>(row)]; }
    std::span<const DocumentKey> keys() const noexcept { return m_keys; }
    std::span<const std::int32_t> order() const noexcept { return m_order; }
    /// Row of a document, -1 when it has no vector.
    std::int64_t rowOf(DocumentKey key) const;
    std::span<const float> vector(std::int64_t row) const;

    /// Cosine of the query with every row, in [-1, 1] up to rounding; the same for any number of threads.
    /// \param query  dim floats, any length; a zero query scores 0 everywhere
    /// \retval InvalidArgument  wrong dim, or not finite
    Result<std::vector<float>> scores(std::span<const float> query, int threads = 1) const;
    /// The best min(k, rows of `ranges`) of a branch: the same hits as topK(scores(query), ranges, k), scanning the
    /// branch only. \retval InvalidArgument  as scores()
    Result<std::vector<Hit>> search(std::span<const float> query, std::int64_t k, const RowRanges& ranges,
                                    int threads = 1) const;

private:
    VectorIndex() = default;
    Result<std::vector<float>> unit(std::span<const float> query) const;
    void scan(const float* unitQuery, std::int64_t begin, std::int64_t end, float* out) const;

    std::span<const float> m_values;
    std::int64_t m_dim = 0;
    std::vector<float> m_inverseNorm;
    std::vector<DocumentKey> m_keys;
    std::vector<std::int32_t> m_order;
    std::vector<std::int64_t> m_rowsByKey;  ///< rows sorted by key
    std::shared_ptr<const void> m_owner;
};

}  // namespace espalier::index
