// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/label_table_model.h"

#include <QCollator>
#include <algorithm>
#include <numeric>

#include "ui/models/fuzzy.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/text.h"
#include "ui/style/format.h"

namespace espalier::ui {
namespace {
constexpr int kTerms = 6;
}

LabelTableModel::LabelTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void LabelTableModel::setSnapshot(project::TreeSnapshotPtr snapshot) {
    if (snapshot == m_snapshot) return;
    m_snapshot = std::move(snapshot);
    m_pins.clear();
    if (m_snapshot)
        for (const tree::Pin& pin : m_snapshot->tree.pins())
            if (pin.must) ++m_pins[m_snapshot->tree.successor(pin.label).value];
    refill();
}

void LabelTableModel::setFilter(const QString& text) {
    const QString folded = foldForSearch(text.trimmed());
    if (folded == m_filter) return;
    m_filter = folded;
    refill();
}

void LabelTableModel::setLevels(int levels) {
    if (levels == m_levels) return;
    m_levels = levels;
    refill();
}

std::vector<LabelId> LabelTableModel::wanted() const {
    std::vector<LabelId> rows;
    if (!m_snapshot) return rows;
    const tree::LabelTree& tree = m_snapshot->tree;
    for (const LabelId id : tree.depthFirst()) {
        if (id == tree.root() || (m_levels > 0 && tree.level(id) >= m_levels)) continue;
        const tree::Label& label = tree.at(id);
        if (!m_filter.isEmpty() && foldedFind(toQt(label.name), m_filter, nullptr) < 0 &&
            std::none_of(label.alternativeNames.begin(), label.alternativeNames.end(),
                         [this](const std::string& other) { return foldedFind(toQt(other), m_filter, nullptr) >= 0; }))
            continue;
        rows.push_back(id);
    }
    if (m_column < 0) return rows;
    // Keys once a label, not once a comparison.
    std::vector<double> numbers(rows.size(), 0.0);
    std::vector<QCollatorSortKey> texts;
    QCollator collator;
    collator.setNumericMode(true);
    collator.setCaseSensitivity(Qt::CaseInsensitive);
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const tree::Label& label = tree.at(rows[at]);
        const project::LabelCounts counts = m_snapshot->countsOf(rows[at]);
        switch (Column(m_column)) {
            case NameColumn:
                texts.push_back(collator.sortKey(toQt(label.name)));
                break;
            case PathColumn:
                texts.push_back(collator.sortKey(toQt(tree.pathNames(rows[at])).join(QChar(u'\1'))));
                break;
            case TermsColumn:
                texts.push_back(collator.sortKey(termsText(label)));
                break;
            case StateColumn:
                texts.push_back(collator.sortKey(stateText(rows[at])));
                break;
            case LevelColumn:
                numbers[at] = tree.level(rows[at]);
                break;
            case DocumentsColumn:
                numbers[at] = double(counts.documents);
                break;
            case MassColumn:
                numbers[at] = counts.mass;
                break;
            case ColumnCount:
                break;
        }
    }
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if (m_order == Qt::DescendingOrder) std::swap(a, b);
        return texts.empty() ? numbers[a] < numbers[b] : texts[a] < texts[b];
    });
    std::vector<LabelId> sorted;
    sorted.reserve(rows.size());
    for (const std::size_t at : order) sorted.push_back(rows[at]);
    return sorted;
}

