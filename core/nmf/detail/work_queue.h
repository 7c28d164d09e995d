// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/detail/work_queue.h
/// Tasks that make further tasks, done by a few threads while the caller watches the job's controls.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/result.h"

namespace espalier::jobs {
class JobContext;
}

namespace espalier::nmf::detail {

class WorkQueue {
public:
    /// \param threads  workers; 0: all processors
    explicit WorkQueue(int threads);

    /// Any thread. Tasks start in the order in which they were added.
    void add(std::function<void()> task);

    /// Works until no task is left or the context says stop. Called once, from the job's own thread, which only
    /// watches: it asks the context at least every 50 ms and calls `tick` (for progress).
    /// \retval Cancelled    by the context; waiting tasks are dropped, running ones are told through stopRequested()
    /// \retval OutOfMemory, Internal  a task threw
    Status run(jobs::JobContext& context, const std::function<void()>& tick);

    /// Polled inside long tasks: true when the work is to be given up. Waits inside while the job is paused.
    bool stopRequested();

private:
    void loop();
    void fail(ErrorCode code, const char* what);

    std::mutex m_mutex;
    std::condition_variable m_wake;     // workers: a task, or the end
    std::condition_variable m_changed;  // watcher: all done
    std::condition_variable m_resumed;  // workers inside stopRequested()
    std::deque<std::function<void()>> m_tasks;
    int m_running = 0;
    int m_threadCount = 1;
    bool m_closing = false;
    std::atomic<bool> m_stop{false};
    std::atomic<bool> m_paused{false};
    Status m_failure;
};

}  // namespace espalier::nmf::detail
