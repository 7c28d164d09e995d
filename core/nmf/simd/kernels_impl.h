// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/simd/kernels_impl.h
/// One source for every instruction set, on the vector extensions of GCC and Clang. Included once by each
/// kernels_*.cpp, which defines ESPALIER_SIMD_FLOATS (floats per register: 8 or 16) and ESPALIER_SIMD_DOUBLES.
///
/// No function of the standard library is called here: an inline function compiled for a newer processor could be the
/// one copy the linker keeps for the whole program.
#include "core/nmf/simd/kernels.h"

namespace espalier::nmf::simd {
namespace {

constexpr int kFloats = ESPALIER_SIMD_FLOATS;
constexpr int kDoubles = ESPALIER_SIMD_DOUBLES;

using Float8 = float __attribute__((vector_size(32)));
using FloatsN = float __attribute__((vector_size(4 * kFloats), aligned(32)));
using FloatsD = float __attribute__((vector_size(4 * kDoubles), aligned(4)));
using DoublesD = double __attribute__((vector_size(8 * kDoubles)));
// Loads and stores where only the row's 32-byte border is certain.
using Float8Memory = float __attribute__((vector_size(32), aligned(32), may_alias));
using FloatsNMemory = float __attribute__((vector_size(4 * kFloats), aligned(32), may_alias));
using FloatsDMemory = float __attribute__((vector_size(4 * kDoubles), aligned(4), may_alias));
using DoublesDMemory = double __attribute__((vector_size(8 * kDoubles), aligned(8), may_alias));

constexpr int kAhead = 8;           // nonzeros between a prefetch and its use
constexpr int kBlockRows = 32;      // rows of one coordinate-descent block
constexpr int kMostColumns = 256;   // of a block on the stack
constexpr int kGramDoubles = 8192;  // of a strip of rows turned into doubles at once
constexpr int kGramRows = 64;       // rows of it at most

// ---- sparse product ------------------------------------------------------------------------------------------------

template <class Vector, class Memory, int Width, int Count>
inline void productRow(const std::int32_t* columns, const float* values, std::int64_t size, std::int64_t lookAhead,
                       const float* f, int stride, float* out) {
    // Short rows of factors would wait for each other's sums: keep several sums and add them in a fixed order.
    constexpr int kSums = Count == 1 ? 4 : Count == 2 ? 2 : 1;
    Vector sums[kSums][Count] = {};
    std::int64_t i = 0;
    for (; i + kSums <= size; i += kSums) {
        for (int s = 0; s < kSums; ++s) {
            if (i + s + kAhead < lookAhead) {
                const float* next = f + static_cast<std::int64_t>(columns[i + s + kAhead]) * stride;
                for (int c = 0; c < Count * Width; c += 16) __builtin_prefetch(next + c);
            }
            const float* row = f + static_cast<std::int64_t>(columns[i + s]) * stride;
            const float value = values[i + s];
            for (int c = 0; c < Count; ++c) sums[s][c] += value * *reinterpret_cast<const Memory*>(row + c * Width);
        }
    }
    for (; i < size; ++i) {
        const float* row = f + static_cast<std::int64_t>(columns[i]) * stride;
        for (int c = 0; c < Count; ++c) sums[0][c] += values[i] * *reinterpret_cast<const Memory*>(row + c * Width);
    }
    for (int c = 0; c < Count; ++c) {
        Vector total = sums[0][c];
        for (int s = 1; s < kSums; ++s) total += sums[s][c];
        *reinterpret_cast<Memory*>(out + c * Width) = total;
    }
}

template <class Vector, class Memory, int Width, int Count>
void productRows(const std::int64_t* offsets, const std::int32_t* columns, const float* values, const float* f,
                 int stride, float* out, std::int64_t begin, std::int64_t end) {
    const std::int64_t last = offsets[end];
    for (std::int64_t r = begin; r < end; ++r) {
        const std::int64_t at = offsets[r];
        productRow<Vector, Memory, Width, Count>(columns + at, values + at, offsets[r + 1] - at, last - at, f, stride,
                                                 out + r * stride);
    }
}

/// Columns [0, 8 count) of the factors, count <= 8.
void productStrip(int count, const std::int64_t* offsets, const std::int32_t* columns, const float* values,
                  const float* f, int stride, float* out, std::int64_t begin, std::int64_t end) {
#define ESPALIER_STRIP(vector, memory, width, n) \
    productRows<vector, memory, width, n>(offsets, columns, values, f, stride, out, begin, end)
    if constexpr (kFloats == 16) {
        switch (count) {
            case 2:
                return ESPALIER_STRIP(FloatsN, FloatsNMemory, 16, 1);
            case 4:
                return ESPALIER_STRIP(FloatsN, FloatsNMemory, 16, 2);
            case 6:
                return ESPALIER_STRIP(FloatsN, FloatsNMemory, 16, 3);
            case 8:
                return ESPALIER_STRIP(FloatsN, FloatsNMemory, 16, 4);
            default:
                break;
        }
    }
    switch (count) {
        case 1:
            return ESPALIER_STRIP(Float8, Float8Memory, 8, 1);
        case 2:
            return ESPALIER_STRIP(Float8, Float8Memory, 8, 2);
        case 3:
            return ESPALIER_STRIP(Float8, Float8Memory, 8, 3);
        case 4:
            return ESPALIER_STRIP(Float8, Float8Memory, 8, 4);
        case 5:
            return ESPALIER_STRIP(Float8, Float8Memory, 8, 5);
        case 6:
            return ESPALIER_STRIP(Float8, Float8Memory, 8, 6);
        case 7:
            return ESPALIER_STRIP(Float8, Float8Memory, 8, 7);
        default:
            return ESPALIER_STRIP(Float8, Float8Memory, 8, 8);
    }
#undef ESPALIER_STRIP
}

void sparseProduct(const std::int64_t* offsets, const std::int32_t* columns, const float* values, const float* f,
                   int stride, float* out, std::int64_t begin, std::int64_t end) {
    for (int c = 0; c < stride; c += 64) {
        const int count = (stride - c < 64 ? stride - c : 64) / 8;
        productStrip(count, offsets, columns, values, f + c, stride, out + c, begin, end);
    }
}

// ---- Gram matrix ---------------------------------------------------------------------------------------------------

/// out[i][j] += a[r][i] a[r][j] for 4 columns i and 2 vectors of columns j, over `rows` rows of doubles.
inline void gramTile(const double* a, int width, int rows, int i, int j, double* out, int stride) {
    DoublesD sums[4][2] = {};
    for (int r = 0; r < rows; ++r) {
        const double* row = a + r * width;
        const DoublesD right[2] = {*reinterpret_cast<const DoublesDMemory*>(row + j),
                                   *reinterpret_cast<const DoublesDMemory*>(row + j + kDoubles)};
        for (int u = 0; u < 4; ++u) {
            sums[u][0] += row[i + u] * right[0];
            sums[u][1] += row[i + u] * right[1];
        }
    }
    for (int u = 0; u < 4; ++u) {
        double* target = out + static_cast<std::int64_t>(i + u) * stride + j;
        for (int v = 0; v < 2; ++v) {
            // The last tile may hang over the right edge.
            for (int l = 0; l < kDoubles && j + v * kDoubles + l < stride; ++l)
                target[v * kDoubles + l] += sums[u][v][l];
        }
    }
}

inline void toDoubles(const float* a, std::int64_t rows, int stride, int begin, int width, double* strip) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* row = a + r * stride + begin;
        for (int c = 0; c < width; c += kDoubles) {
            *reinterpret_cast<DoublesDMemory*>(strip + r * width + c) =
                __builtin_convertvector(*reinterpret_cast<const FloatsDMemory*>(row + c), DoublesD);
        }
    }
}

