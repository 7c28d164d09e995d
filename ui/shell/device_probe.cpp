// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/device_probe.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QThread>

namespace espalier::ui {

DeviceProbe::DeviceProbe(QObject* parent) : QObject(parent), m_threads(QThread::idealThreadCount()) {}

DeviceProbe::~DeviceProbe() {
    if (m_process && m_process->state() != QProcess::NotRunning) {
        m_process->disconnect(this);
        m_process->kill();
        m_process->waitForFinished();
    }
}

void DeviceProbe::start() {
    if (m_process) return;
    m_process = new QProcess(this);
    m_process->setProgram(QCoreApplication::applicationDirPath() + QStringLiteral("/espalier-cli"));
    m_process->setArguments({QStringLiteral("info"), QStringLiteral("--json")});
    m_process->setProcessChannelMode(QProcess::SeparateChannels);
    m_process->setStandardErrorFile(QProcess::nullDevice());
    connect(m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        if (status == QProcess::NormalExit && code == 0) take(m_process->readAllStandardOutput());
    });
    m_process->start(QIODevice::ReadOnly);
}

void DeviceProbe::take(const QByteArray& answer) {
    const QJsonObject info = QJsonDocument::fromJson(answer).object();
    const QJsonObject device = info.value(QStringLiteral("device")).toObject();
    m_name = device.value(QStringLiteral("name")).toString();
    m_why = device.value(QStringLiteral("why")).toString();
    if (m_name.isEmpty()) return;
    m_threads = info.value(QStringLiteral("threads")).toInt(m_threads);
    m_cpuOnly = m_name == QLatin1String("cpu");
    m_known = true;
    Q_EMIT changed();
}

QString DeviceProbe::shortText() const {
    if (m_known && !m_cpuOnly) return m_name;
    return tr("CPU, %n thread(s)", nullptr, m_threads);
}

}  // namespace espalier::ui
