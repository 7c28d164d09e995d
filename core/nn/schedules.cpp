// SPDX-License-Identifier: Apache-2.0
#include "core/nn/schedules.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace espalier::nn {

namespace {

double weight(ScheduleKind kind, int level, int levels) {
    const double l = level;
    const double count = levels;
    switch (kind) {
        case ScheduleKind::Uniform:
            return 1.0 / count;
        case ScheduleKind::LinearCoarse:
            return (count - l) / (count * (count + 1) / 2);
        case ScheduleKind::LinearFine:
            return (l + 1) / (count * (count + 1) / 2);
        case ScheduleKind::InverseDepth:
            return 1.0 / (l + 1);
        case ScheduleKind::GeometricCoarse:
            return std::exp2(-l);
        case ScheduleKind::GeometricFine:
            return std::exp2(l) / (std::exp2(count) - 1);
        case ScheduleKind::ExpHimulcone:
            return std::exp(1.0 / (count - l));
        case ScheduleKind::Pow2Himulcone:
            return std::exp2(1.0 / (count - l));
        case ScheduleKind::Custom:
            break;
    }
    return 0;
}

std::string shortest(double value) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return {buffer, end};
}

}  // namespace

const std::vector<std::string>& scheduleNames() {
    static const std::vector<std::string> names{"uniform",       "linear-coarse",    "linear-fine",
                                                "inverse-depth", "geometric-coarse", "geometric-fine",
                                                "exp-himulcone", "pow2-himulcone"};
    return names;
}

Result<std::vector<double>> levelWeights(const Schedule& schedule, int levels) {
    if (levels < 1) return makeError(ErrorCode::InvalidArgument, "a schedule needs at least one level");
    std::vector<double> weights;
    if (schedule.kind == ScheduleKind::Custom) {
        weights = schedule.custom;
        if (weights.size() != static_cast<std::size_t>(levels))
            return makeError(ErrorCode::InvalidArgument, "the schedule has " + std::to_string(weights.size()) +
                                                             " weights, but the tree has " + std::to_string(levels) +
                                                             " levels: give one weight per level");
        if (std::any_of(weights.begin(), weights.end(), [](double w) { return !std::isfinite(w) || w < 0; }))
            return makeError(ErrorCode::InvalidArgument, "a weight of the schedule is negative or not a number");
    } else {
        for (int l = 0; l < levels; ++l) weights.push_back(weight(schedule.kind, l, levels));
    }
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (!(sum > 0) || !std::isfinite(sum))
        return makeError(ErrorCode::InvalidArgument, "the weights of the schedule must not all be zero");
    if (schedule.normalise)
        for (double& w : weights) w /= sum;
    return weights;
}

Result<Schedule> parseSchedule(std::string_view text) {
    const std::string whole(text);
    Schedule schedule;
    constexpr std::string_view kRaw = ":raw";
    if (text.size() > kRaw.size() && text.substr(text.size() - kRaw.size()) == kRaw) {
        schedule.normalise = false;
        text.remove_suffix(kRaw.size());
    }
    const auto& names = scheduleNames();
    if (const auto found = std::find(names.begin(), names.end(), text); found != names.end()) {
        schedule.kind = static_cast<ScheduleKind>(found - names.begin());
        return schedule;
    }
    schedule.kind = ScheduleKind::Custom;
    std::string_view rest = text;
    bool good = !rest.empty();
    while (good) {
        const std::size_t comma = rest.find(',');
        const std::string_view field = rest.substr(0, comma);
        double value = 0;
        const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), value);
        good = code == std::errc{} && end == field.data() + field.size() && std::isfinite(value) && value >= 0;
        if (good) schedule.custom.push_back(value);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    if (good) return schedule;
    std::string known;
    for (const std::string& name : names) known += name + ", ";
    return makeError(ErrorCode::InvalidArgument, "there is no schedule \"" + whole + "\": use one of " + known +
                                                     "or one weight per level, coarsest first, such as 0.2,0.8");
}

std::string scheduleText(const Schedule& schedule) {
    std::string text;
    if (schedule.kind == ScheduleKind::Custom) {
        for (const double w : schedule.custom) text += (text.empty() ? "" : ",") + shortest(w);
    } else {
        text = scheduleNames()[static_cast<std::size_t>(schedule.kind)];
    }
    return schedule.normalise ? text : text + ":raw";
}

double learningRateFactor(std::int64_t step, std::int64_t warmupSteps, std::int64_t totalSteps) {
    if (step >= totalSteps) return 0;
    if (step < 0) return 0;
    if (step < warmupSteps) return static_cast<double>(step) / static_cast<double>(warmupSteps);
    return static_cast<double>(totalSteps - step) / static_cast<double>(totalSteps - warmupSteps);
}

}  // namespace espalier::nn
