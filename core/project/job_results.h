// SPDX-License-Identifier: Apache-2.0
/// \file core/project/job_results.h
/// What a job leaves in its folder for Project::adopt(): result.json, and what is large beside it in safetensors files.
///
/// The writers are called by core/pipeline; reading is adopt()'s business, the readers are public for tests. Files
/// carry a format version; a newer one is refused. Every reader checks counts, ranges and references, since a job may
/// have been killed while it wrote. result.json is written last and atomically: without it there is no result.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/project/run_info.h"
#include "core/tree/label_tree.h"

namespace espalier::project {

/// One label that a build found. Node 0 is the root; parents come before children; children in outline order.
struct BuiltNode {
    int parent = -1;
    std::string name;
    std::vector<tree::Term> terms;  ///< strongest first
    std::string stopReason;         ///< empty when it was split
    std::string stability = "[]";   ///< JSON of the choice of k
};

/// Mass of many documents, rows of (node or label, mass): compressed rows over `documents`.
struct RestingRows {
    std::vector<DocumentKey> documents;    ///< n, each once
    std::vector<std::int64_t> offsets{0};  ///< n + 1
    std::vector<std::int64_t> at;          ///< build: node index; assign: label id as in BuildInfo::labelOfNode
    std::vector<double> mass;              ///< in (0, 1], at most 1 + 1e-6 a document
    /// Fit residuals, rows like those of mass: || x - W h || / || x || of a document at what its mass was dealt out
    /// by. Proposals: at a place in `labels`.
    std::vector<std::int64_t> fitOffsets{0};  ///< n + 1
    std::vector<std::int64_t> fitAt;          ///< as `at`, ascending within a document
    std::vector<double> fitResidual;          ///< in [0, 1]
    using Row = std::vector<std::pair<std::int64_t, double>>;
    void add(DocumentKey key, const Row& rests, const Row& fits = {}) {
        documents.push_back(key);
        for (const auto& [where, share] : rests) {
            at.push_back(where);
            mass.push_back(share);
        }
        offsets.push_back(static_cast<std::int64_t>(at.size()));
        for (const auto& [where, residual] : fits) {
            fitAt.push_back(where);
            fitResidual.push_back(residual);
        }
        fitOffsets.push_back(static_cast<std::int64_t>(fitAt.size()));
    }
};

struct BuildResult {
    std::int64_t fromRevision = 0;
    bool replace = false;        ///< a tree may be there already
    bool force = false;          ///< adopt although the tree moved on
    std::string options = "{}";  ///< JSON object: all options with the seed, as computed with
    std::vector<BuiltNode> nodes;
    RestingRows resting;
    std::string hash;  ///< tree hash, 64 hex digits
    std::string simd;  ///< "base", "avx2", "avx512"
    double seconds = 0;
    double peakMb = 0;
    std::string factorsFile;  ///< file name in the job's folder (safetensors) that assign needs; may be empty
};

struct AssignResult {
    std::int64_t fromRevision = 0;
    bool force = false;
    RestingRows resting;  ///< only documents that are unassigned
    double seconds = 0;
};

struct EmbedResult {
    std::int64_t fromRevision = 0;
    std::string model;        ///< name the vectors get: tfidf, base, a run, a folder
    std::string kind;         ///< "tfidf" or "encoder"
    std::string modelFolder;  ///< encoder: source folder, stored by adopt(); tfidf: name of a sub-folder of the job's
                              ///< folder that holds its state, or empty
    std::string modelSha256;  ///< of model.safetensors; tfidf: of its state
    bool link = false;        ///< keep only path and hash of the encoder
    std::int64_t dim = 0;
    std::string vectorsFile = "vectors.safetensors";  ///< in the job's folder, see writeVectors()
    std::string device;
    std::string precision;
    double seconds = 0;
};

struct TrainResult {
    std::string run;
    RunState state = RunState::Done;  ///< Done, Stopped or Failed
    std::int64_t step = 0;
    double epoch = 0;
    double loss = 0;
    std::int64_t fromRevision = 0;
    std::string modelFolder;  ///< sub-folder of the run's folder (or absolute); empty when there is no model
    std::int64_t dim = 0;
    std::string metrics = "{}";  ///< JSON object
    double seconds = 0;
};

Status writeBuildResult(const std::filesystem::path& jobFolder, const BuildResult& result);
Status writeAssignResult(const std::filesystem::path& jobFolder, const AssignResult& result);
Status writeEmbedResult(const std::filesystem::path& jobFolder, const EmbedResult& result);
Status writeTrainResult(const std::filesystem::path& jobFolder, const TrainResult& result);

/// Vectors of documents as the project keeps them: `vectors` f32 [n, dim] and `documents` i64 [n].
/// \retval InvalidArgument  keys and rows differ in number
Status writeVectors(const std::filesystem::path& path, const std::vector<DocumentKey>& documents,
                    const DenseRows& vectors);
struct StoredVectors {
    std::vector<DocumentKey> documents;
    DenseRows vectors;
};
/// \retval Corrupt  not such a file
Result<StoredVectors> readVectors(const std::filesystem::path& path);

/// "build", "assign", "embed" or "train". \retval NotFound  no result.json  \retval Corrupt, VersionTooNew
Result<std::string> resultKind(const std::filesystem::path& jobFolder);
Result<BuildResult> readBuildResult(const std::filesystem::path& jobFolder);
Result<AssignResult> readAssignResult(const std::filesystem::path& jobFolder);
Result<EmbedResult> readEmbedResult(const std::filesystem::path& jobFolder);
Result<TrainResult> readTrainResult(const std::filesystem::path& jobFolder);

}  // namespace espalier::project
