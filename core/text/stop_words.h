// SPDX-License-Identifier: Apache-2.0
/// \file core/text/stop_words.h
/// Words that carry no subject, by language. The lists themselves: core/text/stop_lists_*.cpp.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::text {

/// Tags (BCP 47, primary) of the languages that have a list, ascending: all that libstemmer knows, and Chinese,
/// Japanese, Korean and Thai.
std::span<const std::string_view> stopListLanguages();

/// The list of a language in WordBreaker's normal form, ascending bytes, no word twice; empty for a language without.
/// The span stays valid; made at the first call. Thread-safe.
std::span<const std::string> stopWords(std::string_view language);

/// Whether a word in normal form carries no subject of its own in that language. Thread-safe.
bool isStopWord(std::string_view word, std::string_view language = "en");

}  // namespace espalier::text
