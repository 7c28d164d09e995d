// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/factors.h
/// The two shapes the tree engine computes with: a sparse matrix held by documents and by terms, and factor rows.
///
/// Convention of core/nmf: X is documents x terms; W is terms x k and H is documents x k (the transpose of method.md's
/// H), so that X ~ H W'. Data float32, sums that decide anything float64.
#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <vector>

#include "core/base/sparse_matrix.h"

namespace espalier::nmf {

/// std::vector memory on 64-byte borders, as the vector kernels read it.
template <class T>
struct AlignedAllocator {
    using value_type = T;
    AlignedAllocator() = default;
    template <class U>
    AlignedAllocator(const AlignedAllocator<U>&) noexcept {}  // NOLINT: implicit as allocators must be
    T* allocate(std::size_t n) { return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64})); }
    void deallocate(T* p, std::size_t) noexcept { ::operator delete (p, std::align_val_t{64}); }
    friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) noexcept { return true; }
};
using AlignedFloats = std::vector<float, AlignedAllocator<float>>;
using AlignedDoubles = std::vector<double, AlignedAllocator<double>>;

/// Rows x k, row-major, each row padded with zeros to a multiple of 8 floats.
struct Factor {
    std::int64_t rows = 0;
    int k = 0;
    int stride = 0;  ///< k rounded up to a multiple of 8
    AlignedFloats values;

    Factor() = default;
    Factor(std::int64_t rowCount, int columns)
        : rows(rowCount),
          k(columns),
          stride((columns + 7) / 8 * 8),
          values(static_cast<std::size_t>(rowCount) * stride) {}
    float* row(std::int64_t r) { return values.data() + r * stride; }
    const float* row(std::int64_t r) const { return values.data() + r * stride; }
    float& at(std::int64_t r, int c) { return row(r)[c]; }
    float at(std::int64_t r, int c) const { return row(r)[c]; }
};

/// Compressed sparse rows somewhere else.
struct SparseView {
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    const std::int64_t* offsets = nullptr;
    const std::int32_t* columns = nullptr;
    const float* values = nullptr;

    SparseView() = default;
    SparseView(const SparseRows& m)  // NOLINT: implicit by design
        : rows(m.rows), cols(m.cols), offsets(m.offsets.data()), columns(m.columns.data()), values(m.values.data()) {}
    std::int64_t nonZeros() const { return rows > 0 ? offsets[rows] : 0; }
};

/// One matrix in both orders.
struct MatrixView {
    SparseView byDocument;  ///< documents x terms
    SparseView byTerm;      ///< terms x documents
};

/// A matrix with its transpose, and where each nonzero went.
struct TwoWayMatrix {
    SparseRows byDocument;
    SparseRows byTerm;
    std::vector<std::int64_t> placeByTerm;  ///< nonzero i of byDocument is nonzero placeByTerm[i] of byTerm

    explicit TwoWayMatrix(SparseRows documentsByTerms = {});
    MatrixView view() const { return {byDocument, byTerm}; }
};

/// Sum of squares, summed row by row in float64.
double squaredNorm(const SparseView& x);
/// ||X - H W'|| / ||X|| by the trace identity in float64, radicand clamped at 0; 0 for an all-zero X.
double relativeError(const SparseView& byDocument, const Factor& w, const Factor& h);
/// Scales the columns of W to sum 1 and moves the scale into H. Columns that are all zero stay so (H column zeroed).
void scaleColumnsToSumOne(Factor& w, Factor& h);

}  // namespace espalier::nmf
