// SPDX-License-Identifier: Apache-2.0
#include "core/text/phrases.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier::text {
namespace {

constexpr std::uint8_t kFull = std::numeric_limits<std::uint8_t>::max();

std::uint64_t keyOf(std::int32_t first, std::int32_t second) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(first)) << 32U) | static_cast<std::uint32_t>(second);
}

/// Finaliser of SplitMix64 (S. Vigna): spreads keys over the counters.
std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

struct Counted {
    std::int64_t occurrences = 0;
    std::int64_t documents = 0;
    std::int64_t last = -1;  ///< document
};

}  // namespace

std::vector<Phrase> findPhrases(std::int64_t documents, std::span<const char> mayBind, const TokensOf& tokensOf,
                                const PhraseOptions& options) {
    std::vector<std::int64_t> occurrences(mayBind.size(), 0);
    std::vector<std::uint8_t> counters(std::max<std::size_t>(options.counters, 1), 0);
    std::vector<Token> tokens;
    std::int64_t all = 0;
    const auto counterOf = [&](std::uint64_t key) { return static_cast<std::size_t>(mixed(key) % counters.size()); };
    const auto forEachPair = [&](const auto& visit) {
        for (std::size_t i = 1; i < tokens.size(); ++i) {
            const Token& first = tokens[i - 1];
            const Token& second = tokens[i];
            if (!second.follows || first.term == second.term) continue;
            if (mayBind[static_cast<std::size_t>(first.term)] == 0 ||
                mayBind[static_cast<std::size_t>(second.term)] == 0)
                continue;
            visit(keyOf(first.term, second.term));
        }
    };
    for (std::int64_t d = 0; d < documents; ++d) {
        tokensOf(d, tokens);
        for (const Token& token : tokens) ++occurrences[static_cast<std::size_t>(token.term)];
        all += static_cast<std::int64_t>(tokens.size());
        forEachPair([&](std::uint64_t key) {
            auto& counter = counters[counterOf(key)];
            if (counter < kFull) ++counter;
        });
    }
    const double least = std::max(static_cast<double>(options.minDocuments), std::floor(options.discount) + 1);
    const auto leastCounter = static_cast<std::uint8_t>(std::min(least, double{kFull}));
    std::unordered_map<std::uint64_t, Counted> pairs;
    for (std::int64_t d = 0; d < documents; ++d) {
        tokensOf(d, tokens);
        forEachPair([&](std::uint64_t key) {
            if (counters[counterOf(key)] < leastCounter) return;
            Counted& pair = pairs[key];
            ++pair.occurrences;
            if (pair.last != d) ++pair.documents;
            pair.last = d;
        });
    }
    std::vector<Phrase> phrases;
    for (const auto& [key, pair] : pairs) {
        if (pair.documents < options.minDocuments) continue;
        const double kept = static_cast<double>(pair.occurrences) - options.discount;
        if (!(kept > 0)) continue;
        Phrase phrase;
        phrase.first = static_cast<std::int32_t>(key >> 32U);
        phrase.second = static_cast<std::int32_t>(key & 0xFFFFFFFFU);
        const auto total = static_cast<double>(all);
        const double product = static_cast<double>(occurrences[static_cast<std::size_t>(phrase.first)]) *
                               static_cast<double>(occurrences[static_cast<std::size_t>(phrase.second)]);
        const double information = std::log(total / kept);
        // In millionths: the last bits of a logarithm must not decide an order.
        phrase.strength = information > 0 ? std::round(1e6 * std::log(kept * total / product) / information) / 1e6 : 1;
        phrase.occurrences = pair.occurrences;
        if (phrase.strength >= options.threshold) phrases.push_back(phrase);
    }
    std::sort(phrases.begin(), phrases.end(), [](const Phrase& a, const Phrase& b) {
        if (a.strength != b.strength) return a.strength > b.strength;
        if (a.occurrences != b.occurrences) return a.occurrences > b.occurrences;
        return a.first != b.first ? a.first < b.first : a.second < b.second;
    });
    return phrases;
}

PhraseJoiner::PhraseJoiner(std::span<const std::pair<std::int32_t, std::int32_t>> phrases) {
    m_rank.reserve(phrases.size());
    for (std::size_t i = 0; i < phrases.size(); ++i)
        m_rank.emplace(keyOf(phrases[i].first, phrases[i].second), static_cast<std::int32_t>(i));
}

void PhraseJoiner::join(std::span<const Token> tokens, std::vector<std::int32_t>& phraseAt) const {
    phraseAt.assign(tokens.size(), -1);
    if (m_rank.empty()) return;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (!tokens[i + 1].follows) continue;
        const auto found = m_rank.find(keyOf(tokens[i].term, tokens[i + 1].term));
        if (found != m_rank.end()) phraseAt[i] = found->second;
    }
    // Where pairs overlap in a chain, the strongest stands and strikes its neighbours; then the next strongest.
    std::vector<std::pair<std::int32_t, std::size_t>> chain;  // rank, place
    for (std::size_t begin = 0; begin < tokens.size(); ++begin) {
        chain.clear();
        for (; begin < tokens.size() && phraseAt[begin] >= 0; ++begin) chain.emplace_back(phraseAt[begin], begin);
        if (chain.size() > 1) std::sort(chain.begin(), chain.end());
        for (const auto& [rank, place] : chain) {
            if (phraseAt[place] != rank) continue;  // struck
            if (place > 0 && phraseAt[place - 1] >= 0) phraseAt[place - 1] = -1;
            phraseAt[place + 1] = -2;
        }
    }
}

}  // namespace espalier::text
