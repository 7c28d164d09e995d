// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/refit.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
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
constexpr std::size_t kNameHolds = 3;    // strongest terms that must still be among a label's for its name to stay
constexpr std::size_t kPairsNamed = 10;  // contradictions in one message

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// The branch as it is.
struct Branch {
    std::vector<LabelId> labels;  ///< by place, depth first
    std::unordered_map<LabelId, int> placeOf;
    std::vector<nmf::RefitLabel> outline;
    std::vector<char> locked;  ///< by place: it or a label above it in the branch
};

Branch branchOf(const tree::LabelTree& labels, LabelId subject, const std::set<LabelId>& shaped) {
    Branch branch;
    branch.labels = labels.branch(subject);
    for (std::size_t place = 0; place < branch.labels.size(); ++place) {
        const tree::Label& label = labels.at(branch.labels[place]);
        branch.placeOf.emplace(label.id, static_cast<int>(place));
        nmf::RefitLabel one;
        if (place > 0) one.parent = branch.placeOf.at(label.parent);
        one.kind = label.locked                 ? nmf::RefitLabel::Kind::Locked
                   : shaped.count(label.id) > 0 ? nmf::RefitLabel::Kind::Anchored
                                                : nmf::RefitLabel::Kind::Free;
        one.whole = one.kind == nmf::RefitLabel::Kind::Anchored && label.children.empty();
        one.restApart = label.massOf.size() > 1;
        branch.locked.push_back(label.locked || (place > 0 && branch.locked[at(one.parent)] != 0) ? 1 : 0);
        branch.outline.push_back(one);
    }
    return branch;
}

/// Documents that the branch has something of.
struct BranchDocuments {
    std::vector<DocumentKey> all;
    std::unordered_map<DocumentKey, int> at;  ///< place where the hard path ends, of those that end in the branch
    std::unordered_map<DocumentKey, std::vector<std::pair<int, double>>> mass;  ///< place, mass resting there
};

Result<BranchDocuments> documentsOf(project::Project& project, const Branch& branch) {
    BranchDocuments found;
    ESPALIER_ASSIGN(const auto resting, project.allResting());
    for (const auto& document : resting) {
        for (const tree::Resting& rests : document.resting) {
            const auto place = branch.placeOf.find(rests.label);
            if (place == branch.placeOf.end()) continue;
            auto& own = found.mass[document.key];
            if (own.empty()) found.all.push_back(document.key);
            own.emplace_back(place->second, rests.mass);
        }
    }
    ESPALIER_ASSIGN(const auto hard, project.hardLabels());
    for (const auto& document : hard) {
        const auto place = branch.placeOf.find(document.label);
        if (place == branch.placeOf.end()) continue;
        found.at.emplace(document.key, place->second);
        if (found.mass.count(document.key) == 0) found.all.push_back(document.key);  // pinned here
    }
    return found;
}

std::vector<std::pair<int, bool>> pinsOf(const tree::LabelTree& labels, const Branch& branch, DocumentKey document) {
    std::vector<std::pair<int, bool>> pins;
    for (const tree::PinInForce& pin : tree::pinsInForce(labels, document)) {
        const auto place = branch.placeOf.find(pin.label);
        if (place != branch.placeOf.end()) pins.emplace_back(place->second, pin.must);
    }
    return pins;
}

/// Set shares of a document as parts of what it has under the parent; of one that has nothing there: none.
std::vector<std::pair<int, double>> sharesOf(const tree::LabelTree& labels, const Branch& branch, DocumentKey document,
                                             const std::vector<std::pair<int, double>>& mass) {
    std::vector<std::pair<int, double>> shares;
    const auto shareAt = [&](int place) {
        double sum = 0;
        for (const auto& [rests, part] : mass) {
            if (labels.inBranch(branch.labels[at(rests)], branch.labels[at(place)])) sum += part;
        }
        return sum;
    };
    for (const tree::SetShare& share : tree::sharesInForce(labels, document)) {
        const auto place = branch.placeOf.find(share.label);
        if (place == branch.placeOf.end() || place->second == 0) continue;
        const double whole = shareAt(branch.outline[at(place->second)].parent);
        if (whole >= nmf::kSmallestShare)
            shares.emplace_back(place->second, std::min(1.0, shareAt(place->second) / whole));
    }
    return shares;
}

