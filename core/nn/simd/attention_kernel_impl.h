// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/simd/attention_kernel_impl.h
/// The one source of all instruction levels: included by attention_{base,avx2,avx512}.cpp, each of which defines `Vec`
/// (kLanes floats) and its few operations first. Everything is in an anonymous namespace and no function of the
/// standard library is used, so that no code of one level can be linked into another.
///
/// exp by range reduction and a polynomial of degree 6 (Cephes); backward recomputes the shares from the stored
/// log-sums (T. Dao et al., "FlashAttention", NeurIPS 2022) instead of keeping length^2 of them per head.
#pragma once
#include "core/nn/simd/attention_kernels.h"

namespace espalier::nn::simd {
namespace {

constexpr int roundUp(int n) {
    return (n + kLanes - 1) / kLanes * kLanes;
}

/// C[m, n] = A[m, k] * B[k, n] for a block of `Rows` rows and `Vecs` vectors of columns; A by element strides.
template <int Rows, int Vecs>
inline void multiplyBlock(int k, const float* a, std::int64_t aRow, std::int64_t aColumn, const float* b, int bStride,
                          float* c, int cStride) {
    Vec sums[Rows][Vecs];
    for (int r = 0; r < Rows; ++r) {
        for (int v = 0; v < Vecs; ++v) sums[r][v] = splat(0.0F);
    }
    for (int p = 0; p < k; ++p) {
        Vec right[Vecs];
        for (int v = 0; v < Vecs; ++v) right[v] = load(b + static_cast<std::int64_t>(p) * bStride + v * kLanes);
        for (int r = 0; r < Rows; ++r) {
            const Vec left = splat(a[r * aRow + p * aColumn]);
            for (int v = 0; v < Vecs; ++v) sums[r][v] = sums[r][v] + left * right[v];
        }
    }
    for (int r = 0; r < Rows; ++r) {
        for (int v = 0; v < Vecs; ++v) store(c + static_cast<std::int64_t>(r) * cStride + v * kLanes, sums[r][v]);
    }
}

template <int Rows>
inline void multiplyRows(int n, int k, const float* a, std::int64_t aRow, std::int64_t aColumn, const float* b,
                         int bStride, float* c, int cStride) {
    int column = 0;
    for (; column + 2 * kLanes <= n; column += 2 * kLanes) {
        multiplyBlock<Rows, 2>(k, a, aRow, aColumn, b + column, bStride, c + column, cStride);
    }
    if (column < n) multiplyBlock<Rows, 1>(k, a, aRow, aColumn, b + column, bStride, c + column, cStride);
}

/// C = A * B; n, bStride and cStride are multiples of kLanes.
void multiply(int m, int n, int k, const float* a, std::int64_t aRow, std::int64_t aColumn, const float* b, int bStride,
              float* c, int cStride) {
    int row = 0;
    for (; row + kRows <= m; row += kRows) {
        multiplyRows<kRows>(n, k, a + row * aRow, aRow, aColumn, b, bStride, c + std::int64_t{row} * cStride, cStride);
    }
    for (; row + 2 <= m; row += 2) {
        multiplyRows<2>(n, k, a + row * aRow, aRow, aColumn, b, bStride, c + std::int64_t{row} * cStride, cStride);
    }
    if (row < m) {
        multiplyRows<1>(n, k, a + row * aRow, aRow, aColumn, b, bStride, c + std::int64_t{row} * cStride, cStride);
    }
}

/// Rows to a contiguous block [length, padded], zeros behind column headDim.
void packRows(const float* from, std::int64_t stride, int length, int headDim, int padded, float scale, float* to) {
    for (int i = 0; i < length; ++i) {
        for (int d = 0; d < headDim; ++d) to[i * padded + d] = from[i * stride + d] * scale;
        for (int d = headDim; d < padded; ++d) to[i * padded + d] = 0.0F;
    }
}

/// Transposed: [headDim, padded], zeros behind column length.
void packColumns(const float* from, std::int64_t stride, int length, int headDim, int padded, float* to) {
    for (int d = 0; d < headDim; ++d) {
        for (int i = length; i < padded; ++i) to[d * padded + i] = 0.0F;
    }
    for (int i = 0; i < length; ++i) {
        for (int d = 0; d < headDim; ++d) to[d * padded + i] = from[i * stride + d];
    }
}

void unpackRows(const float* from, int padded, int length, int headDim, float scale, float* to, std::int64_t stride) {
    for (int i = 0; i < length; ++i) {
        for (int d = 0; d < headDim; ++d) to[i * stride + d] = from[i * padded + d] * scale;
    }
}

/// Natural logarithm of a positive finite float, in double through its bits: enough for log-sums (1e-9).
float logOf(float x) {
    union {
        float f;
        std::uint32_t u;
    } bits = {x};
    int exponent = static_cast<int>(bits.u >> 23) - 127;
    bits.u = (bits.u & 0x7fffffU) | 0x3f800000U;
    double mantissa = bits.f;  // [1, 2)
    if (mantissa > 1.4142135623730951) {
        mantissa *= 0.5;
        ++exponent;
    }
    const double t = (mantissa - 1.0) / (mantissa + 1.0);
    const double square = t * t;
    double series = 0.0;
    for (int i = 19; i >= 1; i -= 2) series = series * square + 1.0 / i;
    return static_cast<float>(2.0 * t * series + exponent * 0.6931471805599453);
}

constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/// Multiplies one row of shares by 0 or 1 / (1 - p); element j depends on (seed, row, j) alone.
void dropRow(float* row, int padded, std::uint64_t seed, int index, float probability) {
    const std::uint64_t start = mix(seed + 0x9e3779b97f4a7c15ULL * (static_cast<std::uint64_t>(index) + 1));
    const auto threshold = static_cast<std::uint32_t>(static_cast<double>(probability) * 4294967296.0);
    const float keep = 1.0F / (1.0F - probability);
    const auto base = static_cast<std::uint32_t>(start);
    for (int j = 0; j < padded; ++j) {
        std::uint32_t h = base + 0x9e3779b9U * static_cast<std::uint32_t>(j);
        h = (h ^ (h >> 16)) * 0x85ebca6bU;
        h = (h ^ (h >> 13)) * 0xc2b2ae35U;
        h ^= h >> 16;
        row[j] = h < threshold ? 0.0F : row[j] * keep;
    }
}

std::size_t scratchFloats(int length, int headDim) {
    const auto l = static_cast<std::size_t>(length);
    const auto lp = static_cast<std::size_t>(roundUp(length));
    const auto d = static_cast<std::size_t>(headDim);
    const auto dp = static_cast<std::size_t>(roundUp(headDim));
    return 5 * l * dp + 2 * d * lp + 2 * l * lp + static_cast<std::size_t>(kLanes);
}

void attentionForward(const AttentionTask& task, float* out, std::int64_t outStride, float* logSums, float* scratch) {
    const int length = task.length;
    const int lp = roundUp(length);
    const int dp = roundUp(task.headDim);
    float* query = scratch;
    float* value = query + std::int64_t{length} * dp;
    float* result = value + std::int64_t{length} * dp;
    float* keyColumns = result + std::int64_t{length} * dp;
    float* shares = keyColumns + std::int64_t{task.headDim} * lp;

    packRows(task.query, task.stride, length, task.headDim, dp, task.scale, query);
    packRows(task.value, task.stride, length, task.headDim, dp, 1.0F, value);
    packColumns(task.key, task.stride, length, task.headDim, lp, keyColumns);
    multiply(length, lp, task.headDim, query, dp, 1, keyColumns, lp, shares, lp);

    for (int i = 0; i < length; ++i) {
        float* row = shares + std::int64_t{i} * lp;
        for (int j = length; j < lp; ++j) row[j] = kMinusHuge;
        Vec highest = load(row);
        for (int j = kLanes; j < lp; j += kLanes) highest = larger(highest, load(row + j));
        const float top = largest(highest);
        const Vec shift = splat(top);
        Vec sums = splat(0.0F);
        for (int j = 0; j < lp; j += kLanes) {
            const Vec e = expOf(load(row + j) - shift);
            store(row + j, e);
            sums = sums + e;
        }
        // The padded scores are far below any other: their share is exactly 0.
        for (int j = length; j < lp; ++j) row[j] = 0.0F;
        const float sum = total(sums);
        const Vec inverse = splat(1.0F / sum);
        for (int j = 0; j < lp; j += kLanes) store(row + j, load(row + j) * inverse);
        if (logSums != nullptr) logSums[i] = top + logOf(sum);
        if (task.dropout > 0.0F) dropRow(row, lp, task.dropoutSeed, i, task.dropout);
    }
    multiply(length, dp, length, shares, lp, 1, value, dp, result, dp);
    unpackRows(result, dp, length, task.headDim, 1.0F, out, outStride);
}

void attentionBackward(const AttentionTask& task, const float* gradOut, std::int64_t gradOutStride,
                       const float* logSums, float* gradQuery, float* gradKey, float* gradValue, float* scratch) {
    const int length = task.length;
    const int lp = roundUp(length);
    const int dp = roundUp(task.headDim);
    float* query = scratch;
    float* key = query + std::int64_t{length} * dp;
    float* grad = key + std::int64_t{length} * dp;
    float* result = grad + std::int64_t{length} * dp;
    float* keyColumns = result + 2 * std::int64_t{length} * dp;
    float* valueColumns = keyColumns + std::int64_t{task.headDim} * lp;
    float* shares = valueColumns + std::int64_t{task.headDim} * lp;
    float* gradShares = shares + std::int64_t{length} * lp;

    packRows(task.query, task.stride, length, task.headDim, dp, task.scale, query);
    packRows(task.key, task.stride, length, task.headDim, dp, 1.0F, key);
    packRows(gradOut, gradOutStride, length, task.headDim, dp, 1.0F, grad);
    packColumns(task.key, task.stride, length, task.headDim, lp, keyColumns);
    packColumns(task.value, task.stride, length, task.headDim, lp, valueColumns);

    multiply(length, lp, task.headDim, query, dp, 1, keyColumns, lp, shares, lp);
    multiply(length, lp, task.headDim, grad, dp, 1, valueColumns, lp, gradShares, lp);
    for (int i = 0; i < length; ++i) {
        float* row = shares + std::int64_t{i} * lp;
        float* gradRow = gradShares + std::int64_t{i} * lp;
        const Vec shift = splat(logSums[i]);
        for (int j = 0; j < lp; j += kLanes) store(row + j, expOf(load(row + j) - shift));
        for (int j = length; j < lp; ++j) row[j] = 0.0F;
        if (task.dropout > 0.0F) dropRow(gradRow, lp, task.dropoutSeed, i, task.dropout);
        Vec dots = splat(0.0F);
        for (int j = 0; j < lp; j += kLanes) dots = dots + load(row + j) * load(gradRow + j);
        const Vec dot = splat(total(dots));
        for (int j = 0; j < lp; j += kLanes) store(gradRow + j, load(row + j) * (load(gradRow + j) - dot));
        if (task.dropout > 0.0F) dropRow(row, lp, task.dropoutSeed, i, task.dropout);
    }
    // The query block carries the scale already, which is what the keys' gradient needs.
    multiply(length, dp, length, shares, 1, lp, grad, dp, result, dp);
    unpackRows(result, dp, length, task.headDim, 1.0F, gradValue, task.stride);
    multiply(length, dp, length, gradShares, 1, lp, query, dp, result, dp);
    unpackRows(result, dp, length, task.headDim, 1.0F, gradKey, task.stride);
    multiply(length, dp, length, gradShares, lp, 1, key, dp, result, dp);
    unpackRows(result, dp, length, task.headDim, task.scale, gradQuery, task.stride);
}

}  // namespace
}  // namespace espalier::nn::simd
