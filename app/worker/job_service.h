// SPDX-License-Identifier: Apache-2.0
/// \file app/worker/job_service.h
/// One heavy job from "start" to "end"; the process ends with it and so gives back all memory.
#pragma once
#include <memory>
#include <nlohmann/json.hpp>

#include "app/worker/wire.h"
#include "core/jobs/job_context.h"

namespace espalier::worker {

class JobService {
public:
    explicit JobService(Wire& wire);
    ~JobService();
    /// Runs the job of a "start" line on the calling thread and sends its events, "end" last.
    /// \return exit status of the process: 0, or 1 when the job failed
    int run(const nlohmann::json& start);
    void control(jobs::Control control);  ///< any thread, also before run()

private:
    class Sink;
    std::unique_ptr<Sink> m_sink;
    std::unique_ptr<jobs::JobContext> m_context;
};

}  // namespace espalier::worker
