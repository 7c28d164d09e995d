// SPDX-License-Identifier: Apache-2.0
// Weights of a BertModel from and to a folder in sentence-transformers layout.
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/platform.h"
#include "core/nn/detail/bert.h"
#include "core/nn/detail/guard.h"

namespace espalier::nn::detail {
namespace {

namespace fs = std::filesystem;
using tensorfile::Dtype;
using tensorfile::SafetensorsFile;
using tensorfile::TensorInfo;

constexpr const char* kNameInHeads = "bert.";  ///< prefix of checkpoints that carry a task head

Error corrupt(const fs::path& file, const std::string& what) {
    return makeError(ErrorCode::Corrupt, file.string() + ": " + what, file.string());
}

std::string shapeText(at::IntArrayRef shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

std::string prefixOf(const SafetensorsFile& file) {
    const std::string probe = "embeddings.word_embeddings.weight";
    return file.find(probe) == nullptr && file.find(kNameInHeads + probe) != nullptr ? kNameInHeads : "";
}

/// Also under the names of checkpoints older than 2019 (gamma, beta).
const TensorInfo* findParameter(const SafetensorsFile& file, const std::string& name) {
    if (const TensorInfo* tensor = file.find(name)) return tensor;
    for (const auto& [now, before] :
         {std::pair{"LayerNorm.weight", "LayerNorm.gamma"}, {"LayerNorm.bias", "LayerNorm.beta"}}) {
        const auto at = name.rfind(now);
        if (at != std::string::npos) return file.find(name.substr(0, at) + before);
    }
    return nullptr;
}

Result<at::ScalarType> torchType(const fs::path& path, const TensorInfo& tensor) {
    switch (tensor.dtype) {
        case Dtype::F32:
            return torch::kFloat;
        case Dtype::F16:
            return torch::kHalf;
        case Dtype::BF16:
            return torch::kBFloat16;
        case Dtype::F64:
            return torch::kDouble;
        default:
            return corrupt(path, "tensor \"" + tensor.name + "\" is " + tensorfile::dtypeName(tensor.dtype) +
                                     ", weights are floating-point numbers");
    }
}

Status copyParameter(const SafetensorsFile& file, const TensorInfo& tensor, torch::Tensor& to) {
    ESPALIER_ASSIGN(const at::ScalarType type, torchType(file.path(), tensor));
    if (at::IntArrayRef(tensor.shape) != to.sizes()) {
        return corrupt(file.path(), "tensor \"" + tensor.name + "\" has the shape " + shapeText(tensor.shape) +
                                        " where config.json asks for " + shapeText(to.sizes()));
    }
    // Foreign files may hold unaligned data: bytes are copied before they are read as numbers.
    const auto bytes = file.bytes(tensor);
    torch::Tensor raw = torch::empty(tensor.shape, type);
    std::copy(bytes.begin(), bytes.end(), static_cast<std::byte*>(raw.mutable_data_ptr()));
    to.copy_(raw);
    const auto* value = to.const_data_ptr<float>();
    for (std::int64_t i = 0; i < to.numel(); ++i) {
        if (!std::isfinite(value[i])) {
            return corrupt(file.path(), "tensor \"" + tensor.name + "\" holds a value that is not a finite number");
        }
    }
    return {};
}

std::string readme(const ModelDescription& source) {
    const std::string name = source.folder.filename().string();
    std::string text =
        "---\nlibrary_name: sentence-transformers\npipeline_tag: sentence-similarity\n---\n\n"
        "# Sentence encoder written by Espalier\n\n"
        "Started from `" +
        (name.empty() ? source.folder.parent_path().filename().string() : name) +
        "`; the licence of that model goes on applying.\n\n"
        "## Input string\n\n"
        "Documents were encoded as their title, one newline, and their text:\n\n"
        "    title + \"\\n\" + text\n\n"
        "and as the text alone where a document has no title. Use the same form to get comparable vectors. Queries are "
        "encoded as they are.\n\n"
        "## Use\n\n"
        "    from sentence_transformers import SentenceTransformer\n"
        "    model = SentenceTransformer(\"path of this folder\")\n"
        "    vectors = model.encode([\"A title\\nIts text\"])\n\n";
    text += "Vectors have " + std::to_string(source.bert.hidden) + " dimensions (" + poolingName(source.pooling) +
            " pooling" + (source.normalize ? ", length 1" : "") + "). Texts are cut after " +
            std::to_string(source.maxLength) + " tokens, special tokens included.\n";
    return text;
}

/// Weights are written in float32: a config that says otherwise would make readers round them.
std::string floatConfig(const std::string& bytes) {
    nlohmann::ordered_json config = nlohmann::ordered_json::parse(bytes, nullptr, false);
    if (config.is_discarded() || !config.is_object()) return bytes;
    bool changed = false;
    for (const char* key : {"torch_dtype", "dtype"}) {
        if (config.contains(key) && config[key] != "float32") {
            config[key] = "float32";
            changed = true;
        }
    }
    if (config.contains("architectures") && config["architectures"] != nlohmann::ordered_json::array({"BertModel"})) {
        config["architectures"] = nlohmann::ordered_json::array({"BertModel"});
        changed = true;
    }
    return changed ? config.dump(2) + "\n" : bytes;
}

Status writeWeights(const BertModel& model, const ModelDescription& source, const fs::path& path) {
    tensorfile::SafetensorsWriter writer;
    writer.setMetadata({{"format", "pt"}});
    std::vector<torch::Tensor> kept;
    std::set<std::string> own;
    for (const auto& entry : model->named_parameters()) {
        const torch::Tensor tensor = entry.value().detach().to(torch::kCPU, torch::kFloat).contiguous();
        own.insert(entry.key());
        kept.push_back(tensor);
        writer.add(entry.key(), tensor.sizes().vec(),
                   std::span<const float>(tensor.const_data_ptr<float>(), static_cast<std::size_t>(tensor.numel())));
    }
    // What the encoder does not use (the pooler) stays as it was, when the source can still be read.
    const auto file = SafetensorsFile::open(source.weights);
    if (file) {
        const std::string prefix = prefixOf(*file);
        for (const TensorInfo& tensor : file->tensors()) {
            if (tensor.name.compare(0, prefix.size(), prefix) != 0) continue;
            const std::string name = tensor.name.substr(prefix.size());
            if (name.find(".gamma") != std::string::npos || name.find(".beta") != std::string::npos) continue;
            if (own.insert(name).second) writer.add(name, tensor.dtype, tensor.shape, file->bytes(tensor));
        }
    }
    return writer.write(path);
}

Status writeFolder(const BertModel& model, const ModelDescription& source, const fs::path& folder) {
    std::error_code failed;
    const fs::path transformer = source.transformerFolder.lexically_relative(source.folder);
    for (const auto& [name, bytes] : source.files) {
        const fs::path file = folder / fs::path(name);
        fs::create_directories(file.parent_path(), failed);
        const bool config = file.filename() == "config.json" &&
                            (folder / transformer / "config.json").lexically_normal() == file.lexically_normal();
        ESPALIER_TRY(writeFileAtomically(file, config ? floatConfig(bytes) : bytes));
    }
    fs::create_directories(folder / transformer, failed);
    ESPALIER_TRY(writeWeights(model, source, (folder / transformer / "model.safetensors").lexically_normal()));
    return writeFileAtomically(folder / "README.md", readme(source));
}

}  // namespace

Result<BertModel> loadBert(const ModelDescription& description, const torch::Device& device) {
    return guarded("load the encoder", [&]() -> Result<BertModel> {
        const torch::NoGradGuard noGradients;
        ESPALIER_ASSIGN(const SafetensorsFile file, SafetensorsFile::open(description.weights));
        const std::string prefix = prefixOf(file);
        BertModel model(description.bert, description.pooling);
        for (auto& entry : model->named_parameters()) {
            const TensorInfo* tensor = findParameter(file, prefix + entry.key());
            if (tensor == nullptr) return corrupt(file.path(), "tensor \"" + entry.key() + "\" is missing");
            ESPALIER_TRY(copyParameter(file, *tensor, entry.value()));
        }
        model->to(device);
        return model;
    });
}

Status saveModelFolder(const BertModel& model, const ModelDescription& source, const fs::path& folder) {
    return guarded("save the encoder", [&]() -> Status {
        const torch::NoGradGuard noGradients;
        std::error_code failed;
        if (fs::exists(folder, failed)) {
            return makeError(ErrorCode::AlreadyExists, folder.string() + " exists already; name a new folder",
                             folder.string());
        }
        const fs::path parent = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
        fs::create_directories(parent, failed);
        const fs::path partial =
            parent / ("." + folder.filename().string() + ".part-" + std::to_string(platform::processId()));
        fs::remove_all(partial, failed);
        if (!fs::create_directory(partial, failed)) {
            return makeError(ErrorCode::Io, "cannot write to " + parent.string() + ": " + failed.message(),
                             parent.string());
        }
        Status written = writeFolder(model, source, partial);
        if (written) {
            fs::rename(partial, folder, failed);
            if (failed) {
                written = makeError(ErrorCode::Io, "cannot create " + folder.string() + ": " + failed.message(),
                                    folder.string());
            }
        }
        if (!written) {
            fs::remove_all(partial, failed);
            return written;
        }
        return platform::syncToDisk(parent);
    });
}

}  // namespace espalier::nn::detail
