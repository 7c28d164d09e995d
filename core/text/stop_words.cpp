// SPDX-License-Identifier: Apache-2.0
#include "core/text/stop_words.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "core/text/detail/stop_lists.h"
#include "core/text/words.h"

namespace espalier::text {
namespace {

struct Lists {
    std::map<std::string_view, std::vector<std::string>, std::less<>> words;
    std::map<std::string_view, std::unordered_set<std::string_view>, std::less<>> sets;  // of the same strings
    std::vector<std::string_view> tags;
};

Lists readLists() {
    Lists lists;
    WordBreaker breaker;
    for (const auto family :
         {detail::englishStopLists(), detail::germanicStopLists(), detail::romanceStopLists(),
          detail::balticAndSlavicStopLists(), detail::otherEuropeanStopLists(), detail::asianStopLists()}) {
        for (const auto& [tag, text] : family) {
            auto& words = lists.words[tag];
            breaker.forEachWord(text, [&](std::string_view word) { words.emplace_back(word); });
            std::sort(words.begin(), words.end());
            words.erase(std::unique(words.begin(), words.end()), words.end());
        }
    }
    for (const auto& [tag, words] : lists.words) {
        lists.tags.push_back(tag);
        lists.sets[tag].insert(words.begin(), words.end());
    }
    return lists;
}

const Lists& lists() {
    static const Lists all = readLists();
    return all;
}

/// The two written forms of Norwegian share a list.
std::string_view listedAs(std::string_view language) {
    return language == "nb" || language == "nn" ? std::string_view("no") : language;
}

}  // namespace

std::span<const std::string_view> stopListLanguages() {
    return lists().tags;
}

std::span<const std::string> stopWords(std::string_view language) {
    const auto found = lists().words.find(listedAs(language));
    return found == lists().words.end() ? std::span<const std::string>() : found->second;
}

bool isStopWord(std::string_view word, std::string_view language) {
    const auto found = lists().sets.find(listedAs(language));
    return found != lists().sets.end() && found->second.contains(word);
}

}  // namespace espalier::text
