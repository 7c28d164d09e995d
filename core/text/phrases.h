// SPDX-License-Identifier: Apache-2.0
/// \file core/text/phrases.h
/// Two words that belong together: statistically bound bigrams as terms of their own.
///
/// A pair counts where the second term follows the first one directly (TermReader::Found::follows: not across
/// punctuation, sentence ends or stop words). With c(a), c(b), c(ab) the occurrences of the words and of the pair and N
/// those of all words, the pair is bound by its discounted normalised pointwise mutual information
///     strength = ln(c' N / (c(a) c(b))) / ln(N / c'),  c' = c(ab) - discount,
/// 0 where the words are independent, 1 where they only occur together. Sources: G. Bouma, "Normalized (pointwise)
/// mutual information in collocation extraction", 2009, for the normalisation; T. Mikolov et al., "Distributed
/// representations of words and phrases and their compositionality", 2013, eq. 6, for the discount, which keeps pairs
/// of rare words from being bound by a few chance meetings. Deviations: Mikolov's score is not normalised and its
/// threshold depends on the size of the corpus; theirs takes several passes for longer phrases, ours one.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

namespace espalier::text {

/// One term of a document, in order of the text.
struct Token {
    std::int32_t term = 0;
    std::int32_t spelling = 0;  ///< the caller's own; not looked at
    bool follows = false;       ///< stands directly behind the token before it
};

struct PhraseOptions {
    std::int64_t minDocuments = 5;  ///< documents that a pair must occur in, at least 1
    double discount = 5;            ///< occurrences taken off, at least 0
    double threshold = 0.4;         ///< least strength
    /// Counters of the first pass, which finds the pairs that may be frequent enough: pairs share a counter, so that
    /// the second pass keeps exact counts of few others. Memory: one byte each, and about 64 bytes a pair kept.
    std::size_t counters = std::size_t{1} << 24;
};

struct Phrase {
    std::int32_t first = 0, second = 0;  ///< terms
    double strength = 0;
    std::int64_t occurrences = 0;
};

/// Hands out the tokens of a document into an emptied vector.
using TokensOf = std::function<void(std::int64_t document, std::vector<Token>& tokens)>;

/// The bound pairs, strongest first (ties: the more frequent, then the lower terms). Independent of the order of the
/// documents but for the numbers of the terms. After J. Park, M. Chen, P. Yu, "An effective hash-based algorithm for
/// mining association rules", 1995: the counters of the first pass.
/// \param mayBind  per term: whether it may be part of a phrase
std::vector<Phrase> findPhrases(std::int64_t documents, std::span<const char> mayBind, const TokensOf& tokensOf,
                                const PhraseOptions& options);

/// Says where the phrases stand in a document. Thread-safe.
class PhraseJoiner {
public:
    PhraseJoiner() = default;
    /// \param phrases  strongest first: of two that share a word in the text, the stronger one stands
    explicit PhraseJoiner(std::span<const std::pair<std::int32_t, std::int32_t>> phrases);
    /// Per token: the phrase that begins there, -1 none, -2 second word of one.
    void join(std::span<const Token> tokens, std::vector<std::int32_t>& phraseAt) const;
    bool empty() const noexcept { return m_rank.empty(); }

private:
    std::unordered_map<std::uint64_t, std::int32_t> m_rank;
};

}  // namespace espalier::text
