// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/proposed_changes_model.h
/// What a split or re-fit would change, one row a label, to check and to rename; below them the pins that the fit
/// disagrees with. A diff that was asked for with another choice of the rows goes into the same rows. Interface thread
/// only.
#pragma once
#include <QAbstractListModel>
#include <QString>
#include <map>
#include <set>
#include <vector>

#include "core/project/proposal.h"

namespace espalier::ui {

class ProposedChangesModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        IconRole = Qt::UserRole,  ///< name of an icon
        DetailRole,               ///< second line: what happens to the label, its terms
        CountRole,                ///< "120 documents", "120 → 97 documents"
    };
    enum class Change { Added, Removed, Renamed, Moved, Refitted, Pin };

    using QAbstractListModel::QAbstractListModel;
    /// Another proposal: everything is taken, nothing renamed.
    void setDiff(const project::ProposalDiff& diff);
    /// The same proposal under acceptance(): rows and checks stay.
    void updateDiff(const project::ProposalDiff& diff);
    void clear();

    project::Acceptance acceptance() const;
    int taken() const;  ///< rows that are checked
    int parts() const;  ///< rows that can be
    Change change(int row) const;
    const project::ProposedChange* label(int row) const;  ///< nullptr for a pin
    const project::ViolatedPin* pin(int row) const;       ///< nullptr for a label
    void setAllTaken(bool taken);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

Q_SIGNALS:
    void choiceChanged();  ///< a row was checked, unchecked or renamed by the user

private:
    struct Row {
        Change change = Change::Added;
        project::ProposedChange label;
        project::ViolatedPin pin;
    };
    static std::vector<Row> rowsOf(const project::ProposalDiff& diff);
    bool mayRename(const Row& row) const;
    QString nameOf(const Row& row) const;
    QString detailOf(const Row& row) const;
    QString countOf(const Row& row) const;

    project::ProposalKind m_kind = project::ProposalKind::Split;
    std::vector<Row> m_rows;
    std::set<int> m_left;  ///< numbers that are not taken
    std::map<int, std::string> m_names;
};

}  // namespace espalier::ui
