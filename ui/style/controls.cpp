// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/controls.h"

#include <QAbstractItemView>
#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QPainterPath>
#include <QPushButton>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>

#include "ui/style/icons.h"

namespace espalier::ui {
namespace {
constexpr const char* kPrimaryProperty = "espalierPrimary";

class Hairline : public QWidget {
public:
    explicit Hairline(QWidget* parent) : QWidget(parent) {
        setFixedHeight(theme().length(Length::Hairline));
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

protected:
    void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(rect(), theme().color(ColorRole::Hairline)); }
};
}  // namespace

TextLabel::TextLabel(const QString& text, TextRole font, ColorRole color, QWidget* parent)
    : QLabel(text, parent), m_font(font), m_color(color) {
    setTextFormat(Qt::PlainText);
    setForegroundRole(QPalette::WindowText);  // on Base panels Qt would take Text, and muted text would not be
    refresh();
    connect(&theme(), &Theme::changed, this, &TextLabel::refresh);
}

void TextLabel::setColorRole(ColorRole color) {
    m_color = color;
    refresh();
}

void TextLabel::setTextRole(TextRole font) {
    m_font = font;
    refresh();
}

void TextLabel::refresh() {
    setFont(theme().font(m_font));
    QPalette colors = palette();
    colors.setColor(QPalette::Active, QPalette::WindowText, theme().color(m_color));
    colors.setColor(QPalette::Inactive, QPalette::WindowText, theme().color(m_color));
    colors.setColor(QPalette::Disabled, QPalette::WindowText, theme().color(ColorRole::Disabled));
    setPalette(colors);
}

ElidedLabel::ElidedLabel(const QString& text, TextRole font, ColorRole color, QWidget* parent)
    : QWidget(parent), m_font(font), m_color(color) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFont(theme().font(m_font));
    setText(text);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ElidedLabel::setText(const QString& text) {
    m_text = text;
    setToolTip(text);
    setAccessibleName(text);
    updateGeometry();
    update();
}

void ElidedLabel::setElideMode(Qt::TextElideMode mode) {
    m_mode = mode;
    update();
}

void ElidedLabel::setColorRole(ColorRole color) {
    m_color = color;
    update();
}

QSize ElidedLabel::sizeHint() const {
    const QFontMetrics metrics(font());
    return {metrics.horizontalAdvance(m_text) + theme().space(1), metrics.height()};
}

QSize ElidedLabel::minimumSizeHint() const {
    const QFontMetrics metrics(font());
    return {std::min(metrics.horizontalAdvance(m_text), metrics.averageCharWidth() * 4), metrics.height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(theme().color(isEnabled() ? m_color : ColorRole::Disabled));
    painter.setFont(font());
    const QString shown = QFontMetrics(font()).elidedText(m_text, m_mode, width());
    painter.drawText(rect(), int(Qt::AlignVCenter | Qt::AlignLeading | Qt::TextSingleLine), shown);
}

void ElidedLabel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) updateGeometry();
}

Banner::Banner(Kind kind, QWidget* parent) : QWidget(parent), m_kind(kind) {
    m_icon = new QLabel(this);
    m_text = new TextLabel({}, TextRole::Normal, ColorRole::Text, this);
    m_text->setWordWrap(true);
    m_button = new QPushButton(this);
    m_button->hide();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme().space(3), theme().space(2), theme().space(2), theme().space(2));
    layout->setSpacing(theme().space(2));
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_button);
    connect(m_button, &QPushButton::clicked, this, &Banner::activated);
    connect(&theme(), &Theme::changed, this, &Banner::refresh);
    refresh();
}

void Banner::setText(const QString& text) {
    m_text->setText(text);
    setAccessibleName(text);
}

void Banner::setKind(Kind kind) {
    m_kind = kind;
    refresh();
}

void Banner::setButton(const QString& text) {
    m_button->setText(text);
    m_button->setVisible(!text.isEmpty());
}

void Banner::refresh() {
    const ColorRole role = m_kind == Kind::Error     ? ColorRole::Error
                           : m_kind == Kind::Warning ? ColorRole::Warning
                                                     : ColorRole::Information;
    const QString name = m_kind == Kind::Error     ? QStringLiteral("error")
                         : m_kind == Kind::Warning ? QStringLiteral("warning")
                                                   : QStringLiteral("information");
    m_icon->setPixmap(iconPixmap(name, theme().color(role), theme().length(Length::IconSize), devicePixelRatioF()));
    update();
}