void LabelTableModel::refill() {
    std::vector<LabelId> rows = wanted();
    if (rows == m_rows) {
        if (!m_rows.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        return;
    }
    const auto take = [&] {
        m_rows = std::move(rows);
        m_places.clear();
        for (std::size_t at = 0; at < m_rows.size(); ++at) m_places.insert(m_rows[at].value, int(at));
    };
    // The same labels in another order: views keep what they hold on to.
    const bool same = rows.size() == m_rows.size() &&
                      std::all_of(rows.begin(), rows.end(), [this](LabelId id) { return m_places.contains(id.value); });
    if (!same) {
        beginResetModel();
        take();
        endResetModel();
        return;
    }
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<LabelId> held;
    for (const QModelIndex& one : before) held.push_back(labelAt(one.row()));
    take();
    QModelIndexList after;
    for (qsizetype at = 0; at < before.size(); ++at)
        after << index(m_places.value(held[std::size_t(at)].value), before[at].column());
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

void LabelTableModel::sort(int column, Qt::SortOrder order) {
    if (column == m_column && order == m_order) return;
    m_column = column < ColumnCount ? column : -1;
    m_order = order;
    refill();
}

LabelId LabelTableModel::labelAt(int row) const {
    return row >= 0 && row < int(m_rows.size()) ? m_rows[std::size_t(row)] : LabelId{};
}

int LabelTableModel::rowOf(LabelId label) const {
    return m_places.value(label.value, -1);
}

int LabelTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

int LabelTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString LabelTableModel::termsText(const tree::Label& label) const {
    QStringList terms;
    for (const tree::Term& term : label.terms) {
        if (terms.size() == kTerms) break;
        terms << toQt(term.text);
    }
    return terms.join(QStringLiteral(", "));
}

QString LabelTableModel::stateText(LabelId id) const {
    const tree::Label& label = m_snapshot->tree.at(id);
    QStringList states;
    if (label.locked) states << tr("locked");
    if (label.nameByUser) states << tr("named by hand");
    if (!label.note.empty()) states << tr("note");
    if (const int pins = m_pins.value(id.value); pins > 0) states << tr("%n pin(s)", nullptr, pins);
    return states.join(QStringLiteral(", "));
}

QString LabelTableModel::accessibleText(LabelId id, int row) const {
    const tree::Label& label = m_snapshot->tree.at(id);
    QStringList parts{toQt(label.name), tr("level %1").arg(m_snapshot->tree.level(id)),
                      tr("%1 documents").arg(formatCount(m_snapshot->countsOf(id).documents))};
    if (const auto documents = m_snapshot->countsOf(id).documents; documents > 0 && m_snapshot->documents > 0)
        parts << tr("%1 of all").arg(formatPercent(double(documents) / double(m_snapshot->documents)));
    if (const QString state = stateText(id); !state.isEmpty()) parts << state;
    parts << tr("%1 of %2").arg(formatCount(row + 1), formatCount(rowCount()));
    return parts.join(QStringLiteral(", "));
}

QVariant LabelTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_snapshot) return {};
    const LabelId id = labelAt(index.row());
    const tree::Label* label = m_snapshot->tree.find(id);
    if (!label) return {};
    const project::LabelCounts counts = m_snapshot->countsOf(id);
    const auto shown = [&]() -> QString {
        switch (Column(index.column())) {
            case NameColumn:
                return toQt(label->name);
            case PathColumn: {
                QStringList path = toQt(m_snapshot->tree.pathNames(id));
                path.removeLast();
                return path.join(QStringLiteral(" › "));
            }
            case LevelColumn:
                return QString::number(m_snapshot->tree.level(id));
            case DocumentsColumn:
                return formatCount(counts.documents);
            case MassColumn:
                return formatFigure(counts.mass);
            case TermsColumn:
                return termsText(*label);
            case StateColumn:
                return stateText(id);
            case ColumnCount:
                break;
        }
        return {};
    };
    switch (role) {
        case Qt::DisplayRole:
            return shown();
        case Qt::EditRole:
            return index.column() == NameColumn ? QVariant(toQt(label->name)) : QVariant(shown());
        case Qt::TextAlignmentRole:
            return headerData(index.column(), Qt::Horizontal, role);
        case Qt::ToolTipRole: {
            const QString path = toQt(m_snapshot->tree.pathNames(id)).join(QStringLiteral(" › "));
            const QString text = shown();
            return index.column() == NameColumn || index.column() == PathColumn || text.isEmpty() ? path : text;
        }
        case Qt::AccessibleTextRole: {
            if (index.column() == NameColumn) return accessibleText(id, index.row());
            const QString text = shown();
            return tr("%1: %2").arg(headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(),
                                    text.isEmpty() ? tr("none") : text);
        }
        case LabelTreeModel::LabelIdRole:
            return qint64(id.value);
        case LabelTreeModel::DocumentsRole:
            return qint64(counts.documents);
        case LabelTreeModel::MassRole:
            return counts.mass;
        case LabelTreeModel::ShareOfParentRole: {
            // Rows of all levels stand side by side: shares of one whole, not of each parent.
            return m_snapshot->documents > 0 ? double(counts.documents) / double(m_snapshot->documents) : 0.0;
        }
        case LabelTreeModel::FilterHitRole: {
            int length = 0;
            const int start = m_filter.isEmpty() ? -1 : foldedFind(toQt(label->name), m_filter, &length);
            return QVariant::fromValue(QPair<int, int>(start, start < 0 ? 0 : length));
        }
        case LabelTreeModel::LockedRole:
            return label->locked;
        case LabelTreeModel::NotedRole:
            return !label->note.empty();
        case LabelTreeModel::LevelRole:
            return m_snapshot->tree.level(id);
        default:
            return {};
    }
}

QVariant LabelTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const bool number = section == LevelColumn || section == DocumentsColumn || section == MassColumn;
    if (role == Qt::TextAlignmentRole) return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        if (section == DocumentsColumn) return tr("Documents whose label path goes through the label");
        if (section == MassColumn) return tr("Expected number of documents: the sum of their shares");
        if (section == TermsColumn) return tr("Terms that set the label apart from its siblings");
        return {};
    }
    if (role != Qt::DisplayRole) return {};
    switch (Column(section)) {
        case NameColumn:
            return tr("Label");
        case PathColumn:
            return tr("Path");
        case LevelColumn:
            return tr("Level");
        case DocumentsColumn:
            return tr("Documents");
        case MassColumn:
            return tr("Expected");
        case TermsColumn:
            return tr("Terms");
        case StateColumn:
            return tr("State");
        case ColumnCount:
            break;
    }
    return {};
}

Qt::ItemFlags LabelTableModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    const tree::Label* label = m_snapshot ? m_snapshot->tree.find(labelAt(index.row())) : nullptr;
    if (m_editable && label && !label->locked && index.column() == NameColumn) flags |= Qt::ItemIsEditable;
    return flags;
}

bool LabelTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable)) return false;
    const QString name = value.toString().trimmed();
    if (name.isEmpty() || name == data(index, Qt::EditRole).toString()) return false;
    Q_EMIT renameRequested(labelAt(index.row()), name);
    return true;
}

}  // namespace espalier::ui
