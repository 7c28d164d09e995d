// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/share_row.h"

#include <QAccessibleWidget>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
constexpr double kStep = 0.01;
constexpr double kLongStep = 0.05;
constexpr int kDragStarts = 3;  // pixels; a bar is narrow, and less is still a click
constexpr int kTypedMost = 6;

double whole(double share) {
    return std::round(qBound(0.0, share, 1.0) / kStep) * kStep;
}

/// "0.6", "0,6", ".6", "60", "60 %"; not a number where it is none.
double shareOf(QString text) {
    const bool percent = text.endsWith(u'%');
    text.remove(u'%').replace(u',', u'.');
    bool isNumber = false;
    const double number = text.toDouble(&isNumber);
    if (!isNumber) return std::numeric_limits<double>::quiet_NaN();
    return percent || number > 1 ? number / 100 : number;
}

class ShareInterface : public QAccessibleWidget, public QAccessibleValueInterface {
public:
    explicit ShareInterface(ShareRow* row) : QAccessibleWidget(row, QAccessible::Slider), m_row(row) {}

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::ValueInterface) return static_cast<QAccessibleValueInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }
    QString text(QAccessible::Text type) const override {
        if (type == QAccessible::Value) return m_row->content().figure;
        return QAccessibleWidget::text(type);
    }
    QAccessible::State state() const override {
        QAccessible::State state = QAccessibleWidget::state();
        state.readOnly = !m_row->isEditable();
        return state;
    }
    QStringList actionNames() const override {
        QStringList names = QAccessibleWidget::actionNames();
        names << pressAction();
        return names;
    }
    void doAction(const QString& action) override {
        if (action == pressAction())
            m_row->click();
        else
            QAccessibleWidget::doAction(action);
    }

    QVariant currentValue() const override { return m_row->content().share; }
    void setCurrentValue(const QVariant& value) override {
        if (m_row->isEditable()) m_row->choose(value.toDouble());
    }
    QVariant maximumValue() const override { return 1.0; }
    QVariant minimumValue() const override { return 0.0; }
    QVariant minimumStepSize() const override { return m_row->step(); }

private:
    ShareRow* m_row;
};

QAccessibleInterface* makeInterface(const QString&, QObject* object) {
    auto* row = qobject_cast<ShareRow*>(object);
    return row ? new ShareInterface(row) : nullptr;
}
}  // namespace

void installShareRowAccessibility() {
    static const bool installed = [] {
        QAccessible::installFactory(makeInterface);
        return true;
    }();
    (void)installed;
}

ShareRow::ShareRow(QWidget* parent) : BarRow(true, parent) {
    installShareRowAccessibility();
    setMouseTracking(true);
    setBarRoom(3);  // a hundredth should be about a pixel
}

double ShareRow::step() const {
    return kStep;
}

void ShareRow::setEditable(bool editable) {
    m_editable = editable;
    if (!editable) endAdjusting();
    update();
}

void ShareRow::setAdjusting(bool adjusting) {
    m_adjusting = adjusting;
    setProperty("keepsEnter", adjusting);  // Enter keeps the share then (ui/shell/enter_key.h)
}

void ShareRow::endAdjusting() {
    m_dragging = false;
    setAdjusting(false);
    m_typed.clear();
    update();
}

void ShareRow::choose(double share) {
    setAdjusting(true);
    preview(qBound(0.0, share, 1.0));
    Q_EMIT kept();
}

double ShareRow::shareAt(int x) const {
    const QRect bar = barRect();
    return bar.width() > 0 ? whole(double(x - bar.left()) / bar.width()) : 0.0;
}

void ShareRow::preview(double share) {
    m_chosen = share;
    Q_EMIT previewed(share);
    QAccessibleValueChangeEvent event(this, content().share);
    QAccessible::updateAccessibility(&event);
}

void ShareRow::giveUp() {
    const bool was = m_adjusting;
    endAdjusting();
    if (was) Q_EMIT givenUp();
}

