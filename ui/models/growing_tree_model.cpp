// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/growing_tree_model.h"

#include <QJsonArray>

#include "ui/models/label_tree_model.h"
#include "ui/style/format.h"

namespace espalier::ui {

void GrowingTreeModel::clear(qint64 documents) {
    beginResetModel();
    m_nodes.clear();
    m_nodes[0].documents = documents;
    m_open = 0;
    endResetModel();
}

void GrowingTreeModel::add(const QList<QJsonObject>& events) {
    for (const QJsonObject& event : events) {
        if (event.value(QLatin1String("event")).toString() == QLatin1String("label"))
            addLabel(event);
        else
            settle(event.value(QLatin1String("id")).toInteger(-1));
    }
}

void GrowingTreeModel::addLabel(const QJsonObject& event) {
    const qint64 id = event.value(QLatin1String("id")).toInteger(-1);
    const qint64 above = event.value(QLatin1String("parent")).toInteger(-1);
    if (id <= 0 || m_nodes.contains(id) || !m_nodes.contains(above)) return;
    Node node;
    node.parent = above;
    node.row = int(m_nodes[above].children.size());
    node.level = m_nodes[above].level + 1;
    node.name = event.value(QLatin1String("name")).toString();
    for (const auto& term : event.value(QLatin1String("terms")).toArray()) node.terms << term.toString();
    node.documents = event.value(QLatin1String("documents")).toInteger();
    beginInsertRows(indexOf(above), node.row, node.row);
    m_nodes[above].children << id;
    m_nodes.insert(id, node);
    ++m_open;
    endInsertRows();
    settle(above);
}

void GrowingTreeModel::settle(qint64 id) {
    const auto node = m_nodes.find(id);
    if (node == m_nodes.end() || !node->open) return;
    node->open = false;
    if (id == 0) return;
    --m_open;
    const QModelIndex at = indexOf(id);
    Q_EMIT dataChanged(at, at);
}

QModelIndex GrowingTreeModel::indexOf(qint64 id) const {
    return id == 0 ? QModelIndex() : createIndex(m_nodes[id].row, 0, quintptr(id));
}

QModelIndex GrowingTreeModel::index(int row, int column, const QModelIndex& parent) const {
    const auto above = m_nodes.constFind(parent.isValid() ? qint64(parent.internalId()) : 0);
    if (above == m_nodes.constEnd() || row < 0 || row >= above->children.size() || column < 0 ||
        column >= columnCount())
        return {};
    return createIndex(row, column, quintptr(above->children[row]));
}

QModelIndex GrowingTreeModel::parent(const QModelIndex& index) const {
    const auto node = m_nodes.constFind(qint64(index.internalId()));
    return !index.isValid() || node == m_nodes.constEnd() ? QModelIndex() : indexOf(node->parent);
}

int GrowingTreeModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() && parent.column() != LabelTreeModel::NameColumn) return 0;
    const auto node = m_nodes.constFind(parent.isValid() ? qint64(parent.internalId()) : 0);
    return node == m_nodes.constEnd() ? 0 : int(node->children.size());
}

int GrowingTreeModel::columnCount(const QModelIndex&) const {
    return LabelTreeModel::ColumnCount;
}

QVariant GrowingTreeModel::data(const QModelIndex& index, int role) const {
    const auto node = m_nodes.constFind(qint64(index.internalId()));
    if (!index.isValid() || node == m_nodes.constEnd()) return {};
    const Node& above = *m_nodes.constFind(node->parent);
    const QString state = node->open                 ? tr("being looked at")
                          : node->children.isEmpty() ? tr("not split further")
                                                     : tr("split");
    switch (role) {
        case Qt::DisplayRole:
            return index.column() == LabelTreeModel::NameColumn ? node->name : formatCount(node->documents);
        case Qt::TextAlignmentRole:
            return index.column() == LabelTreeModel::DocumentsColumn ? int(Qt::AlignRight | Qt::AlignVCenter)
                                                                     : int(Qt::AlignLeft | Qt::AlignVCenter);
        case Qt::ToolTipRole:
            return QStringList{node->name, tr("%n document(s), %1", nullptr, int(node->documents)).arg(state),
                               node->terms.join(QStringLiteral(", "))}
                .join(u'\n');
        case Qt::AccessibleTextRole:
            return tr("%1, level %2, %3 documents, %4, %5 of %6")
                .arg(node->name)
                .arg(node->level)
                .arg(formatCount(node->documents), state)
                .arg(node->row + 1)
                .arg(above.children.size());
        case LabelTreeModel::LabelIdRole:
            return qint64(index.internalId());
        case LabelTreeModel::DocumentsRole:
            return node->documents;
        case LabelTreeModel::ShareOfParentRole:
            return above.documents > 0 ? double(node->documents) / double(above.documents) : 0.0;
        case LabelTreeModel::LevelRole:
            return node->level;
        case OpenRole:
            return node->open;
        case SiblingRole:
            return node->row;
        case TermsRole:
            return node->terms;
        case BranchRole: {
            const Node* at = &*node;
            while (at->level > 0) at = &*m_nodes.constFind(at->parent);
            return at->row;
        }
        default:
            return {};
    }
}

QVariant GrowingTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const bool name = section == LabelTreeModel::NameColumn;
    if (role == Qt::TextAlignmentRole) return int((name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::DisplayRole) return name ? tr("Label") : tr("Documents");
    return {};
}

}  // namespace espalier::ui
