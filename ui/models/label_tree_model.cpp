// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/label_tree_model.h"

#include <QDataStream>
#include <QIODevice>
#include <QMimeData>
#include <algorithm>

#include "ui/models/fuzzy.h"
#include "ui/session/text.h"
#include "ui/style/format.h"

namespace espalier::ui {
namespace {

const QString kMimeType = QStringLiteral("application/x-espalier-labels");
constexpr int kMostSteps = 64;  // above that many row changes a reset is cheaper for every view
constexpr int kTermsInToolTip = 10;
constexpr int kTermsSpoken = 4;

}  // namespace

LabelTreeModel::LabelTreeModel(QObject* parent) : QAbstractItemModel(parent) {}
LabelTreeModel::~LabelTreeModel() = default;

void LabelTreeModel::setSnapshot(project::TreeSnapshotPtr snapshot) {
    const bool sameRoot = snapshot && m_snapshot && snapshot->tree.root() == m_snapshot->tree.root();
    m_pins.clear();
    if (snapshot)
        for (const tree::Pin& pin : snapshot->tree.pins())
            if (pin.must) ++m_pins[snapshot->tree.successor(pin.label).value];
    if (!sameRoot) {
        beginResetModel();
        m_snapshot = std::move(snapshot);
        m_rootId = root();
        m_nodes = wanted(&m_hits);
        endResetModel();
        Q_EMIT filterChanged();
        return;
    }
    m_snapshot = std::move(snapshot);
    Nodes next = wanted(&m_hits);
    if (stepsTo(next) > kMostSteps)
        reset(std::move(next));
    else
        morph(std::move(next));
    if (!m_filter.isEmpty()) Q_EMIT filterChanged();
}

void LabelTreeModel::setFilter(const QString& text) {
    const QString trimmed = text.trimmed();
    if (trimmed == m_filter) return;
    m_filter = trimmed;
    if (m_snapshot) reset(wanted(&m_hits));
    Q_EMIT filterChanged();
}

LabelTreeModel::Nodes LabelTreeModel::wanted(int* hits) const {
    Nodes nodes;
    *hits = 0;
    if (!m_snapshot) return nodes;
    const tree::LabelTree& tree = m_snapshot->tree;
    const QString needle = foldForSearch(m_filter);
    nodes[tree.root()];
    for (const auto& [id, label] : tree.labels()) {
        if (id == tree.root()) continue;
        if (needle.isEmpty()) {
            nodes[id].parent = label.parent;
            continue;
        }
        int length = 0;
        const int start = foldedFind(toQt(label.name), needle, &length);
        const bool hit = start >= 0 || std::any_of(label.alternativeNames.begin(), label.alternativeNames.end(),
                                                   [&needle](const std::string& other) {
                                                       return foldedFind(toQt(other), needle, nullptr) >= 0;
                                                   });
        if (!hit) continue;
        ++*hits;
        // The label and its ancestors, up to the first that is there already.
        for (LabelId up = id; up != tree.root(); up = tree.at(up).parent) {
            const bool known = nodes.count(up) > 0;
            nodes[up].parent = tree.at(up).parent;
            if (known) break;
        }
        nodes[id].hitStart = start;
        nodes[id].hitLength = start >= 0 ? length : 0;
    }
    for (auto& [id, node] : nodes) {
        for (const LabelId child : tree.at(id).children) {
            const auto shown = nodes.find(child);
            if (shown == nodes.end()) continue;
            shown->second.row = int(node.children.size());
            node.children.push_back(child);
        }
    }
    return nodes;
}

void LabelTreeModel::reset(Nodes nodes) {
    beginResetModel();
    m_nodes = std::move(nodes);
    m_rootId = root();
    endResetModel();
}

int LabelTreeModel::stepsTo(const Nodes& nodes) const {
    int steps = 0;
    for (const auto& [id, node] : nodes) {
        const auto before = m_nodes.find(id);
        const bool arrived = before == m_nodes.end() || before->second.parent != node.parent;
        if (arrived ||
            (before->second.children.size() == node.children.size() && before->second.children != node.children))
            ++steps;
    }
    for (const auto& [id, node] : m_nodes) steps += nodes.count(id) ? 0 : 1;
    return steps;
}

void LabelTreeModel::renumber(LabelId parent) {
    int row = 0;
    for (const LabelId child : m_nodes[parent].children) m_nodes[child].row = row++;
}

// Makes m_nodes equal to `nodes` by rows inserted, moved and removed, parents before children: a parent that is done
// has its final ancestors, so no move can ask to go into its own branch.
void LabelTreeModel::morph(Nodes nodes) {
    std::vector<LabelId> order{m_rootId};
    for (std::size_t at = 0; at < order.size(); ++at) {
        const LabelId parent = order[at];
        const std::vector<LabelId>& target = nodes[parent].children;
        for (std::size_t row = 0; row < target.size(); ++row) {
            const LabelId child = target[row];
            std::vector<LabelId>& here = m_nodes[parent].children;
            if (row < here.size() && here[row] == child) continue;
            const QModelIndex parentIndex = indexOf(parent);
            const auto known = m_nodes.find(child);
            if (known == m_nodes.end()) {
                beginInsertRows(parentIndex, int(row), int(row));
                Node fresh;
                fresh.parent = parent;
                m_nodes[child] = std::move(fresh);
                auto& children = m_nodes[parent].children;
                children.insert(children.begin() + std::ptrdiff_t(row), child);
                renumber(parent);
                endInsertRows();
                continue;
            }
            const LabelId from = known->second.parent;
            const int fromRow = known->second.row;
            // Within one parent everything before `row` is final, so a row only ever moves up.
            if (!beginMoveRows(indexOf(from), fromRow, fromRow, parentIndex, int(row))) continue;
            auto& old = m_nodes[from].children;
            old.erase(old.begin() + fromRow);
            auto& children = m_nodes[parent].children;
            children.insert(children.begin() + std::ptrdiff_t(row), child);
            m_nodes[child].parent = parent;
            renumber(from);
            renumber(parent);
            endMoveRows();
        }
        order.insert(order.end(), target.begin(), target.end());
    }
    // What is left behind the wanted children is gone from the tree.
    for (const LabelId parent : order) {
        const std::size_t keep = nodes[parent].children.size();
        auto& children = m_nodes[parent].children;
        if (children.size() == keep) continue;
        beginRemoveRows(indexOf(parent), int(keep), int(children.size()) - 1);
        std::vector<LabelId> gone(children.begin() + std::ptrdiff_t(keep), children.end());
        children.resize(keep);
        for (std::size_t at = 0; at < gone.size(); ++at) {
            const auto& below = m_nodes[gone[at]].children;
            gone.insert(gone.end(), below.begin(), below.end());
        }
        for (const LabelId id : gone) m_nodes.erase(id);
        endRemoveRows();
    }
    for (auto& [id, node] : m_nodes) {
        node.hitStart = nodes[id].hitStart;
        node.hitLength = nodes[id].hitLength;
    }
    notifyAll(m_rootId);
}

void LabelTreeModel::notifyAll(LabelId parent) {
    // Counts of any label may have changed; views repaint only what they show.
    std::vector<LabelId> order{parent};
    for (std::size_t at = 0; at < order.size(); ++at) {
        const auto& children = m_nodes[order[at]].children;
        if (children.empty()) continue;
        Q_EMIT dataChanged(indexOf(children.front(), NameColumn), indexOf(children.back(), DocumentsColumn));
        order.insert(order.end(), children.begin(), children.end());
    }
}

QStringList LabelTreeModel::closestNames(int count) const {
    if (!m_snapshot) return {};
    std::vector<std::pair<double, QString>> ranked;
    for (const auto& [id, label] : m_snapshot->tree.labels()) {
        if (id == m_rootId) continue;
        const QString name = toQt(label.name);
        ranked.emplace_back(nearness(m_filter, name), name);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    QStringList names;
    for (const auto& [score, name] : ranked) {
        if (names.size() == count || score <= 0) break;
        if (!names.contains(name)) names << name;
    }
    return names;
}

QModelIndex LabelTreeModel::indexOf(LabelId id, int column) const {
    if (!id || id == m_rootId) return {};
    const auto node = m_nodes.find(id);
    return node == m_nodes.end() ? QModelIndex() : createIndex(node->second.row, column, quintptr(id.value));
}

std::int64_t LabelTreeModel::realIndex(LabelId parent, int row) const {
    const auto node = m_nodes.find(parent ? parent : m_rootId);
    if (!m_snapshot || node == m_nodes.end() || row < 0 || row >= int(node->second.children.size())) return -1;
    const auto& all = m_snapshot->tree.at(node->first).children;
    const auto at = std::find(all.begin(), all.end(), node->second.children[std::size_t(row)]);
    return at == all.end() ? -1 : at - all.begin();
}

QString LabelTreeModel::refusal(const QList<LabelId>& labels, LabelId parent) const {
    if (!m_snapshot) return tr("No tree is open.");
    if (!m_editable) return tr("This project is open for reading only.");
    const tree::LabelTree& tree = m_snapshot->tree;
    const tree::Label* target = tree.find(parent ? parent : m_rootId);
    if (!target) return tr("That label is gone.");
    if (target->locked) return tr("“%1” is locked.").arg(toQt(target->name));
    for (const LabelId id : labels) {
        const tree::Label* label = tree.find(id);
        if (!label) return tr("The label is gone.");
        if (label->locked) return tr("“%1” is locked.").arg(toQt(label->name));
        if (id == target->id) return tr("A label cannot go into itself.");
        if (tree.inBranch(target->id, id))
            return tr("“%1” lies inside “%2”.").arg(toQt(target->name), toQt(label->name));
    }
    return {};
}

void LabelTreeModel::setEditable(bool editable) {
    m_editable = editable;
}

QModelIndex LabelTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (row < 0 || column < 0 || column >= ColumnCount || (parent.isValid() && parent.column() != NameColumn))
        return {};
    const auto node = m_nodes.find(parent.isValid() ? labelAt(parent) : m_rootId);
    if (node == m_nodes.end() || row >= int(node->second.children.size())) return {};
    return createIndex(row, column, quintptr(node->second.children[std::size_t(row)].value));
}

QModelIndex LabelTreeModel::parent(const QModelIndex& index) const {
    if (!index.isValid()) return {};
    const auto node = m_nodes.find(labelAt(index));
    return node == m_nodes.end() ? QModelIndex() : indexOf(node->second.parent);
}

int LabelTreeModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() && parent.column() != NameColumn) return 0;
    const auto node = m_nodes.find(parent.isValid() ? labelAt(parent) : m_rootId);
    return node == m_nodes.end() ? 0 : int(node->second.children.size());
}

int LabelTreeModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() && parent.column() != NameColumn ? 0 : int(ColumnCount);
}

bool LabelTreeModel::hasChildren(const QModelIndex& parent) const {
    return rowCount(parent) > 0;
}

QVariant LabelTreeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_snapshot) return {};
    const LabelId id = labelAt(index);
    const tree::Label* label = m_snapshot->tree.find(id);
    const auto node = m_nodes.find(id);
    if (!label || node == m_nodes.end()) return {};
    const project::LabelCounts counts = m_snapshot->countsOf(id);
    switch (role) {
        case Qt::DisplayRole:
            return index.column() == NameColumn ? toQt(label->name) : formatCount(counts.documents);
        case Qt::EditRole:
            return index.column() == NameColumn ? QVariant(toQt(label->name)) : QVariant(qint64(counts.documents));
        case Qt::ToolTipRole:
            return toolTip(id);
        case Qt::TextAlignmentRole:
            return index.column() == DocumentsColumn ? int(Qt::AlignRight | Qt::AlignVCenter)
                                                     : int(Qt::AlignLeft | Qt::AlignVCenter);
        case Qt::AccessibleTextRole:
            return index.column() == NameColumn ? accessibleText(id, node->second)
                                                : tr("%1 documents").arg(formatCount(counts.documents));
        case Qt::AccessibleDescriptionRole:
            return index.column() == NameColumn ? accessibleDescription(id) : QString();
        case LabelIdRole:
            return qint64(id.value);
        case DocumentsRole:
            return qint64(counts.documents);
        case MassRole:
            return counts.mass;
        case ShareOfParentRole: {
            const project::LabelCounts above = m_snapshot->countsOf(label->parent);
            return above.documents > 0 ? double(counts.documents) / double(above.documents) : 0.0;
        }
        case FilterHitRole:
            return QVariant::fromValue(QPair<int, int>(node->second.hitStart, node->second.hitLength));
        case LockedRole:
            return label->locked;
        case NotedRole:
            return !label->note.empty();
        case LevelRole:
            return m_snapshot->tree.level(id);
        default:
            return {};
    }
}

