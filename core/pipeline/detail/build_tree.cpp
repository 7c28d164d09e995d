// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/base/platform.h"
#include "core/nmf/hierarchy.h"
#include "core/nmf/presets.h"
#include "core/pipeline/build_cost.h"
#include "core/pipeline/detail/grown_labels.h"
#include "core/pipeline/detail/jobs.h"
#include "core/pipeline/factors_file.h"
#include "core/pipeline/semantic_rows.h"
#include "core/pipeline/text_options.h"
#include "core/project/job_results.h"
#include "core/project/project.h"
#include "core/text/document.h"
#include "core/text/tfidf.h"
#include "core/tree/memberships.h"
#include "core/tree/tree_hash.h"

namespace espalier::pipeline::detail {
using nlohmann::json;

namespace {
constexpr int kSmallestCorpus = 30;  // below, a split is noise: a root only (contract.md)

struct BuildOptions {
    nmf::Preset preset = nmf::Preset::Balanced;
    text::TfidfOptions text;
    std::string vectors;
    bool dryRun = false;
    bool replace = false;
    bool force = false;
};

/// What does not depend on the project.
Result<BuildOptions> parseOptions(JobOptions& options) {
    BuildOptions build;
    ESPALIER_ASSIGN(build.text, readTextOptions(options));
    build.preset =
        nmf::presetNamed(options.choice("preset", "balanced", nmf::presetNames())).value_or(nmf::Preset::Balanced);
    build.vectors = options.text("vectors", nmf::usesVectors(build.preset) ? "" : "none");
    build.dryRun = options.flag("dry_run");
    build.replace = options.flag("replace");
    build.force = options.flag("force");
    (void)options.device();
    return build;
}

/// The preset, and over it what was named.
Result<nmf::HierarchyOptions> treeOptions(JobOptions& options, nmf::Preset preset, bool semantic) {
    nmf::HierarchyOptions tree = nmf::presetOptions(preset, semantic);
    const auto whole = [&](const char* name, int& value, int low, int high) {
        value = static_cast<int>(options.integer(name, value, low, high));
    };
    const auto word = [&](const char* name, auto& value, const std::vector<std::string>& names) {
        value = nmf::named<std::remove_reference_t<decltype(value)>>(
            names, options.choice(name, nmf::nameOf(names, value), names));
    };
    whole("depth", tree.depth, 1, 16);
    whole("k_max", tree.kMax, 2, 1000);
    tree.deepKMax = std::min(10, tree.kMax);
    whole("min_docs", tree.minDocuments, 2, 1000000000);
    whole("perturbations", tree.perturbations, 2, 1000);
    whole("iterations", tree.iterations, 1, 1000000);
    tree.threshold = options.number("threshold", tree.threshold, 0.0, 1.0);
    tree.noise = options.number("noise", tree.noise, 0.0, 0.99);
    word("solver", tree.solver, nmf::solverNames());
    word("matching", tree.matching, nmf::matchingNames());
    word("resampler", tree.resampler, nmf::resamplerNames());
    word("search", tree.search, nmf::searchNames());
    word("k_rule", tree.rule, nmf::ruleNames());
    tree.seed = options.seed();
    tree.threads = options.threads();
    ESPALIER_TRY(options.finish());
    if (tree.threshold <= 0) return makeError(ErrorCode::InvalidArgument, "--threshold must be above 0");
    return tree;
}

/// Bound pairs read well and cost nothing where neighbours lend their words; words alone agree better without them
/// (figures in tests/bench/README.md).
bool phrasesFor(const JobOptions& options, const BuildOptions& build, bool semantic) {
    return options.given("phrases") ? build.text.phrases : semantic;
}

/// As treeOptions(), for this corpus.
Result<nmf::HierarchyOptions> optionsFor(project::Project& project, JobOptions& options, nmf::Preset preset,
                                         bool semantic) {
    ESPALIER_ASSIGN(nmf::HierarchyOptions tree, treeOptions(options, preset, semantic));
    ESPALIER_ASSIGN(const std::int64_t documents, project.documentCount());
    if (documents < kSmallestCorpus) tree.minDocuments = std::max(tree.minDocuments, kSmallestCorpus);
    return tree;
}

/// The corpus in canonical order: ascending text hash, so that nothing depends on the order of import.
struct CanonicalCorpus {
    std::vector<DocumentKey> keys;
    std::vector<std::string> hashes;
    text::TfidfModel tfidf;
    SparseRows counts;
};

SparseRows reordered(const SparseRows& rows, const std::vector<std::size_t>& order) {
    SparseRows out;
    out.rows = rows.rows;
    out.cols = rows.cols;
    out.columns.reserve(rows.columns.size());
    out.values.reserve(rows.values.size());
    for (const std::size_t from : order) {
        const auto row = static_cast<std::int64_t>(from);
        const auto columns = rows.rowColumns(row);
        const auto values = rows.rowValues(row);
        out.columns.insert(out.columns.end(), columns.begin(), columns.end());
        out.values.insert(out.values.end(), values.begin(), values.end());
        out.offsets.push_back(static_cast<std::int64_t>(out.columns.size()));
    }
    return out;
}

Result<CanonicalCorpus> readCorpus(project::Project& project, const text::TfidfOptions& options,
                                   jobs::JobContext& context) {
    std::vector<DocumentKey> keys;
    std::vector<std::string> hashes;
    const auto source = [&](const std::function<void(std::string_view)>& visit) {
        return project.forEachDocument(
            [&](DocumentKey key, const text::Document& document, const std::string& hash) -> Status {
                ESPALIER_TRY(context.checkStop());
                keys.push_back(key);
                hashes.push_back(hash);
                visit(text::inputString(document));
                return {};
            });
    };
    ESPALIER_ASSIGN(text::TfidfModel::Fit fit, text::TfidfModel::fitCounts(source, options, context));
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return hashes[a] < hashes[b]; });
    CanonicalCorpus corpus;
    corpus.counts = reordered(fit.counts, order);
    corpus.tfidf = std::move(fit.model);
    for (const std::size_t from : order) {
        corpus.keys.push_back(keys[from]);
        corpus.hashes.push_back(std::move(hashes[from]));
    }
    return corpus;
}

