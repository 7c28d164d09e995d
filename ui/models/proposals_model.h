// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/proposals_model.h
/// What others want of the tree and an expert must decide: conflicts of merged taxonomies, and splits and re-fits that
/// jobs left in their folders. Read on the session's lane whenever the tree changes. Interface thread only.
#pragma once
#include <QAbstractListModel>
#include <QStringList>
#include <vector>

#include "core/project/proposal.h"
#include "core/project/tree_import.h"
#include "ui/session/project_session.h"

namespace espalier::ui {

class ProposalsModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        IconRole = Qt::UserRole,  ///< name of an icon
        DetailRole,               ///< second line: "Here “Peat”, in bog.ttl “Bog”"
    };
    /// Of a merge: `label` and `field` name it. Of a job: `folder` does.
    struct Proposal {
        bool isJob = false;
        LabelId label;  ///< it is about; none where that is no more
        std::string field;
        QString folder;
        project::ProposalKind kind = project::ProposalKind::Split;
        bool stale = false;  ///< of a job: the tree changed since, it can only be dropped
        QString what;        ///< "Rename Soil › Peat to “Bog”?"
        QString ours;        ///< as the tree has it
        QString theirs;      ///< as it would be
        QString source;      ///< file, or revision it was computed from
    };

    explicit ProposalsModel(ProjectSession* session, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    const Proposal* proposal(int row) const;
    int rowOf(const Proposal& proposal) const;  ///< -1: it is no more

public Q_SLOTS:
    void reload();

Q_SIGNALS:
    void loaded();
    void readFailed(const espalier::Error& error);

private:
    struct Read {
        std::vector<project::MergeProposal> conflicts;
        std::vector<project::WaitingProposal> waiting;
    };
    void take(const Read& read);
    ProjectSession* m_session;
    std::vector<Proposal> m_proposals;
};

}  // namespace espalier::ui
