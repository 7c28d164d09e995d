// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/corpus_rows.h"

#include <algorithm>

#include "core/base/sha256.h"
#include "core/project/project.h"
#include "core/tensorfile/safetensors.h"
#include "core/text/document.h"

namespace espalier::pipeline {
namespace fs = std::filesystem;

Result<CorpusRows> CorpusRows::read(project::Project& project) {
    ESPALIER_ASSIGN(auto documents, project.documentIds());
    CorpusRows rows;
    Sha256 sum;
    sum.add(project.uuid());
    for (auto& [key, id] : documents) {
        rows.rowOf.emplace(key, static_cast<std::int64_t>(rows.keys.size()));
        rows.keys.push_back(key);
        sum.add(id);
        sum.add(std::string_view("\n", 1));
        rows.ids.push_back(std::move(id));
    }
    rows.state = toHex(sum.finish());
    return rows;
}

Result<index::Bm25Index> wordIndex(project::Project& project, const CorpusRows& rows, jobs::JobContext& context) {
    const fs::path file = project.folder() / "cache" / "words.bm25";
    if (auto cached = index::Bm25Index::load(file, rows.state);
        cached && cached->documents() == static_cast<std::int64_t>(rows.keys.size())) {
        return cached;
    }
    const auto input = [&](std::int64_t row) -> Result<std::string> {
        ESPALIER_ASSIGN(const auto record, project.document(rows.keys[static_cast<std::size_t>(row)]));
        return text::inputString(record.document);
    };
    ESPALIER_ASSIGN(auto built,
                    index::Bm25Index::build(static_cast<std::int64_t>(rows.keys.size()), input, {}, context));
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    (void)built.save(file, rows.state);
    return built;
}

Result<index::VectorIndex> vectorIndex(const project::ModelInfo& model, const CorpusRows& rows) {
    const auto corrupt = [&model](const std::string& why) {
        return makeError(ErrorCode::Corrupt,
                         "the vectors of \"" + model.name + "\" cannot be used (" + why +
                             "); espalier-cli embed --model " + model.name + " makes them again",
                         model.vectorsFile.string());
    };
    if (model.vectorsFile.empty()) return corrupt("their file is lost");
    auto opened = tensorfile::SafetensorsFile::open(model.vectorsFile);
    if (!opened) return corrupt(opened.error().message);
    const auto file = std::make_shared<const tensorfile::SafetensorsFile>(std::move(opened).value());
    const auto vectors = file->view<float>("vectors");
    const auto documents = file->view<std::int64_t>("documents");
    if (!vectors || !documents) return corrupt("tables are missing in the file");
    const auto& shape = file->find("vectors")->shape;
    const auto count = static_cast<std::int64_t>(documents->size());
    if (shape.size() != 2 || shape[0] != count || shape[1] < 1) return corrupt("their table has the wrong size");
    std::vector<DocumentKey> keys;
    std::vector<std::int64_t> places;  // rows ascend by id
    for (const std::int64_t key : *documents) {
        const auto found = rows.rowOf.find(DocumentKey{key});
        if (found == rows.rowOf.end()) return corrupt("they belong to other documents");
        keys.push_back(found->first);
        places.push_back(found->second);
    }
    std::vector<std::int64_t> sorted = places;
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::int32_t> order;
    for (const std::int64_t place : places) {
        order.push_back(
            static_cast<std::int32_t>(std::lower_bound(sorted.begin(), sorted.end(), place) - sorted.begin()));
    }
    return index::VectorIndex::create(*vectors, shape[1], std::move(keys), std::move(order), file);
}

}  // namespace espalier::pipeline
