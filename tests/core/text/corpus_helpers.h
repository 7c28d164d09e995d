// SPDX-License-Identifier: Apache-2.0
/// \file tests/core/text/corpus_helpers.h
/// Reads a whole source for the tests of corpus readers, and packs bytes as gzip.
#pragma once
#include <zlib.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/text/corpus_reader.h"

namespace espalier::text::test_helpers {

struct Rows {
    std::vector<Document> documents;
    std::vector<RejectedRow> rejected;
    std::vector<std::int64_t> lines;  ///< of the documents
    std::int64_t empty = 0;
    std::optional<Error> error;
    std::vector<std::string> fields;
    std::map<std::string, std::int64_t> ignored;
};

inline Rows readAllRows(CorpusReader& reader) {
    Rows rows;
    for (;;) {
        Result<std::optional<CorpusRow>> row = reader.next();
        if (!row) {
            rows.error = row.error();
            break;
        }
        if (!*row) break;
        switch ((*row)->kind) {
            case CorpusRow::Kind::Document:
                rows.lines.push_back((*row)->line);
                rows.documents.push_back((*row)->document);
                break;
            case CorpusRow::Kind::Empty:
                ++rows.empty;
                break;
            case CorpusRow::Kind::Rejected:
                rows.rejected.push_back((*row)->rejected);
                break;
        }
    }
    rows.fields = reader.fieldNames();
    rows.ignored = reader.ignoredByExtension();
    return rows;
}

inline Rows readAllRows(const std::filesystem::path& source, const CorpusOptions& options = {}) {
    auto reader = CorpusReader::open(source, options);
    if (reader) return readAllRows(**reader);
    Rows rows;
    rows.error = reader.error();
    return rows;
}

inline std::string gzipped(std::string_view bytes) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

}  // namespace espalier::text::test_helpers
