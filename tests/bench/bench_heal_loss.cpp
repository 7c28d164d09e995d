// SPDX-License-Identifier: Apache-2.0
// HEAL loss with gradient, three levels, 384 dimensions, against bench_heal_loss.py.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "core/base/platform.h"
#include "core/base/rng.h"
#include "core/nn/device.h"
#include "core/nn/heal_loss.h"

using namespace espalier;
using namespace espalier::nn;

namespace {

void healLossWithGradient(benchmark::State& state) {
    setThreads(2);
    const std::int64_t n = state.range(0), dim = 384;
    SplitMix64 random(1);
    std::vector<float> u(static_cast<std::size_t>(n * dim)), gradient(u.size());
    for (float& value : u) value = static_cast<float>(random.normal());
    BatchLabels labels;
    labels.levels = 3;
    labels.items = n;
    for (const std::int64_t group : {16, 8, 4})
        for (std::int64_t i = 0; i < n; ++i) labels.values.push_back(static_cast<std::int32_t>(i / group));
    HealOptions options;
    options.levelWeights = {1.0 / 6, 2.0 / 6, 3.0 / 6};
    for (auto _ : state) {
        const auto loss = healLoss<float>(u, dim, labels, options, gradient);
        if (!loss) std::abort();
        benchmark::DoNotOptimize(loss->loss);
    }
    state.counters["peak_mb"] = static_cast<double>(platform::peakMemoryBytes()) / (1 << 20);
}

}  // namespace

BENCHMARK(healLossWithGradient)->Arg(64)->Arg(512)->Arg(4096)->Unit(benchmark::kMillisecond)->UseRealTime();

BENCHMARK_MAIN();
