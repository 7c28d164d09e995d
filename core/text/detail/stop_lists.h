// SPDX-License-Identifier: Apache-2.0
/// \file core/text/detail/stop_lists.h
/// The stop lists as they are written down, one file a family of languages (core/text/stop_lists_*.cpp).
///
/// To add a language: one more entry in the file of its family, words in their usual spelling, between white space; the
/// order is free, accents and upper case are evened out when the list is read (WordBreaker's normal form). 60 to 200
/// function words: articles, pronouns, prepositions, conjunctions, particles, auxiliary verbs and the commonest
/// adverbs, in all forms. No word that can be a subject.
#pragma once
#include <span>
#include <string_view>

namespace espalier::text::detail {

struct ListedLanguage {
    std::string_view tag;  ///< BCP 47 primary tag
    std::string_view words;
};

std::span<const ListedLanguage> englishStopLists();
std::span<const ListedLanguage> germanicStopLists();
std::span<const ListedLanguage> romanceStopLists();
std::span<const ListedLanguage> balticAndSlavicStopLists();
std::span<const ListedLanguage> otherEuropeanStopLists();  ///< Greek, Irish, Finnish, Hungarian, Basque, Turkish...
std::span<const ListedLanguage> asianStopLists();

}  // namespace espalier::text::detail
