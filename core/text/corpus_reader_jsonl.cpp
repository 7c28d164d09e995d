// SPDX-License-Identifier: Apache-2.0
#include "core/text/corpus_reader_jsonl.h"

namespace espalier::text {
namespace {
constexpr std::size_t kMostFieldNames = 1000;
constexpr std::string_view kMark = "\xef\xbb\xbf";
}  // namespace

JsonlReader::JsonlReader(TextSource text, std::string name, const CorpusOptions& options)
    : m_text(std::move(text)), m_name(std::move(name)), m_options(options), m_watch(m_options) {}

Result<std::unique_ptr<CorpusReader>> JsonlReader::create(std::unique_ptr<ByteSource> bytes, std::string name,
                                                          const CorpusOptions& options) {
    ESPALIER_ASSIGN(TextSource text, TextSource::create(std::move(bytes), options.charset));
    return std::unique_ptr<CorpusReader>(new JsonlReader(std::move(text), std::move(name), options));
}

Result<std::optional<CorpusRow>> JsonlReader::next() {
    Line line;
    for (;;) {
        ESPALIER_ASSIGN(const bool any, readLine(m_text, static_cast<std::size_t>(kMaxRowBytes), line));
        if (!any) {
            ESPALIER_TRY(m_watch.check(m_name));
            return std::optional<CorpusRow>();
        }
        ++m_line;
        std::string_view row = line.text;
        if (row.starts_with(kMark)) row.remove_prefix(kMark.size());  // of a file that was appended to another one
        if (row.find('\0') == std::string_view::npos && isBlank(row)) continue;
        if (line.tooLong) return std::optional(rejectedRow(m_name, m_line, "the line is longer than 32 MiB", row));
        if (row.find('\0') != std::string_view::npos)
            return std::optional(rejectedRow(m_name, m_line, "the row holds a NUL character", row));
        RowFields fields;
        std::vector<std::string> names;
        parseJsonRow(row, m_options, fields, names);
        remember(names);
        return std::optional(finishRow(std::move(fields), m_options, m_name, m_line, row));
    }
}

void JsonlReader::remember(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (m_known.contains(name)) continue;
        m_watch.saw(name);
        if (m_known.size() >= kMostFieldNames) continue;
        m_known.insert(name);
        m_fieldNames.push_back(name);
    }
}

}  // namespace espalier::text
