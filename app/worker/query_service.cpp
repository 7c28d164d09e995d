// SPDX-License-Identifier: Apache-2.0
#include "app/worker/query_service.h"

#include <exception>
#include <memory>
#include <new>
#include <string>

#include "core/base/platform.h"
#include "core/base/version.h"
#include "core/jobs/job_context.h"
#include "core/pipeline/search_session.h"
#include "core/pipeline/why.h"

namespace espalier::worker {
using nlohmann::json;

namespace {
json idOf(const json& search) {
    return search.contains("id") ? search["id"] : json(nullptr);
}

/// What is kept between questions of either kind.
struct Sessions {
    std::string project;
    std::unique_ptr<pipeline::SearchSession> search;
    std::unique_ptr<pipeline::WhySession> why;  ///< from the first such question on
};

Result<json> answered(Sessions& sessions, const json& request, jobs::JobContext& context) {
    if (request.value("op", json()) != "why") return sessions.search->search(request, context);
    if (!sessions.why) {
        ESPALIER_ASSIGN(sessions.why, pipeline::WhySession::open(sessions.project));
    }
    return sessions.why->why(request, context);
}

Result<json> answeredGuarded(Sessions& sessions, const json& request, jobs::JobContext& context) {
    try {
        return answered(sessions, request, context);
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::OutOfMemory, "there is not enough memory to answer");
    } catch (const std::exception& fault) {
        return makeError(ErrorCode::Internal, std::string("unexpected fault: ") + fault.what());
    }
}
}  // namespace

void QueryService::answer(const json& id, const Result<json>& result) {
    json event{{"event", "answer"}, {"id", id}, {"result", nullptr}, {"error", nullptr}};
    if (result)
        event["result"] = *result;
    else
        event["error"] = Wire::errorObject(result.error());
    m_wire.send(event);
}

void QueryService::push(json search) {
    std::optional<json> replaced;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_stopping)
            replaced = std::move(search);
        else {
            replaced = std::move(m_waiting);
            m_waiting = std::move(search);
            if (m_computing != nullptr) m_computing->setControl(jobs::Control::Stop);
        }
    }
    m_wake.notify_one();
    if (replaced) answer(idOf(*replaced), makeError(ErrorCode::Cancelled, "a newer search took its place"));
}

void QueryService::stop() {
    std::optional<json> dropped;
    {
        const std::scoped_lock lock(m_mutex);
        m_stopping = true;
        dropped = std::move(m_waiting);
        m_waiting.reset();
    }
    m_wake.notify_one();
    if (dropped) answer(idOf(*dropped), makeError(ErrorCode::Cancelled, "the search service ends"));
}

void QueryService::forget() {
    const std::scoped_lock lock(m_mutex);
    m_computing = nullptr;
}

std::optional<json> QueryService::next(jobs::JobContext& context) {
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [this] { return m_stopping || m_waiting; });
    if (m_stopping) return std::nullopt;
    std::optional<json> search = std::move(m_waiting);
    m_waiting.reset();
    m_computing = &context;
    return search;
}

int QueryService::run(const json& start) {
    json end{{"event", "end"}, {"state", "failed"}, {"result", nullptr}, {"error", nullptr}};
    const auto project = start.find("project");
    auto session = project != start.end() && project->is_string()
                       ? pipeline::SearchSession::open(project->get<std::string>())
                       : Result<std::unique_ptr<pipeline::SearchSession>>(
                             makeError(ErrorCode::InvalidArgument, "the search service needs a project"));
    if (!session) {
        stop();
        end["error"] = Wire::errorObject(session.error());
        m_wire.send(end);
        return 1;
    }
    Sessions sessions{project->get<std::string>(), std::move(session).value(), {}};
    m_wire.send({{"event", "start"}, {"kind", "query"}, {"pid", platform::processId()}, {"version", version()}});
    const json options = start.value("options", json::object());
    while (true) {
        json id;
        jobs::JobContext context([this, &id](const json& event) {
            if (event.value("event", "") != "hits") return;
            json named = event;
            named["id"] = id;
            m_wire.send(named);
        });
        auto search = next(context);
        if (!search) break;
        id = idOf(*search);
        json request = options.is_object() ? options : json::object();
        request.update(*search);
        const auto found = answeredGuarded(sessions, request, context);
        forget();
        answer(id, found);
    }
    end["state"] = "done";
    m_wire.send(end);
    return 0;
}

}  // namespace espalier::worker
