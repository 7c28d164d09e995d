// SPDX-License-Identifier: Apache-2.0
/// \file core/text/detail/row_builder.h
/// From named fields to a CorpusRow: the rules that jsonl and csv share.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/text/corpus_reader.h"

namespace espalier::text {

constexpr std::int64_t kMaxRowBytes = 2 * kMaxCellBytes;  ///< all cells of a row, or one JSON line

/// One row being put together. Faults are remembered (the first wins), never thrown.
struct RowFields {
    Document document;
    bool hasText = false;
    std::string fault;  ///< reason for rejection, empty if none

    void refuse(std::string reason) {
        if (fault.empty()) fault = std::move(reason);
    }
};

/// Which roles have been seen in any row of the source, to answer for fields that the user named.
class FieldWatch {
public:
    explicit FieldWatch(const CorpusOptions& options) : m_options(options) {}
    void saw(std::string_view field);
    /// \retval InvalidArgument  a named field occurred nowhere
    Status check(const std::string& source) const;

private:
    const CorpusOptions& m_options;
    bool m_id = false, m_title = false, m_text = false, m_labels = false;
};

/// Cuts the path at its first empty name.
std::vector<std::string> cleanPath(std::vector<std::string> path);
/// A `labels` cell: a JSON array of strings, else names apart by " > ".
std::vector<std::string> labelsOfCell(std::string_view cell);
bool isBlank(std::string_view text);

CorpusRow rejectedRow(std::string source, std::int64_t line, std::string reason, std::string_view excerpt);
/// Applies the rules that do not depend on the format: NUL, cell size, missing and blank text.
CorpusRow finishRow(RowFields&& fields, const CorpusOptions& options, const std::string& source, std::int64_t line,
                    std::string_view excerpt);

/// Reads one JSON object; fills `fields` by the roles of `options`, other scalars go to metadata. The names of
/// top-level fields are appended to `names`, which must come empty.
void parseJsonRow(std::string_view line, const CorpusOptions& options, RowFields& fields,
                  std::vector<std::string>& names);
/// {"name": "value", ...} with the pairs in order.
std::string metadataOf(const std::vector<std::pair<std::string, std::string>>& pairs);

}  // namespace espalier::text
