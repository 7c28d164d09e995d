// SPDX-License-Identifier: Apache-2.0
#include "core/project/detail/proposal_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

namespace espalier::project {
namespace fs = std::filesystem;

namespace {
constexpr double kNothing = 1e-12;  // mass that is not worth a row

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

Error unfit(const fs::path& job, const std::string& why) {
    return makeError(ErrorCode::Corrupt, "the proposal does not fit this project: " + why, job.string());
}

class Planner {
public:
    /// \param fitted  of the documents with set shares
    Planner(const Project::State::View& view, const FittedRows& fitted, const Proposal& proposal,
            const Acceptance& acceptance, const fs::path& job)
        : m_view(view),
          m_before(view.snapshot->tree),
          m_fitted(fitted),
          m_proposal(proposal),
          m_acceptance(acceptance),
          m_job(job),
          m_plan{m_before, {}, {}, view.cursor.nextLabel, {}, {}, {}} {}

    Result<ProposalPlan> plan() {
        ESPALIER_TRY(requireSense());
        ESPALIER_TRY(takeParts());
        ESPALIER_TRY(putLabels());
        ESPALIER_TRY(removeLabels());
        ESPALIER_TRY(dealMass());
        keepToLocks();
        if (auto sound = m_plan.tree.checkInvariants(); !sound) return unfit(m_job, sound.error().message);
        return std::move(m_plan);
    }

private:
    std::size_t places() const { return m_proposal.labels.size(); }
    std::size_t partOfRemoved(std::size_t index) const { return places() - 1 + index; }
    bool takenPlace(std::size_t place) const { return place == 0 || m_plan.taken[place - 1] != 0; }

    Status requireSense() {
        if (m_view.cursor.treeRevision > m_proposal.fromRevision) {
            return makeError(ErrorCode::Conflict,
                             "the tree changed (revision " + std::to_string(m_view.cursor.treeRevision) +
                                 ") after this was proposed for revision " + std::to_string(m_proposal.fromRevision) +
                                 "; ask for a new proposal");
        }
        for (const ProposedLabel& label : m_proposal.labels) {
            if (label.label && !m_before.contains(label.label)) return unfit(m_job, "it names a label that is gone");
        }
        for (const RemovedLabel& removed : m_proposal.removed) {
            if (!m_before.contains(removed.label) || !m_before.contains(removed.to))
                return unfit(m_job, "it names a label that is gone");
        }
        const LabelId subject = m_proposal.labels.front().label;
        if (const tree::Label& label = m_before.at(subject); label.locked)
            return makeError(ErrorCode::InvalidState, "'" + label.name + "' is locked; unlock it first");
        return {};
    }

    Status takeParts() {
        const std::size_t parts = places() - 1 + m_proposal.removed.size();
        m_plan.taken.assign(parts, m_acceptance.take ? 0 : 1);
        const auto exists = [&](int number) { return number >= 1 && at(number) <= parts; };
        const auto none = [&](int number) {
            return makeError(ErrorCode::InvalidArgument,
                             "the proposal has no part " + std::to_string(number) +
                                 (parts == 0 ? "; it changes nothing" : "; they are 1 to " + std::to_string(parts)));
        };
        if (m_acceptance.take) {
            for (const int number : *m_acceptance.take) {
                if (!exists(number)) return none(number);
                m_plan.taken[at(number - 1)] = 1;
            }
        }
        for (const auto& [number, name] : m_acceptance.names) {
            if (!exists(number)) return none(number);
            if (name.find_first_not_of(" \t\r\n") == std::string::npos)
                return makeError(ErrorCode::InvalidArgument, "a label cannot have an empty name");
        }
        return {};
    }

    /// The label of the nearest part above that is taken or was there before.
    LabelId parentOf(std::size_t place) const {
        for (int up = m_proposal.labels[place].parent; up >= 0; up = m_proposal.labels[at(up)].parent) {
            if (m_plan.labelOf[at(up)]) return m_plan.labelOf[at(up)];
        }
        return m_proposal.labels.front().label;
    }

