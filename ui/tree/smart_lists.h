// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/smart_lists.h
/// What wants a look, under the tree: documents that fit weakly, between two labels, pinned, moved since a revision,
/// copies, and proposals, each with its count. Counted on the reading lane; after an edit the old figures stay until
/// the new ones are there.
#pragma once
#include <QList>
#include <QWidget>

#include "ui/session/project_session.h"

class QToolButton;

namespace espalier::ui {

class ScopeRow;
class Selection;

class SmartLists : public QWidget {
    Q_OBJECT
public:
    SmartLists(ProjectSession* session, Selection* selection, QWidget* parent = nullptr);
    /// The counts shown; `revision` 0: none yet.
    const project::SmartCounts& counts() const { return m_counts; }

public Q_SLOTS:
    void ask();  ///< counts again

private:
    void take(const project::SmartCounts& counts);
    void fold(bool shown);
    void refresh();
    ScopeRow* addRow(const char* name, const QString& icon, const QString& text, const QString& tip);

    ProjectSession* m_session;
    Selection* m_selection;
    project::SmartCounts m_counts;
    std::int64_t m_since = 0;  ///< chosen by the user; 0: the last build or training
    QToolButton* m_heading;
    QWidget* m_body;
    ScopeRow *m_weak, *m_borderline, *m_pinned, *m_proposals, *m_moved, *m_duplicates;
};

}  // namespace espalier::ui
