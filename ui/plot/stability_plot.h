// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/plot/stability_plot.h
/// How a number of child labels was chosen: silhouettes of the repeated factorisations over k, the threshold that was
/// asked for, and the k of the split. Pointer or arrow keys read one k at a time. Interface thread only.
#pragma once
#include <QString>
#include <QWidget>
#include <memory>
#include <vector>

namespace espalier::ui {

class StabilityPlot : public QWidget {
    Q_OBJECT
public:
    struct Point {
        int k = 0;
        double least = 0;  ///< silhouette of the least stable label, [-1, 1]: terms or documents, whichever is lower
        double mean = 0;   ///< of the labels on average, likewise
        double error = 0;  ///< relative error of the fit, [0, 1]
        bool chosen = false;
    };

    explicit StabilityPlot(QWidget* parent = nullptr);
    ~StabilityPlot() override;

    /// \param points     ascending k
    /// \param threshold  of the least stable label; 0: not known, no line is drawn
    void setPoints(const std::vector<Point>& points, double threshold);
    const std::vector<Point>& points() const;
    double threshold() const;  ///< 0: not known
    /// "k = 5: least stable 0.91, mean 0.95, error 0.83, chosen"; empty when there is no such k.
    QString readOut(int k) const;
    int current() const;  ///< k that is read now, 0 = none
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void currentChanged(int k);  ///< 0: none any more

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace espalier::ui
