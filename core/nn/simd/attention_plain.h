// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/simd/attention_plain.h
/// `Vec` as four plain floats, for compilers without a vector extension: the same operations as attention_vector.h.
#pragma once
#include <cmath>
#include <cstdint>

namespace espalier::nn::simd {
namespace {

constexpr int kLanes = 4;
constexpr int kRows = 4;
constexpr float kMinusHuge = -1e30F;

struct Vec {
    float lane[kLanes];
};

inline Vec load(const float* p) {
    return {{p[0], p[1], p[2], p[3]}};
}
inline void store(float* p, const Vec& v) {
    for (int i = 0; i < kLanes; ++i) p[i] = v.lane[i];
}
inline Vec splat(float x) {
    return {{x, x, x, x}};
}
inline Vec operator+(const Vec& a, const Vec& b) {
    Vec c;
    for (int i = 0; i < kLanes; ++i) c.lane[i] = a.lane[i] + b.lane[i];
    return c;
}
inline Vec operator-(const Vec& a, const Vec& b) {
    Vec c;
    for (int i = 0; i < kLanes; ++i) c.lane[i] = a.lane[i] - b.lane[i];
    return c;
}
inline Vec operator*(const Vec& a, const Vec& b) {
    Vec c;
    for (int i = 0; i < kLanes; ++i) c.lane[i] = a.lane[i] * b.lane[i];
    return c;
}
inline Vec larger(const Vec& a, const Vec& b) {
    Vec c;
    for (int i = 0; i < kLanes; ++i) c.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
    return c;
}
inline float largest(const Vec& v) {
    float top = v.lane[0];
    for (int i = 1; i < kLanes; ++i) top = v.lane[i] > top ? v.lane[i] : top;
    return top;
}
inline float total(const Vec& v) {
    return (v.lane[0] + v.lane[2]) + (v.lane[1] + v.lane[3]);
}
inline Vec expOf(const Vec& x) {
    Vec c;
    for (int i = 0; i < kLanes; ++i) c.lane[i] = x.lane[i] < -87.3F ? 0.0F : std::exp(x.lane[i]);
    return c;
}

}  // namespace
}  // namespace espalier::nn::simd
