// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/stability_plot.h"

#include <qcustomplot.h>

#include <QLocale>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/plot/plot_axes.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
QString silhouette(double value) {
    return QLocale().toString(value, 'f', 2);
}
}  // namespace

/// Three samples with their words, in one line over the picture.
class StabilityLegend : public QWidget {
public:
    explicit StabilityLegend(QWidget* parent) : QWidget(parent) {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
    }
    void setThreshold(double threshold) {
        m_threshold = threshold;
        update();
    }
    QSize sizeHint() const override {
        return {theme().space(30), QFontMetrics(theme().font(TextRole::Small)).height() + theme().space(1)};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setFont(theme().font(TextRole::Small));
        const QFontMetricsF metrics(painter.font());
        const double sample = theme().space(4), gap = theme().space(1), middle = height() / 2.0;
        double x = 0;
        const auto words = [&](const QString& text) {
            painter.setPen(theme().color(ColorRole::Muted));
            const double width = metrics.horizontalAdvance(text);
            painter.drawText(QRectF(x + sample + gap, 0, width + gap, height()), Qt::AlignLeft | Qt::AlignVCenter,
                             text);
            x += sample + gap + width + 2.5 * gap;
        };
        const double dot = theme().space(1) * 0.75;
        painter.setPen(QPen(theme().color(ColorRole::Accent), theme().length(Length::CurveWidth)));
        painter.drawLine(QPointF(x, middle), QPointF(x + sample, middle));
        painter.setBrush(theme().color(ColorRole::Accent));
        painter.drawEllipse(QPointF(x + sample / 2, middle), dot, dot);
        words(StabilityPlot::tr("least stable"));
        painter.setPen(QPen(theme().color(ColorRole::Muted), theme().length(Length::ThinCurveWidth)));
        painter.drawLine(QPointF(x, middle), QPointF(x + sample, middle));
        painter.setBrush(theme().color(ColorRole::Base));
        painter.drawEllipse(QPointF(x + sample / 2, middle), dot, dot);
        words(StabilityPlot::tr("mean"));
        if (m_threshold <= 0) return;
        painter.setPen(QPen(theme().color(ColorRole::Warning), theme().length(Length::ThinCurveWidth), Qt::DashLine));
        painter.drawLine(QPointF(x, middle), QPointF(x + sample, middle));
        words(StabilityPlot::tr("asked for: %1").arg(silhouette(m_threshold)));
    }

private:
    double m_threshold = 0;
};

class StabilityPlot::Private {
public:
    void build(StabilityPlot* owner);
    void restyle();
    void fill();
    void setCurrent(int k);
    int nearest(double x) const;

    StabilityPlot* q = nullptr;
    StabilityLegend* legend = nullptr;
    QCustomPlot* plot = nullptr;
    QCPGraph* mean = nullptr;
    QCPGraph* least = nullptr;
    QCPGraph* chosen = nullptr;
    QCPGraph* cursor = nullptr;
    QCPItemStraightLine* thresholdLine = nullptr;
    QCPItemStraightLine* chosenLine = nullptr;
    QCPItemStraightLine* cursorLine = nullptr;
    QCPItemText* chosenText = nullptr;
    std::vector<Point> points;
    double threshold = 0;
    int current = 0;
};

