// SPDX-License-Identifier: Apache-2.0
// Splits and re-fits: what taking a proposal would change, and taking it.
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "core/project/detail/proposal_plan.h"
#include "core/tree/difference.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {
std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// Counts of the tree before and after, label by label.
class Differ {
public:
    Differ(const Project::State::View& view, const FittedRows& fitted, const Proposal& proposal,
           const ProposalPlan& plan)
        : m_view(view),
          m_before(view.snapshot->tree),
          m_fitted(fitted),
          m_proposal(proposal),
          m_plan(plan),
          m_masses(view.masses->with(plan.rows, view.documents->size())),
          m_hard(detail::HardLabels::compute(plan.tree, *m_masses, *view.documents)) {
        countMoves();
    }

    Result<ProposalDiff> diff(store::Connection& db) {
        ProposalDiff result;
        const LabelId subject = m_proposal.labels.front().label;
        result.kind = m_proposal.kind;
        result.label = subject;
        result.path = m_before.pathNames(subject);
        result.stability = m_proposal.labels.front().stability;
        result.why = m_proposal.why;
        result.documents = m_view.snapshot->countsOf(subject).documents;
        for (std::size_t place = 1; place < m_proposal.labels.size(); ++place) {
            result.k += m_proposal.labels[place].parent == 0 ? 1 : 0;
            ESPALIER_ASSIGN(ProposedChange change, changeAt(db, place));
            if (!change.label || !m_before.contains(change.label)) {
                result.added.push_back(std::move(change));
                continue;
            }
            const tree::Label& was = m_before.at(change.label);
            const tree::Label* is = m_plan.tree.find(change.label);
            const bool isMoved = is != nullptr && is->parent != was.parent;
            const bool isRenamed = is != nullptr && is->name != was.name;
            if (isRenamed) result.renamed.push_back(change);
            if (isMoved) result.moved.push_back(change);
            const bool differs =
                change.documentsIn + change.documentsOut > 0 || (is != nullptr && is->terms != was.terms);
            if (!isRenamed && !isMoved && differs) result.refitted.push_back(std::move(change));
        }
        for (std::size_t i = 0; i < m_proposal.removed.size(); ++i) result.removed.push_back(removedAt(i));
        result.documentsMoved = m_moved;
        ESPALIER_TRY(judgePins(db, subject, result));
        ESPALIER_TRY(judgeShares(db, subject, result));
        if (result.empty() && result.why.empty()) result.why = "it already is as its documents have it.";
        return result;
    }

private:
    void countMoves() {
        for (std::size_t d = 0; d < m_hard.labels.size(); ++d) {
            const LabelId was = m_view.hard->labels[d], is = m_hard.labels[d];
            std::vector<LabelId> from, to;
            if (was) from = m_before.path(was);
            if (is) to = m_plan.tree.path(is);
            if (from == to) continue;
            ++m_moved;
            std::sort(from.begin(), from.end());
            std::sort(to.begin(), to.end());
            for (const LabelId label : from) m_out[label] += !std::binary_search(to.begin(), to.end(), label);
            for (const LabelId label : to) m_in[label] += !std::binary_search(from.begin(), from.end(), label);
        }
    }

    static std::int64_t in(const std::unordered_map<LabelId, std::int64_t>& counts, LabelId label) {
        const auto found = counts.find(label);
        return found == counts.end() ? 0 : found->second;
    }

    Result<ProposedChange> changeAt(store::Connection& db, std::size_t place) {
        const ProposedLabel& proposed = m_proposal.labels[place];
        ProposedChange change;
        change.number = static_cast<int>(place);
        change.taken = m_plan.taken[place - 1] != 0;
        change.terms = proposed.terms;
        change.stopReason = proposed.stopReason;
        change.stability = proposed.stability;
        change.label = proposed.label;
        change.name = proposed.name;
        for (const DocumentKey key : proposed.typical) {
            ESPALIER_ASSIGN(std::string id, db.text("SELECT id FROM document WHERE key = ?", key.value));
            change.typical.push_back(std::move(id));
        }
        if (proposed.label && m_before.contains(proposed.label)) {
            change.nameBefore = m_before.at(proposed.label).name;
            change.pathBefore = m_before.pathNames(proposed.label);
            change.documentsBefore = m_view.snapshot->countsOf(proposed.label).documents;
        }
        const LabelId now = m_plan.labelOf[place];
        if (now && m_plan.tree.contains(now)) {
            change.name = m_plan.tree.at(now).name;
            change.path = m_plan.tree.pathNames(now);
            change.documents = in(m_hard.through, now);
            change.documentsIn = in(m_in, now);
            change.documentsOut = in(m_out, now);
        } else {
            change.path = m_plan.tree.pathNames(m_proposal.labels.front().label);
            change.path.push_back(change.name);
        }
        const auto all = m_view.snapshot->countsOf(m_proposal.labels.front().label).documents;
        change.share = all > 0 ? static_cast<double>(change.documents) / static_cast<double>(all) : 0;
        return change;
    }

