// SPDX-License-Identifier: Apache-2.0
#include "tests/core/nn/probe/bert_probe.h"

#include <algorithm>
#include <cmath>

#include "core/base/rng.h"
#include "core/nn/detail/attention.h"
#include "core/nn/detail/bert.h"

namespace espalier::test {
namespace {

using namespace espalier::nn;
using namespace espalier::nn::detail;

std::vector<std::int32_t> offsetsOf(const std::vector<int>& lengths) {
    std::vector<std::int32_t> offsets{0};
    for (const int length : lengths) offsets.push_back(offsets.back() + length);
    return offsets;
}

torch::Tensor randomTensor(at::IntArrayRef shape, std::uint64_t seed, double scale = 1.0) {
    SplitMix64 random(seed);
    torch::Tensor values = torch::empty(shape, torch::kDouble);
    auto* value = values.mutable_data_ptr<double>();
    for (std::int64_t i = 0; i < values.numel(); ++i) value[i] = scale * random.normal();
    return values;
}

double largest(const torch::Tensor& t) {
    return t.numel() == 0 ? 0.0 : t.abs().max().to(torch::kDouble).item<double>();
}

double relative(const torch::Tensor& a, const torch::Tensor& b) {
    return largest(a.to(torch::kDouble) - b.to(torch::kDouble)) / std::max(1e-12, largest(b));
}

TokenBatch batchOf(const BertConfig& config, const std::vector<int>& lengths) {
    SplitMix64 random(3);
    std::vector<std::vector<std::int32_t>> ids;
    for (const int length : lengths) {
        ids.emplace_back();
        for (int i = 0; i < length; ++i) {
            ids.back().push_back(static_cast<std::int32_t>(random.below(static_cast<std::size_t>(config.vocabulary))));
        }
    }
    const std::vector<std::span<const std::int32_t>> views(ids.begin(), ids.end());
    return packTokens(views, torch::kCPU);
}

/// Weights large enough that every part of the model matters.
BertModel randomModel(const BertConfig& config, Pooling pooling) {
    BertModel model(config, pooling);
    model->initialise(17);
    const torch::NoGradGuard noGradients;
    std::uint64_t seed = 100;
    for (torch::Tensor& parameter : model->parameters()) {
        parameter.mul_(parameter.dim() == 2 ? 10.0 : 1.0);
        parameter.add_(randomTensor(parameter.sizes(), ++seed, 0.1).to(torch::kFloat));
    }
    return model;
}

torch::Tensor weightedSum(const torch::Tensor& vectors) {
    return (vectors * randomTensor(vectors.sizes(), 9).to(vectors.scalar_type())).sum();
}

}  // namespace

Gap attentionGap(const std::vector<int>& lengths, int heads, int headDim) {
    const auto offsets = offsetsOf(lengths);
    const torch::Tensor start = randomTensor({offsets.back(), 3L * heads * headDim}, 5);
    const torch::Tensor weights = randomTensor({offsets.back(), std::int64_t{heads} * headDim}, 6);
    const torch::Tensor packed = start.to(torch::kFloat).requires_grad_();
    const torch::Tensor padded = start.clone().requires_grad_();
    const torch::Tensor a = attention(packed, offsets, heads, 0.0);
    const torch::Tensor b = paddedAttention(padded, offsets, heads, 0.0);
    (a * weights.to(torch::kFloat)).sum().backward();
    (b * weights).sum().backward();
    Gap gap{largest(a.to(torch::kDouble) - b), relative(packed.grad(), padded.grad())};
    const torch::NoGradGuard noGradients;
    gap.value = std::max(gap.value, largest(attention(packed, offsets, heads, 0.0).to(torch::kDouble) - b));
    return gap;
}

Gap modelGap(const BertConfig& config, Pooling pooling, const std::vector<int>& lengths) {
    const TokenBatch batch = batchOf(config, lengths);
    BertModel single = randomModel(config, pooling);
    BertModel twice = randomModel(config, pooling);
    twice->to(torch::kDouble);
    const torch::Tensor a = single->forward(batch, false);
    const torch::Tensor b = twice->forward(batch, false);
    weightedSum(a).backward();
    weightedSum(b).backward();
    Gap gap{largest(a.to(torch::kDouble) - b), 0};
    const auto expected = twice->named_parameters();
    // A key's bias moves all scores of a query alike, so that its gradient is 0 but for rounding: judged by the
    // largest gradient of the model, the others by their own.
    double scale = 0;
    for (const auto& entry : expected) scale = std::max(scale, largest(entry.value().grad()));
    for (const auto& entry : single->named_parameters()) {
        const torch::Tensor exact = expected[entry.key()].grad();
        const double difference = largest(entry.value().grad().to(torch::kDouble) - exact);
        gap.gradient = std::max(gap.gradient, difference / std::max(largest(exact), 1e-3 * scale));
    }
    return gap;
}

double finiteDifferenceGap(const BertConfig& config, Pooling pooling, const std::vector<int>& lengths) {
    constexpr double kStep = 1e-5;
    const TokenBatch batch = batchOf(config, lengths);
    BertModel model = randomModel(config, pooling);
    model->to(torch::kDouble);
    weightedSum(model->forward(batch, false)).backward();
    double gap = 0;
    SplitMix64 random(21);
    for (auto& entry : model->named_parameters()) {
        torch::Tensor& parameter = entry.value();
        const torch::Tensor gradient = parameter.grad().flatten();
        for (int probe = 0; probe < 4; ++probe) {
            const auto at = static_cast<std::int64_t>(random.below(static_cast<std::size_t>(parameter.numel())));
            const torch::NoGradGuard noGradients;
            torch::Tensor value = parameter.flatten()[at];  // a view: parameters are contiguous
            const double before = value.item<double>();
            value.fill_(before + kStep);
            const double above = weightedSum(model->forward(batch, false)).item<double>();
            value.fill_(before - kStep);
            const double below = weightedSum(model->forward(batch, false)).item<double>();
            value.fill_(before);
            const double slope = (above - below) / (2 * kStep);
            const double exact = gradient[at].item<double>();
            gap = std::max(gap, std::abs(slope - exact) / std::max(1.0, std::abs(exact)));
        }
    }
    return gap;
}

double frozenGap(const BertConfig& config, const std::vector<int>& lengths) {
    const TokenBatch batch = batchOf(config, lengths);
    BertModel model = randomModel(config, Pooling::Mean);
    const torch::Tensor expected = model->forward(batch, false).detach();
    model->freeze();
    return largest(model->forward(batch, false) - expected);
}

Gap dropoutRepeats(const BertConfig& config, const std::vector<int>& lengths) {
    const TokenBatch batch = batchOf(config, lengths);
    BertModel model = randomModel(config, Pooling::Mean);
    torch::manual_seed(4);
    const torch::Tensor first = model->forward(batch, true).detach();
    const torch::Tensor other = model->forward(batch, true).detach();
    torch::manual_seed(4);
    const torch::Tensor again = model->forward(batch, true).detach();
    return {largest(first - again), largest(first - other)};
}

double attentionDropoutGap(const std::vector<int>& lengths, int heads, int headDim, double dropout) {
    constexpr float kStep = 1e-2F;
    const auto offsets = offsetsOf(lengths);
    torch::Tensor qkv = randomTensor({offsets.back(), 3L * heads * headDim}, 5, 0.5).to(torch::kFloat);
    qkv.requires_grad_();
    const torch::Tensor weights = randomTensor({offsets.back(), std::int64_t{heads} * headDim}, 6);
    const auto loss = [&] {
        torch::manual_seed(8);
        return (attention(qkv, offsets, heads, dropout).to(torch::kDouble) * weights).sum();
    };
    loss().backward();
    const torch::Tensor gradient = qkv.grad().clone();
    double gap = 0;
    SplitMix64 random(2);
    for (int probe = 0; probe < 60; ++probe) {
        const auto at = static_cast<std::int64_t>(random.below(static_cast<std::size_t>(qkv.numel())));
        // The function without gradients ignores dropout of 0 only, so the graph is built and thrown away.
        torch::Tensor value = qkv.detach().flatten()[at];
        const float before = value.item<float>();
        value.fill_(before + kStep);
        const double above = loss().item<double>();
        value.fill_(before - kStep);
        const double below = loss().item<double>();
        value.fill_(before);
        gap = std::max(gap, std::abs((above - below) / (2.0 * kStep) - gradient.flatten()[at].item<double>()));
    }
    return gap / largest(gradient);
}

bool saveScaled(const std::filesystem::path& source, const std::filesystem::path& folder, double factor) {
    const auto description = readModelFolder(source);
    if (!description) return false;
    auto model = loadBert(*description, torch::kCPU);
    if (!model) return false;
    const torch::NoGradGuard noGradients;
    for (torch::Tensor& parameter : (*model)->parameters()) parameter.mul_(factor);
    return saveModelFolder(*model, *description, folder).ok();
}

}  // namespace espalier::test
