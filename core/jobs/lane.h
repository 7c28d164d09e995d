// SPDX-License-Identifier: Apache-2.0
/// \file core/jobs/lane.h
/// One worker thread that runs tasks in order and delivers each answer on its owner's thread.
///
/// `done` runs exactly once for success, failure and cancel alike, through the Poster (the window: a queued call;
/// tests and command line: a queue of their own). Destruction stops the running task, drops the waiting ones with
/// Cancelled, and joins.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/base/result.h"
#include "core/jobs/job_context.h"

namespace espalier::jobs {

/// Runs a call on the owner's thread, later. Must be callable from any thread.
using Poster = std::function<void(std::function<void()>)>;

class Lane {
public:
    explicit Lane(Poster poster);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// Handle of a started task: stop() asks it to end; outlives the lane safely.
    class Handle {
    public:
        void stop(Control how = Control::Stop) {
            if (m_context) m_context->setControl(how);
        }

    private:
        friend class Lane;
        std::shared_ptr<JobContext> m_context;
    };

    template <class T>
    Handle start(std::function<Result<T>(JobContext&)> work, std::function<void(Result<T>)> done,
                 JobContext::Sink sink = {}) {
        auto context = std::make_shared<JobContext>(std::move(sink));
        Handle handle;
        handle.m_context = context;
        push({context, [this, context, work = std::move(work), done = std::move(done)](bool dropped) mutable {
                  auto answer = std::make_shared<Result<T>>(dropped || context->control() == Control::Stop ||
                                                                    context->control() == Control::Discard
                                                                ? Result<T>(makeError(ErrorCode::Cancelled, "stopped"))
                                                                : work(*context));
                  m_poster([done = std::move(done), answer]() mutable { done(std::move(*answer)); });
              }});
        return handle;
    }

    bool idle() const;

private:
    struct Task {
        std::shared_ptr<JobContext> context;
        std::function<void(bool dropped)> run;
    };
    void push(Task task);
    void loop();

    Poster m_poster;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Task> m_waiting;
    std::shared_ptr<JobContext> m_running;
    bool m_closing = false;
    std::thread m_thread;  // last: starts when everything above exists
};

}  // namespace espalier::jobs