/// Tells of labels while the tree grows: a "label" event each (job.h).
class LabelReporter {
public:
    LabelReporter(const text::TfidfModel& tfidf, jobs::JobContext& context) : m_tfidf(tfidf), m_context(context) {}

    void tell(const nmf::GrownSplit& split) {
        const auto parent = static_cast<std::size_t>(split.label);
        for (const auto& child : split.children) {
            m_labels.resize(std::max(m_labels.size(), static_cast<std::size_t>(child.label) + 1));
            m_labels[parent].children.push_back(child.label);
            auto& label = m_labels[static_cast<std::size_t>(child.label)];
            label.parent = split.label;
            label.terms = child.terms;
        }
        const std::vector<std::string> names = namesOfChildren(split.label);
        for (std::size_t c = 0; c < split.children.size(); ++c) {
            const auto& child = split.children[c];
            json terms = json::array();
            for (const auto& [term, weight] : child.terms)
                terms.push_back(m_tfidf.vocabulary()[static_cast<std::size_t>(term)]);
            m_context.emit({{"event", "label"},
                            {"id", child.label},
                            {"parent", split.label},
                            {"name", names[names.size() - split.children.size() + c]},
                            {"terms", std::move(terms)},
                            {"documents", child.documents}});
        }
    }

private:
    struct Label {
        int parent = -1;
        std::vector<std::pair<std::int32_t, float>> terms;
        std::vector<int> children;
    };

