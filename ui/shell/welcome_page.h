// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/welcome_page.h
/// What shows without a project: sample, new, open, recent, and one honest line about this machine.
#pragma once
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace espalier::ui {

class DeviceProbe;
class TextLabel;

class WelcomePage : public QWidget {
    Q_OBJECT
public:
    explicit WelcomePage(DeviceProbe* device, QWidget* parent = nullptr);

    /// The PostgreSQL manual as Debian installs it; empty when it is not there.
    static QString sampleCorpus();
    static QString sampleProject();  ///< where the sample project lies or would lie

Q_SIGNALS:
    void sampleRequested();
    void newRequested();
    void openRequested();
    void projectRequested(const QString& path);

private:
    void refreshRecent();
    void refreshDevice();
    void refreshMark();
    DeviceProbe* m_device;
    QLabel* m_mark;
    TextLabel* m_deviceLine;
    TextLabel* m_recentHeading;
    QVBoxLayout* m_recent;
};

}  // namespace espalier::ui
