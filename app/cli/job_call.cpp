// SPDX-License-Identifier: Apache-2.0
#include "app/cli/job_call.h"

#include "core/pipeline/job.h"
#include "core/pipeline/job_folder.h"

namespace espalier::cli {
using nlohmann::json;

namespace {
/// Events of the job also go to its folder, and the folder's control file steers it.
class FolderGuard {
public:
    FolderGuard(Call& call, std::unique_ptr<pipeline::JobFolder> folder) : m_call(call), m_folder(std::move(folder)) {
        m_folder->steer(m_call.context);
        m_call.events.folder = m_folder.get();
    }
    ~FolderGuard() { m_call.events.folder = nullptr; }
    FolderGuard(const FolderGuard&) = delete;
    FolderGuard& operator=(const FolderGuard&) = delete;

private:
    Call& m_call;
    std::unique_ptr<pipeline::JobFolder> m_folder;
};
}  // namespace

json jobOptions(const CommonOptions& common) {
    return {{"threads", common.threads}, {"device", common.device}, {"seed", common.seed}};
}

Result<json> runJobOnly(Call& call, const std::string& project, std::string_view kind, const json& options) {
    pipeline::JobRequest request;
    request.kind = kind;
    request.project = project;
    request.options = options.dump();
    return pipeline::runJob(request, call.context);
}

Result<json> runJobInFolder(Call& call, const project::Project& project, std::string_view kind,
                            const std::filesystem::path& folder, const json& options) {
    ESPALIER_ASSIGN(auto jobFolder, pipeline::JobFolder::open(folder));
    const FolderGuard guard(call, std::move(jobFolder));
    pipeline::JobRequest request;
    request.kind = kind;
    request.project = project.folder();
    request.folder = folder;
    request.options = options.dump();
    return pipeline::runJob(request, call.context);
}

Result<Adopted> runJobAndAdopt(Call& call, project::Project& project, std::string_view kind, const json& options) {
    ESPALIER_ASSIGN(const auto folder, project.newJobFolder(kind));
    auto object = runJobInFolder(call, project, kind, folder, options);
    if (!object) {
        (void)project.discardJob(folder);
        return std::move(object).error();
    }
    auto outcome = project.adopt(folder);
    if (!outcome) {
        (void)project.discardJob(folder);
        return std::move(outcome).error();
    }
    return Adopted{std::move(object).value(), std::move(outcome).value()};
}

std::vector<std::string> treeFormatNames() {
    return {"text", "json", "csv", "turtle", "rdfxml", "jsonld"};
}

std::optional<project::TreeFormat> treeFormat(const std::string& name) {
    using project::TreeFormat;
    if (name == "text") return TreeFormat::Text;
    if (name == "json") return TreeFormat::Json;
    if (name == "csv") return TreeFormat::Csv;
    if (name == "turtle") return TreeFormat::Turtle;
    if (name == "rdfxml") return TreeFormat::RdfXml;
    if (name == "jsonld") return TreeFormat::JsonLd;
    return std::nullopt;
}

Result<std::unique_ptr<project::Project>> openForWriting(const std::string& path) {
    ESPALIER_ASSIGN(auto project, project::Project::open(path, project::Access::ReadWrite));
    if (const std::string reason = project->readOnlyReason(); !reason.empty())
        return makeError(project->readOnlyCode(), reason, project->folder().string());
    if (const std::string holder = project->heldElsewhere(); !holder.empty()) {
        return makeError(ErrorCode::Busy, "the project is " + holder + "; close it there, or only read it here");
    }
    return project;
}

Result<std::unique_ptr<project::Project>> openForReading(const std::string& path) {
    return project::Project::open(path, project::Access::ReadOnly);
}

}  // namespace espalier::cli