    Status putLabels() {
        m_plan.labelOf.assign(places(), LabelId{});
        m_plan.labelOf[0] = m_proposal.labels.front().label;
        std::set<LabelId> split;  // labels that got children
        for (std::size_t place = 1; place < places(); ++place) {
            const ProposedLabel& proposed = m_proposal.labels[place];
            m_plan.labelOf[place] = proposed.label;
            if (!takenPlace(place)) continue;
            const LabelId parent = parentOf(place);
            const auto named = m_acceptance.names.find(static_cast<int>(place));
            if (!proposed.label) {
                tree::Label label;
                label.id = LabelId{m_plan.nextLabel++};
                label.parent = parent;
                label.name = named == m_acceptance.names.end() ? proposed.name : named->second;
                label.nameByUser = named != m_acceptance.names.end();
                label.terms = proposed.terms;
                label.stopReason = proposed.stopReason;
                label.massOf = {label.id};
                m_plan.labelOf[place] = label.id;
                ESPALIER_TRY(m_plan.tree.insert(std::move(label), m_plan.tree.at(parent).children.size()));
                split.insert(parent);
                continue;
            }
            const tree::Label& now = m_plan.tree.at(proposed.label);
            if (now.locked) return unfit(m_job, "it changes a locked label");
            if (now.parent != parent) {
                ESPALIER_TRY(m_plan.tree.reparent(proposed.label, parent, m_plan.tree.at(parent).children.size()));
                split.insert(parent);
            }
            tree::Label& label = *m_plan.tree.findMutable(proposed.label);
            if (named != m_acceptance.names.end()) {
                label.name = named->second;
                label.nameByUser = true;
            } else if (!label.nameByUser) {
                label.name = proposed.name;
            }
            label.terms = proposed.terms;
            label.stopReason = proposed.stopReason;
        }
        for (const LabelId id : split) m_plan.tree.findMutable(id)->stopReason.clear();
        return {};
    }

    Status removeLabels() {
        for (std::size_t i = 0; i < m_proposal.removed.size(); ++i) {
            if (m_plan.taken[partOfRemoved(i)] == 0) continue;
            tree::Edit retire;
            retire.kind = tree::EditKind::Retire;
            retire.label = m_proposal.removed[i].label;
            retire.to = m_plan.tree.successor(m_proposal.removed[i].to);
            ESPALIER_TRY(tree::apply(m_plan.tree, retire));
        }
        return {};
    }

    /// Sources but for what belongs to labels that stay as they are.
    void pickSources() {
        std::unordered_set<LabelId> kept;
        const auto keep = [&](LabelId label) {
            for (const LabelId cell : m_before.at(label).massOf) kept.insert(cell);
        };
        for (std::size_t place = 1; place < places(); ++place) {
            if (m_proposal.labels[place].label && !takenPlace(place)) keep(m_proposal.labels[place].label);
        }
        for (std::size_t i = 0; i < m_proposal.removed.size(); ++i) {
            if (m_plan.taken[partOfRemoved(i)] == 0) keep(m_proposal.removed[i].label);
        }
        for (const LabelId source : m_proposal.sources) {
            if (kept.count(source) == 0) m_plan.sources.push_back(source);
        }
    }

    Status dealMass() {
        pickSources();
        m_sources.insert(m_plan.sources.begin(), m_plan.sources.end());
        for (std::size_t d = 0; d < m_proposal.resting.documents.size(); ++d) {
            const DocumentKey key = m_proposal.resting.documents[d];
            const std::int32_t position = m_view.documents->position(key);
            if (position < 0) return unfit(m_job, "it names a document that is not there");
            if (!m_view.masses->has(position)) return unfit(m_job, "it deals out mass that is not there");
            const auto now = detail::rowOf(*m_view.masses, position);
            auto row = dealt(d, now);
            if (const auto fit = m_fitted.find(key); fit != m_fitted.end()) {
                // What was set stays; where the new labels leave no room for it, the document keeps what it has.
                auto kept = tree::keptShares(m_before, key, now);
                std::erase_if(kept, [&](const auto& share) { return !m_plan.tree.contains(share.label); });
                auto held = tree::withShares(m_plan.tree, row.empty() ? now : row, kept);
                auto fitted = dealt(d, fit->second);
                if (!held || (row.empty() && fitted.empty())) continue;
                row = std::move(held).value();
                put(m_plan.fitted[position], fitted.empty() ? fit->second : fitted);
            }
            if (!row.empty()) put(m_plan.rows[position], row);
        }
        return {};
    }