void ShareRow::paintEvent(QPaintEvent* event) {
    BarRow::paintEvent(event);
    if (!m_editable || (!m_adjusting && !underMouse() && !hasFocus())) return;
    const QRect bar = barRect();
    if (bar.isEmpty()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int side = theme().space(1);
    const double x = bar.left() + bar.width() * qBound(0.0, content().share, 1.0);
    QRectF handle(0, 0, side, theme().space(4));
    handle.moveCenter(
        QPointF(qBound(bar.left() + side / 2.0, x, bar.right() + 1 - side / 2.0), bar.center().y() + 0.5));
    painter.setPen(QPen(theme().color(ColorRole::Base), 1));
    painter.setBrush(theme().color(m_adjusting ? ColorRole::Accent : ColorRole::Text));
    painter.drawRoundedRect(handle, side / 2.0, side / 2.0);
}

void ShareRow::mousePressEvent(QMouseEvent* event) {
    const QRect bar = barRect().adjusted(-theme().space(1), 0, theme().space(1), 0);
    m_pressed = m_editable && event->button() == Qt::LeftButton && bar.contains(event->pos());
    m_pressX = event->pos().x();
    BarRow::mousePressEvent(event);
}

void ShareRow::mouseMoveEvent(QMouseEvent* event) {
    const QRect bar = barRect().adjusted(-theme().space(1), 0, theme().space(1), 0);
    setCursor(m_editable && (m_dragging || bar.contains(event->pos())) ? Qt::SizeHorCursor : Qt::PointingHandCursor);
    if (m_dragged && !m_dragging) return;  // given up: it is no click any more either
    if (!m_pressed || !(event->buttons() & Qt::LeftButton)) {
        BarRow::mouseMoveEvent(event);
        return;
    }
    if (!m_dragging && std::abs(event->pos().x() - m_pressX) < kDragStarts) return;
    if (!m_dragging) {
        setDown(false);
        m_dragging = m_dragged = true;
        setAdjusting(true);
        m_typed.clear();
    }
    preview(shareAt(event->pos().x()));
}

void ShareRow::mouseReleaseEvent(QMouseEvent* event) {
    m_pressed = false;
    if (!std::exchange(m_dragged, false)) {
        BarRow::mouseReleaseEvent(event);
        return;
    }
    if (std::exchange(m_dragging, false)) Q_EMIT kept();
}

bool ShareRow::type(const QString& text) {
    if (text.size() != 1) return false;
    const QChar sign = text.front();
    if (!sign.isDigit() && sign != u'.' && sign != u',' && !(sign == u'%' && !m_typed.isEmpty())) return false;
    if (m_typed.size() >= kTypedMost) return true;
    setAdjusting(true);
    m_typed += sign;
    preview(shareOf(m_typed));
    return true;
}

/// Keys that choose a share are not for shortcuts of the window meanwhile: Enter and Escape mean others elsewhere.
bool ShareRow::isOurs(const QKeyEvent& event) const {
    if (!m_editable || (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))) return false;
    switch (event.key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Escape:
        case Qt::Key_Backspace:
            return m_adjusting;
        case Qt::Key_Delete:
            return content().said;
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
        case Qt::Key_Home:
        case Qt::Key_End:
            return true;
        default:
            return event.text().size() == 1 &&
                   (event.text().front().isDigit() || event.text().front() == u'.' || event.text().front() == u',');
    }
}

bool ShareRow::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && isOurs(*static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return BarRow::event(event);
}

void ShareRow::keyPressEvent(QKeyEvent* event) {
    if (!m_editable) return BarRow::keyPressEvent(event);
    const double from = m_adjusting && !std::isnan(m_chosen) ? m_chosen : content().share;
    const bool wide = event->modifiers() & Qt::ShiftModifier;
    const auto move = [&](double to) {
        setAdjusting(true);
        m_typed.clear();
        preview(whole(to));
    };
    switch (event->key()) {
        case Qt::Key_Right:
            return move(from + (wide ? kLongStep : kStep));
        case Qt::Key_Left:
            return move(from - (wide ? kLongStep : kStep));
        case Qt::Key_PageUp:
            return move(from + kLongStep);
        case Qt::Key_PageDown:
            return move(from - kLongStep);
        case Qt::Key_Home:
            return move(0);
        case Qt::Key_End:
            return move(1);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (m_adjusting && !m_dragging) {
                Q_EMIT kept();
                return;
            }
            break;
        case Qt::Key_Escape:
            if (m_adjusting) {
                m_pressed = false;
                giveUp();
                return;
            }
            break;
        case Qt::Key_Backspace:
            if (!m_typed.isEmpty()) {
                m_typed.chop(1);
                if (m_typed.isEmpty())
                    giveUp();
                else
                    preview(shareOf(m_typed));
                return;
            }
            break;
        case Qt::Key_Delete:
            if (!m_adjusting && content().said) {
                Q_EMIT takenBack();
                return;
            }
            break;
        default:
            if (!(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) &&
                type(event->text()))
                return;
    }
    BarRow::keyPressEvent(event);
}

void ShareRow::focusOutEvent(QFocusEvent* event) {
    // A menu or another window takes the focus for a while only.
    if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason) giveUp();
    BarRow::focusOutEvent(event);
}

}  // namespace espalier::ui
