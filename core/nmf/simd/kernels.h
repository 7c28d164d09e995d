// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/simd/kernels.h
/// The inner loops of the tree engine, one table of functions per instruction set, chosen at run time.
///
/// Factor rows lie `stride` floats apart (a multiple of 8, rows on 32-byte borders, padding columns zero and kept so).
/// Every function treats a row the same wherever it lies in the range, so that results do not depend on how rows are
/// dealt out to threads.
#pragma once
#include <cstdint>

namespace espalier::nmf::simd {

struct Kernels {
    const char* name;

    /// out[r] = sum over the nonzeros of row r of value * f[column], rows begin..end-1.
    void (*sparseProduct)(const std::int64_t* offsets, const std::int32_t* columns, const float* values, const float* f,
                          int stride, float* out, std::int64_t begin, std::int64_t end);

    /// Adds to out (stride x stride, row-major, float64) the upper triangle of A'A over `rows` rows, and what lies in
    /// the same blocks below it; mirrorGram() makes the rest.
    void (*gram)(const float* a, std::int64_t rows, int stride, double* out);

    /// Cyclic coordinate descent of every row of f on 1/2 f G f' - b f', f >= 0.
    /// \param gram     G as float, stride x stride; \param inverse  1 / G_jj, 0 where G_jj is 0
    void (*sweeps)(float* f, const float* b, std::int64_t rows, int stride, int k, const float* gram,
                   const float* inverse, int count);

    /// out[r] = a[r] M, M stride x stride row-major; out must not be a.
    void (*rowsTimesMatrix)(const float* a, std::int64_t rows, int stride, const float* m, float* out);

    /// out[r] = sum over the nonzeros of row r of value / max(<f[column], g[r]>, floor) * f[column].
    void (*ratioProduct)(const std::int64_t* offsets, const std::int32_t* columns, const float* values, const float* f,
                         const float* g, int stride, float floor, float* out, std::int64_t begin, std::int64_t end);

    /// Sum of products in float64; size a multiple of 8.
    double (*dot)(const float* a, const float* b, std::int64_t size);
};

/// Plain loops: the twin the others are tested against, and what runs where the compiler has no vector types.
const Kernels& plainKernels();
/// Null where this build does not have them or (best known at run time) the processor does not.
const Kernels* baseKernels();
const Kernels* avx2Kernels();
const Kernels* avx512Kernels();

/// The table in use, fixed at the first call: ESPALIER_SIMD, else the best the processor has.
const Kernels& kernels();
/// What kernels() would pick for a value of ESPALIER_SIMD (null: unset).
const Kernels& kernelsFor(const char* wanted);

/// Copies the upper triangle of a stride x stride matrix below the diagonal.
void mirrorGram(double* gram, int stride);

}  // namespace espalier::nmf::simd
