// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/go_to_model.h
/// Labels and documents that match what was typed, under two headings with their numbers: behind Go to.
///
/// Labels are there at once; documents come from the reading lane and are appended, so that a row that was chosen
/// meanwhile stays chosen. Interface thread only.
#pragma once
#include <QAbstractListModel>
#include <QString>
#include <vector>

#include "ui/models/document_finder.h"
#include "ui/models/label_finder_model.h"

namespace espalier::ui {

class GoToModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum class Kind { Heading, Label, Document };
    enum class Scope { Everything, Labels, Documents };
    /// Besides the roles of LabelFinderModel, which mean the same for documents (LabelIdRole: the label it is under).
    enum Role {
        KindRole = LabelFinderModel::DocumentsRole + 1,  ///< int(Kind)
        DocumentKeyRole,                                 ///< qint64; 0 for a label
        IdRole,                                          ///< of a document whose title is not its id; else empty
    };

    GoToModel(ProjectSession* session, DocumentFinder* documents, QObject* parent = nullptr);

    void setPattern(const QString& pattern);
    QString pattern() const { return m_labels->pattern(); }
    void setScope(Scope scope);
    Scope scope() const { return m_scope; }

    bool searching() const { return m_searching; }  ///< documents are still being looked for
    qint64 labelsFound() const;
    qint64 documentsFound() const { return m_documents.total; }
    /// The row that Enter means: what matches best; -1 without any.
    int bestRow() const;
    Kind kindAt(int row) const;
    LabelId labelAt(int row) const;         ///< of a label row, else none
    DocumentKey documentAt(int row) const;  ///< of a document row, else none
    LabelId homeOf(int row) const;          ///< label of a document row, or none

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

Q_SIGNALS:
    void documentsCame();  ///< searching() ended

private:
    struct Row {
        Kind kind = Kind::Heading;
        int at = 0;  ///< row of the label model, place in m_documents, or 0 and 1 for the headings
    };
    void ask();
    void refill();
    std::vector<Row> labelRows() const;
    std::vector<Row> documentRows() const;
    QVariant headingData(int which, int role) const;
    QVariant documentData(const DocumentFinder::Document& document, int role) const;

    ProjectSession* m_session;
    DocumentFinder* m_finder;
    LabelFinderModel* m_labels;
    DocumentFinder::Answer m_documents;
    std::vector<Row> m_rows;
    Scope m_scope = Scope::Everything;
    bool m_searching = false;
};

}  // namespace espalier::ui
