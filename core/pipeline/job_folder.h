// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/job_folder.h
/// A running job's folder as others see it: events.jsonl (every event, one JSON object a line, flushed), heartbeat
/// (rewritten each second while the process lives) and control (a file that says run, pause, stop or discard).
///
/// The folder is the truth; standard input and output of the worker are a shortcut. One object per running job; event()
/// may be called from the job's thread only, control changes reach the JobContext from a thread of this object.
#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/jobs/job_context.h"

namespace espalier::pipeline {

class JobFolder {
public:
    /// Creates the folder when it is missing, empties an old control file and starts the heartbeat.
    /// \retval Io  the folder cannot be written
    static Result<std::unique_ptr<JobFolder>> open(const std::filesystem::path& folder);
    ~JobFolder();
    JobFolder(const JobFolder&) = delete;
    JobFolder& operator=(const JobFolder&) = delete;

    /// From now on the control file steers this job. \param context  outlives this object
    void steer(jobs::JobContext& context);
    /// Appends one line to events.jsonl. A full disk is not an error of the job: the line is dropped.
    void event(const nlohmann::json& event);
    /// Seconds since the heartbeat of a folder was written; negative when there is none.
    static double secondsSinceHeartbeat(const std::filesystem::path& folder);

private:
    struct State;
    explicit JobFolder(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// "pause", "run" (or "resume"), "stop", "discard"; anything else is no control.
bool parseControl(std::string_view word, jobs::Control& control);

}  // namespace espalier::pipeline
