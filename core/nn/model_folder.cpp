// SPDX-License-Identifier: Apache-2.0
#include "core/nn/model_folder.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/atomic_file.h"
#include "core/base/sha256.h"

namespace espalier::nn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::int64_t kLargestSmallFile = 64LL << 20;
constexpr const char* kTransformerFiles[] = {"config.json",      "sentence_bert_config.json", "tokenizer.json",
                                             "vocab.txt",        "tokenizer_config.json",     "special_tokens_map.json",
                                             "added_tokens.json"};

Error corrupt(const fs::path& file, const std::string& what) {
    return makeError(ErrorCode::Corrupt, file.string() + " " + what, file.string());
}
Error unsupported(const fs::path& file, const std::string& what) {
    return makeError(ErrorCode::Unsupported, file.string() + ": " + what, file.string());
}
Error missing(const fs::path& file) {
    return makeError(ErrorCode::NotFound,
                     file.filename().string() + " is missing: " + file.parent_path().string() +
                         " is not a complete sentence-transformers folder",
                     file.string());
}

/// The modules of the folder in order, by the last word of their type.
struct Module {
    std::string type;
    std::string path;
};

class FolderReader {
public:
    explicit FolderReader(const fs::path& folder) { m_description.folder = folder; }

    Result<ModelDescription> read() {
        std::error_code ignored;
        if (!fs::is_directory(m_description.folder, ignored)) {
            return makeError(ErrorCode::NotFound, "there is no model folder " + m_description.folder.string(),
                             m_description.folder.string());
        }
        ESPALIER_TRY(readModules());
        ESPALIER_TRY(readConfig());
        ESPALIER_TRY(readLength());
        ESPALIER_TRY(readPrompts());
        ESPALIER_TRY(findTokenizer());
        ESPALIER_TRY(findWeights());
        return std::move(m_description);
    }

private:
    /// Reads a small file of the folder and remembers it. Nothing when it is not there.
    Result<std::optional<std::string>> take(const std::string& relative) {
        const fs::path file = m_description.folder / relative;
        std::error_code ignored;
        if (!fs::exists(file, ignored)) return std::optional<std::string>();
        ESPALIER_ASSIGN(std::string bytes, readFile(file, kLargestSmallFile));
        m_description.files[relative] = bytes;
        return std::optional<std::string>(std::move(bytes));
    }

    Result<std::optional<json>> takeJson(const std::string& relative) {
        ESPALIER_ASSIGN(const std::optional<std::string> bytes, take(relative));
        if (!bytes) return std::optional<json>();
        json value = json::parse(*bytes, nullptr, /*allow_exceptions=*/false);
        if (value.is_discarded()) return corrupt(m_description.folder / relative, "is not JSON");
        return std::optional<json>(std::move(value));
    }

    Result<json> needJson(const std::string& relative) {
        ESPALIER_ASSIGN(std::optional<json> value, takeJson(relative));
        if (!value) return missing(m_description.folder / relative);
        if (!value->is_object()) return corrupt(m_description.folder / relative, "is not a JSON object");
        return std::move(*value);
    }

    std::string inTransformer(const std::string& name) const {
        return m_transformer.empty() ? name : m_transformer + "/" + name;
    }

    Status readModules() {
        const fs::path file = m_description.folder / "modules.json";
        ESPALIER_ASSIGN(const std::optional<json> list, takeJson("modules.json"));
        if (!list) return missing(file);
        if (!list->is_array()) return corrupt(file, "is not a list of modules");
        std::vector<Module> modules;
        for (const json& entry : *list) {
            if (!entry.is_object() || !entry.contains("type") || !entry["type"].is_string() ||
                !entry.contains("path") || !entry["path"].is_string()) {
                return corrupt(file, "has a module without type or path");
            }
            Module module{entry["type"].get<std::string>(), entry["path"].get<std::string>()};
            const fs::path path(module.path);
            if (path.is_absolute() ||
                std::any_of(path.begin(), path.end(), [](const fs::path& p) { return p == ".."; })) {
                return corrupt(file, "names a module outside the folder: " + module.path);
            }
            module.type = module.type.substr(module.type.rfind('.') + 1);
            modules.push_back(std::move(module));
        }
        const std::size_t count = modules.size();
        for (const Module& module : modules) {
            if (module.type != "Transformer" && module.type != "Pooling" && module.type != "Normalize") {
                return unsupported(file, "modules of type " + module.type +
                                             " are not supported (Transformer, Pooling and Normalize are)");
            }
        }
        if (count < 2 || count > 3 || modules[0].type != "Transformer" || modules[1].type != "Pooling" ||
            (count == 3 && modules[2].type != "Normalize")) {
            return unsupported(file, "the modules must be Transformer, Pooling and, at will, Normalize, in this order");
        }
        m_transformer = modules[0].path;
        m_description.transformerFolder =
            m_transformer.empty() ? m_description.folder : m_description.folder / m_transformer;
        m_description.normalize = count == 3;
        return readPooling(modules[1].path);
    }

