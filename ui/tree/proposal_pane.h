// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/proposal_pane.h
/// Split and re-fit: a job computes, the pane shows what it would change, label by label, to check, to rename, to
/// compute again with another number of labels, and to apply in one undo step. Nothing changes before that; what is
/// left for later waits in the smart list Proposals.
///
/// Keys: Ctrl+Return applies, Escape cancels, Space checks the row at hand, F2 renames it, Return reads a document.
#pragma once
#include <QPointer>
#include <QString>
#include <QWidget>

#include "core/project/proposal.h"
#include "ui/session/project_session.h"

class QComboBox;
class QListView;
class QListWidget;
class QPushButton;
class QSlider;
class QSpinBox;
class QStackedWidget;

namespace espalier::ui {

class ElidedLabel;
class EmptyState;
class Job;
class JobManager;
class ProgressLine;
class ProposedChangesModel;
class Selection;
class StabilityPlot;
class TextLabel;

class ProposalPane : public QWidget {
    Q_OBJECT
public:
    ProposalPane(ProjectSession* session, JobManager* jobs, Selection* selection, QWidget* parent = nullptr);

    void startSplit(LabelId label);
    /// \param vectors  model whose vectors lend words to neighbours; empty: as the tree was grown
    void startRefit(LabelId label, const QString& vectors = {});
    /// One that waits in the folder of its job.
    void showWaiting(const QString& jobFolder);

    bool running() const { return m_running; }
    bool computing() const { return !m_job.isNull(); }
    ProposedChangesModel* model() const { return m_model; }
    QListView* list() const { return m_list; }
    QString summary() const;  ///< what applying would do, or why it cannot be done

public Q_SLOTS:
    void apply();
    void later();   ///< leaves the pane; what is computed, or being computed, waits in Proposals
    void cancel();  ///< leaves the pane and drops what was computed

Q_SIGNALS:
    void started();
    void left();
    void changed();                              ///< what waits in Proposals is not what it was
    void acted(const QString& what, int steps);  ///< as LabelActions::acted
    void labelRequested(espalier::LabelId label);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    enum Page { Working, Changes, Nothing };
    QWidget* makeSide();
    QWidget* makeChanges();
    QWidget* makeWorking();
    void begin(project::ProposalKind kind, LabelId label);
    void compute();
    void jobEnded(Job* job);
    void preview(bool fresh);
    void show(const project::ProposalDiff& diff, bool fresh);
    void showNothing(const QString& headline, const QString& line);
    void refreshTitle();
    void refreshButtons();
    void refreshCurve(const project::ProposalDiff& diff);
    void refreshNumber();
    void fillVectors(const QString& wanted);
    void showTypical();
    void read(const QString& documentId);
    void drop();  ///< the folder, when there is one
    void leave();
    QString labelName() const;
    QString summaryOf(const project::ProposalDiff& diff) const;

    ProjectSession* m_session;
    JobManager* m_jobs;
    Selection* m_selection;
    ProposedChangesModel* m_model;

    bool m_running = false;
    project::ProposalKind m_kind = project::ProposalKind::Split;
    LabelId m_label;
    int m_k = 0;  ///< asked for; 0: the fit finds it
    QPointer<Job> m_job;
    QString m_folder;       ///< of the proposal that is shown
    bool m_usable = false;  ///< the last preview can be applied
    bool m_asking = false;  ///< a preview is on its way
    bool m_applying = false;
    quint64 m_generation = 0;

    TextLabel* m_title;
    ElidedLabel* m_subtitle;
    QPushButton *m_apply, *m_later, *m_cancel;
    QStackedWidget* m_pages;
    TextLabel* m_workText;
    ProgressLine* m_progress;
    QListView* m_list;
    TextLabel *m_typicalHeading, *m_summary;
    QListWidget* m_typical;
    EmptyState* m_nothing;
    QWidget* m_side;
    StabilityPlot* m_plot;
    TextLabel* m_curveText;
    QSpinBox* m_number;
    QSlider* m_slider;
    QWidget* m_vectorsRow;
    QComboBox* m_vectors;
    QPushButton* m_compute;
};

}  // namespace espalier::ui
