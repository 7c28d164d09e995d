// SPDX-License-Identifier: Apache-2.0
#include "core/nn/detail/parameter_update.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace espalier::nn::detail {

namespace {

constexpr std::int64_t kPiece = 1 << 16;

bool isSpared(const std::string& name) {
    const auto endsWith = [&](const std::string& end) {
        return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
    };
    return endsWith("bias") || name.find("LayerNorm") != std::string::npos;
}

}  // namespace

ParameterUpdate::ParameterUpdate(torch::nn::Module& module, double weightDecay) {
    const torch::NoGradGuard noGrad;
    for (auto& item : module.named_parameters()) {
        Entry entry;
        entry.name = item.key();
        entry.parameter = item.value();
        entry.firstMoment = torch::zeros_like(entry.parameter, at::MemoryFormat::Contiguous);
        entry.secondMoment = torch::zeros_like(entry.parameter, at::MemoryFormat::Contiguous);
        entry.weightDecay = isSpared(entry.name) ? 0 : weightDecay;
        const bool plain = entry.parameter.is_cpu() && entry.parameter.is_contiguous() &&
                           entry.parameter.scalar_type() == torch::kFloat;
        m_onCpu = m_onCpu && plain;
        m_entries.push_back(std::move(entry));
    }
    for (std::size_t e = 0; e < m_entries.size(); ++e)
        for (std::int64_t first = 0, count = m_entries[e].parameter.numel(); first < count; first += kPiece)
            m_pieces.push_back({e, first, std::min(count, first + kPiece)});
}

void ParameterUpdate::clearGradients() {
    for (Entry& entry : m_entries) entry.parameter.mutable_grad().reset();
}

double ParameterUpdate::gradientNorm() const {
    const torch::NoGradGuard noGrad;
    double sum = 0;
    if (!m_onCpu) {
        for (const Entry& entry : m_entries)
            if (entry.parameter.grad().defined())
                sum += entry.parameter.grad().square().sum(torch::kDouble).item<double>();
        return std::sqrt(sum);
    }
    std::vector<torch::Tensor> gradients;
    for (const Entry& entry : m_entries)
        gradients.push_back(entry.parameter.grad().defined() ? entry.parameter.grad().contiguous() : torch::Tensor());
    std::vector<double> sums(m_pieces.size(), 0.0);
    at::parallel_for(0, static_cast<std::int64_t>(m_pieces.size()), 1, [&](std::int64_t from, std::int64_t to) {
        for (auto k = static_cast<std::size_t>(from); k < static_cast<std::size_t>(to); ++k) {
            const Piece& piece = m_pieces[k];
            const torch::Tensor& gradient = gradients[piece.entry];
            if (!gradient.defined()) continue;
            sums[k] = sumOfSquares(
                {gradient.const_data_ptr<float>() + piece.first, static_cast<std::size_t>(piece.last - piece.first)});
        }
    });
    return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

void ParameterUpdate::apply(double learningRate, double gradientScale) {
    const torch::NoGradGuard noGrad;
    ++m_updates;
    std::vector<AdamWStep> steps;
    std::vector<torch::Tensor> gradients;
    for (const Entry& entry : m_entries) {
        steps.push_back(adamWStep(m_options, m_updates, learningRate, entry.weightDecay, gradientScale));
        gradients.push_back(entry.parameter.grad().defined() ? entry.parameter.grad().contiguous() : torch::Tensor());
    }
    if (!m_onCpu) {
        for (std::size_t e = 0; e < m_entries.size(); ++e) {
            if (!gradients[e].defined()) continue;
            Entry& entry = m_entries[e];
            const AdamWStep& s = steps[e];
            const torch::Tensor gradient = gradients[e] * s.gradientScale;
            entry.firstMoment.mul_(s.beta1).add_(gradient, 1.0F - s.beta1);
            entry.secondMoment.mul_(s.beta2).addcmul_(gradient, gradient, 1.0F - s.beta2);
            const torch::Tensor root = entry.secondMoment.sqrt().mul_(s.inverseRootBias2).add_(s.epsilon);
            entry.parameter.mul_(s.keep).addcdiv_(entry.firstMoment, root, -s.rate);
        }
        return;
    }
    at::parallel_for(0, static_cast<std::int64_t>(m_pieces.size()), 1, [&](std::int64_t from, std::int64_t to) {
        for (auto k = static_cast<std::size_t>(from); k < static_cast<std::size_t>(to); ++k) {
            const Piece& piece = m_pieces[k];
            if (!gradients[piece.entry].defined()) continue;
            Entry& entry = m_entries[piece.entry];
            const auto count = static_cast<std::size_t>(piece.last - piece.first);
            const auto part = [&](torch::Tensor& t) {
                return std::span<float>(t.mutable_data_ptr<float>() + piece.first, count);
            };
            adamWUpdate(part(entry.parameter), {gradients[piece.entry].const_data_ptr<float>() + piece.first, count},
                        part(entry.firstMoment), part(entry.secondMoment), steps[piece.entry]);
        }
    });
}

}  // namespace espalier::nn::detail
