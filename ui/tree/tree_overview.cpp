// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_overview.h"

#include <QVBoxLayout>

#include "ui/session/project_session.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"
#include "ui/tree/stability_section.h"

namespace espalier::ui {

TreeOverview::TreeOverview(ProjectSession* session, QWidget* parent) : QWidget(parent), m_session(session) {
    setObjectName(QStringLiteral("treeOverview"));
    m_name = new TextLabel({}, TextRole::Title, ColorRole::Text, this);
    m_name->setWordWrap(true);
    m_counts = new TextLabel({}, TextRole::Normal, ColorRole::Muted, this);
    m_counts->setWordWrap(true);
    auto* hint = new TextLabel(tr("Select a label or a document to see what is known of it."), TextRole::Normal,
                               ColorRole::Muted, this);
    hint->setWordWrap(true);
    m_stability = new StabilitySection(this);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(theme().space(1), 0, theme().space(1), 0);
    head->setSpacing(theme().space(1));
    head->addWidget(m_name);
    head->addWidget(m_counts);
    head->addWidget(hint);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme().space(2), theme().space(3), theme().space(2), theme().space(4));
    layout->setSpacing(theme().space(4));
    layout->addLayout(head);
    layout->addWidget(m_stability);
    layout->addStretch(1);
    connect(session, &ProjectSession::treeChanged, this, &TreeOverview::refresh);
    refresh();
}

bool TreeOverview::hasSomethingToSay() const {
    const auto tree = m_session->tree();
    return tree && tree->tree.size() > 1 && tree->stability->count(tree->tree.root()) > 0;
}

void TreeOverview::refresh() {
    if (!hasSomethingToSay()) return;
    const auto tree = m_session->tree();
    const tree::Label& root = tree->tree.at(tree->tree.root());
    m_name->setText(toQt(root.name));
    m_counts->setText(tr("%1 documents · %2 labels in %n level(s)", nullptr, tree->tree.depth())
                          .arg(formatCount(tree->documents), formatCount(std::int64_t(tree->tree.size()) - 1)));
    m_stability->setStability(tree->stability->at(root.id), int(root.children.size()), toQt(root.stopReason));
    if (root.stopReason.empty()) m_stability->setHeading(tr("Why this many labels at the top"));
}

}  // namespace espalier::ui
