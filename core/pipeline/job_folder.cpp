// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/job_folder.h"

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/base/platform.h"

namespace espalier::pipeline {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {
std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}
}  // namespace

bool parseControl(std::string_view word, jobs::Control& control) {
    if (word == "run" || word == "resume")
        control = jobs::Control::Run;
    else if (word == "pause")
        control = jobs::Control::Pause;
    else if (word == "stop")
        control = jobs::Control::Stop;
    else if (word == "discard")
        control = jobs::Control::Discard;
    else
        return false;
    return true;
}

struct JobFolder::State {
    fs::path folder;
    std::ofstream events;
    std::mutex mutex;
    std::condition_variable wake;
    bool closing = false;
    jobs::JobContext* context = nullptr;
    std::string lastWord;
    std::thread thread;

    // In place and not by rename: readers ask for the time of the file only, and a rename a second wears disks.
    void beat() const {
        std::ofstream out(folder / "heartbeat", std::ios::binary | std::ios::trunc);
        out << platform::processId() << ' ' << platform::processStartTime(platform::processId()) << ' '
            << platform::hostName() << '\n';
    }
    void readControl() {
        if (context == nullptr) return;
        const auto text = readFile(folder / "control", 64);
        if (!text) return;
        const std::string word = trimmed(*text);
        if (word == lastWord) return;
        lastWord = word;
        jobs::Control control = jobs::Control::Run;
        if (parseControl(word, control)) context->setControl(control);
    }
    void loop() {
        std::unique_lock lock(mutex);
        for (int tick = 0; !closing; ++tick) {
            if (tick % 5 == 0) beat();
            readControl();
            wake.wait_for(lock, 200ms, [this] { return closing; });
        }
    }
};

JobFolder::JobFolder(std::unique_ptr<State> state) : m_state(std::move(state)) {}

Result<std::unique_ptr<JobFolder>> JobFolder::open(const fs::path& folder) {
    std::error_code code;
    fs::create_directories(folder, code);
    auto state = std::make_unique<State>();
    state->folder = folder;
    state->events.open(folder / "events.jsonl", std::ios::binary | std::ios::app);
    if (!state->events) {
        return makeError(ErrorCode::Io,
                         "cannot write in the job's folder " + folder.string() + ": is the disk full or read-only?",
                         folder.string());
    }
    fs::remove(folder / "control", code);
    state->beat();
    State* raw = state.get();
    state->thread = std::thread([raw] { raw->loop(); });
    return std::unique_ptr<JobFolder>(new JobFolder(std::move(state)));
}

JobFolder::~JobFolder() {
    {
        const std::scoped_lock lock(m_state->mutex);
        m_state->closing = true;
    }
    m_state->wake.notify_all();
    m_state->thread.join();
    std::error_code ignored;
    fs::remove(m_state->folder / "heartbeat", ignored);
}

void JobFolder::steer(jobs::JobContext& context) {
    const std::scoped_lock lock(m_state->mutex);
    m_state->context = &context;
}

void JobFolder::event(const nlohmann::json& event) {
    m_state->events.clear();
    m_state->events << event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    m_state->events.flush();
}

double JobFolder::secondsSinceHeartbeat(const fs::path& folder) {
    std::error_code code;
    const auto written = fs::last_write_time(folder / "heartbeat", code);
    if (code) return -1;
    return std::max(0.0, std::chrono::duration<double>(fs::file_time_type::clock::now() - written).count());
}

}  // namespace espalier::pipeline
