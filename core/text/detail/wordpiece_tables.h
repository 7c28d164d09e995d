// SPDX-License-Identifier: Apache-2.0
/// \file core/text/detail/wordpiece_tables.h
/// Everything a WordPieceTokenizer knows, ready for use; made by wordpiece_files.cpp.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/detail/bert_normalizer.h"
#include "core/text/detail/piece_trie.h"
#include "core/text/wordpiece_tokenizer.h"

namespace espalier::text {

/// A token that is found literally in the text, before any word is cut.
struct AddedToken {
    std::string content;
    std::int32_t id = 0;
    bool normalized = false;  ///< searched in the normalised text
    bool singleWord = false;  ///< not inside a word
    bool leftStrip = false;   ///< takes the white space before it
    bool rightStrip = false;  ///< and behind it
};

/// Added tokens of one kind: leftmost match, the longest of those.
class AddedTokens {
public:
    struct Match {
        const AddedToken* token = nullptr;  ///< nullptr: none
        std::size_t begin = 0;              ///< bytes, widened by the strips
        std::size_t end = 0;
    };
    void add(AddedToken token);
    bool empty() const noexcept { return m_tokens.empty(); }
    /// First match that begins at `from` or later; the text before `from` was consumed already.
    Match next(std::string_view text, std::size_t from) const;

private:
    std::vector<AddedToken> m_tokens;  // longest first
    std::string m_firstBytes;          // distinct
};

struct WordPieceTokenizer::Tables {
    explicit Tables(const detail::NormalizerRules& rules) : normalizer(rules) {}
    detail::BertNormalizer normalizer;
    detail::PieceTrie starts;         ///< pieces that begin a word
    detail::PieceTrie continuations;  ///< pieces behind the prefix
    AddedTokens raw;                  ///< searched in the text as it is
    AddedTokens normalized;           ///< searched in the normalised text
    std::int32_t unknown = 0;
    std::int32_t pad = 0;
    int longestWord = 100;
    int size = 0;
    std::vector<std::int32_t> before;
    std::vector<std::int32_t> after;
    bool cutLeft = false;         ///< truncation keeps the end
    bool lowercaseFirst = false;  ///< sentence-transformers' own lower-casing of the whole text (with context)
};

}  // namespace espalier::text
