// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/growing_tree.h
/// The first tree of a project while a worker grows it: labels as they come, read only, how far it is, and Stop, which
/// keeps what has grown. Interface thread only.
#pragma once
#include <QPointer>
#include <QWidget>

#include "ui/jobs/job.h"

class QLabel;
class QPushButton;
class QStackedWidget;
class QTreeView;

namespace espalier::ui {

class GrowingTreeModel;
class JobManager;
class ProgressLine;
class ProjectSession;
class TextLabel;

class GrowingTree : public QWidget {
    Q_OBJECT
public:
    GrowingTree(const ProjectSession* session, JobManager* jobs, QWidget* parent = nullptr);
    bool active() const { return m_job != nullptr; }  ///< a first tree is growing
    QTreeView* view() const { return m_view; }

Q_SIGNALS:
    void activeChanged();

protected:
    void focusInEvent(QFocusEvent* event) override;

private:
    void follow(Job* job);
    void refresh();
    void showTerms();
    const ProjectSession* m_session;
    QPointer<Job> m_job;
    GrowingTreeModel* m_model;
    QTreeView* m_view;
    QStackedWidget* m_stack;  ///< "the first labels come when", or the view
    TextLabel* m_state;
    TextLabel* m_time;
    ProgressLine* m_progress;
    QPushButton* m_stop;
    TextLabel* m_terms;
};

}  // namespace espalier::ui
