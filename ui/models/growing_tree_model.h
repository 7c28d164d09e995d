// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/growing_tree_model.h
/// The labels of a build that runs, as its worker tells of them: read only, and only ever growing. Speaks the columns
/// and roles of LabelTreeModel. Interface thread only.
#pragma once
#include <QAbstractItemModel>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QStringList>

namespace espalier::ui {

class GrowingTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role {
        OpenRole = Qt::UserRole + 100,  ///< bool: not known yet whether it will be split
        BranchRole,                     ///< int: place of its top-level label among its siblings
        SiblingRole,                    ///< int: its own place
        TermsRole,                      ///< QStringList, strongest first
    };

    using QAbstractItemModel::QAbstractItemModel;
    /// \param documents  that all labels share, of which the top level's shares are told
    void clear(qint64 documents);
    /// Events "label" and "whole" of core/pipeline/job.h; what names an unknown label is left out.
    void add(const QList<QJsonObject>& events);
    int labels() const { return int(m_nodes.size()) - 1; }
    int open() const { return m_open; }  ///< labels of which it is not known yet, without the root

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node {
        qint64 parent = -1;
        int row = 0, level = -1;
        QString name;
        QStringList terms;
        qint64 documents = 0;
        QList<qint64> children;
        bool open = true;
    };
    QModelIndex indexOf(qint64 id) const;
    void settle(qint64 id);
    void addLabel(const QJsonObject& event);
    QHash<qint64, Node> m_nodes{{0, {}}};  ///< 0: the invisible root
    int m_open = 0;
};

}  // namespace espalier::ui
