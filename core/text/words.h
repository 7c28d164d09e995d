// SPDX-License-Identifier: Apache-2.0
/// \file core/text/words.h
/// Text to words: the one word breaker behind TF-IDF, BM25, names and the highlighting of terms.
///
/// A word is a run of letters, marks, digits and `_`; one hyphen or apostrophe between two such characters stays inside
/// the word ("co-operate", "don't"). Scripts without spaces are cut by ICU's dictionaries (UAX #29). Every other
/// character separates: "e.g." gives "e" and "g", "3.14" gives "3" and "14".
///
/// The normal form is NFKD, marks dropped on Latin, Greek, Hebrew and Arabic letters (elsewhere they carry the vowel or
/// the letter itself), lower case, then composed again (so that Hangul stays readable); U+2010, U+2011 become "-",
/// U+2019 becomes "'", and a final "'s" is dropped. Bytes that are not UTF-8 separate words.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace espalier::text {

/// Cuts texts into words. Not thread-safe (it owns ICU iterators): one per thread; cheap to keep, costly to make.
class WordBreaker {
public:
    /// \param language  BCP 47 tag for ICU's break rules; unknown ones fall back to the root rules
    explicit WordBreaker(std::string_view language = "en");
    ~WordBreaker();
    WordBreaker(WordBreaker&&) noexcept;
    WordBreaker& operator=(WordBreaker&&) noexcept;

    /// Calls visit(word) or visit(word, written) for every word of the UTF-8 text, in order.
    /// `word` is the normal form, valid only during the call; `written` is the stretch of `text` it stands for.
    template <class Visitor>
    void forEachWord(std::string_view text, Visitor&& visit) {
        start(text);
        std::string_view word, written;
        while (next(word, written)) {
            if constexpr (std::is_invocable_v<Visitor&, std::string_view, std::string_view>) {
                visit(word, written);
            } else {
                visit(word);
            }
        }
    }

private:
    struct State;
    void start(std::string_view text);
    bool next(std::string_view& word, std::string_view& written);
    std::unique_ptr<State> m_state;
};

/// Whether a word in normal form carries no subject of its own (the list of stop_words.cpp). English. Thread-safe.
bool isStopWord(std::string_view word);
/// Whether a word in normal form has digits and no letter ("15", "3-4").
bool isNumber(std::string_view word);
/// Whether a word in normal form may become a term: at least two characters, no stop word, no number, and not longer
/// than 64 bytes (what is longer is a key, a hash or an address).
bool isTerm(std::string_view word);

/// Snowball stem of a word in normal form; the word itself where the language is unknown. Thread-safe.
/// \param language  ISO 639 code or name that libstemmer knows ("en", "german")
std::string stem(std::string_view word, std::string_view language = "en");

}  // namespace espalier::text
