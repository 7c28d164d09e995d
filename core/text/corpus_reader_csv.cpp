// SPDX-License-Identifier: Apache-2.0
#include "core/text/corpus_reader_csv.h"

#include <algorithm>
#include <array>

namespace espalier::text {
namespace {

constexpr std::size_t kMostColumns = 16384;
constexpr std::size_t kExcerptBytes = 400;
constexpr int kMostResumes = 50;  // each reads the source again from its start

/// For a csv whose header has no comma: the candidate that it has most of.
char delimiterOf(std::string_view beginning) {
    static constexpr std::array kCandidates = {',', ';', '\t', '|'};
    std::array<int, kCandidates.size()> counts{};
    bool quoted = false;
    for (const char c : beginning) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' || c == '\r') break;
        for (std::size_t i = 0; i < kCandidates.size(); ++i)
            if (c == kCandidates[i]) ++counts[i];
    }
    if (counts[0] > 0) return ',';
    return kCandidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

}  // namespace

/// The states of a row; sees every character once.
class CsvReader::Machine {
public:
    Machine(Record& record, char delimiter, std::size_t mostCells, std::int64_t& line, bool& afterCr)
        : m_record(record), m_delimiter(delimiter), m_mostCells(mostCells), m_line(line), m_afterCr(afterCr) {}

    /// Number of characters used up; done() tells whether the row has ended with the last of them.
    std::size_t take(std::string_view text, std::int64_t position) {
        std::size_t at = 0;
        while (at < text.size() && !m_done) {
            const char c = text[at];
            if (m_afterCr) {  // the LF of a CR LF
                m_afterCr = false;
                if (c == '\n') {
                    ++at;
                    if (m_state == State::Quoted) append("\n");
                    if (m_resumePending) setResume(position + static_cast<std::int64_t>(at));
                    continue;
                }
            }
            if (m_resumePending) setResume(position + static_cast<std::int64_t>(at));
            if (!m_begun) begin();
            at += step(text.substr(at));
        }
        if (m_resumePending && !m_afterCr) setResume(position + static_cast<std::int64_t>(at));
        return at;
    }
    bool done() const noexcept { return m_done; }
    bool begun() const noexcept { return m_begun; }
    /// The source has ended inside the row.
    void end() {
        m_record.openQuote = m_state == State::Quoted;
        endCell();
        m_done = true;
    }

private:
    enum class State { CellStart, Plain, Quoted, QuoteInQuoted };

    void begin() {
        m_begun = true;
        m_record.line = m_line;
    }

    std::size_t step(std::string_view text) {
        const char c = text.front();
        if (m_record.excerpt.size() < kExcerptBytes) m_record.excerpt.push_back(c);
        if (c == '\0' && m_record.fault.empty()) m_record.fault = "the row holds a NUL character";
        if (m_state == State::Quoted) return quoted(text);
        if (c == '\n' || c == '\r') {
            ++m_line;
            m_afterCr = c == '\r';
            endCell();
            m_done = true;
            return 1;
        }
        m_record.blank = false;
        if (c == m_delimiter) {
            endCell();
            return 1;
        }
        if (c == '"' && m_state == State::CellStart) {
            m_state = State::Quoted;
            m_record.resumeAt = -1;
            return 1;
        }
        if (c == '"' && m_state == State::QuoteInQuoted) {
            append("\"");
            m_state = State::Quoted;
            return 1;
        }
        m_state = State::Plain;
        return appendRun(text, "\r\n");
    }

    std::size_t quoted(std::string_view text) {
        const char c = text.front();
        if (c == '"') {
            m_state = State::QuoteInQuoted;
            return 1;
        }
        if (c == '\n' || c == '\r') {
            ++m_line;
            m_afterCr = c == '\r';
            append(text.substr(0, 1));
            m_resumePending = m_record.resumeAt < 0;
            return 1;
        }
        return appendRun(text, "\"\r\n");
    }

    /// The characters up to one that may mean something.
    std::size_t appendRun(std::string_view text, std::string_view stops) {
        std::size_t end = 1;
        const bool plain = m_state == State::Plain;
        while (end < text.size() && text[end] != '\0' && stops.find(text[end]) == std::string_view::npos &&
               !(plain && text[end] == m_delimiter))
            ++end;
        if (const std::size_t room = kExcerptBytes - std::min(kExcerptBytes, m_record.excerpt.size()); room > 0)
            m_record.excerpt.append(text.substr(1, std::min(room, end - 1)));
        append(text.substr(0, end));
        return end;
    }

    void append(std::string_view piece) {
        m_cellBytes += piece.size();
        m_rowBytes += piece.size();
        if (m_cellBytes > static_cast<std::size_t>(kMaxCellBytes)) tooLarge("a cell is larger than 16 MiB");
        if (m_rowBytes > static_cast<std::size_t>(kMaxRowBytes)) tooLarge("the row is larger than 32 MiB");
        if (m_record.fault.empty() && m_record.cells.size() < m_mostCells) m_cell.append(piece);
    }
    void tooLarge(const char* reason) {
        if (m_record.fault.empty()) m_record.fault = reason;
        m_cell = {};
        m_record.cells = {};
    }
    void endCell() {
        if (m_record.fault.empty()) {
            if (m_record.cells.size() < m_mostCells) {
                m_record.cells.push_back(std::move(m_cell));
            } else if (m_cellBytes > 0) {
                ++m_record.surplus;
            }
        }
        m_cell = {};
        m_cellBytes = 0;
        m_state = State::CellStart;
    }
    void setResume(std::int64_t position) {
        m_resumePending = false;
        m_record.resumeAt = position;
        m_record.resumeLine = m_line;
    }

