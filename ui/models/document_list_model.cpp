// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/document_list_model.h"

#include <algorithm>
#include <limits>

#include "ui/style/format.h"

namespace espalier::ui {
namespace {

/// Places in UTF-8 as places in the string that Qt made of it.
QVariant hitsIn(const std::string& text, const std::vector<text::Span>& hits) {
    QList<QPair<int, int>> places;
    std::size_t byte = 0;
    int place = 0;
    const auto advance = [&](std::size_t to) {
        place += int(toQt(std::string_view(text).substr(byte, to - byte)).size());
        byte = to;
        return place;
    };
    for (const text::Span& hit : hits) {
        const int begin = advance(hit.begin);
        places.append({begin, advance(hit.end) - begin});
    }
    return QVariant::fromValue(places);
}

}  // namespace

DocumentListModel::DocumentListModel(ProjectSession* session, QObject* parent)
    : QAbstractListModel(parent), m_session(session) {
    m_reload.setSingleShot(true);
    m_reload.setInterval(0);
    connect(&m_reload, &QTimer::timeout, this, &DocumentListModel::reload);
    const auto again = [this] {
        if (m_active) m_reload.start();
    };
    connect(session, &ProjectSession::treeChanged, this, again);
    connect(session, &ProjectSession::documentsChanged, this, again);
    connect(session, &ProjectSession::closed, this, &DocumentListModel::clear);
}

void DocumentListModel::clear() {
    m_active = false;
    ++m_generation;
    beginResetModel();
    m_pages.clear();
    m_asked.clear();
    m_total = 0;
    endResetModel();
    m_loading = false;
    Q_EMIT loadingChanged();
}

void DocumentListModel::setQuery(const project::DocumentQuery& query) {
    m_query = query;
    m_active = true;
    m_reload.stop();
    reload();
}

void DocumentListModel::reload() {
    if (!m_session->isOpen()) return;
    if (m_query.branch && m_session->tree() && !m_session->tree()->tree.contains(*m_query.branch)) return;
    const quint64 generation = ++m_generation;
    m_asked.clear();
    project::DocumentQuery first = m_query;
    first.offset = 0;
    first.limit = kPageRows;
    m_loading = true;
    Q_EMIT loadingChanged();
    m_session->documents(
        first,
        [this, generation](Result<project::DocumentPage> page) {
            if (generation != m_generation) return;
            if (wasCancelled(page)) return;
            takeFirst(std::move(page));
        },
        this, this);
}

void DocumentListModel::takeFirst(Result<project::DocumentPage> page) {
    m_loading = false;
    beginResetModel();
    m_pages.clear();
    m_asked.clear();
    m_total = 0;
    if (page) {
        m_total = std::min<qint64>(page->total, std::numeric_limits<int>::max());
        m_pages[0] = std::move(page->rows);
        m_asked.insert(0);
    }
    endResetModel();
    Q_EMIT loadingChanged();
    if (!page) Q_EMIT readFailed(page.error());
    Q_EMIT loaded();
}

void DocumentListModel::fetch(int page) const {
    if (m_asked.contains(page) || m_loading) return;
    m_asked.insert(page);
    project::DocumentQuery query = m_query;
    query.offset = qint64(page) * kPageRows;
    query.limit = kPageRows;
    auto* self = const_cast<DocumentListModel*>(this);
    m_session->documents(
        query,
        [self, page, generation = m_generation](Result<project::DocumentPage> rows) {
            if (generation != self->m_generation) return;
            if (!rows) {
                self->m_asked.remove(page);
                if (rows.error().code != ErrorCode::Cancelled) Q_EMIT self->readFailed(rows.error());
                return;
            }
            self->takePage(page, std::move(rows->rows));
        },
        this);
}

void DocumentListModel::takePage(int page, std::vector<project::DocumentRow> rows) {
    m_pages[page] = std::move(rows);
    m_asked.insert(page);
    const int first = page * kPageRows;
    const int last = std::min(first + kPageRows, int(m_total)) - 1;
    if (last >= first) Q_EMIT dataChanged(index(first), index(last));
}

void DocumentListModel::locate(DocumentKey key) {
    if (!m_active || m_loading) return;
    m_session->read<Located>(
        [query = m_query, key](project::Project& project, jobs::JobContext&) -> Result<Located> {
            Located found;
            ESPALIER_ASSIGN(found.row, project.documentRank(query, key));
            if (found.row < 0) return found;
            project::DocumentQuery page = query;
            page.offset = found.row / kPageRows * kPageRows;
            page.limit = kPageRows;
            ESPALIER_ASSIGN(found.page, project.documents(page));
            return found;
        },
        [this, key, generation = m_generation](Result<Located> found) {
            if (generation != m_generation || !found || found->row < 0 || found->row >= m_total) return;
            const int row = int(found->row);
            takePage(row / kPageRows, std::move(found->page.rows));
            Q_EMIT located(key, row);
        },
        this, &m_pages);
}

const project::DocumentRow* DocumentListModel::rowAt(int row) const {
    const int page = row / kPageRows, at = row % kPageRows;
    const auto found = m_pages.constFind(page);
    if (found == m_pages.constEnd()) {
        fetch(page);
        return nullptr;
    }
    return at < int(found->size()) ? &(*found)[std::size_t(at)] : nullptr;
}

DocumentKey DocumentListModel::keyAt(int row) const {
    const project::DocumentRow* found = row >= 0 && row < rowCount() ? rowAt(row) : nullptr;
    return found ? found->key : DocumentKey{};
}

int DocumentListModel::rowOf(DocumentKey key) const {
    for (auto page = m_pages.constBegin(); page != m_pages.constEnd(); ++page)
        for (std::size_t at = 0; at < page->size(); ++at)
            if ((*page)[at].key == key) return page.key() * kPageRows + int(at);
    return -1;
}

int DocumentListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_total);
}

