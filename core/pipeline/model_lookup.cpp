// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/model_lookup.h"

#include <algorithm>

#include "core/nn/model_folder.h"
#include "core/project/project.h"

namespace espalier::pipeline {
namespace fs = std::filesystem;

namespace {
bool isFolder(std::string_view name) {
    std::error_code code;
    return fs::is_directory(fs::path(name), code);
}
std::string absoluteFolder(std::string_view name) {
    std::string path = fs::absolute(fs::path(name)).lexically_normal().string();
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}
const project::ModelInfo* named(const std::vector<project::ModelInfo>& models, std::string_view name) {
    const auto found =
        std::find_if(models.begin(), models.end(), [name](const auto& model) { return model.name == name; });
    return found == models.end() ? nullptr : &*found;
}
/// An encoder that the project only points to can be moved or deleted behind its back.
Status stillThere(std::string_view name, const fs::path& folder) {
    if (isFolder(folder.string())) return {};
    return makeError(ErrorCode::NotFound,
                     "the encoder of model \"" + std::string(name) + "\" is no longer in " + folder.string() +
                         ": put it back there, or embed again with the folder where it is now",
                     folder.string());
}
/// The model whose encoder is the one in a folder, under whatever name it was embedded.
const project::ModelInfo* sameEncoder(const std::vector<project::ModelInfo>& models, const std::string& identity) {
    for (const auto& model : models) {
        if (model.kind == kTfidfModel || model.folder.empty()) continue;
        const auto hash = nn::modelFolderHash(model.folder);
        if (hash && *hash == identity) return &model;
    }
    return nullptr;
}
}  // namespace

Result<project::ModelInfo> findVectors(project::Project& project, std::string_view name) {
    if (name.empty()) return project.model(name);
    ESPALIER_ASSIGN(const auto models, project.models());
    if (named(models, name) != nullptr) return project.model(name);
    if (isFolder(name)) {
        if (const auto identity = nn::modelFolderHash(fs::path(name)); identity) {
            if (const auto* model = sameEncoder(models, *identity)) return project.model(model->name);
        }
    }
    return project.model(name);
}

Result<EmbeddingModel> findEmbeddingModel(project::Project& project, std::string_view name) {
    EmbeddingModel model;
    model.name = name;
    if (name == kTfidfModel) return model;
    ESPALIER_ASSIGN(const auto runs, project.runs());
    const bool isRun = std::any_of(runs.begin(), runs.end(), [name](const auto& run) { return run.name == name; });
    if (name == kBaseModel || isRun) {
        ESPALIER_ASSIGN(model.folder, project.encoderFolder(name));
        ESPALIER_TRY(stillThere(name, model.folder));
        ESPALIER_ASSIGN(model.identity, nn::modelFolderHash(model.folder));
        return model;
    }
    if (!isFolder(name)) {
        return makeError(ErrorCode::NotFound,
                         "there is no model \"" + std::string(name) +
                             "\": name tfidf, base, a run of this project, or the folder of an encoder",
                         std::string(name));
    }
    model.folder = absoluteFolder(name);
    ESPALIER_ASSIGN(model.identity, nn::modelFolderHash(model.folder));
    ESPALIER_ASSIGN(const auto models, project.models());
    if (const auto* same = sameEncoder(models, model.identity))
        model.name = same->name;
    else if (named(models, kBaseModel) == nullptr)
        model.name = kBaseModel;
    else
        model.name = model.folder.string();
    return model;
}

Result<std::unique_ptr<TextEncoder>> openModel(const project::ModelInfo& model, std::string_view device, int threads) {
    if (model.kind == kTfidfModel) {
        ESPALIER_ASSIGN(auto words, WordVectors::load(model.folder));
        return std::unique_ptr<TextEncoder>(std::move(words));
    }
    ESPALIER_TRY(stillThere(model.name, model.folder));
    return openSentenceEncoder(model.folder, device, threads);
}

}  // namespace espalier::pipeline
