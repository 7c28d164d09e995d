// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/smoothing.h
/// Neighbours lend their words: TF-IDF rows smoothed over the documents nearest in meaning, so that two documents which
/// say the same in other words come together (method.md 3.1).
///
///     x_d  = counts of d times the root's term weights (idf), to unit length
///     x~_d = (1 - lent) x_d + lent * sum_j A_dj x_j, to unit length, entries below `smallest` dropped
///
/// A: rows of weights that sum to 1, made by the caller from cosines. One hop.
///
/// What is returned is x~ divided by the root's weights again: counts, only with fractions. The hierarchy multiplies
/// rows by the weights of the label at hand (buildHierarchy), which gives x~ itself at the root and re-weights it
/// below as it does plain counts. Those weights come from the documents' own words: a neighbour's word does not count
/// as occurring, or every word of a subject would occur in nearly every document of it, weigh nothing, and the words
/// that tell its parts apart would go first.
///
/// A document without weights keeps its counts untouched; one without a word of its own stays without.
///
/// Defaults: the study in tests/bench (semantic_settings.py, figures in README.md there) on abstracts, newsgroup posts
/// and one-sentence procedures. Agreement with reference labels rises up to 20 or 30 neighbours and is flat to 50; it
/// is flat for `lent` from 0.8 to 1, where 0.8 leaves a document most of its own words, and falls towards 0.5; a second
/// hop gains less than 0.01; dropping less than 0.01 only costs memory, dropping more than 0.02 loses agreement.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"

namespace espalier::jobs {
class JobContext;
}

namespace espalier::nmf {

struct SmoothingOptions {
    double lent = 0.8;       ///< share of the neighbours, in [0, 1]
    double smallest = 0.01;  ///< of a row of unit length, in [0, 1)
    int threads = 0;         ///< 0: all processors; does not change any bit of the result
};

/// Weights of the terms at the root: ln((1 + n) / (1 + df)) + 1 over the n documents that have a word.
std::vector<float> rootTermWeights(const SparseRows& counts);

/// \param counts       documents to smooth x terms, raw counts
/// \param lenders      documents whose words are lent x the same terms; may be `counts` itself
/// \param neighbours   documents x lenders: A, rows sum 1 or are empty
/// \param termWeights  of the root
/// \retval InvalidArgument  sizes do not agree, an option out of range  \retval Cancelled
/// Memory: the result, 8 bytes an entry and at most 1 / smallest^2 entries a row; in practice 6 to 16 times those of
/// the counts.
Result<SparseRows> smoothedRows(const SparseRows& counts, const SparseRows& lenders, const SparseRows& neighbours,
                                std::span<const float> termWeights, const SmoothingOptions& options,
                                jobs::JobContext& context);

/// Which part of each entry of a smoothed row is the document's own, in [0, 1]; the rest was lent.
/// \param counts, lenders, neighbours, termWeights, lent  as given to smoothedRows(), `counts` and `neighbours` with
/// the
///                                                        one row of the document
/// \param columns  of the row that it returned, ascending. \return beside them
std::vector<double> ownShares(const SparseRows& counts, const SparseRows& lenders, const SparseRows& neighbours,
                              std::span<const float> termWeights, double lent, std::span<const std::int32_t> columns);

}  // namespace espalier::nmf