    Status readPooling(const std::string& folder) {
        const std::string relative = folder.empty() ? "config.json" : folder + "/config.json";
        const fs::path file = m_description.folder / relative;
        ESPALIER_ASSIGN(const json config, needJson(relative));
        struct Mode {
            const char* key;
            std::optional<Pooling> pooling;
        };
        static const Mode kModes[] = {
            {"pooling_mode_cls_token", Pooling::Cls},           {"pooling_mode_mean_tokens", Pooling::Mean},
            {"pooling_mode_max_tokens", Pooling::Max},          {"pooling_mode_mean_sqrt_len_tokens", std::nullopt},
            {"pooling_mode_weightedmean_tokens", std::nullopt}, {"pooling_mode_lasttoken", std::nullopt}};
        int chosen = 0;
        for (const Mode& mode : kModes) {
            if (!config.contains(mode.key) || !config[mode.key].is_boolean() || !config[mode.key].get<bool>()) continue;
            if (!mode.pooling) {
                return unsupported(file, std::string(mode.key) + " is not supported (cls, mean and max are)");
            }
            m_description.pooling = *mode.pooling;
            ++chosen;
        }
        if (chosen == 0) return corrupt(file, "names no pooling mode");
        if (chosen > 1) return unsupported(file, "several pooling modes at once are not supported");
        if (config.contains("word_embedding_dimension") && config["word_embedding_dimension"].is_number_integer()) {
            m_poolingDimension = config["word_embedding_dimension"].get<std::int64_t>();
        }
        m_includePrompt = !config.contains("include_prompt") || config["include_prompt"] != false;
        return {};
    }

    Status number(const json& config, const char* key, std::int64_t low, std::int64_t high, int& to,
                  std::optional<int> otherwise = {}) {
        const fs::path file = m_description.folder / inTransformer("config.json");
        if (!config.contains(key)) {
            if (!otherwise) return corrupt(file, std::string("has no ") + key);
            to = *otherwise;
            return {};
        }
        if (!config[key].is_number_integer() || config[key].get<std::int64_t>() < low ||
            config[key].get<std::int64_t>() > high) {
            return corrupt(file, std::string("has no sensible ") + key);
        }
        to = static_cast<int>(config[key].get<std::int64_t>());
        return {};
    }

    Status fraction(const json& config, const char* key, double high, double& to) {
        if (!config.contains(key)) return {};
        if (!config[key].is_number() || !(config[key].get<double>() >= 0) || config[key].get<double>() >= high) {
            return corrupt(m_description.folder / inTransformer("config.json"), std::string("has no sensible ") + key);
        }
        to = config[key].get<double>();
        return {};
    }

    Status readConfig() {
        const fs::path file = m_description.folder / inTransformer("config.json");
        ESPALIER_ASSIGN(const json config, needJson(inTransformer("config.json")));
        const json type = config.value("model_type", json());
        if (!type.is_string()) return corrupt(file, "has no model_type");
        if (type != "bert") {
            return unsupported(file, "models of type " + type.get<std::string>() + " are not supported (bert is)");
        }
        const json position = config.value("position_embedding_type", json("absolute"));
        if (position != "absolute") {
            return unsupported(file, "position embeddings of type " + position.dump() + " are not supported");
        }
        if (config.value("is_decoder", json(false)) == true) return unsupported(file, "decoders are not supported");
        BertConfig& bert = m_description.bert;
        ESPALIER_TRY(number(config, "vocab_size", 1, 1 << 24, bert.vocabulary));
        ESPALIER_TRY(number(config, "hidden_size", 1, 1 << 16, bert.hidden));
        ESPALIER_TRY(number(config, "num_hidden_layers", 1, 1024, bert.layers));
        ESPALIER_TRY(number(config, "num_attention_heads", 1, 1 << 12, bert.heads));
        ESPALIER_TRY(number(config, "intermediate_size", 1, 1 << 18, bert.intermediate));
        ESPALIER_TRY(number(config, "max_position_embeddings", 3, 1 << 20, bert.positions));
        ESPALIER_TRY(number(config, "type_vocab_size", 1, 1 << 12, bert.types, 2));
        ESPALIER_TRY(fraction(config, "layer_norm_eps", 1.0, bert.layerNormEps));
        ESPALIER_TRY(fraction(config, "hidden_dropout_prob", 1.0, bert.hiddenDropout));
        ESPALIER_TRY(fraction(config, "attention_probs_dropout_prob", 1.0, bert.attentionDropout));
        if (bert.hidden % bert.heads != 0) return corrupt(file, "has a hidden_size that its heads do not divide");
        if (m_poolingDimension && *m_poolingDimension != bert.hidden) {
            return corrupt(file, "has hidden_size " + std::to_string(bert.hidden) + " but the pooling expects " +
                                     std::to_string(*m_poolingDimension));
        }
        const json activation = config.value("hidden_act", json("gelu"));
        if (activation == "gelu") {
            bert.activation = Activation::Gelu;
        } else if (activation == "gelu_new" || activation == "gelu_pytorch_tanh") {
            bert.activation = Activation::GeluTanh;
        } else if (activation == "relu") {
            bert.activation = Activation::Relu;
        } else {
            return unsupported(file, "the activation " + activation.dump() + " is not supported");
        }
        return {};
    }

