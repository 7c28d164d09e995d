// SPDX-License-Identifier: Apache-2.0
#include "core/nn/detail/attention.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/base/rng.h"
#include "core/nn/simd/attention_kernels.h"

namespace espalier::nn::detail {
namespace {

/// 64-byte aligned working memory of one thread.
class Scratch {
public:
    float* reserve(std::size_t floats) {
        if (m_values.size() < floats + 16) m_values.resize(floats + 16);
        const auto address = reinterpret_cast<std::uintptr_t>(m_values.data());
        return reinterpret_cast<float*>((address + 63) & ~std::uintptr_t{63});
    }

private:
    std::vector<float> m_values;
};

struct Problem {
    const std::vector<std::int32_t>& offsets;
    int heads;
    int headDim;
    float dropout;
    std::uint64_t seed;
};

/// Calls work(sequence, head, scratch) for every pair. Threads take pairs as they come free: each pair writes memory
/// of its own, so the result does not depend on who does what.
template <class Work>
void forEachPair(const Problem& problem, const Work& work) {
    const auto sequences = static_cast<std::int64_t>(problem.offsets.size()) - 1;
    const std::int64_t pairs = sequences * problem.heads;
    int longest = 0;
    for (std::int64_t i = 0; i < sequences; ++i) {
        const auto at = static_cast<std::size_t>(i);
        longest = std::max(longest, problem.offsets[at + 1] - problem.offsets[at]);
    }
    const std::size_t floats = simd::attentionKernels().scratchFloats(longest, problem.headDim);
    std::atomic<std::int64_t> next{0};
    const std::int64_t workers = std::min<std::int64_t>(at::get_num_threads(), pairs);
    at::parallel_for(0, workers, 1, [&](std::int64_t first, std::int64_t last) {
        Scratch memory;
        float* scratch = memory.reserve(floats);
        for (std::int64_t worker = first; worker < last; ++worker) {
            for (std::int64_t pair = next++; pair < pairs; pair = next++) {
                work(static_cast<std::size_t>(pair / problem.heads), static_cast<int>(pair % problem.heads), scratch);
            }
        }
    });
}

simd::AttentionTask taskFor(const Problem& problem, const float* qkv, std::size_t sequence, int head) {
    const std::int64_t width = std::int64_t{problem.heads} * problem.headDim;
    simd::AttentionTask task;
    task.stride = 3 * width;
    task.query = qkv + problem.offsets[sequence] * task.stride + std::int64_t{head} * problem.headDim;
    task.key = task.query + width;
    task.value = task.key + width;
    task.length = problem.offsets[sequence + 1] - problem.offsets[sequence];
    task.headDim = problem.headDim;
    task.scale = 1.0F / std::sqrt(static_cast<float>(problem.headDim));
    task.dropout = problem.dropout;
    if (problem.dropout > 0.0F) {
        task.dropoutSeed = mixSeeds(problem.seed, sequence, static_cast<std::uint64_t>(head));
    }
    return task;
}

torch::Tensor forwardPacked(const torch::Tensor& qkv, const Problem& problem, torch::Tensor* logSums) {
    const std::int64_t width = qkv.size(1) / 3;
    torch::Tensor out = torch::empty({qkv.size(0), width}, qkv.options());
    if (logSums != nullptr) *logSums = torch::empty({problem.heads, qkv.size(0)}, qkv.options());
    const float* from = qkv.const_data_ptr<float>();
    float* to = out.mutable_data_ptr<float>();
    float* sums = logSums != nullptr ? logSums->mutable_data_ptr<float>() : nullptr;
    forEachPair(problem, [&](std::size_t sequence, int head, float* scratch) {
        const std::int64_t token = problem.offsets[sequence];
        simd::attentionKernels().forward(taskFor(problem, from, sequence, head),
                                         to + token * width + std::int64_t{head} * problem.headDim, width,
                                         sums != nullptr ? sums + head * qkv.size(0) + token : nullptr, scratch);
    });
    return out;
}

class AttentionFunction : public torch::autograd::Function<AttentionFunction> {
public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& qkv,
                                 const std::vector<std::int32_t>& offsets, std::int64_t heads, double dropout,
                                 std::int64_t seed) {
        const Problem problem{offsets, static_cast<int>(heads), static_cast<int>(qkv.size(1) / 3 / heads),
                              static_cast<float>(dropout), static_cast<std::uint64_t>(seed)};
        torch::Tensor logSums;
        torch::Tensor out = forwardPacked(qkv, problem, &logSums);
        context->save_for_backward({qkv, logSums});
        context->saved_data["offsets"] = std::vector<std::int64_t>(offsets.begin(), offsets.end());
        context->saved_data["heads"] = heads;
        context->saved_data["dropout"] = dropout;
        context->saved_data["seed"] = seed;
        return out;
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor& qkv = saved[0];
        const auto wide = context->saved_data["offsets"].toIntVector();
        const std::vector<std::int32_t> offsets(wide.begin(), wide.end());
        const std::int64_t heads = context->saved_data["heads"].toInt();
        const Problem problem{offsets, static_cast<int>(heads), static_cast<int>(qkv.size(1) / 3 / heads),
                              static_cast<float>(context->saved_data["dropout"].toDouble()),
                              static_cast<std::uint64_t>(context->saved_data["seed"].toInt())};
        const std::int64_t width = qkv.size(1) / 3;
        const torch::Tensor gradOut = gradients[0].contiguous();
        torch::Tensor gradQkv = torch::empty_like(qkv);
        const float* from = qkv.const_data_ptr<float>();
        const float* sums = saved[1].const_data_ptr<float>();
        const float* gradFrom = gradOut.const_data_ptr<float>();
        float* gradTo = gradQkv.mutable_data_ptr<float>();
        forEachPair(problem, [&](std::size_t sequence, int head, float* scratch) {
            const std::int64_t token = offsets[sequence];
            const std::int64_t column = std::int64_t{head} * problem.headDim;
            float* gradQuery = gradTo + token * 3 * width + column;
            simd::attentionKernels().backward(taskFor(problem, from, sequence, head), gradFrom + token * width + column,
                                              width, sums + head * qkv.size(0) + token, gradQuery, gradQuery + width,
                                              gradQuery + 2 * width, scratch);
        });
        return {gradQkv, {}, {}, {}, {}};
    }
};

}  // namespace

