// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/history_model.h
/// The journal, newest first: what, who, when, and whether it is in effect. Interface thread only.
#pragma once
#include <QAbstractListModel>
#include <vector>

#include "core/project/journal.h"
#include "ui/session/project_session.h"

namespace espalier::ui {

class HistoryModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        WhatRole = Qt::UserRole,
        DetailRole,  ///< "NAME · today 14:03 · r17"
        UndoneRole,
        RevisionRole,
        KindRole,
        UndoableRole,
    };

    explicit HistoryModel(ProjectSession* session, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    const project::JournalEntry* entry(int row) const;

Q_SIGNALS:
    void loaded();

private:
    void reload();
    ProjectSession* m_session;
    quint64 m_generation = 0;
    std::vector<project::JournalEntry> m_entries;  ///< newest first
};

}  // namespace espalier::ui
