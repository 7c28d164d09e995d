// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/training/runs_model.h"

#include <QColor>
#include <QFont>
#include <cmath>

#include "ui/session/text.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {

void RunsModel::setRuns(const std::vector<project::RunInfo>& runs, qint64 revision) {
    beginResetModel();
    m_runs.assign(runs.rbegin(), runs.rend());
    m_live.clear();
    m_revision = revision;
    endResetModel();
}

void RunsModel::setLive(const QString& run, const QString& state, qint64 step, double loss) {
    const int row = rowOf(run);
    if (row < 0) return;
    m_live.insert(run, {state, step, loss});
    Q_EMIT dataChanged(index(row, State), index(row, Loss));
}

const project::RunInfo* RunsModel::run(int row) const {
    return row >= 0 && row < int(m_runs.size()) ? &m_runs[std::size_t(row)] : nullptr;
}

int RunsModel::rowOf(const QString& name) const {
    for (std::size_t i = 0; i < m_runs.size(); ++i)
        if (toQt(m_runs[i].name) == name) return int(i);
    return -1;
}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_runs.size());
}
int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString RunsModel::stateText(project::RunState state) {
    switch (state) {
        case project::RunState::Running:
            return tr("Running");
        case project::RunState::Done:
            return tr("Done");
        case project::RunState::Stopped:
            return tr("Stopped");
        case project::RunState::Interrupted:
            return tr("Interrupted");
        case project::RunState::Failed:
            return tr("Failed");
    }
    return {};
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const project::RunInfo& run = m_runs[std::size_t(index.row())];
    const auto live = m_live.constFind(toQt(run.name));
    const bool isLive = live != m_live.constEnd();
    const bool older = run.fromRevision < m_revision;
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case Name:
                    return run.inUse ? tr("%1 (in use)").arg(toQt(run.name)) : toQt(run.name);
                case State:
                    return isLive ? live->state : stateText(run.state);
                case Step:
                    return formatCount(isLive ? live->step : run.step);
                case Loss:
                    return formatFigure(isLive ? live->loss : run.loss);
                case Revision:
                    return tr("r%1").arg(older ? run.fromRevision : m_revision);
                case Note:
                    return toQt(run.note);
                default:
                    return {};
            }
        case Qt::ToolTipRole:
            if (index.column() == Revision)
                return older ? tr("Trained on tree revision %1; the tree is at %2 now.")
                                   .arg(run.fromRevision)
                                   .arg(m_revision)
                             : tr("Trained on the tree as it is now.");
            if (index.column() == Note && !run.note.empty()) return toQt(run.note);
            return tr("%1, made %2").arg(toQt(run.name), formatTime(toQt(run.created)));
        case Qt::DecorationRole:
            if (index.column() == Name) return icon(run.inUse ? QStringLiteral("check") : QStringLiteral("model"));
            if (index.column() == State && !isLive && run.state == project::RunState::Failed)
                return icon(QStringLiteral("error"), ColorRole::Error);
            if (index.column() == State && !isLive && run.state == project::RunState::Interrupted)
                return icon(QStringLiteral("warning"), ColorRole::Warning);
            if (index.column() == Revision && older) return icon(QStringLiteral("clock"));
            return {};
        case Qt::FontRole:
            if (index.column() == Name && run.inUse) return theme().font(TextRole::Strong);
            return {};
        case Qt::ForegroundRole:
            if (index.column() == Note) return theme().color(ColorRole::Muted);
            return {};
        case Qt::TextAlignmentRole:
            return int(index.column() == Step || index.column() == Loss ? Qt::AlignRight | Qt::AlignVCenter
                                                                        : Qt::AlignLeft | Qt::AlignVCenter);
        default:
            return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int(section == Step || section == Loss ? Qt::AlignRight | Qt::AlignVCenter
                                                      : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Name:
            return tr("Run");
        case State:
            return tr("State");
        case Step:
            return tr("Step");
        case Loss:
            return tr("Loss");
        case Revision:
            return tr("Tree");
        case Note:
            return tr("Note");
        default:
            return {};
    }
}

}  // namespace espalier::ui
