// SPDX-License-Identifier: Apache-2.0
/// \file app/worker/query_service.h
/// The resident search process: answers searches until it is told to stop. A newer search replaces a waiting one,
/// which is answered with the error "cancelled"; the one being computed is finished.
#pragma once
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/worker/wire.h"

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
    std::optional<nlohmann::json> next();
    Wire& m_wire;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::optional<nlohmann::json> m_waiting;
    bool m_stopping = false;
};

}  // namespace espalier::worker
