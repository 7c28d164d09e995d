// SPDX-License-Identifier: Apache-2.0
/// \file core/base/rng.h
/// SplitMix64: the one random generator, equal on every platform (std:: distributions are not).
/// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>

namespace espalier {

class SplitMix64 {
public:
    constexpr explicit SplitMix64(std::uint64_t seed = 0) noexcept : m_state(seed) {}

    constexpr std::uint64_t next() noexcept {
        m_state += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    /// Uniform in [0, 1), 53 bits.
    constexpr double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    /// Uniform in 0..n-1 as floor(uniform() * n). \pre n > 0
    constexpr std::size_t below(std::size_t n) noexcept {
        return static_cast<std::size_t>(uniform() * static_cast<double>(n));
    }
    /// Standard normal (Box-Muller, one value a call).
    double normal() noexcept;
    /// State for checkpoints: SplitMix64(state()) continues the sequence.
    constexpr std::uint64_t state() const noexcept { return m_state; }

private:
    std::uint64_t m_state;
};

/// Seed of a task from its coordinates, e.g. mixSeeds(seed, node, k, p): independent of scheduling.
constexpr std::uint64_t mixSeeds(std::uint64_t a, std::uint64_t b) noexcept {
    return SplitMix64(SplitMix64(a).next() ^ (b + 0x632be59bd9b4e019ULL)).next();
}
template <class... Rest>
constexpr std::uint64_t mixSeeds(std::uint64_t a, std::uint64_t b, std::uint64_t c, Rest... rest) noexcept {
    return mixSeeds(mixSeeds(a, b), c, rest...);
}

/// Fisher-Yates with our generator.
template <class Container>
void shuffle(Container& items, SplitMix64& random) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace espalier
