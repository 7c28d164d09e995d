// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/why.h
/// Why a document is where it is, resident: the exact split of a share by terms (core/nmf/term_split.h), the words that
/// its neighbours lent it, its pins, and the act that last moved it. What the tree was grown from stays in memory
/// between questions. Confined to one thread at a time.
///
/// **What is split.** The share that is stored. The document is folded in again as it was (the build's factors, then
/// those of later splits, the words of its neighbours where the tree is semantic), and where that gives the mass that
/// is stored (to kSameMass), the parts of core/nmf/term_split.h are scaled to it: stored masses are floats. Then parts
/// + undecided = share within 1e-9. Where it does not (vectors that are gone or changed, masses set by a re-fit under
/// pins), no split is shown but the reason: parts of another number would explain nothing.
///
/// **Lent words.** A semantic row is a sum over the document and its neighbours (core/nmf/smoothing.h), so each part
/// divides exactly into what the document says itself (`own`) and what it was lent (`lent`); where a later split saw
/// neighbours that came after the build, a term divides as it did then.
#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/jobs/job_context.h"

namespace espalier::pipeline {

class WhySession {
public:
    /// Opens the project for reading; nothing is loaded before the first question.
    static Result<std::unique_ptr<WhySession>> open(const std::filesystem::path& project);
    ~WhySession();
    WhySession(const WhySession&) = delete;
    WhySession& operator=(const WhySession&) = delete;

    /// \param request  {document (id), label? (id or path text; default: where it is), threads?}; null counts as absent
    /// \return {"id", "title",
    ///   "label", "path"   label that is asked about; null where the document has none and none was named
    ///   "share"           of its branch, [0, 1]; null without a label
    ///   "here"            whether the hard path leads through it
    ///   "reason"          what puts it there, or keeps it from there: "pin", else kind of the act that last moved it
    ///                     ("build", "assign", "edit", "split", ...); null: nothing did
    ///   "sentence"        all of this in words
    ///   "moved_by"        {"revision", "kind", "what", "time", "actor"} of the act that last moved the document (with
    ///   a
    ///                     label named: in or out of it, or changed its share); null: none
    ///   "pins"            [{"label", "path", "must", "fit_agrees"}] of the document
    ///   "shares"          [{"label", "path", "share", "fitted", "fit_agrees", "time", "actor"}] that an expert set
    ///   "terms"           [{"term", "part", "own", "lent"}], largest first by size; part = own + lent, below 0: it
    ///                     speaks for another label. They sum to share - undecided within 1e-9. Null: see why_not
    ///   "undecided"       part of the share that no split decided (all there is counts); null with terms
    ///   "lenders"         [{"id", "title", "weight"}] documents that lent words, weights sum to 1; null: none
    ///   "why_not"         why there is no split by terms, a sentence; null: there is}
    /// \retval NotFound         no such document or label
    /// \retval InvalidArgument  the request is malformed, an ambiguous path
    /// \retval Cancelled, Corrupt, Io
    Result<nlohmann::json> why(const nlohmann::json& request, jobs::JobContext& context);

private:
    struct State;
    explicit WhySession(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// How closely a fold-in must give the stored masses for its split to be theirs.
inline constexpr double kSameMass = 1e-5;

}  // namespace espalier::pipeline
