// SPDX-License-Identifier: Apache-2.0
/// \file app/cli/interrupt.h
/// Ctrl+C: the first asks the running job to stop and keep what it has, the second ends the process at once.
#pragma once
#include <atomic>
#include <functional>
#include <thread>

#include "core/jobs/job_context.h"

namespace espalier::cli {

class InterruptWatcher {
public:
    /// \param onFirst  called on the watcher's thread at the first interrupt
    InterruptWatcher(jobs::JobContext& context, std::function<void()> onFirst);
    ~InterruptWatcher();
    InterruptWatcher(const InterruptWatcher&) = delete;
    InterruptWatcher& operator=(const InterruptWatcher&) = delete;
    bool interrupted() const noexcept;

private:
    std::atomic<bool> m_done{false};
    std::thread m_thread;
};

}  // namespace espalier::cli