void StabilityPlot::Private::build(StabilityPlot* owner) {
    q = owner;
    legend = new StabilityLegend(owner);
    plot = new QCustomPlot(owner);
    plot->setObjectName(QStringLiteral("plot"));
    plot->setMinimumSize(theme().space(8), theme().space(8));
    plot->setFocusPolicy(Qt::NoFocus);
    plot->setAttribute(Qt::WA_TransparentForMouseEvents);  // the wheel scrolls the page that it stands on
    plot->setInteractions({});
    plot->xAxis2->setVisible(false);
    plot->yAxis2->setVisible(false);
    const auto line = [this] {
        auto* made = new QCPItemStraightLine(plot);
        made->setSelectable(false);
        made->setLayer(QStringLiteral("grid"));
        return made;
    };
    thresholdLine = line();
    chosenLine = line();
    cursorLine = line();
    for (QCPGraph** graph : {&mean, &least, &chosen, &cursor}) {
        *graph = plot->addGraph();
        (*graph)->setSelectable(QCP::stNone);
    }
    chosen->setLineStyle(QCPGraph::lsNone);
    cursor->setLineStyle(QCPGraph::lsNone);
    chosenText = new QCPItemText(plot);
    chosenText->setSelectable(false);
    chosenText->setClipToAxisRect(false);
    chosenText->position->setTypeX(QCPItemPosition::ptPlotCoords);
    chosenText->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    chosenText->setPositionAlignment(Qt::AlignHCenter | Qt::AlignBottom);

    auto* layout = new QVBoxLayout(owner);
    layout->setContentsMargins(theme().length(Length::FocusRing) + theme().length(Length::FocusGap),
                               theme().length(Length::FocusRing), theme().length(Length::FocusRing),
                               theme().length(Length::FocusRing));
    layout->setSpacing(0);
    layout->addWidget(legend);
    layout->addWidget(plot, 1);

    QObject::connect(&theme(), &Theme::changed, owner, [this] {
        restyle();
        plot->replot();
    });
    restyle();
}

void StabilityPlot::Private::restyle() {
    const QColor accent = theme().color(ColorRole::Accent), muted = theme().color(ColorRole::Muted),
                 base = theme().color(ColorRole::Base);
    plot->setBackground(QBrush(base));
    styleAxis(plot->xAxis, AxisNumbers::Whole, 8);
    styleAxis(plot->yAxis, AxisNumbers::Real, 4);
    styleGrid(plot->xAxis, plot->yAxis);
    plot->xAxis->setLabel(StabilityPlot::tr("Child labels (k)"));
    plot->yAxis->setLabel(StabilityPlot::tr("Silhouette"));
    const double dot = theme().space(1) * 1.5;
    const double thin = theme().length(Length::ThinCurveWidth), wide = theme().length(Length::CurveWidth);
    mean->setPen(QPen(muted, thin));
    mean->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(muted, thin), QBrush(base), dot));
    least->setPen(QPen(accent, wide));
    least->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(accent, thin), QBrush(accent), dot));
    chosen->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(accent, wide), QBrush(base), 2 * dot));
    cursor->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(theme().color(ColorRole::Text), wide),
                                            QBrush(Qt::NoBrush), 2 * dot));
    thresholdLine->setPen(QPen(theme().color(ColorRole::Warning), thin, Qt::DashLine));
    chosenLine->setPen(QPen(accent, thin));
    cursorLine->setPen(QPen(muted, thin, Qt::DotLine));
    chosenText->setFont(theme().font(TextRole::Small));
    chosenText->setColor(theme().color(ColorRole::Text));
    plot->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    const int top = QFontMetrics(theme().font(TextRole::Small)).height() + theme().space(1);
    plot->axisRect()->setMargins(QMargins(0, top, theme().space(3), 0));
    plot->axisRect()->setMinimumMargins(QMargins(theme().space(8), top, 0, theme().space(8)));
}

void StabilityPlot::Private::fill() {
    QVector<double> k, least_, mean_, chosenK, chosenY;
    double low = 0;
    for (const Point& point : points) {
        k << point.k;
        least_ << point.least;
        mean_ << point.mean;
        low = std::min({low, point.least, point.mean});
        if (point.chosen) {
            chosenK << point.k;
            chosenY << point.least;
        }
    }
    least->setData(k, least_, true);
    mean->setData(k, mean_, true);
    chosen->setData(chosenK, chosenY, true);
    cursor->setData(QVector<double>{}, QVector<double>{});
    constexpr double kRoom = 0.5, kTop = 1.05, kStep = 0.25;
    if (!points.empty()) plot->xAxis->setRange(points.front().k - kRoom, points.back().k + kRoom);
    plot->yAxis->setRange(low < 0 ? std::floor(low / kStep) * kStep : 0, kTop);
    const auto vertical = [](QCPItemStraightLine* line, double x) {
        line->point1->setCoords(x, 0);
        line->point2->setCoords(x, 1);
    };
    thresholdLine->setVisible(threshold > 0);
    thresholdLine->point1->setCoords(0, threshold);
    thresholdLine->point2->setCoords(1, threshold);
    chosenLine->setVisible(!chosenK.isEmpty());
    chosenText->setVisible(!chosenK.isEmpty());
    cursorLine->setVisible(false);
    if (!chosenK.isEmpty()) {
        vertical(chosenLine, chosenK.front());
        chosenText->position->setCoords(chosenK.front(), 0);
        chosenText->setText(StabilityPlot::tr("k = %1").arg(int(chosenK.front())));
    }
    legend->setThreshold(threshold);
    plot->replot(QCustomPlot::rpQueuedReplot);
}

