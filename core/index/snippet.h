// SPDX-License-Identifier: Apache-2.0
/// \file core/index/snippet.h
/// The sentence of a hit that answers the query: the closest one under the same model, or the one with the query's
/// rarest words.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/index/bm25.h"

namespace espalier::index {

struct SnippetOptions {
    /// Sentences of one document that are embedded at most. In longer documents half of them are the best by words,
    /// the other half lies evenly over the text; said here because it is not the exact maximum then.
    int maxSentences = 64;
    int maxBytes = 320;  ///< longer sentences are cut at a word and end in an ellipsis
};

/// Vectors of sentences under the model of the search: one row a sentence.
using EncodeSentences = std::function<Result<DenseRows>(const std::vector<std::string>& sentences)>;

/// One snippet a text, in order; empty for a blank text. Sentences of all texts are encoded in one call.
/// \param words  ranks sentences of long documents; may be null (then evenly spaced ones are taken)
/// \retval       what `encode` returns
Result<std::vector<std::string>> snippetsByVector(std::span<const std::string_view> texts,
                                                  std::span<const float> queryVector, std::string_view query,
                                                  const EncodeSentences& encode, const Bm25Index* words = nullptr,
                                                  const SnippetOptions& options = {});

/// The sentence with the largest Bm25Index::passageScore; the first one where no word of the query occurs.
std::string snippetByWords(std::string_view text, std::string_view query, const Bm25Index& words,
                           const SnippetOptions& options = {});

}  // namespace espalier::index
