// SPDX-License-Identifier: Apache-2.0
/// \file core/jobs/job_context.h
/// What a running job sees of the world: it is told to pause or stop, and tells how far it is.
///
/// One JobContext per job. control() may be called from any thread, also while the job runs; everything else is the
/// job's own thread. Events are JSON objects, one a line on the wire (contract.md: start, progress, metric, warning,
/// checkpoint, end).
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace espalier::jobs {

enum class Control {
    Run,
    Pause,    ///< waits inside shouldStop() until Run, Stop or Discard
    Stop,     ///< end at the next safe point and keep what there is
    Discard,  ///< end at the next safe point and keep nothing
};

class JobContext {
public:
    using Sink = std::function<void(const nlohmann::json& event)>;

    /// \param sink  called on the job's thread for every event; may be empty
    explicit JobContext(Sink sink = {});
    ~JobContext();
    JobContext(const JobContext&) = delete;
    JobContext& operator=(const JobContext&) = delete;

    void setControl(Control control);  ///< any thread
    Control control() const noexcept;  ///< any thread

    /// Poll at least every 100 ms of work. Blocks while paused. True: end now (Stop or Discard).
    bool shouldStop();
    /// Cancelled error when shouldStop(), else ok: ESPALIER_TRY(context.checkStop()).
    Status checkStop();

    /// At most ten progress events a second leave, the last of a phase always.
    /// \param total  0 = unknown
    void progress(std::string_view phase, std::int64_t done, std::int64_t total);
    void metric(const nlohmann::json& values);  ///< adds "event":"metric"
    void warning(std::string_view message);
    void checkpoint(std::int64_t step);
    /// Any other event; must hold the key "event".
    void emit(const nlohmann::json& event);
    double secondsSinceStart() const;

private:
    Sink m_sink;
    std::atomic<Control> m_control{Control::Run};
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::chrono::steady_clock::time_point m_started;
    std::chrono::steady_clock::time_point m_lastProgress;
    std::string m_lastPhase;
    bool m_phaseEnded = false;  // the event of its end has left
};

}  // namespace espalier::jobs
