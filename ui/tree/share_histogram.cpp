// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/share_histogram.h"

#include <QHelpEvent>
#include <QHoverEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/style/format.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

// Smallest of 1, 2, 5 times a power of ten that is not below n.
std::int64_t niceTop(std::int64_t n) {
    std::int64_t step = 1;
    for (;;) {
        for (const int factor : {1, 2, 5})
            if (step * factor >= n) return step * factor;
        step *= 10;
    }
}

}  // namespace

ShareHistogram::ShareHistogram(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("shareHistogram"));
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ShareHistogram::setCounts(const std::vector<std::int64_t>& counts, const QColor& color) {
    m_counts = counts;
    m_color = color;
    if (m_counts.empty()) {
        setAccessibleName(tr("Shares are being counted"));
    } else {
        const auto total = std::accumulate(m_counts.begin(), m_counts.end(), std::int64_t(0));
        const auto firm = std::accumulate(m_counts.begin() + kBins / 2, m_counts.end(), std::int64_t(0));
        setAccessibleName(
            tr("Shares of %1 documents: %2 of them at 0.5 or more").arg(formatCount(total), formatCount(firm)));
    }
    update();
}

QSize ShareHistogram::sizeHint() const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::PlotHeight)};
}
QSize ShareHistogram::minimumSizeHint() const {
    return {theme().space(30), theme().length(Length::PlotHeight)};
}

QRectF ShareHistogram::plotArea() const {
    const QFontMetrics metrics(theme().font(TextRole::Small));
    const std::int64_t most = m_counts.empty() ? 1 : *std::max_element(m_counts.begin(), m_counts.end());
    const int left =
        metrics.horizontalAdvance(formatCount(niceTop(std::max<std::int64_t>(1, most)))) + theme().space(2);
    return QRectF(rect()).adjusted(left, metrics.height() / 2.0 + 1, -theme().space(1),
                                   -metrics.height() - theme().space(1));
}

int ShareHistogram::binAt(double x) const {
    const QRectF plot = plotArea();
    if (x < plot.left() || x > plot.right()) return -1;
    return std::clamp(int((x - plot.left()) / plot.width() * kBins), 0, kBins - 1);
}

QString ShareHistogram::binText(int bin) const {
    if (bin < 0 || bin >= int(m_counts.size())) return {};
    return tr("%1 documents have a share from %2 to %3")
        .arg(formatCount(m_counts[std::size_t(bin)]), formatShare(double(bin) / kBins),
             formatShare(double(bin + 1) / kBins));
}

bool ShareHistogram::event(QEvent* event) {
    if (event->type() == QEvent::HoverMove || event->type() == QEvent::HoverLeave) {
        const int bin =
            event->type() == QEvent::HoverLeave ? -1 : binAt(static_cast<QHoverEvent*>(event)->position().x());
        if (bin != m_hovered) {
            m_hovered = bin;
            update();
        }
    } else if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), binText(binAt(help->pos().x())), this);
        return true;
    }
    return QWidget::event(event);
}

void ShareHistogram::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(theme().font(TextRole::Small));
    const QFontMetrics metrics(painter.font());
    const QRectF plot = plotArea();
    const int line = theme().length(Length::Hairline);
    const std::int64_t most = m_counts.empty() ? 0 : *std::max_element(m_counts.begin(), m_counts.end());
    const std::int64_t top = niceTop(std::max<std::int64_t>(1, most));

    painter.setPen(theme().color(ColorRole::Muted));
    for (const double part : {0.0, 0.5, 1.0}) {
        const auto value = std::int64_t(std::llround(double(top) * part));
        if (part == 0.5 && value * 2 != top) continue;
        const double y = plot.bottom() - part * plot.height();
        if (part > 0) painter.fillRect(QRectF(plot.left(), y, plot.width(), line), theme().color(ColorRole::Hairline));
        if (!m_counts.empty())
            painter.drawText(QRectF(0, y - metrics.height() / 2.0, plot.left() - theme().space(1), metrics.height()),
                             int(Qt::AlignRight | Qt::AlignVCenter), formatCount(value));
    }
    painter.fillRect(QRectF(plot.left(), plot.bottom(), plot.width(), line), theme().color(ColorRole::Muted));
    for (const double share : {0.0, 0.5, 1.0}) {
        const QString text = QLocale().toString(share, 'f', share == 0.5 ? 1 : 0);
        const double width = metrics.horizontalAdvance(text);
        double x = plot.left() + share * plot.width() - width / 2;
        x = std::clamp(x, plot.left(), plot.right() - width);
        painter.drawText(QPointF(x, height() - metrics.descent()), text);
    }
    if (m_counts.empty()) {
        painter.drawText(plot, Qt::AlignCenter, tr("counting…"));
        return;
    }
    const double step = plot.width() / kBins;
    for (int bin = 0; bin < kBins && bin < int(m_counts.size()); ++bin) {
        const double share = double(m_counts[std::size_t(bin)]) / double(top);
        if (share <= 0) continue;
        const double barHeight = std::max(double(line), share * plot.height());
        QColor color = m_color;
        if (m_hovered >= 0 && m_hovered != bin) color.setAlphaF(0.55F);
        painter.fillRect(QRectF(plot.left() + bin * step + line, plot.bottom() - barHeight, step - 2 * line, barHeight),
                         color);
    }
    if (m_hovered >= 0) {
        painter.setPen(theme().color(ColorRole::Text));
        painter.drawText(plot, int(Qt::AlignTop | Qt::AlignHCenter),
                         metrics.elidedText(formatCount(m_counts[std::size_t(m_hovered)]) + QStringLiteral(" · ") +
                                                formatShare(double(m_hovered) / kBins) + QStringLiteral("–") +
                                                formatShare(double(m_hovered + 1) / kBins),
                                            Qt::ElideRight, int(plot.width())));
    }
}

}  // namespace espalier::ui
