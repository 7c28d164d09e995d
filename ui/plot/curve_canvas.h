// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/plot/curve_canvas.h
/// The picture inside a CurvePlot: axes, curves, labels at the lines' ends, flags and the read-out under the cursor.
/// The one place where QCustomPlot is used. Interface thread only.
#pragma once
#include <QString>
#include <QWidget>
#include <memory>
#include <vector>

#include "ui/plot/curve_data.h"
#include "ui/plot/curve_plot.h"

namespace espalier::ui {

/// What the canvas draws; owned by the CurvePlot.
struct CanvasSeries {
    QString name;
    CurveColor color;
    CurveSeries data;
};
struct CanvasMark {
    double step = 0;
    CurveMark kind = CurveMark::Note;
    QString text;
};

class CurveCanvas : public QWidget {
    Q_OBJECT
public:
    explicit CurveCanvas(QWidget* parent = nullptr);
    ~CurveCanvas() override;

    /// Pointers stay valid until the next call; nullptr series: nothing to draw.
    void show(const std::vector<CanvasSeries>* series, const std::vector<CanvasMark>* marks, const QString& title,
              const QString& emptyText);
    void redraw();
    void setLogarithmic(bool on);
    bool logarithmic() const;
    void resetView();
    bool following() const;
    QString readOut(double step) const;
    QImage picture();
    bool save(const QString& path);
    static QColor colorOf(CurveColor color);

signals:
    void viewChanged();
    void contextMenuWanted(const QPoint& globalPosition);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    QSize minimumSizeHint() const override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace espalier::ui
