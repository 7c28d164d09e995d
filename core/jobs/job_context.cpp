// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_context.h"

#include <nlohmann/json.hpp>

namespace espalier::jobs {
using Clock = std::chrono::steady_clock;

JobContext::JobContext(Sink sink) : m_sink(std::move(sink)), m_started(Clock::now()), m_lastProgress() {}
JobContext::~JobContext() = default;

void JobContext::setControl(Control control) {
    {
        const std::scoped_lock lock(m_mutex);
        m_control.store(control);
    }
    m_changed.notify_all();
}

Control JobContext::control() const noexcept {
    return m_control.load(std::memory_order_relaxed);
}

bool JobContext::shouldStop() {
    const Control now = control();
    if (now == Control::Run) return false;
    if (now != Control::Pause) return true;
    emit({{"event", "paused"}});
    Control next = Control::Run;
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_control.load() != Control::Pause; });
        next = m_control.load();
    }
    emit({{"event", "resumed"}});
    return next != Control::Run;
}

Status JobContext::checkStop() {
    if (shouldStop()) return makeError(ErrorCode::Cancelled, "stopped");
    return {};
}

void JobContext::progress(std::string_view phase, std::int64_t done, std::int64_t total) {
    if (!m_sink) return;
    const auto now = Clock::now();
    const bool newPhase = phase != m_lastPhase;
    const bool ended = total > 0 && done >= total;
    const bool last = ended && (newPhase || !m_phaseEnded);  // a reader far ahead of its parser says so many times
    if (!newPhase && !last && now - m_lastProgress < std::chrono::milliseconds(100)) return;
    m_lastPhase = phase;
    m_phaseEnded = ended;
    m_lastProgress = now;
    emit({{"event", "progress"}, {"phase", phase}, {"done", done}, {"total", total}, {"seconds", secondsSinceStart()}});
}

void JobContext::metric(const nlohmann::json& values) {
    if (!m_sink) return;
    nlohmann::json event = values;
    event["event"] = "metric";
    emit(event);
}

void JobContext::warning(std::string_view message) {
    emit({{"event", "warning"}, {"message", message}});
}

void JobContext::checkpoint(std::int64_t step) {
    emit({{"event", "checkpoint"}, {"step", step}});
}

void JobContext::emit(const nlohmann::json& event) {
    if (m_sink) m_sink(event);
}

double JobContext::secondsSinceStart() const {
    return std::chrono::duration<double>(Clock::now() - m_started).count();
}

}  // namespace espalier::jobs
