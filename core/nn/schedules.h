// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/schedules.h
/// Weights of the levels of the tree in the HEAL loss, and the course of the learning rate over a run.
///
/// Level 0 is the coarsest (the children of the root). Sources: penalties of the hierarchical contrastive losses, S.
/// Zhang et al., "Use all the labels: a hierarchical multi-label contrastive learning framework", CVPR 2022 (the two
/// `himulcone` forms); the others are of Espalier. All functions are pure and may be called from any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace espalier::nn {

/// How much each level counts; L levels, l = 0 coarsest.
enum class ScheduleKind {
    Uniform,          ///< 1 / L
    LinearCoarse,     ///< (L - l) / sum_j (L - j)
    LinearFine,       ///< (l + 1) / sum_j (j + 1)
    InverseDepth,     ///< 1 / (l + 1)
    GeometricCoarse,  ///< 2^-l
    GeometricFine,    ///< 2^l / (2^L - 1)
    ExpHimulcone,     ///< exp(1 / (L - l))
    Pow2Himulcone,    ///< 2^(1 / (L - l))
    Custom,           ///< Schedule::custom
};

/// The default is linear-fine: with weight on the fine levels, fine-tuning kept what the tree does not know (mean
/// pairwise cosine, unseen queries) clearly better than with weight on the coarse ones (our own measurements on
/// MiniLM; the coarse levels are the ones that push unrelated documents together).
struct Schedule {
    ScheduleKind kind = ScheduleKind::LinearFine;
    std::vector<double> custom;  ///< one weight >= 0 per level, not all 0; read for ScheduleKind::Custom only
    /// Weights sum to 1. Off ("raw"): as printed above, so that a change of schedule also changes the step size.
    bool normalise = true;
};

/// lambda_l of `levels` levels, coarsest first.
/// \retval InvalidArgument  levels < 1; a custom schedule of another length, with a negative or non-finite weight, or
///                          of zeros only
Result<std::vector<double>> levelWeights(const Schedule& schedule, int levels);

/// Reads what --schedule takes: a name ("linear-fine"), or the weights of a custom one, coarsest first ("0.2,0.8");
/// ":raw" behind either switches normalisation off.
/// \retval InvalidArgument  unknown name (the message lists all) or a weight that is not a number >= 0
Result<Schedule> parseSchedule(std::string_view text);

/// The text that parseSchedule() reads back.
std::string scheduleText(const Schedule& schedule);

/// All names of parseSchedule(), in the order of ScheduleKind, without "custom".
const std::vector<std::string>& scheduleNames();

/// Share of the base learning rate that is used for update number `step` (0 = the first): rises from 0 to 1 over
/// `warmupSteps`, then falls to 0 at `totalSteps`, both linearly. Clamped to [0, 1]; 0 from totalSteps on.
double learningRateFactor(std::int64_t step, std::int64_t warmupSteps, std::int64_t totalSteps);

}  // namespace espalier::nn
