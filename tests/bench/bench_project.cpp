// SPDX-License-Identifier: Apache-2.0
// A project at the size users are promised: 100,000 documents, 5,000 labels in three levels, three places a document.
// Bars of the design: open in 3 s, undo within 50 ms (edit, journal, flush to disk and new counts included).
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/base/rng.h"
#include "core/jobs/job_context.h"
#include "core/project/job_results.h"
#include "core/project/project.h"

using namespace espalier;
using namespace espalier::project;
namespace fs = std::filesystem;

namespace {
constexpr int kDocuments = 100'000;
constexpr int kTop = 20, kMiddle = 12, kLeaves = 20;  // 20 + 240 + 4,800 labels

template <class T>
T must(Result<T> result, const char* what) {
    if (result) return std::move(result).value();
    std::fprintf(stderr, "%s: %s\n", what, result.error().message.c_str());
    std::exit(1);
}
void must(Status status, const char* what) {
    if (status) return;
    std::fprintf(stderr, "%s: %s\n", what, status.error().message.c_str());
    std::exit(1);
}

fs::path folder() {
    return fs::temp_directory_path() / "espalier-bench.espalier";
}

/// Made once, kept for later runs.
void makeProject() {
    if (fs::exists(folder())) return;
    const fs::path corpus = folder().string() + ".jsonl";
    {
        std::ofstream out(corpus);
        for (int i = 0; i < kDocuments; ++i) {
            out << "{\"_id\":\"document-" << i << "\",\"title\":\"Sheet " << i << "\",\"text\":\"";
            for (int w = 0; w < 120; ++w) out << "word" << (i * 31 + w * 17) % 5003 << ' ';
            out << "\"}\n";
        }
    }
    auto project = must(Project::create(folder()), "create");
    jobs::JobContext context;
    must(project->importCorpus({corpus}, {}, context), "import");
    std::printf("import of %d documents: %.1f s\n", kDocuments, context.secondsSinceStart());
    fs::remove(corpus);
    BuildResult build;
    build.fromRevision = must(project->revision(), "revision");
    const auto add = [&](int parent, const std::string& name) {
        BuiltNode node{
            parent, name, {}, parent < 0 ? "" : "stable", "[{\"k\":2,\"w_min\":0.9},{\"k\":3,\"w_min\":0.7}]"};
        for (int t = 0; t < 20; ++t) node.terms.push_back({"term " + name + " " + std::to_string(t), 1.0 / (t + 1)});
        build.nodes.push_back(std::move(node));
        return static_cast<int>(build.nodes.size()) - 1;
    };
    add(-1, "All documents");
    std::vector<int> leaves;
    for (int a = 0; a < kTop; ++a) {
        const int top = add(0, "top " + std::to_string(a));
        for (int b = 0; b < kMiddle; ++b) {
            const int middle = add(top, "middle " + std::to_string(b));
            for (int c = 0; c < kLeaves; ++c) leaves.push_back(add(middle, "leaf " + std::to_string(c)));
        }
    }
    SplitMix64 random(1);
    const auto ids = must(project->documentIds(), "ids");
    for (const auto& [key, id] : ids) {
        const auto leaf = random.below(leaves.size());
        const int node = leaves[leaf];
        const int other = leaves[(leaf + 1 + random.below(leaves.size() - 1)) % leaves.size()];
        build.resting.add(key,
                          {{node, 0.6}, {build.nodes[static_cast<std::size_t>(node)].parent, 0.25}, {other, 0.15}});
    }
    const auto job = must(project->newJobFolder("build"), "job");
    must(writeBuildResult(job, build), "result");
    jobs::JobContext adopting;
    must(project->adopt(job), "adopt");
    std::printf("adoption of a tree of %zu labels: %.1f s\n", build.nodes.size(), adopting.secondsSinceStart());
}

Project& opened() {
    static const auto project = must(Project::open(folder(), Access::ReadWrite), "open");
    return *project;
}

void openAndCount(benchmark::State& state) {
    for (auto _ : state) {
        const auto project = must(Project::open(folder(), Access::ReadWrite), "open");
        benchmark::DoNotOptimize(must(project->status(), "status"));
        benchmark::DoNotOptimize(must(project->tree(), "tree"));
    }
}

/// An edit and its undo, each with the new tree and its counts; the undo alone is timed.
void undoOf(benchmark::State& state, const tree::Edit& edit) {
    Project& project = opened();
    must(project.tree(), "tree");
    for (auto _ : state) {
        state.PauseTiming();
        must(project.edit(edit), "edit");
        must(project.tree(), "tree");
        state.ResumeTiming();
        must(project.undo(), "undo");
        benchmark::DoNotOptimize(must(project.tree(), "tree"));
    }
}

tree::Edit make(tree::EditKind kind, std::int64_t label) {
    tree::Edit edit;
    edit.kind = kind;
    edit.label = LabelId{label};
    return edit;
}

void undoRename(benchmark::State& state) {
    auto edit = make(tree::EditKind::Rename, 2);
    edit.text = "renamed";
    undoOf(state, edit);
}
void undoMoveOfATopBranch(benchmark::State& state) {
    auto edit = make(tree::EditKind::Move, 2);
    const auto snapshot = must(opened().tree(), "tree");
    edit.parent = snapshot->tree.at(snapshot->tree.root()).children[5];
    undoOf(state, edit);
}
void undoMergeOfTopBranches(benchmark::State& state) {
    auto edit = make(tree::EditKind::Merge, 2);
    const auto snapshot = must(opened().tree(), "tree");
    const auto& top = snapshot->tree.at(snapshot->tree.root()).children;
    edit.others.assign(top.begin() + 1, top.begin() + 10);  // half the corpus
    undoOf(state, edit);
}
void undoRetireOfALeaf(benchmark::State& state) {
    undoOf(state, make(tree::EditKind::Retire, 4));
}

void undoShare(benchmark::State& state) {
    auto edit = make(tree::EditKind::Share, 4);
    edit.document = DocumentKey{kDocuments / 2};
    edit.share = 0.625;
    undoOf(state, edit);
}

void firstPage(benchmark::State& state) {
    Project& project = opened();
    int turn = 0;
    for (auto _ : state) {
        DocumentQuery query;
        query.branch = LabelId{2};
        query.order = turn++ % 2 == 0 ? Order::Typical : Order::Borderline;
        benchmark::DoNotOptimize(must(project.documents(query), "documents"));
    }
}
}  // namespace

BENCHMARK(openAndCount)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(undoRename)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(undoMoveOfATopBranch)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(undoMergeOfTopBranches)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(undoRetireOfALeaf)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(undoShare)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(firstPage)->Unit(benchmark::kMillisecond)->UseRealTime();

int main(int argc, char** argv) {
    makeProject();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
