// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/device_probe.h
/// Which device heavy work would use, and why: asked of the command line program once, in the background, so that the
/// window itself never loads LibTorch. Until (or unless) it answers, what is sure is said: the processors.
#pragma once
#include <QObject>
#include <QString>

class QProcess;

namespace espalier::ui {

class DeviceProbe : public QObject {
    Q_OBJECT
public:
    explicit DeviceProbe(QObject* parent = nullptr);
    ~DeviceProbe() override;
    void start();

    bool known() const { return m_known; }
    QString shortText() const;  ///< "CPU, 8 threads"
    QString why() const { return m_why; }
    bool cpuOnly() const { return m_cpuOnly; }

Q_SIGNALS:
    void changed();

private:
    void take(const QByteArray& answer);
    QProcess* m_process = nullptr;
    bool m_known = false, m_cpuOnly = true;
    QString m_name, m_why;
    int m_threads = 0;
};

}  // namespace espalier::ui
