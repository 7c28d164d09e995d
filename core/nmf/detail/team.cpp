// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/detail/team.h"

namespace espalier::nmf::detail {

Team::Team(int threads) {
    for (int i = 1; i < threads; ++i) m_threads.emplace_back([this] { loop(); });
}

Team::~Team() {
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_start.notify_all();
    for (auto& thread : m_threads) thread.join();
}

void Team::takeBlocks() {
    for (std::int64_t i = m_next.fetch_add(1); i < m_count; i = m_next.fetch_add(1)) (*m_work)(i);
}

void Team::run(std::int64_t count, const std::function<void(std::int64_t)>& work) {
    if (m_threads.empty() || count <= 1) {
        for (std::int64_t i = 0; i < count; ++i) work(i);
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_work = &work;
        m_count = count;
        m_next = 0;
        m_busy = static_cast<int>(m_threads.size());
        ++m_round;
    }
    m_start.notify_all();
    takeBlocks();
    std::unique_lock lock(m_mutex);
    m_finished.wait(lock, [this] { return m_busy == 0; });
}

void Team::loop() {
    std::uint64_t seen = 0;
    std::unique_lock lock(m_mutex);
    while (true) {
        m_start.wait(lock, [&] { return m_closing || m_round != seen; });
        if (m_closing) return;
        seen = m_round;
        lock.unlock();
        takeBlocks();
        lock.lock();
        if (--m_busy == 0) m_finished.notify_one();
    }
}

}  // namespace espalier::nmf::detail
