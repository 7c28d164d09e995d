// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/job.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/pipeline/detail/jobs.h"

namespace espalier::pipeline {

namespace {
using Run = Result<nlohmann::json> (*)(const JobRequest&, JobOptions, jobs::JobContext&);
struct Kind {
    std::string_view name;
    Run run;
};
constexpr std::array<Kind, 9> kKinds{{{"build", detail::runBuild},
                                      {"estimate", detail::runEstimate},
                                      {"split", detail::runSplit},
                                      {"refit", detail::runRefit},
                                      {"assign", detail::runAssign},
                                      {"embed", detail::runEmbed},
                                      {"train", detail::runTrain},
                                      {"eval", detail::runEval},
                                      {"export", detail::runExport}}};

const Kind* findKind(std::string_view name) {
    const auto found =
        std::find_if(kKinds.begin(), kKinds.end(), [name](const Kind& kind) { return kind.name == name; });
    return found == kKinds.end() ? nullptr : &*found;
}
}  // namespace

bool isJobKind(std::string_view kind) {
    return findKind(kind) != nullptr;
}

Result<nlohmann::json> runJob(const JobRequest& request, jobs::JobContext& context) {
    const Kind* kind = findKind(request.kind);
    if (kind == nullptr)
        return makeError(ErrorCode::InvalidArgument, "there is no job of kind \"" + request.kind + "\"");
    ESPALIER_ASSIGN(JobOptions options, JobOptions::parse(request.options));
    // A library that throws past its own wrapper must not take the caller down with it.
    try {
        return kind->run(request, std::move(options), context);
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::OutOfMemory,
                         "there is not enough memory for this job; close other programs or use fewer documents");
    } catch (const std::filesystem::filesystem_error& fault) {
        return makeError(ErrorCode::Io, fault.what(), fault.path1().string());
    } catch (const std::exception& fault) {
        return makeError(ErrorCode::Internal, std::string("unexpected fault: ") + fault.what());
    }
}

}  // namespace espalier::pipeline
