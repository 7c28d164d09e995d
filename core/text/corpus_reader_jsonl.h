// SPDX-License-Identifier: Apache-2.0
/// \file core/text/corpus_reader_jsonl.h
/// One JSON object a line. Blank lines are no rows. Use CorpusReader::open().
#pragma once
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/text/corpus_reader.h"
#include "core/text/detail/row_builder.h"
#include "core/text/detail/text_source.h"

namespace espalier::text {

class JsonlReader final : public CorpusReader {
public:
    /// \param name  of the source, for rows and messages
    static Result<std::unique_ptr<CorpusReader>> create(std::unique_ptr<ByteSource> bytes, std::string name,
                                                        const CorpusOptions& options);
    Result<std::optional<CorpusRow>> next() override;
    CorpusFormat format() const noexcept override { return CorpusFormat::Jsonl; }
    std::int64_t bytesRead() const noexcept override { return m_text.bytes().bytesRead(); }
    std::int64_t bytesTotal() const noexcept override { return m_text.bytes().bytesTotal(); }
    std::vector<std::string> fieldNames() const override { return m_fieldNames; }
    std::string charset() const override { return m_text.charset(); }

private:
    JsonlReader(TextSource text, std::string name, const CorpusOptions& options);
    void remember(const std::vector<std::string>& names);

    TextSource m_text;
    std::string m_name;
    CorpusOptions m_options;
    FieldWatch m_watch;
    std::vector<std::string> m_fieldNames;
    std::set<std::string, std::less<>> m_known;
    std::int64_t m_line = 0;
};

}  // namespace espalier::text