/// \retval InvalidState  two pins of a document, or a pin and a set share, cannot both be obeyed, and one of them is of
/// the branch
Status requireSensiblePins(project::Project& project, const tree::LabelTree& labels, const Branch& branch) {
    std::string pairs;
    std::size_t count = 0;
    const auto name = [&](DocumentKey document, const std::string& pair) -> Status {
        if (++count > kPairsNamed) return {};
        ESPALIER_ASSIGN(const auto record, project.document(document));
        pairs += (pairs.empty() ? "" : "; ") + ("document '" + record.document.id) + "': " + pair;
        return {};
    };
    DocumentKey last;
    for (const tree::Pin& stored : labels.pins()) {
        if (stored.document == last) continue;
        last = stored.document;
        for (const auto& [share, pin] : tree::shareContradictions(labels, last)) {
            if (branch.placeOf.count(share.label) == 0 && branch.placeOf.count(pin.label) == 0) continue;
            ESPALIER_TRY(name(last, tree::describeContradiction(labels, share, pin)));
        }
        for (const auto& [a, b] : tree::contradictions(labels, tree::pinsInForce(labels, last))) {
            if (branch.placeOf.count(a.label) == 0 && branch.placeOf.count(b.label) == 0) continue;
            ESPALIER_TRY(name(last, tree::describeContradiction(labels, a, b)));
        }
    }
    if (count == 0) return {};
    if (count > kPairsNamed) pairs += "; and " + std::to_string(count - kPairsNamed) + " more";
    return makeError(ErrorCode::InvalidState, "pins of this branch contradict each other or shares that are set: " +
                                                  pairs + ". Take one of each pair back first (unpin, unshare)");
}

/// How rows are smoothed: as the tree was grown, or as asked.
Result<std::optional<SemanticSettings>> settingsFor(project::Project& project, const std::string& vectors,
                                                    std::string_view buildOptions) {
    if (vectors.empty()) return semanticSettings(buildOptions);
    ESPALIER_ASSIGN(const auto lenders, findLenders(project, vectors));
    if (!lenders) return std::optional<SemanticSettings>();
    SemanticSettings settings;
    settings.model = lenders->name;
    settings.modelSha256 = lenders->sha256;
    settings.vectorsSha256 = lenders->vectorsSha256;
    return std::optional(settings);
}

/// Of a re-fit's nodes to the proposal's labels.
class ProposalWriter {
public:
    ProposalWriter(const tree::LabelTree& labels, const Branch& branch, const std::set<LabelId>& shaped,
                   const nmf::Refit& refit, const text::TfidfModel& tfidf)
        : m_labels(labels), m_branch(branch), m_shaped(shaped), m_refit(refit), m_tfidf(tfidf) {}

    void write(const std::vector<std::vector<DocumentKey>>& typical, project::Proposal& proposal) {
        const auto names = proposedNames();
        proposal.nodeLabel.assign(m_refit.hierarchy.nodes.size(), 0);
        add(0, -1, names, typical, proposal);
        for (const int place : m_refit.removed) {
            int to = m_branch.outline[at(place)].parent;
            while (std::find(m_refit.removed.begin(), m_refit.removed.end(), to) != m_refit.removed.end())
                to = m_branch.outline[at(to)].parent;
            proposal.removed.push_back({m_branch.labels[at(place)], m_branch.labels[at(to)]});
        }
        const std::set<int> untouched(m_refit.untouched.begin(), m_refit.untouched.end());
        std::vector<char> apart(m_branch.labels.size(), 0);
        for (std::size_t place = 0; place < apart.size(); ++place) {
            const int parent = m_branch.outline[place].parent;
            apart[place] = m_branch.locked[place] != 0 || untouched.count(static_cast<int>(place)) > 0 ||
                                   (parent >= 0 && apart[at(parent)] != 0)
                               ? 1
                               : 0;
            if (apart[place] != 0) continue;
            for (const LabelId cell : m_labels.at(m_branch.labels[place]).massOf) proposal.sources.push_back(cell);
        }
        std::sort(proposal.sources.begin(), proposal.sources.end());
        m_apart = std::move(apart);
    }

