// SPDX-License-Identifier: Apache-2.0
/// \file core/project/proposal.h
/// Split and re-fit as proposals: what a job leaves in its folder, what it would change, and how to take it whole or in
/// parts.
///
/// Life of a proposal: a job of the kind `split` or `refit` (core/pipeline) reads the project, writes its result into
/// its folder and changes nothing. Project::preview() says what adopting it would do, with any choice of its parts;
/// Project::adopt() with the same choice does exactly that, as one journal entry that undo takes back; discardJob()
/// forgets it. If the tree changed since the job began, preview and adoption are refused (Conflict).
///
/// In the window: run the job kind in a folder of newJobFolder(), call preview() on the session's lane each time the
/// user checks or unchecks a part (milliseconds to a second: it counts every document that moves), then adopt() with
/// the same Acceptance.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/project/job_results.h"
#include "core/tree/label_tree.h"

namespace espalier::project {

enum class ProposalKind { Split, Refit };

/// One label of the proposal's outline.
struct ProposedLabel {
    int parent = -1;                   ///< place in Proposal::labels, before this one; -1 for the first only
    LabelId label;                     ///< label of the tree that it goes on as; none: a new label
    std::string name;                  ///< ignored where the label's name is the user's
    std::vector<tree::Term> terms;     ///< strongest first
    std::string stopReason;            ///< empty when it was split
    std::string stability = "[]";      ///< JSON of the choice of k, where it was split
    std::vector<DocumentKey> typical;  ///< documents that say best what it is about, at most 5
};

/// A label that leaves the tree: its mass is dealt out to others; what is left of it, its pins "must" and references to
/// it go to `to`.
struct RemovedLabel {
    LabelId label;
    LabelId to;  ///< a label that stays
};

/// What a split or re-fit found: result.json (`kind` "split" or "refit") and resting.safetensors.
struct Proposal {
    ProposalKind kind = ProposalKind::Split;
    std::int64_t fromRevision = 0;
    std::string options = "{}";         ///< JSON object: what it was computed with
    std::vector<ProposedLabel> labels;  ///< the first is the label itself; parents before children, in outline order
    std::vector<RemovedLabel> removed;  ///< re-fit only
    /// Labels whose stored mass is dealt out anew (tree::Label::massOf), ascending.
    std::vector<LabelId> sources;
    /// Of each document whose mass moves: where what it had at the sources goes; `at` is a place in `labels`. A
    /// document that is not there keeps what it has.
    RestingRows resting;
    std::string factorsFile;     ///< file in the job's folder that assign needs, or empty
    std::vector<int> nodeLabel;  ///< per node of the factors its place in `labels`
    std::string why;             ///< why there is nothing to propose, one sentence; else empty
    double seconds = 0;
};

/// A proposal that waits in the folder of its job.
struct WaitingProposal {
    std::filesystem::path folder;
    ProposalKind kind = ProposalKind::Split;
    LabelId label;                  ///< that is split or re-fitted; it may be no more
    std::vector<std::string> path;  ///< of it; empty when it is no more
    std::int64_t fromRevision = 0;
    std::int64_t labels = 0;  ///< proposed labels below it
    bool stale = false;       ///< the tree changed since: it cannot be taken any more
};

/// Which parts of a proposal are taken. Parts are numbered from 1: first the labels after the first in their order,
/// then the removed ones (ProposedChange::number).
///
/// What is not taken stays as it is. Split: documents of a part that is not taken stay at the label. Re-fit: a new
/// label is not made, and what it would have had stays where it was; a label of the tree keeps its name, terms, place
/// and every document; a label that was to leave stays, with all it has.
struct Acceptance {
    std::optional<std::vector<int>> take;  ///< none: all
    std::map<int, std::string> names;      ///< names given by the user instead of the proposed ones, by number
};

/// One label as a proposal would change it.
struct ProposedChange {
    int number = 0;                       ///< for Acceptance
    LabelId label;                        ///< none: a new label
    std::string name;                     ///< afterwards
    std::string nameBefore;               ///< empty for a new label
    std::vector<std::string> path;        ///< afterwards; of a removed label as it is
    std::vector<std::string> pathBefore;  ///< empty for a new label
    std::vector<tree::Term> terms;
    std::string stopReason;
    std::string stability = "[]";
    std::int64_t documents = 0;        ///< whose hard path goes through it afterwards; removed: now
    std::int64_t documentsBefore = 0;  ///< now
    std::int64_t documentsIn = 0;      ///< that come
    std::int64_t documentsOut = 0;     ///< that leave
    double share = 0;                  ///< of the documents of the label that is split or re-fitted
    std::vector<std::string> typical;  ///< document ids
    bool taken = true;
};

/// A pin or a set share that the fit disagrees with; it is obeyed all the same.
struct ViolatedPin {
    DocumentKey document;
    std::string id;  ///< of the document
    LabelId label;   ///< of the tree
    bool must = true;
    std::optional<double> share;  ///< of a set share: what is kept
    std::string text;             ///< "document 'd1' is pinned under 'Soil', its words place it under 'Water'"
};

/// What adopting a proposal would do with an Acceptance.
struct ProposalDiff {
    ProposalKind kind = ProposalKind::Split;
    LabelId label;
    std::vector<std::string> path;
    std::string stability = "[]";  ///< of the choice of k at the label itself
    int k = 0;                     ///< labels directly under it that the fit found
    std::vector<ProposedChange> added, removed, renamed, moved;
    std::vector<ProposedChange> refitted;  ///< neither, but with other documents or terms
    std::int64_t documents = 0;            ///< of the label, by hard path
    std::int64_t documentsMoved = 0;       ///< whose hard path changes
    std::int64_t pins = 0;                 ///< in force in the branch, set shares among them
    std::int64_t pinsKept = 0;             ///< that the fit agrees with
    std::vector<ViolatedPin> pinsViolated;
    std::string why;  ///< as Proposal::why
    bool empty() const noexcept {
        return added.empty() && removed.empty() && renamed.empty() && moved.empty() && refitted.empty();
    }
};

/// A split or re-fit in effect: what fold-in of later documents goes through after the build's own factors, in order.
struct GrowthStep {
    std::filesystem::path factorsFile;  ///< absolute
    std::vector<LabelId> sources;       ///< stored labels whose mass it deals out
    std::vector<LabelId> labelOfNode;   ///< per node of its factors: stored label; several nodes may share one
};

Status writeProposal(const std::filesystem::path& jobFolder, const Proposal& proposal);
/// \retval Corrupt, VersionTooNew, NotFound  as the readers of job_results.h
Result<Proposal> readProposal(const std::filesystem::path& jobFolder);

/// "split" or "refit": kind of the job, of result.json and of the journal entry.
const char* proposalKindName(ProposalKind kind) noexcept;

/// contract.md's `proposal` object as JSON text.
std::string diffToJson(const ProposalDiff& diff);

}  // namespace espalier::project
