// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/curve_plot.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QSlider>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <deque>

#include "ui/plot/curve_canvas.h"
#include "ui/plot/curve_table_model.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"

namespace espalier::ui {
namespace {
constexpr int kRedrawMs = 100;
constexpr std::array<double, 9> kSpans{0, 2, 5, 10, 20, 50, 100, 200, 500};
constexpr int kDefaultSpan = 3;

struct Quantity {
    QString name, unit;
    std::vector<CanvasSeries> series;
};
}  // namespace

class CurvePlot::Private {
public:
    void build(CurvePlot* owner);
    void showCurrent();
    void refreshTable();
    void refreshControls();
    void touch() {
        if (!timer->isActive()) timer->start();
    }
    void contextMenu(const QPoint& at);
    QString title() const {
        const Quantity& quantity = quantities[std::size_t(current)];
        return quantity.unit.isEmpty() ? quantity.name : CurvePlot::tr("%1, %2").arg(quantity.name, quantity.unit);
    }

    CurvePlot* q = nullptr;
    std::deque<Quantity> quantities;  // grows without moving what the canvas draws
    std::vector<CanvasMark> marks;
    int current = 0;
    double span = kSpans[kDefaultSpan];
    CurveCanvas* canvas = nullptr;
    QTableView* table = nullptr;
    CurveTableModel* model = nullptr;
    QStackedWidget* stack = nullptr;
    QComboBox* selector = nullptr;
    QSlider* smoothing = nullptr;
    TextLabel* smoothingText = nullptr;
    QToolButton* logarithmic = nullptr;
    QToolButton* tableToggle = nullptr;
    QPushButton* reset = nullptr;
    QTimer* timer = nullptr;
};

void CurvePlot::Private::build(CurvePlot* owner) {
    q = owner;
    selector = new QComboBox(owner);
    selector->setObjectName(QStringLiteral("quantity"));
    selector->setAccessibleName(CurvePlot::tr("What the curves show"));
    selector->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto* smoothingLabel = new TextLabel(CurvePlot::tr("Smoothing"), TextRole::Small, ColorRole::Muted, owner);
    smoothing = new QSlider(Qt::Horizontal, owner);
    smoothing->setObjectName(QStringLiteral("smoothing"));
    smoothing->setAccessibleName(CurvePlot::tr("Smoothing in steps"));
    smoothing->setToolTip(
        CurvePlot::tr("Debiased exponential moving average by step distance. The pale line is the raw data."));
    smoothing->setRange(0, int(kSpans.size()) - 1);
    smoothing->setValue(kDefaultSpan);
    smoothing->setPageStep(1);
    smoothing->setMaximumWidth(theme().length(Length::PlotHeight));
    smoothingText = new TextLabel({}, TextRole::Small, ColorRole::Muted, owner);
    smoothingText->setMinimumWidth(
        QFontMetrics(theme().font(TextRole::Small)).horizontalAdvance(CurvePlot::tr("%1 steps").arg(500)));
    logarithmic = new QToolButton(owner);
    logarithmic->setObjectName(QStringLiteral("logarithmic"));
    logarithmic->setText(CurvePlot::tr("Log axis"));
    logarithmic->setToolTip(CurvePlot::tr("Logarithmic vertical axis"));
    logarithmic->setCheckable(true);
    logarithmic->setAutoRaise(true);
    tableToggle = new QToolButton(owner);
    tableToggle->setObjectName(QStringLiteral("tableToggle"));
    tableToggle->setText(CurvePlot::tr("Table"));
    tableToggle->setToolTip(CurvePlot::tr("The same figures as a table"));
    tableToggle->setCheckable(true);
    tableToggle->setAutoRaise(true);
    reset = new QPushButton(icon(QStringLiteral("zoom-reset")), CurvePlot::tr("Reset view"), owner);
    reset->setObjectName(QStringLiteral("resetView"));
    reset->setToolTip(CurvePlot::tr("Show all data and follow new points (0 or double-click)"));
    reset->setFlat(true);
    for (QToolButton* button : {logarithmic, tableToggle}) {
        button->setAccessibleName(button->text());
        button->setMinimumHeight(theme().length(Length::ControlHeight));
    }

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(0, 0, 0, 0);
    bar->setSpacing(theme().space(2));
    bar->addWidget(selector);
    bar->addSpacing(theme().space(2));
    bar->addWidget(smoothingLabel);
    bar->addWidget(smoothing);
    bar->addWidget(smoothingText);
    bar->addStretch(1);
    bar->addWidget(reset);
    bar->addWidget(logarithmic);
    bar->addWidget(tableToggle);

    canvas = new CurveCanvas(owner);
    table = new QTableView(owner);
    table->setObjectName(QStringLiteral("curveTable"));
    table->setAccessibleName(CurvePlot::tr("Figures of the curves"));
    prepareView(table);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(theme().length(Length::CompactRowHeight));
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table->setAlternatingRowColors(true);
    model = new CurveTableModel(table);
    table->setModel(model);
    stack = new QStackedWidget(owner);
    stack->addWidget(canvas);
    stack->addWidget(table);

    auto* layout = new QVBoxLayout(owner);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme().space(2));
    layout->addLayout(bar);
    layout->addWidget(stack, 1);