    /// Whether mass at a place stays there, after write().
    bool staysApart(int place) const { return m_apart[at(place)] != 0; }

private:
    const tree::Label* oldOf(int node) const {
        const int place = m_refit.goesOnAs[at(node)];
        return place < 0 ? nullptr : &m_labels.at(m_branch.labels[at(place)]);
    }

    void add(int node, int parent, const std::vector<std::string>& names,
             const std::vector<std::vector<DocumentKey>>& typical, project::Proposal& proposal) {
        const nmf::HierarchyNode& from = m_refit.hierarchy.nodes[at(node)];
        if (m_refit.rests[at(node)] != 0) {
            proposal.nodeLabel[at(node)] = parent;
            return;
        }
        const auto place = static_cast<int>(proposal.labels.size());
        proposal.nodeLabel[at(node)] = place;
        const tree::Label* old = oldOf(node);
        project::ProposedLabel label;
        label.parent = parent;
        label.name = names[at(node)];
        label.terms = shownTermsOf(from, m_tfidf);
        label.stopReason = from.children.empty() ? from.stopReason : "";
        label.stability = stabilityJson(from.stability);
        if (old != nullptr) {
            label.label = old->id;
            if (label.terms.empty()) label.terms = old->terms;
            if (keepsName(*old, label.terms)) label.name = old->name;
            if (label.stopReason.empty() && from.children.empty()) label.stopReason = old->stopReason;
        }
        if (node == 0) {
            label.name = old->name;
            label.terms = old->terms;
        } else {
            label.typical = typical[at(node)];
        }
        proposal.labels.push_back(std::move(label));
        for (const int child : from.children) add(child, place, names, typical, proposal);
    }

    /// A shaped label keeps its name; a free one while its strongest terms are still among its terms.
    bool keepsName(const tree::Label& old, const std::vector<tree::Term>& terms) const {
        if (old.nameByUser || m_shaped.count(old.id) > 0) return true;
        for (std::size_t i = 0; i < old.terms.size() && i < kNameHolds; ++i) {
            const bool still = std::any_of(terms.begin(), terms.end(),
                                           [&](const tree::Term& term) { return term.text == old.terms[i].text; });
            if (!still) return false;
        }
        return !old.terms.empty();
    }

    /// One name a node, told apart from labels above and beside; no two siblings share one.
    std::vector<std::string> proposedNames() const {
        const auto places = writtenPlaces(m_tfidf);
        const auto& nodes = m_refit.hierarchy.nodes;
        nmf::Hierarchy around;
        around.nodes.resize(1);
        int above = 0;
        const auto put = [&](int parent, std::vector<std::pair<std::int32_t, float>> terms) {
            const auto node = static_cast<int>(around.nodes.size());
            auto& made = around.nodes.emplace_back();
            made.parent = parent;
            made.terms = std::move(terms);
            around.nodes[at(parent)].children.push_back(node);
            return node;
        };
        for (const LabelId step : m_labels.path(m_branch.labels.front()))
            above = put(above, placesOf(m_labels.at(step).terms, places));
        std::vector<int> nodeAround(nodes.size(), above);
        for (std::size_t v = 1; v < nodes.size(); ++v)
            nodeAround[v] = put(nodeAround[at(nodes[v].parent)], nodes[v].terms);
        const auto all = namesOf(around, m_tfidf);
        std::vector<std::string> names(nodes.size());
        for (std::size_t v = 1; v < nodes.size(); ++v) names[v] = all[at(nodeAround[v])];
        for (std::size_t v = 0; v < nodes.size(); ++v) tellApart(static_cast<int>(v), names);
        return names;
    }

