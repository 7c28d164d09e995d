// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/go_to_model.h"

#include <algorithm>

#include "ui/models/fuzzy.h"
#include "ui/style/format.h"

namespace espalier::ui {
namespace {
constexpr int kLabelsBesideDocuments = 6;  // so that documents are seen without scrolling
constexpr int kLabelHeading = 0, kDocumentHeading = 1;
}  // namespace

GoToModel::GoToModel(ProjectSession* session, DocumentFinder* documents, QObject* parent)
    : QAbstractListModel(parent), m_session(session), m_finder(documents) {
    m_labels = new LabelFinderModel(this);
    const auto take = [this] {
        m_labels->setSnapshot(m_session->tree(), false);
        ask();
        refill();
    };
    connect(session, &ProjectSession::treeChanged, this, take);
    connect(session, &ProjectSession::documentsChanged, this, take);
    m_finder->prepare();
    take();
}

void GoToModel::setPattern(const QString& pattern) {
    if (pattern == m_labels->pattern()) return;
    m_labels->setPattern(pattern);
    ask();
    refill();
}

void GoToModel::setScope(Scope scope) {
    if (scope == m_scope) return;
    m_scope = scope;
    ask();
    refill();
}

void GoToModel::ask() {
    m_documents = {};
    const QString pattern = m_labels->pattern();
    m_searching = m_scope != Scope::Labels && !pattern.trimmed().isEmpty() && m_session->isOpen();
    if (!m_searching) {
        m_finder->cancel();
        return;
    }
    m_finder->find(
        pattern,
        [this](const DocumentFinder::Answer& answer) {
            m_searching = false;
            m_documents = answer;
            const auto rows = documentRows();
            if (!rows.empty()) {
                beginInsertRows({}, rowCount(), rowCount() + int(rows.size()) - 1);
                m_rows.insert(m_rows.end(), rows.begin(), rows.end());
                endInsertRows();
            }
            Q_EMIT documentsCame();
        },
        this);
}

std::vector<GoToModel::Row> GoToModel::labelRows() const {
    std::vector<Row> rows;
    if (m_scope == Scope::Documents || m_labels->rowCount() == 0) return rows;
    const bool all = m_scope == Scope::Labels || m_labels->pattern().trimmed().isEmpty();
    const int shown = all ? m_labels->rowCount() : std::min(m_labels->rowCount(), kLabelsBesideDocuments);
    rows.push_back({Kind::Heading, kLabelHeading});
    for (int at = 0; at < shown; ++at) rows.push_back({Kind::Label, at});
    return rows;
}

std::vector<GoToModel::Row> GoToModel::documentRows() const {
    std::vector<Row> rows;
    if (m_scope == Scope::Labels || m_documents.documents.empty()) return rows;
    rows.push_back({Kind::Heading, kDocumentHeading});
    for (int at = 0; at < int(m_documents.documents.size()); ++at) rows.push_back({Kind::Document, at});
    return rows;
}

void GoToModel::refill() {
    beginResetModel();
    m_rows = labelRows();
    const auto documents = documentRows();
    m_rows.insert(m_rows.end(), documents.begin(), documents.end());
    endResetModel();
}

qint64 GoToModel::labelsFound() const {
    return m_scope == Scope::Documents ? 0 : m_labels->rowCount();
}

int GoToModel::bestRow() const {
    int label = -1, document = -1;
    for (int row = 0; row < rowCount(); ++row) {
        if (kindAt(row) == Kind::Label && label < 0) label = row;
        if (kindAt(row) == Kind::Document && document < 0) document = row;
    }
    if (label < 0 || document < 0) return std::max(label, document);
    // A label goes first, but not before a document that is called exactly so, nor with scattered letters before one
    // that holds them in one piece.
    const DocumentFinder::Document& best = m_documents.documents.front();
    const QString typed = foldForSearch(m_labels->pattern().simplified());
    const double score = m_labels->scoreAt(m_rows[std::size_t(label)].at);
    const bool sameName = foldForSearch(best.id) == typed || foldForSearch(best.title) == typed;
    const bool labelSame = foldForSearch(data(index(label), Qt::DisplayRole).toString()) == typed;
    if ((sameName && !labelSame) || (score < kFuzzyWhole && best.score >= kFuzzyWhole)) return document;
    return label;
}

GoToModel::Kind GoToModel::kindAt(int row) const {
    return row >= 0 && row < rowCount() ? m_rows[std::size_t(row)].kind : Kind::Heading;
}

LabelId GoToModel::labelAt(int row) const {
    return kindAt(row) == Kind::Label ? m_labels->labelAt(m_rows[std::size_t(row)].at) : LabelId{};
}

DocumentKey GoToModel::documentAt(int row) const {
    return kindAt(row) == Kind::Document ? m_documents.documents[std::size_t(m_rows[std::size_t(row)].at)].key
                                         : DocumentKey{};
}

LabelId GoToModel::homeOf(int row) const {
    return kindAt(row) == Kind::Document ? m_documents.documents[std::size_t(m_rows[std::size_t(row)].at)].label
                                         : LabelId{};
}

int GoToModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant GoToModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row row = m_rows[std::size_t(index.row())];
    if (role == KindRole) return int(row.kind);
    switch (row.kind) {
        case Kind::Heading:
            return headingData(row.at, role);
        case Kind::Label:
            return role >= KindRole ? QVariant() : m_labels->data(m_labels->index(row.at), role);
        case Kind::Document:
            return documentData(m_documents.documents[std::size_t(row.at)], role);
    }
    return {};
}

