// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/corpus/import_preview.h
/// The first rows of what would be imported, read by the same parser as the import itself. No widgets; runs on a lane.
#pragma once
#include <QAbstractTableModel>
#include <QString>
#include <QStringList>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/job_context.h"
#include "core/text/corpus_reader.h"

namespace espalier::ui {

struct PreviewRow {
    text::CorpusRow::Kind kind = text::CorpusRow::Kind::Document;
    qint64 line = 0;  ///< 1-based, 0 = a whole file
    QString id;       ///< as it will be stored
    bool derivedId = false;
    QString title, text, labels;  ///< text: its beginning, on one line
    QString reason;               ///< why it is rejected
    QString source;               ///< file name
};

struct ImportPreview {
    std::vector<PreviewRow> rows;                   ///< the first ones
    qint64 documents = 0, empty = 0, rejected = 0;  ///< among all rows that were looked at
    qint64 looked() const { return documents + empty + rejected; }
    bool complete = false;     ///< all there are were looked at
    qint64 estimatedRows = 0;  ///< of all sources (exact when complete), 0 = cannot be told
    QStringList fields;        ///< of csv headers and jsonl objects
    QStringList formats;       ///< "csv": what Auto chose, per kind once
    QStringList charsets;
    std::map<std::string, std::int64_t> ignored;  ///< files that are not read, by extension
};

/// \param maxRows  shown, over all sources together; more are looked at for the counts, for a moment only
/// \retval as text::CorpusReader::open() and next(); Cancelled when the context says stop
Result<ImportPreview> readPreview(const std::vector<std::filesystem::path>& sources, const text::CorpusOptions& options,
                                  int maxRows, jobs::JobContext& context);

class ImportPreviewModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Line, Id, Title, Text, Labels, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setRows(std::vector<PreviewRow> rows);
    const PreviewRow& row(int at) const { return m_rows[std::size_t(at)]; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<PreviewRow> m_rows;
};

}  // namespace espalier::ui
