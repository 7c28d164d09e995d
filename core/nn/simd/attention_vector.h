// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/simd/attention_vector.h
/// `Vec` out of the compiler's vector extension, kLanes floats wide: defines the operations that
/// attention_kernel_impl.h works with. The including file defines ESPALIER_LANES and ESPALIER_ROWS.
#pragma once
#include <cstdint>
#include <cstring>

namespace espalier::nn::simd {
namespace {

constexpr int kLanes = ESPALIER_LANES;
constexpr int kRows = ESPALIER_ROWS;  ///< rows of a register block
constexpr float kMinusHuge = -1e30F;

using Vec = float __attribute__((vector_size(ESPALIER_LANES * 4)));
using IntVec = std::int32_t __attribute__((vector_size(ESPALIER_LANES * 4)));

inline Vec load(const float* p) {
    Vec v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
inline void store(float* p, Vec v) {
    __builtin_memcpy(p, &v, sizeof v);
}
inline Vec splat(float x) {
    return Vec{} + x;
}
inline Vec larger(Vec a, Vec b) {
    return a > b ? a : b;
}
inline float largest(Vec v) {
    float top = v[0];
    for (int i = 1; i < kLanes; ++i) top = v[i] > top ? v[i] : top;
    return top;
}
/// Sum in a fixed tree order.
inline float total(Vec v) {
    float parts[kLanes];
    __builtin_memcpy(parts, &v, sizeof v);
    for (int width = kLanes / 2; width > 0; width /= 2) {
        for (int i = 0; i < width; ++i) parts[i] += parts[i + width];
    }
    return parts[0];
}
/// exp(x) for x <= 88; 0 below -87.
inline Vec expOf(Vec x) {
    const Vec clamped = larger(x, splat(-87.3F));
    const Vec magic = splat(12582912.0F);  // 1.5 * 2^23: adding it rounds to an integer
    const Vec shifted = clamped * 1.44269504088896341F + magic;
    const Vec n = shifted - magic;
    const Vec r = (clamped - n * 0.693359375F) - n * -2.12194440e-4F;
    Vec p = splat(1.9875691500e-4F);
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * (r * r) + r + 1.0F;
    IntVec bits;
    __builtin_memcpy(&bits, &shifted, sizeof bits);
    bits = (bits - 0x4b400000 + 127) << 23;
    Vec power;
    __builtin_memcpy(&power, &bits, sizeof power);
    return x < splat(-87.3F) ? splat(0.0F) : p * power;
}

}  // namespace
}  // namespace espalier::nn::simd
