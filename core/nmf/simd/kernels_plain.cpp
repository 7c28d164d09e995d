// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/nmf/simd/kernels.h"

namespace espalier::nmf::simd {
namespace {

void sparseProduct(const std::int64_t* offsets, const std::int32_t* columns, const float* values, const float* f,
                   int stride, float* out, std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
        std::fill_n(out + r * stride, stride, 0.0F);
        for (std::int64_t i = offsets[r]; i < offsets[r + 1]; ++i) {
            const float* row = f + static_cast<std::int64_t>(columns[i]) * stride;
            for (int c = 0; c < stride; ++c) out[r * stride + c] += values[i] * row[c];
        }
    }
}

void gram(const float* a, std::int64_t rows, int stride, double* out) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* row = a + r * stride;
        for (int i = 0; i < stride; ++i) {
            for (int j = i; j < stride; ++j)
                out[static_cast<std::int64_t>(i) * stride + j] +=
                    static_cast<double>(row[i]) * static_cast<double>(row[j]);
        }
    }
}

void sweeps(float* f, const float* b, std::int64_t rows, int stride, int k, const float* gramMatrix,
            const float* inverse, int count) {
    for (std::int64_t r = 0; r < rows; ++r) {
        float* row = f + r * stride;
        for (int sweep = 0; sweep < count; ++sweep) {
            for (int j = 0; j < k; ++j) {
                float gradient = b[r * stride + j];
                for (int l = 0; l < k; ++l) gradient -= gramMatrix[static_cast<std::int64_t>(j) * stride + l] * row[l];
                row[j] = std::max(0.0F, row[j] + gradient * inverse[j]);
            }
        }
    }
}

void rowsTimesMatrix(const float* a, std::int64_t rows, int stride, const float* m, float* out) {
    for (std::int64_t r = 0; r < rows; ++r) {
        std::fill_n(out + r * stride, stride, 0.0F);
        for (int l = 0; l < stride; ++l) {
            for (int c = 0; c < stride; ++c)
                out[r * stride + c] += a[r * stride + l] * m[static_cast<std::int64_t>(l) * stride + c];
        }
    }
}

void ratioProduct(const std::int64_t* offsets, const std::int32_t* columns, const float* values, const float* f,
                  const float* g, int stride, float floor, float* out, std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
        std::fill_n(out + r * stride, stride, 0.0F);
        for (std::int64_t i = offsets[r]; i < offsets[r + 1]; ++i) {
            const float* row = f + static_cast<std::int64_t>(columns[i]) * stride;
            float fitted = 0;
            for (int c = 0; c < stride; ++c) fitted += row[c] * g[r * stride + c];
            const float ratio = values[i] / std::max(fitted, floor);
            for (int c = 0; c < stride; ++c) out[r * stride + c] += ratio * row[c];
        }
    }
}

double dot(const float* a, const float* b, std::int64_t size) {
    double total = 0;
    for (std::int64_t i = 0; i < size; ++i) total += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return total;
}

}  // namespace

const Kernels& plainKernels() {
    static constexpr Kernels kTable{"plain", sparseProduct, gram, sweeps, rowsTimesMatrix, ratioProduct, dot};
    return kTable;
}

}  // namespace espalier::nmf::simd
