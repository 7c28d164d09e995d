// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/curve_canvas.h"

#include <qcustomplot.h>

#include <QAccessible>
#include <QFontMetricsF>
#include <QSvgGenerator>
#include <algorithm>
#include <cmath>

#include "ui/plot/plot_axes.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
constexpr double kPadding = 0.06;  ///< share of the range that stays free above and below
constexpr int kPictureScale = 2;   ///< copied and saved bitmaps, for print

QString markName(CurveMark kind) {
    switch (kind) {
        case CurveMark::Edit:
            return CurveCanvas::tr("Edit");
        case CurveMark::Checkpoint:
            return CurveCanvas::tr("Checkpoint");
        case CurveMark::Pause:
            return CurveCanvas::tr("Pause");
        case CurveMark::Note:
            return CurveCanvas::tr("Note");
    }
    return {};
}

ColorRole markColor(CurveMark kind) {
    switch (kind) {
        case CurveMark::Edit:
            return ColorRole::Information;
        case CurveMark::Checkpoint:
            return ColorRole::Accent;
        case CurveMark::Pause:
            return ColorRole::Warning;
        case CurveMark::Note:
            return ColorRole::Muted;
    }
    return ColorRole::Muted;
}
}  // namespace

class CurveCanvas::Private {
public:
    class Overlay;

    void build(CurveCanvas* owner);
    void restyle();
    void replot();
    void fitView();
    void syncGraphs();
    double labelWidth() const;
    void setCursorStep(double step, bool shown);
    QRectF plotRect() const { return plot->axisRect()->rect(); }
    double lastStep() const;

    CurveCanvas* q = nullptr;
    QCustomPlot* plot = nullptr;
    Overlay* labels = nullptr;
    Overlay* cursor = nullptr;
    const std::vector<CanvasSeries>* series = nullptr;
    const std::vector<CanvasMark>* marks = nullptr;
    QString title, emptyText;
    std::vector<std::pair<QCPGraph*, QCPGraph*>> graphs;  ///< raw, smoothed
    bool logarithmic = false;
    bool following = true;
    bool cursorShown = false;
    double cursorStep = 0;
};

/// Everything painted over the curves: end labels and flags on one layer, the read-out on another, so that moving the
/// cursor repaints the read-out alone.
class CurveCanvas::Private::Overlay : public QCPLayerable {
public:
    enum class Part { Labels, Cursor };
    Overlay(Private* owner, Part part, const QString& layer)
        : QCPLayerable(owner->plot, layer), m_owner(owner), m_part(part) {}

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
    QRect clipRect() const override { return mParentPlot->viewport(); }
    void draw(QCPPainter* painter) override {
        if (!m_owner->series) return;
        if (m_part == Part::Labels) {
            drawMarks(painter);
            drawEndLabels(painter);
        } else if (m_owner->cursorShown) {
            drawCursor(painter);
        }
    }

private:
    struct EndLabel {
        double y, wanted;
        QString text;
        QColor color;
    };

    void drawEndLabels(QCPPainter* painter) {
        const QRectF area = m_owner->plotRect();
        const QFont font = theme().font(TextRole::Small);
        const QFontMetricsF metrics(font);
        const double height = metrics.height() + theme().space(1) / 2.0;
        std::vector<EndLabel> ends;
        for (const CanvasSeries& one : *m_owner->series) {
            const auto last = one.data.last();
            if (last < 0) continue;
            const double value = one.data.smoothed().y[std::size_t(last)];
            if (m_owner->logarithmic && value <= 0) continue;
            const double y = m_owner->plot->yAxis->coordToPixel(value);
            if (!std::isfinite(y)) continue;
            const double inside = std::clamp(y, area.top(), area.bottom());
            ends.push_back({inside, inside, one.name + QStringLiteral("  ") + formatFigure(value), colorOf(one.color)});
        }
        spread(ends, height, area.top(), area.bottom());
        const double swatch = theme().space(3), gap = theme().space(1);
        double x = area.right() + gap;
        if (m_owner->following && m_owner->lastStep() > 0)
            x = std::max(x, m_owner->plot->xAxis->coordToPixel(m_owner->lastStep()) + gap);
        painter->setFont(font);
        for (const EndLabel& end : ends) {
            painter->setPen(QPen(end.color, theme().length(Length::CurveWidth), Qt::SolidLine, Qt::RoundCap));
            // A bent lead keeps label and line together when labels had to make room for each other.
            painter->drawLine(QPointF(x, end.wanted), QPointF(x + swatch / 2, end.y));
            painter->drawLine(QPointF(x + swatch / 2, end.y), QPointF(x + swatch, end.y));
            painter->setPen(theme().color(ColorRole::Text));
            painter->drawText(
                QRectF(x + swatch + gap, end.y - height / 2, metrics.horizontalAdvance(end.text) + gap, height),
                Qt::AlignLeft | Qt::AlignVCenter, end.text);
        }
    }

