// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/detail/bert.h
/// BERT over packed sequences of different lengths: no padding, no masks. Shared by Encoder and Trainer.
///
/// A batch of n texts with T tokens in all is one [T] list of token ids plus n + 1 offsets; every linear layer runs
/// over [T, width] at once and attention over (sequence, head) pairs. Parameters carry their Hugging Face names
/// ("encoder.layer.0.attention.self.query.weight"), so named_parameters() is what a safetensors file holds.
/// Source: J. Devlin et al., "BERT", NAACL 2019; post-norm, erf GELU, learnt positions.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/nn/detail/torch.h"
#include "core/nn/model_folder.h"
#include "core/tensorfile/safetensors.h"

namespace espalier::nn::detail {

/// Packed token ids of a batch.
struct TokenBatch {
    torch::Tensor ids;                  ///< int64 [T], on the model's device
    torch::Tensor positions;            ///< int64 [T], 0 .. length-1 within each sequence
    std::vector<std::int32_t> offsets;  ///< n + 1, first 0, last T
    std::int64_t sequences() const noexcept { return static_cast<std::int64_t>(offsets.size()) - 1; }
    std::int64_t tokens() const noexcept { return offsets.back(); }
};

/// \pre every sequence has at least one id
TokenBatch packTokens(std::span<const std::span<const std::int32_t>> sequences, const torch::Device& device);

class BertModelImpl : public torch::nn::Module {
public:
    /// Parameters are uninitialised memory until loadBert() or initialise().
    BertModelImpl(const BertConfig& config, Pooling pooling);
    ~BertModelImpl() override;

    /// Normal(0, 0.02) weights, zero biases, unit LayerNorm, from this seed: tiny models for tests and tools.
    void initialise(std::uint64_t seed);

    /// Sentence embeddings before normalisation, [n, hidden]; differentiable. Dropout only when `train`, drawn from
    /// LibTorch's generator (torch::manual_seed fixes it).
    torch::Tensor forward(const TokenBatch& batch, bool train);
    /// Last token states [T, hidden].
    torch::Tensor tokenStates(const TokenBatch& batch, bool train);
    /// [T, hidden] to [n, hidden].
    torch::Tensor pool(const torch::Tensor& states, const TokenBatch& batch) const;

    /// Lays the weights out for fast inference. From now on forward() gives no gradients and changes of parameters
    /// have no effect.
    void freeze();

    const BertConfig& config() const noexcept { return m_config; }
    Pooling pooling() const noexcept { return m_pooling; }

private:
    struct Affine;  ///< weight and bias under their Hugging Face names
    struct Layer;
    torch::Tensor trainedLayer(const Layer& layer, const torch::Tensor& states, const TokenBatch& batch,
                               bool train) const;
    torch::Tensor frozenLayer(const Layer& layer, const torch::Tensor& states, const TokenBatch& batch) const;
    torch::Tensor norm(const torch::Tensor& states, const Affine& affine) const;

    BertConfig m_config;
    Pooling m_pooling;
    bool m_frozen = false;
    torch::Tensor m_words, m_positions, m_types;
    std::shared_ptr<Affine> m_embeddingNorm;
    std::vector<std::shared_ptr<Layer>> m_layers;
};
TORCH_MODULE(BertModel);

/// Model with the weights of description.weights, checked (names, shapes, finite), on `device` in float32.
/// \retval Corrupt  the message names file and tensor
Result<BertModel> loadBert(const ModelDescription& description, const torch::Device& device);

/// Writes a complete sentence-transformers folder: the model's weights as model.safetensors, everything else as in
/// `source` (tensors that the encoder does not use, such as the pooler's, are taken over from source.weights when
/// that file is still there), README.md. The folder must not exist and appears whole or not at all.
/// \retval AlreadyExists, Io
Status saveModelFolder(const BertModel& model, const ModelDescription& source, const std::filesystem::path& folder);

}  // namespace espalier::nn::detail
