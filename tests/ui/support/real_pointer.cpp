// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/support/real_pointer.h"

#include <QEventLoop>
#include <QProcess>
#include <QTimer>

namespace espalier::test {
namespace {
constexpr int kSteps = 12;
constexpr int kStepMs = 25;
constexpr int kLetterMs = 4;
constexpr int kLimitMs = 30000;
}  // namespace

Gesture& Gesture::moveTo(const QPoint& at) {
    m_arguments << QStringLiteral("mousemove") << QString::number(at.x()) << QString::number(at.y());
    return *this;
}
Gesture& Gesture::press() {
    m_arguments << QStringLiteral("mousedown") << QStringLiteral("1");
    return *this;
}
Gesture& Gesture::release() {
    m_arguments << QStringLiteral("mouseup") << QStringLiteral("1");
    return *this;
}
Gesture& Gesture::key(const QString& name) {
    m_arguments << QStringLiteral("key") << name;
    return *this;
}
Gesture& Gesture::type(const QString& text) {
    m_arguments << QStringLiteral("type") << QStringLiteral("--delay") << QString::number(kLetterMs)
                << QStringLiteral("--args") << QStringLiteral("1") << text;
    return *this;
}
Gesture& Gesture::hold(const QString& name) {
    m_arguments << QStringLiteral("keydown") << name;
    return *this;
}
Gesture& Gesture::let(const QString& name) {
    m_arguments << QStringLiteral("keyup") << name;
    return *this;
}
Gesture& Gesture::rest(int ms) {
    m_arguments << QStringLiteral("sleep") << QString::number(ms / 1000.0, 'f', 3);
    return *this;
}

bool Gesture::run() {
    QProcess hand;
    hand.setProcessChannelMode(QProcess::ForwardedChannels);
    QEventLoop loop;
    QObject::connect(&hand, &QProcess::finished, &loop, &QEventLoop::quit);
    QObject::connect(&hand, &QProcess::errorOccurred, &loop, &QEventLoop::quit);
    QTimer::singleShot(kLimitMs, &loop, &QEventLoop::quit);
    hand.start(QStringLiteral("xdotool"), m_arguments);
    loop.exec();
    return hand.state() == QProcess::NotRunning && hand.exitStatus() == QProcess::NormalExit && hand.exitCode() == 0;
}

bool dragTo(const QPoint& from, const QPoint& to, bool drop, const QString& modifier) {
    Gesture gesture;
    gesture.moveTo(from).rest(kStepMs).press().rest(kStepMs * 2);
    if (!modifier.isEmpty()) gesture.hold(modifier);
    for (int step = 1; step <= kSteps; ++step) gesture.moveTo(from + (to - from) * step / kSteps).rest(kStepMs);
    gesture.moveTo(to + QPoint(1, 0)).rest(kStepMs * 3).moveTo(to).rest(kStepMs * 6);
    if (!drop) gesture.key(QStringLiteral("Escape")).rest(kStepMs);
    gesture.release();
    if (!modifier.isEmpty()) gesture.rest(kStepMs).let(modifier);
    return gesture.rest(kStepMs * 4).run();
}

}  // namespace espalier::test
