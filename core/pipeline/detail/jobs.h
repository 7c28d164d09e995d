// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/detail/jobs.h
/// The single jobs behind runJob(): each takes its request with the options parsed.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/pipeline/job.h"
#include "core/pipeline/job_options.h"

namespace espalier::pipeline::detail {

Result<nlohmann::json> runBuild(const JobRequest& request, JobOptions options, jobs::JobContext& context);
Result<nlohmann::json> runEstimate(const JobRequest& request, JobOptions options, jobs::JobContext& context);
Result<nlohmann::json> runSplit(const JobRequest& request, JobOptions options, jobs::JobContext& context);
Result<nlohmann::json> runRefit(const JobRequest& request, JobOptions options, jobs::JobContext& context);
Result<nlohmann::json> runAssign(const JobRequest& request, JobOptions options, jobs::JobContext& context);
Result<nlohmann::json> runEmbed(const JobRequest& request, JobOptions options, jobs::JobContext& context);
Result<nlohmann::json> runTrain(const JobRequest& request, JobOptions options, jobs::JobContext& context);
Result<nlohmann::json> runEval(const JobRequest& request, JobOptions options, jobs::JobContext& context);
Result<nlohmann::json> runExport(const JobRequest& request, JobOptions options, jobs::JobContext& context);

}  // namespace espalier::pipeline::detail
