// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/label_table_model.h
/// The label tree as a table: one row a label, sorted by any column. Rows carry label ids, so that selection and the
/// place in the table survive edits. Reads only the snapshot it was given. Interface thread only.
#pragma once
#include <QAbstractTableModel>
#include <QHash>
#include <QString>
#include <vector>

#include "core/project/tree_snapshot.h"

namespace espalier::ui {

class LabelTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        NameColumn,
        DocumentsColumn,
        LevelColumn,
        PathColumn,
        MassColumn,
        TermsColumn,
        StateColumn,
        ColumnCount
    };

    explicit LabelTableModel(QObject* parent = nullptr);

    /// The same revision again changes nothing; rows that stay keep their place in views.
    void setSnapshot(project::TreeSnapshotPtr snapshot);
    const project::TreeSnapshotPtr& snapshot() const { return m_snapshot; }
    /// Labels whose name or an alternative name holds the text, as in the outline.
    void setFilter(const QString& text);
    void setLevels(int levels);  ///< labels deeper than so many levels are left out; 0 = all
    void setEditable(bool editable) { m_editable = editable; }

    LabelId labelAt(int row) const;
    int rowOf(LabelId label) const;  ///< -1 when it is not shown

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    /// Roles of LabelTreeModel mean the same here.
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    /// -1: outline order. Equal rows stay in outline order either way.
    void sort(int column, Qt::SortOrder order) override;

Q_SIGNALS:
    void renameRequested(espalier::LabelId label, const QString& name);

private:
    void refill();
    std::vector<LabelId> wanted() const;
    QString stateText(LabelId id) const;
    QString termsText(const tree::Label& label) const;
    QString accessibleText(LabelId id, int row) const;

    project::TreeSnapshotPtr m_snapshot;
    std::vector<LabelId> m_rows;
    QHash<qint64, int> m_places;
    QHash<qint64, int> m_pins;  ///< documents pinned to a label
    QString m_filter;
    int m_levels = 0;
    int m_column = -1;
    Qt::SortOrder m_order = Qt::AscendingOrder;
    bool m_editable = true;
};

}  // namespace espalier::ui
