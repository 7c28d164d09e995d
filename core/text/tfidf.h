// SPDX-License-Identifier: Apache-2.0
/// \file core/text/tfidf.h
/// Bag of words with smooth idf: idf(t) = ln((1 + n) / (1 + df)) + 1, raw term counts, rows of Euclidean length 1
/// (method.md 3, golden values 10.6).
///
/// A model is the vocabulary with its document frequencies; it does not depend on the order of the texts. A text
/// without a term of the vocabulary gives an empty row: its document stays unassigned.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"

namespace espalier::jobs {
class JobContext;
}

namespace espalier::text {

struct TfidfOptions {
    int minDf = 0;            ///< documents a term must occur in; 0: 5, or 2 when there are fewer than 500 documents
    double maxDf = 0.5;       ///< largest share of the documents, in (0, 1]; the limit itself is allowed
    int maxFeatures = 20000;  ///< vocabulary cap: highest df first, ties by term bytes ascending; 0: no cap
    std::string language = "en";  ///< for the word breaker
};

/// Hands every text to `visit`, in the order of the rows wanted; an error it returns ends the fit.
using TextSource = std::function<Status(const std::function<void(std::string_view)>& visit)>;

class TfidfModel {
public:
    TfidfModel() = default;

    /// Model and raw counts of the same texts from one pass (memory: about 12 bytes a distinct word of a document).
    struct Fit;
    /// \retval InvalidArgument  options out of range;  Cancelled  the context said so
    /// No text or no usable term is no error: the vocabulary is empty then.
    static Result<Fit> fitCounts(const TextSource& source, const TfidfOptions& options, jobs::JobContext& context);
    static Result<TfidfModel> fit(const TextSource& source, const TfidfOptions& options, jobs::JobContext& context);
    static Result<TfidfModel> fit(std::span<const std::string> texts, const TfidfOptions& options,
                                  jobs::JobContext& context);

    /// Raw term counts, one row a text, columns = places in vocabulary().
    SparseRows counts(std::span<const std::string> texts) const;
    /// Weights of raw counts: count * idf, each row scaled to length 1 (empty rows stay empty).
    SparseRows weigh(const SparseRows& counts) const;

    const std::vector<std::string>& vocabulary() const noexcept { return m_vocabulary; }  ///< ascending bytes
    /// How each term is written most often in the texts ("PostgreSQL" for "postgresql"); same places.
    const std::vector<std::string>& written() const noexcept { return m_written; }
    const std::vector<std::int64_t>& documentFrequencies() const noexcept { return m_df; }
    const std::vector<double>& idf() const noexcept { return m_idf; }
    std::int64_t documents() const noexcept { return m_documents; }
    const TfidfOptions& options() const noexcept { return m_options; }

    /// JSON text {"version":1,"documents","options","vocabulary","written","df"}.
    std::string toJson() const;
    /// \retval Corrupt  not such a text;  VersionTooNew
    static Result<TfidfModel> fromJson(std::string_view json);

private:
    void computeIdf();
    std::vector<std::string> m_vocabulary, m_written;
    std::vector<std::int64_t> m_df;
    std::vector<double> m_idf;
    std::unordered_map<std::string, std::int32_t> m_place;
    std::int64_t m_documents = 0;
    TfidfOptions m_options;
};

struct TfidfModel::Fit {
    TfidfModel model;
    SparseRows counts;  ///< texts x vocabulary, raw term counts, rows in the order of the source
};

}  // namespace espalier::text
