// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/proposals_model.h"

#include "ui/style/format.h"

namespace espalier::ui {
namespace {

QString oneLine(const QString& text) {
    return text.simplified();
}

ProposalsModel::Proposal ofConflict(const project::MergeProposal& conflict) {
    ProposalsModel::Proposal made;
    made.label = conflict.label;
    made.field = conflict.field;
    made.ours = toQt(conflict.ours);
    made.theirs = toQt(conflict.theirs);
    made.source = toQt(conflict.source);
    const QString path = toQt(conflict.path).join(QStringLiteral(" › "));
    if (conflict.field == "name")
        made.what = ProposalsModel::tr("Rename %1 to “%2”").arg(path, made.theirs);
    else if (conflict.field == "note")
        made.what = ProposalsModel::tr("Change the note of %1").arg(path);
    else if (conflict.field == "parent")
        made.what = ProposalsModel::tr("Move %1 into %2").arg(path, made.theirs);
    else if (conflict.field == "retire")
        made.what = ProposalsModel::tr("Retire %1").arg(path);
    else
        made.what = ProposalsModel::tr("Change %1").arg(path);
    if (conflict.field == "retire") {
        made.ours = ProposalsModel::tr("the label is there");
        made.theirs = ProposalsModel::tr("the file leaves it out");
    }
    if (made.ours.isEmpty()) made.ours = ProposalsModel::tr("nothing");
    if (made.theirs.isEmpty()) made.theirs = ProposalsModel::tr("nothing");
    return made;
}

ProposalsModel::Proposal ofJob(const project::WaitingProposal& waiting) {
    ProposalsModel::Proposal made;
    made.isJob = true;
    made.kind = waiting.kind;
    made.folder = fromPath(waiting.folder);
    if (!waiting.path.empty()) made.label = waiting.label;
    made.stale = waiting.stale;
    const QString path = waiting.path.empty() ? ProposalsModel::tr("a label that is no more")
                                              : toQt(waiting.path).join(QStringLiteral(" › "));
    made.what = waiting.kind == project::ProposalKind::Split
                    ? ProposalsModel::tr("Split %1 into %n label(s)", nullptr, int(waiting.labels)).arg(path)
                    : ProposalsModel::tr("Re-fit %1: %n label(s)", nullptr, int(waiting.labels)).arg(path);
    made.source = ProposalsModel::tr("r%1").arg(waiting.fromRevision);
    return made;
}

}  // namespace

ProposalsModel::ProposalsModel(ProjectSession* session, QObject* parent)
    : QAbstractListModel(parent), m_session(session) {
    connect(session, &ProjectSession::opened, this, &ProposalsModel::reload);
    connect(session, &ProjectSession::treeChanged, this, &ProposalsModel::reload);
    connect(session, &ProjectSession::closed, this, [this] { take({}); });
    if (session->isOpen()) reload();
}

void ProposalsModel::reload() {
    if (!m_session->isOpen()) return;
    m_session->read<Read>(
        [](project::Project& project, jobs::JobContext&) -> Result<Read> {
            Read read;
            ESPALIER_ASSIGN(read.conflicts, project.mergeProposals());
            ESPALIER_ASSIGN(read.waiting, project.waitingProposals());
            return read;
        },
        [this](const Result<Read>& read) {
            if (wasCancelled(read)) return;
            if (read)
                take(*read);
            else
                Q_EMIT readFailed(read.error());
        },
        this, this);
}

void ProposalsModel::take(const Read& read) {
    beginResetModel();
    m_proposals.clear();
    for (const auto& waiting : read.waiting) m_proposals.push_back(ofJob(waiting));
    for (const auto& conflict : read.conflicts) m_proposals.push_back(ofConflict(conflict));
    endResetModel();
    Q_EMIT loaded();
}

int ProposalsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_proposals.size());
}

const ProposalsModel::Proposal* ProposalsModel::proposal(int row) const {
    return row >= 0 && row < rowCount() ? &m_proposals[std::size_t(row)] : nullptr;
}

int ProposalsModel::rowOf(const Proposal& wanted) const {
    for (int row = 0; row < rowCount(); ++row) {
        const Proposal& one = m_proposals[std::size_t(row)];
        if (one.isJob == wanted.isJob && one.folder == wanted.folder && one.field == wanted.field &&
            (one.isJob || one.label == wanted.label))
            return row;
    }
    return -1;
}

QVariant ProposalsModel::data(const QModelIndex& index, int role) const {
    const Proposal* one = index.isValid() ? proposal(index.row()) : nullptr;
    if (!one) return {};
    const QString detail = one->isJob
                               ? (one->stale ? tr("Computed from %1; the tree changed since").arg(one->source)
                                             : tr("Computed from %1").arg(one->source))
                               : tr("Here: %1 · in %2: %3").arg(oneLine(one->ours), one->source, oneLine(one->theirs));
    switch (role) {
        case Qt::DisplayRole:
            return one->what;
        case DetailRole:
            return detail;
        case Qt::ToolTipRole:
            return one->what + u'\n' + detail;
        case Qt::AccessibleTextRole:
            return tr("%1, %2, %3 of %4").arg(one->what, detail, formatCount(index.row() + 1), formatCount(rowCount()));
        case IconRole:
            if (one->isJob) return QStringLiteral("branch");
            return one->field == "parent"   ? QStringLiteral("move")
                   : one->field == "retire" ? QStringLiteral("retire")
                   : one->field == "note"   ? QStringLiteral("note")
                                            : QStringLiteral("edit");
        default:
            return {};
    }
}

}  // namespace espalier::ui
