// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/toast.h"

#include <QAccessible>
#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
constexpr int kShownMs = 8000;

// Undo in the toast's own colours: text in its accent, no frame.
class ToastButton : public QPushButton {
public:
    using QPushButton::QPushButton;
    QSize sizeHint() const override {
        const QFontMetrics metrics(theme().font(TextRole::Strong));
        return {metrics.horizontalAdvance(text()) + theme().space(4), theme().length(Length::ControlHeight)};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setFont(theme().font(TextRole::Strong));
        painter.setPen(theme().color(ColorRole::ToastAccent));
        painter.drawText(rect(), Qt::AlignCenter, text());
        if (hasFocus() || underMouse()) {
            const int y = rect().center().y() + QFontMetrics(painter.font()).height() / 2;
            painter.drawLine(rect().left() + theme().space(2), y, rect().right() - theme().space(2), y);
        }
    }
};
}  // namespace

Toast::Toast(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("toast"));
    m_text = new TextLabel({}, TextRole::Normal, ColorRole::ToastText, this);
    m_button = new ToastButton(this);
    m_button->setObjectName(QStringLiteral("toastButton"));
    m_button->setCursor(Qt::PointingHandCursor);
    m_button->setFocusPolicy(Qt::TabFocus);
    m_close = makeIconButton(QStringLiteral("clear"), tr("Dismiss"), this);
    m_close->setIcon(icon(QStringLiteral("clear"), ColorRole::ToastText));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme().space(4), theme().space(2), theme().space(2), theme().space(2));
    layout->setSpacing(theme().space(2));
    layout->addWidget(m_text);
    layout->addWidget(m_button);
    layout->addWidget(m_close);
    m_timer.setSingleShot(true);
    m_timer.setInterval(kShownMs);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (hasKeyboard())
            m_timer.start();
        else
            dismiss();
    });
    connect(m_close, &QToolButton::clicked, this, &Toast::dismiss);
    connect(m_button, &QPushButton::clicked, this, [this] {
        dismiss();
        Q_EMIT activated();
    });
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget* old, QWidget* now) {
        if (now && isAncestorOf(now) && !(old && isAncestorOf(old))) m_before = old;
    });
    parent->installEventFilter(this);
    hide();
}

QString Toast::text() const {
    return isVisible() ? m_text->text() : QString();
}

bool Toast::hasKeyboard() const {
    const QWidget* focus = window()->focusWidget();
    return focus && isAncestorOf(focus);
}

void Toast::dismiss() {
    m_timer.stop();
    if (hasKeyboard() && m_before && m_before->isVisible()) m_before->setFocus(Qt::OtherFocusReason);
    hide();
}

void Toast::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        dismiss();
    else
        QWidget::keyPressEvent(event);
}

void Toast::showText(const QString& text, const QString& button) {
    m_text->setText(text);
    m_button->setText(button);
    m_button->setVisible(!button.isEmpty());
    m_button->setAccessibleName(button);
    setAccessibleName(text);
    place();
    show();
    raise();
    m_timer.start();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void Toast::place() {
    adjustSize();
    const int room = parentWidget()->width() - theme().space(8);
    if (width() > room) resize(room, height());
    move((parentWidget()->width() - width()) / 2, parentWidget()->height() - height() - theme().space(10));
}

bool Toast::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) place();
    return QWidget::eventFilter(watched, event);
}

void Toast::enterEvent(QEnterEvent* event) {
    QWidget::enterEvent(event);
    m_timer.stop();
}

void Toast::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    if (isVisible()) m_timer.start();
}

void Toast::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().color(ColorRole::ToastBase));
    const int radius = theme().length(Length::CardRadius);
    painter.drawRoundedRect(rect(), radius, radius);
}

}  // namespace espalier::ui