torch::Tensor attention(const torch::Tensor& qkv, const std::vector<std::int32_t>& offsets, int heads, double dropout) {
    if (!qkv.device().is_cpu() || qkv.scalar_type() != torch::kFloat) {
        return paddedAttention(qkv, offsets, heads, dropout);
    }
    const torch::Tensor packed = qkv.contiguous();
    if (!torch::GradMode::is_enabled() && dropout == 0.0) {
        const Problem problem{offsets, heads, static_cast<int>(qkv.size(1) / 3 / heads), 0.0F, 0};
        return forwardPacked(packed, problem, nullptr);
    }
    std::int64_t seed = 0;
    if (dropout > 0.0) {
        auto generator = at::globalContext().defaultGenerator(at::kCPU);
        const std::lock_guard<std::mutex> lock(generator.mutex());
        seed = static_cast<std::int64_t>(at::check_generator<at::CPUGeneratorImpl>(generator)->random64());
    }
    return AttentionFunction::apply(packed, offsets, heads, dropout, seed);
}

torch::Tensor paddedAttention(const torch::Tensor& qkv, const std::vector<std::int32_t>& offsets, int heads,
                              double dropout) {
    const auto sequences = static_cast<std::int64_t>(offsets.size()) - 1;
    const std::int64_t tokens = qkv.size(0);
    const std::int64_t width = qkv.size(1) / 3;
    std::int64_t longest = 0;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
        longest = std::max<std::int64_t>(longest, offsets[i + 1] - offsets[i]);
    }
    torch::Tensor place = torch::empty({tokens}, torch::kLong);
    torch::Tensor there = torch::zeros({sequences, 1, 1, longest}, torch::kBool);
    auto* slots = place.mutable_data_ptr<std::int64_t>();
    auto* mask = there.mutable_data_ptr<bool>();
    for (std::int64_t i = 0; i < sequences; ++i) {
        const std::int64_t first = offsets[static_cast<std::size_t>(i)];
        const std::int64_t last = offsets[static_cast<std::size_t>(i) + 1];
        for (std::int64_t t = first; t < last; ++t) {
            slots[t] = i * longest + t - first;
            mask[i * longest + t - first] = true;
        }
    }
    place = place.to(qkv.device());
    there = there.to(qkv.device());
    const torch::Tensor padded = torch::zeros({sequences * longest, 3 * width}, qkv.options())
                                     .index_copy(0, place, qkv)
                                     .view({sequences, longest, 3, heads, width / heads})
                                     .permute({2, 0, 3, 1, 4});
    const torch::Tensor mixed = at::scaled_dot_product_attention(padded[0], padded[1], padded[2], there, dropout);
    return mixed.transpose(1, 2).reshape({sequences * longest, width}).index_select(0, place);
}

}  // namespace espalier::nn::detail
