// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/label_tree_model.h
/// The label tree for views. Indexes carry label ids, never pointers; the root is the invisible root of the model.
///
/// A new snapshot is not a reset: the model inserts, moves and removes rows until it is the new tree, so that selection
/// and expansion stay with their labels. A filter shows the labels it hits and their ancestors. Reads only the snapshot
/// it was given, never the project. Interface thread only.
#pragma once
#include <QAbstractItemModel>
#include <QHash>
#include <QList>
#include <QSet>
#include <QStringList>
#include <functional>
#include <unordered_map>
#include <vector>

#include "core/project/tree_snapshot.h"

namespace espalier::ui {

class LabelTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { NameColumn, DocumentsColumn, ColumnCount };
    enum Role {
        LabelIdRole = Qt::UserRole,  ///< qint64
        DocumentsRole,               ///< qint64, documents whose hard path goes through the label
        MassRole,                    ///< double, expected number of documents (sum of shares)
        ShareOfParentRole,           ///< double in [0, 1]: documents of those of the parent
        FilterHitRole,               ///< QPair<int,int>: start and length of the hit in the name; length 0 without one
        LockedRole,
        NotedRole,  ///< has a note
        LevelRole,
    };

    explicit LabelTreeModel(QObject* parent = nullptr);
    ~LabelTreeModel() override;

    /// nullptr empties the model.
    void setSnapshot(project::TreeSnapshotPtr snapshot);
    const project::TreeSnapshotPtr& snapshot() const { return m_snapshot; }

    /// Labels whose name or an alternative name holds the text (case and marks do not matter), and their ancestors.
    void setFilter(const QString& text);
    const QString& filter() const { return m_filter; }
    int hits() const { return m_hits; }
    /// Up to `count` names that are nearest to the filter text, nearest first; for "Closest: Peat, Wheat".
    QStringList closestNames(int count) const;

    LabelId labelAt(const QModelIndex& index) const { return LabelId{qint64(index.internalId())}; }
    QModelIndex indexOf(LabelId id, int column = NameColumn) const;  ///< invalid for the root and what is hidden
    bool shown(LabelId id) const { return m_nodes.count(id) > 0; }

    /// Position among all children of the label's parent for a drop above visible row `row` of `parent`.
    std::int64_t realIndex(LabelId parent, int row) const;

    /// Why `labels` cannot go into `parent`; empty when they can.
    QString refusal(const QList<LabelId>& labels, LabelId parent) const;

    // Views tell what only they know, so that a screen reader can say it.
    void setExpandedProbe(std::function<bool(LabelId)> probe) { m_expanded = std::move(probe); }
    void setEditable(bool editable);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    bool hasChildren(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// Renames by signal; the name changes when the edited tree comes back.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;
    bool canDropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                         const QModelIndex& parent) const override;
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    Qt::DropActions supportedDragActions() const override { return Qt::MoveAction; }
    static QList<LabelId> labelsOf(const QMimeData* data);

Q_SIGNALS:
    void renameRequested(espalier::LabelId label, const QString& name);
    /// \param index  position among all children of `parent`, themselves not counted; -1 = at the end
    void moveRequested(const QList<espalier::LabelId>& labels, espalier::LabelId parent, qint64 index);
    void filterChanged();

private:
    struct Node {
        LabelId parent;
        int row = 0;
        std::vector<LabelId> children;
        int hitStart = -1, hitLength = 0;
    };
    using Nodes = std::unordered_map<LabelId, Node>;

    LabelId root() const { return m_snapshot ? m_snapshot->tree.root() : LabelId{}; }
    Nodes wanted(int* hits) const;  ///< what should be shown: the snapshot through the filter
    void reset(Nodes nodes);
    void morph(Nodes nodes);
    int stepsTo(const Nodes& nodes) const;
    void renumber(LabelId parent);
    void notifyAll(LabelId parent);
    QString accessibleText(LabelId id, const Node& node) const;
    QString accessibleDescription(LabelId id) const;
    QString toolTip(LabelId id) const;

    project::TreeSnapshotPtr m_snapshot;
    QHash<qint64, int> m_pins;  ///< documents pinned to a label, by its id
    Nodes m_nodes;              ///< with the root
    LabelId m_rootId;
    QString m_filter;
    int m_hits = 0;
    bool m_editable = true;
    std::function<bool(LabelId)> m_expanded;
};

}  // namespace espalier::ui