    ProposedChange removedAt(std::size_t index) const {
        const RemovedLabel& removed = m_proposal.removed[index];
        ProposedChange change;
        change.number = static_cast<int>(m_proposal.labels.size() + index);
        change.taken = m_plan.taken[at(change.number - 1)] != 0;
        change.label = removed.label;
        const tree::Label& was = m_before.at(removed.label);
        change.name = change.nameBefore = was.name;
        change.path = change.pathBefore = m_before.pathNames(removed.label);
        change.terms = was.terms;
        change.documents = change.documentsBefore = m_view.snapshot->countsOf(removed.label).documents;
        change.documentsOut = in(m_out, removed.label);
        return change;
    }

    /// Pins of the branch against where the shares alone lead afterwards.
    Status judgePins(store::Connection& db, LabelId subject, ProposalDiff& result) const {
        const detail::TreeIndex index(m_plan.tree, *m_masses);
        detail::ShareCounter shares(index, *m_masses);
        DocumentKey last;
        for (const tree::Pin& stored : m_plan.tree.pins()) {
            if (stored.document == last) continue;
            last = stored.document;
            const std::int32_t position = m_view.documents->position(stored.document);
            if (position < 0 || !shares.read(position)) continue;
            const std::int32_t hard = shares.hard();
            const LabelId fit = hard < 0 ? m_plan.tree.root() : index.id(hard);
            for (const tree::PinInForce& pin : tree::pinsInForce(m_plan.tree, stored.document)) {
                if (!m_plan.tree.inBranch(pin.label, subject)) continue;
                ++result.pins;
                if (m_plan.tree.inBranch(fit, pin.label) == pin.must) {
                    ++result.pinsKept;
                    continue;
                }
                ViolatedPin violated;
                violated.document = stored.document;
                violated.label = pin.label;
                violated.must = pin.must;
                ESPALIER_ASSIGN(violated.id, db.text("SELECT id FROM document WHERE key = ?", stored.document.value));
                violated.text = "document '" + violated.id + "' is pinned " + (pin.must ? "under '" : "not under '") +
                                m_plan.tree.at(pin.label).name + "', its words place it under '" +
                                m_plan.tree.at(fit).name + "'; the pin is obeyed";
                result.pinsViolated.push_back(std::move(violated));
            }
        }
        return {};
    }

    /// Set shares of the branch against what the fit alone gives; they count among the pins.
    Status judgeShares(store::Connection& db, LabelId subject, ProposalDiff& result) const {
        for (const auto& [document, now] : m_fitted) {
            const std::int32_t position = m_view.documents->position(document);
            std::vector<tree::CellMass> fitted = now;
            if (const auto dealt = m_plan.fitted.find(position); dealt != m_plan.fitted.end()) {
                fitted.clear();
                for (const auto& [cell, mass] : dealt->second) fitted.push_back({cell, mass});
            }
            const auto row = detail::rowOf(*m_masses, position);
            for (const tree::SetShare& share : tree::sharesInForce(m_plan.tree, document)) {
                if (!m_plan.tree.inBranch(share.label, subject)) continue;
                ++result.pins;
                const double kept = tree::shareOf(m_plan.tree, row, share.label),
                             fits = tree::shareOf(m_plan.tree, fitted, share.label);
                if (std::abs(kept - fits) <= tree::kSameShare) {
                    ++result.pinsKept;
                    continue;
                }
                ViolatedPin violated;
                violated.document = document;
                violated.label = share.label;
                violated.share = kept;
                ESPALIER_ASSIGN(violated.id, db.text("SELECT id FROM document WHERE key = ?", document.value));
                violated.text = "the share of document '" + violated.id + "' under '" +
                                m_plan.tree.at(share.label).name + "' is set to " + tree::shareText(kept) +
                                ", its words give " + tree::shareText(fits) + "; the set share is kept";
                result.pinsViolated.push_back(std::move(violated));
            }
        }
        return {};
    }

