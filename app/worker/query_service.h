// SPDX-License-Identifier: Apache-2.0
/// \file app/worker/query_service.h
/// The resident search process: answers searches until it is told to stop. A newer search takes the place of the one
/// that waits and of the one being computed; both are answered with the error "cancelled". A search with
/// "hits_first":true gets {"event":"hits","id","result"} before its answer: the same without snippets. The op "why"
/// asks why a document is where it is (core/pipeline/why.h) by the same rules; who asks both runs a process for each.
#pragma once
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/worker/wire.h"
#include "core/jobs/job_context.h"

namespace espalier::worker {

class QueryService {
public:
    explicit QueryService(Wire& wire) : m_wire(wire) {}
    /// Serves until stop(); sends "end" last. \return exit status
    int run(const nlohmann::json& start);
    void push(nlohmann::json search);  ///< any thread, also before run()
    void stop();                       ///< any thread; waiting searches are answered as cancelled

private:
    void answer(const nlohmann::json& id, const Result<nlohmann::json>& result);
    /// \param context  of the search that is returned: a newer one stops it until forget()
    std::optional<nlohmann::json> next(jobs::JobContext& context);
    void forget();
    Wire& m_wire;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::optional<nlohmann::json> m_waiting;
    jobs::JobContext* m_computing = nullptr;
    bool m_stopping = false;
};

}  // namespace espalier::worker
