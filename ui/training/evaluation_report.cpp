// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/training/evaluation_report.h"

#include <QColor>
#include <QCoreApplication>
#include <QJsonArray>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
constexpr int kDecimals = 3;

QString tr(const char* text, int n = -1) {
    return QCoreApplication::translate("espalier::ui::EvaluationReport", text, nullptr, n);
}

QString figure(double value) {
    return QLocale().toString(value, 'f', kDecimals);
}

QString change(double delta) {
    const QString text = figure(std::fabs(delta));
    return delta < 0 ? QStringLiteral("−") + text : QStringLiteral("+") + text;
}

struct Measure {
    const char* key;
    const char* name;
};
constexpr Measure kRetrieval[] = {
    {"ndcg@10", QT_TRANSLATE_NOOP("espalier::ui::EvaluationReport", "Search: good answers come first")},
    {"mrr@10", QT_TRANSLATE_NOOP("espalier::ui::EvaluationReport", "Search: place of the first good answer")},
    {"map", QT_TRANSLATE_NOOP("espalier::ui::EvaluationReport", "Search: all good answers, high up")},
    {"recall@100", QT_TRANSLATE_NOOP("espalier::ui::EvaluationReport", "Search: good answers among the first 100")},
};
constexpr Measure kLevel[] = {
    {"knn_accuracy", QT_TRANSLATE_NOOP("espalier::ui::EvaluationReport", "Neighbours tell the label, level %1")},
    {"purity@10", QT_TRANSLATE_NOOP("espalier::ui::EvaluationReport", "Ten nearest share the label, level %1")},
    {"silhouette", QT_TRANSLATE_NOOP("espalier::ui::EvaluationReport", "Labels lie apart, level %1")},
};

Verdict verdictOf(const FigureRow& row) {
    if (row.count < kTooFew || std::fabs(row.delta()) < kSameWithin) return Verdict::Same;
    return row.delta() < 0 ? Verdict::Worse : Verdict::Better;
}

void add(EvaluationReport& report, const QJsonValue& before, const QJsonValue& after, const QString& name,
         const QString& term, qint64 count) {
    if (!before.isDouble() || !after.isDouble()) return;
    FigureRow row{name, term, before.toDouble(), after.toDouble(), count, Verdict::Same};
    row.verdict = verdictOf(row);
    report.worse += row.verdict == Verdict::Worse;
    report.better += row.verdict == Verdict::Better;
    report.rows.push_back(std::move(row));
}
}  // namespace

EvaluationReport readEvaluation(const QJsonObject& eval) {
    EvaluationReport report;
    const QJsonArray models = eval.value(QLatin1String("models")).toArray();
    if (models.size() != 2) return report;
    const QJsonObject a = models.at(0).toObject(), b = models.at(1).toObject();
    report.before = a.value(QLatin1String("model")).toString();
    report.after = b.value(QLatin1String("model")).toString();
    report.protocol = eval.value(QLatin1String("protocol")).toString();
    const QJsonObject ra = a.value(QLatin1String("retrieval")).toObject();
    const QJsonObject rb = b.value(QLatin1String("retrieval")).toObject();
    const qint64 queries =
        std::min(ra.value(QLatin1String("queries")).toInteger(), rb.value(QLatin1String("queries")).toInteger());
    for (const Measure& measure : kRetrieval) {
        const QString key = QString::fromLatin1(measure.key);
        add(report, ra.value(key), rb.value(key), tr(measure.name), key, queries);
    }
    const QJsonArray la = a.value(QLatin1String("levels")).toArray(), lb = b.value(QLatin1String("levels")).toArray();
    for (qsizetype i = 0; i < std::min(la.size(), lb.size()); ++i) {
        const QJsonObject before = la.at(i).toObject(), after = lb.at(i).toObject();
        const int level = before.value(QLatin1String("level")).toInt();
        const qint64 count =
            std::min(before.value(QLatin1String("n")).toInteger(), after.value(QLatin1String("n")).toInteger());
        for (const Measure& measure : kLevel) {
            const QString key = QString::fromLatin1(measure.key);
            add(report, before.value(key), after.value(key), tr(measure.name).arg(level),
                tr("%1, level %2").arg(key).arg(level), count);
        }
    }
    const auto rank = [](Verdict verdict) {
        return verdict == Verdict::Worse ? 0 : verdict == Verdict::Better ? 1 : 2;
    };
    std::stable_sort(report.rows.begin(), report.rows.end(), [&](const FigureRow& x, const FigureRow& y) {
        if (x.verdict != y.verdict) return rank(x.verdict) < rank(y.verdict);
        return std::fabs(x.delta()) > std::fabs(y.delta());
    });
    return report;
}

QString EvaluationReport::summary() const {
    if (rows.empty()) return {};
    const int same = int(rows.size()) - worse - better;
    QStringList parts;
    if (worse > 0) parts << tr("%n figure(s) got worse", worse);
    if (better > 0) parts << tr("%n got better", better);
    if (same > 0) parts << tr("%n about the same", same);
    return parts.join(QStringLiteral(", ")) + u'.';
}

void EvaluationModel::setReport(EvaluationReport report) {
    beginResetModel();
    m_report = std::move(report);
    endResetModel();
}

int EvaluationModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_report.rows.size());
}
int EvaluationModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant EvaluationModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const FigureRow& row = m_report.rows[std::size_t(index.row())];
    const bool few = row.count < kTooFew;
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case Measure:
                    return row.name;
                case Before:
                    return figure(row.before);
                case After:
                    return figure(row.after);
                case Change:
                    if (few) return EvaluationModel::tr("%n: too few", nullptr, int(row.count));
                    if (row.verdict == Verdict::Same) return EvaluationModel::tr("about the same");
                    return row.verdict == Verdict::Worse ? EvaluationModel::tr("%1 worse").arg(change(row.delta()))
                                                         : EvaluationModel::tr("%1 better").arg(change(row.delta()));
                default:
                    return {};
            }
        case Qt::ToolTipRole:
            return EvaluationModel::tr("%1: %2 before, %3 after, from %n item(s)", nullptr, int(row.count))
                .arg(row.term, figure(row.before), figure(row.after));
        case Qt::ForegroundRole:
            if (index.column() == Change && row.verdict == Verdict::Worse) return theme().color(ColorRole::Error);
            if (index.column() == Change && row.verdict == Verdict::Better) return theme().color(ColorRole::Accent);
            if (row.verdict == Verdict::Same && index.column() == Change) return theme().color(ColorRole::Muted);
            return {};
        case Qt::DecorationRole:
            if (index.column() != Measure) return {};
            if (row.verdict == Verdict::Worse) return icon(QStringLiteral("chevron-down"), ColorRole::Error);
            if (row.verdict == Verdict::Better) return icon(QStringLiteral("chevron-up"), ColorRole::Accent);
            return {};
        case Qt::TextAlignmentRole:
            return int(index.column() == Measure ? Qt::AlignLeft | Qt::AlignVCenter
                                                 : Qt::AlignRight | Qt::AlignVCenter);
        default:
            return {};
    }
}

QVariant EvaluationModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int(section == Measure ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Measure:
            return EvaluationModel::tr("Measured");
        case Before:
            return EvaluationModel::tr("Before");
        case After:
            return EvaluationModel::tr("After");
        case Change:
            return EvaluationModel::tr("Change");
        default:
            return {};
    }
}

}  // namespace espalier::ui
