// SPDX-License-Identifier: Apache-2.0
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "core/text/detail/bert_characters.h"

namespace espalier::text::detail {
namespace {

constexpr char32_t kPlane = 0x10000;
constexpr int kLongestDecomposition = 32;

/// Ideographs as the reference lists them (0x2B920 where BERT's first release had 0x2B820).
constexpr CharacterRange kIdeographs[] = {{0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},
                                          {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F},
                                          {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F}};

bool contains(std::span<const CharacterRange> ranges, char32_t c) {
    const auto above = std::upper_bound(ranges.begin(), ranges.end(), c,
                                        [](char32_t x, const CharacterRange& r) { return x < r.first; });
    return above != ranges.begin() && c <= std::prev(above)->last;
}

bool isPunctuationAscii(char32_t c) {
    return (c > 0x20 && c < 0x30) || (c > 0x39 && c < 0x41) || (c > 0x5A && c < 0x61) || (c > 0x7A && c < 0x7F);
}

std::uint8_t classify(char32_t c) {
    std::uint8_t bits = 0;
    if (u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_WHITE_SPACE)) bits |= kWhite;
    if (c < 0x80) {
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) bits |= kDrop;
        if (isPunctuationAscii(c)) bits |= kPunct;
        return bits;
    }
    if (contains({kDropped, kDroppedCount}, c)) bits |= kDrop;
    if (contains({kPunctuation, kPunctuationCount}, c)) bits |= kPunct;
    if (contains({kMarks, kMarksCount}, c)) bits |= kMark;
    if (contains(kIdeographs, c)) bits |= kCjk;
    return bits;
}

}  // namespace

std::uint8_t characterClass(char32_t c) noexcept {
    static const std::array<std::uint8_t, kPlane> firstPlane = [] {
        std::array<std::uint8_t, kPlane> classes{};
        for (char32_t i = 0; i < kPlane; ++i) classes[i] = classify(i);
        return classes;
    }();
    return c < kPlane ? firstPlane[c] : classify(c);
}

char32_t lowerCase(char32_t c) noexcept {
    if (c == 0x130) return c;
    const auto lower = static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
    if (lower != c || c < kYoungLetters[0].first) return lower;
    const auto* const end = kYoungLetters + kYoungLettersCount;
    const auto* const found =
        std::lower_bound(kYoungLetters, end, c, [](const CharacterRange& r, char32_t x) { return r.first < x; });
    return found != end && found->first == c ? found->last : c;
}

std::uint8_t combiningClass(char32_t c) noexcept {
    return u_getCombiningClass(static_cast<UChar32>(c));
}

int decompose(char32_t c, char32_t* to) noexcept {
    static const UNormalizer2* const nfd = [] {
        UErrorCode status = U_ZERO_ERROR;
        const UNormalizer2* instance = unorm2_getNFDInstance(&status);
        return U_SUCCESS(status) ? instance : nullptr;
    }();
    UChar units[2 * kLongestDecomposition];
    UErrorCode status = U_ZERO_ERROR;
    const int length = nfd == nullptr ? -1
                                      : unorm2_getDecomposition(nfd, static_cast<UChar32>(c), units,
                                                                2 * kLongestDecomposition, &status);
    if (length < 0 || U_FAILURE(status)) {
        *to = c;
        return 1;
    }
    int count = 0;
    for (int i = 0; i < length && count < kLongestDecomposition;) {
        UChar32 next = 0;
        U16_NEXT(units, i, length, next);
        to[count++] = static_cast<char32_t>(next);
    }
    return count;
}

}  // namespace espalier::text::detail
