// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/inspector_panel.h"

#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/session/branch_colors.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/theme.h"
#include "ui/tree/document_inspector.h"
#include "ui/tree/label_inspector.h"
#include "ui/tree/tree_overview.h"

namespace espalier::ui {

InspectorPanel::InspectorPanel(ProjectSession* session, Selection* selection, const BranchColors* colors,
                               LabelActions* actions, DocumentActions* documentActions, JobManager* jobs,
                               QWidget* parent)
    : QWidget(parent), m_selection(selection) {
    setObjectName(QStringLiteral("inspectorPanel"));
    setAccessibleName(tr("Inspector"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_empty = new EmptyState(this);
    m_empty->setContent(QStringLiteral("inspector"), tr("Nothing selected"),
                        tr("Select a label or a document to see what is known of it."));
    m_label = new LabelInspector(session, selection, colors, actions, this);
    m_document = new DocumentInspector(session, selection, colors, documentActions, jobs, this);
    m_overview = new TreeOverview(session, this);
    const auto scrolled = [this](QWidget* content) {
        auto* area = new QScrollArea(this);
        area->setFrameShape(QFrame::NoFrame);
        area->setWidgetResizable(true);
        area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        area->setWidget(content);
        area->viewport()->setBackgroundRole(QPalette::Base);
        content->setAutoFillBackground(true);
        content->setBackgroundRole(QPalette::Base);
        return area;
    };
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(scrolled(m_label));
    m_stack->addWidget(scrolled(m_document));
    m_stack->addWidget(scrolled(m_overview));
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addWidget(m_stack);
    connect(selection, &Selection::labelsChanged, this, &InspectorPanel::refresh);
    connect(selection, &Selection::documentChanged, this, &InspectorPanel::refresh);
    connect(selection, &Selection::subjectChanged, this, &InspectorPanel::refresh);
    connect(session, &ProjectSession::treeChanged, this, &InspectorPanel::refresh);
    refresh();
}

QSize InspectorPanel::sizeHint() const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::SidePanelWidth)};
}

void InspectorPanel::refresh() {
    enum Page { Empty, Label, Document, Overview };
    // The list always has a current document; the tree as a whole is the subject until one is chosen.
    const bool whole = !m_selection->label() && !m_selection->documentIsSubject() &&
                       m_selection->scope() == Selection::Scope::AllDocuments && m_overview->hasSomethingToSay();
    const bool document = m_selection->document() && (m_selection->documentIsSubject() || !m_selection->label());
    m_stack->setCurrentIndex(whole ? Overview : document ? Document : m_selection->label() ? Label : Empty);
}

void InspectorPanel::focusNote() {
    m_selection->setSubject(false);
    refresh();
    m_label->focusNote();
}

}  // namespace espalier::ui