QVariant GoToModel::headingData(int which, int role) const {
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
    const bool labels = which == kLabelHeading;
    const qint64 found = labels ? m_labels->rowCount() : m_documents.total;
    qint64 shown = 0;
    for (const Row& row : m_rows) shown += row.kind == (labels ? Kind::Label : Kind::Document) ? 1 : 0;
    const QString what = labels ? tr("Labels") : tr("Documents");
    return shown < found ? tr("%1 · best %2 of %3").arg(what, formatCount(shown), formatCount(found))
                         : tr("%1 · %2").arg(what, formatCount(found));
}

QVariant GoToModel::documentData(const DocumentFinder::Document& document, int role) const {
    const auto tree = m_session->tree();
    const auto path = [&] {
        return tree && document.label && tree->tree.contains(document.label)
                   ? toQt(tree->tree.pathNames(document.label))
                   : QStringList();
    };
    switch (role) {
        case Qt::DisplayRole:
            return document.title;
        case LabelFinderModel::PathRole:
            return path().join(QStringLiteral(" › "));
        case LabelFinderModel::PositionsRole: {
            QList<int> positions;
            fuzzyScore(m_documents.pattern, document.title, &positions);
            return QVariant::fromValue(positions);
        }
        case LabelFinderModel::LabelIdRole:
            return qint64(document.label.value);
        case DocumentKeyRole:
            return qint64(document.key.value);
        case IdRole:
            return document.title == document.id ? QString() : document.id;
        case Qt::AccessibleTextRole: {
            QStringList parts{document.title, tr("document %1").arg(document.id)};
            const QStringList names = path();
            parts << (names.isEmpty() ? tr("not placed under a label")
                                      : tr("in %1").arg(names.join(QStringLiteral(", "))));
            return parts.join(QStringLiteral(", "));
        }
        case Qt::ToolTipRole: {
            const QString where = path().join(QStringLiteral(" › "));
            return QStringList{document.title, tr("Id: %1").arg(document.id),
                               where.isEmpty() ? tr("Not placed under a label") : where}
                .join(u'\n');
        }
        default:
            return {};
    }
}

Qt::ItemFlags GoToModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    return kindAt(index.row()) == Kind::Heading ? Qt::ItemFlags(Qt::ItemNeverHasChildren)
                                                : Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

}  // namespace espalier::ui
