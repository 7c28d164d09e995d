// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/model_lookup.h
/// What a model's name on the command line means (contract.md, Names).
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/pipeline/text_encoder.h"
#include "core/project/model_info.h"

namespace espalier::project {
class Project;
}

namespace espalier::pipeline {

/// Vectors to search or evaluate with. \param name  empty: the model in use; tfidf, base, a run, else a folder whose
/// encoder has been embedded under whatever name.
/// \retval InvalidState  no vectors of it; the message names `embed`  \retval NotFound  nothing of that name
Result<project::ModelInfo> findVectors(project::Project& project, std::string_view name);

/// A model to embed with.
struct EmbeddingModel {
    std::string name;              ///< that its vectors get
    std::filesystem::path folder;  ///< encoder; empty for tfidf
    std::string identity;          ///< nn::modelFolderHash(); empty for tfidf
};
/// \retval NotFound  neither a reserved name nor a run nor a folder
Result<EmbeddingModel> findEmbeddingModel(project::Project& project, std::string_view name);

/// The encoder, or word vectors, behind vectors of the project: what queries are encoded with.
Result<std::unique_ptr<TextEncoder>> openModel(const project::ModelInfo& model, std::string_view device, int threads);

}  // namespace espalier::pipeline
