// SPDX-License-Identifier: Apache-2.0
#ifdef _WIN32
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
// psapi.h needs windows.h first
#include <fcntl.h>
#include <io.h>
#include <psapi.h>

#include <cstdio>
#include <string_view>
#include <thread>

#include "core/base/platform.h"

namespace espalier::platform {
namespace {
Error systemError(const std::string& what, const std::filesystem::path& path) {
    const DWORD number = GetLastError();
    const bool missing = number == ERROR_FILE_NOT_FOUND || number == ERROR_PATH_NOT_FOUND;
    return makeError(missing ? ErrorCode::NotFound : ErrorCode::Io,
                     what + " " + path.string() + ": system error " + std::to_string(number), path.string());
}
}  // namespace

std::string hostName() {
    char name[256] = {};
    DWORD size = sizeof name;
    return GetComputerNameA(name, &size) != 0 ? std::string(name, size) : std::string("localhost");
}

std::int64_t processId() {
    return static_cast<std::int64_t>(GetCurrentProcessId());
}

bool processAlive(std::int64_t pid) {
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, static_cast<DWORD>(pid));
    if (process == nullptr) return GetLastError() == ERROR_ACCESS_DENIED;
    DWORD status = 0;
    const bool alive = GetExitCodeProcess(process, &status) != 0 && status == STILL_ACTIVE;
    CloseHandle(process);
    return alive;
}

std::int64_t processStartTime(std::int64_t pid) {
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, static_cast<DWORD>(pid));
    if (process == nullptr) return 0;
    FILETIME created{}, ended{}, kernel{}, user{};
    const bool known = GetProcessTimes(process, &created, &ended, &kernel, &user) != 0;
    CloseHandle(process);
    if (!known) return 0;
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(created.dwHighDateTime) << 32) |
                                     created.dwLowDateTime);
}

std::int64_t peakMemoryBytes() {
    PROCESS_MEMORY_COUNTERS counters{};
    if (K32GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) == 0) return 0;
    return static_cast<std::int64_t>(counters.PeakWorkingSetSize);
}

std::int64_t totalMemoryBytes() {
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof status;
    return GlobalMemoryStatusEx(&status) != 0 ? static_cast<std::int64_t>(status.ullTotalPhys) : 0;
}

std::int64_t freeMemoryBytes() {
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof status;
    return GlobalMemoryStatusEx(&status) != 0 ? static_cast<std::int64_t>(status.ullAvailPhys) : 0;
}

int processorCount() {
    const unsigned count = std::thread::hardware_concurrency();
    return count > 0 ? static_cast<int>(count) : 1;
}

void lowerPriority() {
    SetPriorityClass(GetCurrentProcess(), BELOW_NORMAL_PRIORITY_CLASS);
}
void tuneAllocator() {}

Status syncToDisk(const std::filesystem::path& path) {
    if (std::filesystem::is_directory(path)) return {};  // NTFS journals folder entries itself
    HANDLE file = CreateFileW(path.c_str(), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING,
                              FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file == INVALID_HANDLE_VALUE) return systemError("cannot open", path);
    const bool flushed = FlushFileBuffers(file) != 0;
    CloseHandle(file);
    if (!flushed) return systemError("cannot flush", path);
    return {};
}

int takeStandardOutput() {
    std::fflush(stdout);
    const int kept = _dup(1);
    if (kept < 0) return 1;
    _dup2(2, 1);
    _setmode(kept, _O_BINARY);
    return kept;
}

Status writeAll(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const int written = _write(descriptor, bytes.data(), static_cast<unsigned>(bytes.size()));
        if (written < 0) return makeError(ErrorCode::Io, "cannot write to standard output");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

bool isTerminal(int descriptor) {
    return _isatty(descriptor) != 0;
}

int terminalColumns(int descriptor) {
    CONSOLE_SCREEN_BUFFER_INFO info{};
    HANDLE handle = GetStdHandle(descriptor == 2 ? STD_ERROR_HANDLE : STD_OUTPUT_HANDLE);
    return GetConsoleScreenBufferInfo(handle, &info) != 0 ? info.srWindow.Right - info.srWindow.Left + 1 : 80;
}

void ignoreBrokenPipes() {}

Status loadLibrary(const std::string& nameOrPath) {
    if (LoadLibraryW(std::filesystem::path(nameOrPath).c_str()) != nullptr) return {};
    return makeError(ErrorCode::NotFound,
                     "cannot load " + nameOrPath + ": system error " + std::to_string(GetLastError()), nameOrPath);
}

std::filesystem::path libraryOf(const void* address) {
    HMODULE module = nullptr;
    const DWORD flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
    if (GetModuleHandleExW(flags, static_cast<LPCWSTR>(address), &module) == 0) return {};
    wchar_t path[MAX_PATH] = {};
    return GetModuleFileNameW(module, path, MAX_PATH) > 0 ? std::filesystem::path(path) : std::filesystem::path();
}

// LibTorch's threads wait passively there already.
void restartWithEnvironment(const char*, const char*, char**) {}

struct MappedFile::State {
    HANDLE file = INVALID_HANDLE_VALUE;
    HANDLE mapping = nullptr;
    const void* address = nullptr;
    std::size_t size = 0;
    ~State() {
        if (address != nullptr) UnmapViewOfFile(address);
        if (mapping != nullptr) CloseHandle(mapping);
        if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
    }
};
MappedFile::MappedFile(std::unique_ptr<State> state) : m_state(std::move(state)) {}
MappedFile::MappedFile(MappedFile&&) noexcept = default;
MappedFile& MappedFile::operator=(MappedFile&&) noexcept = default;
MappedFile::~MappedFile() = default;

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    auto state = std::make_unique<State>();
    state->file = CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                              FILE_ATTRIBUTE_NORMAL, nullptr);
    if (state->file == INVALID_HANDLE_VALUE) return systemError("cannot read", path);
    LARGE_INTEGER size{};
    if (GetFileSizeEx(state->file, &size) == 0) return systemError("cannot read", path);
    state->size = static_cast<std::size_t>(size.QuadPart);
    if (state->size > 0) {
        state->mapping = CreateFileMappingW(state->file, nullptr, PAGE_READONLY, 0, 0, nullptr);
        if (state->mapping == nullptr) return systemError("cannot map", path);
        state->address = MapViewOfFile(state->mapping, FILE_MAP_READ, 0, 0, 0);
        if (state->address == nullptr) return systemError("cannot map", path);
    }
    return MappedFile(std::move(state));
}

std::span<const std::byte> MappedFile::bytes() const noexcept {
    return {static_cast<const std::byte*>(m_state->address), m_state->size};
}

struct FileLock::State {
    HANDLE file = INVALID_HANDLE_VALUE;
    ~State() {
        if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
    }
};
FileLock::FileLock(std::unique_ptr<State> state) : m_state(std::move(state)) {}
FileLock::FileLock(FileLock&&) noexcept = default;
FileLock& FileLock::operator=(FileLock&&) noexcept = default;
FileLock::~FileLock() = default;

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
    auto state = std::make_unique<State>();
    state->file = CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                              OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (state->file == INVALID_HANDLE_VALUE) return systemError("cannot write", path);
    OVERLAPPED whole{};
    if (LockFileEx(state->file, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, MAXDWORD, MAXDWORD, &whole) ==
        0) {
        return makeError(ErrorCode::Busy, "in use by another process", path.string());
    }
    return FileLock(std::move(state));
}

}  // namespace espalier::platform
#endif
