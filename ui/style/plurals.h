// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/style/plurals.h
/// English plurals without a translation file: tr("%n document(s)", nullptr, 1) becomes "1 document".
#pragma once
#include <QTranslator>

namespace espalier::ui {

/// Installed before any other translator, so that a real one for the user's language comes first.
class EnglishPlurals : public QTranslator {
    Q_OBJECT
public:
    using QTranslator::QTranslator;
    bool isEmpty() const override { return false; }
    /// Resolves "(s)" and "(es)" of texts with a number; leaves all others alone.
    QString translate(const char* context, const char* source, const char* disambiguation, int n) const override;
};

}  // namespace espalier::ui
