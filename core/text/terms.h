// SPDX-License-Identifier: Apache-2.0
/// \file core/text/terms.h
/// Texts to what may count as a term: WordBreaker's words without stop words, numbers, addresses and formulas, and the
/// words and phrases that a user keeps or stops.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace espalier::text {

/// Lists of a user, one word or phrase an entry, as written.
struct TermLists {
    std::vector<std::string> stop;  ///< never terms; of a phrase, its words where they stand together
    std::vector<std::string> keep;  ///< always terms, whatever the stop lists or the shape of a term say
};

/// Reads such a list: UTF-8, one word or phrase a line, "#" at the beginning of a line or after white space begins a
/// comment, blank lines are skipped. \retval NotFound  no such file
/// \retval Corrupt  not UTF-8, a NUL, an entry without a word or over 200 bytes, more than 100,000 entries (with line)
Result<std::vector<std::string>> readTermList(const std::filesystem::path& file);

/// One per thread: it owns a WordBreaker. Copies of the lists are shared.
class TermReader {
public:
    /// No lists: the languages' own stop lists alone.
    TermReader();
    ~TermReader();
    TermReader(TermReader&&) noexcept;
    TermReader& operator=(TermReader&&) noexcept;
    /// \retval InvalidState  an entry without a word, or the same one in both lists (named)
    static Result<TermReader> create(const TermLists& lists);
    /// Another reader with the same lists, which are not read again.
    TermReader sharing() const;

    struct Found {
        std::string_view term;     ///< normal form; of a kept phrase the normal forms joined by one space
        std::string_view written;  ///< the stretch of the text
        /// As `written`, with a possessive ending: how the word is written inside a phrase ("Alzheimer's disease").
        std::string_view writtenInside;
        bool kept = false;  ///< on the user's list
        /// Only white space (or nothing) is between it and the term visited before, inside one sentence or line of
        /// running text, and no word was left out between them.
        bool follows = false;
    };
    /// Calls visit for each, in order; the views are valid only during the call.
    /// \param languages  whose stop lists apply; the first one also says how words are elided ("l'eau" in French)
    void read(std::string_view text, std::span<const std::string_view> languages,
              const std::function<void(const Found&)>& visit);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Where label terms stand in a text, in order, none overlapping: what a reader highlights. A term of several words
/// stands where its words follow each other; a term in any spelling of its normal form.
struct Span {
    std::size_t begin = 0, end = 0;  ///< bytes
};
class TermFinder {
public:
    /// \param terms  as shown: words or phrases
    explicit TermFinder(std::span<const std::string> terms);
    ~TermFinder();
    TermFinder(TermFinder&&) noexcept;
    TermFinder& operator=(TermFinder&&) noexcept;
    /// \param stop  asked every few thousand words; true ends early
    std::vector<Span> find(std::string_view text, const std::function<bool()>& stop = {});

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace espalier::text
