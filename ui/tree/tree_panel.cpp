// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_panel.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/label_tree_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/tree/growing_tree.h"
#include "ui/tree/label_actions.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/label_views.h"
#include "ui/tree/scope_row.h"
#include "ui/tree/smart_lists.h"

namespace espalier::ui {
namespace {
constexpr int kFilterDelayMs = 60;
constexpr int kClosest = 3;
}  // namespace

TreePanel::TreePanel(ProjectSession* session, Selection* selection, const BranchColors* colors, LabelActions* actions,
                     QWidget* parent)
    : QWidget(parent), m_session(session), m_selection(selection), m_actions(actions) {
    setObjectName(QStringLiteral("treePanel"));
    setAccessibleName(tr("Labels"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_model = new LabelTreeModel(this);
    m_views = new LabelViews(m_model, selection, colors, this);

    m_filter = new QLineEdit(this);
    m_filter->setObjectName(QStringLiteral("labelFilter"));
    m_filter->setAccessibleName(tr("Filter labels"));
    m_filter->setPlaceholderText(tr("Filter labels"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    auto* add = makeIconButton(QStringLiteral("add"), actions->newChild->toolTip(), this);
    add->setObjectName(QStringLiteral("addLabelButton"));
    auto* more = makeIconButton(QStringLiteral("more"), tr("What can be done with the selected labels"), this);
    more->setObjectName(QStringLiteral("labelMenuButton"));
    more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(more);
    actions->fillMenu(menu);
    more->setMenu(menu);

    m_all = new ScopeRow(QStringLiteral("documents"), tr("All documents"), this);
    m_all->setObjectName(QStringLiteral("allDocuments"));
    m_unassigned = new ScopeRow(QStringLiteral("drop"), tr("Not placed"), this);
    m_unassigned->setObjectName(QStringLiteral("unassignedDocuments"));
    m_unassigned->setToolTip(tr("Documents that no label holds, such as those imported after the tree was built"));
    m_empty = new EmptyState(this);
    m_empty->setPrimary(false);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_views);
    m_stack->addWidget(m_empty);

    auto* top = new QHBoxLayout;
    top->setContentsMargins(theme().space(2), theme().space(2), theme().space(1), theme().space(2));
    top->setSpacing(theme().space(1));
    top->addWidget(m_filter, 1);
    top->addWidget(m_views->levelButton());
    top->addWidget(m_views->viewButton());
    top->addWidget(add);
    top->addWidget(more);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addLayout(top);
    layout->addWidget(m_all);
    layout->addWidget(m_stack, 1);
    m_unassignedLine = makeHairline(this);
    layout->addWidget(m_unassignedLine);
    layout->addWidget(m_unassigned);
    m_listsLine = makeHairline(this);
    layout->addWidget(m_listsLine);
    m_lists = new SmartLists(session, selection, this);
    layout->addWidget(m_lists);

    actions->setView(m_views, this);
    connect(add, &QToolButton::clicked, actions->newChild, &QAction::trigger);
    connect(actions->newChild, &QAction::changed, add,
            [this, add] { add->setEnabled(m_actions->newChild->isEnabled()); });
    connect(m_views, &LabelViews::menuRequested, this, [this](const QPoint& at) {
        QMenu* popup = new QMenu(this);
        popup->setAttribute(Qt::WA_DeleteOnClose);
        m_actions->fillMenu(popup);
        popup->popup(at);
    });

    // Typing fast filters once, after the last letter.
    auto* delay = new QTimer(this);
    delay->setSingleShot(true);
    delay->setInterval(kFilterDelayMs);
    connect(m_filter, &QLineEdit::textChanged, delay, qOverload<>(&QTimer::start));
    connect(delay, &QTimer::timeout, this, [this] { m_model->setFilter(m_filter->text()); });
    connect(m_filter, &QLineEdit::returnPressed, this, [this, delay] {
        delay->stop();
        m_model->setFilter(m_filter->text());
        focusTree();
    });
    connect(m_model, &LabelTreeModel::filterChanged, this, [this] {
        m_views->setFilter(m_model->filter());
        refreshState();
    });
    connect(m_views, &LabelViews::renameRequested, actions, &LabelActions::renameTo);
    connect(m_model, &LabelTreeModel::renameRequested, actions, &LabelActions::renameTo);
    connect(view(), &LabelTreeView::mergeRequested, actions, [actions](QList<LabelId> labels, LabelId with) {
        labels.prepend(with);
        actions->mergeLabels(labels, with);
    });
    connect(m_model, &LabelTreeModel::moveRequested, actions,
            [actions](const QList<LabelId>& labels, LabelId into, qint64 index) {
                actions->moveLabels(labels, into, index);
            });

    connect(m_all, &QAbstractButton::clicked, this, [this] {
        m_selection->showAllDocuments();
        refreshScope();
    });
    connect(m_unassigned, &QAbstractButton::clicked, this, [this] {
        m_selection->showUnassigned();
        refreshScope();
    });
    connect(selection, &Selection::labelsChanged, this, &TreePanel::refreshScope);
    connect(m_empty, &EmptyState::activated, this, &TreePanel::emptyActivated);
    connect(session, &ProjectSession::treeChanged, this, &TreePanel::takeTree);
    connect(session, &ProjectSession::statusChanged, this, &TreePanel::refreshState);
    connect(session, &ProjectSession::readOnlyChanged, this, &TreePanel::takeTree);
    connect(session, &ProjectSession::opened, this, [this] { m_filter->clear(); });
    connect(session, &ProjectSession::closed, this, [this] {
        m_model->setSnapshot(nullptr);
        m_views->setSnapshot(nullptr, false);
        refreshState();
    });
    takeTree();
}

LabelTreeView* TreePanel::view() const {
    return m_views->outline();
}

QWidget* TreePanel::shownView() const {
    return m_views->shown();
}

void TreePanel::setGrowing(GrowingTree* growing) {
    m_growing = growing;
    m_stack->addWidget(growing);
    connect(growing, &GrowingTree::activeChanged, this, &TreePanel::refreshState);
}

QSize TreePanel::sizeHint() const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::SidePanelWidth)};
}

void TreePanel::takeTree() {
    m_model->setEditable(m_session->writable());
    const auto before = m_model->snapshot();
    const auto tree = m_session->tree();
    m_model->setSnapshot(tree);
    m_views->setSnapshot(tree, m_session->writable());
    // A tree of which nothing was there before: just opened, or just grown.
    bool fresh = tree != nullptr;
    if (before && tree)
        for (const auto& [id, label] : tree->tree.labels())
            fresh = fresh && (id == tree->tree.root() || !before->tree.contains(id));
    if (fresh && !(before && before->revision == tree->revision)) {
        // A small tree is shown whole; of a large one the top level, unless a number of levels was asked for.
        constexpr std::size_t kShownWhole = 40;
        if (m_views->levels() == 0 && tree->tree.size() > kShownWhole)
            view()->setExpandedLabels({});
        else
            view()->setLevels(m_views->levels());
    }
    refreshState();
    if (!m_focusWanted || qobject_cast<QLineEdit*>(window()->focusWidget())) return;
    if (m_stack->currentWidget() == m_views) {
        m_focusWanted = false;
        shownView()->setFocus(Qt::OtherFocusReason);
    } else if (m_why == Empty::NoTree && m_session->isOpen()) {
        m_empty->button()->setFocus(Qt::OtherFocusReason);  // what comes next
    }
}

void TreePanel::refreshState() {
    const auto tree = m_session->tree();
    const project::ProjectStatus& status = m_session->status();
    m_all->setCount(status.documents);
    m_unassigned->setCount(status.unassigned);
    const bool labels = tree && tree->tree.size() > 1;
    m_unassigned->setVisible(labels && status.unassigned > 0);
    m_unassignedLine->setVisible(labels && status.unassigned > 0);
    m_all->setVisible(status.documents > 0);
    m_lists->setVisible(labels && status.documents > 0);
    m_listsLine->setVisible(labels && status.documents > 0);
    m_filter->setEnabled(labels);
    m_why = Empty::None;
    if (status.documents == 0 && !labels)
        m_why = Empty::NoDocuments;
    else if (!labels)
        m_why = Empty::NoTree;
    else if (!m_model->filter().isEmpty() && m_model->hits() == 0)
        m_why = Empty::NoHits;
    switch (m_why) {
        case Empty::None:
            break;
        case Empty::NoDocuments:
            m_empty->setContent(QStringLiteral("tree"), tr("No labels yet"),
                                tr("The tree grows from documents. Import some first."));
            break;
        case Empty::NoTree:
            m_empty->setContent(QStringLiteral("tree"), tr("No tree yet"),
                                tr("Grow it from the words of your %1 documents, or add labels by hand.")
                                    .arg(formatCount(status.documents)),
                                tr("Build tree…"));
            break;
        case Empty::NoHits: {
            const QStringList closest = m_model->closestNames(kClosest);
            m_empty->setContent(QStringLiteral("filter"), tr("No label matches “%1”").arg(m_model->filter()),
                                closest.isEmpty() ? tr("No label is spelled like it.")
                                                  : tr("Closest: %1").arg(closest.join(QStringLiteral(", "))),
                                tr("Clear filter"));
            break;
        }
    }
    const QWidget* focus = window()->focusWidget();
    const QWidget* before = m_stack->currentWidget();
    m_stack->setCurrentIndex(m_why == Empty::None ? 0 : 1);
    if (m_growing && m_growing->active() && m_why == Empty::NoTree) m_stack->setCurrentWidget(m_growing);
    // The keyboard does not fall out of the panel when its page goes.
    if (before != m_stack->currentWidget() && focus && before->isAncestorOf(focus)) focusTree();
    refreshScope();
}

void TreePanel::refreshScope() {
    m_all->setChecked(m_selection->scope() == Selection::Scope::AllDocuments);
    m_unassigned->setChecked(m_selection->scope() == Selection::Scope::Unassigned);
}

void TreePanel::emptyActivated() {
    switch (m_why) {
        case Empty::NoDocuments:
            Q_EMIT importRequested();
            break;
        case Empty::NoTree:
            Q_EMIT buildRequested();
            break;
        case Empty::NoHits:
            m_filter->clear();
            break;
        case Empty::None:
            break;
    }
}

void TreePanel::focusFilter() {
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void TreePanel::focusTree() {
    if (m_growing && m_stack->currentWidget() == m_growing) {
        m_focusWanted = true;
        m_growing->setFocus(Qt::OtherFocusReason);
        return;
    }
    m_focusWanted = m_stack->currentWidget() != m_views;  // it is hidden until there are labels
    shownView()->setFocus(Qt::ShortcutFocusReason);
    if (m_views->kind() == LabelViews::Kind::Outline && !view()->currentIndex().isValid() && m_model->rowCount() > 0)
        view()->setCurrentIndex(m_model->index(0, 0));
}

}  // namespace espalier::ui
