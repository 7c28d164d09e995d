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

/// Whether a word in normal form has digits and no letter ("15", "3-4").
bool isNumber(std::string_view word);
/// Whether a word in normal form has the shape of a term: at least two characters (one is enough where a character is a
/// word: Han), no number in digits or in Roman numerals from ii to xx (but for the words "vi", "xi", "mix"), and not
/// longer than 64 bytes (what is longer is a key, a hash or an address). Stop words are another question.
bool isTerm(std::string_view word);

/// Two words as they stand in a text one after the other: with a space, but in scripts that are written without.
std::string joinWritten(std::string_view first, std::string_view second);

/// A written word or phrase with its first letter in upper case, unless its first word has an upper-case letter or a
/// `_` of its own ("Soil", "Über", "mRNA", "pg_catalog").
std::string capitalised(std::string_view written);

/// Snowball stem of a word in normal form; the word itself where the language is unknown. Thread-safe.
/// \param language  ISO 639 code or name that libstemmer knows ("en", "german"); Bosnian and Croatian are stemmed as
///                  Serbian
std::string stem(std::string_view word, std::string_view language = "en");
/// Whether libstemmer has a stemmer for the language. Thread-safe.
bool hasStemmer(std::string_view language);

}  // namespace espalier::text
