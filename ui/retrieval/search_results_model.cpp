// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retrieval/search_results_model.h"

#include <QJsonArray>
#include <QSet>
#include <algorithm>

#include "ui/models/fuzzy.h"
#include "ui/session/text.h"
#include "ui/style/format.h"

namespace espalier::ui {
namespace {
constexpr int kShortestWord = 3;  ///< a shorter one counts only when the query has no longer one

/// Words that are in every text: marking them would hide the ones that matter.
bool isFiller(const QString& word) {
    static const QSet<QString> kFillers{
        QStringLiteral("the"),  QStringLiteral("and"),  QStringLiteral("for"),  QStringLiteral("are"),
        QStringLiteral("was"),  QStringLiteral("with"), QStringLiteral("from"), QStringLiteral("that"),
        QStringLiteral("this"), QStringLiteral("what"), QStringLiteral("how"),  QStringLiteral("who"),
        QStringLiteral("why"),  QStringLiteral("does"), QStringLiteral("can"),  QStringLiteral("which"),
        QStringLiteral("when"), QStringLiteral("into"), QStringLiteral("not"),  QStringLiteral("has")};
    return kFillers.contains(word);
}

QStringList strings(const QJsonValue& value) {
    QStringList list;
    const QJsonArray array = value.toArray();
    for (const auto& one : array) list << one.toString();
    return list;
}

LabelId findPath(const project::TreeSnapshotPtr& tree, const QStringList& path) {
    if (!tree || path.isEmpty()) return {};
    LabelId at = tree->tree.root();
    for (const QString& name : path) {
        const std::string wanted = fromQt(name);
        const auto& children = tree->tree.at(at).children;
        const auto next = std::find_if(children.begin(), children.end(),
                                       [&](LabelId child) { return tree->tree.at(child).name == wanted; });
        if (next == children.end()) return {};
        at = *next;
    }
    return at;
}
}  // namespace

SearchAnswer readAnswer(const QJsonObject& object, const project::TreeSnapshotPtr& tree) {
    SearchAnswer answer;
    answer.query = object.value(QLatin1String("query")).toString();
    answer.model = object.value(QLatin1String("model")).toString();
    answer.mode = object.value(QLatin1String("mode")).toString();
    answer.branch = strings(object.value(QLatin1String("branch")));
    answer.matches = object.value(QLatin1String("matches")).toInteger();
    answer.ms = object.value(QLatin1String("ms")).toDouble();
    const QJsonArray results = object.value(QLatin1String("results")).toArray();
    for (const auto& value : results) {
        const QJsonObject one = value.toObject();
        Hit hit;
        hit.rank = one.value(QLatin1String("rank")).toInt();
        hit.id = one.value(QLatin1String("id")).toString();
        hit.title = one.value(QLatin1String("title")).toString().simplified();
        hit.snippet = one.value(QLatin1String("snippet")).toString().simplified();
        hit.score = one.value(QLatin1String("score")).toDouble();
        hit.path = strings(one.value(QLatin1String("path")));
        hit.label = findPath(tree, hit.path);
        answer.hits.push_back(std::move(hit));
    }
    qint64 everywhere = 0;
    const QJsonArray facets = object.value(QLatin1String("facets")).toArray();
    for (const auto& value : facets) {
        const QJsonObject one = value.toObject();
        Facet facet;
        facet.label = LabelId{one.value(QLatin1String("node")).toInteger()};
        const QStringList path = strings(one.value(QLatin1String("path")));
        if (path.isEmpty()) continue;
        facet.name = path.last();
        facet.level = int(path.size()) - 1;
        facet.count = one.value(QLatin1String("count")).toInteger();
        if (facet.level == 0) everywhere += facet.count;
        if (tree)
            if (const tree::Label* label = tree->tree.find(facet.label)) facet.parent = label->parent;
        answer.facets.push_back(std::move(facet));
    }
    answer.elsewhere = answer.branch.isEmpty() ? 0 : std::max<qint64>(0, everywhere - answer.matches);
    return answer;
}

QList<QPair<int, int>> queryWordsIn(const QString& text, const QString& query) {
    QList<QPair<int, int>> places;
    QStringList words, all;
    QString word;
    for (const QChar c : query + u' ') {
        if (c.isLetterOrNumber()) {
            word += c;
            continue;
        }
        if (word.isEmpty()) continue;
        const QString folded = foldForSearch(word);
        all << folded;
        if (folded.size() >= kShortestWord && !isFiller(folded)) words << folded;
        word.clear();
    }
    if (words.isEmpty()) words = all;
    for (const QString& needle : std::as_const(words)) {
        int from = 0;
        while (from < text.size()) {
            int length = 0;
            const int at = foldedFind(text.mid(from), needle, &length);
            if (at < 0 || length <= 0) break;
            const int start = from + at;
            const bool begins = start == 0 || !text.at(start - 1).isLetterOrNumber();
            // Few letters only count as a whole word, or every "in" of "information" would light up.
            int end = start + length;
            const bool whole = end >= text.size() || !text.at(end).isLetterOrNumber();
            if (begins && (whole || needle.size() > kShortestWord)) {
                while (end < text.size() && text.at(end).isLetterOrNumber()) ++end;
                places.append({start, end - start});
            }
            from = std::max(end, start + 1);
        }
    }
    std::sort(places.begin(), places.end());
    QList<QPair<int, int>> merged;
    for (const auto& place : std::as_const(places)) {
        if (!merged.isEmpty() && place.first < merged.last().first + merged.last().second)
            merged.last().second = std::max(merged.last().second, place.first + place.second - merged.last().first);
        else
            merged.append(place);
    }
    return merged;
}

void SearchResultsModel::setHits(std::vector<Hit> hits, const QString& query) {
    const auto sameDocument = [](const Hit& a, const Hit& b) { return a.id == b.id; };
    if (query == m_query && !hits.empty() && std::ranges::equal(hits, m_hits, sameDocument)) {
        m_hits = std::move(hits);
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
        return;
    }
    beginResetModel();
    m_hits = std::move(hits);
    m_query = query;
    endResetModel();
}

int SearchResultsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_hits.size());
}

QVariant SearchResultsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Hit& hit = m_hits[std::size_t(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return hit.title.isEmpty() ? hit.id : hit.title;
        case Qt::ToolTipRole:
            return tr("%1\nScore %2").arg(hit.id, formatFigure(hit.score));
        case Qt::AccessibleTextRole:
            return tr("%1. %2, in %3, %4")
                .arg(hit.rank)
                .arg(hit.title.isEmpty() ? hit.id : hit.title,
                     hit.path.isEmpty() ? tr("no label") : hit.path.join(QStringLiteral(" › ")), hit.snippet);
        case IdRole:
            return hit.id;
        case ScoreRole:
            return hit.score;
        case PathRole:
            return hit.path;
        case LabelRole:
            return qint64(hit.label.value);
        case SnippetRole:
            return hit.snippet;
        case RankRole:
            return hit.rank;
        default:
            return {};
    }
}

}  // namespace espalier::ui
