// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/document_finder.h
/// Finds documents by a few letters of their id or title, each with its label, among hundreds of thousands.
///
/// The names of all documents are read and folded once, on the session's reading lane, when first asked for, and again
/// after documents came. A question that a newer one replaced ends within a few thousand documents and its answer is
/// not delivered. Interface thread only.
#pragma once
#include <QObject>
#include <QString>
#include <functional>
#include <memory>
#include <vector>

#include "core/project/document_query.h"
#include "ui/session/project_session.h"

namespace espalier::ui {

/// Names of all documents in a form that is quick to search. Immutable; any thread.
class DocumentCatalogue {
public:
    explicit DocumentCatalogue(const std::vector<project::DocumentName>& names);
    qint64 size() const { return qint64(m_entries.size()); }

    struct Hit {
        qint64 row = 0;  ///< of the catalogue
        double score = 0;
    };
    /// Best first, ties by id. Letters that are merely scattered over a text do not count as a hit.
    /// \param most    hits returned at most
    /// \param total   gets the number of all hits
    /// \param stop    asked now and then; true ends the search with what there is
    std::vector<Hit> find(const QString& pattern, std::size_t most, qint64* total,
                          const std::function<bool()>& stop = {}) const;
    DocumentKey key(qint64 row) const { return m_entries[std::size_t(row)].key; }
    QString id(qint64 row) const;
    QString title(qint64 row) const;  ///< the id where there is no title

private:
    struct Entry {
        DocumentKey key;
        quint64 letters = 0;
        std::string id, title;
        qsizetype idAt = 0, titleAt = 0, end = 0;  ///< places in m_folded
    };
    std::vector<Entry> m_entries;  ///< ascending id bytes
    QString m_folded;
};

class DocumentFinder : public QObject {
    Q_OBJECT
public:
    struct Document {
        DocumentKey key;
        QString id, title;
        LabelId label;  ///< end of its hard path, or none
        double score = 0;
    };
    struct Answer {
        QString pattern;
        qint64 total = 0;  ///< all documents that match
        std::vector<Document> documents;
    };
    static constexpr std::size_t kMost = 200;

    explicit DocumentFinder(ProjectSession* session, QObject* parent = nullptr);
    /// Reads the names ahead of the first question.
    void prepare();
    /// Answers once, unless another question, another project or the end of `context` comes first.
    void find(const QString& pattern, std::function<void(const Answer&)> done, const QObject* context);
    void cancel();

private:
    struct Names {
        std::shared_ptr<const DocumentCatalogue> catalogue;  ///< touched on the reading lane only
    };
    static Result<std::shared_ptr<const DocumentCatalogue>> catalogue(const std::shared_ptr<Names>& names,
                                                                      project::Project& project);
    ProjectSession* m_session;
    std::shared_ptr<Names> m_names = std::make_shared<Names>();
    quint64 m_question = 0;
};

}  // namespace espalier::ui
