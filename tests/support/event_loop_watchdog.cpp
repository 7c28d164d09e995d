// SPDX-License-Identifier: Apache-2.0
#include "tests/support/event_loop_watchdog.h"

#include <QTimer>
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
// Second figure of schedstat: nanoseconds spent waiting on a run queue.
std::int64_t runQueueWaitNs(int file) {
    char text[128];
    const ssize_t read = pread(file, text, sizeof text - 1, 0);
    if (read <= 0) return 0;
    text[read] = 0;
    long long ran = 0, waited = 0;
    return std::sscanf(text, "%lld %lld", &ran, &waited) == 2 ? waited : 0;
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
    std::atomic<std::int64_t> tickNs{0};    ///< when the loop last turned
    std::atomic<std::int64_t> tickWait{0};  ///< run-queue wait at that moment
    std::atomic<double> longestMs{0};
    std::atomic<int> gaps{0};
    std::int64_t startedNs = 0;
    int schedstat = -1;
    long thread = 0;
    std::thread watcher;

    double gapMs() const {
        std::int64_t wait = 0;
#ifdef __linux__
        wait = runQueueWaitNs(schedstat) - tickWait.load();
#endif
        return double(nowNs() - tickNs.load() - wait) / 1e6 - kTickMs;
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
#ifdef __linux__
        state->tickWait.store(runQueueWaitNs(state->schedstat));
#endif
        state->tickNs.store(nowNs());
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
    if (m_state->schedstat >= 0) close(m_state->schedstat);
    m_state->schedstat = -1;
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
#ifdef __linux__
    m_state->tickWait.store(runQueueWaitNs(m_state->schedstat));
#endif
    m_state->tickNs.store(nowNs());
}

QString EventLoopWatchdog::report() const {
    return QStringLiteral("longest gap %1 ms, %2 over %3 ms (%4 s watched)")
        .arg(longestMs(), 0, 'f', 0)
        .arg(gaps())
        .arg(m_state->limitMs)
        .arg(double(nowNs() - m_state->startedNs) / 1e9, 0, 'f', 1);
}

}  // namespace espalier::test
