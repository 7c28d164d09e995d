// SPDX-License-Identifier: Apache-2.0
#include "core/nn/detail/bert.h"

#include <string>

#include "core/base/contract.h"
#include "core/base/rng.h"
#include "core/nn/detail/attention.h"
#include "core/nn/detail/linear.h"

namespace espalier::nn::detail {
namespace {

/// A node of the module tree that only carries names.
struct Group : torch::nn::Module {
    torch::Tensor parameter(const std::string& name, at::IntArrayRef shape) {
        return register_parameter(name, torch::empty(shape));
    }
    template <class M>
    std::shared_ptr<M> child(const std::string& name, std::shared_ptr<M> module) {
        return register_module(name, std::move(module));
    }
    std::shared_ptr<Group> group(const std::string& name) { return child(name, std::make_shared<Group>()); }
};

}  // namespace

struct BertModelImpl::Affine : torch::nn::Module {
    explicit Affine(at::IntArrayRef weightShape)
        : weight(register_parameter("weight", torch::empty(weightShape))),
          bias(register_parameter("bias", torch::empty({weightShape[0]}))) {}
    torch::Tensor weight, bias;
};

struct BertModelImpl::Layer : Group {
    explicit Layer(const BertConfig& c) {
        const auto affine = [](std::int64_t out, std::int64_t in) {
            return std::make_shared<Affine>(std::vector<std::int64_t>{out, in});
        };
        const auto norm = [&c] { return std::make_shared<Affine>(std::vector<std::int64_t>{c.hidden}); };
        const auto attentionGroup = group("attention");
        const auto self = attentionGroup->group("self");
        query = self->child("query", affine(c.hidden, c.hidden));
        key = self->child("key", affine(c.hidden, c.hidden));
        value = self->child("value", affine(c.hidden, c.hidden));
        const auto attentionOutput = attentionGroup->group("output");
        mix = attentionOutput->child("dense", affine(c.hidden, c.hidden));
        mixNorm = attentionOutput->child("LayerNorm", norm());
        widen = group("intermediate")->child("dense", affine(c.intermediate, c.hidden));
        const auto output = group("output");
        narrow = output->child("dense", affine(c.hidden, c.intermediate));
        narrowNorm = output->child("LayerNorm", norm());
    }
    std::shared_ptr<Affine> query, key, value, mix, mixNorm, widen, narrow, narrowNorm;
    FrozenLinear frozenQkv, frozenMix, frozenWiden, frozenNarrow;
};

TokenBatch packTokens(std::span<const std::span<const std::int32_t>> sequences, const torch::Device& device) {
    TokenBatch batch;
    batch.offsets.reserve(sequences.size() + 1);
    batch.offsets.push_back(0);
    for (const auto& sequence : sequences) {
        ESPALIER_EXPECTS(!sequence.empty()) {
            continue;
        }
        batch.offsets.push_back(batch.offsets.back() + static_cast<std::int32_t>(sequence.size()));
    }
    batch.ids = torch::empty({batch.tokens()}, torch::kLong);
    batch.positions = torch::empty({batch.tokens()}, torch::kLong);
    auto* id = batch.ids.mutable_data_ptr<std::int64_t>();
    auto* position = batch.positions.mutable_data_ptr<std::int64_t>();
    for (const auto& sequence : sequences) {
        for (std::size_t i = 0; i < sequence.size(); ++i) {
            *id++ = sequence[i];
            *position++ = static_cast<std::int64_t>(i);
        }
    }
    batch.ids = batch.ids.to(device);
    batch.positions = batch.positions.to(device);
    return batch;
}

BertModelImpl::BertModelImpl(const BertConfig& config, Pooling pooling)
    : torch::nn::Module("BertModel"), m_config(config), m_pooling(pooling) {
    const auto embeddings = register_module("embeddings", std::make_shared<Group>());
    const auto table = [&](const std::string& name, int rows) {
        return embeddings->child(name, std::make_shared<Group>())->parameter("weight", {rows, config.hidden});
    };
    m_words = table("word_embeddings", config.vocabulary);
    m_positions = table("position_embeddings", config.positions);
    m_types = table("token_type_embeddings", config.types);
    m_embeddingNorm =
        embeddings->child("LayerNorm", std::make_shared<Affine>(std::vector<std::int64_t>{config.hidden}));
    const auto layers = register_module("encoder", std::make_shared<Group>())->group("layer");
    for (int i = 0; i < config.layers; ++i) {
        m_layers.push_back(layers->child(std::to_string(i), std::make_shared<Layer>(config)));
    }
}

BertModelImpl::~BertModelImpl() = default;

void BertModelImpl::initialise(std::uint64_t seed) {
    const torch::NoGradGuard noGradients;
    SplitMix64 random(seed);
    for (auto& entry : named_parameters()) {
        torch::Tensor& parameter = entry.value();
        const std::string& name = entry.key();
        if (name.find("LayerNorm.weight") != std::string::npos) {
            parameter.fill_(1.0);
        } else if (name.size() > 5 && name.compare(name.size() - 5, 5, ".bias") == 0) {
            parameter.zero_();
        } else {
            torch::Tensor values = torch::empty(parameter.sizes(), torch::kFloat);
            auto* value = values.mutable_data_ptr<float>();
            for (std::int64_t i = 0; i < values.numel(); ++i) value[i] = static_cast<float>(0.02 * random.normal());
            parameter.copy_(values);
        }
    }
}

void BertModelImpl::freeze() {
    const torch::NoGradGuard noGradients;
    for (const auto& layer : m_layers) {
        layer->frozenQkv = FrozenLinear(at::cat({layer->query->weight, layer->key->weight, layer->value->weight}),
                                        at::cat({layer->query->bias, layer->key->bias, layer->value->bias}));
        layer->frozenMix = FrozenLinear(layer->mix->weight, layer->mix->bias);
        layer->frozenWiden = FrozenLinear(layer->widen->weight, layer->widen->bias);
        layer->frozenNarrow = FrozenLinear(layer->narrow->weight, layer->narrow->bias);
    }
    m_frozen = true;
}

torch::Tensor BertModelImpl::norm(const torch::Tensor& states, const Affine& affine) const {
    return at::layer_norm(states, {m_config.hidden}, affine.weight, affine.bias, m_config.layerNormEps);
}

torch::Tensor BertModelImpl::tokenStates(const TokenBatch& batch, bool train) {
    // (word + type) + position: the reference implementation sums in this order.
    torch::Tensor states =
        (at::embedding(m_words, batch.ids) + m_types[0]) + at::embedding(m_positions, batch.positions);
    states = norm(states, *m_embeddingNorm);
    if (train) states = at::dropout(states, m_config.hiddenDropout, true);
    for (const auto& layer : m_layers) {
        states = m_frozen ? frozenLayer(*layer, states, batch) : trainedLayer(*layer, states, batch, train);
    }
    return states;
}

torch::Tensor BertModelImpl::trainedLayer(const Layer& layer, const torch::Tensor& states, const TokenBatch& batch,
                                          bool train) const {
    const auto drop = [&](const torch::Tensor& t) {
        return train && m_config.hiddenDropout > 0.0 ? at::dropout(t, m_config.hiddenDropout, true) : t;
    };
    const torch::Tensor qkv = linear(states, at::cat({layer.query->weight, layer.key->weight, layer.value->weight}),
                                     at::cat({layer.query->bias, layer.key->bias, layer.value->bias}));
    const torch::Tensor mixed = attention(qkv, batch.offsets, m_config.heads, train ? m_config.attentionDropout : 0.0);
    const torch::Tensor middle = norm(drop(linear(mixed, layer.mix->weight, layer.mix->bias)) + states, *layer.mixNorm);
    torch::Tensor wide = linear(middle, layer.widen->weight, layer.widen->bias);
    switch (m_config.activation) {
        case Activation::Gelu:
            wide = at::gelu(wide);
            break;
        case Activation::GeluTanh:
            wide = at::gelu(wide, "tanh");
            break;
        case Activation::Relu:
            wide = at::relu(wide);
            break;
    }
    return norm(drop(linear(wide, layer.narrow->weight, layer.narrow->bias)) + middle, *layer.narrowNorm);
}

torch::Tensor BertModelImpl::frozenLayer(const Layer& layer, const torch::Tensor& states,
                                         const TokenBatch& batch) const {
    const torch::Tensor mixed = attention(layer.frozenQkv.apply(states), batch.offsets, m_config.heads, 0.0);
    const torch::Tensor middle = norm(layer.frozenMix.applyAdd(mixed, states), *layer.mixNorm);
    torch::Tensor wide;
    switch (m_config.activation) {
        case Activation::Gelu:
            wide = layer.frozenWiden.applyGelu(middle);
            break;
        case Activation::GeluTanh:
            wide = at::gelu(layer.frozenWiden.apply(middle), "tanh");
            break;
        case Activation::Relu:
            wide = at::relu(layer.frozenWiden.apply(middle));
            break;
    }
    return norm(layer.frozenNarrow.applyAdd(wide, middle), *layer.narrowNorm);
}

torch::Tensor BertModelImpl::pool(const torch::Tensor& states, const TokenBatch& batch) const {
    const std::int64_t sequences = batch.sequences();
    torch::Tensor bounds = torch::empty({sequences + 1}, torch::kLong);
    std::copy(batch.offsets.begin(), batch.offsets.end(), bounds.mutable_data_ptr<std::int64_t>());
    bounds = bounds.to(states.device());
    if (m_pooling == Pooling::Cls) return states.index_select(0, bounds.slice(0, 0, sequences));
    const torch::Tensor lengths = bounds.slice(0, 1) - bounds.slice(0, 0, sequences);
    return at::segment_reduce(states, m_pooling == Pooling::Mean ? "mean" : "max", lengths);
}

torch::Tensor BertModelImpl::forward(const TokenBatch& batch, bool train) {
    if (!m_frozen) return pool(tokenStates(batch, train), batch);
    const torch::NoGradGuard noGradients;
    return pool(tokenStates(batch, false), batch);
}

}  // namespace espalier::nn::detail
