// SPDX-License-Identifier: Apache-2.0
#include "core/index/detail/blocks.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "core/base/platform.h"
#include "core/jobs/job_context.h"

namespace espalier::index::detail {

Status forEachBlock(std::int64_t blocks, int threads, std::string_view phase, jobs::JobContext& context,
                    const std::function<void(std::int64_t, const std::function<bool()>&)>& work) {
    using namespace std::chrono_literals;
    ESPALIER_TRY(context.checkStop());
    std::atomic<std::int64_t> next{0}, done{0};
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::condition_variable changed;
    std::int64_t running = std::clamp<std::int64_t>(threads > 0 ? threads : platform::processorCount(), 1,
                                                    std::max<std::int64_t>(1, blocks));
    Status failure;
    bool paused = false;
    const std::function<bool()> stopRequested = [&] {
        if (stop) return true;
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return !paused || stop; });
        return stop.load();
    };
    const auto fail = [&](ErrorCode code, std::string what) {
        const std::lock_guard lock(mutex);
        if (failure) failure = makeError(code, std::move(what));
        stop = true;
    };
    const auto loop = [&] {
        platform::lowerPriority();
        try {
            for (std::int64_t block = next++; block < blocks && !stopRequested(); block = next++) {
                work(block, stopRequested);
                ++done;
            }
        } catch (const std::bad_alloc&) {
            fail(ErrorCode::OutOfMemory, "there is not enough memory to compare the documents' vectors");
        } catch (const std::exception& e) {
            fail(ErrorCode::Internal, std::string("comparing the documents' vectors failed: ") + e.what());
        }
        const std::lock_guard lock(mutex);
        --running;
        changed.notify_all();
    };
    std::vector<std::thread> workers;
    for (std::int64_t i = running; i > 0; --i) workers.emplace_back(loop);

    bool cancelled = false;
    std::unique_lock lock(mutex);
    while (running > 0) {
        changed.wait_for(lock, 50ms, [&] { return running == 0; });
        paused = context.control() == jobs::Control::Pause;
        lock.unlock();
        if (!cancelled && context.shouldStop()) {  // waits here while the job is paused
            cancelled = true;
            stop = true;
        }
        if (!cancelled) context.progress(phase, done, blocks);
        lock.lock();
        paused = false;
        changed.notify_all();
    }
    lock.unlock();
    for (std::thread& worker : workers) worker.join();
    if (!failure) return failure;
    if (cancelled) return makeError(ErrorCode::Cancelled, "The work was stopped; nothing was changed.");
    context.progress(phase, blocks, blocks);
    return {};
}

}  // namespace espalier::index::detail
