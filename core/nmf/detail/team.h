// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/detail/team.h
/// Threads that share one loop: blocks are dealt out as they come, each block's result has its own place.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace espalier::nmf::detail {

class Team {
public:
    /// \param threads  at least 1; the calling thread is one of them
    explicit Team(int threads);
    ~Team();
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    /// Calls work(0) .. work(count - 1), each once, from any of the threads, and returns when all are done.
    /// \pre work does not throw and does not call run()
    void run(std::int64_t count, const std::function<void(std::int64_t)>& work);

private:
    void loop();
    void takeBlocks();

    std::mutex m_mutex;
    std::condition_variable m_start, m_finished;
    const std::function<void(std::int64_t)>* m_work = nullptr;
    std::int64_t m_count = 0;
    std::atomic<std::int64_t> m_next{0};
    std::uint64_t m_round = 0;
    int m_busy = 0;
    bool m_closing = false;
    std::vector<std::thread> m_threads;
};

/// Rows in one block of a loop over rows: fixed, so that sums by block do not depend on the number of threads.
inline constexpr std::int64_t kBlockOfRows = 1024;

}  // namespace espalier::nmf::detail
