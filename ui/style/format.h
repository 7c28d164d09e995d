// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/style/format.h
/// Numbers, shares and times as people read them: the user's locale, three significant digits, units.
#pragma once
#include <QString>
#include <cstdint>

namespace espalier::ui {

QString formatCount(std::int64_t n);  ///< "12,408"
QString formatShare(double share);    ///< "0.42"; 1 is "1.00"
QString formatPercent(double share);  ///< 0.417 -> "42 %"; under 1 %: "0.4 %"
QString formatFigure(
    double value);  ///< three significant digits, no fewer than the whole number: "0.0123", "4.57", "1,234"
QString formatBytes(std::int64_t bytes);  ///< "1.3 GB"
QString formatDuration(double seconds);   ///< "4 s", "8 min", "2 h 5 min"
/// "8 to 11 min": a range, rounded outwards; "under 1 s".
QString formatDurationRange(double lowSeconds, double highSeconds);
/// "8 to 11 min left"; "measuring…" when either is negative or not finite.
QString formatTimeLeft(double lowSeconds, double highSeconds);
/// ISO time of the journal (UTC) as the user's local date and time, short: "today 14:03", "12 Mar 2025 09:10".
QString formatTime(const QString& isoUtc);

}  // namespace espalier::ui
