// SPDX-License-Identifier: Apache-2.0
/// \file core/text/languages.h
/// Languages of documents: tags, names, and which one a text is written in.
///
/// A language is a BCP 47 primary tag in small letters ("en", "de", "zh"). The guess is that of Compact Language
/// Detector 2 (D. Sites, 2013: naive Bayes over quadgrams of letters, words and single characters by script); this is
/// the only place that knows the library.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace espalier::text {

inline constexpr std::string_view kAutomatic = "auto";    ///< guess the language of each document
inline constexpr std::string_view kUndetermined = "und";  ///< too short, mixed or unknown (BCP 47's tag for that)

/// The language of a text, or kUndetermined where the library does not call its guess reliable or where less than half
/// of the text agrees with it. Looks at the first 4,096 bytes. Any bytes are safe. Thread-safe.
std::string guessLanguage(std::string_view text);

/// "auto", or the primary tag of what a user wrote: "DE", "de-AT" and "de" are "de".
/// \retval InvalidArgument  no language that ICU knows
Result<std::string> languageTag(std::string_view written);

/// English name ("German"); the tag itself where there is none.
std::string languageName(std::string_view tag);

/// Documents by language, kUndetermined among them.
using LanguageCounts = std::map<std::string, std::int64_t, std::less<>>;

/// The language that most documents are in (ties: ascending tag), kUndetermined aside; "en" when there is none.
std::string mainLanguage(const LanguageCounts& counts);
/// Whether so few documents are guessed to be in it (under 1 % or fewer than five) that the guess itself may be wrong.
/// Their words are then measured by the main language too.
bool isRare(const LanguageCounts& counts, std::string_view language);

}  // namespace espalier::text
