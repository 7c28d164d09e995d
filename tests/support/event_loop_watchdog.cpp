// SPDX-License-Identifier: Apache-2.0
#include "tests/support/event_loop_watchdog.h"

#include <QTimer>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>

#ifdef __linux__
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace espalier::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kTickMs = 5;

std::int64_t nowNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

#ifdef __linux__
struct Scheduled {
    std::int64_t ran = 0, waited = 0;  ///< nanoseconds on a processor, and in a run queue waiting for one
};

// The first two figures of schedstat.
Scheduled scheduled(int file) {
    char text[128];
    const ssize_t read = file >= 0 ? pread(file, text, sizeof text - 1, 0) : 0;
    if (read <= 0) return {};
    text[read] = 0;
    long long ran = 0, waited = 0;
    return std::sscanf(text, "%lld %lld", &ran, &waited) == 2 ? Scheduled{ran, waited} : Scheduled{};
}

extern "C" void printStack(int) {
    void* frames[64];
    const int count = backtrace(frames, 64);
    backtrace_symbols_fd(frames, count, STDERR_FILENO);
}
#endif

}  // namespace

struct EventLoopWatchdog::State {
    int limitMs = 100;
    std::atomic<bool> stop{false};
    std::atomic<std::int64_t> tickNs{0};                  ///< when the loop last turned
    std::atomic<std::int64_t> tickRan{0}, tickWaited{0};  ///< of the thread, at that moment
    std::atomic<std::int64_t> tickServer{0};              ///< run-queue wait of the display server
    std::atomic<double> longestMs{0};
    std::atomic<int> gaps{0};
    std::int64_t startedNs = 0;
    int schedstat = -1, server = -1;
    long thread = 0;
    std::thread watcher;

    double gapMs() const {
        const std::int64_t wall = nowNs() - tickNs.load();
        std::int64_t excused = 0;
#ifdef __linux__
        const Scheduled now = scheduled(schedstat);
        const std::int64_t waited = now.waited - tickWaited.load();
        const std::int64_t asleep = wall - waited - (now.ran - tickRan.load());
        const std::int64_t serverWaited = scheduled(server).waited - tickServer.load();
        excused = waited + std::clamp<std::int64_t>(serverWaited, 0, std::max<std::int64_t>(asleep, 0));
#endif
        return double(wall - excused) / 1e6 - kTickMs;
    }
    void tick() {
#ifdef __linux__
        const Scheduled now = scheduled(schedstat);
        tickRan.store(now.ran);
        tickWaited.store(now.waited);
        tickServer.store(scheduled(server).waited);
#endif
        tickNs.store(nowNs());
    }
    void note(double ms) {
        if (ms > longestMs.load()) longestMs.store(ms);
    }
};

EventLoopWatchdog::EventLoopWatchdog(int limitMs, QObject* parent)
    : QObject(parent), m_state(std::make_shared<State>()) {
    m_state->limitMs = limitMs;
    m_state->startedNs = nowNs();
#ifdef __linux__
    m_state->thread = syscall(SYS_gettid);
    const std::string path = "/proc/self/task/" + std::to_string(m_state->thread) + "/schedstat";
    m_state->schedstat = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (const QByteArray pid = qgetenv("ESPALIER_TEST_DISPLAY_PID"); !pid.isEmpty())
        m_state->server = open(("/proc/" + pid.toStdString() + "/schedstat").c_str(), O_RDONLY | O_CLOEXEC);
    void* warm[2];
    backtrace(warm, 2);  // loads libgcc now: not allowed inside the signal
    struct sigaction action = {};
    action.sa_handler = printStack;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR2, &action, nullptr);
#endif
    reset();
    auto* timer = new QTimer(this);
    timer->setTimerType(Qt::PreciseTimer);
    timer->setInterval(kTickMs);
    connect(timer, &QTimer::timeout, this, [state = m_state] {
        const double gap = state->gapMs();
        state->note(gap);
        if (gap > state->limitMs) ++state->gaps;
        state->tick();
    });
    timer->start();
#ifdef __linux__
    m_state->watcher = std::thread([state = m_state] {
        std::int64_t shown = 0;  // the tick whose gap was printed: once each
        while (!state->stop.load()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(kTickMs));
            const std::int64_t tick = state->tickNs.load();
            if (tick == shown || state->gapMs() <= state->limitMs) continue;
            shown = tick;
            std::fprintf(stderr, "event loop not served for %.0f ms; the thread is here:\n", state->gapMs());
            syscall(SYS_tgkill, getpid(), state->thread, SIGUSR2);
        }
    });
#endif
}

EventLoopWatchdog::~EventLoopWatchdog() {
    m_state->stop.store(true);
    if (m_state->watcher.joinable()) m_state->watcher.join();
#ifdef __linux__
    for (int* file : {&m_state->schedstat, &m_state->server}) {
        if (*file >= 0) close(*file);
        *file = -1;
    }
#endif
}

double EventLoopWatchdog::longestMs() const {
    return m_state->longestMs.load();
}
int EventLoopWatchdog::gaps() const {
    return m_state->gaps.load();
}

void EventLoopWatchdog::reset() {
    m_state->longestMs.store(0);
    m_state->gaps.store(0);
    m_state->startedNs = nowNs();
    m_state->tick();
}

QString EventLoopWatchdog::report() const {
    return QStringLiteral("longest gap %1 ms, %2 over %3 ms (%4 s watched)")
        .arg(longestMs(), 0, 'f', 0)
        .arg(gaps())
        .arg(m_state->limitMs)
        .arg(double(nowNs() - m_state->startedNs) / 1e9, 0, 'f', 1);
}

}  // namespace espalier::test
