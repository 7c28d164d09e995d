// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/history_model.h"

#include <algorithm>

#include "ui/style/format.h"

namespace espalier::ui {

HistoryModel::HistoryModel(ProjectSession* session, QObject* parent) : QAbstractListModel(parent), m_session(session) {
    connect(session, &ProjectSession::treeChanged, this, &HistoryModel::reload);
    connect(session, &ProjectSession::documentsChanged, this, &HistoryModel::reload);
    connect(session, &ProjectSession::runsChanged, this, &HistoryModel::reload);
    connect(session, &ProjectSession::closed, this, [this] {
        ++m_generation;
        beginResetModel();
        m_entries.clear();
        endResetModel();
        Q_EMIT loaded();
    });
    if (session->isOpen()) reload();
}

void HistoryModel::reload() {
    const quint64 generation = ++m_generation;
    m_session->history(
        [this, generation](Result<std::vector<project::JournalEntry>> entries) {
            if (!entries || generation != m_generation) return;
            beginResetModel();
            m_entries = std::move(entries).value();
            std::reverse(m_entries.begin(), m_entries.end());
            endResetModel();
            Q_EMIT loaded();
        },
        this);
}

int HistoryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_entries.size());
}

const project::JournalEntry* HistoryModel::entry(int row) const {
    return row >= 0 && row < rowCount() ? &m_entries[std::size_t(row)] : nullptr;
}

QVariant HistoryModel::data(const QModelIndex& index, int role) const {
    const project::JournalEntry* entry = index.isValid() ? this->entry(index.row()) : nullptr;
    if (!entry) return {};
    const QString what = toQt(entry->what);
    const QString detail =
        tr("%1 · %2 · r%3").arg(toQt(entry->actor), formatTime(toQt(entry->time))).arg(entry->revision);
    switch (role) {
        case Qt::DisplayRole:
        case WhatRole:
            return what;
        case DetailRole:
            return entry->undone ? tr("%1 · undone").arg(detail) : detail;
        case Qt::ToolTipRole:
            return what + u'\n' + detail;
        case Qt::AccessibleTextRole:
            return tr("%1, by %2, %3, revision %4%5")
                .arg(what, toQt(entry->actor), formatTime(toQt(entry->time)))
                .arg(entry->revision)
                .arg(entry->undone ? tr(", undone") : QString());
        case UndoneRole:
            return entry->undone;
        case RevisionRole:
            return qint64(entry->revision);
        case KindRole:
            return toQt(entry->kind);
        case UndoableRole:
            return entry->undoable;
        default:
            return {};
    }
}

}  // namespace espalier::ui
