// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/proposed_changes_model.h"

#include <QStringList>
#include <algorithm>

#include "ui/session/text.h"
#include "ui/style/format.h"

namespace espalier::ui {
namespace {
constexpr std::size_t kTerms = 6;

QString placeOf(const std::vector<std::string>& path) {
    QStringList parents = toQt(path);
    if (!parents.isEmpty()) parents.removeLast();
    return parents.isEmpty() ? ProposedChangesModel::tr("the top") : parents.join(QStringLiteral(" › "));
}
}  // namespace

std::vector<ProposedChangesModel::Row> ProposedChangesModel::rowsOf(const project::ProposalDiff& diff) {
    std::vector<Row> rows;
    const auto add = [&rows](Change change, const std::vector<project::ProposedChange>& labels) {
        for (const project::ProposedChange& label : labels) rows.push_back({change, label, {}});
    };
    add(Change::Added, diff.added);
    add(Change::Removed, diff.removed);
    add(Change::Renamed, diff.renamed);
    std::vector<project::ProposedChange> moved;  // one that is renamed too has its row, which says both
    for (const project::ProposedChange& label : diff.moved)
        if (std::none_of(rows.begin(), rows.end(), [&](const Row& row) { return row.label.number == label.number; }))
            moved.push_back(label);
    add(Change::Moved, moved);
    add(Change::Refitted, diff.refitted);
    for (const project::ViolatedPin& pin : diff.pinsViolated) rows.push_back({Change::Pin, {}, pin});
    return rows;
}

void ProposedChangesModel::setDiff(const project::ProposalDiff& diff) {
    beginResetModel();
    m_kind = diff.kind;
    m_rows = rowsOf(diff);
    m_left.clear();
    m_names.clear();
    endResetModel();
}

void ProposedChangesModel::updateDiff(const project::ProposalDiff& diff) {
    // What is not taken may be told in another place, or not at all: the row stays where the user left it.
    std::vector<Row> now = rowsOf(diff);
    std::map<int, const Row*> byNumber;
    for (const Row& row : now)
        if (row.change != Change::Pin) byNumber.emplace(row.label.number, &row);
    for (Row& row : m_rows) {
        const auto found = row.change == Change::Pin ? byNumber.end() : byNumber.find(row.label.number);
        if (found == byNumber.end() || m_left.contains(row.label.number)) continue;  // what it would have, if taken
        row.label.documents = found->second->label.documents;
        row.label.documentsIn = found->second->label.documentsIn;
        row.label.documentsOut = found->second->label.documentsOut;
        row.label.typical = found->second->label.typical;
    }
    if (!m_rows.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void ProposedChangesModel::clear() {
    setDiff({});
}

project::Acceptance ProposedChangesModel::acceptance() const {
    project::Acceptance choice;
    choice.names = m_names;
    if (m_left.empty()) return choice;
    choice.take.emplace();
    for (const Row& row : m_rows)
        if (row.change != Change::Pin && !m_left.contains(row.label.number)) choice.take->push_back(row.label.number);
    return choice;
}

int ProposedChangesModel::parts() const {
    return int(std::count_if(m_rows.begin(), m_rows.end(), [](const Row& row) { return row.change != Change::Pin; }));
}

int ProposedChangesModel::taken() const {
    return parts() - int(m_left.size());
}

ProposedChangesModel::Change ProposedChangesModel::change(int row) const {
    return m_rows[std::size_t(row)].change;
}

const project::ProposedChange* ProposedChangesModel::label(int row) const {
    if (row < 0 || row >= rowCount() || change(row) == Change::Pin) return nullptr;
    return &m_rows[std::size_t(row)].label;
}

const project::ViolatedPin* ProposedChangesModel::pin(int row) const {
    if (row < 0 || row >= rowCount() || change(row) != Change::Pin) return nullptr;
    return &m_rows[std::size_t(row)].pin;
}

void ProposedChangesModel::setAllTaken(bool taken) {
    m_left.clear();
    if (!taken)
        for (const Row& row : m_rows)
            if (row.change != Change::Pin) m_left.insert(row.label.number);
    if (m_rows.empty()) return;
    Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Qt::CheckStateRole});
    Q_EMIT choiceChanged();
}

int ProposedChangesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

/// The user's own names are not the fit's to change; a label that goes or stays as it is has the name it has.
bool ProposedChangesModel::mayRename(const Row& row) const {
    return row.change == Change::Added || row.change == Change::Renamed;
}

QString ProposedChangesModel::nameOf(const Row& row) const {
    const auto own = m_names.find(row.label.number);
    return toQt(own != m_names.end() ? own->second : row.label.name);
}

QString ProposedChangesModel::detailOf(const Row& row) const {
    QStringList parts;
    switch (row.change) {
        case Change::Added:
            if (m_kind == project::ProposalKind::Refit) parts << tr("New in %1").arg(placeOf(row.label.path));
            break;
        case Change::Removed:
            parts << tr("Goes; its documents go to the others");
            break;
        case Change::Renamed:
            parts << tr("Was “%1”").arg(toQt(row.label.nameBefore));
            if (placeOf(row.label.pathBefore) != placeOf(row.label.path))
                parts << tr("from %1 to %2").arg(placeOf(row.label.pathBefore), placeOf(row.label.path));
            break;
        case Change::Moved:
            parts << tr("From %1 to %2").arg(placeOf(row.label.pathBefore), placeOf(row.label.path));
            break;
        case Change::Refitted:
            parts << (row.label.documentsIn + row.label.documentsOut > 0
                          ? tr("%1 in, %2 out")
                                .arg(formatCount(row.label.documentsIn), formatCount(row.label.documentsOut))
                          : tr("Other terms"));
            break;
        case Change::Pin:
            return tr("The pin holds all the same");
    }
    QStringList terms;
    for (const tree::Term& term : row.label.terms)
        if (std::size_t(terms.size()) < kTerms) terms << toQt(term.text);
    if (!terms.isEmpty()) parts << terms.join(QStringLiteral(", "));
    return parts.join(QStringLiteral(" · "));
}

QString ProposedChangesModel::countOf(const Row& row) const {
    if (row.change == Change::Pin) return {};
    if (row.change == Change::Added || row.change == Change::Removed) return formatCount(row.label.documents);
    return row.label.documents == row.label.documentsBefore
               ? formatCount(row.label.documents)
               : tr("%1 → %2").arg(formatCount(row.label.documentsBefore), formatCount(row.label.documents));
}

QVariant ProposedChangesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = m_rows[std::size_t(index.row())];
    const bool isPin = row.change == Change::Pin;
    switch (role) {
        case Qt::DisplayRole:
            return isPin ? toQt(row.pin.text) : nameOf(row);
        case Qt::EditRole:
            return nameOf(row);
        case Qt::CheckStateRole:
            if (isPin) return {};
            return m_left.contains(row.label.number) ? Qt::Unchecked : Qt::Checked;
        case DetailRole:
            return detailOf(row);
        case CountRole:
            return countOf(row);
        case Qt::ToolTipRole:
            return isPin
                       ? toQt(row.pin.text)
                       : QStringLiteral("%1\n%2").arg(toQt(row.label.path).join(QStringLiteral(" › ")), detailOf(row));
        case Qt::AccessibleTextRole: {
            if (isPin) return QStringLiteral("%1. %2").arg(toQt(row.pin.text), detailOf(row));
            const QString state = m_left.contains(row.label.number) ? tr("not taken") : tr("taken");
            return tr("%1, %2, %3, %4 documents").arg(nameOf(row), state, detailOf(row), countOf(row));
        }
        case IconRole:
            switch (row.change) {
                case Change::Added:
                    return QStringLiteral("add-child");
                case Change::Removed:
                    return QStringLiteral("retire");
                case Change::Renamed:
                    return QStringLiteral("edit");
                case Change::Moved:
                    return QStringLiteral("move");
                case Change::Refitted:
                    return QStringLiteral("refresh");
                case Change::Pin:
                    return row.pin.must ? QStringLiteral("pin") : QStringLiteral("pin-not");
            }
            return {};
        default:
            return {};
    }
}

bool ProposedChangesModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || index.row() >= rowCount()) return false;
    const Row& row = m_rows[std::size_t(index.row())];
    if (row.change == Change::Pin) return false;
    if (role == Qt::CheckStateRole) {
        if (value.toInt() == Qt::Checked)
            m_left.erase(row.label.number);
        else
            m_left.insert(row.label.number);
    } else if (role == Qt::EditRole && mayRename(row)) {
        const QString name = value.toString().simplified();
        if (name.isEmpty() || name == nameOf(row)) return false;
        if (name == toQt(row.label.name))
            m_names.erase(row.label.number);
        else
            m_names.insert_or_assign(row.label.number, fromQt(name));
    } else {
        return false;
    }
    Q_EMIT dataChanged(index, index);
    Q_EMIT choiceChanged();
    return true;
}

Qt::ItemFlags ProposedChangesModel::flags(const QModelIndex& index) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = m_rows[std::size_t(index.row())];
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (row.change != Change::Pin) flags |= Qt::ItemIsUserCheckable;
    if (mayRename(row)) flags |= Qt::ItemIsEditable;
    return flags;
}

}  // namespace espalier::ui