    /// Moves labels apart by as little as it takes, in the order of their lines.
    static void spread(std::vector<EndLabel>& ends, double height, double top, double bottom) {
        std::stable_sort(ends.begin(), ends.end(),
                         [](const EndLabel& a, const EndLabel& b) { return a.wanted < b.wanted; });
        constexpr int kRounds = 50;
        for (int round = 0; round < kRounds; ++round) {
            bool moved = false;
            for (std::size_t i = 1; i < ends.size(); ++i) {
                const double overlap = height - (ends[i].y - ends[i - 1].y);
                constexpr double kEnough = 0.1;
                if (overlap <= kEnough) continue;
                ends[i - 1].y -= overlap / 2;
                ends[i].y += overlap / 2;
                moved = true;
            }
            for (EndLabel& end : ends) end.y = std::clamp(end.y, top + height / 2, bottom - height / 2);
            if (!moved) break;
        }
    }

    void drawMarks(QCPPainter* painter) {
        const QRectF area = m_owner->plotRect();
        const double pole = theme().space(4), cloth = theme().space(2);
        if (m_owner->marks) {
            for (const CanvasMark& mark : *m_owner->marks) {
                const double x = m_owner->plot->xAxis->coordToPixel(mark.step);
                if (x < area.left() || x > area.right()) continue;
                const QColor color = theme().color(markColor(mark.kind));
                painter->setPen(QPen(color, theme().length(Length::ThinCurveWidth)));
                painter->drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() - pole));
                // Shape tells the kind without colour: pennant, square flag, two bars, disc.
                const double y = area.bottom() - pole;
                painter->setBrush(color);
                switch (mark.kind) {
                    case CurveMark::Edit: {
                        const QPointF flag[] = {{x, y}, {x + cloth, y + cloth / 2}, {x, y + cloth}};
                        painter->drawPolygon(flag, 3);
                        break;
                    }
                    case CurveMark::Checkpoint:
                        painter->drawRect(QRectF(x, y, cloth, cloth * 0.75));
                        break;
                    case CurveMark::Pause:
                        painter->drawRect(QRectF(x, y, cloth / 4, cloth));
                        painter->drawRect(QRectF(x + cloth / 2, y, cloth / 4, cloth));
                        break;
                    case CurveMark::Note:
                        painter->drawEllipse(QPointF(x, y + cloth / 2), cloth / 3, cloth / 3);
                        break;
                }
            }
        }
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(theme().color(ColorRole::Error), theme().length(Length::CurveWidth)));
        const double arm = theme().space(1);
        for (const CanvasSeries& one : *m_owner->series) {
            for (const double step : one.data.notFinite()) {
                const double x = m_owner->plot->xAxis->coordToPixel(step);
                if (x < area.left() || x > area.right()) continue;
                const double y = area.top() + 2 * arm;
                painter->drawLine(QPointF(x - arm, y - arm), QPointF(x + arm, y + arm));
                painter->drawLine(QPointF(x - arm, y + arm), QPointF(x + arm, y - arm));
            }
        }
    }

    void drawCursor(QCPPainter* painter) {
        const QRectF area = m_owner->plotRect();
        const double x = m_owner->plot->xAxis->coordToPixel(m_owner->cursorStep);
        if (x < area.left() - 1 || x > area.right() + 1) return;
        painter->setPen(QPen(theme().color(ColorRole::Muted), theme().length(Length::ThinCurveWidth), Qt::DotLine));
        painter->drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        struct Row {
            QString name, value;
            QColor color;
        };
        std::vector<Row> rows;
        const double dot = theme().space(1);
        for (const CanvasSeries& one : *m_owner->series) {
            const auto at = one.data.nearest(m_owner->cursorStep);
            if (at < 0 || one.data.raw().x[std::size_t(at)] != m_owner->cursorStep) continue;
            const double raw = one.data.raw().y[std::size_t(at)];
            const double smooth = one.data.smoothed().y[std::size_t(at)];
            const QColor color = colorOf(one.color);
            const QString value = smooth == raw
                                      ? formatFigure(raw)
                                      : CurveCanvas::tr("%1 (raw %2)").arg(formatFigure(smooth), formatFigure(raw));
            rows.push_back({one.name, value, color});
            const double y = m_owner->plot->yAxis->coordToPixel(smooth);
            if (!std::isfinite(y) || y < area.top() || y > area.bottom()) continue;
            painter->setPen(QPen(theme().color(ColorRole::Base), theme().length(Length::ThinCurveWidth)));
            painter->setBrush(color);
            painter->drawEllipse(QPointF(x, y), dot, dot);
        }
        const QFont font = theme().font(TextRole::Small);
        const QFontMetricsF metrics(font);
        const QString head = CurveCanvas::tr("Step %1").arg(formatCount(qint64(m_owner->cursorStep)));
        QStringList notes;
        if (m_owner->marks)
            for (const CanvasMark& mark : *m_owner->marks)
                if (std::fabs(m_owner->plot->xAxis->coordToPixel(mark.step) - x) <= theme().space(2))
                    notes << (mark.text.isEmpty() ? markName(mark.kind) : mark.text);
        double names = 0, values = 0, width = metrics.horizontalAdvance(head);
        for (const Row& row : rows) {
            names = std::max(names, metrics.horizontalAdvance(row.name));
            values = std::max(values, metrics.horizontalAdvance(row.value));
        }
        const double gap = theme().space(2), line = metrics.height() + 1;
        width = std::max(width, names + values + 3 * gap);
        for (const QString& note : notes) width = std::max(width, metrics.horizontalAdvance(note));
        const double height = line * double(1 + int(rows.size()) + int(notes.size()));
        QRectF card(x + gap, area.top() + gap, width + 2 * gap, height + 2 * gap);
        if (card.right() > area.right()) card.moveRight(x - gap);
        if (card.left() < area.left()) card.moveLeft(area.left());
        painter->setPen(QPen(theme().color(ColorRole::Hairline), theme().length(Length::Hairline)));
        painter->setBrush(theme().color(ColorRole::Window));
        painter->drawRoundedRect(card, theme().length(Length::CornerRadius), theme().length(Length::CornerRadius));
        painter->setFont(font);
        painter->setPen(theme().color(ColorRole::Text));
        double y = card.top() + gap;
        const double left = card.left() + gap;
        painter->drawText(QRectF(left, y, width, line), Qt::AlignLeft | Qt::AlignVCenter, head);
        y += line;
        for (const Row& row : rows) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(row.color);
            painter->drawEllipse(QPointF(left + dot, y + line / 2), dot * 0.8, dot * 0.8);
            painter->setPen(theme().color(ColorRole::Text));
            painter->drawText(QRectF(left + gap * 1.5, y, names + gap, line), Qt::AlignLeft | Qt::AlignVCenter,
                              row.name);
            painter->drawText(QRectF(left, y, width, line), Qt::AlignRight | Qt::AlignVCenter, row.value);
            y += line;
        }
        painter->setPen(theme().color(ColorRole::Muted));
        for (const QString& note : notes) {
            painter->drawText(QRectF(left, y, width, line), Qt::AlignLeft | Qt::AlignVCenter, note);
            y += line;
        }
    }

    Private* m_owner;
    Part m_part;
};

