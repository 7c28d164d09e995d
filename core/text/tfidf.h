// SPDX-License-Identifier: Apache-2.0
/// \file core/text/tfidf.h
/// Bag of words with smooth idf: idf(t) = ln((1 + n) / (1 + df)) + 1, raw term counts, rows of Euclidean length 1
/// (method.md 3, golden values 10.6).
///
/// A model is the vocabulary with its document frequencies; it does not depend on the order of the texts. A text
/// without a term of the vocabulary gives an empty row: its document stays unassigned.
///
/// A term is a word (TermReader: normal form, no stop word of the document's language) or a phrase of two words that
/// are bound statistically (phrases.h), written in the vocabulary with one space between its words; the words of a
/// phrase count beside it. With stemming, the words of the vocabulary are Snowball stems; what people see is always
/// written().
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/text/languages.h"
#include "core/text/phrases.h"
#include "core/text/terms.h"

namespace espalier::jobs {
class JobContext;
}

namespace espalier::text {

struct TfidfOptions {
    int minDf = 0;            ///< documents a term must occur in; 0: 5, or 2 when there are fewer than 500 documents
    double maxDf = 0.5;       ///< largest share of the documents, in (0, 1]; the limit itself is allowed
    int maxFeatures = 20000;  ///< vocabulary cap: highest df first, ties by term bytes ascending; 0: no cap
    /// Tag of the language of all documents (BCP 47, primary), or "auto": guessed for each. The stop list of a
    /// document's language applies to it; where the guess is unsure or its language rare in the corpus, that of the
    /// main language too. A language without a list has no stop words.
    std::string language = "auto";
    bool phrases = false;  ///< bound pairs of words are terms
    bool stem = false;     ///< forms of one stem (of the document's language) are one term
    /// The user's lists, entries as written. What is kept is in the vocabulary as soon as one document has it, whatever
    /// the limits above say (but no more than 100,000 such terms).
    std::vector<std::string> stopWords{}, keepWords{};
};

/// Hands every text to `visit`, in the order of the rows wanted; an error it returns ends the fit.
using TextSource = std::function<Status(const std::function<void(std::string_view)>& visit)>;

class TfidfModel {
public:
    TfidfModel() = default;

    /// Model and raw counts of the same texts from one pass. Memory: 4 bytes a word of the texts that is no stop word,
    /// about 150 bytes a distinct word, 8 bytes an entry of the counts; of phrases see PhraseOptions.
    struct Fit;
    /// \retval InvalidArgument  options out of range, no such language
    /// \retval InvalidState     the user's lists contradict each other or have an entry without a word
    /// \retval Cancelled        the context said so
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
    /// Documents of the fit by language; one entry where the language was given.
    const LanguageCounts& languages() const noexcept { return m_languages; }
    std::string mainLanguage() const { return text::mainLanguage(m_languages); }
    /// Whether a word in normal form is a stop word of a language that the documents are in (rare ones aside).
    bool isStopWord(std::string_view word) const;

    /// JSON text {"version":2,"documents","options","languages","vocabulary","written","df","phrases"}; phrases: places
    /// in the vocabulary, strongest first. Texts of version 1 (English, no phrases) are still read.
    std::string toJson() const;
    /// \retval Corrupt  not such a text;  VersionTooNew
    static Result<TfidfModel> fromJson(std::string_view json);

private:
    Status prepareReader();
    void derive();
    std::vector<std::string> m_vocabulary, m_written;
    std::vector<std::int32_t> m_phrases;  ///< places in the vocabulary, strongest first
    LanguageCounts m_languages;
    std::vector<std::string> m_stopLists;        ///< languages of isStopWord()
    std::shared_ptr<const TermReader> m_reader;  ///< with the user's lists; null: none
    std::vector<std::int64_t> m_df;
    std::vector<double> m_idf;
    std::unordered_map<std::string, std::int32_t> m_place;  ///< of terms, and behind them words of phrases alone
    PhraseJoiner m_joiner;
    std::int64_t m_documents = 0;
    TfidfOptions m_options;
};

struct TfidfModel::Fit {
    TfidfModel model;
    SparseRows counts;  ///< texts x vocabulary, raw term counts, rows in the order of the source
};

}  // namespace espalier::text
