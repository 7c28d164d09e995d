// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <cmath>

namespace espalier::ui {
namespace {
QString tr(const char* text, int n = -1) {
    return QCoreApplication::translate("espalier::ui::format", text, nullptr, n);
}
}  // namespace

QString formatCount(std::int64_t n) {
    return QLocale().toString(qlonglong(n));
}

QString formatShare(double share) {
    return QLocale().toString(share, 'f', 2);
}

QString formatPercent(double share) {
    const double percent = share * 100.0;
    const int digits = percent > 0 && percent < 1 ? 1 : 0;
    return tr("%1 %").arg(QLocale().toString(percent, 'f', digits));
}

QString formatFigure(double value) {
    if (!std::isfinite(value)) return QStringLiteral("–");
    if (value == 0.0) return QLocale().toString(0);
    const int exponent = int(std::floor(std::log10(std::fabs(value))));
    constexpr int kDigits = 3, kSmallest = -5, kLargest = 7;
    if (exponent < kSmallest || exponent > kLargest) return QLocale().toString(value, 'e', kDigits - 1);
    const int decimals = std::max(0, kDigits - 1 - exponent);
    return QLocale().toString(value, 'f', decimals);
}

QString formatBytes(std::int64_t bytes) {
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

QString formatDuration(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return QStringLiteral("–");
    if (seconds < 10) return tr("%1 s").arg(QLocale().toString(seconds, 'f', seconds < 1 ? 1 : 0));
    if (seconds < 90) return tr("%1 s").arg(qRound(seconds));
    const auto minutes = std::int64_t(std::llround(seconds / 60.0));
    if (minutes < 90) return tr("%1 min").arg(minutes);
    return tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString formatDurationRange(double lowSeconds, double highSeconds) {
    if (highSeconds < 1) return tr("under 1 s");
    if (highSeconds < 90) {
        const int low = qRound(lowSeconds), high = std::max(1, qRound(highSeconds));
        return low >= high ? tr("%1 s").arg(high) : tr("%1 to %2 s").arg(low).arg(high);
    }
    if (highSeconds < 90 * 60) {
        const int low = std::max(1, int(lowSeconds / 60.0)), high = int(std::ceil(highSeconds / 60.0));
        return low >= high ? tr("%1 min").arg(high) : tr("%1 to %2 min").arg(low).arg(high);
    }
    const double low = lowSeconds / 3600.0, high = highSeconds / 3600.0;
    return tr("%1 to %2 h").arg(QLocale().toString(low, 'f', 1), QLocale().toString(high, 'f', 1));
}

QString formatTimeLeft(double lowSeconds, double highSeconds) {
    if (!std::isfinite(lowSeconds) || !std::isfinite(highSeconds) || lowSeconds < 0 || highSeconds < 0)
        return tr("measuring…");
    if (highSeconds < 1) return tr("almost done");
    return tr("%1 left").arg(formatDurationRange(lowSeconds, highSeconds));
}

QString formatTime(const QString& isoUtc) {
    QDateTime time = QDateTime::fromString(isoUtc, Qt::ISODateWithMs);
    if (!time.isValid()) return isoUtc;
    if (time.timeSpec() == Qt::LocalTime) time.setTimeSpec(Qt::UTC);
    time = time.toLocalTime();
    const QString clock = time.time().toString(QStringLiteral("HH:mm"));
    const QDate today = QDate::currentDate();
    if (time.date() == today) return tr("today %1").arg(clock);
    if (time.date() == today.addDays(-1)) return tr("yesterday %1").arg(clock);
    return QLocale().toString(time.date(), QStringLiteral("d MMM yyyy")) + u' ' + clock;
}

}  // namespace espalier::ui
