// SPDX-License-Identifier: Apache-2.0
#include "app/cli/interrupt.h"

#include <chrono>
#include <csignal>
#include <cstdlib>

namespace espalier::cli {

namespace {
volatile std::sig_atomic_t interrupts = 0;  // the only thing a signal handler may touch

void onSignal(int number) {
    interrupts = interrupts + 1;
    if (interrupts > 1) std::_Exit(130);
    std::signal(number, onSignal);
}
}  // namespace

InterruptWatcher::InterruptWatcher(jobs::JobContext& context, std::function<void()> onFirst) {
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
    m_thread = std::thread([this, &context, onFirst = std::move(onFirst)] {
        while (!m_done.load()) {
            if (interrupts > 0) {
                context.setControl(jobs::Control::Stop);
                onFirst();
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
}

InterruptWatcher::~InterruptWatcher() {
    m_done.store(true);
    m_thread.join();
}

bool InterruptWatcher::interrupted() const noexcept {
    return interrupts > 0;
}

}  // namespace espalier::cli
