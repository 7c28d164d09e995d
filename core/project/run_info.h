// SPDX-License-Identifier: Apache-2.0
/// \file core/project/run_info.h
/// Training runs as the project remembers them; the folder runs/<name>/ holds the truth while one is running.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace espalier::project {

enum class RunState { Running, Done, Stopped, Interrupted, Failed };

const char* runStateName(RunState state) noexcept;  ///< "running", "done", ...

struct RunInfo {
    std::string name;
    RunState state = RunState::Running;  ///< Running without a live heartbeat is reported as Interrupted
    std::int64_t step = 0;
    double epoch = 0;
    double loss = 0;  ///< NaN before the first step
    std::int64_t fromRevision = 0;
    std::filesystem::path folder;       ///< runs/<name>, absolute
    std::filesystem::path modelFolder;  ///< absolute; empty while there is none
    std::string modelSha256;
    std::int64_t dim = 0;
    std::string config = "{}";   ///< JSON object: options of the run
    std::string metrics = "{}";  ///< JSON object: last figures
    std::string note;
    bool inUse = false;   ///< chosen with `run use`
    std::string created;  ///< UTC, 2025-01-31T12:00:00Z
};

/// [A-Za-z0-9._-]{1,64}, not a reserved word (tfidf, base, tree, reference, none, all) and neither "." nor "..".
bool validRunName(std::string_view name);

}  // namespace espalier::project