    const Project::State::View& m_view;
    const tree::LabelTree& m_before;
    const FittedRows& m_fitted;
    const Proposal& m_proposal;
    const ProposalPlan& m_plan;
    std::shared_ptr<const detail::MassTable> m_masses;
    detail::HardLabels m_hard;
    std::unordered_map<LabelId, std::int64_t> m_in, m_out;
    std::int64_t m_moved = 0;
};

std::string whatIsDone(const tree::LabelTree& before, const Proposal& proposal, const ProposalPlan& plan) {
    const std::string name = "'" + before.at(proposal.labels.front().label).name + "'";
    std::int64_t taken = 0;
    for (const char one : plan.taken) taken += one != 0 ? 1 : 0;
    if (proposal.kind == ProposalKind::Refit)
        return "Re-fit " + name + ": " + std::to_string(taken) + (taken == 1 ? " change" : " changes");
    return "Split " + name + " into " + std::to_string(taken) + (taken == 1 ? " label" : " labels");
}

/// Label of each node of the factors: of one that is not taken, the nearest above that is.
std::vector<LabelId> labelsOfNodes(const Proposal& proposal, const ProposalPlan& plan) {
    std::vector<LabelId> labels;
    for (const int node : proposal.nodeLabel) {
        int place = node;
        while (place > 0 && (plan.taken[at(place - 1)] == 0 || !plan.labelOf[at(place)]))
            place = proposal.labels[at(place)].parent;
        labels.push_back(plan.labelOf[at(std::max(place, 0))]);
    }
    return labels;
}

/// The choices of k as one object, label to table.
std::string stabilityOf(const Proposal& proposal, const ProposalPlan& plan) {
    Json tables = Json::object();
    for (std::size_t place = 0; place < proposal.labels.size(); ++place) {
        const std::string& table = proposal.labels[place].stability;
        if (table == "[]" || !plan.labelOf[place] || (place > 0 && plan.taken[place - 1] == 0)) continue;
        tables[std::to_string(plan.labelOf[place].value)] = Json::parse(table, nullptr, false);
    }
    return tables.dump();
}
}  // namespace

Result<ProposalDiff> Project::preview(const fs::path& jobFolder, const Acceptance& acceptance) {
    ESPALIER_ASSIGN(const Proposal proposal, readProposal(jobFolder));
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(m_state->db()));
    ESPALIER_ASSIGN(const auto view, m_state->current());
    ESPALIER_ASSIGN(const auto fitted, m_state->fittedRows(view));
    ESPALIER_ASSIGN(const ProposalPlan plan, planProposal(view, fitted, proposal, acceptance, jobFolder));
    return Differ(view, fitted, proposal, plan).diff(m_state->db());
}

