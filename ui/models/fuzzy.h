// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/fuzzy.h
/// Finding names: folded comparison (case and accents do not matter), subsequence match, nearness of spelling.
#pragma once
#include <QList>
#include <QString>
#include <QStringList>
#include <QStringView>

namespace espalier::ui {

/// Lower case, accents dropped; for comparing only, its length may differ.
QString foldForSearch(const QString& text);

/// First occurrence in `text` of a needle that foldForSearch() made, in positions of `text`; -1 without one.
int foldedFind(const QString& text, const QString& foldedNeedle, int* length);

/// How well the letters of `pattern` occur in order in `text`: 0 not at all, larger better. Starts of words, runs of
/// letters and short texts count more. The words of a pattern may also stand in another order, each for itself.
/// `positions` gets the matched places in `text`, ascending.
double fuzzyScore(const QString& pattern, const QString& text, QList<int>* positions = nullptr);

/// Scores from here on hold the pattern in one piece; below, its letters or words are scattered.
constexpr double kFuzzyWhole = 4.0;

/// A pattern for many texts that foldForSearch() made once: the same scores as fuzzyScore(), a hundred times as fast.
class FuzzyNeedle {
public:
    explicit FuzzyNeedle(const QString& pattern);
    bool empty() const { return m_whole.isEmpty(); }
    double score(QStringView folded) const;
    /// Which letters occur, one bit for several letters each. A text without all bits of the needle scores 0.
    static quint64 letters(QStringView folded);
    quint64 letters() const { return m_letters; }

private:
    QString m_whole;
    QStringList m_words;  ///< empty when there is only one
    quint64 m_letters = 0;
};

/// Likeness of spelling in [0, 1]: share of common letter pairs (Dice) of `pattern` with the nearest word of `text`.
double nearness(const QString& pattern, const QString& text);

}  // namespace espalier::ui