void gramStrip(const float* a, std::int64_t rows, int stride, int width, int stripRows, double* out, double* strip) {
    constexpr int kStep = 2 * kDoubles;
    for (std::int64_t at = 0; at < rows; at += stripRows) {
        const int count = static_cast<int>(rows - at < stripRows ? rows - at : stripRows);
        if (width == stride) {
            toDoubles(a + at * stride, count, stride, 0, stride, strip);
        } else {
            for (int r = 0; r < count; ++r) {
                for (int c = 0; c < width; ++c)
                    strip[r * width + c] = c < stride ? static_cast<double>(a[(at + r) * stride + c]) : 0.0;
            }
        }
        for (int i = 0; i < stride; i += 4) {
            for (int j = i / kStep * kStep; j < width; j += kStep) gramTile(strip, width, count, i, j, out, stride);
        }
    }
}

void gram(const float* a, std::int64_t rows, int stride, double* out) {
    constexpr int kStep = 2 * kDoubles;
    const int width = (stride + kStep - 1) / kStep * kStep;  // padded so that the last tile is whole
    const int stripRows = kGramDoubles / width < kGramRows ? kGramDoubles / width : kGramRows;
    if (stripRows < 8) return plainKernels().gram(a, rows, stride, out);
    alignas(64) double strip[kGramDoubles];
    gramStrip(a, rows, stride, width, stripRows, out, strip);
}

