// SPDX-License-Identifier: Apache-2.0
/// \file core/text/corpus_reader_csv.h
/// RFC 4180 tables with a header row. Use CorpusReader::open().
///
/// Beyond the RFC: LF, CR LF and CR end a row; a quote inside an unquoted cell is itself; what follows a closing quote
/// belongs to the cell. A row with more cells than the header is rejected (unless they are empty), with fewer the
/// missing cells are absent. A quote that is never closed costs the rows from its own to the end of its line:
/// reading goes on with the line after.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/text/corpus_reader.h"
#include "core/text/detail/row_builder.h"
#include "core/text/detail/text_source.h"

namespace espalier::text {

class CsvReader final : public CorpusReader {
public:
    /// \retval InvalidArgument  the header lacks a field that the user named
    static Result<std::unique_ptr<CorpusReader>> create(std::unique_ptr<ByteSource> bytes, std::string name,
                                                        const CorpusOptions& options, CorpusFormat format);
    Result<std::optional<CorpusRow>> next() override;
    CorpusFormat format() const noexcept override { return m_format; }
    std::int64_t bytesRead() const noexcept override { return m_text.bytes().bytesRead(); }
    std::int64_t bytesTotal() const noexcept override { return m_text.bytes().bytesTotal(); }
    std::vector<std::string> fieldNames() const override { return m_header; }
    std::string charset() const override { return m_text.charset(); }

private:
    /// One row as it stands in the file.
    struct Record {
        std::vector<std::string> cells;
        std::int64_t line = 0;       ///< first line
        std::string excerpt;         ///< its first bytes
        std::string fault;           ///< too large or NUL
        std::size_t surplus = 0;     ///< non-empty cells beyond those kept
        std::int64_t resumeAt = -1;  ///< position after the line in which the last quote was opened
        std::int64_t resumeLine = 0;
        bool openQuote = false;  ///< ended inside quotes
        bool blank = true;       ///< an empty line
    };
    class Machine;

    CsvReader(TextSource text, std::string name, const CorpusOptions& options, CorpusFormat format);
    Status readHeader();
    Result<bool> readRecord(Record& record);
    CorpusRow toRow(Record&& record);

    TextSource m_text;
    std::string m_name;
    CorpusOptions m_options;
    CorpusFormat m_format;
    char m_delimiter = ',';
    std::vector<std::string> m_header;
    std::size_t m_mostCells = 0;  ///< cells kept of a row
    std::int64_t m_line = 1;      ///< of the next character
    bool m_afterCr = false;
    int m_resumes = 0;
};

}  // namespace espalier::text
