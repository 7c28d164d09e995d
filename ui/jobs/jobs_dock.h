// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/jobs/jobs_dock.h
/// Bottom panel: the jobs with rate, progress, time left, Pause and Stop, and the problems with "Copy details".
#pragma once
#include <QHash>
#include <QWidget>

class QTabBar;
class QStackedWidget;
class QVBoxLayout;
class QPushButton;
class QTimer;

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
    void removeRow(int id);
    void refreshProblems();
    void refreshTabs();
    void watchLongJobs();
    QWidget* makeProblem(int index);

    JobManager* m_manager;
    QTabBar* m_tabs;
    QPushButton* m_clear;
    QStackedWidget* m_stack;
    QVBoxLayout* m_rows = nullptr;
    QVBoxLayout* m_problemRows = nullptr;
    QWidget* m_jobsPage;
    QWidget* m_problemsPage;
    EmptyState* m_empty;
    QHash<int, JobRow*> m_rowOf;
    QHash<int, bool> m_announced;
    qsizetype m_shownProblems = 0;
};

}  // namespace espalier::ui
