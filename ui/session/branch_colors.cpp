// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/branch_colors.h"

#include <algorithm>

#include "ui/session/project_session.h"
#include "ui/session/settings.h"

namespace espalier::ui {

BranchColors::BranchColors(ProjectSession* session, QObject* parent) : QObject(parent), m_session(session) {
    connect(session, &ProjectSession::opened, this, [this] {
        m_order = Settings::instance().branchOrder(m_session->projectUuid());
        refresh();
    });
    connect(session, &ProjectSession::treeChanged, this, &BranchColors::refresh);
    connect(session, &ProjectSession::closed, this, [this] { m_order.clear(); });
    if (session->isOpen()) {
        m_order = Settings::instance().branchOrder(session->projectUuid());
        refresh();
    }
}

void BranchColors::refresh() {
    const auto tree = m_session->tree();
    if (!tree) return;
    const qsizetype before = m_order.size();
    for (const LabelId id : tree->tree.at(tree->tree.root()).children)
        if (!m_order.contains(id.value)) m_order.append(id.value);
    if (m_order.size() != before) Settings::instance().setBranchOrder(m_session->projectUuid(), m_order);
}

BranchColors::Place BranchColors::place(LabelId id) const {
    const auto tree = m_session->tree();
    return tree ? place(tree->tree, id) : Place{};
}

BranchColors::Place BranchColors::place(const tree::LabelTree& tree, LabelId id) const {
    const tree::Label* label = tree.find(id);
    if (!label || id == tree.root()) return {};
    Place place;
    if (const tree::Label* parent = tree.find(label->parent)) {
        const auto at = std::find(parent->children.begin(), parent->children.end(), id);
        place.sibling = int(at - parent->children.begin());
    }
    LabelId top = id;
    while (const tree::Label* step = tree.find(top)) {
        if (step->parent == tree.root() || !step->parent) break;
        top = step->parent;
        ++place.level;
    }
    place.branch = int(std::max<qsizetype>(0, m_order.indexOf(top.value)));
    return place;
}

}  // namespace espalier::ui
