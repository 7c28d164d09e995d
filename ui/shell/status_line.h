// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/status_line.h
/// Always visible: documents, tree revision, model and the revision it was trained on, what runs, device and why.
#pragma once
#include <QStatusBar>

class QPushButton;

namespace espalier::ui {

class DeviceProbe;
class ElidedLabel;
class ExpectationWatch;
class JobManager;
class ProjectSession;

class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    StatusLine(ProjectSession* session, JobManager* jobs, DeviceProbe* device, ExpectationWatch* expectations,
               QWidget* parent = nullptr);

Q_SIGNALS:
    void jobsRequested();
    void expectationsRequested();

private:
    void refreshProject();
    void refreshJobs();
    void refreshExpectations();
    void refreshDevice();

    ProjectSession* m_session;
    JobManager* m_jobs;
    DeviceProbe* m_probe;
    ExpectationWatch* m_watch;
    ElidedLabel* m_project;
    QPushButton* m_job;
    QPushButton* m_expectations;
    ElidedLabel* m_device;
};

}  // namespace espalier::ui
