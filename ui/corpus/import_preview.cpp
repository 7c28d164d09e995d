// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/import_preview.h"

#include <QColor>
#include <QFileInfo>
#include <algorithm>

#include "ui/session/text.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
constexpr std::size_t kShownBytes = 600;  ///< of a text: enough for a row and its tooltip
constexpr int kRowsPerSource = 10;        ///< at least, when there are many sources
constexpr int kLookedAt = 20000;          ///< rows of a source at most
constexpr double kLookSeconds = 0.4;      ///< and no longer, over all sources

/// The beginning of a text as one line, cut between characters.
QString beginning(const std::string& text) {
    std::size_t end = std::min(text.size(), kShownBytes);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return toQt(std::string_view(text).substr(0, end)).simplified();
}

PreviewRow toRow(const text::CorpusRow& from) {
    PreviewRow row;
    row.kind = from.kind;
    row.line = from.line;
    if (from.kind == text::CorpusRow::Kind::Rejected) {
        row.line = from.rejected.line;
        row.reason = toQt(from.rejected.reason);
        row.text = toQt(from.rejected.excerpt);
        row.source = toQt(from.rejected.source);
    } else {
        const text::Document& document = from.document;
        row.id = toQt(document.id);
        if (row.id.isEmpty() && from.kind == text::CorpusRow::Kind::Document) {
            row.id = toQt(text::derivedId(text::inputString(document)));
            row.derivedId = true;
        }
        row.title = toQt(document.title);
        row.text = beginning(document.text);
        QStringList labels;
        for (const std::string& label : document.labels) labels << toQt(label);
        row.labels = labels.join(QStringLiteral(" › "));
        row.source = toQt(document.source);
    }
    row.source = QFileInfo(row.source).fileName();
    return row;
}

void addOnce(QStringList& list, const QString& text) {
    if (!text.isEmpty() && !list.contains(text)) list << text;
}
}  // namespace

Result<ImportPreview> readPreview(const std::vector<std::filesystem::path>& sources, const text::CorpusOptions& options,
                                  int maxRows, jobs::JobContext& context) {
    ImportPreview preview;
    preview.complete = true;
    double estimate = 0;
    bool estimable = true;
    const double until = context.secondsSinceStart() + kLookSeconds;
    const int share = sources.empty() ? maxRows : std::max(maxRows / int(sources.size()), kRowsPerSource);
    for (const std::filesystem::path& source : sources) {
        auto opened = text::CorpusReader::open(source, options);
        if (!opened) return std::move(opened).error();
        text::CorpusReader& reader = **opened;
        int rows = 0;
        bool ended = false;
        while (rows < share || (rows < kLookedAt && context.secondsSinceStart() < until)) {
            ESPALIER_TRY(context.checkStop());
            auto next = reader.next();
            if (!next) return std::move(next).error();
            if (!*next) {
                ended = true;
                break;
            }
            ++rows;
            if (rows <= share && int(preview.rows.size()) < maxRows) preview.rows.push_back(toRow(**next));
            switch ((*next)->kind) {
                case text::CorpusRow::Kind::Document:
                    ++preview.documents;
                    break;
                case text::CorpusRow::Kind::Empty:
                    ++preview.empty;
                    break;
                case text::CorpusRow::Kind::Rejected:
                    ++preview.rejected;
                    break;
            }
        }
        if (ended) {
            estimate += rows;
        } else {
            preview.complete = false;
            if (reader.bytesTotal() > 0 && reader.bytesRead() > 0)
                estimate += double(rows) * double(reader.bytesTotal()) / double(reader.bytesRead());
            else
                estimable = false;
        }
        for (const std::string& field : reader.fieldNames()) addOnce(preview.fields, toQt(field));
        addOnce(preview.formats, QString::fromLatin1(text::corpusFormatName(reader.format())));
        addOnce(preview.charsets, toQt(reader.charset()));
        for (const auto& [extension, count] : reader.ignoredByExtension()) preview.ignored[extension] += count;
    }
    if (estimable) preview.estimatedRows = qRound64(estimate);
    return preview;
}

void ImportPreviewModel::setRows(std::vector<PreviewRow> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int ImportPreviewModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}
int ImportPreviewModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ImportPreviewModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const PreviewRow& row = m_rows[std::size_t(index.row())];
    const bool rejected = row.kind == text::CorpusRow::Kind::Rejected;
    const bool empty = row.kind == text::CorpusRow::Kind::Empty;
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case Line:
                    return row.line > 0 ? formatCount(row.line) : QString();
                case Id:
                    return rejected ? tr("rejected") : row.id;
                case Title:
                    return rejected ? row.text : row.title;
                case Text:
                    return rejected ? row.reason : empty ? tr("(no text)") : row.text;
                case Labels:
                    return row.labels;
                default:
                    return {};
            }
        case Qt::ToolTipRole:
            if (rejected) return row.source + QStringLiteral(": ") + row.reason;
            if (index.column() == Id && row.derivedId) return tr("There is no id field: the id is made from the text.");
            if (index.column() == Text) return row.text;
            return row.source;
        case Qt::DecorationRole:
            if (index.column() == Id && (rejected || empty))
                return icon(QStringLiteral("warning"), rejected ? ColorRole::Error : ColorRole::Warning);
            return {};
        case Qt::ForegroundRole:
            if (rejected) return theme().color(ColorRole::Error);
            if (empty || index.column() == Line || (index.column() == Id && row.derivedId))
                return theme().color(ColorRole::Muted);
            return {};
        case Qt::TextAlignmentRole:
            return int(index.column() == Line ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
        case Qt::AccessibleTextRole:
            if (rejected) return tr("Rejected: %1").arg(row.reason);
            return {};
        default:
            return {};
    }
}

QVariant ImportPreviewModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int(section == Line ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Line:
            return tr("Line");
        case Id:
            return tr("Id");
        case Title:
            return tr("Title");
        case Text:
            return tr("Text");
        case Labels:
            return tr("Reference labels");
        default:
            return {};
    }
}

}  // namespace espalier::ui
