// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "core/nmf/hierarchy.h"
#include "core/pipeline/detail/jobs.h"
#include "core/pipeline/factors_file.h"
#include "core/project/job_results.h"
#include "core/project/project.h"
#include "core/text/document.h"

namespace espalier::pipeline::detail {
using nlohmann::json;

Result<json> runAssign(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    const bool force = options.flag("force");
    (void)options.threads();
    (void)options.device();
    (void)options.seed();
    ESPALIER_TRY(options.finish());
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    project::AssignResult result;
    ESPALIER_ASSIGN(result.fromRevision, project->revision());
    result.force = force;
    ESPALIER_ASSIGN(const project::BuildInfo build, project->buildInfo());
    if (build.factorsFile.empty()) {
        return makeError(ErrorCode::InvalidState,
                         "what assign needs of the build is not stored; build the tree again with --replace");
    }
    ESPALIER_ASSIGN(const Factors factors, readFactors(build.factorsFile));
    if (build.labelOfNode.size() != factors.hierarchy.nodes.size()) {
        return makeError(ErrorCode::Corrupt,
                         "the tree and its factors do not belong together; build the tree again with --replace",
                         build.factorsFile.string());
    }
    ESPALIER_ASSIGN(const auto hard, project->hardLabels());
    const nmf::FoldIn foldIn(factors.hierarchy);
    std::int64_t done = 0, left = 0;
    for (const auto& [key, label] : hard) {
        ESPALIER_TRY(context.checkStop());
        context.progress("assign", ++done, static_cast<std::int64_t>(hard.size()));
        if (label) continue;
        ESPALIER_ASSIGN(const project::DocumentRecord record, project->document(key));
        const std::vector<std::string> text{text::inputString(record.document)};
        const SparseRows counts = factors.tfidf.counts(text);
        const auto shares = foldIn.shares(counts.rowColumns(0), counts.rowValues(0));
        if (shares.resting.empty()) {
            ++left;
            continue;
        }
        std::vector<std::pair<std::int64_t, double>> rests;
        for (const auto& [node, mass] : shares.resting) {
            rests.emplace_back(build.labelOfNode[static_cast<std::size_t>(node)].value, mass);
        }
        result.resting.add(key, rests);
    }
    result.seconds = context.secondsSinceStart();
    ESPALIER_TRY(project::writeAssignResult(request.folder, result));
    return json{{"assigned", result.resting.documents.size()}, {"unassigned", left}, {"revision", nullptr}};
}

}  // namespace espalier::pipeline::detail
