// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/training/runs_panel.h
/// The runs table and what can be done with a run.
#pragma once
#include <QWidget>

class QPushButton;
class QStackedWidget;
class QTableView;

namespace espalier::project {
struct RunInfo;
}

namespace espalier::ui {

class EmptyState;
class JobManager;
class ProjectSession;
class RunsModel;

class RunsPanel : public QWidget {
    Q_OBJECT
public:
    RunsPanel(ProjectSession* session, JobManager* jobs, QWidget* parent = nullptr);
    QString currentRun() const;  ///< name, or empty
    void select(const QString& run);
    RunsModel* model() const { return m_model; }

public Q_SLOTS:
    void refresh();

Q_SIGNALS:
    void currentChanged(const QString& run);
    void compareRequested(const QString& run);
    void searchRequested(const QString& run);
    void refitRequested(const QString& run);

private:
    void refreshButtons();
    void use();
    void note();
    void remove();
    const project::RunInfo* current() const;
    ProjectSession* m_session;
    JobManager* m_jobs;
    RunsModel* m_model;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QTableView* m_table;
    QPushButton *m_use, *m_compare, *m_search, *m_refit, *m_note, *m_delete;
};

}  // namespace espalier::ui
