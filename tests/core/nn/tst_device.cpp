// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/nn/device.h"

using namespace espalier;

class TestDevice : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cpuIsAlwaysThere() {
        const auto device = nn::chooseDevice("cpu");
        QVERIFY(device);
        QCOMPARE(device->name, std::string("cpu"));
        QVERIFY(!device->why.empty());
    }

    void autoSaysWhy() {
        const auto device = nn::chooseDevice("auto");
        QVERIFY(device);
        QVERIFY(!device->why.empty());
        if (device->name == "cpu") QVERIFY2(device->why.rfind("CPU: ", 0) == 0, device->why.c_str());
        QCOMPARE(nn::chooseDevice("auto")->name, device->name);
    }

    void whatIsImpossibleIsRefusedWithTheReason() {
        const auto cuda = nn::chooseDevice("cuda:0");
        if (!cuda) {
            QCOMPARE(cuda.error().code, ErrorCode::InvalidState);
            QVERIFY2(cuda.error().message.find("cuda:0 cannot be used: ") == 0, cuda.error().message.c_str());
        }
        const auto far = nn::chooseDevice("cuda:4096");
        QCOMPARE(far.error().code, ErrorCode::InvalidState);
#ifndef __APPLE__
        QCOMPARE(nn::chooseDevice("mps").error().code, ErrorCode::InvalidState);
#endif
    }

    void nonsenseIsRefused() {
        for (const char* wanted : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda0", "CPU", "cuda:1x"}) {
            QCOMPARE(nn::chooseDevice(wanted).error().code, ErrorCode::InvalidArgument);
        }
    }

    void threads() {
        nn::setThreads(1);
        QCOMPARE(nn::threads(), 1);
        nn::setThreads(0);
        QVERIFY(nn::threads() >= 1);
        QVERIFY(nn::torchVersion().rfind("2.", 0) == 0);
    }
};
QTEST_APPLESS_MAIN(TestDevice)
#include "tst_device.moc"
