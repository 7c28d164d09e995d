// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/heal_loss.h
/// The HEAL loss with hard labels: supervised contrastive learning on every level of the label tree at once, with its
/// exact gradient.
///
/// With z_i = u_i / max(|u_i|, 1e-12), S_ij = z_i . z_j / tau, P_l(i) = the other items of the batch with the label of
/// i at level l, and q_ij = exp(S_ij) / sum_{a != i} exp(S_ia):
///     L_{i,l} = -1/|P_l(i)| sum_{p in P_l(i)} log q_ip   (0 when P_l(i) is empty; the anchor "starves" at that level)
///     loss    = sum_l lambda_l / D_l sum_i L_{i,l}
/// D_l is the batch size (LevelMean::Batch) or the number of anchors that have positives (LevelMean::Fed).
/// The denominator does not depend on the level, so one softmax serves all levels: with
/// T_ij = sum_l lambda_l / (D_l |P_l(i)|) [j in P_l(i)] and R_i = sum_j T_ij the loss is the cross entropy
/// -sum_ij T_ij log q_ij, its floor is sum_i R_i entropy(T_i / R_i), and with A_ij = R_i q_ij - T_ij
///     dL/dZ = (A + A') Z / tau,   dL/du_i = (g_i - (g_i . z_i) z_i) / |u_i|,  g_i row i of dL/dZ.
/// Source: P. Khosla et al., "Supervised contrastive learning", NeurIPS 2020 (one level); HEAL's sum over the levels of
/// a label tree; convention D_l = Fed and the target form are of Espalier.
///
/// Cost: 3 n^2 dim multiply-adds and memory for 128 rows of the n x n similarities, whatever the number of levels.
/// Matrix products run on LibTorch's threads; the result depends on their number in the last bits only.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/result.h"

namespace espalier::nn {

/// What a level's sum over anchors is divided by.
enum class LevelMean {
    Batch,  ///< mode N: all n items, as in the printed formula
    Fed,    ///< mode V: the anchors with positives at that level, so that sparse deep levels keep their weight
};

/// Against what a positive is held.
enum class Denominator {
    All,           ///< every other item of the batch
    WithinParent,  ///< at level l >= 1 only items with the anchor's label at level l - 1 (and its own positives)
};

struct HealOptions {
    std::vector<double> levelWeights;  ///< lambda_l >= 0, coarsest first; its size is the number of levels
    double temperature = 0.07;         ///< tau > 0
    LevelMean levelMean = LevelMean::Fed;
    Denominator denominator = Denominator::All;
};

/// Labels of a batch, level by level: label of item i at level l is values[l * items + i]; any number >= 0 stands for a
/// label (equal numbers of different levels have nothing to do with each other), -1 for none: such an item is a
/// negative for everybody at that level and has no positives.
struct BatchLabels {
    int levels = 0;
    std::int64_t items = 0;
    std::vector<std::int32_t> values;  ///< levels * items

    std::int32_t at(int level, std::int64_t item) const {
        return values[static_cast<std::size_t>(level * items + item)];
    }
};

struct HealLoss {
    double loss = 0;
    double floor = 0;                   ///< no embeddings can make the loss smaller with these labels
    std::vector<double> levels;         ///< sum_i L_{i,l} / D_l without lambda_l; 0 where all anchors starve
    std::vector<std::int64_t> starved;  ///< anchors without a positive, per level
    double meanCosine = 0;              ///< mean of z_i . z_j over i != j: near 1 = collapsed
    std::vector<double> anchors;        ///< L_{i,l} at [l * n + i]; filled on request
};

/// Loss and, where asked for, gradient with respect to the embeddings as they are (not normalised).
/// \tparam Real      float for training, double for tests
/// \param embeddings row-major, labels.items x dim
/// \param gradient   same shape, overwritten; empty: not computed
/// \param wantAnchors  fills HealLoss::anchors
/// \retval InvalidArgument  sizes that do not fit, fewer than 2 items, tau <= 0, no level, a negative weight
/// \retval Numerical        an embedding or the loss is not finite; the gradient is then unspecified
template <class Real>
Result<HealLoss> healLoss(std::span<const Real> embeddings, std::int64_t dim, const BatchLabels& labels,
                          const HealOptions& options, std::span<Real> gradient = {}, bool wantAnchors = false);

extern template Result<HealLoss> healLoss<float>(std::span<const float>, std::int64_t, const BatchLabels&,
                                                 const HealOptions&, std::span<float>, bool);
extern template Result<HealLoss> healLoss<double>(std::span<const double>, std::int64_t, const BatchLabels&,
                                                  const HealOptions&, std::span<double>, bool);

}  // namespace espalier::nn
