// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/smart_lists.h"

#include <QToolButton>
#include <QVBoxLayout>

#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/tree/scope_row.h"

namespace espalier::ui {

using project::SmartList;

SmartLists::SmartLists(ProjectSession* session, Selection* selection, QWidget* parent)
    : QWidget(parent), m_session(session), m_selection(selection) {
    setObjectName(QStringLiteral("smartLists"));
    setAccessibleName(tr("Smart lists"));
    m_heading = new QToolButton(this);
    m_heading->setObjectName(QStringLiteral("smartListsHeading"));
    m_heading->setText(tr("Smart lists"));
    m_heading->setToolTip(tr("Documents that want a look: shows or hides the lists"));
    m_heading->setAutoRaise(true);
    m_heading->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_heading->setFocusPolicy(Qt::StrongFocus);
    m_heading->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_heading->setMinimumHeight(theme().space(6));
    m_body = new QWidget(this);
    auto* rows = new QVBoxLayout(m_body);
    noMargins(rows);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addWidget(m_heading);
    layout->addWidget(m_body);

    m_weak = addRow("weaklyPlaced", QStringLiteral("help"), tr("Weakly placed"),
                    tr("Documents of which little lies under the top-level label they are in\n"
                       "(membership at the top level under %1)")
                        .arg(formatShare(project::kWeakShare)));
    m_borderline = addRow("borderline", QStringLiteral("branch"), tr("Borderline"),
                          tr("Documents that went to one label and nearly to another\n(at a step of the path the "
                             "lead was under %1 of the share)")
                              .arg(formatPercent(project::kBorderlineLead)));
    m_pinned =
        addRow("pinned", QStringLiteral("pin"), tr("Pinned"), tr("Documents of which you said where they belong"));
    m_proposals = addRow("proposals", QStringLiteral("flag"), tr("Proposals"),
                         tr("What merged taxonomies and finished splits and re-fits want otherwise"));
    m_proposals->setUnit(ScopeRow::Unit::Proposals);
    m_moved = addRow("moved", QStringLiteral("move"), tr("Moved"), {});
    m_duplicates = addRow("duplicates", QStringLiteral("copy"), tr("Duplicates"),
                          tr("Documents of which import left out copies with the same text"));

    const auto shows = [this](ScopeRow* row, SmartList list) {
        connect(row, &QAbstractButton::clicked, this, [this, list] {
            m_selection->showList(list, list == SmartList::Moved ? m_counts.since : 0);
            refresh();
        });
    };
    shows(m_weak, SmartList::WeaklyPlaced);
    shows(m_borderline, SmartList::Borderline);
    shows(m_pinned, SmartList::Pinned);
    shows(m_moved, SmartList::Moved);
    shows(m_duplicates, SmartList::Duplicates);
    connect(m_proposals, &QAbstractButton::clicked, this, [this] {
        m_selection->showProposals();
        refresh();
    });
    connect(m_heading, &QToolButton::clicked, this, [this] { fold(m_body->isHidden()); });
    for (const auto signal : {&ProjectSession::opened, &ProjectSession::treeChanged, &ProjectSession::documentsChanged,
                              &ProjectSession::runsChanged})
        connect(session, signal, this, &SmartLists::ask);
    connect(session, &ProjectSession::closed, this, [this] {
        m_since = 0;
        take({});
    });
    connect(selection, &Selection::labelsChanged, this, [this] {
        const bool moved = m_selection->scope() == Selection::Scope::List && m_selection->list() == SmartList::Moved;
        if (moved && m_selection->since() != m_counts.since) {
            m_since = m_selection->since();
            ask();
        }
        refresh();
    });
    connect(&theme(), &Theme::changed, this, &SmartLists::refresh);
    fold(Settings::instance().smartListsShown());
    take({});
}

void SmartLists::fold(bool shown) {
    m_body->setVisible(shown);
    m_heading->setAccessibleName(shown ? tr("Smart lists, shown") : tr("Smart lists, hidden"));
    Settings::instance().setSmartListsShown(shown);
    refresh();
}

ScopeRow* SmartLists::addRow(const char* name, const QString& icon, const QString& text, const QString& tip) {
    auto* row = new ScopeRow(icon, text, m_body);
    row->setObjectName(QString::fromLatin1(name) + QStringLiteral("List"));
    row->setCompact(true);
    row->setToolTip(tip);
    m_body->layout()->addWidget(row);
    return row;
}

void SmartLists::ask() {
    if (!m_session->isOpen()) return;
    std::optional<std::int64_t> since;
    if (m_since > 0) since = m_since;
    m_session->read<project::SmartCounts>(
        [since](project::Project& project, jobs::JobContext&) { return project.smartCounts(since); },
        [this](const Result<project::SmartCounts>& counts) {
            if (counts) take(*counts);
        },
        this, this);
}

void SmartLists::take(const project::SmartCounts& counts) {
    m_counts = counts;
    const auto set = [&counts](ScopeRow* row, std::int64_t count) { row->setCount(counts.revision > 0 ? count : -1); };
    set(m_weak, counts.weaklyPlaced);
    set(m_borderline, counts.borderline);
    set(m_pinned, counts.pinned);
    set(m_proposals, counts.proposals);
    set(m_duplicates, counts.duplicates);
    m_moved->setText(counts.since > 0 ? tr("Moved since r%1").arg(counts.since) : tr("Moved"));
    m_moved->setToolTip(counts.since > 0
                            ? tr("Documents that are under another label than at revision %1").arg(counts.since)
                            : tr("Documents that are under another label than at the last build or training; there "
                                 "was none yet"));
    set(m_moved, counts.moved);  // after the name, which is said with it
    refresh();
}

void SmartLists::refresh() {
    m_heading->setIcon(icon(m_body->isHidden() ? QStringLiteral("chevron-right") : QStringLiteral("chevron-down")));
    const auto scope = m_selection->scope();
    const auto isShown = [&](SmartList list) { return scope == Selection::Scope::List && m_selection->list() == list; };
    m_weak->setChecked(isShown(SmartList::WeaklyPlaced));
    m_borderline->setChecked(isShown(SmartList::Borderline));
    m_pinned->setChecked(isShown(SmartList::Pinned));
    m_moved->setChecked(isShown(SmartList::Moved));
    m_duplicates->setChecked(isShown(SmartList::Duplicates));
    m_proposals->setChecked(scope == Selection::Scope::Proposals);
}

}  // namespace espalier::ui