    /// A name depends on the labels above and on their siblings: those alone, as a tree of their own.
    std::vector<std::string> namesOfChildren(int label) const {
        std::vector<int> above;
        for (int at = label; at >= 0; at = m_labels[static_cast<std::size_t>(at)].parent) above.push_back(at);
        std::reverse(above.begin(), above.end());
        nmf::Hierarchy path;
        path.nodes.resize(1);
        int place = 0;
        for (std::size_t step = 0; step < above.size(); ++step) {
            int next = -1;
            for (const int child : m_labels[static_cast<std::size_t>(above[step])].children) {
                const auto index = static_cast<int>(path.nodes.size());
                auto& node = path.nodes.emplace_back();
                node.parent = place;
                node.terms = m_labels[static_cast<std::size_t>(child)].terms;
                path.nodes[static_cast<std::size_t>(place)].children.push_back(index);
                if (step + 1 < above.size() && child == above[step + 1]) next = index;
            }
            place = next;
        }
        return namesOf(path, m_tfidf);
    }

    const text::TfidfModel& m_tfidf;
    jobs::JobContext& m_context;
    std::vector<Label> m_labels{1};
};

std::vector<project::BuiltNode> builtNodes(const nmf::Hierarchy& hierarchy, const text::TfidfModel& tfidf) {
    const auto names = namesOf(hierarchy, tfidf);
    std::vector<project::BuiltNode> nodes;
    for (std::size_t i = 0; i < hierarchy.nodes.size(); ++i) {
        const auto& from = hierarchy.nodes[i];
        project::BuiltNode node;
        node.parent = from.parent;
        node.name = i == 0 ? "All documents" : names[i];
        node.terms = shownTermsOf(from, tfidf);
        node.stopReason = from.stopReason;
        node.stability = stabilityJson(from.stability);
        nodes.push_back(std::move(node));
    }
    return nodes;
}

LabelId idOfNode(std::int64_t node) {
    return LabelId{node + 1};
}

/// The tree as adoption will store it, but for the ids: enough to count levels and to hash.
Result<tree::LabelTree> labelTree(const std::vector<project::BuiltNode>& nodes) {
    tree::LabelTree labels(idOfNode(0), nodes[0].name);
    labels.findMutable(idOfNode(0))->terms = nodes[0].terms;
    for (std::size_t i = 1; i < nodes.size(); ++i) {
        tree::Label label;
        label.id = idOfNode(static_cast<std::int64_t>(i));
        label.parent = idOfNode(nodes[i].parent);
        label.name = nodes[i].name;
        label.terms = nodes[i].terms;
        const std::size_t place = labels.at(label.parent).children.size();
        ESPALIER_TRY(labels.insert(std::move(label), place));
    }
    return labels;
}

std::string hashOf(const tree::LabelTree& labels, const CanonicalCorpus& corpus, const nmf::Hierarchy& hierarchy) {
    std::map<LabelId, std::vector<std::string>> documents;
    for (std::size_t d = 0; d < corpus.keys.size(); ++d) {
        std::vector<tree::Resting> resting;
        for (const auto& [node, mass] : hierarchy.resting[d])
            resting.push_back({idOfNode(node), static_cast<double>(mass)});
        if (const LabelId hard = tree::hardLabel(labels, resting)) documents[hard].push_back(corpus.hashes[d]);
    }
    return tree::treeHash(labels, std::move(documents));
}

json levelCounts(const tree::LabelTree& labels) {
    json levels = json::array();
    for (int level = 0; level < labels.depth(); ++level) {
        levels.push_back({{"level", level}, {"labels", labels.labelsAtLevel(level).size()}});
    }
    return levels;
}

