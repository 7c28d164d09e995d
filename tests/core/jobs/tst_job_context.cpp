// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "core/jobs/job_context.h"

using namespace espalier;
using jobs::Control;
using jobs::JobContext;

class TestJobContext : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void stopAnswersAtOnce() {
        JobContext context;
        QVERIFY(!context.shouldStop());
        QVERIFY(context.checkStop());
        context.setControl(Control::Stop);
        QVERIFY(context.shouldStop());
        QCOMPARE(context.checkStop().error().code, ErrorCode::Cancelled);
        context.setControl(Control::Discard);
        QVERIFY(context.shouldStop());
    }

    void pauseWaitsAndGoesOn() {
        std::vector<std::string> seen;
        std::thread other;
        JobContext* running = nullptr;
        JobContext context([&](const nlohmann::json& event) {
            seen.push_back(event["event"]);
            if (seen.back() == "paused") other = std::thread([&] { running->setControl(Control::Run); });
        });
        running = &context;
        context.setControl(Control::Pause);
        QVERIFY(!context.shouldStop());  // returns only when the other thread lets it go on
        other.join();
        QCOMPARE(seen, (std::vector<std::string>{"paused", "resumed"}));
    }

    void pausedJobCanBeStopped() {
        std::thread other;
        JobContext* running = nullptr;
        JobContext context([&](const nlohmann::json& event) {
            if (event["event"] == "paused") other = std::thread([&] { running->setControl(Control::Discard); });
        });
        running = &context;
        context.setControl(Control::Pause);
        QVERIFY(context.shouldStop());
        other.join();
        QCOMPARE(context.control(), Control::Discard);
    }

    void progressIsThinnedButNeverTheLast() {
        std::vector<std::int64_t> done;
        JobContext context([&](const nlohmann::json& event) { done.push_back(event["done"]); });
        for (int i = 1; i <= 1000; ++i) context.progress("reading", i, 1000);
        for (int i = 0; i < 1000; ++i) context.progress("reading", 1000, 1000);  // all read, not all parsed
        QVERIFY(done.size() >= 2);
        QVERIFY2(done.size() < 200, qPrintable(QString::number(done.size())));
        QCOMPARE(done.front(), 1);
        QCOMPARE(done.back(), 1000);
    }

    void aNewPhaseIsSaidAtOnce() {
        std::vector<std::string> phases;
        JobContext context([&](const nlohmann::json& event) { phases.push_back(event["phase"]); });
        context.progress("reading", 0, 10);
        context.progress("writing", 0, 10);
        QCOMPARE(phases, (std::vector<std::string>{"reading", "writing"}));
    }

    void metricsCarryTheirEventName() {
        nlohmann::json seen;
        JobContext context([&](const nlohmann::json& event) { seen = event; });
        context.metric({{"step", 3}, {"loss", 0.5}});
        QCOMPARE(seen["event"].get<std::string>(), std::string("metric"));
        QCOMPARE(seen["step"].get<int>(), 3);
    }
};

QTEST_APPLESS_MAIN(TestJobContext)
#include "tst_job_context.moc"
