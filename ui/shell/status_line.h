// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/status_line.h
/// Always visible: documents, tree revision, model and the revision it was trained on, what runs, device and why.
#pragma once
#include <QStatusBar>

class QPushButton;

namespace espalier::ui {

class DeviceProbe;
class ElidedLabel;
class JobManager;
class ProjectSession;

class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    StatusLine(ProjectSession* session, JobManager* jobs, DeviceProbe* device, QWidget* parent = nullptr);

Q_SIGNALS:
    void jobsRequested();

private:
    void refreshProject();
    void refreshJobs();
    void refreshDevice();

    ProjectSession* m_session;
    JobManager* m_jobs;
    DeviceProbe* m_probe;
    ElidedLabel* m_project;
    QPushButton* m_job;
    ElidedLabel* m_device;
};

}  // namespace espalier::ui