std::string optionsJson(nmf::Preset preset, const nmf::HierarchyOptions& tree, const text::TfidfModel& tfidf,
                        const std::optional<SemanticSettings>& semantic) {
    return json{{"preset", nmf::nameOf(nmf::presetNames(), preset)},
                {"depth", tree.depth},
                {"k_max", tree.kMax},
                {"min_docs", tree.minDocuments},
                {"perturbations", tree.perturbations},
                {"iterations", tree.iterations},
                {"threshold", tree.threshold},
                {"noise", tree.noise},
                {"left_out", tree.leftOut},
                {"solver", nmf::nameOf(nmf::solverNames(), tree.solver)},
                {"tolerance", tree.tolerance},
                {"matching", nmf::nameOf(nmf::matchingNames(), tree.matching)},
                {"resampler", nmf::nameOf(nmf::resamplerNames(), tree.resampler)},
                {"search", nmf::nameOf(nmf::searchNames(), tree.search)},
                {"k_rule", nmf::nameOf(nmf::ruleNames(), tree.rule)},
                {"vectors", semantic ? semantic->model : "none"},
                {"semantic", semanticJson(semantic)},
                {"text", textOptionsJson(tfidf)},
                {"seed", tree.seed}}
        .dump();
}
}  // namespace

Result<json> runEstimate(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    ESPALIER_ASSIGN(BuildOptions build, parseOptions(options));
    ESPALIER_TRY(treeOptions(options, build.preset, false));
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    ESPALIER_ASSIGN(const std::optional<project::ModelInfo> lenders, findLenders(*project, build.vectors));
    build.text.phrases = phrasesFor(options, build, lenders.has_value());
    ESPALIER_ASSIGN(const nmf::HierarchyOptions tree, optionsFor(*project, options, build.preset, lenders.has_value()));
    ESPALIER_ASSIGN(const BuildCost cost,
                    costOfBuild(*project, lenders, SemanticSettings{}, tree, build.text, context));
    return json{{"estimate", toJson(cost)},
                {"enough_memory", requireMemory(cost).ok()},
                {"vectors", lenders ? json(lenders->name) : json(nullptr)}};
}

