// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/plot/curve_plot.h
/// Curves over training steps, as honest as we can draw them: raw data always drawn, faint, under a smoothed line;
/// gaps and values that are not finite stay visible as such; what is thinned for display keeps every extreme.
///
/// A quantity (loss, loss minus floor, documents a second) holds one series per curve; one quantity shows at a time.
/// Cheap to feed: append() gathers, the picture is redrawn at most ten times a second. Interface thread only.
#pragma once
#include <QColor>
#include <QImage>
#include <QString>
#include <QWidget>
#include <memory>

namespace espalier::ui {

enum class CurveMark { Edit, Checkpoint, Pause, Note };

/// How a series is coloured; follows the theme.
struct CurveColor {
    enum class Kind { Total, Level } kind = Kind::Total;
    int index = 0;  ///< level
};

class CurvePlot : public QWidget {
    Q_OBJECT
public:
    explicit CurvePlot(QWidget* parent = nullptr);
    ~CurvePlot() override;

    /// \param name  "Loss": in the selector and on the axis
    /// \param unit  "documents a second", or empty
    /// \return index of the quantity
    int addQuantity(const QString& name, const QString& unit);
    /// \return index of the series in its quantity
    int addSeries(int quantity, const QString& name, CurveColor color);
    int seriesCount(int quantity) const;
    /// Steps ascend within a series. A value that is not finite is shown as a break with a mark.
    void append(int quantity, int series, double step, double value);
    void appendGap(int quantity, int series);  ///< the line breaks here (a pause)
    void addMark(double step, CurveMark kind, const QString& text);
    void clear();        ///< quantities, series, points and marks
    void clearPoints();  ///< points and marks

    void setCurrentQuantity(int quantity);
    int currentQuantity() const;
    /// Distance in steps over which the smoothed line looks back; 0 = no smoothing.
    void setSmoothing(double steps);
    double smoothing() const;
    void setLogarithmic(bool on);
    bool logarithmic() const;
    void resetView();                    ///< all data, following new points again
    bool following() const;              ///< false after the user panned or zoomed
    void setTableVisible(bool visible);  ///< the table twin in place of the picture

    /// What the cursor read-out says at this step: series, raw and smoothed value; for tests and screen readers.
    QString readOut(double step) const;
    /// Tab-separated, one row per step: step and a column per series, raw values. C locale.
    QString dataAsText() const;
    QImage picture();
    /// By the suffix: .png, .pdf or .svg. \return false when it cannot be written
    bool savePicture(const QString& path);
    void flush();  ///< draws now what gathered; for tests

Q_SIGNALS:
    void currentQuantityChanged(int quantity);
    /// "Save picture as…": whoever shows the plot asks for a path and calls savePicture().
    void saveRequested();

protected:
    void changeEvent(QEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace espalier::ui
