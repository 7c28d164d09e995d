// SPDX-License-Identifier: Apache-2.0
#include "core/project/lock.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/base/platform.h"

namespace espalier::project {
namespace fs = std::filesystem;
namespace {
constexpr const char* kLockName = "lock";
constexpr int kRetryMs = 10;

/// "PID START HOST"
std::optional<LockHolder> readHolder(const fs::path& file) {
    const auto text = readFile(file, 4096);
    if (!text) return std::nullopt;
    std::istringstream fields(*text);
    LockHolder holder;
    if (!(fields >> holder.pid >> holder.started >> holder.host) || holder.pid <= 0) return std::nullopt;
    return holder;
}

/// A process of this host that is gone, or whose number another one has by now.
bool dead(const LockHolder& holder) {
    if (holder.host != platform::hostName()) return false;
    if (!platform::processAlive(holder.pid)) return true;
    return holder.started != 0 && platform::processStartTime(holder.pid) != holder.started;
}

Error busy(const fs::path& folder, const std::optional<LockHolder>& holder) {
    std::string message = "the project " + folder.string() + " is open for writing elsewhere";
    if (holder) {
        message = "the project " + folder.string() + " is open in process " + std::to_string(holder->pid) + " on " +
                  holder->host;
    }
    return makeError(ErrorCode::Busy, message, folder.string());
}
}  // namespace

struct ProjectLock::State {
    fs::path file;
    std::optional<platform::FileLock> lock;
    ~State() {
        // The file stays: removing it would let two others lock different files of one name.
        if (lock) std::ofstream(file, std::ios::binary | std::ios::trunc).flush();
    }
};

ProjectLock::ProjectLock(std::unique_ptr<State> state) : m_state(std::move(state)) {}
ProjectLock::ProjectLock(ProjectLock&&) noexcept = default;
ProjectLock& ProjectLock::operator=(ProjectLock&&) noexcept = default;
ProjectLock::~ProjectLock() = default;

Result<ProjectLock> ProjectLock::acquire(const fs::path& folder, int waitMs) {
    const fs::path file = folder / kLockName;
    const auto started = std::chrono::steady_clock::now();
    while (true) {
        auto lock = platform::FileLock::acquire(file);
        if (lock) {
            const auto holder = readHolder(file);
            // The system's lock is ours, yet somebody may hold the project over a network that does not pass locks on.
            if (holder && !dead(*holder) && holder->pid != platform::processId()) return busy(folder, holder);
            auto state = std::make_unique<State>();
            state->file = file;
            const std::int64_t pid = platform::processId();
            std::ofstream out(file, std::ios::binary | std::ios::trunc);
            out << pid << ' ' << platform::processStartTime(pid) << ' ' << platform::hostName() << '\n';
            out.close();
            if (!out) {
                return makeError(ErrorCode::Io, "cannot write " + file.string() + ": is the disk full?", file.string());
            }
            state->lock.emplace(std::move(lock).value());
            return ProjectLock(std::move(state));
        }
        if (lock.error().code != ErrorCode::Busy) {
            return makeError(ErrorCode::InvalidState,
                             "the project " + folder.string() + " cannot be written: " + lock.error().message,
                             file.string());
        }
        const auto waited = std::chrono::steady_clock::now() - started;
        if (waited >= std::chrono::milliseconds(waitMs)) return busy(folder, readHolder(file));
        std::this_thread::sleep_for(std::chrono::milliseconds(kRetryMs));
    }
}

std::optional<LockHolder> ProjectLock::holder(const fs::path& folder) {
    auto holder = readHolder(folder / kLockName);
    if (holder && dead(*holder)) return std::nullopt;
    return holder;
}

}  // namespace espalier::project
