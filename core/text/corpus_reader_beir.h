// SPDX-License-Identifier: Apache-2.0
/// \file core/text/corpus_reader_beir.h
/// The layout of the BEIR retrieval sets: corpus.jsonl, queries.jsonl, qrels. Use CorpusReader::open().
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/text/corpus_reader.h"

namespace espalier::text {

class BeirReader final : public CorpusReader {
public:
    static Result<std::unique_ptr<CorpusReader>> create(const std::filesystem::path& folder,
                                                        const CorpusOptions& options);
    /// corpus.jsonl or corpus.jsonl.gz of the folder; empty without one.
    static std::filesystem::path corpusFile(const std::filesystem::path& folder);
    static std::filesystem::path queriesFile(const std::filesystem::path& folder);
    static std::filesystem::path judgementsFile(const std::filesystem::path& folder);

    Result<std::optional<CorpusRow>> next() override { return m_corpus->next(); }
    CorpusFormat format() const noexcept override { return CorpusFormat::Beir; }
    std::int64_t bytesRead() const noexcept override { return m_corpus->bytesRead(); }
    std::int64_t bytesTotal() const noexcept override { return m_corpus->bytesTotal(); }
    std::vector<std::string> fieldNames() const override { return m_corpus->fieldNames(); }
    std::string charset() const override { return m_corpus->charset(); }
    Result<std::vector<Query>> queries(std::vector<RejectedRow>* rejected) override;
    Result<std::vector<Judgement>> judgements(std::vector<RejectedRow>* rejected) override;

private:
    BeirReader(std::filesystem::path folder, std::unique_ptr<CorpusReader> corpus)
        : m_folder(std::move(folder)), m_corpus(std::move(corpus)) {}
    std::filesystem::path m_folder;
    std::unique_ptr<CorpusReader> m_corpus;
};

}  // namespace espalier::text
