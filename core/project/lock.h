// SPDX-License-Identifier: Apache-2.0
/// \file core/project/lock.h
/// One writer: the file `lock` of a project folder, held with the operating system's advisory lock and naming its
/// holder (host, process, start time) for those who are refused.
///
/// The lock of a dead process of this host is taken over silently; one of another host is not, since nobody here can
/// tell whether it lives. The file stays, empty, when nobody holds the lock.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace espalier::project {

struct LockHolder {
    std::string host;
    std::int64_t pid = 0;
    std::int64_t started = 0;  ///< start time of the process in system ticks, 0 when unknown
};

class ProjectLock {
public:
    /// \param waitMs  how long to wait for one that is held for a moment
    /// \retval Busy  "open in process N on HOST"
    /// \retval Io    the folder cannot be written
    static Result<ProjectLock> acquire(const std::filesystem::path& projectFolder, int waitMs = 0);
    /// Who holds it now, if anybody does; a dead holder of this host counts as nobody.
    static std::optional<LockHolder> holder(const std::filesystem::path& projectFolder);
    ProjectLock(ProjectLock&&) noexcept;
    ProjectLock& operator=(ProjectLock&&) noexcept;
    ~ProjectLock();

private:
    struct State;
    explicit ProjectLock(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace espalier::project