QString LabelTreeModel::toolTip(LabelId id) const {
    const tree::Label& label = m_snapshot->tree.at(id);
    const project::LabelCounts counts = m_snapshot->countsOf(id);
    QStringList lines{
        toQt(m_snapshot->tree.pathNames(id)).join(QStringLiteral(" › ")),
        tr("%n document(s); expected count %1", nullptr, int(counts.documents)).arg(formatFigure(counts.mass))};
    QStringList terms;
    for (const tree::Term& term : label.terms) {
        if (terms.size() == kTermsInToolTip) break;
        terms << toQt(term.text);
    }
    if (!terms.isEmpty()) lines << terms.join(QStringLiteral(", "));
    if (!label.note.empty()) lines << tr("Note: %1").arg(toQt(label.note));
    return lines.join(u'\n');
}

QString LabelTreeModel::accessibleText(LabelId id, const Node& node) const {
    const tree::Label& label = m_snapshot->tree.at(id);
    QStringList parts{toQt(label.name), tr("level %1").arg(m_snapshot->tree.level(id))};
    if (!node.children.empty()) parts << (m_expanded && m_expanded(id) ? tr("expanded") : tr("collapsed"));
    const project::LabelCounts counts = m_snapshot->countsOf(id);
    parts << tr("%1 documents").arg(formatCount(counts.documents));
    if (const auto above = m_snapshot->countsOf(label.parent).documents; above > 0 && counts.documents > 0)
        parts << (label.parent == m_snapshot->tree.root()
                      ? tr("%1 of all").arg(formatPercent(double(counts.documents) / double(above)))
                      : tr("%1 of the label above").arg(formatPercent(double(counts.documents) / double(above))));
    if (label.locked) parts << tr("locked");
    if (const int pins = m_pins.value(id.value); pins > 0) parts << tr("%n pin(s)", nullptr, pins);
    if (!label.note.empty()) parts << tr("has a note");
    const auto parent = m_nodes.find(node.parent);
    if (parent != m_nodes.end()) parts << tr("%1 of %2").arg(node.row + 1).arg(parent->second.children.size());
    return parts.join(QStringLiteral(", "));
}