Result<json> runBuild(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    ESPALIER_ASSIGN(BuildOptions build, parseOptions(options));
    // Whether there are vectors decides what the options start from; every one is still read before the project is.
    ESPALIER_TRY(treeOptions(options, build.preset, false));
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    ESPALIER_ASSIGN(const auto before, project->tree());
    if (before->grown() && !build.replace && !build.dryRun) {
        return makeError(
            ErrorCode::AlreadyExists,
            "this project has a label tree; --replace builds a new one in its place (one edit that undo takes back)");
    }
    if (!build.dryRun) {
        ESPALIER_TRY(project::requireNoLock(before->tree));
        const auto stays = [&context](std::size_t count, const std::string& what) {
            if (count == 0) return;
            context.warning(std::to_string(count) + " " + what + (count == 1 ? " stays" : "s stay") +
                            " with the tree that is replaced; undo brings both back");
        };
        stays(before->tree.pins().size(), "pin");
        stays(before->tree.shares().size(), "set share");
    }
    ESPALIER_ASSIGN(const std::optional<project::ModelInfo> lenders, findLenders(*project, build.vectors));
    std::optional<SemanticSettings> semantic;
    if (lenders) {
        semantic.emplace();
        semantic->model = lenders->name;
        semantic->modelSha256 = lenders->sha256;
        semantic->vectorsSha256 = lenders->vectorsSha256;
    }
    build.text.phrases = phrasesFor(options, build, semantic.has_value());
    ESPALIER_ASSIGN(nmf::HierarchyOptions tree, optionsFor(*project, options, build.preset, semantic.has_value()));
    ESPALIER_ASSIGN(const BuildCost cost,
                    costOfBuild(*project, lenders, semantic.value_or(SemanticSettings{}), tree, build.text, context));
    json estimate = toJson(cost);
    estimate["event"] = "estimate";
    context.emit(estimate);
    ESPALIER_TRY(requireMemory(cost));
    ESPALIER_ASSIGN(const CanonicalCorpus corpus, readCorpus(*project, build.text, context));
    warnOfLanguages(corpus.tfidf, context);
    std::optional<SemanticRows> rows;
    if (semantic) {
        ESPALIER_ASSIGN(rows,
                        semanticRows(*project, *lenders, *semantic, corpus.keys, corpus.counts, tree.threads, context));
        if (rows->withoutVector > 0) {
            context.warning(std::to_string(rows->withoutVector) + " of " + std::to_string(corpus.keys.size()) +
                            " documents have no vector of \"" + semantic->model +
                            "\" and are placed by their own words alone; embed again to include them");
        }
    }
    tree.keepOnStop = !before->grown() && !build.dryRun;
    LabelReporter reporter(corpus.tfidf, context);
    tree.onSplit = [&reporter](const nmf::GrownSplit& split) { reporter.tell(split); };
    tree.onWhole = [&context](int label, const std::string& reason) {
        context.emit({{"event", "whole"}, {"id", label}, {"reason", reason}});
    };
    auto grown = nmf::buildHierarchy(corpus.counts, rows ? rows->rows : corpus.counts, tree, context);
    if (!grown && grown.error().code == ErrorCode::Cancelled && before->grown())
        return makeError(ErrorCode::Cancelled, "the build was stopped; the tree that was there stays");
    ESPALIER_ASSIGN(const nmf::Hierarchy hierarchy, std::move(grown));

    project::BuildResult result;
    result.fromRevision = before->revision;
    result.replace = build.replace;
    result.force = build.force;
    result.options = optionsJson(build.preset, tree, corpus.tfidf, semantic);
    result.nodes = builtNodes(hierarchy, corpus.tfidf);
    ESPALIER_ASSIGN(const tree::LabelTree labels, labelTree(result.nodes));
    result.hash = hashOf(labels, corpus, hierarchy);
    result.simd = nmf::simdLevelName();
    std::int64_t unassigned = 0;
    for (std::size_t d = 0; d < corpus.keys.size(); ++d) {
        std::vector<std::pair<std::int64_t, double>> rests;
        for (const auto& [node, mass] : hierarchy.resting[d]) rests.emplace_back(node, mass);
        if (rests.empty()) ++unassigned;
        result.resting.add(corpus.keys[d], rests, {hierarchy.fits[d].begin(), hierarchy.fits[d].end()});
    }
    json stopReasons = json::object();
    for (const auto& node : result.nodes) {
        if (!node.stopReason.empty()) stopReasons[node.stopReason] = stopReasons.value(node.stopReason, 0) + 1;
    }
    result.seconds = context.secondsSinceStart();
    result.peakMb = static_cast<double>(platform::peakMemoryBytes()) / 1048576.0;
    if (!build.dryRun) {
        result.factorsFile = kFactorsFile;
        ESPALIER_TRY(writeFactors(request.folder / kFactorsFile, corpus.tfidf, hierarchy, corpus.keys));
        if (!tree.keepOnStop || context.control() == jobs::Control::Discard) ESPALIER_TRY(context.checkStop());
        ESPALIER_TRY(project::writeBuildResult(request.folder, result));
    }
    json object{{"revision", nullptr},
                {"nodes", result.nodes.size() - 1},
                {"depth", labels.depth()},
                {"levels", levelCounts(labels)},
                {"unassigned", unassigned},
                {"stop_reasons", stopReasons},
                {"seconds", result.seconds},
                {"peak_mb", result.peakMb},
                {"hash", result.hash},
                {"vectors", nullptr},
                {"without_vector", nullptr},
                {"languages", languagesJson(corpus.tfidf.languages())},
                {"state", hierarchy.stopped ? "stopped" : "done"},
                {"estimate", toJson(cost)}};
    if (semantic) {
        object["vectors"] = semantic->model;
        object["without_vector"] = rows->withoutVector;
    }
    return object;
}

}  // namespace espalier::pipeline::detail
