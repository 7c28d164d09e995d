// SPDX-License-Identifier: Apache-2.0
/// Grows a tree from a random part of an embedded project, with every number of semantic trees open, and prints where
/// each document lies: what semantic_trees.py compares with reference labels and with another part.
///
/// usage: bench_trees PROJECT VECTORS|none [part SHARE SEED] [neighbours K] [lent A] [smallest S] [k-max N]
///        [threshold T] [noise E]
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/base/rng.h"
#include "core/index/neighbours.h"
#include "core/jobs/job_context.h"
#include "core/nmf/hierarchy.h"
#include "core/nmf/presets.h"
#include "core/nmf/smoothing.h"
#include "core/pipeline/semantic_rows.h"
#include "core/project/project.h"
#include "core/text/document.h"
#include "core/text/tfidf.h"

using namespace espalier;

namespace {

struct Settings {
    std::string project, vectors;
    double share = 1;
    std::uint64_t seed = 1;
    pipeline::SemanticSettings semantic;
    nmf::HierarchyOptions tree;
};

[[noreturn]] void give(const std::string& why) {
    std::cerr << why << '\n';
    std::exit(2);
}

template <class T>
T must(Result<T> result) {
    if (!result) give(result.error().message);
    return std::move(result).value();
}

Settings read(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 2) give("usage: bench_trees PROJECT VECTORS|none [part SHARE SEED] [neighbours K] ...");
    Settings settings;
    settings.project = words[0];
    settings.vectors = words[1];
    settings.tree = nmf::presetOptions(nmf::Preset::Balanced, settings.vectors != "none");  // as a build takes them
    for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
        const double value = std::atof(words[i + 1].c_str());
        if (words[i] == "part" && i + 2 < words.size()) {
            settings.share = value;
            settings.seed = static_cast<std::uint64_t>(std::atoll(words[i + 2].c_str()));
            ++i;
        } else if (words[i] == "neighbours") {
            settings.semantic.neighbours = static_cast<int>(value);
        } else if (words[i] == "lent") {
            settings.semantic.lent = value;
        } else if (words[i] == "smallest") {
            settings.semantic.smallest = value;
        } else if (words[i] == "k-max") {
            settings.tree.kMax = static_cast<int>(value);
        } else if (words[i] == "threshold") {
            settings.tree.threshold = value;
        } else if (words[i] == "noise") {
            settings.tree.noise = value;
        } else {
            give("unknown: " + words[i]);
        }
    }
    return settings;
}

struct Row {
    std::string hash, id, text;
    DocumentKey key;
};

/// A random share of the documents, in canonical order.
std::vector<Row> readRows(project::Project& project, const Settings& settings) {
    std::vector<Row> rows;
    const Status read = project.forEachDocument(
        [&](DocumentKey key, const text::Document& document, const std::string& hash) -> Status {
            rows.push_back({hash, document.id, text::inputString(document), key});
            return {};
        });
    if (!read) give(read.error().message);
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.hash < b.hash; });
    SplitMix64 random(settings.seed);
    std::vector<Row> part;
    for (Row& row : rows)
        if (random.uniform() < settings.share) part.push_back(std::move(row));
    return part;
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings = read(argc, argv);
    jobs::JobContext context;
    const auto project = must(project::Project::open(settings.project, project::Access::ReadOnly));
    const std::vector<Row> rows = readRows(*project, settings);
    const auto source = [&](const std::function<void(std::string_view)>& visit) -> Status {
        for (const Row& row : rows) visit(row.text);
        return {};
    };
    const auto fit = must(text::TfidfModel::fitCounts(source, {}, context));
    SparseRows smoothed = fit.counts;
    const double begin = context.secondsSinceStart();
    if (const auto model = must(pipeline::findLenders(*project, settings.vectors))) {
        std::vector<DocumentKey> keys;
        for (const Row& row : rows) keys.push_back(row.key);
        const auto unit = must(pipeline::unitVectors(*project, *model, keys));
        index::NeighbourOptions options;
        options.count = settings.semantic.neighbours;
        const auto found = must(index::nearestNeighbours(unit.rows, options, context));
        const auto weights =
            pipeline::neighbourWeights(found, unit.places, fit.counts.rows, unit.places, fit.counts.rows);
        smoothed = must(nmf::smoothedRows(fit.counts, fit.counts, weights, nmf::rootTermWeights(fit.counts),
                                          {settings.semantic.lent, settings.semantic.smallest, 0}, context));
    }
    const double ready = context.secondsSinceStart();
    const auto tree = must(nmf::buildHierarchy(fit.counts, smoothed, settings.tree, context));
    const double end = context.secondsSinceStart();

    nlohmann::json paths = nlohmann::json::object();
    for (std::size_t d = 0; d < rows.size(); ++d) {
        std::vector<int> path;
        for (int node = nmf::hardNode(tree, tree.resting[d]); node > 0;
             node = tree.nodes[static_cast<std::size_t>(node)].parent)
            path.push_back(node);
        std::reverse(path.begin(), path.end());
        paths[rows[d].id] = path;
    }
    std::cout << nlohmann::json{{"paths", paths},
                                {"labels", tree.nodes.front().children.size()},
                                {"nodes", tree.nodes.size() - 1},
                                {"nonzeros", smoothed.nonZeros()},
                                {"plain", fit.counts.nonZeros()},
                                {"smoothing_seconds", ready - begin},
                                {"tree_seconds", end - ready}}
                     .dump()
              << '\n';
    return 0;
}