    /// sentence_bert_config.json rules; tokenizer.json carries another length (often 128) that nobody uses.
    Status readLength() {
        const fs::path file = m_description.folder / inTransformer("sentence_bert_config.json");
        ESPALIER_ASSIGN(const std::optional<json> config, takeJson(inTransformer("sentence_bert_config.json")));
        m_description.maxLength = m_description.bert.positions;
        if (config && config->is_object() && config->contains("max_seq_length") &&
            !(*config)["max_seq_length"].is_null()) {
            const json& length = (*config)["max_seq_length"];
            if (!length.is_number_integer() || length.get<std::int64_t>() < 3) {
                return corrupt(file, "has no sensible max_seq_length");
            }
            m_description.maxLength =
                static_cast<int>(std::min<std::int64_t>(length.get<std::int64_t>(), m_description.bert.positions));
            return {};
        }
        ESPALIER_ASSIGN(const std::optional<json> tokenizer, takeJson(inTransformer("tokenizer_config.json")));
        if (tokenizer && tokenizer->is_object() && tokenizer->contains("model_max_length") &&
            (*tokenizer)["model_max_length"].is_number()) {
            const double length = (*tokenizer)["model_max_length"].get<double>();
            if (length >= 3 && length < m_description.maxLength) m_description.maxLength = static_cast<int>(length);
        }
        return {};
    }

    Status readPrompts() {
        ESPALIER_ASSIGN(const std::optional<json> config, takeJson("config_sentence_transformers.json"));
        if (!config || !config->is_object()) return {};
        const json name = config->value("default_prompt_name", json());
        const json prompts = config->value("prompts", json::object());
        if (!name.is_string()) return {};
        const fs::path file = m_description.folder / "config_sentence_transformers.json";
        const std::string key = name.get<std::string>();
        if (!prompts.is_object() || !prompts.contains(key) || !prompts[key].is_string()) {
            return corrupt(file, "has no prompt named " + key);
        }
        m_description.prompt = prompts[key].get<std::string>();
        if (!m_description.prompt.empty() && !m_includePrompt) {
            return unsupported(file, "a default prompt that pooling leaves out is not supported");
        }
        return {};
    }

    Status findTokenizer() {
        for (const char* name : kTransformerFiles) {
            ESPALIER_ASSIGN(const auto ignored, take(inTransformer(name)));
            static_cast<void>(ignored);
        }
        if (m_description.files.count(inTransformer("tokenizer.json")) == 0 &&
            m_description.files.count(inTransformer("vocab.txt")) == 0) {
            return makeError(ErrorCode::NotFound,
                             "neither tokenizer.json nor vocab.txt is in " + m_description.transformerFolder.string(),
                             (m_description.transformerFolder / "tokenizer.json").string());
        }
        return {};
    }

    Status findWeights() {
        const fs::path& folder = m_description.transformerFolder;
        m_description.weights = folder / "model.safetensors";
        std::error_code ignored;
        if (fs::exists(m_description.weights, ignored)) return {};
        if (fs::exists(folder / "model.safetensors.index.json", ignored)) {
            return unsupported(folder / "model.safetensors.index.json",
                               "weights in several files are not supported; save the model in one file");
        }
        if (fs::exists(folder / "pytorch_model.bin", ignored)) {
            return unsupported(folder / "pytorch_model.bin",
                               "a pickle can run any program when it is read, so Espalier does not read it; convert it "
                               "once in Python: SentenceTransformer(\"the folder\").save(\"a new folder\") writes "
                               "model.safetensors");
        }
        return missing(m_description.weights);
    }

    ModelDescription m_description;
    std::string m_transformer;
    std::optional<std::int64_t> m_poolingDimension;
    bool m_includePrompt = true;
};

}  // namespace

const char* poolingName(Pooling pooling) noexcept {
    switch (pooling) {
        case Pooling::Mean:
            return "mean";
        case Pooling::Cls:
            return "cls";
        case Pooling::Max:
            return "max";
    }
    return "mean";
}

Result<ModelDescription> readModelFolder(const fs::path& folder) {
    return FolderReader(folder).read();
}

Result<std::string> modelFolderHash(const fs::path& folder) {
    ESPALIER_ASSIGN(const ModelDescription description, readModelFolder(folder));
    Sha256 hash;
    for (const auto& [name, bytes] : description.files) hash.add(name + "\n" + sha256Hex(bytes) + "\n");
    ESPALIER_ASSIGN(const std::string weights, sha256OfFile(description.weights));
    hash.add("weights\n" + weights + "\n");
    return toHex(hash.finish());
}

}  // namespace espalier::nn
