// SPDX-License-Identifier: Apache-2.0
/// \file core/base/sparse_matrix.h
/// Compressed sparse rows, float32 with 32-bit columns: the one form in which TF-IDF travels between modules.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace espalier {

/// rows x cols; row r holds columns[offsets[r] .. offsets[r+1]) ascending, values beside them.
struct SparseRows {
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::vector<std::int64_t> offsets{0};  ///< rows + 1 entries
    std::vector<std::int32_t> columns;
    std::vector<float> values;

    std::int64_t nonZeros() const noexcept { return static_cast<std::int64_t>(columns.size()); }
    std::span<const std::int32_t> rowColumns(std::int64_t r) const {
        return {columns.data() + offsets[static_cast<std::size_t>(r)], rowSize(r)};
    }
    std::span<const float> rowValues(std::int64_t r) const {
        return {values.data() + offsets[static_cast<std::size_t>(r)], rowSize(r)};
    }
    std::size_t rowSize(std::int64_t r) const {
        return static_cast<std::size_t>(offsets[static_cast<std::size_t>(r) + 1] -
                                        offsets[static_cast<std::size_t>(r)]);
    }
};

/// Dense row-major float32 matrix, rows x cols.
struct DenseRows {
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::vector<float> values;  ///< rows * cols

    std::span<const float> row(std::int64_t r) const {
        return {values.data() + r * cols, static_cast<std::size_t>(cols)};
    }
    std::span<float> row(std::int64_t r) { return {values.data() + r * cols, static_cast<std::size_t>(cols)}; }
};

}  // namespace espalier
