// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/tree_overview.h
/// What is known of the tree as a whole, while no label and no document is selected: how many labels and documents, and
/// why this many labels stand at its top.
#pragma once
#include <QWidget>

namespace espalier::ui {

class ProjectSession;
class StabilitySection;
class TextLabel;

class TreeOverview : public QWidget {
    Q_OBJECT
public:
    explicit TreeOverview(ProjectSession* session, QWidget* parent = nullptr);
    bool hasSomethingToSay() const;  ///< false: no tree, or nothing is known of how it came about

private:
    void refresh();
    ProjectSession* m_session;
    TextLabel* m_name;
    TextLabel* m_counts;
    StabilitySection* m_stability;
};

}  // namespace espalier::ui
