// SPDX-License-Identifier: Apache-2.0
// Tokenizer and encoder. Without arguments: Google Benchmark on made texts (needs the default encoder).
// With arguments: the other half of bench_encode.py, which compares both to the Hugging Face stack in one run:
//   bench_encode --serve FOLDER TEXTS.json THREADS   for each line on standard input (tokenize | encode) one JSON line
#include <benchmark/benchmark.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/base/platform.h"
#include "core/base/rng.h"
#include "core/jobs/job_context.h"
#include "core/nn/encoder.h"
#include "core/text/wordpiece_tokenizer.h"
#include "tests/support/default_encoder.h"

using namespace espalier;

namespace {

struct Stopwatch {
    std::chrono::steady_clock::time_point wall = std::chrono::steady_clock::now();
    std::clock_t cpu = std::clock();
    nlohmann::json json() const {
        return {{"wall", std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count()},
                {"cpu", static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC}};
    }
};

std::vector<std::string> madeTexts(int count, int words) {
    static const char* const kWords[] = {"the",    "harbour",     "was",          "measured", "twice",       "before",
                                         "winter", "engineering", "of",           "a",        "lighthouse,", "and",
                                         "its",    "quarry.",     "unbelievably", "3.5"};
    SplitMix64 random(1);
    std::vector<std::string> texts;
    for (int i = 0; i < count; ++i) {
        std::string text;
        for (int w = 0; w < words; ++w) text += std::string(kWords[random.below(std::size(kWords))]) + " ";
        texts.push_back(std::move(text));
    }
    return texts;
}

void tokenize(benchmark::State& state) {
    const auto tokenizer = text::WordPieceTokenizer::load(test::defaultEncoderFolder());
    if (!tokenizer) return state.SkipWithError(test::missingDefaultEncoder().c_str());
    const auto texts = madeTexts(100, 400);
    std::int64_t bytes = 0;
    for (auto _ : state) {
        for (const std::string& text : texts) {
            benchmark::DoNotOptimize(tokenizer->encode(text, 1 << 20));
            bytes += static_cast<std::int64_t>(text.size());
        }
    }
    state.SetBytesProcessed(bytes);
}
BENCHMARK(tokenize)->Unit(benchmark::kMillisecond);

void encode(benchmark::State& state) {
    auto encoder = nn::Encoder::load(test::defaultEncoderFolder(), nn::Device{});
    if (!encoder) return state.SkipWithError(test::missingDefaultEncoder().c_str());
    const auto texts = madeTexts(static_cast<int>(state.range(1)), static_cast<int>(state.range(0)));
    jobs::JobContext context;
    nn::EncodeOptions options;
    options.phase.clear();
    for (auto _ : state) benchmark::DoNotOptimize((*encoder)->encode(texts, options, context));
    state.SetItemsProcessed(state.iterations() * state.range(1));
}
BENCHMARK(encode)
    ->ArgNames({"words", "texts"})
    ->Args({12, 1})
    ->Args({24, 64})
    ->Args({96, 64})
    ->Args({200, 64})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

int serve(const std::string& folder, const std::string& file, int threads) {
    std::ifstream in(file);
    const auto texts = nlohmann::json::parse(in).get<std::vector<std::string>>();
    const auto tokenizer = text::WordPieceTokenizer::load(folder);
    const auto device = nn::chooseDevice("cpu");
    auto encoder = nn::Encoder::load(folder, *device);
    if (!tokenizer || !encoder) {
        std::cerr << (tokenizer ? encoder.error() : tokenizer.error()).message << "\n";
        return 1;
    }
    jobs::JobContext context;
    nn::EncodeOptions options;
    options.threads = threads;
    options.phase.clear();
    for (std::string line; std::getline(std::cin, line);) {
        const Stopwatch watch;
        if (line == "tokenize") {
            for (const std::string& text : texts) benchmark::DoNotOptimize(tokenizer->encode(text, 1 << 20));
        } else if (!(*encoder)->encode(texts, options, context)) {
            return 1;
        }
        std::cout << watch.json().dump() << std::endl;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    platform::tuneAllocator();
    if (argc == 5 && std::string(argv[1]) == "--serve") return serve(argv[2], argv[3], std::atoi(argv[4]));
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
