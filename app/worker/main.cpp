// SPDX-License-Identifier: Apache-2.0
/// espalier-worker: computes one job (or serves searches) for the window, over JSON lines on standard input and output.
///
/// In:  {"op":"start","kind","project","folder","options"} first, then {"op":"pause"|"resume"|"stop"|"discard"};
///      kind "query": {"op":"search","id",...} or {"op":"why",...} (query_service.h). Closing standard input means
///      stop, unless
///      {"op":"detach"} came before: then the job goes on and the file `control` of its folder steers it.
/// Out: the job's events, {"event":"end","state","result","error"} last.
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "app/worker/job_service.h"
#include "app/worker/query_service.h"
#include "app/worker/wire.h"
#include "core/base/platform.h"
#include "core/pipeline/job_folder.h"

using namespace espalier;
using nlohmann::json;

namespace {

/// What standard input said so far; the services take over as soon as there is a start.
class Desk {
public:
    explicit Desk(worker::Wire& wire) : m_wire(wire), m_job(wire), m_queries(wire) {}

    void line(json message) {
        const auto found = message.find("op");
        const std::string op = found != message.end() && found->is_string() ? found->get<std::string>() : std::string();
        jobs::Control control = jobs::Control::Run;
        if (op == "start") {
            const std::scoped_lock lock(m_mutex);
            if (m_started) return warn("this worker has its job already; start another process for the next");
            m_started = true;
            m_start = std::move(message);
            m_wake.notify_one();
        } else if (op == "detach") {
            m_detached = true;
        } else if (op == "search" || op == "why") {
            m_queries.push(std::move(message));
        } else if (pipeline::parseControl(op, control)) {
            m_job.control(control);
            if (control == jobs::Control::Stop || control == jobs::Control::Discard) m_queries.stop();
        } else {
            warn("unknown op \"" + op + "\"");
        }
    }
    void warn(const std::string& message) { m_wire.send({{"event", "warning"}, {"message", message}}); }
    void close() {
        if (m_detached) return;
        m_job.control(jobs::Control::Stop);
        m_queries.stop();
        const std::scoped_lock lock(m_mutex);
        m_started = true;
        m_closed = true;
        m_wake.notify_one();
    }
    int serve() {
        json start;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_start || m_closed; });
            if (!m_start) return 0;
            start = std::move(*m_start);
        }
        if (start.value("kind", json()) == "query") return m_queries.run(start);
        platform::lowerPriority();
        return m_job.run(start);
    }

private:
    worker::Wire& m_wire;
    worker::JobService m_job;
    worker::QueryService m_queries;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::optional<json> m_start;
    bool m_started = false, m_closed = false;
    std::atomic<bool> m_detached{false};
};

}  // namespace

int main() {
    platform::ignoreBrokenPipes();
    platform::tuneAllocator();
    worker::Wire wire;
    // Never destroyed: the reading thread sits in a read that nothing can end but the process itself.
    auto* desk = new Desk(wire);  // NOLINT(cppcoreguidelines-owning-memory)
    worker::readLines([desk](json message) { desk->line(std::move(message)); },
                      [desk](const std::string& line) { desk->warn("not a JSON object: " + line); },
                      [desk] { desk->close(); });
    const int status = desk->serve();
    std::_Exit(status);
}
