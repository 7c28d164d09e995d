// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/curve_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace espalier::ui {
namespace {
constexpr double kBreak = std::numeric_limits<double>::quiet_NaN();
}

double StepSmoother::add(double x, double y) {
    if (m_span <= 0 || !std::isfinite(y)) return y;
    // The first point has no distance of its own; one step is as good as any, the debiasing cancels it.
    const double distance = m_first ? 1.0 : std::max(x - m_last, 0.0);
    const double past = std::exp(-distance / m_span);
    const double now = distance > 0 ? 1.0 - past : 1.0 - std::exp(-1.0 / m_span);
    m_sum = past * m_sum + now * y;
    m_weight = past * m_weight + now;
    m_last = x;
    m_first = false;
    return m_sum / m_weight;
}

void CurveSeries::append(double x, double y) {
    if (!std::isfinite(y)) {
        m_notFinite.push_back(x);
        y = kBreak;
    }
    m_raw.x.push_back(x);
    m_raw.y.push_back(y);
    m_smoothed.x.push_back(x);
    m_smoothed.y.push_back(m_smoother.add(x, y));
}

void CurveSeries::appendGap() {
    if (m_raw.x.empty() || std::isnan(m_raw.y.back())) return;
    m_raw.x.push_back(m_raw.x.back());
    m_raw.y.push_back(kBreak);
    m_smoothed.x.push_back(m_smoothed.x.back());
    m_smoothed.y.push_back(kBreak);
}

void CurveSeries::clear() {
    m_raw = {};
    m_smoothed = {};
    m_notFinite.clear();
    m_smoother = StepSmoother(m_span);
}

void CurveSeries::setSpan(double span) {
    m_span = span;
    m_smoother = StepSmoother(span);
    for (std::size_t i = 0; i < m_raw.size(); ++i) m_smoothed.y[i] = m_smoother.add(m_raw.x[i], m_raw.y[i]);
}

std::ptrdiff_t CurveSeries::nearest(double x) const {
    std::ptrdiff_t best = -1;
    const auto at = std::lower_bound(m_raw.x.begin(), m_raw.x.end(), x) - m_raw.x.begin();
    const auto count = std::ptrdiff_t(m_raw.size());
    for (auto i = at; i < count; ++i) {
        if (std::isnan(m_raw.y[std::size_t(i)])) continue;
        best = i;
        break;
    }
    for (auto i = at - 1; i >= 0; --i) {
        if (std::isnan(m_raw.y[std::size_t(i)])) continue;
        if (best < 0 || x - m_raw.x[std::size_t(i)] < m_raw.x[std::size_t(best)] - x) best = i;
        break;
    }
    return best;
}

std::ptrdiff_t CurveSeries::last() const {
    for (auto i = std::ptrdiff_t(m_raw.size()) - 1; i >= 0; --i)
        if (!std::isnan(m_raw.y[std::size_t(i)])) return i;
    return -1;
}

CurvePoints thinned(const CurvePoints& points, double from, double to, int columns) {
    auto first = std::size_t(std::lower_bound(points.x.begin(), points.x.end(), from) - points.x.begin());
    auto last = std::size_t(std::upper_bound(points.x.begin(), points.x.end(), to) - points.x.begin());
    if (first > 0) --first;
    if (last < points.size()) ++last;
    CurvePoints out;
    const auto take = [&](std::size_t i) {
        out.x.push_back(points.x[i]);
        out.y.push_back(points.y[i]);
    };
    constexpr std::size_t kPerColumn = 4;
    if (columns < 1 || last - first <= kPerColumn * std::size_t(columns) || !(to > from)) {
        for (auto i = first; i < last; ++i) take(i);
        return out;
    }
    const double width = (to - from) / columns;
    auto begin = first;
    while (begin < last) {
        // One bucket: points of one column without a break inside.
        if (std::isnan(points.y[begin])) {
            take(begin++);
            continue;
        }
        const double column = std::floor((points.x[begin] - from) / width);
        auto end = begin, low = begin, high = begin;
        while (end < last && !std::isnan(points.y[end]) && std::floor((points.x[end] - from) / width) == column) {
            if (points.y[end] < points.y[low]) low = end;
            if (points.y[end] > points.y[high]) high = end;
            ++end;
        }
        std::size_t chosen[] = {begin, low, high, end - 1};
        std::sort(std::begin(chosen), std::end(chosen));
        for (std::size_t i = 0; i < kPerColumn; ++i)
            if (i == 0 || chosen[i] != chosen[i - 1]) take(chosen[i]);
        begin = end;
    }
    return out;
}

std::pair<double, double> rangeOf(const CurvePoints& points, double from, double to, bool positiveOnly) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    auto i = std::size_t(std::lower_bound(points.x.begin(), points.x.end(), from) - points.x.begin());
    for (; i < points.size() && points.x[i] <= to; ++i) {
        const double y = points.y[i];
        if (std::isnan(y) || (positiveOnly && y <= 0)) continue;
        low = std::min(low, y);
        high = std::max(high, y);
    }
    return {low, high};
}

}  // namespace espalier::ui
