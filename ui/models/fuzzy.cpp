// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/fuzzy.h"

#include <QHash>
#include <QRegularExpression>
#include <QStringList>
#include <algorithm>

namespace espalier::ui {
namespace {

// One character without its marks, lower case; may be more than one (ligatures).
QString foldChar(QChar c) {
    if (c.unicode() < 0x80) return QString(c.toLower());
    QString folded;
    for (const QChar part : QString(c).normalized(QString::NormalizationForm_KD))
        if (!part.isMark()) folded += part.toLower();
    return folded;
}

}  // namespace

QString foldForSearch(const QString& text) {
    QString folded;
    folded.reserve(text.size());
    for (const QChar c : text) folded += foldChar(c);
    return folded;
}

int foldedFind(const QString& text, const QString& foldedNeedle, int* length) {
    if (foldedNeedle.isEmpty()) return -1;
    QString folded;
    QList<int> origin;
    for (int i = 0; i < text.size(); ++i) {
        const QString part = foldChar(text[i]);
        for (int k = 0; k < part.size(); ++k) origin << i;
        folded += part;
    }
    const auto at = folded.indexOf(foldedNeedle);
    if (at < 0) return -1;
    const int start = origin[at], end = origin[at + foldedNeedle.size() - 1];
    if (length) *length = end - start + 1;
    return start;
}

double fuzzyScore(const QString& pattern, const QString& text, QList<int>* positions) {
    const QString needle = foldForSearch(pattern.simplified());
    if (positions) positions->clear();
    if (needle.isEmpty()) return 0;
    int length = 0;
    if (const int at = foldedFind(text, needle, &length); at >= 0) {
        if (positions)
            for (int i = 0; i < length; ++i) *positions << at + i;
        const bool wordStart = at == 0 || !text[at - 1].isLetterOrNumber();
        return 4.0 +
               (at == 0     ? 2.0
                : wordStart ? 1.0
                            : 0.0) +
               double(length) / double(std::max<qsizetype>(1, text.size()));
    }
    // Letters in order with gaps: greedy from each possible start would cost more and find little else.
    double score = 0;
    qsizetype next = 0;
    int lastHit = -2;
    QList<int> hits;
    for (int i = 0; i < text.size() && next < needle.size(); ++i) {
        while (next < needle.size() && needle[next].isSpace()) ++next;
        if (next >= needle.size()) break;
        const QString folded = foldChar(text[i]);
        if (folded.isEmpty() || folded[0] != needle[next]) continue;
        const bool wordStart = i == 0 || !text[i - 1].isLetterOrNumber();
        score += wordStart ? 1.0 : lastHit == i - 1 ? 0.8 : 0.2;
        lastHit = i;
        hits << i;
        ++next;
    }
    if (next < needle.size()) return 0;
    if (positions) *positions = hits;
    return score / double(needle.size()) * 3.0;
}

double nearness(const QString& pattern, const QString& text) {
    const auto pairs = [](const QString& word) {
        QHash<QString, int> counts;
        const QString padded = u' ' + word + u' ';
        for (int i = 0; i + 1 < padded.size(); ++i) ++counts[padded.mid(i, 2)];
        return counts;
    };
    const QString needle = foldForSearch(pattern.simplified());
    if (needle.isEmpty()) return 0;
    const auto wanted = pairs(needle);
    static const QRegularExpression separators(QStringLiteral("[^\\w-]+"),
                                               QRegularExpression::UseUnicodePropertiesOption);
    const QString folded = foldForSearch(text);
    QStringList words = folded.split(separators, Qt::SkipEmptyParts);
    words << folded;
    double best = 0;
    for (const QString& word : words) {
        const auto have = pairs(word);
        int common = 0;
        for (auto it = wanted.begin(); it != wanted.end(); ++it) common += std::min(it.value(), have.value(it.key()));
        best = std::max(best, 2.0 * common / double(needle.size() + 1 + word.size() + 1));
    }
    return best;
}

}  // namespace espalier::ui
