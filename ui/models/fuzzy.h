// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/models/fuzzy.h
/// Finding names: folded comparison (case and accents do not matter), subsequence match, nearness of spelling.
#pragma once
#include <QList>
#include <QString>

namespace espalier::ui {

/// Lower case, accents dropped; for comparing only, its length may differ.
QString foldForSearch(const QString& text);

/// First occurrence in `text` of a needle that foldForSearch() made, in positions of `text`; -1 without one.
int foldedFind(const QString& text, const QString& foldedNeedle, int* length);

/// How well the letters of `pattern` occur in order in `text`: 0 not at all, larger better. Starts of words, runs of
/// letters and short texts count more. `positions` gets the matched places in `text`.
double fuzzyScore(const QString& pattern, const QString& text, QList<int>* positions = nullptr);

/// Likeness of spelling in [0, 1]: share of common letter pairs (Dice) of `pattern` with the nearest word of `text`.
double nearness(const QString& pattern, const QString& text);

}  // namespace espalier::ui
