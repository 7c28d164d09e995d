// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/lane.h"

namespace espalier::jobs {

Lane::Lane(Poster poster) : m_poster(std::move(poster)), m_thread([this] { loop(); }) {}

Lane::~Lane() {
    {
        const std::scoped_lock lock(m_mutex);
        m_closing = true;
        if (m_running) m_running->setControl(Control::Stop);
    }
    m_wake.notify_all();
    m_thread.join();
    for (Task& task : m_waiting) task.run(true);
}

bool Lane::idle() const {
    const std::scoped_lock lock(m_mutex);
    return m_waiting.empty() && !m_running;
}

void Lane::push(Task task) {
    {
        const std::scoped_lock lock(m_mutex);
        m_waiting.push_back(std::move(task));
    }
    m_wake.notify_one();
}

void Lane::loop() {
    for (;;) {
        Task task;
        {
            std::unique_lock lock(m_mutex);
            m_running.reset();
            m_wake.wait(lock, [this] { return m_closing || !m_waiting.empty(); });
            if (m_closing) return;
            task = std::move(m_waiting.front());
            m_waiting.pop_front();
            m_running = task.context;
        }
        task.run(false);
    }
}

}  // namespace espalier::jobs