    static void put(std::vector<std::pair<LabelId, double>>& to, const std::vector<tree::CellMass>& row) {
        for (const tree::CellMass& cell : row) {
            if (cell.mass > kNothing) to.emplace_back(cell.cell, cell.mass);
        }
    }

    /// A row of the d-th document of the proposal with what it has at the sources dealt out; empty: it has nothing
    /// there.
    std::vector<tree::CellMass> dealt(std::size_t d, const std::vector<tree::CellMass>& from) const {
        std::map<LabelId, double> row;
        std::vector<tree::CellMass> out;
        double total = 0;
        for (const tree::CellMass& cell : from) {
            if (m_sources.count(cell.cell) > 0) {
                out.push_back(cell);
                total += cell.mass;
            } else {
                row[cell.cell] += cell.mass;
            }
        }
        if (!(total > 0)) return {};
        const auto begin = at(m_proposal.resting.offsets[d]), end = at(m_proposal.resting.offsets[d + 1]);
        double shares = 0;
        for (auto e = begin; e < end; ++e) shares += m_proposal.resting.mass[e];
        for (auto e = begin; e < end; ++e) {
            const auto place = at(m_proposal.resting.at[e]);
            const double part = m_proposal.resting.mass[e] / shares;
            if (takenPlace(place)) {
                row[m_plan.labelOf[place]] += total * part;
            } else {  // stays where it was
                for (const tree::CellMass& cell : out) row[cell.cell] += cell.mass * part;
            }
        }
        std::vector<tree::CellMass> result;
        for (const auto& [label, mass] : row) result.push_back({label, mass});
        return result;
    }

    /// The documents of a locked label stay with it, and no others come: whose mass elsewhere, dealt out anew, would
    /// lead his hard path out of one or into one keeps what he has.
    void keepToLocks() {
        std::unordered_set<LabelId> locked;
        for (const auto& [id, label] : m_before.labels()) {
            if (label.locked) locked.insert(id);
        }
        if (locked.empty()) return;
        const auto locksOf = [&locked](const tree::LabelTree& tree, LabelId hard) {
            std::vector<LabelId> through;
            if (!hard) return through;
            for (const LabelId label : tree.path(hard)) {
                if (locked.count(label) > 0) through.push_back(label);
            }
            return through;
        };
        const auto masses = m_view.masses->with(m_plan.rows, m_view.documents->size());
        const auto hard = detail::HardLabels::compute(m_plan.tree, *masses, *m_view.documents);
        const auto leavesLock = [&](const auto& row) {
            return locksOf(m_before, m_view.hard->labels[at(row.first)]) !=
                   locksOf(m_plan.tree, hard.labels[at(row.first)]);
        };
        std::erase_if(m_plan.rows, leavesLock);
        std::erase_if(m_plan.fitted, leavesLock);
    }

    const Project::State::View& m_view;
    const tree::LabelTree& m_before;
    const FittedRows& m_fitted;
    const Proposal& m_proposal;
    const Acceptance& m_acceptance;
    const fs::path& m_job;
    ProposalPlan m_plan;
    std::unordered_set<LabelId> m_sources;
};
}  // namespace

Result<ProposalPlan> planProposal(const Project::State::View& view, const FittedRows& fitted, const Proposal& proposal,
                                  const Acceptance& acceptance, const fs::path& job) {
    return Planner(view, fitted, proposal, acceptance, job).plan();
}

}  // namespace espalier::project
