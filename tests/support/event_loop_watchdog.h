// SPDX-License-Identifier: Apache-2.0
/// \file tests/support/event_loop_watchdog.h
/// Catches an event loop that is not served: measures the wall time between ticks less the time in which the thread
/// waited for a processor (run-queue wait of /proc/self/task/<tid>/schedstat), so that a busy machine is no fault of
/// ours. While the thread sleeps in a call to the display server, the time in which that one waits for a processor is
/// excused as well (its process id comes in ESPALIER_TEST_DISPLAY_PID, from tests/ui/with_display.sh). A longer gap
/// prints where the thread was (signal, backtrace). Linux only; elsewhere it watches nothing.
#pragma once
#include <QObject>
#include <QString>
#include <memory>

namespace espalier::test {

class EventLoopWatchdog : public QObject {
public:
    /// Watches the thread it is made on. \param limitMs  what counts as a gap
    explicit EventLoopWatchdog(int limitMs = 100, QObject* parent = nullptr);
    ~EventLoopWatchdog() override;

    /// Longest time so far in which events were not served though the thread could have run, in milliseconds.
    double longestMs() const;
    int gaps() const;        ///< longer than the limit
    QString report() const;  ///< "longest gap 43 ms, 0 over 100 ms (2 s watched)"
    void reset();

private:
    struct State;
    std::shared_ptr<State> m_state;  ///< shared with the watching thread
};

}  // namespace espalier::test
