// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

#include "core/base/rng.h"
#include "core/pipeline/detail/branch_rows.h"
#include "core/pipeline/detail/grown_labels.h"
#include "core/pipeline/detail/jobs.h"
#include "core/pipeline/factors_file.h"
#include "core/project/project.h"
#include "core/project/proposal.h"

namespace espalier::pipeline::detail {
using nlohmann::json;

namespace {
constexpr int kLeastDocuments = 4;  // two for each of two labels
constexpr int kUsualMost = 10;      // children, as below the first level of a build

/// Names of the new labels: told apart from the labels above, from each other, and from those that are there already.
std::vector<std::string> namesOfParts(const tree::LabelTree& labels, LabelId label, const nmf::Hierarchy& parts,
                                      const text::TfidfModel& tfidf) {
    const auto places = writtenPlaces(tfidf);
    nmf::Hierarchy around;
    around.nodes.resize(1);
    int at = 0;
    const auto add = [&](int parent, std::vector<std::pair<std::int32_t, float>> terms) {
        const auto node = static_cast<int>(around.nodes.size());
        auto& made = around.nodes.emplace_back();
        made.parent = parent;
        made.terms = std::move(terms);
        around.nodes[static_cast<std::size_t>(parent)].children.push_back(node);
        return node;
    };
    for (const LabelId step : labels.path(label)) at = add(at, placesOf(labels.at(step).terms, places));
    for (const LabelId child : labels.at(label).children) (void)add(at, placesOf(labels.at(child).terms, places));
    const std::size_t first = around.nodes.size();
    for (const int part : parts.nodes.front().children)
        (void)add(at, parts.nodes[static_cast<std::size_t>(part)].terms);
    const auto all = namesOf(around, tfidf);
    std::vector<std::string> names(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
    std::unordered_set<std::string> used;
    for (const LabelId child : labels.at(label).children) used.insert(labels.at(child).name);
    for (std::string& name : names) {
        const std::string wanted = name;
        for (int number = 2; !used.insert(name).second; ++number) name = wanted + " " + std::to_string(number);
    }
    return names;
}

struct Documents {
    std::vector<DocumentKey> withMass;             ///< some of whose mass rests at the label
    std::unordered_map<DocumentKey, double> mass;  ///< of these
    std::unordered_set<DocumentKey> ending;        ///< whose hard path ends at it
};

Result<Documents> documentsOf(project::Project& project, LabelId label) {
    Documents found;
    ESPALIER_ASSIGN(const auto all, project.allResting());
    for (const auto& document : all) {
        for (const tree::Resting& rests : document.resting) {
            if (rests.label != label) continue;
            found.withMass.push_back(document.key);
            found.mass.emplace(document.key, rests.mass);
        }
    }
    ESPALIER_ASSIGN(const auto hard, project.hardLabels());
    for (const auto& document : hard) {
        if (document.label == label) found.ending.insert(document.key);
    }
    return found;
}

/// As the tree was grown, for one level.
nmf::HierarchyOptions splitOptions(std::string_view buildOptions, LabelId label, int k, int kMax) {
    nmf::HierarchyOptions tree = treeOptionsOf(buildOptions);
    tree.depth = 1;
    tree.kMax = std::max(k, kMax > 0 ? kMax : kUsualMost);
    tree.minDocuments = kLeastDocuments;
    tree.exactK = k;
    tree.seed = mixSeeds(tree.seed, static_cast<std::uint64_t>(label.value));
    tree.keepOnStop = false;
    if (k > 0) {  // asked for: neither slivers nor chance stand in its way
        tree.mergeSmall = false;
        tree.minGain = -1e9;
    }
    return tree;
}
}  // namespace

Result<json> runSplit(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    const LabelId label{options.integer("label", 0, 1, std::int64_t{1} << 62)};
    const int k = static_cast<int>(options.integer("k", 0, 0, 1000));
    const int kMax = static_cast<int>(options.integer("k_max", 0, 0, 1000));
    const int threads = options.threads();
    (void)options.device();
    (void)options.seed();
    ESPALIER_TRY(options.finish());
    if (k == 1 || kMax == 1) return makeError(ErrorCode::InvalidArgument, "a label is split into at least 2");
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    ESPALIER_ASSIGN(const auto snapshot, project->tree());
    const tree::LabelTree& labels = snapshot->tree;
    const tree::Label* subject = labels.find(label);
    if (subject == nullptr) return makeError(ErrorCode::NotFound, "there is no label " + std::to_string(label.value));
    if (subject->locked)
        return makeError(ErrorCode::InvalidState, "'" + subject->name + "' is locked; unlock it to split it");
    ESPALIER_ASSIGN(const project::BuildInfo build, project->buildInfo());
    if (build.factorsFile.empty())
        return makeError(ErrorCode::InvalidState, "the words of the tree are not stored; build it again");
    ESPALIER_ASSIGN(const Factors factors, readFactors(build.factorsFile));
    ESPALIER_ASSIGN(const Documents documents, documentsOf(*project, label));

    project::Proposal proposal;
    proposal.kind = project::ProposalKind::Split;
    proposal.fromRevision = snapshot->revision;
    proposal.sources = subject->massOf;
    proposal.labels.push_back({-1, label, subject->name, subject->terms, subject->stopReason, "[]", {}});
    const auto finish = [&]() -> Result<json> {
        proposal.seconds = context.secondsSinceStart();
        ESPALIER_TRY(context.checkStop());
        ESPALIER_TRY(project::writeProposal(request.folder, proposal));
        return json{{"label", label.value}, {"k", proposal.labels.size() - 1}, {"documents", documents.ending.size()}};
    };
    const auto count = static_cast<std::int64_t>(documents.ending.size());
    const std::string has = "'" + subject->name + "' has " + std::to_string(count) +
                            (count == 1 ? " document" : " documents") +
                            (subject->children.empty() ? "" : " of its own");
    if (k > 0 && count < k)
        return makeError(ErrorCode::InvalidState, has + ", too few for " + std::to_string(k) + " labels");
    if (count < kLeastDocuments) {
        proposal.why = has + "; a label is split from " + std::to_string(kLeastDocuments) + " on.";
        return finish();
    }

    std::vector<DocumentKey> wanted = documents.withMass;
    for (const DocumentKey key : documents.ending) {
        if (documents.mass.count(key) == 0) wanted.push_back(key);  // pinned here: an example of the label all the same
    }
    const auto settings = semanticSettings(build.options);
    ESPALIER_ASSIGN(const BranchRows branch,
                    readBranchRows(*project, factors.tfidf, settings, wanted, threads, context));
    std::vector<std::int64_t> own;
    for (std::size_t i = 0; i < branch.keys.size(); ++i) {
        if (documents.ending.count(branch.keys[i]) > 0) own.push_back(static_cast<std::int64_t>(i));
    }
    nmf::HierarchyOptions tree = splitOptions(build.options, label, k, kMax);
    tree.threads = threads;
    const auto places = writtenPlaces(factors.tfidf);
    for (const LabelId step : labels.path(label)) {
        for (const auto& [term, weight] : placesOf(labels.at(step).terms, places)) tree.saidAbove.push_back(term);
    }
    ESPALIER_ASSIGN(const nmf::Hierarchy parts,
                    nmf::buildHierarchy(pickRows(branch.counts, own), pickRows(branch.rows, own), tree, context));
    proposal.labels.front().stability = stabilityJson(parts.nodes.front().stability);
    const std::size_t size = parts.nodes.front().children.size();
    if (size == 0) {
        proposal.why = parts.nodes.front().stopReason;
        return finish();
    }

    const nmf::FoldIn foldIn(parts);
    ESPALIER_ASSIGN(const auto shares, foldIn.sharesOf(branch.rows, threads, "memberships", context));
    std::vector<nmf::FoldIn::Shares> ownShares;
    std::vector<DocumentKey> ownKeys;
    for (const std::int64_t row : own) {
        ownShares.push_back(shares[static_cast<std::size_t>(row)]);
        ownKeys.push_back(branch.keys[static_cast<std::size_t>(row)]);
    }
    const auto typical = typicalOf(ownKeys, ownShares, size + 1);
    const auto names = namesOfParts(labels, label, parts, factors.tfidf);
    for (std::size_t part = 1; part <= size; ++part) {
        proposal.labels.push_back(
            {0, LabelId{}, names[part - 1], shownTermsOf(parts.nodes[part], factors.tfidf), "", "[]", typical[part]});
    }
    for (std::size_t node = 0; node <= size; ++node) proposal.nodeLabel.push_back(static_cast<int>(node));
    for (std::size_t d = 0; d < branch.keys.size(); ++d) {
        const auto mass = documents.mass.find(branch.keys[d]);
        if (mass == documents.mass.end()) continue;
        std::vector<std::pair<std::int64_t, double>> rests;
        for (const auto& [node, part] : dealOut(mass->second, shares[d].resting, parts)) rests.emplace_back(node, part);
        if (rests.size() == 1 && rests.front().first == 0) continue;  // all of it stays
        proposal.resting.add(branch.keys[d], rests, {shares[d].fits.begin(), shares[d].fits.end()});
    }
    proposal.options = json{{"k", k}, {"threshold", tree.threshold}, {"seed", tree.seed}}.dump();
    proposal.factorsFile = kFactorsFile;
    ESPALIER_TRY(writeFactors(request.folder / kFactorsFile, factors.tfidf, parts, {},
                              json{{"semantic", semanticJson(settings)}}.dump()));
    return finish();
}

}  // namespace espalier::pipeline::detail
