// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/corpus_rows.h
/// The documents of a project as rows of the word index, ascending id bytes, with the index itself: shared by search
/// and evaluation, cached in the project's cache folder.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/index/bm25.h"
#include "core/index/vector_index.h"
#include "core/jobs/job_context.h"
#include "core/project/model_info.h"

namespace espalier::project {
class Project;
}

namespace espalier::pipeline {

struct CorpusRows {
    std::vector<DocumentKey> keys;  ///< ascending id bytes
    std::vector<std::string> ids;
    std::unordered_map<DocumentKey, std::int64_t> rowOf;
    std::string state;  ///< changes with the set of documents (a document's text never changes)

    static Result<CorpusRows> read(project::Project& project);
};

/// The word index of these rows, from the cache file when it fits, else built and stored there. That it cannot be
/// stored (read-only project) is no error. \retval Cancelled
Result<index::Bm25Index> wordIndex(project::Project& project, const CorpusRows& rows, jobs::JobContext& context);

/// Vectors of a model over the file as it lies in the project. Rows of documents that are gone are an error.
/// \retval Corrupt  the file does not fit the project; embedding again mends it
Result<index::VectorIndex> vectorIndex(const project::ModelInfo& model, const CorpusRows& rows);

}  // namespace espalier::pipeline
