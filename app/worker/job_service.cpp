// SPDX-License-Identifier: Apache-2.0
#include "app/worker/job_service.h"

#include <exception>
#include <new>

#include "core/base/platform.h"
#include "core/base/version.h"
#include "core/pipeline/job.h"
#include "core/pipeline/job_folder.h"

namespace espalier::worker {
using nlohmann::json;

/// Every event goes to the wire and, once there is one, to the job's folder.
class JobService::Sink {
public:
    explicit Sink(Wire& wire) : m_wire(wire) {}
    void send(const json& event) {
        m_wire.send(event);
        if (folder) folder->event(event);
    }
    std::unique_ptr<pipeline::JobFolder> folder;

private:
    Wire& m_wire;
};

namespace {
/// What a library may still throw past the pipeline's own wrappers becomes an error like any other.
Result<json> runGuarded(const pipeline::JobRequest& request, jobs::JobContext& context) {
    try {
        return pipeline::runJob(request, context);
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::OutOfMemory,
                         "there is not enough memory for this job; close other programs or use fewer documents");
    } catch (const std::exception& fault) {
        return makeError(ErrorCode::Internal, std::string("unexpected fault: ") + fault.what());
    }
}

Result<pipeline::JobRequest> parseStart(const json& start) {
    pipeline::JobRequest request;
    const auto text = [&start](const char* key) {
        const auto found = start.find(key);
        return found != start.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    request.kind = text("kind");
    request.project = text("project");
    request.folder = text("folder");
    if (!pipeline::isJobKind(request.kind)) {
        return makeError(ErrorCode::InvalidArgument, "there is no job of kind \"" + request.kind + "\"");
    }
    if (request.project.empty() || request.folder.empty()) {
        return makeError(ErrorCode::InvalidArgument, "a job needs a project and a folder");
    }
    if (const auto options = start.find("options"); options != start.end() && !options->is_null()) {
        if (!options->is_object())
            return makeError(ErrorCode::InvalidArgument, "the options of a job are a JSON object");
        request.options = options->dump();
    }
    return request;
}
}  // namespace

JobService::JobService(Wire& wire)
    : m_sink(std::make_unique<Sink>(wire)),
      m_context(std::make_unique<jobs::JobContext>([this](const json& event) { m_sink->send(event); })) {}

JobService::~JobService() = default;

void JobService::control(jobs::Control control) {
    // A stop cannot be taken back: closing standard input after "discard" must not turn it into a "stop".
    const jobs::Control now = m_context->control();
    if (now == jobs::Control::Discard || (now == jobs::Control::Stop && control != jobs::Control::Discard)) return;
    m_context->setControl(control);
}

int JobService::run(const json& start) {
    json end{{"event", "end"}, {"state", "failed"}, {"result", nullptr}, {"error", nullptr}};
    const auto finish = [&](const char* state, int status) {
        end["state"] = state;
        m_sink->send(end);
        m_sink->folder.reset();
        return status;
    };
    const auto fail = [&](const Error& error) {
        end["error"] = Wire::errorObject(error);
        return finish("failed", 1);
    };
    auto request = parseStart(start);
    if (!request) return fail(request.error());
    auto folder = pipeline::JobFolder::open(request->folder);
    if (!folder) return fail(folder.error());
    m_sink->folder = std::move(folder).value();
    m_sink->folder->steer(*m_context);
    m_sink->send({{"event", "start"}, {"kind", request->kind}, {"pid", platform::processId()}, {"version", version()}});

    auto result = runGuarded(*request, *m_context);
    const bool discarded = m_context->control() == jobs::Control::Discard;
    if (!result && result.error().code != ErrorCode::Cancelled) return fail(result.error());
    if (discarded) return finish("discarded", 0);
    if (!result) return finish("stopped", 0);
    end["result"] = *result;
    return finish(m_context->control() == jobs::Control::Stop ? "stopped" : "done", 0);
}

}  // namespace espalier::worker