QString DocumentListModel::nameOf(LabelId label) const {
    const auto tree = m_session->tree();
    const tree::Label* found = tree && label ? tree->tree.find(label) : nullptr;
    return found ? toQt(found->name) : QString();
}

bool DocumentListModel::pinned(DocumentKey key) const {
    const auto tree = m_session->tree();
    return tree && (!tree::pinsInForce(tree->tree, key).empty() || !tree::sharesInForce(tree->tree, key).empty());
}

QString DocumentListModel::pathText(const std::vector<LabelId>& labels) const {
    QStringList names;
    for (const LabelId label : labels) names << nameOf(label);
    return names.join(QStringLiteral(" › "));
}

QVariant DocumentListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const project::DocumentRow* row = rowAt(index.row());
    if (role == LoadedRole) return row != nullptr;
    if (!row) return role == KeyRole ? QVariant(qint64(0)) : QVariant();
    const QString title = row->title.empty() ? toQt(row->id) : toQt(row->title);
    switch (role) {
        case Qt::DisplayRole:
            return title;
        case Qt::ToolTipRole: {
            QStringList lines{title, tr("Id: %1").arg(toQt(row->id))};
            if (!row->labels.empty()) lines << tr("%1: %2").arg(pathText(row->labels), formatShare(row->share));
            if (row->second) lines << tr("Second: %1, %2").arg(nameOf(row->second), formatShare(row->secondShare));
            if (m_query.list == project::SmartList::Moved)
                lines << tr("At revision %1: %2")
                             .arg(m_query.since)
                             .arg(row->before.empty() ? tr("not placed")
                                                      : toQt(row->before).join(QStringLiteral(" › ")));
            if (!row->copies.empty())
                lines << tr("Left out, same text: %1").arg(toQt(row->copies).join(QStringLiteral(", ")));
            return lines.join(u'\n');
        }
        case Qt::AccessibleTextRole: {
            QStringList parts{title};
            if (row->labels.empty()) {
                parts << tr("not placed under a label");
            } else {
                parts << nameOf(row->labels.back()) << tr("share %1").arg(formatShare(row->share));
            }
            if (row->second) parts << tr("second %1, %2").arg(nameOf(row->second), formatShare(row->secondShare));
            if (m_query.list == project::SmartList::Moved)
                parts << (row->before.empty() ? tr("was not placed")
                                              : tr("was under %1").arg(toQt(row->before.back())));
            if (!row->copies.empty())
                parts << tr("%n row(s) of the same text left out", nullptr, int(row->copies.size()));
            if (pinned(row->key)) parts << tr("pinned");
            parts << tr("%1 of %2").arg(formatCount(index.row() + 1), formatCount(m_total));
            return parts.join(QStringLiteral(", "));
        }
        case PinnedRole:
            return pinned(row->key);
        case KeyRole:
            return qint64(row->key.value);
        case IdRole:
            return toQt(row->id);
        case TitleRole:
            return title;
        case ShareRole:
            return row->share;
        case HardLabelRole:
            return row->labels.empty() ? qint64(0) : qint64(row->labels.back().value);
        case HardPathRole:
            return pathText(row->labels);
        case SecondLabelRole:
            return qint64(row->second.value);
        case SecondNameRole:
            return nameOf(row->second);
        case SecondShareRole:
            return row->secondShare;
        case BeforeRole:
            return toQt(row->before).join(QStringLiteral(" › "));
        case CopiesRole:
            return toQt(row->copies);
        case TitleHitsRole:
            return row->title.empty() ? QVariant() : hitsIn(row->title, row->titleHits);
        case SnippetRole:
            return toQt(row->snippet);
        case SnippetHitsRole:
            return hitsIn(row->snippet, row->snippetHits);
        default:
            return {};
    }
}

}  // namespace espalier::ui
