// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/document_list_model.h
/// The documents of a branch as a list of any length: rows are fetched by the page when a view asks for them.
///
/// A page is asked for once; answers to a question that is no longer current are dropped. After an edit the shown rows
/// stay until the new ones are there, so nothing flickers. Interface thread only; reading happens on the session's
/// lane.
#pragma once
#include <QAbstractListModel>
#include <QHash>
#include <QSet>
#include <QTimer>
#include <memory>
#include <vector>

#include "core/project/document_query.h"
#include "ui/session/project_session.h"

namespace espalier::ui {

class DocumentListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        KeyRole = Qt::UserRole,  ///< qint64; 0 while the row is not there yet
        IdRole,
        TitleRole,
        ShareRole,        ///< double in [0, 1]
        HardLabelRole,    ///< qint64, end of the hard path; 0 none
        HardPathRole,     ///< "Soil › Peat"
        SecondLabelRole,  ///< qint64; 0 none
        SecondNameRole,
        SecondShareRole,
        LoadedRole,       ///< bool
        PinnedRole,       ///< bool: an expert said something of it
        BeforeRole,       ///< SmartList::Moved: "Soil › Peat", where it was; empty: not placed then
        CopiesRole,       ///< SmartList::Duplicates: QStringList, ids of the rows that import left out
        TitleHitsRole,    ///< QList<QPair<int,int>>: start and length of terms in the title
        SnippetRole,      ///< a sentence of the text
        SnippetHitsRole,  ///< as TitleHitsRole
    };
    static constexpr int kPageRows = 100;

    explicit DocumentListModel(ProjectSession* session, QObject* parent = nullptr);

    /// Offset and limit are the model's own. Starts reading.
    void setQuery(const project::DocumentQuery& query);
    const project::DocumentQuery& query() const { return m_query; }
    void clear();

    bool loading() const { return m_loading; }  ///< the first page of the current question is not there yet
    qint64 total() const { return m_total; }
    DocumentKey keyAt(int row) const;
    int rowOf(DocumentKey key) const;  ///< among loaded rows; -1 otherwise
    /// Reads the page that a document is on, wherever in the list that is; located() follows when it is there.
    void locate(DocumentKey key);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

Q_SIGNALS:
    void loadingChanged();
    /// The answer to the current question came (or failed): total(), rows.
    void loaded();
    void located(espalier::DocumentKey key, int row);
    void readFailed(const espalier::Error& error);

private:
    void reload();
    void fetch(int page) const;
    struct Located {
        std::int64_t row = -1;  ///< -1: not in the list
        project::DocumentPage page;
    };
    void takePage(int page, std::vector<project::DocumentRow> rows);
    void takeFirst(Result<project::DocumentPage> page);
    const project::DocumentRow* rowAt(int row) const;
    QString pathText(const std::vector<LabelId>& labels) const;
    QString nameOf(LabelId label) const;
    bool pinned(DocumentKey key) const;

    ProjectSession* m_session;
    project::DocumentQuery m_query;
    bool m_active = false;
    bool m_loading = false;
    qint64 m_total = 0;
    quint64 m_generation = 0;
    QTimer m_reload;
    mutable QHash<int, std::vector<project::DocumentRow>> m_pages;
    mutable QSet<int> m_asked;
};

}  // namespace espalier::ui
