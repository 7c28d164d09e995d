// SPDX-License-Identifier: Apache-2.0
/// \file core/project/model_info.h
/// A model that the project has vectors of, and where both lie.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace espalier::project {

struct ModelInfo {
    std::string name;              ///< "tfidf", "base", the name of a run, or the folder it was given as
    std::string kind;              ///< "tfidf" or "encoder"
    std::filesystem::path folder;  ///< model folder, absolute; empty for tfidf without files of its own
    std::string sha256;            ///< of model.safetensors (tfidf: of its state), 64 hex digits
    std::int64_t dim = 0;
    std::filesystem::path vectorsFile;  ///< safetensors {vectors f32 [documents, dim], documents i64 [documents]},
                                        ///< absolute; empty when it was lost (embed again)
    std::string vectorsSha256;          ///< content hash, changes when the model is embedded again
    std::int64_t fromRevision = 0;      ///< tree revision the model was trained on (untrained: of the embed)
    std::int64_t documents = 0;         ///< documents that have a vector
    std::string device;                 ///< where it was computed, e.g. "cpu"
    std::string precision;              ///< "fp32", "bf16"
    double seconds = 0;
    std::string created;  ///< UTC, 2025-01-31T12:00:00Z
};

/// An encoder stored in the project.
struct StoredModel {
    std::string sha256;            ///< of model.safetensors
    std::filesystem::path folder;  ///< absolute: models/<sha256>, or the original folder when linked
    bool linked = false;           ///< only path and hash are kept
};

}  // namespace espalier::project
