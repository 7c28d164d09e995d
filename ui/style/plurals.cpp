// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/plurals.h"

namespace espalier::ui {

QString EnglishPlurals::translate(const char*, const char* source, const char*, int n) const {
    if (n < 0) return {};
    QString text = QString::fromUtf8(source);
    if (!text.contains(QLatin1String("s)"))) return {};
    text.replace(QLatin1String("(es)"), n == 1 ? QString() : QStringLiteral("es"));
    text.replace(QLatin1String("(s)"), n == 1 ? QString() : QStringLiteral("s"));
    return text;
}

}  // namespace espalier::ui