QString LabelTreeModel::accessibleDescription(LabelId id) const {
    const tree::Label& label = m_snapshot->tree.at(id);
    QStringList path = toQt(m_snapshot->tree.pathNames(id));
    path.removeLast();
    QStringList parts;
    if (!path.isEmpty()) parts << tr("in %1").arg(path.join(QStringLiteral(", ")));
    QStringList terms;
    for (const tree::Term& term : label.terms) {
        if (terms.size() == kTermsSpoken) break;
        terms << toQt(term.text);
    }
    if (!terms.isEmpty()) parts << tr("terms %1").arg(terms.join(QStringLiteral(", ")));
    if (!label.note.empty()) parts << tr("note: %1").arg(toQt(label.note));
    return parts.join(QStringLiteral("; "));
}

QVariant LabelTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::DisplayRole) return section == NameColumn ? tr("Label") : tr("Documents");
    if (role == Qt::TextAlignmentRole)
        return section == DocumentsColumn ? int(Qt::AlignRight | Qt::AlignVCenter)
                                          : int(Qt::AlignLeft | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == DocumentsColumn)
        return tr("Documents whose label path goes through the label");
    return {};
}

Qt::ItemFlags LabelTreeModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return m_editable ? Qt::ItemIsDropEnabled : Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    if (!m_editable) return flags;
    flags |= Qt::ItemIsDragEnabled | Qt::ItemIsDropEnabled;
    const tree::Label* label = m_snapshot ? m_snapshot->tree.find(labelAt(index)) : nullptr;
    if (index.column() == NameColumn && label && !label->locked) flags |= Qt::ItemIsEditable;
    return flags;
}

bool LabelTreeModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::EditRole || !index.isValid() || index.column() != NameColumn || !m_editable) return false;
    const QString name = value.toString().trimmed();
    if (name.isEmpty() || name == data(index, Qt::EditRole).toString()) return false;
    Q_EMIT renameRequested(labelAt(index), name);
    return true;
}

QStringList LabelTreeModel::mimeTypes() const {
    return {kMimeType};
}

QMimeData* LabelTreeModel::mimeData(const QModelIndexList& indexes) const {
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    QStringList names;
    for (const QModelIndex& index : indexes) {
        if (index.column() != NameColumn) continue;
        stream << qint64(labelAt(index).value);
        names << index.data(Qt::DisplayRole).toString();
    }
    auto* data = new QMimeData;
    data->setData(kMimeType, bytes);
    data->setText(names.join(u'\n'));
    return data;
}

QList<LabelId> LabelTreeModel::labelsOf(const QMimeData* data) {
    QList<LabelId> labels;
    if (!data || !data->hasFormat(kMimeType)) return labels;
    QDataStream stream(data->data(kMimeType));
    while (!stream.atEnd()) {
        qint64 id = 0;
        stream >> id;
        if (stream.status() != QDataStream::Ok) break;
        labels << LabelId{id};
    }
    return labels;
}

bool LabelTreeModel::canDropMimeData(const QMimeData* data, Qt::DropAction action, int, int,
                                     const QModelIndex& parent) const {
    const QList<LabelId> labels = labelsOf(data);
    return action == Qt::MoveAction && !labels.isEmpty() &&
           refusal(labels, parent.isValid() ? labelAt(parent) : m_rootId).isEmpty();
}

bool LabelTreeModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                                  const QModelIndex& parent) {
    if (!canDropMimeData(data, action, row, column, parent)) return false;
    const LabelId target = parent.isValid() ? labelAt(parent) : m_rootId;
    QList<LabelId> labels = labelsOf(data);
    std::int64_t index = row < 0 ? -1 : realIndex(target, row);
    if (index >= 0) {
        // Positions are counted without the labels that move.
        const auto& all = m_snapshot->tree.at(target).children;
        std::int64_t before = 0;
        for (std::int64_t at = 0; at < index; ++at) before += labels.contains(all[std::size_t(at)]) ? 1 : 0;
        index -= before;
    }
    Q_EMIT moveRequested(labels, target, index);
    return false;  // the view must not remove rows: the edited tree comes back by itself
}

}  // namespace espalier::ui
