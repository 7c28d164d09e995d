// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/proposals_panel.h
/// The smart list of proposals: each row with what it would change, to accept, to reject, or, for a split or re-fit, to
/// look at part by part. Ctrl+Enter accepts, Ctrl+Shift+Enter rejects the selected one.
#pragma once
#include <QWidget>

#include "ui/models/proposals_model.h"

class QListView;
class QPushButton;
class QStackedWidget;

namespace espalier::ui {

class EmptyState;
class Selection;
class TextLabel;

class ProposalsPanel : public QWidget {
    Q_OBJECT
public:
    ProposalsPanel(ProjectSession* session, Selection* selection, QWidget* parent = nullptr);
    ProposalsModel* model() const { return m_model; }
    QListView* list() const { return m_list; }
    void focusList();

public Q_SLOTS:
    void reload();

Q_SIGNALS:
    void acted(const QString& what, int steps);  ///< as LabelActions::acted
    void changed();                              ///< one was dropped without a change of the tree
    /// To look at a split or re-fit part by part; offered where somebody listens.
    void diffRequested(const QString& jobFolder);
    void labelRequested(espalier::LabelId label);

private:
    const ProposalsModel::Proposal* current() const;
    void refresh();
    void accept();
    void reject();
    void open();
    void resolve(const ProposalsModel::Proposal& proposal, bool accept);
    void askDiff();
    bool offersDiff(const ProposalsModel::Proposal& proposal) const;
    QString diffText(const project::ProposalDiff& diff) const;

    ProjectSession* m_session;
    Selection* m_selection;
    ProposalsModel* m_model;
    TextLabel* m_count;
    QListView* m_list;
    QWidget* m_detail;
    TextLabel *m_ours, *m_theirs;
    QPushButton *m_accept, *m_reject, *m_open;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    QString m_diffOf;  ///< folder whose changes are told
    int m_row = 0;     ///< stays selected when the one before it goes
};

}  // namespace espalier::ui
