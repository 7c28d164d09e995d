// SPDX-License-Identifier: Apache-2.0
// One NMF and a whole tree. Without arguments: Google Benchmark on a made corpus. With arguments: the other half of
// nmf_sklearn.py, which compares one NMF on real text to the same objective:
//   bench_nmf --write FOLDER CORPUS              TF-IDF matrix and starts for k = 8, 16, 32 as raw binary files
//   bench_nmf --solve FOLDER K OBJECTIVE THREADS ROUNDS   time to reach the objective (relative 1e-4), as JSON
//   bench_nmf --nmfk FOLDER THREADS              k = 2..12 with 10 perturbations (half of nmfk_telf.py), as JSON
//   bench_nmf --tree CORPUS [THREADS]            a tree with the default options, as JSON
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/base/platform.h"
#include "core/base/rng.h"
#include "core/base/sha256.h"
#include "core/jobs/job_context.h"
#include "core/nmf/hierarchy.h"
#include "core/nmf/nmf_solver.h"
#include "core/nmf/nmfk.h"
#include "core/nmf/nndsvd.h"
#include "core/text/corpus_reader.h"
#include "core/text/tfidf.h"

using namespace espalier;
using namespace espalier::nmf;
namespace fs = std::filesystem;

namespace {

constexpr int kTopics[] = {8, 16, 32};

struct Stopwatch {
    std::chrono::steady_clock::time_point wall = std::chrono::steady_clock::now();
    std::clock_t cpu = std::clock();
    double wallSeconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
    }
    double cpuSeconds() const { return static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC; }
};

template <class T>
void writeRaw(const fs::path& path, const T* data, std::size_t count) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(count * sizeof(T)));
}
template <class T>
std::vector<T> readRaw(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::vector<T> data(fs::file_size(path) / sizeof(T));
    in.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(data.size() * sizeof(T)));
    return data;
}
void writeFactor(const fs::path& path, const Factor& f) {
    std::vector<float> dense;
    for (std::int64_t r = 0; r < f.rows; ++r) dense.insert(dense.end(), f.row(r), f.row(r) + f.k);
    writeRaw(path, dense.data(), dense.size());
}
Factor readFactor(const fs::path& path, int k) {
    const auto dense = readRaw<float>(path);
    Factor f(static_cast<std::int64_t>(dense.size()) / k, k);
    for (std::int64_t r = 0; r < f.rows; ++r) std::copy_n(dense.data() + r * k, k, f.row(r));
    return f;
}

/// Texts of a corpus in canonical order.
std::vector<std::string> readTexts(const fs::path& source) {
    std::vector<std::pair<std::string, std::string>> texts;
    auto reader = text::CorpusReader::open(source, {}).value();
    while (const auto row = reader->next().value()) {
        if (row->kind != text::CorpusRow::Kind::Document) continue;
        auto input = text::inputString(row->document);
        auto hash = sha256Hex(input);
        texts.emplace_back(std::move(hash), std::move(input));
    }
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    std::vector<std::string> ordered;
    for (auto& [hash, input] : texts) ordered.push_back(std::move(input));
    return ordered;
}

text::TfidfModel::Fit fitTexts(const std::vector<std::string>& texts) {
    jobs::JobContext context;
    return text::TfidfModel::fitCounts(
               [&](const std::function<void(std::string_view)>& visit) -> Status {
                   for (const auto& one : texts) visit(one);
                   return {};
               },
               {}, context)
        .value();
}

int write(const fs::path& folder, const fs::path& corpus) {
    fs::create_directories(folder);
    const auto fit = fitTexts(readTexts(corpus));
    const SparseRows x = fit.model.weigh(fit.counts);
    const TwoWayMatrix two(x);
    writeRaw(folder / "offsets.i64", x.offsets.data(), x.offsets.size());
    writeRaw(folder / "columns.i32", x.columns.data(), x.columns.size());
    writeRaw(folder / "values.f32", x.values.data(), x.values.size());
    const std::int64_t shape[] = {x.rows, x.cols};
    writeRaw(folder / "shape.i64", shape, 2);
    const Svd svd = randomizedSvd(two.view(), {.rank = 32, .seed = 1});
    for (const int k : kTopics) {
        const Start start = nndsvd(svd, k);
        writeFactor(folder / ("w" + std::to_string(k) + ".f32"), start.w);
        writeFactor(folder / ("h" + std::to_string(k) + ".f32"), start.h);
    }
    return 0;
}

SparseRows readMatrix(const fs::path& folder) {
    SparseRows x;
    x.offsets = readRaw<std::int64_t>(folder / "offsets.i64");
    x.columns = readRaw<std::int32_t>(folder / "columns.i32");
    x.values = readRaw<float>(folder / "values.f32");
    const auto shape = readRaw<std::int64_t>(folder / "shape.i64");
    x.rows = shape[0];
    x.cols = shape[1];
    return x;
}

int stability(const fs::path& folder, int threads) {
    const SparseRows x = readMatrix(folder);
    NmfkOptions options;
    options.kMax = 12;
    options.earlyStop = false;  // every k, as the other side does
    options.threads = threads;
    jobs::JobContext context;
    const Stopwatch watch;
    const auto result = nmfk(x, options, context).value();
    nlohmann::json said{
        {"wall", watch.wallSeconds()}, {"cpu", watch.cpuSeconds()}, {"simd", simdLevelName()}, {"k", result.k}};
    for (const auto& point : result.stability)
        said["table"].push_back({{"k", point.k}, {"w", point.wMin}, {"h", point.hMin}, {"error", point.errorMean}});
    std::cout << said.dump() << std::endl;
    return 0;
}

