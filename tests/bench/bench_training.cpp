// SPDX-License-Identifier: Apache-2.0
// One training step of the default encoder, batch 64, maximum length 128, float32, two threads, against
// bench_training.py. ESPALIER_ENCODER names the model folder (default: the one that the set-up script fetched).
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/base/platform.h"
#include "core/jobs/job_context.h"
#include "core/nn/trainer.h"

using namespace espalier;
using namespace espalier::nn;

namespace {

constexpr int kDocuments = 512;

/// Words of one token each; the same texts as in bench_training.py.
constexpr const char* kWords[] = {"tree",  "river", "stone", "light", "water", "house", "field",
                                  "night", "paper", "glass", "green", "table", "music", "north",
                                  "cloud", "bread", "horse", "plant", "metal", "ocean"};

std::string text(int document, int words) {
    std::string out;
    for (int w = 0; w < words; ++w) out += std::string(w > 0 ? " " : "") + kWords[(document * 7919 + w * 104729) % 20];
    return out;
}

std::filesystem::path encoderFolder() {
    if (const char* named = std::getenv("ESPALIER_ENCODER")) return named;
    const char* cache = std::getenv("XDG_CACHE_HOME");
    const std::filesystem::path base = cache != nullptr ? cache : std::string(std::getenv("HOME")) + "/.cache";
    return base / "espalier/models/all-MiniLM-L6-v2";
}

/// range(0): 0 = all documents fill the maximum length, 1 = 16 to 128 tokens.
void trainingStep(benchmark::State& state) {
    platform::tuneAllocator();
    std::vector<TrainItem> items;
    for (int d = 0; d < kDocuments; ++d)
        items.push_back({text(d, state.range(0) == 0 ? 126 : 14 + d * 37 % 113), {d / 64, 100 + d / 16}});
    TrainOptions options;
    options.steps = 1000;
    options.maxLength = 128;
    options.threads = 2;
    auto trainer = Trainer::create(encoderFolder(), items, options, Device{});
    if (!trainer) {
        state.SkipWithError(trainer.error().message.c_str());
        return;
    }
    jobs::JobContext context;
    double documents = 0, tokens = 0, steps = 0;
    for (auto _ : state) {
        const auto stats = (*trainer)->step(context);
        if (!stats) std::abort();
        documents += stats->documentsPerSecond;
        tokens += stats->tokensPerSecond;
        ++steps;
    }
    state.counters["documents_per_second"] = documents / steps;
    state.counters["tokens_per_second"] = tokens / steps;
    state.counters["peak_mb"] = static_cast<double>(platform::peakMemoryBytes()) / (1 << 20);
}

}  // namespace

BENCHMARK(trainingStep)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

BENCHMARK_MAIN();
