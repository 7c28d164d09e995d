// SPDX-License-Identifier: Apache-2.0
/// \file core/index/bm25.h
/// Okapi BM25 over the documents of a project: search by words.
///
/// score(q, d) = sum over the query's words w of idf(w) tf / (tf + k1 (1 - b + b |d| / mean |d|)),
/// idf(w) = ln(1 + (N - df + 1/2) / (df + 1/2)), k1 = 0.9, b = 0.4; |d| counts indexed words.
/// Source: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the idf that
/// cannot become negative and the constants are those of Lucene and of Anserini's baselines. The constant factor
/// k1 + 1 is left out: it changes no ranking.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/job_context.h"

namespace espalier::index {

/// The words of a text as the index sees them: WordBreaker's words, stop words left out, English stems.
std::vector<std::string> bm25Terms(std::string_view text);

/// Thread-safe once built.
class Bm25Index {
public:
    struct Options {
        double k1 = 0.9;
        double b = 0.4;
    };
    /// \param documents   number of rows
    /// \param inputOfRow  input string (title and text) of a row; called once a row, in order
    /// \retval Cancelled
    static Result<Bm25Index> build(std::int64_t documents,
                                   const std::function<Result<std::string>(std::int64_t row)>& inputOfRow,
                                   const Options& options, jobs::JobContext& context);
    /// From terms that are ready, one vector a row.
    static Bm25Index fromTerms(const std::vector<std::vector<std::string>>& documents, const Options& options);

    std::int64_t documents() const noexcept { return static_cast<std::int64_t>(m_lengths.size()); }
    std::int64_t terms() const noexcept { return static_cast<std::int64_t>(m_termEnds.size()); }
    /// 0 for a word the corpus does not have.
    double idf(std::string_view term) const;
    /// Score of every row, 0 where no word of the query occurs. A word that the query repeats counts again.
    std::vector<float> scores(std::string_view query) const;
    std::vector<float> scoresOfTerms(std::span<const std::string> terms) const;
    /// Sum of idf over the distinct query terms that a passage holds: how snippets are chosen by words.
    double passageScore(std::span<const std::string> queryTerms, std::string_view passage) const;

    /// A cache file: fixed header with format version and the caller's key (what it was made from), SHA-256 of the
    /// rest. \param key  e.g. a hash over document keys and text hashes \retval Io
    Status save(const std::filesystem::path& file, std::string_view key) const;
    /// \retval NotFound  no such file
    /// \retval Conflict  made from something else (other key), or by another version of the format: build anew
    /// \retval Corrupt   damaged: build anew
    static Result<Bm25Index> load(const std::filesystem::path& file, std::string_view key);

private:
    class Builder;
    Bm25Index() = default;
    std::int64_t find(std::string_view term) const;
    std::string_view term(std::int64_t t) const;
    void deriveNorms();
    bool isConsistent() const;
    std::uint64_t postingsBegin(std::int64_t t) const;
    double idfOf(std::int64_t t) const;

    Options m_options;
    std::string m_termBytes;                   ///< all terms, ascending, one after the other
    std::vector<std::uint32_t> m_termEnds;     ///< end of term t in m_termBytes
    std::vector<std::uint64_t> m_postingEnds;  ///< end of term t's postings
    std::vector<std::uint32_t> m_rows;         ///< postings: row, ascending inside a term
    std::vector<std::uint16_t> m_counts;       ///< postings: occurrences, capped at 65,535
    std::vector<std::uint32_t> m_lengths;      ///< words of each row
    std::vector<float> m_lengthNorms;          ///< k1 (1 - b + b |d| / mean), derived
};

}  // namespace espalier::index
