// SPDX-License-Identifier: Apache-2.0
/// \file app/cli/job_call.h
/// Jobs in the process of the command line: the same folder, events and control file as in a worker.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "app/cli/command.h"
#include "core/project/project.h"

namespace espalier::cli {

/// Options of a job that every verb passes on.
nlohmann::json jobOptions(const CommonOptions& common);

/// Runs a job that leaves nothing to adopt (eval, export, a dry run of build).
Result<nlohmann::json> runJobOnly(Call& call, const std::string& project, std::string_view kind,
                                  const nlohmann::json& options);

struct Adopted {
    nlohmann::json object;
    project::AdoptOutcome outcome;
};
/// Runs a job in a folder of the project and adopts its result; after a failure nothing is left.
/// \retval Busy  the project is open for writing elsewhere (told before anything is computed)
Result<Adopted> runJobAndAdopt(Call& call, project::Project& project, std::string_view kind,
                               const nlohmann::json& options);

/// Runs a job in a folder that is there already, with its events and control file; adoption is the caller's.
Result<nlohmann::json> runJobInFolder(Call& call, const project::Project& project, std::string_view kind,
                                      const std::filesystem::path& folder, const nlohmann::json& options);

/// A warning event for each expectation that is not met, after something that may have changed that.
void warnOfUnmet(Call& call, project::Project& project);

/// Formats of `tree` and of `export --what tree`; none for the empty text.
std::vector<std::string> treeFormatNames();
std::optional<project::TreeFormat> treeFormat(const std::string& name);

/// Opens a project for a verb that will write. \retval Busy
Result<std::unique_ptr<project::Project>> openForWriting(const std::string& project);
Result<std::unique_ptr<project::Project>> openForReading(const std::string& project);

}  // namespace espalier::cli
