// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/share_histogram.h
/// How firmly documents belong to a label: number of documents by their share, twenty bins from 0 to 1.
#pragma once
#include <QColor>
#include <QWidget>
#include <vector>

namespace espalier::ui {

class ShareHistogram : public QWidget {
    Q_OBJECT
public:
    static constexpr int kBins = 20;
    explicit ShareHistogram(QWidget* parent = nullptr);
    /// \param counts  kBins numbers; empty while they are being counted
    void setCounts(const std::vector<std::int64_t>& counts, const QColor& color);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    /// "312 documents have a share from 0.95 to 1.00"; for tests and tooltips.
    QString binText(int bin) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF plotArea() const;
    int binAt(double x) const;
    std::vector<std::int64_t> m_counts;
    QColor m_color;
    int m_hovered = -1;
};

}  // namespace espalier::ui