int StabilityPlot::Private::nearest(double x) const {
    int best = 0;
    for (const Point& point : points)
        if (best == 0 || std::fabs(point.k - x) < std::fabs(best - x)) best = point.k;
    return best;
}

void StabilityPlot::Private::setCurrent(int k) {
    if (k == current) return;
    current = k;
    const auto found = std::find_if(points.begin(), points.end(), [k](const Point& point) { return point.k == k; });
    cursorLine->setVisible(found != points.end());
    if (found != points.end()) {
        cursorLine->point1->setCoords(k, 0);
        cursorLine->point2->setCoords(k, 1);
        cursor->setData({double(k), double(k)}, {found->least, found->mean}, true);
    } else {
        cursor->setData(QVector<double>{}, QVector<double>{});
    }
    q->setAccessibleDescription(q->readOut(k));
    plot->replot(QCustomPlot::rpQueuedReplot);
    emit q->currentChanged(k);
}

StabilityPlot::StabilityPlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    setObjectName(QStringLiteral("stabilityPlot"));
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setMouseTracking(true);
    setAccessibleName(tr("Stability over the number of child labels"));
    d->build(this);
}

StabilityPlot::~StabilityPlot() = default;

void StabilityPlot::setPoints(const std::vector<Point>& points, double threshold) {
    d->setCurrent(0);
    d->points = points;
    d->threshold = threshold;
    d->fill();
}

const std::vector<StabilityPlot::Point>& StabilityPlot::points() const {
    return d->points;
}
double StabilityPlot::threshold() const {
    return d->threshold;
}

QString StabilityPlot::readOut(int k) const {
    for (const Point& point : d->points) {
        if (point.k != k) continue;
        const QString text = tr("k = %1: least stable %2, mean %3, error %4")
                                 .arg(k)
                                 .arg(silhouette(point.least), silhouette(point.mean), silhouette(point.error));
        return point.chosen ? tr("%1, chosen").arg(text) : text;
    }
    return {};
}

int StabilityPlot::current() const {
    return d->current;
}

QSize StabilityPlot::sizeHint() const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::PlotHeight) + theme().space(12)};
}
QSize StabilityPlot::minimumSizeHint() const {
    return {theme().space(30), sizeHint().height()};
}

void StabilityPlot::keyPressEvent(QKeyEvent* event) {
    const auto& points = d->points;
    const auto at = std::find_if(points.begin(), points.end(), [this](const Point& p) { return p.k == d->current; });
    const auto chosen = std::find_if(points.begin(), points.end(), [](const Point& p) { return p.chosen; });
    auto next = at;
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
            if (at == points.end())  // the first key reads what was chosen
                next = chosen != points.end() ? chosen : points.begin();
            else if (event->key() == Qt::Key_Left)
                next = at == points.begin() ? at : at - 1;
            else
                next = at + 1 == points.end() ? at : at + 1;
            break;
        case Qt::Key_Home:
            next = points.begin();
            break;
        case Qt::Key_End:
            next = points.empty() ? points.end() : points.end() - 1;
            break;
        default:
            QWidget::keyPressEvent(event);
            return;
    }
    d->setCurrent(next == points.end() ? 0 : next->k);
    event->accept();
}

void StabilityPlot::mouseMoveEvent(QMouseEvent* event) {
    const QPointF at = d->plot->mapFrom(this, event->position());
    const bool inside = d->plot->axisRect()->rect().contains(at.toPoint());
    d->setCurrent(inside ? d->nearest(d->plot->xAxis->pixelToCoord(at.x())) : 0);
}

void StabilityPlot::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    if (!hasFocus()) d->setCurrent(0);
}

void StabilityPlot::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void StabilityPlot::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    d->setCurrent(0);
    update();
}

void StabilityPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (showsFocus(this)) paintFocusRing(painter, rect());
}

}  // namespace espalier::ui
