// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/label_finder_model.h"

#include <algorithm>

#include "ui/models/fuzzy.h"
#include "ui/session/text.h"
#include "ui/style/format.h"

namespace espalier::ui {
namespace {
constexpr double kPathWeight = 0.4;  // a hit in the path alone ranks below any hit in the name
}

LabelFinderModel::LabelFinderModel(QObject* parent) : QAbstractListModel(parent) {}

void LabelFinderModel::setSnapshot(project::TreeSnapshotPtr snapshot, bool withRoot) {
    m_snapshot = std::move(snapshot);
    m_withRoot = withRoot;
    m_folded.clear();
    if (m_snapshot) {
        const tree::LabelTree& tree = m_snapshot->tree;
        for (const LabelId id : tree.depthFirst()) {
            const tree::Label& label = tree.at(id);
            Folded folded{id,
                          foldForSearch(toQt(label.name)),
                          foldForSearch(toQt(tree.pathNames(id)).join(QStringLiteral(" "))),
                          {}};
            for (const std::string& other : label.alternativeNames) folded.others << foldForSearch(toQt(other));
            m_folded.push_back(std::move(folded));
        }
    }
    rank();
}

void LabelFinderModel::setRefusal(std::function<QString(LabelId)> refusal) {
    m_refusal = std::move(refusal);
    rank();
}

void LabelFinderModel::setPattern(const QString& pattern) {
    if (pattern == m_pattern) return;
    m_pattern = pattern;
    rank();
}

void LabelFinderModel::rank() {
    beginResetModel();
    m_rows.clear();
    const FuzzyNeedle needle(m_pattern);
    for (const Folded& label : m_folded) {
        if (label.id == m_snapshot->tree.root() && !m_withRoot) continue;
        Row row{label.id, 0};
        if (!needle.empty()) {
            row.score = needle.score(label.name);
            for (const QString& other : label.others) row.score = std::max(row.score, needle.score(other));
            if (row.score <= 0) row.score = kPathWeight * needle.score(label.path);
            if (row.score <= 0) continue;
        }
        m_rows.push_back(row);
    }
    std::stable_sort(m_rows.begin(), m_rows.end(), [](const Row& a, const Row& b) { return a.score > b.score; });
    endResetModel();
}

double LabelFinderModel::scoreAt(int row) const {
    return row >= 0 && row < rowCount() ? m_rows[std::size_t(row)].score : 0;
}

LabelId LabelFinderModel::labelAt(int row) const {
    return row >= 0 && row < rowCount() ? m_rows[std::size_t(row)].id : LabelId{};
}

int LabelFinderModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant LabelFinderModel::data(const QModelIndex& index, int role) const {
    const LabelId id = index.isValid() ? labelAt(index.row()) : LabelId{};
    const tree::Label* label = id && m_snapshot ? m_snapshot->tree.find(id) : nullptr;
    if (!label) return {};
    const bool root = id == m_snapshot->tree.root();
    QStringList path = toQt(m_snapshot->tree.pathNames(id));
    if (!path.isEmpty()) path.removeLast();
    const QString name = root ? tr("Top level") : toQt(label->name);
    switch (role) {
        case Qt::DisplayRole:
            return name;
        case PathRole:
            return path.join(QStringLiteral(" › "));
        case PositionsRole: {
            QList<int> positions;
            fuzzyScore(m_pattern, name, &positions);
            return QVariant::fromValue(positions);
        }
        case RefusalRole:
            return m_refusal ? m_refusal(id) : QString();
        case LabelIdRole:
            return qint64(id.value);
        case DocumentsRole:
            return qint64(m_snapshot->countsOf(id).documents);
        case Qt::AccessibleTextRole: {
            QStringList parts{name};
            if (!path.isEmpty()) parts << tr("in %1").arg(path.join(QStringLiteral(", ")));
            parts << tr("%1 documents").arg(formatCount(m_snapshot->countsOf(id).documents));
            if (const QString why = m_refusal ? m_refusal(id) : QString(); !why.isEmpty()) parts << why;
            return parts.join(QStringLiteral(", "));
        }
        case Qt::ToolTipRole: {
            const QString why = m_refusal ? m_refusal(id) : QString();
            return why.isEmpty() ? (path + QStringList{name}).join(QStringLiteral(" › ")) : why;
        }
        default:
            return {};
    }
}

Qt::ItemFlags LabelFinderModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    const bool refused = m_refusal && !m_refusal(labelAt(index.row())).isEmpty();
    return refused ? Qt::ItemFlags(Qt::ItemIsSelectable) : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

}  // namespace espalier::ui
