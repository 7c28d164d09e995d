// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/detail/work_queue.h"

#include <chrono>
#include <exception>
#include <new>
#include <string>

#include "core/base/platform.h"
#include "core/jobs/job_context.h"

namespace espalier::nmf::detail {

using namespace std::chrono_literals;

WorkQueue::WorkQueue(int threads) : m_threadCount(threads > 0 ? threads : platform::processorCount()) {}

void WorkQueue::add(std::function<void()> task) {
    {
        const std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    m_wake.notify_one();
}

Status WorkQueue::run(jobs::JobContext& context, const std::function<void()>& tick) {
    std::vector<std::thread> workers;
    for (int i = 0; i < m_threadCount; ++i) workers.emplace_back([this] { loop(); });

    bool cancelled = false;
    std::unique_lock lock(m_mutex);
    while (!m_stop && (!m_tasks.empty() || m_running > 0)) {
        m_changed.wait_for(lock, 50ms);
        lock.unlock();
        if (context.control() == jobs::Control::Pause) m_paused = true;
        if (context.shouldStop()) {  // waits here while the job is paused
            cancelled = true;
            m_stop = true;
        }
        if (m_paused) {
            const std::lock_guard guard(m_mutex);
            m_paused = false;
        }
        m_wake.notify_all();
        m_resumed.notify_all();
        if (!cancelled) tick();
        lock.lock();
    }
    m_closing = true;
    m_tasks.clear();
    lock.unlock();
    m_wake.notify_all();
    m_resumed.notify_all();
    for (auto& worker : workers) worker.join();
    if (!m_failure) return m_failure;
    if (cancelled) return makeError(ErrorCode::Cancelled, "The work was stopped; nothing was changed.");
    return {};
}

bool WorkQueue::stopRequested() {
    if (m_paused && !m_stop) {
        std::unique_lock lock(m_mutex);
        m_resumed.wait(lock, [this] { return !m_paused || m_stop; });
    }
    return m_stop;
}

void WorkQueue::fail(ErrorCode code, const char* what) {
    const std::lock_guard lock(m_mutex);
    if (m_failure) m_failure = makeError(code, std::string("Growing the tree failed: ") + what);
    m_stop = true;
}

void WorkQueue::loop() {
    platform::lowerPriority();
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_closing || (!m_tasks.empty() && !m_paused); });
        if (m_closing) return;
        auto task = std::move(m_tasks.front());
        m_tasks.pop_front();
        ++m_running;
        lock.unlock();
        try {
            if (!m_stop) task();
        } catch (const std::bad_alloc&) {
            fail(ErrorCode::OutOfMemory,
                 "there is not enough memory; fewer documents or a smaller vocabulary need less.");
        } catch (const std::exception& e) {
            fail(ErrorCode::Internal, e.what());
        }
        task = {};
        lock.lock();
        --m_running;
        if (m_running == 0 && m_tasks.empty()) m_changed.notify_all();
    }
}

}  // namespace espalier::nmf::detail
