// SPDX-License-Identifier: Apache-2.0
/// \file core/project/import_report.h
/// What an import did; the counts always reconcile: read = kept + duplicates + empty + rejected.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace espalier::project {

struct ImportReport {
    std::int64_t read = 0;
    std::int64_t kept = 0;
    std::int64_t duplicates = 0;
    std::int64_t empty = 0;
    std::int64_t rejected = 0;
    std::filesystem::path rejectedFile;           ///< absolute; empty when nothing was rejected
    std::map<std::string, std::int64_t> ignored;  ///< files that were not read, by extension
    std::int64_t revision = 0;                    ///< revision that the import made
};

/// A row that was not kept because a document with the same text is there.
struct DuplicateRow {
    std::string id;      ///< of the row that was left out
    std::string keptId;  ///< of the document that is there
    std::string source;
    std::int64_t line = 0;
};

}  // namespace espalier::project