void CurveCanvas::Private::build(CurveCanvas* owner) {
    q = owner;
    plot = new QCustomPlot(owner);
    plot->setMinimumSize(theme().space(8), theme().space(8));  // on a page without room it has nothing to paint on
    plot->setObjectName(QStringLiteral("plot"));
    plot->setFocusPolicy(Qt::NoFocus);
    plot->setMouseTracking(true);
    plot->setContextMenuPolicy(Qt::CustomContextMenu);
    plot->setPlottingHint(QCP::phCacheLabels);
    plot->addLayer(QStringLiteral("labels"), plot->layer(QStringLiteral("main")), QCustomPlot::limAbove);
    plot->addLayer(QStringLiteral("cursor"), plot->layer(QStringLiteral("labels")), QCustomPlot::limAbove);
    plot->layer(QStringLiteral("cursor"))->setMode(QCPLayer::lmBuffered);
    labels = new Overlay(this, Overlay::Part::Labels, QStringLiteral("labels"));
    cursor = new Overlay(this, Overlay::Part::Cursor, QStringLiteral("cursor"));
    plot->xAxis2->setVisible(false);
    plot->yAxis2->setVisible(false);
    plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot->axisRect()->setRangeDrag(Qt::Horizontal | Qt::Vertical);
    auto* layout = new QVBoxLayout(owner);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(plot);

    const auto userMoved = [this] {
        if (!following) return;
        following = false;
        emit q->viewChanged();
    };
    QObject::connect(plot, &QCustomPlot::mouseWheel, owner, [this, userMoved] {
        if (series) userMoved();
    });
    QObject::connect(plot, &QCustomPlot::mouseMove, owner, [this, userMoved](QMouseEvent* event) {
        if (event->buttons() & Qt::LeftButton) {
            if (series) userMoved();
            return;
        }
        const QRectF area = plotRect();
        setCursorStep(plot->xAxis->pixelToCoord(event->position().x()), area.contains(event->position()));
    });
    QObject::connect(plot, &QCustomPlot::mouseDoubleClick, owner, [this] { q->resetView(); });
    QObject::connect(plot, &QWidget::customContextMenuRequested, owner,
                     [this](const QPoint& at) { emit q->contextMenuWanted(plot->mapToGlobal(at)); });
    // Zoomed or dragged: what was thinned for the old range is thinned again for the new one.
    QObject::connect(plot->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), owner, [this] {
        if (!following) syncGraphs();
    });
    QObject::connect(&theme(), &Theme::changed, owner, [this] {
        restyle();
        replot();
    });
    restyle();
}

