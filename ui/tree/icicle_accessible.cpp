// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/icicle_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QHash>
#include <QPointer>

#include "ui/models/label_tree_model.h"
#include "ui/session/selection.h"
#include "ui/tree/icicle_view.h"

namespace espalier::ui {
namespace {

class CellInterface : public QAccessibleInterface, public QAccessibleActionInterface {
public:
    CellInterface(IcicleView* view, LabelId label) : m_view(view), m_label(label) {}

    bool isValid() const override { return m_view && m_view->cellOf(m_label) >= 0; }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override { return m_view ? m_view->window()->windowHandle() : nullptr; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_view.data()); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::TreeItem; }
    QRect rect() const override {
        if (!isValid()) return {};
        const QRect here = m_view->rectOf(m_label).toAlignedRect();
        return {m_view->mapToGlobal(here.topLeft()), here.size()};
    }
    QString text(QAccessible::Text text) const override {
        if (!isValid()) return {};
        const QModelIndex index = m_view->model()->indexOf(m_label);
        switch (text) {
            case QAccessible::Name:
                return index.data(Qt::AccessibleTextRole).toString();
            case QAccessible::Description:
                return index.data(Qt::AccessibleDescriptionRole).toString();
            default:
                return {};
        }
    }
    void setText(QAccessible::Text, const QString&) override {}
    QAccessible::State state() const override {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.selectable = true;
        state.focusable = true;
        state.multiSelectable = true;
        state.selected = m_view->selection()->labels().contains(m_label);
        state.focused = m_view->hasFocus() && m_view->selection()->label() == m_label;
        state.expandable = m_view->model()->rowCount(m_view->model()->indexOf(m_label)) > 0;
        state.invisible = !m_view->isVisible();
        return state;
    }
    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
    }
    QStringList actionNames() const override { return {setFocusAction(), pressAction()}; }
    void doAction(const QString& name) override {
        if (!isValid()) return;
        if (name == setFocusAction()) {
            m_view->setFocus();
            m_view->selection()->setLabel(m_label);
        } else if (name == pressAction()) {
            m_view->fillWith(m_label);
        }
    }
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    QPointer<IcicleView> m_view;
    LabelId m_label;
};

class IcicleInterface : public QAccessibleWidget {
public:
    explicit IcicleInterface(IcicleView* view) : QAccessibleWidget(view, QAccessible::Tree), m_view(view) {}
    ~IcicleInterface() override {
        for (const QAccessible::Id id : std::as_const(m_cells)) QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return int(m_view->cells().size()); }
    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= childCount()) return nullptr;
        const LabelId label = m_view->cells()[std::size_t(index)].id;
        const auto known = m_cells.constFind(label.value);
        if (known != m_cells.constEnd()) return QAccessible::accessibleInterface(*known);
        auto* made = new CellInterface(m_view, label);
        m_cells.insert(label.value, QAccessible::registerAccessibleInterface(made));
        return made;
    }
    int indexOfChild(const QAccessibleInterface* child) const override {
        for (auto cell = m_cells.constBegin(); cell != m_cells.constEnd(); ++cell)
            if (QAccessible::accessibleInterface(*cell) == child) return m_view->cellOf(LabelId{cell.key()});
        return -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        return child(m_view->cellOf(m_view->labelAt(m_view->mapFromGlobal(QPoint(x, y)))));
    }
    QAccessibleInterface* focusChild() const override {
        return m_view->hasFocus() ? child(m_view->cellOf(m_view->selection()->label())) : nullptr;
    }

private:
    IcicleView* m_view;
    mutable QHash<qint64, QAccessible::Id> m_cells;
};

QAccessibleInterface* makeInterface(const QString&, QObject* object) {
    auto* view = qobject_cast<IcicleView*>(object);
    return view ? new IcicleInterface(view) : nullptr;
}

}  // namespace

void installIcicleAccessibility() {
    static const bool installed = [] {
        QAccessible::installFactory(makeInterface);
        return true;
    }();
    (void)installed;
}

}  // namespace espalier::ui
