// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workspace_bar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

// Icon and name; the current one in accent with a bar under it.
class WorkspaceButton : public QToolButton {
public:
    explicit WorkspaceButton(QWidget* parent) : QToolButton(parent) {
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::TabFocus);
    }
    QSize sizeHint() const override {
        const QFontMetrics metrics(theme().font(TextRole::Strong));
        return {metrics.horizontalAdvance(text()) + theme().length(Length::LargeIconSize) + theme().space(9),
                theme().space(10)};
    }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF body = QRectF(rect()).adjusted(0, theme().space(1), 0, -theme().space(1));
        const double radius = theme().length(Length::CornerRadius);
        if (isEnabled() && (underMouse() || isDown())) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme().color(isDown() ? ColorRole::Pressed : ColorRole::Hover));
            painter.drawRoundedRect(body, radius, radius);
        }
        const bool on = isChecked();
        const QColor ink = theme().color(!isEnabled() ? ColorRole::Disabled
                                         : on         ? ColorRole::Accent
                                                      : ColorRole::Muted);
        const int side = theme().length(Length::LargeIconSize);
        painter.drawPixmap(
            QPoint(theme().space(3), (height() - side) / 2),
            iconPixmap(defaultAction()->property("iconName").toString(), ink, side, devicePixelRatioF()));
        painter.setFont(theme().font(on ? TextRole::Strong : TextRole::Normal));
        painter.setPen(!isEnabled() ? ink : theme().color(on ? ColorRole::Text : ColorRole::Muted));
        painter.drawText(QRectF(theme().space(3) + side + theme().space(2), 0, width(), height()),
                         int(Qt::AlignLeft | Qt::AlignVCenter), text());
        if (on) {
            const int thick = theme().length(Length::FocusRing);
            painter.fillRect(QRect(theme().space(3), height() - thick, width() - 2 * theme().space(3), thick),
                             theme().color(ColorRole::Accent));
        }
        if (showsFocus(this)) paintFocusRing(painter, body);
    }
};

// Looks like a field, acts like a button: opens the finder.
class GoToButton : public QToolButton {
public:
    explicit GoToButton(QWidget* parent) : QToolButton(parent) {
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::IBeamCursor);
    }
    QSize sizeHint() const override { return {theme().space(72), theme().length(Length::ControlHeight)}; }
    QSize minimumSizeHint() const override { return {theme().space(30), theme().length(Length::ControlHeight)}; }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const double radius = theme().length(Length::CornerRadius);
        painter.setPen(QPen(theme().color(isEnabled() ? ColorRole::ControlBorder : ColorRole::Hairline),
                            theme().length(Length::Hairline)));
        painter.setBrush(theme().color(!isEnabled()   ? ColorRole::Window
                                       : underMouse() ? ColorRole::Hover
                                                      : ColorRole::Base));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
        const int side = theme().length(Length::IconSize);
        const QColor ink = theme().color(isEnabled() ? ColorRole::Muted : ColorRole::Disabled);
        painter.drawPixmap(QPoint(theme().space(2), (height() - side) / 2),
                           iconPixmap(QStringLiteral("search"), ink, side, devicePixelRatioF()));
        painter.setPen(ink);
        painter.setFont(theme().font(TextRole::Normal));
        const QRect row = rect().adjusted(theme().space(2) + side + theme().space(2), 0, -theme().space(2), 0);
        const QString keys =
            defaultAction() ? defaultAction()->shortcut().toString(QKeySequence::NativeText) : QString();
        painter.drawText(row, int(Qt::AlignLeft | Qt::AlignVCenter), text());
        painter.setFont(theme().font(TextRole::Small));
        painter.drawText(row, int(Qt::AlignRight | Qt::AlignVCenter), keys);
        if (showsFocus(this)) paintFocusRing(painter, rect());
    }
};

}  // namespace

WorkspaceBar::WorkspaceBar(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("workspaceBar"));
    setAccessibleName(tr("Workspaces"));
    setAutoFillBackground(true);
    m_workspaces = new QHBoxLayout;
    m_workspaces->setSpacing(theme().space(1));
    m_steps = new QHBoxLayout;
    m_steps->setSpacing(theme().space(1));
    m_goTo = new GoToButton(this);
    m_goTo->setObjectName(QStringLiteral("goToButton"));
    m_goTo->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme().space(2), 0, theme().space(3), theme().length(Length::Hairline));
    layout->setSpacing(theme().space(2));
    layout->addLayout(m_workspaces);
    layout->addStretch(1);
    layout->addLayout(m_steps);
    layout->addSpacing(theme().space(2));
    layout->addWidget(m_goTo);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void WorkspaceBar::addWorkspace(QAction* action) {
    auto* button = new WorkspaceButton(this);
    button->setDefaultAction(action);
    button->setObjectName(action->objectName() + QStringLiteral("Button"));
    button->setAccessibleName(tr("Workspace %1").arg(action->iconText()));
    m_workspaces->addWidget(button);
}

void WorkspaceBar::addStep(QAction* action) {
    auto* button = makeIconButton(QStringLiteral("undo"), action->text(), this);
    button->setDefaultAction(action);
    button->setObjectName(action->objectName() + QStringLiteral("Button"));
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    connect(action, &QAction::changed, button, [button, action] { button->setAccessibleName(action->iconText()); });
    m_steps->addWidget(button);
}

void WorkspaceBar::setGoTo(QAction* action) {
    m_goTo->setDefaultAction(action);
    m_goTo->setAccessibleName(action->text());
}

void WorkspaceBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme().color(ColorRole::Window));
    const int line = theme().length(Length::Hairline);
    painter.fillRect(QRect(0, height() - line, width(), line), theme().color(ColorRole::Hairline));
}

}  // namespace espalier::ui
