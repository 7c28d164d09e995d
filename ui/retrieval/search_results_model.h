// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/retrieval/search_results_model.h
/// Hits and facets of one answer. Interface thread.
#pragma once
#include <QAbstractListModel>
#include <QJsonObject>
#include <QStringList>
#include <vector>

#include "core/base/ids.h"
#include "core/project/tree_snapshot.h"

namespace espalier::ui {

struct Hit {
    int rank = 0;
    QString id, title, snippet;
    double score = 0;
    QStringList path;
    LabelId label;  ///< end of the path in the tree now; none when it is gone
};

struct Facet {
    LabelId label;
    QString name;
    qint64 count = 0;
    int level = 0;
    LabelId parent;
};

struct SearchAnswer {
    QString query, model, mode;
    QStringList branch;
    qint64 matches = 0;    ///< in the branch
    qint64 elsewhere = 0;  ///< outside it
    double ms = 0;
    std::vector<Hit> hits;
    std::vector<Facet> facets;  ///< most first; a label before those below it
};

/// \param tree  to find the labels of the paths in; may be null
SearchAnswer readAnswer(const QJsonObject& object, const project::TreeSnapshotPtr& tree);

/// Places of the query's words in a text, for highlighting: start and length, ascending, whole words or beginnings.
QList<QPair<int, int>> queryWordsIn(const QString& text, const QString& query);

class SearchResultsModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { IdRole = Qt::UserRole, ScoreRole, PathRole, LabelRole, SnippetRole, RankRole };
    using QAbstractListModel::QAbstractListModel;
    /// The same hits in the same order keep the selection: only what a row shows may have changed.
    void setHits(std::vector<Hit> hits, const QString& query);
    const QString& query() const { return m_query; }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<Hit> m_hits;
    QString m_query;
};

}  // namespace espalier::ui
