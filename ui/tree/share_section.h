// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/share_section.h
/// Where a document belongs: its share of every label, as bars that an expert drags. While one is dragged the others
/// show what it would make of them, by the same rule that the project will use.
#pragma once
#include <optional>

#include "core/project/document_query.h"
#include "core/project/tree_snapshot.h"
#include "ui/tree/inspector_section.h"

namespace espalier::ui {

class BranchColors;
class ShareRow;
class TextLabel;

class ShareSection : public InspectorSection {
    Q_OBJECT
public:
    explicit ShareSection(const BranchColors* colors, QWidget* parent = nullptr);
    /// \param writable  whether shares can be set now
    void setRecord(project::TreeSnapshotPtr tree, const project::DocumentRecord& record, bool writable);
    /// Adds a row for a label without a share and puts the keyboard there.
    void startAt(LabelId label);

Q_SIGNALS:
    void activated(qint64 label);
    void shareChosen(qint64 label, double share);
    void takenBack(qint64 label);

private:
    struct Shown {
        LabelId label;  ///< none: what is under no label, or not placed
        ShareRow* row = nullptr;
    };
    void addRow();
    void show(const std::vector<tree::CellMass>& cells);
    void preview(std::size_t at, double share);
    void keep(std::size_t at);
    void giveUp();
    void openMenu(std::size_t at, const QPoint& position);
    void hint(const QString& text, bool warning);
    bool isSaid(LabelId label) const;

    const BranchColors* m_colors;
    project::TreeSnapshotPtr m_tree;
    project::DocumentRecord m_record;
    bool m_writable = false;
    std::vector<Shown> m_rows;
    std::vector<LabelId> m_labels;  ///< rows in order, fixed while one is dragged
    LabelId m_extra;                ///< a row for a label without a share
    std::optional<double> m_good;   ///< the last share previewed that is possible
    TextLabel* m_hint;
};

}  // namespace espalier::ui
