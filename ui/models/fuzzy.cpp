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
    constexpr char16_t kPlain = 0x80;
    for (const QChar c : text) {
        if (c.unicode() < kPlain)
            folded += c.unicode() >= u'A' && c.unicode() <= u'Z' ? QChar(c.unicode() + (u'a' - u'A')) : c;
        else
            folded += foldChar(c);
    }
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

namespace {

constexpr double kAtStart = 2.0, kAtWord = 1.0;                  // of a pattern in one piece
constexpr double kStartsWord = 1.0, kGoesOn = 0.8, kLone = 0.2;  // of a single letter
constexpr double kScattered = 3.0;                               // best score of scattered letters
constexpr double kWordsApart = 0.7;                              // words in another order count less than one piece

double wholeScore(bool atStart, bool atWord, qsizetype length, qsizetype textLength) {
    return kFuzzyWhole +
           (atStart  ? kAtStart
            : atWord ? kAtWord
                     : 0.0) +
           double(length) / double(std::max<qsizetype>(1, textLength));
}

/// Letters in order with gaps: greedy from each possible start would cost more and find little else.
double scatteredScore(QStringView needle, QStringView folded, QList<int>* places) {
    double score = 0;
    qsizetype next = 0, last = -2, letters = 0;
    for (qsizetype i = 0; i < folded.size() && next < needle.size(); ++i) {
        while (next < needle.size() && needle[next].isSpace()) ++next;
        if (next >= needle.size()) break;
        if (folded[i] != needle[next]) continue;
        const bool wordStart = i == 0 || !folded[i - 1].isLetterOrNumber();
        score += wordStart ? kStartsWord : last == i - 1 ? kGoesOn : kLone;
        last = i;
        if (places) *places << int(i);
        ++next;
        ++letters;
    }
    if (next < needle.size() || letters == 0) return 0;
    return score / double(letters) * kScattered;
}

double pieceScore(QStringView needle, QStringView folded, QList<int>* places) {
    const qsizetype at = folded.indexOf(needle);
    if (at < 0) return scatteredScore(needle, folded, places);
    if (places)
        for (qsizetype i = 0; i < needle.size(); ++i) *places << int(at + i);
    return wholeScore(at == 0, at == 0 || !folded[at - 1].isLetterOrNumber(), needle.size(), folded.size());
}

/// The one rule of all: needles and text are folded.
double foldedScore(QStringView whole, const QStringList& words, QStringView folded, QList<int>* places) {
    double best = pieceScore(whole, folded, places);
    if (best >= kFuzzyWhole || words.isEmpty()) return best;
    double sum = 0;
    QList<int> apart;
    for (const QString& word : words) {
        const double one = pieceScore(word, folded, places ? &apart : nullptr);
        if (one <= 0) return best;
        sum += one;
    }
    sum = sum / double(words.size()) * kWordsApart;
    if (sum <= best) return best;
    if (places) *places = apart;
    return sum;
}

QStringList wordsOf(const QString& needle) {
    const QStringList words = needle.split(u' ', Qt::SkipEmptyParts);
    return words.size() > 1 ? words : QStringList();
}

}  // namespace

double fuzzyScore(const QString& pattern, const QString& text, QList<int>* positions) {
    const QString needle = foldForSearch(pattern.simplified());
    if (positions) positions->clear();
    if (needle.isEmpty()) return 0;
    if (!positions) return foldedScore(needle, wordsOf(needle), foldForSearch(text), nullptr);
    QString folded;
    QList<int> origin, places;
    for (int i = 0; i < text.size(); ++i) {
        const QString part = foldChar(text[i]);
        for (int k = 0; k < part.size(); ++k) origin << i;
        folded += part;
    }
    const double score = foldedScore(needle, wordsOf(needle), folded, &places);
    if (score <= 0) return 0;
    for (const int place : std::as_const(places))
        if (!positions->contains(origin[place])) *positions << origin[place];
    std::sort(positions->begin(), positions->end());
    return score;
}

FuzzyNeedle::FuzzyNeedle(const QString& pattern)
    : m_whole(foldForSearch(pattern.simplified())), m_words(wordsOf(m_whole)) {
    for (const QChar c : std::as_const(m_whole))
        if (!c.isSpace()) m_letters |= letters(QStringView(&c, 1));
}

double FuzzyNeedle::score(QStringView folded) const {
    return m_whole.isEmpty() ? 0 : foldedScore(m_whole, m_words, folded, nullptr);
}

quint64 FuzzyNeedle::letters(QStringView folded) {
    constexpr unsigned kBits = 64;
    quint64 bits = 0;
    for (const QChar c : folded) bits |= quint64(1) << (c.unicode() % kBits);
    return bits;
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