    Record& m_record;
    char m_delimiter;
    std::size_t m_mostCells;
    std::int64_t& m_line;
    bool& m_afterCr;
    State m_state = State::CellStart;
    std::string m_cell;
    std::size_t m_cellBytes = 0;
    std::size_t m_rowBytes = 0;
    bool m_begun = false;
    bool m_done = false;
    bool m_resumePending = false;
};

CsvReader::CsvReader(TextSource text, std::string name, const CorpusOptions& options, CorpusFormat format)
    : m_text(std::move(text)), m_name(std::move(name)), m_options(options), m_format(format) {}

Result<std::unique_ptr<CorpusReader>> CsvReader::create(std::unique_ptr<ByteSource> bytes, std::string name,
                                                        const CorpusOptions& options, CorpusFormat format) {
    ESPALIER_ASSIGN(TextSource text, TextSource::create(std::move(bytes), options.charset));
    std::unique_ptr<CsvReader> reader(new CsvReader(std::move(text), std::move(name), options, format));
    ESPALIER_TRY(reader->readHeader());
    return std::unique_ptr<CorpusReader>(std::move(reader));
}

Status CsvReader::readHeader() {
    ESPALIER_ASSIGN(const std::string_view beginning, m_text.window());
    m_delimiter = m_options.delimiter != 0        ? m_options.delimiter
                  : m_format == CorpusFormat::Tsv ? '\t'
                                                  : delimiterOf(beginning);
    m_mostCells = kMostColumns;
    Record record;
    do {
        ESPALIER_ASSIGN(const bool any, readRecord(record));
        if (!any) break;
    } while (record.blank);
    if (!record.fault.empty() || record.openQuote)
        return makeError(ErrorCode::InvalidArgument, "the first row of " + m_name + " is no header of column names",
                         m_name, record.line);
    m_header = std::move(record.cells);
    m_mostCells = m_header.size();
    FieldWatch watch(m_options);
    for (const std::string& name : m_header) watch.saw(name);
    return watch.check(m_name);
}

Result<bool> CsvReader::readRecord(Record& record) {
    record = {};
    Machine machine(record, m_delimiter, m_mostCells, m_line, m_afterCr);
    while (!machine.done()) {
        ESPALIER_ASSIGN(const std::string_view text, m_text.window());
        if (text.empty()) {
            if (!machine.begun()) return false;
            machine.end();
            break;
        }
        m_text.consume(machine.take(text, m_text.position()));
    }
    return true;
}

Result<std::optional<CorpusRow>> CsvReader::next() {
    Record record;
    for (;;) {
        ESPALIER_ASSIGN(const bool any, readRecord(record));
        if (!any) return std::optional<CorpusRow>();
        if (record.blank && !record.openQuote) continue;
        if (record.openQuote) {
            record.fault = "a quote that opens in this row is never closed";
            if (record.resumeAt >= 0 && m_resumes < kMostResumes) {
                ++m_resumes;
                ESPALIER_TRY(m_text.reopenAt(record.resumeAt));
                m_line = record.resumeLine;
                m_afterCr = false;
            }
        }
        return std::optional(toRow(std::move(record)));
    }
}

CorpusRow CsvReader::toRow(Record&& record) {
    if (record.surplus > 0 && record.fault.empty())
        record.fault = "the row has more cells than the header's " + std::to_string(m_header.size());
    if (!record.fault.empty()) return rejectedRow(m_name, record.line, std::move(record.fault), record.excerpt);
    RowFields fields;
    std::vector<std::pair<std::string, std::string>> metadata;
    const std::size_t cells = std::min(record.cells.size(), m_header.size());
    std::vector<bool> done(4, false);
    for (std::size_t i = 0; i < cells; ++i) {
        const std::string& name = m_header[i];
        std::string& cell = record.cells[i];
        bool hasRole = false;
        const auto take = [&](std::size_t role, const std::string& field, auto&& store) {
            if (name != field) return;
            hasRole = true;
            if (!done[role]) store();  // of columns with one name the first counts
            done[role] = true;
        };
        take(0, m_options.idField, [&] { fields.document.id = cell; });
        take(1, m_options.titleField, [&] { fields.document.title = cell; });
        take(3, m_options.labelsField, [&] { fields.document.labels = labelsOfCell(cell); });
        take(2, m_options.textField, [&] {
            fields.document.text = std::move(cell);
            fields.hasText = true;
        });
        if (!hasRole && !name.empty() && !cell.empty()) metadata.emplace_back(name, std::move(cell));
    }
    fields.document.metadata = metadataOf(metadata);
    return finishRow(std::move(fields), m_options, m_name, record.line, record.excerpt);
}

}  // namespace espalier::text
