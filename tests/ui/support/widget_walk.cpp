// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/support/widget_walk.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QDockWidget>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QScrollBar>
#include <QTabBar>
#include <QToolBar>
#include <QToolButton>
#include <QWidget>
#include <algorithm>

#include "ui/style/controls.h"
#include "ui/style/theme.h"

namespace espalier::test {
namespace {

constexpr double kTextContrast = 4.5;
constexpr int kSmallestControl = 24;

QString nameOf(const QWidget* widget) {
    QString text;
    if (const auto* label = qobject_cast<const QLabel*>(widget)) text = label->text().left(30);
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) text = button->text().left(30);
    QStringList path;
    for (const QWidget* up = widget; up && path.size() < 4; up = up->parentWidget())
        path.prepend(up->objectName().isEmpty() ? QString::fromLatin1(up->metaObject()->className())
                                                : up->objectName());
    return path.join(u'/') + (text.isEmpty() ? QString() : QStringLiteral(" “%1”").arg(text));
}

// Seen by the user: visible, and not scrolled away or covered by its own ancestors.
bool onScreen(const QWidget* widget) {
    return widget->isVisible() && !widget->visibleRegion().isEmpty();
}

bool inScrollArea(const QWidget* widget) {
    for (const QWidget* up = widget->parentWidget(); up; up = up->parentWidget())
        if (qobject_cast<const QAbstractScrollArea*>(up)) return true;
    return false;
}

void checkClipping(const QWidget* widget, QStringList& faults) {
    if (const auto* label = qobject_cast<const QLabel*>(widget); label && !label->text().isEmpty()) {
        const QRect room = label->contentsRect();
        if (label->wordWrap()) {
            const int needed = label->heightForWidth(label->width());
            if (needed > label->height())
                faults << QStringLiteral("cut: %1 (%2 of %3 high)").arg(nameOf(label)).arg(label->height()).arg(needed);
        } else {
            const QRect needed = label->fontMetrics().boundingRect(
                QRect(0, 0, 10000, 10000),
                int(Qt::AlignLeft | Qt::AlignTop | Qt::TextExpandTabs | (label->buddy() ? Qt::TextShowMnemonic : 0)),
                label->text());
            if (needed.width() > room.width() + 1 || needed.height() > room.height() + 1)
                faults << QStringLiteral("cut: %1 (%2x%3 in %4x%5)")
                              .arg(nameOf(label))
                              .arg(needed.width())
                              .arg(needed.height())
                              .arg(room.width())
                              .arg(room.height());
        }
    }
    if (const auto* button = qobject_cast<const QPushButton*>(widget); button && !button->text().isEmpty()) {
        QString text = button->text();
        text.remove(u'&');
        const int needed = button->fontMetrics().horizontalAdvance(text);
        if (needed > button->width() - 4)
            faults << QStringLiteral("cut: %1 (%2 in %3)").arg(nameOf(button)).arg(needed).arg(button->width());
    }
    if (const auto* combo = qobject_cast<const QComboBox*>(widget)) {
        const int needed = combo->fontMetrics().horizontalAdvance(combo->currentText());
        if (needed > combo->width() - 20)
            faults << QStringLiteral("cut: %1 (%2 in %3)").arg(nameOf(combo)).arg(needed).arg(combo->width());
    }
    if (const auto* header = qobject_cast<const QHeaderView*>(widget);
        header && header->orientation() == Qt::Horizontal) {
        for (int section = 0; section < header->count(); ++section) {
            if (header->isSectionHidden(section)) continue;
            const QString text = header->model()->headerData(section, Qt::Horizontal).toString();
            const int needed = QFontMetrics(ui::theme().font(ui::TextRole::Small)).horizontalAdvance(text);
            if (needed > header->sectionSize(section))
                faults << QStringLiteral("cut: %1 column “%2”").arg(nameOf(header), text);
        }
    }
}

void checkContrast(const QWidget* widget, QStringList& faults) {
    if (!widget->isEnabled()) return;
    const auto check = [&](QPalette::ColorRole text, QPalette::ColorRole ground) {
        const QColor ink = widget->palette().color(text), paper = widget->palette().color(ground);
        if (ink.alpha() < 255 || paper.alpha() < 255) return;
        const double ratio = ui::contrastRatio(ink, paper);
        if (ratio < kTextContrast)
            faults << QStringLiteral("pale: %1 (%2 on %3 is %4)")
                          .arg(nameOf(widget), ink.name(), paper.name())
                          .arg(ratio, 0, 'f', 1);
    };
    if (const auto* label = qobject_cast<const QLabel*>(widget)) {
        if (label->text().isEmpty()) return;
        // Toasts and tooltips paint their own ground.
        for (const QWidget* up = label; up; up = up->parentWidget())
            if (up->objectName() == QLatin1String("toast") || up->inherits("QTipLabel")) return;
        check(label->foregroundRole(), label->backgroundRole() == QPalette::Base ? QPalette::Base : QPalette::Window);
        // What is drawn is what the role says: muted text on a white panel is muted.
        if (const auto* text = qobject_cast<const ui::TextLabel*>(label);
            text && label->palette().color(label->foregroundRole()) != ui::theme().color(text->colorRole()))
            faults << QStringLiteral("not its colour: %1").arg(nameOf(label));
    } else if (qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QAbstractItemView*>(widget)) {
        check(QPalette::Text, QPalette::Base);
        if (qobject_cast<const QLineEdit*>(widget)) check(QPalette::PlaceholderText, QPalette::Base);
        check(QPalette::HighlightedText, QPalette::Highlight);
    } else if (const auto* push = qobject_cast<const QPushButton*>(widget); push && !ui::isPrimary(push)) {
        check(QPalette::ButtonText, QPalette::Button);
    }
}

bool isControl(const QWidget* widget) {
    return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget) ||
           qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QAbstractSpinBox*>(widget);
}

