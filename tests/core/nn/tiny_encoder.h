// SPDX-License-Identifier: Apache-2.0
/// \file tests/core/nn/tiny_encoder.h
/// A random BERT of a few thousand weights in sentence-transformers layout, and a corpus with planted labels.
#pragma once
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "core/base/rng.h"
#include "core/nn/trainer.h"
#include "core/tensorfile/safetensors.h"

namespace espalier::test {

struct TinyEncoder {
    int hidden = 32;
    int layers = 2;
    int heads = 2;
    int intermediate = 64;
    int positions = 64;
    int words = 120;  ///< "w0" ... beside the special tokens
    std::uint64_t seed = 1;
    float normScale = 1;  ///< weight of every LayerNorm; a huge one makes the forward pass overflow
};

inline void writeText(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

/// \returns the folder
inline std::filesystem::path writeTinyEncoder(const std::filesystem::path& folder, const TinyEncoder& tiny = {}) {
    const auto number = [](int value) { return std::to_string(value); };
    writeText(folder / "config.json",
              R"({"model_type":"bert","architectures":["BertModel"],"hidden_act":"gelu","layer_norm_eps":1e-12,)"
              R"("hidden_dropout_prob":0.1,"attention_probs_dropout_prob":0.1,"type_vocab_size":2,"vocab_size":)" +
                  number(tiny.words + 5) + R"(,"hidden_size":)" + number(tiny.hidden) + R"(,"num_hidden_layers":)" +
                  number(tiny.layers) + R"(,"num_attention_heads":)" + number(tiny.heads) + R"(,"intermediate_size":)" +
                  number(tiny.intermediate) + R"(,"max_position_embeddings":)" + number(tiny.positions) + "}");
    writeText(folder / "modules.json",
              R"([{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},)"
              R"({"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},)"
              R"({"idx":2,"name":"2","path":"2_Normalize","type":"sentence_transformers.models.Normalize"}])");
    writeText(
        folder / "1_Pooling" / "config.json",
        R"({"word_embedding_dimension":)" + number(tiny.hidden) +
            R"(,"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true,"pooling_mode_max_tokens":false})");
    writeText(folder / "sentence_bert_config.json",
              R"({"max_seq_length":)" + number(tiny.positions) + R"(,"do_lower_case":false})");
    writeText(folder / "tokenizer_config.json", R"({"do_lower_case":true,"tokenizer_class":"BertTokenizer"})");
    std::string vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    for (int w = 0; w < tiny.words; ++w) vocabulary += "w" + number(w) + "\n";
    writeText(folder / "vocab.txt", vocabulary);

    SplitMix64 random(tiny.seed);
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> shapes;
    const auto affine = [&](const std::string& name, std::int64_t out, std::int64_t in) {
        shapes.push_back({name + ".weight", {out, in}});
        shapes.push_back({name + ".bias", {out}});
    };
    const auto norm = [&](const std::string& name) {
        shapes.push_back({name + ".LayerNorm.weight", {tiny.hidden}});
        shapes.push_back({name + ".LayerNorm.bias", {tiny.hidden}});
    };
    shapes.push_back({"embeddings.word_embeddings.weight", {tiny.words + 5, tiny.hidden}});
    shapes.push_back({"embeddings.position_embeddings.weight", {tiny.positions, tiny.hidden}});
    shapes.push_back({"embeddings.token_type_embeddings.weight", {2, tiny.hidden}});
    norm("embeddings");
    for (int l = 0; l < tiny.layers; ++l) {
        const std::string layer = "encoder.layer." + number(l) + ".";
        for (const char* part : {"query", "key", "value"})
            affine(layer + "attention.self." + part, tiny.hidden, tiny.hidden);
        affine(layer + "attention.output.dense", tiny.hidden, tiny.hidden);
        norm(layer + "attention.output");
        affine(layer + "intermediate.dense", tiny.intermediate, tiny.hidden);
        affine(layer + "output.dense", tiny.hidden, tiny.intermediate);
        norm(layer + "output");
    }
    std::vector<std::vector<float>> values;
    for (const auto& [name, shape] : shapes) {
        std::int64_t count = 1;
        for (const std::int64_t side : shape) count *= side;
        std::vector<float> tensor(static_cast<std::size_t>(count), 0.0F);
        const bool layerNorm = name.find("LayerNorm.weight") != std::string::npos;
        for (float& value : tensor) {
            if (layerNorm)
                value = tiny.normScale;
            else if (shape.size() == 2)
                value = static_cast<float>(0.1 * random.normal());
        }
        values.push_back(std::move(tensor));
    }
    tensorfile::SafetensorsWriter writer;
    for (std::size_t i = 0; i < shapes.size(); ++i)
        writer.add<float>(shapes[i].first, shapes[i].second, std::span<const float>(values[i]));
    if (!writer.write(folder / "model.safetensors")) std::abort();
    return folder;
}

/// branches x leaves x documents texts of 6 to 20 words: a third from the words of the branch, a third from those of
/// the leaf, the rest from all words. Labels: branch b = 10 + b, leaf l of it = 100 + 10 b + l.
inline std::vector<nn::TrainItem> plantedCorpus(int branches, int leaves, int documents, std::uint64_t seed = 5) {
    SplitMix64 random(seed);
    std::vector<nn::TrainItem> items;
    for (int d = 0; d < documents; ++d)
        for (int b = 0; b < branches; ++b)
            for (int l = 0; l < leaves; ++l) {
                nn::TrainItem item;
                item.labelPath = {10 + b, 100 + 10 * b + l};
                const auto words = 6 + random.below(15);
                for (std::size_t w = 0; w < words; ++w) {
                    const double kind = random.uniform();
                    std::size_t word = random.below(120);
                    if (kind < 1.0 / 3)
                        word = static_cast<std::size_t>(b * 4) + random.below(4);
                    else if (kind < 2.0 / 3)
                        word = 40 + static_cast<std::size_t>((b * leaves + l) * 3) + random.below(3);
                    item.text += (w > 0 ? " w" : "w") + std::to_string(word);
                }
                items.push_back(std::move(item));
            }
    return items;
}

}  // namespace espalier::test
