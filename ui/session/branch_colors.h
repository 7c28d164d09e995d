// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/session/branch_colors.h
/// Which of the branch colours a label has. A top-level label gets the next free place when it is first seen and keeps
/// it for life, whatever is renamed, moved or sorted; the order is remembered per project. Interface thread only.
#pragma once
#include <QList>
#include <QObject>

#include "core/base/ids.h"

namespace espalier::tree {
class LabelTree;
}

namespace espalier::ui {

class ProjectSession;

class BranchColors : public QObject {
    Q_OBJECT
public:
    explicit BranchColors(ProjectSession* session, QObject* parent = nullptr);

    struct Place {
        int branch = -1;  ///< index for Theme::branchColor; -1 for the root
        int level = 0;
        int sibling = 0;
    };
    Place place(const tree::LabelTree& tree, LabelId id) const;
    /// In the session's tree.
    Place place(LabelId id) const;

private:
    void refresh();
    ProjectSession* m_session;
    QList<qint64> m_order;
};

}  // namespace espalier::ui
