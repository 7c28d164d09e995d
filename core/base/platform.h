// SPDX-License-Identifier: Apache-2.0
/// \file core/base/platform.h
/// Everything the operating system must be asked directly: the only POSIX and Win32 calls of the project
/// (platform_posix.cpp, platform_windows.cpp).
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "core/base/result.h"

namespace espalier::platform {

std::string hostName();
std::int64_t processId();
/// Whether a process of this host lives (also true when it belongs to somebody else).
bool processAlive(std::int64_t pid);
/// Identity of a process beyond its reusable number: its start time in system ticks, 0 when unknown.
std::int64_t processStartTime(std::int64_t pid);
/// Peak resident memory of this process in bytes, 0 when unknown.
std::int64_t peakMemoryBytes();
std::int64_t totalMemoryBytes();
/// What this process can still take without swapping or being refused: free memory of the machine, within its own
/// limits (container, ulimit -v); 0 when unknown.
std::int64_t freeMemoryBytes();
/// Logical processors this process may use, at least 1.
int processorCount();
/// Lowers the priority of the calling process (nice 10): background work yields to the window.
void lowerPriority();
/// Allocator settings that keep big tensors from being returned and refaulted (glibc; elsewhere nothing).
void tuneAllocator();
/// Flushes a file, or the entries of a folder, to the device.
Status syncToDisk(const std::filesystem::path& path);
/// Points file descriptor 1 at standard error and returns a handle to the true standard output: what libraries
/// print can no longer spoil --json.
int takeStandardOutput();
/// Writes all bytes to a descriptor of takeStandardOutput().
Status writeAll(int descriptor, std::string_view bytes);

/// Whether standard output (1) or standard error (2) is a terminal that a person looks at.
bool isTerminal(int descriptor);
/// Columns of the terminal behind a descriptor; 80 when unknown.
int terminalColumns(int descriptor);
/// A reader that went away gives a write error instead of killing this process.
void ignoreBrokenPipes();

/// Loads a shared library for the rest of the process; libraries loaded later see its symbols.
/// \param nameOrPath  a path, or a name that the system's loader looks for
/// \retval NotFound  with the loader's own words
Status loadLibrary(const std::string& nameOrPath);
/// File of the library or program whose code or data is at this address, empty when unknown.
std::filesystem::path libraryOf(const void* address);

/// For settings that libraries read while the program is loaded: when the environment lacks `name`, sets it and starts
/// this program anew in the same process with the same arguments. Returns when it is set (by whomever) or the system
/// cannot do this.
void restartWithEnvironment(const char* name, const char* value, char** arguments);

/// Read-only memory map. Empty files map to an empty span.
class MappedFile {
public:
    static Result<MappedFile> open(const std::filesystem::path& path);
    MappedFile(MappedFile&&) noexcept;
    MappedFile& operator=(MappedFile&&) noexcept;
    ~MappedFile();
    std::span<const std::byte> bytes() const noexcept;

private:
    struct State;
    explicit MappedFile(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// Exclusive advisory lock on a file, held until destruction or death of the process.
class FileLock {
public:
    /// \retval Busy  somebody else holds it
    static Result<FileLock> acquire(const std::filesystem::path& path);
    FileLock(FileLock&&) noexcept;
    FileLock& operator=(FileLock&&) noexcept;
    ~FileLock();

private:
    struct State;
    explicit FileLock(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace espalier::platform