Result<AdoptOutcome> Project::adopt(const fs::path& jobFolder, const Acceptance& acceptance) {
    State& s = *m_state;
    ESPALIER_ASSIGN(const Proposal proposal, readProposal(jobFolder));
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_ASSIGN(const auto view, s.current());
    const tree::LabelTree& before = view.snapshot->tree;
    ESPALIER_ASSIGN(const auto fitted, s.fittedRows(view));
    ESPALIER_ASSIGN(const ProposalPlan plan, planProposal(view, fitted, proposal, acceptance, jobFolder));
    const tree::EditEffect effect = tree::difference(before, plan.tree, proposal.labels.front().label);
    if (effect.before.empty() && effect.after.empty()) {
        return makeError(ErrorCode::InvalidState, proposal.why.empty()
                                                      ? "no part of the proposal was taken: nothing would change"
                                                      : "there is nothing to take: " + proposal.why);
    }
    std::optional<std::int64_t> factors;
    if (!proposal.factorsFile.empty()) {
        ESPALIER_ASSIGN(const auto artifact, s.storeArtifact(jobFolder / proposal.factorsFile, "factors", "mixed", "[]",
                                                             proposalKindName(proposal.kind)));
        factors = artifact.id;
    }
    Cursor cursor = view.cursor;
    ESPALIER_TRY(
        s.storeLabels(cursor.generation, effect.before, effect.after, effect.formerBefore, effect.formerAfter));
    ESPALIER_TRY(s.storePins(cursor.generation, effect.pinsBefore, effect.pinsAfter));
    cursor.nextLabel = plan.nextLabel;
    ++cursor.stamp;
    JournalEntry entry;
    entry.kind = proposalKindName(proposal.kind);
    entry.what = whatIsDone(before, proposal, plan);
    AdoptOutcome outcome;
    outcome.kind = entry.kind;
    outcome.name = entry.what;
    ESPALIER_ASSIGN(outcome.journalId, s.addEntry(cursor, entry, cursor.generation, tree::effectToJson(effect)));
    ESPALIER_TRY(s.db().run("INSERT INTO growth (entry, factors, sources, labels, stability) VALUES (?, NULL, ?, ?, ?)",
                            outcome.journalId, tree::idsToJson(plan.sources),
                            tree::idsToJson(labelsOfNodes(proposal, plan)), stabilityOf(proposal, plan)));
    if (factors) ESPALIER_TRY(s.db().run("UPDATE growth SET factors = ? WHERE entry = ?", *factors, outcome.journalId));
    ESPALIER_ASSIGN(auto put, s.db().prepare("INSERT INTO growth_resting (entry, document, label, mass) VALUES "
                                             "(?, ?, ?, ?)"));
    for (const auto& [position, row] : plan.rows) {
        const DocumentKey key = view.documents->keys[at(position)];
        for (const auto& [label, mass] : row)
            ESPALIER_TRY(put.bind(outcome.journalId, key.value, label.value, mass).run());
    }
    for (const auto& [position, row] : plan.fitted) {
        std::vector<tree::CellMass> cells;
        for (const auto& [label, mass] : row) cells.push_back({label, mass});
        ESPALIER_TRY(s.storeDealt("growth_fitted", outcome.journalId, view.documents->keys[at(position)], cells));
    }
    if (!plan.fitted.empty()) ESPALIER_TRY(s.rememberDigest("fitted", outcome.journalId));
    ESPALIER_TRY(s.storeFits(cursor.generation, outcome.journalId, proposal.resting,
                             [&plan](std::int64_t place) { return plan.labelOf[at(place)]; }));
    ESPALIER_TRY(s.rememberDigest("growth", outcome.journalId));
    ESPALIER_TRY(s.rememberDigest("grown", outcome.journalId));
    ESPALIER_TRY(scope.commit());
    outcome.revision = cursor.revision;
    outcome.assigned = static_cast<std::int64_t>(plan.rows.size());
    outcome.unassigned = view.snapshot->unassigned;
    if (s.relative(jobFolder).rfind("jobs/", 0) == 0) {
        std::error_code ignored;
        fs::remove_all(jobFolder, ignored);
    }
    return outcome;
}

Result<std::vector<GrowthStep>> Project::growthSteps() {
    State& s = *m_state;
    std::vector<GrowthStep> steps;
    ESPALIER_ASSIGN(
        auto rows,
        s.db().prepare("SELECT coalesce(a.path, ''), g.sources, g.labels FROM growth g JOIN journal j ON "
                       "j.id = g.entry LEFT JOIN artifact a ON a.id = g.factors WHERE NOT j.undone AND "
                       "j.kind <> 'share' AND j.generation_after = (SELECT generation FROM state) ORDER BY g.entry"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return steps;
        GrowthStep step;
        step.factorsFile = s.absolute(rows.text(0));
        ESPALIER_ASSIGN(step.sources, tree::idsFromJson(rows.view(1)));
        ESPALIER_ASSIGN(step.labelOfNode, tree::idsFromJson(rows.view(2)));
        steps.push_back(std::move(step));
    }
}

Status Project::State::addGrownStability(std::int64_t generation, std::unordered_map<LabelId, std::string>& stability) {
    ESPALIER_ASSIGN(auto rows,
                    db().prepare("SELECT g.stability FROM growth g JOIN journal j ON j.id = g.entry WHERE NOT "
                                 "j.undone AND j.generation_after = ? ORDER BY g.entry"));
    rows.bind(generation);
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return {};
        const Json tables = Json::parse(rows.view(0), nullptr, false);
        if (!tables.is_object())
            return makeError(ErrorCode::Corrupt, "the choice of k of a split cannot be read", db().path().string());
        for (const auto& [label, table] : tables.items())
            stability[LabelId{std::strtoll(label.c_str(), nullptr, 10)}] = table.dump();
    }
}

}  // namespace espalier::project
