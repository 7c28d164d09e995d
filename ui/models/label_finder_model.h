// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/label_finder_model.h
/// Labels that match what was typed, best first, each with its path: behind every picker of labels and Go to.
#pragma once
#include <QAbstractListModel>
#include <QList>
#include <QStringList>
#include <functional>
#include <vector>

#include "core/project/tree_snapshot.h"

namespace espalier::ui {

class LabelFinderModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        LabelIdRole = Qt::UserRole,
        PathRole,       ///< "Soil › Peat", without the label itself
        PositionsRole,  ///< QList<int>: matched letters of the name
        RefusalRole,    ///< why it cannot be chosen; empty when it can
        DocumentsRole,
    };

    explicit LabelFinderModel(QObject* parent = nullptr);
    /// \param withRoot  the root may be chosen ("Top level")
    void setSnapshot(project::TreeSnapshotPtr snapshot, bool withRoot);
    /// Labels that cannot be chosen say why; they stay visible, so that nobody wonders where they are.
    void setRefusal(std::function<QString(LabelId)> refusal);
    void setPattern(const QString& pattern);
    QString pattern() const { return m_pattern; }
    LabelId labelAt(int row) const;
    double scoreAt(int row) const;  ///< of fuzzyScore(); 0 while nothing is typed

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    void rank();
    struct Row {
        LabelId id;
        double score = 0;
    };
    /// Folded once a snapshot, not once a letter typed.
    struct Folded {
        LabelId id;
        QString name, path;
        QStringList others;
    };
    project::TreeSnapshotPtr m_snapshot;
    std::vector<Folded> m_folded;  ///< outline order, with the root
    bool m_withRoot = false;
    std::function<QString(LabelId)> m_refusal;
    QString m_pattern;
    std::vector<Row> m_rows;
};

}  // namespace espalier::ui
