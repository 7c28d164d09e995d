// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "core/jobs/lane.h"

using namespace espalier;
using jobs::Control;
using jobs::JobContext;
using jobs::Lane;

namespace {
/// Stands for the owner's event loop.
class Owner {
public:
    jobs::Poster poster() {
        return [this](std::function<void()> call) {
            {
                const std::scoped_lock lock(m_mutex);
                m_calls.push_back(std::move(call));
            }
            m_changed.notify_all();
        };
    }
    /// Runs the next call, waiting for it at most ten seconds.
    bool runOne() {
        std::function<void()> call;
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait_for(lock, std::chrono::seconds(10), [this] { return !m_calls.empty(); })) return false;
            call = std::move(m_calls.front());
            m_calls.pop_front();
        }
        call();
        return true;
    }
    std::size_t waiting() {
        const std::scoped_lock lock(m_mutex);
        return m_calls.size();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_calls;
};
}  // namespace

class TestLane : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answersInOrderOnTheOwnersThread() {
        Owner owner;
        Lane lane(owner.poster());
        std::vector<int> answers;
        const auto here = std::this_thread::get_id();
        for (int i = 0; i < 20; ++i) {
            lane.start<int>([i](JobContext&) -> Result<int> { return i; },
                            [&](Result<int> answer) {
                                QCOMPARE(std::this_thread::get_id(), here);
                                answers.push_back(answer.value());
                            });
        }
        for (int i = 0; i < 20; ++i) QVERIFY(owner.runOne());
        QCOMPARE(answers.size(), std::size_t(20));
        QVERIFY(std::is_sorted(answers.begin(), answers.end()));
    }

    void failureReachesTheOwner() {
        Owner owner;
        Lane lane(owner.poster());
        std::optional<ErrorCode> code;
        lane.start<int>([](JobContext&) -> Result<int> { return makeError(ErrorCode::NotFound, "no such thing"); },
                        [&](Result<int> answer) { code = answer.error().code; });
        QVERIFY(owner.runOne());
        QCOMPARE(*code, ErrorCode::NotFound);
    }

    void stopEndsTheRunningTask() {
        Owner owner;
        Lane lane(owner.poster());
        bool cancelled = false;
        auto handle = lane.start<int>(
            [](JobContext& context) -> Result<int> {
                while (!context.shouldStop()) std::this_thread::yield();
                return makeError(ErrorCode::Cancelled, "stopped");
            },
            [&](Result<int> answer) { cancelled = answer.error().code == ErrorCode::Cancelled; });
        handle.stop();
        QVERIFY(owner.runOne());
        QVERIFY(cancelled);
    }

    void aTaskStoppedWhileWaitingNeverRuns() {
        Owner owner;
        Lane lane(owner.poster());
        std::atomic<bool> release{false};
        std::atomic<bool> ran{false};
        lane.start<int>(
            [&](JobContext&) -> Result<int> {
                while (!release) std::this_thread::yield();
                return 1;
            },
            [](Result<int>) {});
        bool cancelled = false;
        auto waiting = lane.start<int>(
            [&](JobContext&) -> Result<int> {
                ran = true;
                return 2;
            },
            [&](Result<int> answer) { cancelled = !answer && answer.error().code == ErrorCode::Cancelled; });
        waiting.stop();
        release = true;
        QVERIFY(owner.runOne());
        QVERIFY(owner.runOne());
        QVERIFY(cancelled);
        QVERIFY(!ran);
    }

    void destructionStopsJoinsAndStillAnswersEveryTask() {
        Owner owner;
        int answers = 0;
        {
            Lane lane(owner.poster());
            for (int i = 0; i < 10; ++i) {
                lane.start<int>(
                    [](JobContext& context) -> Result<int> {
                        while (!context.shouldStop()) std::this_thread::yield();
                        return makeError(ErrorCode::Cancelled, "stopped");
                    },
                    [&](Result<int> answer) {
                        QVERIFY(!answer);
                        ++answers;
                    });
            }
        }
        while (owner.waiting() > 0) owner.runOne();
        QCOMPARE(answers, 10);
    }

    void moveOnlyAnswersPass() {
        Owner owner;
        Lane lane(owner.poster());
        int value = 0;
        lane.start<std::unique_ptr<int>>(
            [](JobContext&) -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); },
            [&](Result<std::unique_ptr<int>> answer) { value = **answer; });
        QVERIFY(owner.runOne());
        QCOMPARE(value, 7);
    }
};

QTEST_APPLESS_MAIN(TestLane)
#include "tst_lane.moc"