    timer = new QTimer(owner);
    timer->setSingleShot(true);
    timer->setInterval(kRedrawMs);
    QObject::connect(timer, &QTimer::timeout, owner, [this] { q->flush(); });
    QObject::connect(selector, &QComboBox::currentIndexChanged, owner,
                     [this](int index) { q->setCurrentQuantity(index); });
    QObject::connect(smoothing, &QSlider::valueChanged, owner,
                     [this](int at) { q->setSmoothing(kSpans[std::size_t(at)]); });
    QObject::connect(logarithmic, &QToolButton::toggled, owner, [this](bool on) { q->setLogarithmic(on); });
    QObject::connect(tableToggle, &QToolButton::toggled, owner, [this](bool on) { q->setTableVisible(on); });
    QObject::connect(reset, &QPushButton::clicked, owner, [this] { q->resetView(); });
    QObject::connect(canvas, &CurveCanvas::viewChanged, owner, [this] { refreshControls(); });
    QObject::connect(canvas, &CurveCanvas::contextMenuWanted, owner, [this](const QPoint& at) { contextMenu(at); });
    refreshControls();
}

void CurvePlot::Private::refreshControls() {
    reset->setEnabled(!canvas->following());
    smoothingText->setText(span > 0 ? CurvePlot::tr("%1 steps").arg(int(span)) : CurvePlot::tr("off"));
    selector->setVisible(quantities.size() > 1);
}

void CurvePlot::Private::showCurrent() {
    if (current < 0 || current >= int(quantities.size())) {
        canvas->show(nullptr, nullptr, {}, {});
        return;
    }
    canvas->show(&quantities[std::size_t(current)].series, &marks, title(), {});
    refreshTable();
}

void CurvePlot::Private::refreshTable() {
    if (stack->currentWidget() != table) return;
    QStringList names;
    std::vector<const CurveSeries*> all;
    if (current < int(quantities.size()))
        for (const CanvasSeries& one : quantities[std::size_t(current)].series) {
            names << one.name;
            all.push_back(&one.data);
        }
    model->setCurves(names, all);
}

void CurvePlot::Private::contextMenu(const QPoint& at) {
    auto* menu = new QMenu(q);
    menu->setObjectName(QStringLiteral("curveMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(icon(QStringLiteral("copy")), CurvePlot::tr("Copy picture"), q,
                    [this] { QApplication::clipboard()->setImage(q->picture()); });
    menu->addAction(CurvePlot::tr("Copy data"), q, [this] { QApplication::clipboard()->setText(q->dataAsText()); });
    menu->addAction(icon(QStringLiteral("save")), CurvePlot::tr("Save picture as…"), q,
                    [this] { emit q->saveRequested(); });
    menu->addSeparator();
    QAction* again =
        menu->addAction(icon(QStringLiteral("zoom-reset")), CurvePlot::tr("Reset view"), q, [this] { q->resetView(); });
    again->setEnabled(!canvas->following());
    menu->popup(at);
}

CurvePlot::CurvePlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>()) {
    setObjectName(QStringLiteral("curvePlot"));
    d->build(this);
}

CurvePlot::~CurvePlot() = default;

int CurvePlot::addQuantity(const QString& name, const QString& unit) {
    d->quantities.push_back({name, unit, {}});
    const QSignalBlocker quiet(d->selector);
    d->selector->addItem(name);
    if (d->quantities.size() == 1) d->showCurrent();
    d->refreshControls();
    return int(d->quantities.size()) - 1;
}

