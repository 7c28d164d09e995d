// SPDX-License-Identifier: Apache-2.0
/// \file core/text/detail/bert_characters.h
/// What BERT's text cleaning does to a code point, exactly as the Hugging Face tokenizer does it (tables by
/// make_bert_characters.py), independent of ICU's Unicode version.
#pragma once
#include <cstddef>
#include <cstdint>

namespace espalier::text::detail {

struct CharacterRange {
    char32_t first;
    char32_t last;
};
extern const CharacterRange kDropped[];
extern const std::size_t kDroppedCount;
extern const CharacterRange kPunctuation[];
extern const std::size_t kPunctuationCount;
extern const CharacterRange kMarks[];
extern const std::size_t kMarksCount;
extern const CharacterRange kYoungLetters[];  ///< letter, its lower case
extern const std::size_t kYoungLettersCount;

/// Bits of characterClass().
enum CharacterClass : std::uint8_t {
    kDrop = 1,   ///< cleaning removes it
    kWhite = 2,  ///< Unicode white space
    kPunct = 4,  ///< stands alone
    kMark = 8,   ///< stripped with the accents
    kCjk = 16,   ///< set apart (the reference's own table of ideographs)
};
std::uint8_t characterClass(char32_t c) noexcept;

/// Lower case of one code point, no context; U+0130 answers itself (the caller knows its two).
char32_t lowerCase(char32_t c) noexcept;

/// Canonical combining class.
std::uint8_t combiningClass(char32_t c) noexcept;

/// Full canonical decomposition of one code point. \returns number of code points written to `to` (at most 32)
int decompose(char32_t c, char32_t* to) noexcept;

}  // namespace espalier::text::detail