// ---- coordinate descent --------------------------------------------------------------------------------------------

/// 8 rows of 8 floats, columns becoming rows.
inline void transpose8(Float8* t) {
    Float8 a[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = __builtin_shufflevector(t[i], t[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        a[i + 1] = __builtin_shufflevector(t[i], t[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    Float8 b[8];
    for (int i = 0; i < 8; i += 4) {
        for (int j = 0; j < 2; ++j) {
            b[i + 2 * j] = __builtin_shufflevector(a[i + j], a[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[i + 2 * j + 1] = __builtin_shufflevector(a[i + j], a[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int i = 0; i < 4; ++i) {
        t[i] = __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        t[i + 4] = __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/// block[column][row of 32] from up to 32 rows; missing rows are zero.
inline void loadBlock(const float* rows, int count, int stride, float (*block)[kBlockRows]) {
    for (int group = 0; group < kBlockRows; group += 8) {
        for (int c = 0; c < stride; c += 8) {
            Float8 t[8];
            for (int r = 0; r < 8; ++r) {
                t[r] = group + r < count ? *reinterpret_cast<const Float8Memory*>(
                                               rows + static_cast<std::int64_t>(group + r) * stride + c)
                                         : Float8{};
            }
            transpose8(t);
            for (int r = 0; r < 8; ++r) *reinterpret_cast<Float8Memory*>(block[c + r] + group) = t[r];
        }
    }
}

inline void storeBlock(const float (*block)[kBlockRows], int count, int stride, float* rows) {
    for (int group = 0; group < count; group += 8) {
        for (int c = 0; c < stride; c += 8) {
            Float8 t[8];
            for (int r = 0; r < 8; ++r) t[r] = *reinterpret_cast<const Float8Memory*>(block[c + r] + group);
            transpose8(t);
            for (int r = 0; r < 8 && group + r < count; ++r)
                *reinterpret_cast<Float8Memory*>(rows + static_cast<std::int64_t>(group + r) * stride + c) = t[r];
        }
    }
}

void sweepBlock(float (*f)[kBlockRows], const float (*b)[kBlockRows], int stride, int k, const float* gram,
                const float* inverse, int count) {
    constexpr int kVectors = kBlockRows / kFloats;
    for (int sweep = 0; sweep < count; ++sweep) {
        for (int j = 0; j < k; ++j) {
            const float* g = gram + static_cast<std::int64_t>(j) * stride;
            FloatsN even[kVectors];
            FloatsN odd[kVectors] = {};
            for (int v = 0; v < kVectors; ++v) even[v] = *reinterpret_cast<const FloatsNMemory*>(b[j] + v * kFloats);
            for (int l = 0; l < stride; l += 2) {  // padding is zero
                for (int v = 0; v < kVectors; ++v) {
                    even[v] -= g[l] * *reinterpret_cast<const FloatsNMemory*>(f[l] + v * kFloats);
                    odd[v] -= g[l + 1] * *reinterpret_cast<const FloatsNMemory*>(f[l + 1] + v * kFloats);
                }
            }
            for (int v = 0; v < kVectors; ++v) {
                auto* target = reinterpret_cast<FloatsNMemory*>(f[j] + v * kFloats);
                const FloatsN moved = *target + (even[v] + odd[v]) * inverse[j];
                *target = moved > FloatsN{} ? moved : FloatsN{};
            }
        }
    }
}

void sweeps(float* f, const float* b, std::int64_t rows, int stride, int k, const float* gram, const float* inverse,
            int count) {
    if (stride > kMostColumns) return plainKernels().sweeps(f, b, rows, stride, k, gram, inverse, count);
    alignas(64) float blockF[kMostColumns][kBlockRows];
    alignas(64) float blockB[kMostColumns][kBlockRows];
    for (std::int64_t r = 0; r < rows; r += kBlockRows) {
        const int size = static_cast<int>(rows - r < kBlockRows ? rows - r : kBlockRows);
        loadBlock(f + r * stride, size, stride, blockF);
        loadBlock(b + r * stride, size, stride, blockB);
        sweepBlock(blockF, blockB, stride, k, gram, inverse, count);
        storeBlock(blockF, size, stride, f + r * stride);
    }
}

// ---- small dense products ------------------------------------------------------------------------------------------

void rowsTimesMatrix(const float* a, std::int64_t rows, int stride, const float* m, float* out) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* row = a + r * stride;
        for (int c = 0; c < stride; c += 8) {
            Float8 even = {};
            Float8 odd = {};
            for (int l = 0; l < stride; l += 2) {
                even += row[l] * *reinterpret_cast<const Float8Memory*>(m + static_cast<std::int64_t>(l) * stride + c);
                odd += row[l + 1] *
                       *reinterpret_cast<const Float8Memory*>(m + static_cast<std::int64_t>(l + 1) * stride + c);
            }
            *reinterpret_cast<Float8Memory*>(out + r * stride + c) = even + odd;
        }
    }
}

inline float sumOf(const Float8& v) {
    return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}

void ratioProduct(const std::int64_t* offsets, const std::int32_t* columns, const float* values, const float* f,
                  const float* g, int stride, float floor, float* out, std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
        const float* own = g + r * stride;
        float* target = out + r * stride;
        for (int c = 0; c < stride; c += 8) *reinterpret_cast<Float8Memory*>(target + c) = Float8{};
        for (std::int64_t i = offsets[r]; i < offsets[r + 1]; ++i) {
            if (i + kAhead < offsets[end])
                __builtin_prefetch(f + static_cast<std::int64_t>(columns[i + kAhead]) * stride);
            const float* row = f + static_cast<std::int64_t>(columns[i]) * stride;
            Float8 product = {};
            for (int c = 0; c < stride; c += 8)
                product +=
                    *reinterpret_cast<const Float8Memory*>(row + c) * *reinterpret_cast<const Float8Memory*>(own + c);
            const float fitted = sumOf(product);
            const float ratio = values[i] / (fitted > floor ? fitted : floor);
            for (int c = 0; c < stride; c += 8)
                *reinterpret_cast<Float8Memory*>(target + c) += ratio * *reinterpret_cast<const Float8Memory*>(row + c);
        }
    }
}

double dot(const float* a, const float* b, std::int64_t size) {
    DoublesD sums[2] = {};
    constexpr int kStep = 2 * kDoubles;
    std::int64_t i = 0;
    for (; i + kStep <= size; i += kStep) {
        for (int v = 0; v < 2; ++v) {
            const auto x =
                __builtin_convertvector(*reinterpret_cast<const FloatsDMemory*>(a + i + v * kDoubles), DoublesD);
            const auto y =
                __builtin_convertvector(*reinterpret_cast<const FloatsDMemory*>(b + i + v * kDoubles), DoublesD);
            sums[v] += x * y;
        }
    }
    double total = 0;
    for (int v = 0; v < 2; ++v)
        for (int l = 0; l < kDoubles; ++l) total += sums[v][l];
    for (; i < size; ++i) total += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return total;
}

constexpr Kernels makeTable(const char* name) {
    return {name, sparseProduct, gram, sweeps, rowsTimesMatrix, ratioProduct, dot};
}

}  // namespace
}  // namespace espalier::nmf::simd
