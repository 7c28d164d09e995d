// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/detail/parameter_update.h
/// The trained parameters of a model with their AdamW moments: everything that an update reads and writes.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/nn/detail/torch.h"
#include "core/nn/optimizer.h"

namespace espalier::nn::detail {

class ParameterUpdate {
public:
    /// All parameters of the module; weight decay spares biases and LayerNorm. The module must outlive this.
    ParameterUpdate(torch::nn::Module& module, double weightDecay);

    /// Drops all gradients, so that the next backward pass starts from none.
    void clearGradients();
    /// Norm of the whole gradient; not finite where an entry is not. Equal for any number of threads.
    double gradientNorm() const;
    /// One AdamW update. Parameters without a gradient stay as they are.
    void apply(double learningRate, double gradientScale);

    struct Entry {
        std::string name;
        torch::Tensor parameter;
        torch::Tensor firstMoment;  ///< as the parameter, zeros at first
        torch::Tensor secondMoment;
        double weightDecay = 0;
    };
    const std::vector<Entry>& entries() const noexcept { return m_entries; }
    std::int64_t updates() const noexcept { return m_updates; }

private:
    /// A stretch of one parameter: the unit of work of a thread, independent of their number.
    struct Piece {
        std::size_t entry = 0;
        std::int64_t first = 0;
        std::int64_t last = 0;
    };

    std::vector<Entry> m_entries;
    std::vector<Piece> m_pieces;
    AdamWOptions m_options;
    std::int64_t m_updates = 0;
    bool m_onCpu = true;
};

}  // namespace espalier::nn::detail
