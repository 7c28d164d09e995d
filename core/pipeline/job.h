// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/job.h
/// The heavy use cases, one function for worker and command line alike: a job reads the project, never writes it, and
/// leaves its result as files in its own folder. Whoever started it hands the folder to project::Project::adopt().
#pragma once
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/jobs/job_context.h"

namespace espalier::pipeline {

struct JobRequest {
    std::string kind;               ///< build, estimate, split, refit, embed, train, eval, assign, export
    std::filesystem::path project;  ///< project folder; opened for reading only
    std::filesystem::path folder;   ///< existing folder that receives result.json and what belongs to it
    std::string options = "{}";     ///< JSON object: long option names of the command line with underscores, and
                                    ///< threads, device, seed; what is absent has the command line's default
};

/// Whether a kind names a job (and not the resident query service).
bool isJobKind(std::string_view kind);

/// Runs one job on the calling thread and returns the object of contract.md as far as it is known before adoption
/// (keys that only adoption can fill are null). Deterministic for equal project, options and machine.
/// Control::Stop ends eval and assign with Cancelled; embed keeps the rows it has for the next embed and ends with
/// Cancelled; train keeps the model it has and returns state "stopped". build keeps the branches that are finished
/// where there was no tree before (state "stopped", to adopt as any result; labels that were to be split have a stop
/// reason that says so); over a tree that is there, or before the first split, it ends with Cancelled.
///
/// While it grows, build sends an event for each label as soon as its parent is split:
///   {"event":"label", "id", "parent", "name", "terms":[strings, strongest first], "documents"}
/// `id` numbers labels as they come, 0 = the root that is there from the start; siblings come together, most documents
/// first. A label that is not split, the root too, sends one more when that is known:
///   {"event":"whole", "id", "reason"}
/// Names and terms are those of the finished tree, ids are not: adoption gives labels their own.
///
/// Before it grows it sends what that will cost, and ends with OutOfMemory when the memory is not there:
///   {"event":"estimate", "seconds", "low", "high", "peak_mb", "free_mb" (or null), "documents"}
/// estimate takes the options of build, a second or two, leaves nothing to adopt and returns {"estimate":{the same keys
/// without "event"}, "vectors": name of the model or null}: for a dialog before the build.
///
/// split {"label":id, "k":0 or the number of labels asked for, "k_max"} leaves a proposal (core/project/proposal.h) and
/// returns {"label", "k", "documents"}: nothing is changed before Project::adopt().
/// refit {"label":id, "k":0 or the number of labels directly below it, "vectors": "" as the tree was grown, a model or
/// "none"} does the same for the branch below a label, around what an expert decided there (core/nmf/refit.h); returns
/// {"label", "labels", "documents"}. InvalidState: the label is locked, has no labels below it or too few documents, or
/// pins of the branch contradict each other (the message names the pairs).
/// \retval InvalidArgument  an option is out of range or unknown
/// \retval Cancelled        stopped or discarded, nothing to adopt
/// \retval InvalidState     no vectors, no labels, no tree: whatever the job needs first
Result<nlohmann::json> runJob(const JobRequest& request, jobs::JobContext& context);

}  // namespace espalier::pipeline