int CurvePlot::addSeries(int quantity, const QString& name, CurveColor color) {
    auto& series = d->quantities[std::size_t(quantity)].series;
    CanvasSeries one;
    one.name = name;
    one.color = color;
    one.data.setSpan(d->span);
    series.push_back(std::move(one));
    if (quantity == d->current) d->showCurrent();
    return int(series.size()) - 1;
}

int CurvePlot::seriesCount(int quantity) const {
    return int(d->quantities[std::size_t(quantity)].series.size());
}

void CurvePlot::append(int quantity, int series, double step, double value) {
    d->quantities[std::size_t(quantity)].series[std::size_t(series)].data.append(step, value);
    if (quantity == d->current) d->touch();
}

void CurvePlot::appendGap(int quantity, int series) {
    d->quantities[std::size_t(quantity)].series[std::size_t(series)].data.appendGap();
}

void CurvePlot::addMark(double step, CurveMark kind, const QString& text) {
    d->marks.push_back({step, kind, text});
    d->touch();
}

void CurvePlot::clear() {
    d->canvas->show(nullptr, nullptr, {}, {});
    d->quantities.clear();
    d->marks.clear();
    d->current = 0;
    const QSignalBlocker quiet(d->selector);
    d->selector->clear();
    d->canvas->resetView();
    d->refreshControls();
}

void CurvePlot::clearPoints() {
    for (Quantity& quantity : d->quantities)
        for (CanvasSeries& one : quantity.series) one.data.clear();
    d->marks.clear();
    d->canvas->resetView();
    flush();
}

void CurvePlot::setCurrentQuantity(int quantity) {
    if (quantity < 0 || quantity >= int(d->quantities.size()) || quantity == d->current) return;
    d->current = quantity;
    const QSignalBlocker quiet(d->selector);
    d->selector->setCurrentIndex(quantity);
    d->canvas->resetView();
    d->showCurrent();
    emit currentQuantityChanged(quantity);
}

int CurvePlot::currentQuantity() const {
    return d->current;
}

void CurvePlot::setSmoothing(double steps) {
    d->span = std::max(steps, 0.0);
    for (Quantity& quantity : d->quantities)
        for (CanvasSeries& one : quantity.series) one.data.setSpan(d->span);
    const auto at = std::lower_bound(kSpans.begin(), kSpans.end(), d->span) - kSpans.begin();
    const QSignalBlocker quiet(d->smoothing);
    d->smoothing->setValue(int(std::min<std::ptrdiff_t>(at, std::ptrdiff_t(kSpans.size()) - 1)));
    d->refreshControls();
    d->canvas->redraw();
}

double CurvePlot::smoothing() const {
    return d->span;
}

void CurvePlot::setLogarithmic(bool on) {
    d->canvas->setLogarithmic(on);
    const QSignalBlocker quiet(d->logarithmic);
    d->logarithmic->setChecked(on);
}

bool CurvePlot::logarithmic() const {
    return d->canvas->logarithmic();
}
void CurvePlot::resetView() {
    d->canvas->resetView();
}
bool CurvePlot::following() const {
    return d->canvas->following();
}

void CurvePlot::setTableVisible(bool visible) {
    d->stack->setCurrentWidget(visible ? static_cast<QWidget*>(d->table) : d->canvas);
    const QSignalBlocker quiet(d->tableToggle);
    d->tableToggle->setChecked(visible);
    d->refreshTable();
}

QString CurvePlot::readOut(double step) const {
    return d->canvas->readOut(step);
}

QString CurvePlot::dataAsText() const {
    QStringList names;
    std::vector<const CurveSeries*> all;
    if (d->current < int(d->quantities.size()))
        for (const CanvasSeries& one : d->quantities[std::size_t(d->current)].series) {
            names << one.name;
            all.push_back(&one.data);
        }
    CurveTableModel model;
    model.setCurves(names, all);
    return model.asText();
}

QImage CurvePlot::picture() {
    flush();
    return d->canvas->picture();
}

bool CurvePlot::savePicture(const QString& path) {
    flush();
    return d->canvas->save(path);
}

void CurvePlot::flush() {
    d->timer->stop();
    d->canvas->redraw();
    d->refreshTable();
}

void CurvePlot::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) d->canvas->redraw();
}

}  // namespace espalier::ui