void checkSize(const QWidget* widget, QStringList& faults) {
    if (!isControl(widget)) return;
    for (const QWidget* up = widget->parentWidget(); up; up = up->parentWidget())
        if (qobject_cast<const QLineEdit*>(up) || qobject_cast<const QAbstractSpinBox*>(up) ||
            qobject_cast<const QTabBar*>(up) || qobject_cast<const QDockWidget*>(up) ||
            qobject_cast<const QComboBox*>(up)) {
            // Parts of a larger control; a dock's own title buttons are Qt's.
            if (widget->parentWidget() == up) return;
        }
    if (widget->objectName() == QLatin1String("qt_toolbar_ext_button")) return;
    if (widget->width() < kSmallestControl || widget->height() < kSmallestControl)
        faults << QStringLiteral("small: %1 (%2x%3)").arg(nameOf(widget)).arg(widget->width()).arg(widget->height());
}

void checkName(QWidget* widget, QStringList& faults) {
    const bool focusable = widget->focusPolicy() & Qt::TabFocus;
    if (!isControl(widget) && !focusable) return;
    if (qobject_cast<const QScrollBar*>(widget) || qobject_cast<const QMenuBar*>(widget)) return;
    if (widget->parentWidget() && (qobject_cast<const QLineEdit*>(widget->parentWidget()) ||
                                   qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()) ||
                                   qobject_cast<const QComboBox*>(widget->parentWidget())))
        return;
    if (widget->focusPolicy() == Qt::NoFocus && qobject_cast<const QTabBar*>(widget->parentWidget())) return;
    if (widget->objectName() == QLatin1String("qt_toolbar_ext_button")) return;
    QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(widget);
    const QString name = spoken ? spoken->text(QAccessible::Name) : QString();
    // A scroll area that only holds a page speaks through what it holds.
    if (name.isEmpty() && qobject_cast<const QAbstractScrollArea*>(widget) &&
        !qobject_cast<const QAbstractItemView*>(widget) && !widget->isAncestorOf(widget->focusProxy())) {
        if (widget->inherits("QScrollArea")) return;
    }
    if (name.isEmpty()) faults << QStringLiteral("nameless: %1").arg(nameOf(widget));
}

// Along one column of a form, Tab goes down: a step to a control that lies wholly above the last one of the same parent
// is a jump.
void checkTabOrder(QWidget* window, QStringList& faults) {
    QHash<const QWidget*, const QWidget*> last;
    const QWidget* widget = window;
    do {
        widget = widget->nextInFocusChain();
        if (!(widget->focusPolicy() & Qt::TabFocus) || !onScreen(widget) || !widget->isEnabled() || !isControl(widget))
            continue;
        const QWidget* parent = widget->parentWidget();
        if (const QWidget* before = last.value(parent)) {
            if (widget->geometry().bottom() < before->geometry().top() && widget->window() == before->window())
                faults << QStringLiteral("tab order jumps up from %1 to %2").arg(nameOf(before), nameOf(widget));
        }
        last.insert(parent, widget);
    } while (widget != window);
}

// The fields of one form stand in one column: same left edge, same width, same height.
void checkForms(QWidget* window, QStringList& faults) {
    for (const QFormLayout* form : window->findChildren<QFormLayout*>()) {
        const QWidget* first = nullptr;
        for (int row = 0; row < form->rowCount(); ++row) {
            const QLayoutItem* item = form->itemAt(row, QFormLayout::FieldRole);
            const QWidget* field = item ? const_cast<QLayoutItem*>(item)->widget() : nullptr;
            if (!field || !isControl(field) || qobject_cast<const QAbstractButton*>(field) || !onScreen(field))
                continue;
            if (!first) first = field;
            const QRect a = first->geometry(), b = field->geometry();
            if (a.left() != b.left() || a.width() != b.width() || a.height() != b.height())
                faults << QStringLiteral("out of line: %1 is %2x%3 at %4, %5 is %6x%7 at %8")
                              .arg(nameOf(first))
                              .arg(a.width())
                              .arg(a.height())
                              .arg(a.left())
                              .arg(nameOf(field))
                              .arg(b.width())
                              .arg(b.height())
                              .arg(b.left());
        }
    }
}

}  // namespace

QStringList faultsOf(QWidget* window) {
    QStringList faults;
    QList<QWidget*> widgets = window->findChildren<QWidget*>();
    for (QWidget* widget : widgets) {
        if (!onScreen(widget)) continue;
        // Half of a text at the edge of a scrolled page is not cut, it goes on.
        if (!inScrollArea(widget) || widget->visibleRegion().boundingRect() == widget->rect())
            checkClipping(widget, faults);
        checkContrast(widget, faults);
        checkSize(widget, faults);
        checkName(widget, faults);
    }
    checkTabOrder(window, faults);
    checkForms(window, faults);
    faults.removeDuplicates();
    return faults;
}

}  // namespace espalier::test