int solveTo(const fs::path& folder, int k, double objective, int threads, int rounds) {
    const SparseRows x = readMatrix(folder);
    const Factor w0 = readFactor(folder / ("w" + std::to_string(k) + ".f32"), k);
    const Factor h0 = readFactor(folder / ("h" + std::to_string(k) + ".f32"), k);
    SolverOptions options;
    options.tolerance = 0;
    options.maxIterations = 1000;
    options.threads = threads;
    options.keepTrace = true;
    // First find out how many iterations it takes, then time just these, transposing the matrix included.
    const TwoWayMatrix two(x);
    Factor w = w0;
    Factor h = h0;
    const auto trace = solve(two.view(), w, h, options).value().trace;
    const auto reached =
        std::find_if(trace.begin(), trace.end(), [&](double f) { return f <= objective * (1 + 1e-4); });
    options.maxIterations = static_cast<int>(reached - trace.begin()) + 1;
    nlohmann::json result{
        {"iterations", options.maxIterations}, {"reached", reached != trace.end()}, {"simd", simdLevelName()}};
    options.keepTrace = false;
    for (int round = 0; round < rounds; ++round) {
        w = w0;
        h = h0;
        const Stopwatch watch;
        const TwoWayMatrix fresh(x);
        result["objective"] = solve(fresh.view(), w, h, options).value().objective;
        result["wall"].push_back(watch.wallSeconds());
        result["cpu"].push_back(watch.cpuSeconds());
    }
    std::cout << result.dump() << std::endl;
    return 0;
}

int tree(const fs::path& corpus, int threads) {
    const auto texts = readTexts(corpus);
    const Stopwatch words;
    const auto fit = fitTexts(texts);
    nlohmann::json result{{"documents", fit.counts.rows},
                          {"terms", fit.counts.cols},
                          {"nonzeros", fit.counts.nonZeros()},
                          {"tfidf_wall", words.wallSeconds()}};
    HierarchyOptions options;
    options.threads = threads;
    jobs::JobContext context;
    const Stopwatch watch;
    const auto built = buildHierarchy(fit.counts, options, context).value();
    result["tree_wall"] = watch.wallSeconds();
    result["tree_cpu"] = watch.cpuSeconds();
    result["labels"] = built.nodes.size() - 1;
    result["level_0"] = built.nodes.front().children.size();
    result["peak_mb"] = platform::peakMemoryBytes() >> 20;
    std::cout << result.dump() << std::endl;
    return 0;
}

/// Documents of 40 subjects with word frequencies that fall as in text.
SparseRows madeCounts(std::int64_t documents) {
    SplitMix64 random(1);
    SparseRows m;
    m.cols = 8000;
    std::vector<std::int32_t> words;
    for (std::int64_t d = 0; d < documents; ++d) {
        const auto subject = random.below(40);
        words.clear();
        for (int i = 0; i < 90; ++i) {
            const double u = random.uniform();
            words.push_back(static_cast<std::int32_t>(i % 3 == 0 ? 150 * subject + static_cast<std::size_t>(150 * u * u)
                                                                 : 6000 + static_cast<std::size_t>(2000 * u * u * u)));
        }
        std::sort(words.begin(), words.end());
        for (std::size_t i = 0; i < words.size();) {
            const auto begin = i;
            while (i < words.size() && words[i] == words[begin]) ++i;
            m.columns.push_back(words[begin]);
            m.values.push_back(static_cast<float>(i - begin));
        }
        m.offsets.push_back(static_cast<std::int64_t>(m.columns.size()));
        ++m.rows;
    }
    return m;
}

void oneFactorisation(benchmark::State& state) {
    const TwoWayMatrix two(madeCounts(20000));
    const auto k = static_cast<int>(state.range(0));
    const Start start = nndsvd(randomizedSvd(two.view(), {.rank = k, .seed = 1}), k);
    for (auto _ : state) {
        Start run = start;
        SolverOptions options;
        options.maxIterations = 10;
        options.tolerance = 0;
        options.threads = static_cast<int>(state.range(1));
        benchmark::DoNotOptimize(solve(two.view(), run.w, run.h, options).ok());
    }
    state.SetItemsProcessed(state.iterations() * 10);
}
BENCHMARK(oneFactorisation)->ArgsProduct({{8, 16, 32}, {1, 2}})->Unit(benchmark::kMillisecond)->UseRealTime();

void decomposition(benchmark::State& state) {
    const TwoWayMatrix two(madeCounts(20000));
    for (auto _ : state) benchmark::DoNotOptimize(randomizedSvd(two.view(), {.rank = 15, .seed = 1}).singular.size());
}
BENCHMARK(decomposition)->Unit(benchmark::kMillisecond);

void wholeTree(benchmark::State& state) {
    const auto counts = madeCounts(state.range(0));
    for (auto _ : state) {
        jobs::JobContext context;
        benchmark::DoNotOptimize(buildHierarchy(counts, {}, context).ok());
    }
    state.counters["peak_mb"] = static_cast<double>(platform::peakMemoryBytes() >> 20);
}
BENCHMARK(wholeTree)->Arg(1000)->Arg(10000)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 3 && arguments[0] == "--write") return write(arguments[1], arguments[2]);
    if (arguments.size() == 6 && arguments[0] == "--solve")
        return solveTo(arguments[1], std::stoi(arguments[2]), std::stod(arguments[3]), std::stoi(arguments[4]),
                       std::stoi(arguments[5]));
    if (arguments.size() == 3 && arguments[0] == "--nmfk") return stability(arguments[1], std::stoi(arguments[2]));
    if (arguments.size() >= 2 && arguments[0] == "--tree")
        return tree(arguments[1], arguments.size() > 2 ? std::stoi(arguments[2]) : 2);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