    void tellApart(int parent, std::vector<std::string>& names) const {
        std::unordered_set<std::string> used;
        if (const tree::Label* old = oldOf(parent)) {
            for (const LabelId child : old->children) {
                const auto place = m_branch.placeOf.at(child);
                if (std::find(m_refit.removed.begin(), m_refit.removed.end(), place) == m_refit.removed.end())
                    used.insert(m_labels.at(child).name);
            }
        }
        for (const int child : m_refit.hierarchy.nodes[at(parent)].children) {
            std::string& name = names[at(child)];
            const tree::Label* old = oldOf(child);
            if (m_refit.rests[at(child)] != 0 || (old != nullptr && old->name == name)) continue;
            const std::string wanted = name;
            for (int number = 2; !used.insert(name).second; ++number) name = wanted + " " + std::to_string(number);
        }
    }

    const tree::LabelTree& m_labels;
    const Branch& m_branch;
    const std::set<LabelId>& m_shaped;
    const nmf::Refit& m_refit;
    const text::TfidfModel& m_tfidf;
    std::vector<char> m_apart;
};

}  // namespace

Result<json> runRefit(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    const LabelId subject{options.integer("label", 0, 1, std::int64_t{1} << 62)};
    nmf::RefitOptions refitting;
    refitting.k = static_cast<int>(options.integer("k", 0, 0, 1000));
    const std::string vectors = options.text("vectors", "");
    const int threads = options.threads();
    (void)options.device();
    (void)options.seed();
    ESPALIER_TRY(options.finish());
    if (refitting.k == 1) return makeError(ErrorCode::InvalidArgument, "a label is re-fitted to at least 2");
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    ESPALIER_ASSIGN(const auto snapshot, project->tree());
    const tree::LabelTree& labels = snapshot->tree;
    const tree::Label* label = labels.find(subject);
    if (label == nullptr) return makeError(ErrorCode::NotFound, "there is no label " + std::to_string(subject.value));
    if (label->locked)
        return makeError(ErrorCode::InvalidState, "'" + label->name + "' is locked; unlock it to re-fit it");
    ESPALIER_ASSIGN(const project::BuildInfo build, project->buildInfo());
    if (build.factorsFile.empty())
        return makeError(ErrorCode::InvalidState, "the words of the tree are not stored; build it again");
    if (label->children.empty())
        return makeError(ErrorCode::InvalidState,
                         "'" + label->name + "' has no labels below it to re-fit; split it instead");
    ESPALIER_ASSIGN(const std::set<LabelId> shaped, project->shapedLabels());
    const Branch branch = branchOf(labels, subject, shaped);
    ESPALIER_TRY(requireSensiblePins(*project, labels, branch));
    ESPALIER_ASSIGN(const BranchDocuments documents, documentsOf(*project, branch));

    refitting.tree = treeOptionsOf(build.options);
    refitting.tree.threads = threads;
    refitting.tree.depth = std::max(1, refitting.tree.depth - labels.level(subject) - 1);
    if (subject != labels.root()) refitting.tree.seed = mixSeeds(refitting.tree.seed, at(subject.value));
    const auto least = std::int64_t{2} * refitting.tree.minDocuments;
    const auto movable = std::count_if(documents.at.begin(), documents.at.end(),
                                       [&](const auto& one) { return branch.locked[at(one.second)] == 0; });
    if (movable < least) {
        return makeError(ErrorCode::InvalidState, "'" + label->name + "' has " + std::to_string(movable) +
                                                      (movable == 1 ? " document" : " documents") +
                                                      " outside locked labels; a branch is re-fitted from " +
                                                      std::to_string(least) +
                                                      " on, twice what the tree takes to split a label");
    }
    ESPALIER_ASSIGN(const Factors factors, readFactors(build.factorsFile));
    ESPALIER_ASSIGN(const auto settings, settingsFor(*project, vectors, build.options));
    ESPALIER_ASSIGN(const BranchRows rows,
                    readBranchRows(*project, factors.tfidf, settings, documents.all, threads, context));
    if (rows.counts.columns.empty())
        return makeError(ErrorCode::InvalidState,
                         "no document of '" + label->name + "' has a word that the tree was grown from");
    const auto places = writtenPlaces(factors.tfidf);
    for (const LabelId step : labels.path(subject)) {
        for (const auto& [term, weight] : placesOf(labels.at(step).terms, places))
            refitting.tree.saidAbove.push_back(term);
    }
    std::vector<std::int64_t> fitted;
    std::vector<nmf::RefitDocument> fittedDocuments;
    for (std::size_t i = 0; i < rows.keys.size(); ++i) {
        const auto place = documents.at.find(rows.keys[i]);
        if (place == documents.at.end()) continue;
        fitted.push_back(static_cast<std::int64_t>(i));
        const auto mass = documents.mass.find(rows.keys[i]);
        fittedDocuments.push_back({place->second, pinsOf(labels, branch, rows.keys[i]),
                                   mass == documents.mass.end()
                                       ? std::vector<std::pair<int, double>>()
                                       : sharesOf(labels, branch, rows.keys[i], mass->second)});
    }
    ESPALIER_ASSIGN(const nmf::Refit refit,
                    nmf::refitHierarchy(pickRows(rows.counts, fitted), pickRows(rows.rows, fitted), branch.outline,
                                        fittedDocuments, refitting, context));

    project::Proposal proposal;
    proposal.kind = project::ProposalKind::Refit;
    proposal.fromRevision = snapshot->revision;
    const nmf::FoldIn foldIn(refit.hierarchy);
    ESPALIER_ASSIGN(const auto shares, foldIn.sharesOf(rows.rows, threads, "memberships", context));
    ProposalWriter writer(labels, branch, shaped, refit, factors.tfidf);
    writer.write(typicalOf(rows.keys, shares, refit.hierarchy.nodes.size()), proposal);
    for (std::size_t d = 0; d < rows.keys.size(); ++d) {
        const auto own = documents.mass.find(rows.keys[d]);
        if (own == documents.mass.end() || shares[d].resting.empty()) continue;
        double mass = 0;
        for (const auto& [place, part] : own->second) mass += writer.staysApart(place) ? 0 : part;
        if (mass < nmf::kSmallestSplitMass) continue;  // too little to say anything by: it stays where it is
        std::map<std::int64_t, double> rests;
        for (const auto& [node, part] : dealOut(mass, shares[d].resting, refit.hierarchy))
            rests[proposal.nodeLabel[at(node)]] += part;
        project::RestingRows::Row fits;
        for (const auto& [node, residual] : shares[d].fits) fits.emplace_back(proposal.nodeLabel[at(node)], residual);
        proposal.resting.add(rows.keys[d], {rests.begin(), rests.end()}, fits);
    }
    proposal.options = json{{"k", refitting.k},
                            {"anchor_weight", refitting.anchorWeight},
                            {"vectors", settings ? settings->model : "none"},
                            {"threshold", refitting.tree.threshold},
                            {"seed", refitting.tree.seed}}
                           .dump();
    proposal.factorsFile = kFactorsFile;
    proposal.seconds = context.secondsSinceStart();
    ESPALIER_TRY(context.checkStop());
    ESPALIER_TRY(writeFactors(request.folder / kFactorsFile, factors.tfidf, refit.hierarchy, {},
                              json{{"semantic", semanticJson(settings)}}.dump()));
    ESPALIER_TRY(project::writeProposal(request.folder, proposal));
    return json{{"label", subject.value}, {"labels", proposal.labels.size() - 1}, {"documents", documents.at.size()}};
}

}  // namespace espalier::pipeline::detail
