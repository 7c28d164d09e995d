// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/plot/curve_data.h
/// One curve's numbers: raw points, their smoothed twin, and what of them is drawn. No widgets; any thread, one at a
/// time.
#pragma once
#include <cstddef>
#include <utility>
#include <vector>

namespace espalier::ui {

/// Points with ascending x. A y that is NaN breaks the line.
struct CurvePoints {
    std::vector<double> x;
    std::vector<double> y;
    std::size_t size() const { return x.size(); }
};

/// Exponential moving average by distance on the x axis, debiased: after a step of d the past weighs exp(-d / span).
/// A constant stays constant from the first point on, runs of different density smooth alike, and a point never
/// changes once it is drawn. Breaks pass through; the memory fades over them by their distance.
class StepSmoother {
public:
    /// \param span  in units of x, > 0; 0 = no smoothing
    explicit StepSmoother(double span = 0) : m_span(span) {}
    double add(double x, double y);

private:
    double m_span;
    double m_sum = 0, m_weight = 0, m_last = 0;
    bool m_first = true;
};

class CurveSeries {
public:
    void append(double x, double y);  ///< x not below the last one; a y that is not finite becomes a break and a mark
    void appendGap();                 ///< break without a mark
    void clear();
    void setSpan(double span);  ///< recomputes the smoothed twin

    const CurvePoints& raw() const { return m_raw; }
    const CurvePoints& smoothed() const { return m_smoothed; }
    const std::vector<double>& notFinite() const { return m_notFinite; }  ///< x of such values
    /// Index of the point nearest to x that has a value, or -1.
    std::ptrdiff_t nearest(double x) const;
    /// Last index with a value, or -1.
    std::ptrdiff_t last() const;

private:
    CurvePoints m_raw, m_smoothed;
    std::vector<double> m_notFinite;
    double m_span = 0;
    StepSmoother m_smoother;
};

/// What to draw of `points` between x = from and to on `columns` pixel columns: everything when it is little, else per
/// column the first, smallest, largest and last point in order, so that no extreme is lost. Breaks stay breaks. One
/// point on each side of the range is kept, so that lines leave the picture.
CurvePoints thinned(const CurvePoints& points, double from, double to, int columns);

/// Smallest and largest y with x in [from, to]; first > second when there is none.
std::pair<double, double> rangeOf(const CurvePoints& points, double from, double to, bool positiveOnly);

}  // namespace espalier::ui
