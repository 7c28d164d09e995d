// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/plot_axes.h"

#include <qcustomplot.h>

#include <cmath>

#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

class LocaleTicker : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override {
        Q_UNUSED(format)
        Q_UNUSED(precision)
        if (std::fabs(tick) >= 1000) return locale.toString(qlonglong(std::llround(tick)));
        QString text = locale.toString(tick, 'f', 4);
        while (text.contains(locale.decimalPoint()) && (text.endsWith(u'0') || text.endsWith(locale.decimalPoint())))
            text.chop(1);
        return text.isEmpty() || text == QLatin1String("-0") ? QStringLiteral("0") : text;
    }
};

class WholeTicker : public LocaleTicker {
protected:
    double getTickStep(const QCPRange& range) override {
        const double step = LocaleTicker::getTickStep(range);
        if (step <= 1.0) return 1.0;
        return std::floor(step) == step ? step : 2 * step;
    }
};
}  // namespace

void styleAxis(QCPAxis* axis, AxisNumbers numbers, int ticks) {
    const QColor muted = theme().color(ColorRole::Muted);
    QSharedPointer<QCPAxisTicker> ticker;
    if (numbers == AxisNumbers::Logarithmic) {
        ticker.reset(new QCPAxisTickerLog);
        axis->setScaleType(QCPAxis::stLogarithmic);
        axis->setNumberFormat(QStringLiteral("g"));
        axis->setNumberPrecision(2);
    } else {
        ticker.reset(numbers == AxisNumbers::Whole ? new WholeTicker : new LocaleTicker);
        ticker->setTickCount(ticks);
        axis->setScaleType(QCPAxis::stLinear);
    }
    axis->setTicker(ticker);
    axis->setBasePen(QPen(muted, theme().length(Length::Hairline)));
    axis->setTickPen(QPen(muted, theme().length(Length::Hairline)));
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLength(0, theme().space(1));
    axis->setSubTickLength(0, 0);
    axis->setTickLabelColor(muted);
    axis->setLabelColor(muted);
    axis->setTickLabelFont(theme().font(TextRole::Small));
    axis->setLabelFont(theme().font(TextRole::Small));
    axis->setTickLabelPadding(theme().space(1));
    axis->setLabelPadding(theme().space(1));
}

void styleGrid(QCPAxis* x, QCPAxis* y) {
    const QPen line(theme().color(ColorRole::Hairline), theme().length(Length::Hairline));
    x->grid()->setVisible(false);
    y->grid()->setPen(line);
    y->grid()->setSubGridVisible(false);
    y->grid()->setZeroLinePen(line);
}

}  // namespace espalier::ui
