// SPDX-License-Identifier: Apache-2.0
/// \file core/text/stop_words.h
/// English words that carry no subject: function words, contractions, and the small talk of papers and posts.
#pragma once
#include <span>
#include <string_view>

namespace espalier::text {

/// The list, normal forms, ascending bytes, no word twice.
std::span<const std::string_view> englishStopWords();

}  // namespace espalier::text
