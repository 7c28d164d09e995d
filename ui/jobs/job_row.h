// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/jobs/job_row.h
/// One job in the Jobs panel: what it does, how far, how fast, how long still, and its buttons.
#pragma once
#include <QPointer>
#include <QWidget>

class QPushButton;
class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace espalier::ui {

class ElidedLabel;
class Job;
class JobManager;
class ProgressLine;
class TextLabel;

class JobRow : public QWidget {
    Q_OBJECT
public:
    JobRow(JobManager* manager, Job* job, QWidget* parent = nullptr);
    Job* job() const { return m_job; }

private:
    void refresh();
    void showDetails(bool on);
    QString detailsText() const;

    JobManager* m_manager;
    QPointer<Job> m_job;
    QLabel* m_icon;
    ElidedLabel* m_title;
    ElidedLabel* m_state;
    TextLabel* m_figures;
    ProgressLine* m_progress;
    QPushButton* m_pause;
    QPushButton* m_stop;
    QPushButton* m_again;
    QToolButton* m_more;
    QPlainTextEdit* m_details;
};

/// Thin progress bar: a share of the track, or a still quarter while the total is unknown (no motion without news).
class ProgressLine : public QWidget {
    Q_OBJECT
public:
    explicit ProgressLine(QWidget* parent = nullptr);
    void setFraction(double fraction);  ///< negative: unknown
    void setActive(bool active);        ///< accent while running, muted when paused or over
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double m_fraction = -1;
    bool m_active = true;
};

}  // namespace espalier::ui
