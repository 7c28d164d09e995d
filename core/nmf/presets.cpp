// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/presets.h"

namespace espalier::nmf {

const std::vector<std::string>& presetNames() {
    static const std::vector<std::string> kNames{"coarse", "balanced", "fine", "telf"};
    return kNames;
}
const std::vector<std::string>& solverNames() {
    static const std::vector<std::string> kNames{"hals", "mu", "kl"};
    return kNames;
}
const std::vector<std::string>& matchingNames() {
    static const std::vector<std::string> kNames{"hungarian", "greedy"};
    return kNames;
}
const std::vector<std::string>& resamplerNames() {
    static const std::vector<std::string> kNames{"noise", "leave-out", "bootstrap", "poisson", "random-start"};
    return kNames;
}
const std::vector<std::string>& searchNames() {
    static const std::vector<std::string> kNames{"linear", "bisect-pre", "bisect-in", "bisect-post"};
    return kNames;
}
const std::vector<std::string>& ruleNames() {
    static const std::vector<std::string> kNames{"surplus", "ours", "telf"};
    return kNames;
}

std::optional<Preset> presetNamed(std::string_view name) {
    const auto& names = presetNames();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<Preset>(i);
    }
    return std::nullopt;
}

bool usesVectors(Preset preset) {
    return preset != Preset::Telf;
}

namespace {
constexpr double kDrawnThreshold = 0.7;  // copies with every third document missing agree less
constexpr double kFineThreshold = 0.6;
}  // namespace

HierarchyOptions presetOptions(Preset preset, bool semantic) {
    HierarchyOptions options;
    // Lent words make neighbours alike: only quite another choice of documents tells whether a split holds.
    options.resampler = semantic ? Resampler::DocumentBootstrap : Resampler::LeaveOut;
    if (semantic) options.threshold = kDrawnThreshold;
    switch (preset) {
        case Preset::Balanced:
            break;
        case Preset::Coarse:
            options.rule = KRule::Ours;  // every single label must hold
            options.threshold = 0.8;
            if (!semantic) options.leftOut = 0.2;
            break;
        case Preset::Fine:
            options.resampler = Resampler::UniformNoise;
            if (!semantic) options.threshold = kFineThreshold;
            break;
        case Preset::Telf:
            options.resampler = Resampler::UniformNoise;
            options.perturbations = 20;
            options.iterations = 100;
            options.tolerance = 0;
            options.solver = SolverKind::MultiplicativeFrobenius;
            options.matching = Matching::Greedy;
            options.rule = KRule::Telf;
            options.kMin = 1;
            options.permuteH = false;
            options.scatterStart = false;
            options.fillStart = false;
            options.mergeSmall = false;
            options.threshold = 0.8;
            options.minGain = -1e9;  // T-ELF asks for no gain
            break;
    }
    return options;
}

}  // namespace espalier::nmf
