// SPDX-License-Identifier: Apache-2.0
#ifndef _WIN32
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>

#include "core/base/platform.h"
#ifdef __GLIBC__
#include <malloc.h>
#include <sched.h>
#endif

namespace espalier::platform {
namespace {
Error systemError(const std::string& what, const std::filesystem::path& path) {
    const int number = errno;
    const ErrorCode code = number == ENOENT ? ErrorCode::NotFound : ErrorCode::Io;
    return makeError(code, what + " " + path.string() + ": " + std::strerror(number), path.string());
}
}  // namespace

std::string hostName() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? std::string(name) : std::string("localhost");
}

std::int64_t processId() {
    return getpid();
}

bool processAlive(std::int64_t pid) {
    if (pid <= 0) return false;
    return kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

std::int64_t processStartTime(std::int64_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    if (!std::getline(in, line)) return 0;
    const auto end = line.rfind(')');  // the name may hold spaces and brackets
    if (end == std::string::npos) return 0;
    std::istringstream fields(line.substr(end + 1));
    std::string field;
    for (int i = 3; i <= 22 && fields >> field; ++i) {
        if (i == 22) return std::atoll(field.c_str());
    }
    return 0;
}

std::int64_t peakMemoryBytes() {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
#ifdef __APPLE__
    return usage.ru_maxrss;
#else
    return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
#endif
}

std::int64_t totalMemoryBytes() {
#ifdef _SC_PHYS_PAGES
    return static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGE_SIZE);
#else
    return 0;
#endif
}

std::int64_t freeMemoryBytes() {
    std::int64_t least = 0;
    const auto bound = [&least](std::int64_t bytes) {
        if (least == 0 || bytes < least) least = std::max<std::int64_t>(bytes, 1);
    };
    std::ifstream machine("/proc/meminfo");
    for (std::string line; std::getline(machine, line);) {
        if (line.rfind("MemAvailable:", 0) == 0) bound(std::atoll(line.c_str() + 13) * 1024);
    }
    std::int64_t most = 0;
    std::int64_t used = 0;
    if (std::ifstream("/sys/fs/cgroup/memory.max") >> most && std::ifstream("/sys/fs/cgroup/memory.current") >> used)
        bound(most - used);
    rlimit limit{};
    std::int64_t pages = 0;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        std::ifstream("/proc/self/statm") >> pages)
        bound(static_cast<std::int64_t>(limit.rlim_cur) - pages * sysconf(_SC_PAGE_SIZE));
    return least;
}

int processorCount() {
#ifdef __GLIBC__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
#endif
    const unsigned count = std::thread::hardware_concurrency();
    return count > 0 ? static_cast<int>(count) : 1;
}

void lowerPriority() {
    setpriority(PRIO_PROCESS, 0, 10);
}

void tuneAllocator() {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 2000 << 20);
    mallopt(M_TOP_PAD, 256 << 20);
#endif
}

Status syncToDisk(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return systemError("cannot open", path);
    const int outcome = fsync(descriptor);
    const int number = errno;
    close(descriptor);
    errno = number;
    if (outcome != 0 && number != EINVAL && number != EROFS) return systemError("cannot flush", path);
    return {};
}

int takeStandardOutput() {
    std::fflush(stdout);
    const int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (kept < 0) return STDOUT_FILENO;
    dup2(STDERR_FILENO, STDOUT_FILENO);
    return kept;
}

Status writeAll(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return systemError("cannot write to", "standard output");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

bool isTerminal(int descriptor) {
    return isatty(descriptor) == 1;
}

int terminalColumns(int descriptor) {
    winsize size{};
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void ignoreBrokenPipes() {
    std::signal(SIGPIPE, SIG_IGN);
}

Status loadLibrary(const std::string& nameOrPath) {
    if (dlopen(nameOrPath.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) return {};
    const char* reason = dlerror();
    return makeError(ErrorCode::NotFound, reason != nullptr ? reason : "cannot load " + nameOrPath, nameOrPath);
}

std::filesystem::path libraryOf(const void* address) {
    Dl_info info{};
    if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return {};
    return info.dli_fname;
}

void restartWithEnvironment(const char* name, const char* value, char** arguments) {
    if (std::getenv(name) != nullptr) return;
    setenv(name, value, 1);
#ifdef __linux__
    execv("/proc/self/exe", arguments);
#endif
    execvp(arguments[0], arguments);  // only where the line above did not succeed
}

struct MappedFile::State {
    void* address = nullptr;
    std::size_t size = 0;
    ~State() {
        if (address != nullptr) munmap(address, size);
    }
};
MappedFile::MappedFile(std::unique_ptr<State> state) : m_state(std::move(state)) {}
MappedFile::MappedFile(MappedFile&&) noexcept = default;
MappedFile& MappedFile::operator=(MappedFile&&) noexcept = default;
MappedFile::~MappedFile() = default;

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return systemError("cannot read", path);
    auto state = std::make_unique<State>();
    struct stat info {};
    if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(descriptor);
        return makeError(ErrorCode::Io, "not a regular file: " + path.string(), path.string());
    }
    state->size = static_cast<std::size_t>(info.st_size);
    if (state->size > 0) {
        void* address = mmap(nullptr, state->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (address == MAP_FAILED) {
            const Error error = systemError("cannot map", path);
            close(descriptor);
            return error;
        }
        state->address = address;
    }
    close(descriptor);
    return MappedFile(std::move(state));
}

std::span<const std::byte> MappedFile::bytes() const noexcept {
    return {static_cast<const std::byte*>(m_state->address), m_state->size};
}

struct FileLock::State {
    int descriptor = -1;
    ~State() {
        if (descriptor >= 0) close(descriptor);
    }
};
FileLock::FileLock(std::unique_ptr<State> state) : m_state(std::move(state)) {}
FileLock::FileLock(FileLock&&) noexcept = default;
FileLock& FileLock::operator=(FileLock&&) noexcept = default;
FileLock::~FileLock() = default;

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
    auto state = std::make_unique<State>();
    state->descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (state->descriptor < 0) return systemError("cannot write", path);
    if (flock(state->descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return makeError(ErrorCode::Busy, "in use by another process", path.string());
        return systemError("cannot lock", path);
    }
    return FileLock(std::move(state));
}

}  // namespace espalier::platform
#endif
