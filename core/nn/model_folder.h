// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/model_folder.h
/// What a folder in sentence-transformers layout says about an encoder, checked, without loading its weights.
///
/// Read: modules.json, config.json, the Pooling module's config.json, sentence_bert_config.json (optional: the maximum
/// length), config_sentence_transformers.json (optional: prompts), and the names of the tokenizer and weight files. A
/// Normalize module has no folder; that modules.json names one that is not there is normal.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace espalier::nn {

enum class Pooling { Mean, Cls, Max };
const char* poolingName(Pooling pooling) noexcept;  ///< "mean", "cls", "max"

enum class Activation { Gelu, GeluTanh, Relu };

/// The numbers of config.json (model_type bert).
struct BertConfig {
    int vocabulary = 0;
    int hidden = 0;  ///< dimension of token states and of the embedding
    int layers = 0;
    int heads = 0;         ///< divides hidden
    int intermediate = 0;  ///< width of the feed-forward layer
    int positions = 0;     ///< longest sequence the position table knows
    int types = 0;         ///< token types; every text is type 0
    double layerNormEps = 1e-12;
    double hiddenDropout = 0.1;
    double attentionDropout = 0.1;
    Activation activation = Activation::Gelu;
};

struct ModelDescription {
    std::filesystem::path folder;
    std::filesystem::path transformerFolder;  ///< folder of the Transformer module (mostly folder itself)
    std::filesystem::path weights;            ///< the safetensors file
    std::string family = "bert";
    BertConfig bert;
    Pooling pooling = Pooling::Mean;
    bool normalize = false;  ///< a Normalize module ends the list
    int maxLength = 0;       ///< tokens, special ones included
    std::string prompt;      ///< set before every text (the model's default prompt), mostly empty
    /// The small files as they are (path relative to the folder, with '/'): what a trained copy takes over.
    std::map<std::string, std::string> files;
};

/// \retval NotFound     folder or a needed file is missing: named
/// \retval Corrupt      a file that cannot be understood: named with its key
/// \retval Unsupported  another model family, module or pooling, or weights only as a pickle: named, with what to do
Result<ModelDescription> readModelFolder(const std::filesystem::path& folder);

/// Identity of an encoder: SHA-256 over names and contents of the files that decide its vectors (weights, config,
/// modules, pooling, maximum length, tokenizer), so that the same model has the same identity wherever it lies.
Result<std::string> modelFolderHash(const std::filesystem::path& folder);

}  // namespace espalier::nn
