// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/training/runs_model.h
/// The training runs of the project, newest first. Interface thread.
#pragma once
#include <QAbstractTableModel>
#include <QHash>
#include <QString>
#include <vector>

#include "core/project/run_info.h"

namespace espalier::ui {

class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, State, Step, Loss, Revision, Note, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    /// \param revision  the last that changed the tree: runs from before it say so
    void setRuns(const std::vector<project::RunInfo>& runs, qint64 revision);
    /// Live figures of a running one, until the next setRuns().
    void setLive(const QString& run, const QString& state, qint64 step, double loss);
    const project::RunInfo* run(int row) const;
    int rowOf(const QString& name) const;  ///< -1 when there is none
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    static QString stateText(project::RunState state);

private:
    struct Live {
        QString state;
        qint64 step = 0;
        double loss = 0;
    };
    std::vector<project::RunInfo> m_runs;
    QHash<QString, Live> m_live;
    qint64 m_revision = 0;
};

}  // namespace espalier::ui