void CurveCanvas::Private::restyle() {
    plot->setBackground(QBrush(theme().color(ColorRole::Base)));
    styleAxis(plot->xAxis, AxisNumbers::Whole, 6);
    styleAxis(plot->yAxis, logarithmic ? AxisNumbers::Logarithmic : AxisNumbers::Real, 5);
    styleGrid(plot->xAxis, plot->yAxis);
    plot->xAxis->setLabel(CurveCanvas::tr("Step"));
    for (std::size_t i = 0; i < graphs.size() && series && i < series->size(); ++i) {
        const QColor color = colorOf((*series)[i].color);
        QColor pale = color;
        constexpr double kPale = 0.30;
        pale.setAlphaF(float(kPale));
        graphs[i].first->setPen(QPen(pale, theme().length(Length::ThinCurveWidth)));
        graphs[i].second->setPen(
            QPen(color, theme().length(Length::CurveWidth), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    }
}

double CurveCanvas::Private::labelWidth() const {
    const QFontMetricsF metrics(theme().font(TextRole::Small));
    double widest = 0;
    if (series)
        for (const CanvasSeries& one : *series) {
            const auto last = one.data.last();
            if (last < 0) continue;
            widest =
                std::max(widest, metrics.horizontalAdvance(one.name + QStringLiteral("  ") +
                                                           formatFigure(one.data.smoothed().y[std::size_t(last)])));
        }
    return widest > 0 ? widest + theme().space(8) : theme().space(4);
}

double CurveCanvas::Private::lastStep() const {
    double last = 0;
    if (series)
        for (const CanvasSeries& one : *series)
            if (one.data.raw().size() > 0) last = std::max(last, one.data.raw().x.back());
    return last;
}

void CurveCanvas::Private::syncGraphs() {
    const std::size_t wanted = series ? series->size() : 0;
    while (graphs.size() > wanted) {
        plot->removeGraph(graphs.back().second);
        plot->removeGraph(graphs.back().first);
        graphs.pop_back();
    }
    bool added = false;
    while (graphs.size() < wanted) {
        QCPGraph* raw = plot->addGraph();
        QCPGraph* smooth = plot->addGraph();
        for (QCPGraph* graph : {raw, smooth}) {
            graph->setAdaptiveSampling(false);  // thinned() keeps every extreme
            graph->setSelectable(QCP::stNone);
        }
        graphs.emplace_back(raw, smooth);
        added = true;
    }
    if (added) restyle();
    const QCPRange range = plot->xAxis->range();
    // A plot that was not laid out yet is a few pixels wide; thinned for those, its curves would stay coarse.
    constexpr int kLeastColumns = 800;
    const int columns = std::max(kLeastColumns, int(plotRect().width()));
    std::size_t drawn = 0;
    for (std::size_t i = 0; i < wanted; ++i) {
        const auto fill = [&](QCPGraph* graph, const CurvePoints& points) {
            const CurvePoints few = thinned(points, range.lower, range.upper, columns);
            QVector<QCPGraphData> data;
            data.reserve(int(few.size()));
            for (std::size_t p = 0; p < few.size(); ++p) {
                const bool hidden = logarithmic && few.y[p] <= 0;
                data.append(QCPGraphData(few.x[p], hidden ? std::nan("") : few.y[p]));
            }
            graph->data()->set(data, true);
            drawn += few.size();
        };
        const CurveSeries& one = (*series)[i].data;
        // One point alone has no line: it shows as a dot.
        const bool single = one.raw().size() == 1;
        graphs[i].first->setVisible(true);
        graphs[i].second->setScatterStyle(single ? QCPScatterStyle(QCPScatterStyle::ssDisc, theme().space(1) + 1.0)
                                                 : QCPScatterStyle(QCPScatterStyle::ssNone));
        fill(graphs[i].first, one.raw());
        fill(graphs[i].second, one.smoothed());
    }
    // One long polyline that crosses itself is stroked as a whole, which takes seconds; single segments take none.
    constexpr std::size_t kManyPoints = 1500;
    plot->setPlottingHint(QCP::phFastPolylines, drawn > kManyPoints);
}

void CurveCanvas::Private::fitView() {
    if (!series) return;
    double first = 0, last = 0, low = std::numeric_limits<double>::infinity(), high = -low;
    bool any = false;
    for (const CanvasSeries& one : *series) {
        const CurvePoints& raw = one.data.raw();
        if (raw.size() == 0) continue;
        first = any ? std::min(first, raw.x.front()) : raw.x.front();
        last = any ? std::max(last, raw.x.back()) : raw.x.back();
        any = true;
        const auto [a, b] = rangeOf(raw, raw.x.front(), raw.x.back(), logarithmic);
        low = std::min(low, a);
        high = std::max(high, b);
    }
    constexpr double kFewSteps = 10;
    plot->xAxis->setRange(first, std::max(last, first + kFewSteps));
    if (low > high) {
        plot->yAxis->setRange(logarithmic ? 0.1 : 0.0, 1.0);
    } else if (logarithmic) {
        const double factor = std::max(std::pow(high / low, kPadding), 1.02);
        plot->yAxis->setRange(low / factor, high * factor);
    } else {
        const double spread = high > low ? high - low : std::max(std::fabs(high), 1.0);
        plot->yAxis->setRange(low - spread * kPadding, high + spread * kPadding);
    }
}

void CurveCanvas::Private::replot() {
    int hidden = 0;
    if (logarithmic && series)
        for (const CanvasSeries& one : *series)
            hidden +=
                int(std::count_if(one.data.raw().y.begin(), one.data.raw().y.end(), [](double y) { return y <= 0; }));
    QString label = title;
    if (logarithmic)
        label =
            hidden > 0
                ? CurveCanvas::tr("%1 (logarithmic; %n value(s) at or below 0 not shown)", nullptr, hidden).arg(title)
                : CurveCanvas::tr("%1 (logarithmic)").arg(title);
    plot->yAxis->setLabel(label);
    QCPAxisRect* area = plot->axisRect();
    area->setAutoMargins(QCP::msLeft | QCP::msBottom);
    area->setMargins(QMargins(0, theme().space(3), int(labelWidth()), 0));
    area->setMinimumMargins(QMargins(theme().space(8), theme().space(3), 0, theme().space(8)));
    if (following) fitView();
    syncGraphs();
    plot->replot(QCustomPlot::rpQueuedReplot);
}

void CurveCanvas::Private::setCursorStep(double step, bool shown) {
    double best = 0, distance = -1;
    if (shown && series)
        for (const CanvasSeries& one : *series) {
            const auto at = one.data.nearest(step);
            if (at < 0) continue;
            const double x = one.data.raw().x[std::size_t(at)];
            if (distance < 0 || std::fabs(x - step) < distance) {
                distance = std::fabs(x - step);
                best = x;
            }
        }
    const bool show = distance >= 0;
    if (show == cursorShown && (!show || best == cursorStep)) return;
    cursorShown = show;
    cursorStep = best;
    q->setAccessibleDescription(show ? q->readOut(best) : QString());
    plot->layer(QStringLiteral("cursor"))->replot();
}

CurveCanvas::CurveCanvas(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    setObjectName(QStringLiteral("curveCanvas"));
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Curves"));
    d->build(this);
    setFocusProxy(nullptr);
}

CurveCanvas::~CurveCanvas() = default;

QColor CurveCanvas::colorOf(CurveColor color) {
    if (color.kind == CurveColor::Kind::Total) return theme().color(ColorRole::Text);
    // Blue, terracotta, violet, ochre: far apart, also without red or green.
    constexpr int kLevels[] = {2, 1, 4, 3, 5, 6};
    return theme().branchColor(kLevels[std::size_t(color.index) % std::size(kLevels)]);
}

void CurveCanvas::show(const std::vector<CanvasSeries>* series, const std::vector<CanvasMark>* marks,
                       const QString& title, const QString& emptyText) {
    d->series = series;
    d->marks = marks;
    d->title = title;
    d->emptyText = emptyText;
    d->cursorShown = false;
    setAccessibleName(tr("Curves of %1").arg(title));
    d->syncGraphs();
    d->restyle();
    d->replot();
}

void CurveCanvas::redraw() {
    d->replot();
}

void CurveCanvas::setLogarithmic(bool on) {
    if (d->logarithmic == on) return;
    d->logarithmic = on;
    d->following = true;
    d->restyle();
    d->replot();
    emit viewChanged();
}

bool CurveCanvas::logarithmic() const {
    return d->logarithmic;
}
bool CurveCanvas::following() const {
    return d->following;
}

void CurveCanvas::resetView() {
    d->following = true;
    d->replot();
    emit viewChanged();
}

QString CurveCanvas::readOut(double step) const {
    if (!d->series) return {};
    QStringList parts{tr("Step %1").arg(formatCount(qint64(step)))};
    for (const CanvasSeries& one : *d->series) {
        const auto at = one.data.nearest(step);
        if (at < 0 || one.data.raw().x[std::size_t(at)] != step) continue;
        parts << tr("%1 %2, raw %3")
                     .arg(one.name, formatFigure(one.data.smoothed().y[std::size_t(at)]),
                          formatFigure(one.data.raw().y[std::size_t(at)]));
    }
    if (d->marks)
        for (const CanvasMark& mark : *d->marks)
            if (mark.step == step) parts << (mark.text.isEmpty() ? markName(mark.kind) : mark.text);
    return parts.join(QStringLiteral("; "));
}

QImage CurveCanvas::picture() {
    // Neither toPixmap() nor toPainter(): both turn off the fast way to draw lines, and thousands of points take
    // seconds. So the picture on the screen is drawn at twice its resolution and taken from there.
    const double ratio = d->plot->bufferDevicePixelRatio();
    d->plot->setBufferDevicePixelRatio(kPictureScale);
    d->plot->replot();
    QImage image(d->plot->size() * kPictureScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(kPictureScale);
    image.fill(theme().color(ColorRole::Base));
    d->plot->render(&image);
    d->plot->setBufferDevicePixelRatio(ratio);
    d->plot->replot(QCustomPlot::rpQueuedReplot);
    return image;
}

bool CurveCanvas::save(const QString& path) {
    const int width = d->plot->width(), height = d->plot->height();
    if (path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive)) return d->plot->savePdf(path);
    if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator generator;
        generator.setFileName(path);
        generator.setSize(QSize(width, height));
        generator.setViewBox(QRect(0, 0, width, height));
        generator.setTitle(d->title);
        QCPPainter painter;
        if (!painter.begin(&generator)) return false;
        painter.setMode(QCPPainter::pmVectorized);
        painter.setMode(QCPPainter::pmNoCaching);
        painter.fillRect(QRect(0, 0, width, height), theme().color(ColorRole::Base));
        d->plot->toPainter(&painter, width, height);
        return painter.end();
    }
    return picture().save(path, "PNG");
}

void CurveCanvas::keyPressEvent(QKeyEvent* event) {
    const auto step = [this](int direction) {
        if (!d->series) return;
        const double from = d->cursorShown ? d->cursorStep : (direction > 0 ? -1.0 : d->lastStep() + 1.0);
        double best = from;
        bool found = false;
        for (const CanvasSeries& one : *d->series) {
            const std::vector<double>& x = one.data.raw().x;
            const auto next =
                direction > 0 ? std::upper_bound(x.begin(), x.end(), from) : std::lower_bound(x.begin(), x.end(), from);
            if (direction > 0 ? next == x.end() : next == x.begin()) continue;
            const double candidate = direction > 0 ? *next : *(next - 1);
            if (!found || std::fabs(candidate - from) < std::fabs(best - from)) best = candidate;
            found = true;
        }
        if (found) d->setCursorStep(best, true);
    };
    constexpr double kZoom = 0.8;
    switch (event->key()) {
        case Qt::Key_Left:
            step(-1);
            break;
        case Qt::Key_Right:
            step(1);
            break;
        case Qt::Key_Home:
            d->setCursorStep(0, true);
            break;
        case Qt::Key_End:
            d->setCursorStep(d->lastStep(), true);
            break;
        case Qt::Key_Plus:
        case Qt::Key_Minus: {
            const double factor = event->key() == Qt::Key_Plus ? kZoom : 1 / kZoom;
            const double center = d->cursorShown ? d->cursorStep : d->plot->xAxis->range().center();
            d->following = false;
            d->plot->xAxis->scaleRange(factor, center);
            d->plot->replot(QCustomPlot::rpQueuedReplot);
            emit viewChanged();
            break;
        }
        case Qt::Key_0:
            resetView();
            break;
        default:
            QWidget::keyPressEvent(event);
            return;
    }
    event->accept();
}

void CurveCanvas::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    d->plot->layer(QStringLiteral("cursor"))->replot();
}

void CurveCanvas::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    d->setCursorStep(0, false);
}

QSize CurveCanvas::minimumSizeHint() const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::PlotHeight)};
}

}  // namespace espalier::ui
