// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/jobs/jobs_dock.h
/// Bottom panel: the jobs with rate, progress, time left, Pause and Stop, and the problems with "Copy details".
#pragma once
#include <QWidget>

class QListWidget;
class QTabBar;
class QStackedWidget;
class QVBoxLayout;
class QScrollArea;
class QPushButton;

namespace espalier::ui {

class EmptyState;
class Job;
class JobManager;
class JobRow;

class JobsDock : public QWidget {
    Q_OBJECT
public:
    explicit JobsDock(JobManager* manager, QWidget* parent = nullptr);
    ~JobsDock() override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public Q_SLOTS:
    void showJobs();
    void showProblems();

Q_SIGNALS:
    /// Wants to be seen: a job runs longer than 10 s, or a problem came.
    void attentionWanted();

private:
    void addRow(Job* job);
    void refreshProblems();
    void refreshTabs();

    JobManager* m_manager;
    QTabBar* m_tabs;
    QPushButton* m_clear;
    QStackedWidget* m_stack;
    QScrollArea* m_jobs;
    QVBoxLayout* m_rows;
    QScrollArea* m_problems;
    QVBoxLayout* m_problemRows;
    EmptyState* m_noJobs;
    EmptyState* m_noProblems;
};

}  // namespace espalier::ui
