// SPDX-License-Identifier: Apache-2.0
// Which documents are on which smart list, and how many.
#include <algorithm>

#include "core/project/detail/project_state.h"
#include "core/project/job_results.h"
#include "core/project/proposal.h"

namespace espalier::project {
namespace {
std::size_t offsetOf(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// What the shares of the documents say, in one pass: weakly placed and borderline.
struct ByShare {
    std::vector<char> weak, borderline;
};

ByShare byShare(const Project::State::View& view) {
    const auto& tree = view.snapshot->tree;
    const detail::TreeIndex index(tree, *view.masses);
    const detail::PinRules rules = detail::pinRules(tree, *view.documents);
    detail::ShareCounter counter(index, *view.masses);
    const std::int64_t documents = view.documents->size();
    ByShare found{std::vector<char>(offsetOf(documents), 0), std::vector<char>(offsetOf(documents), 0)};
    for (std::int64_t d = 0; d < documents; ++d) {
        const auto rule = rules.find(static_cast<std::int32_t>(d));
        const tree::PinRule* said = rule == rules.end() ? nullptr : &rule->second;
        if (said != nullptr && said->through) continue;
        const std::int32_t hard = index.index(view.hard->labels[offsetOf(d)]);
        if (hard < 0 || !counter.read(d)) continue;
        found.weak[offsetOf(d)] = counter.topShare(hard) < kWeakShare - tree::kNearTie ? 1 : 0;
        found.borderline[offsetOf(d)] = counter.narrowest(hard, said).lead < kBorderlineLead - tree::kNearTie ? 1 : 0;
    }
    return found;
}

std::vector<char> pinned(const Project::State::View& view) {
    const auto& tree = view.snapshot->tree;
    std::vector<char> found(offsetOf(view.documents->size()), 0);
    for (const tree::Pin& pin : tree.pins()) {
        const std::int32_t position = view.documents->position(pin.document);
        if (position >= 0 && tree::inForceAt(tree, pin)) found[offsetOf(position)] = 1;
    }
    for (const tree::SetShare& share : tree.shares()) {
        const std::int32_t position = view.documents->position(share.document);
        if (position >= 0 && tree::inForceAt(tree, share)) found[offsetOf(position)] = 1;
    }
    return found;
}

Result<std::vector<char>> duplicated(Project::State& s, const Project::State::View& view) {
    std::vector<char> found(offsetOf(view.documents->size()), 0);
    ESPALIER_ASSIGN(auto rows, s.db().prepare("SELECT DISTINCT document FROM duplicate"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return found;
        if (const auto position = view.documents->position(DocumentKey{rows.integer(0)}); position >= 0)
            found[offsetOf(position)] = 1;
    }
}

std::int64_t countOf(const std::vector<char>& members) {
    return std::count(members.begin(), members.end(), char{1});
}
}  // namespace

Result<std::vector<char>> Project::State::members(const View& now, SmartList which, std::int64_t since) {
    switch (which) {
        case SmartList::WeaklyPlaced:
            return byShare(now).weak;
        case SmartList::Borderline:
            return byShare(now).borderline;
        case SmartList::Pinned:
            return pinned(now);
        case SmartList::Duplicates:
            return duplicated(*this, now);
        case SmartList::Moved:
            break;
    }
    return movedSince(now, since);
}

Result<SmartCounts> Project::smartCounts(std::optional<std::int64_t> since) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(const auto view, s.current());
    SmartCounts counts;
    counts.revision = view.cursor.revision;
    const ByShare shares = byShare(view);
    counts.weaklyPlaced = countOf(shares.weak);
    counts.borderline = countOf(shares.borderline);
    counts.pinned = countOf(pinned(view));
    ESPALIER_ASSIGN(const auto copies, duplicated(s, view));
    counts.duplicates = countOf(copies);
    ESPALIER_ASSIGN(counts.duplicateRows, s.db().integer("SELECT count(*) FROM duplicate"));
    ESPALIER_ASSIGN(const auto conflicts, mergeProposals());
    ESPALIER_ASSIGN(const auto waiting, waitingProposals());
    counts.proposals = static_cast<std::int64_t>(conflicts.size() + waiting.size());
    if (since) {
        counts.since = *since;
    } else {
        ESPALIER_ASSIGN(counts.since, lastLearned());
    }
    if (counts.since > 0) {
        ESPALIER_ASSIGN(const auto moved, s.movedSince(view, counts.since));
        counts.moved = countOf(moved);
    }
    return counts;
}

Result<std::vector<WaitingProposal>> Project::waitingProposals() {
    State& s = *m_state;
    std::vector<WaitingProposal> found;
    std::vector<std::filesystem::path> folders;
    for (const auto& folder : unadoptedJobs()) {
        const auto kind = resultKind(folder);
        if (kind && (*kind == "split" || *kind == "refit")) folders.push_back(folder);
    }
    if (folders.empty()) return found;
    ESPALIER_ASSIGN(const auto view, s.current());
    for (const auto& folder : folders) {
        const auto proposal = readProposal(folder);
        if (!proposal || proposal->labels.empty()) continue;
        WaitingProposal one;
        one.folder = folder;
        one.kind = proposal->kind;
        one.label = proposal->labels.front().label;
        if (view.snapshot->tree.contains(one.label)) one.path = view.snapshot->tree.pathNames(one.label);
        one.fromRevision = proposal->fromRevision;
        one.labels = static_cast<std::int64_t>(proposal->labels.size()) - 1;
        one.stale = view.cursor.treeRevision > proposal->fromRevision;
        found.push_back(std::move(one));
    }
    return found;
}

}  // namespace espalier::project