void Banner::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().color(m_kind == Kind::Error     ? ColorRole::ErrorSoft
                                   : m_kind == Kind::Warning ? ColorRole::WarningSoft
                                                             : ColorRole::InformationSoft));
    const int radius = theme().length(Length::CornerRadius);
    painter.drawRoundedRect(rect(), radius, radius);
}

void makePrimary(QPushButton* button, bool primary) {
    button->setProperty(kPrimaryProperty, primary);
    button->update();
}

bool isPrimary(const QWidget* button) {
    return button && button->property(kPrimaryProperty).toBool();
}

QToolButton* makeIconButton(const QString& iconName, const QString& text, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(icon(iconName));
    button->setToolTip(text);
    button->setAccessibleName(text);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    const int side = theme().length(Length::ControlHeight);
    button->setFixedSize(side, side);
    button->setIconSize(QSize(theme().length(Length::IconSize), theme().length(Length::IconSize)));
    return button;
}

void pageMargins(QBoxLayout* layout) {
    const int margin = theme().space(6);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(theme().space(4));
}

void dialogMargins(QBoxLayout* layout) {
    const int margin = theme().space(4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(theme().space(2));
}

void fitHeight(QWidget* dialog) {
    QLayout* layout = dialog->layout();
    layout->activate();
    const int width = std::max(dialog->minimumWidth(), layout->totalMinimumSize().width());
    const int height =
        layout->hasHeightForWidth() ? layout->totalHeightForWidth(width) : layout->totalSizeHint().height();
    dialog->resize(width, height);
}

void noMargins(QBoxLayout* layout) {
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
}

void prepareView(QAbstractItemView* view) {
    view->setFrameShape(QFrame::NoFrame);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setIconSize(QSize(theme().length(Length::IconSize), theme().length(Length::IconSize)));
    view->setMouseTracking(true);
    if (auto* tree = qobject_cast<QTreeView*>(view)) tree->setUniformRowHeights(true);
}

QWidget* makeHairline(QWidget* parent) {
    return new Hairline(parent);
}

void paintShareBar(QPainter& painter, const QRectF& rect, double share, const QColor& color) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double height = std::min<double>(theme().length(Length::BarHeight), rect.height());
    const double radius = height / 2;
    QRectF track(rect.left(), rect.center().y() - radius, rect.width(), height);
    painter.setBrush(theme().color(ColorRole::ShareTrack));
    painter.drawRoundedRect(track, radius, radius);
    const double filled = std::clamp(share, 0.0, 1.0) * track.width();
    if (filled > 0.5) {
        QPainterPath clip;
        clip.addRoundedRect(track, radius, radius);
        painter.setClipPath(clip, Qt::IntersectClip);
        track.setWidth(filled);
        painter.setBrush(color);
        painter.drawRect(track);
    }
    painter.restore();
}

void paintBranchMarker(QPainter& painter, const QRectF& rect, int shape, const QColor& color) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const double radius = std::min(rect.width(), rect.height()) / 2;
    const QPointF c = rect.center();
    switch (shape) {
        case 1: {
            const double half = radius * 0.86;
            painter.drawRect(QRectF(c.x() - half, c.y() - half, 2 * half, 2 * half));
            break;
        }
        case 2: {
            const QPointF points[] = {c + QPointF(0, -radius), c + QPointF(radius, 0), c + QPointF(0, radius),
                                      c + QPointF(-radius, 0)};
            painter.drawPolygon(points, 4);
            break;
        }
        case 3: {
            const QPointF points[] = {c + QPointF(0, -radius), c + QPointF(radius, radius * 0.8),
                                      c + QPointF(-radius, radius * 0.8)};
            painter.drawPolygon(points, 3);
            break;
        }
        default:
            painter.drawEllipse(c, radius, radius);
    }
    painter.restore();
}

bool showsFocus(const QWidget* widget) {
    return widget->hasFocus() && widget->window()->testAttribute(Qt::WA_KeyboardFocusChange);
}

void paintFocusRing(QPainter& painter, const QRectF& rect) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double width = theme().length(Length::FocusRing);
    painter.setPen(QPen(theme().color(ColorRole::Accent), width));
    painter.setBrush(Qt::NoBrush);
    const double inset = width / 2;
    const double radius = theme().length(Length::CornerRadius);
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius);
    painter.restore();
}

}  // namespace espalier::ui
