// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/label_views.h"

#include <QActionGroup>
#include <QMenu>
#include <QMetaEnum>
#include <QToolButton>
#include <utility>

#include "ui/models/label_table_model.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/tree/icicle_view.h"
#include "ui/tree/label_table_view.h"
#include "ui/tree/label_tree_view.h"

namespace espalier::ui {
namespace {
QString nameOf(LabelViews::Kind kind) {
    return QString::fromLatin1(QMetaEnum::fromType<LabelViews::Kind>().valueToKey(int(kind))).toLower();
}
QString iconOf(LabelViews::Kind kind) {
    switch (kind) {
        case LabelViews::Kind::Outline:
            return QStringLiteral("tree");
        case LabelViews::Kind::Icicle:
            return QStringLiteral("icicle");
        case LabelViews::Kind::Table:
            return QStringLiteral("table");
    }
    return {};
}
}  // namespace

LabelViews::LabelViews(LabelTreeModel* model, Selection* selection, const BranchColors* colors, QWidget* parent)
    : QStackedWidget(parent), m_model(model) {
    setObjectName(QStringLiteral("labelViews"));
    m_tableModel = new LabelTableModel(this);
    m_outline = new LabelTreeView(model, selection, colors, this);
    m_icicle = new IcicleView(model, selection, colors, this);
    m_table = new LabelTableView(m_tableModel, selection, colors, this);
    for (QWidget* one : std::initializer_list<QWidget*>{m_outline, m_icicle, m_table}) addWidget(one);
    connect(m_icicle, &IcicleView::menuRequested, this, &LabelViews::menuRequested);
    connect(m_table, &LabelTableView::menuRequested, this, &LabelViews::menuRequested);
    connect(m_outline, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& at) { Q_EMIT menuRequested(m_outline->viewport()->mapToGlobal(at)); });
    connect(m_tableModel, &LabelTableModel::renameRequested, this, &LabelViews::renameRequested);

    m_levelButton = makeIconButton(QStringLiteral("levels"), tr("How many levels are shown"), this);
    m_levelButton->setObjectName(QStringLiteral("levelButton"));
    m_levelButton->setPopupMode(QToolButton::InstantPopup);
    auto* levels = new QMenu(m_levelButton);
    m_levelButton->setMenu(levels);
    connect(levels, &QMenu::aboutToShow, this, [this, levels] { fillLevels(levels); });

    m_viewButton = makeIconButton(iconOf(Kind::Outline), tr("View"), this);
    m_viewButton->setObjectName(QStringLiteral("viewButton"));
    m_viewButton->setPopupMode(QToolButton::InstantPopup);
    auto* views = new QMenu(m_viewButton);
    m_viewButton->setMenu(views);
    auto* group = new QActionGroup(this);
    const auto add = [&](const char* name, Kind kind, const QString& text) {
        QAction* action = views->addAction(icon(iconOf(kind)), text);
        action->setObjectName(QString::fromLatin1(name));
        action->setCheckable(true);
        action->setData(int(kind));
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, kind] {
            setKind(kind);
            shown()->setFocus(Qt::OtherFocusReason);
        });
    };
    add("viewOutline", Kind::Outline, tr("Labels as an outline"));
    add("viewIcicle", Kind::Icicle, tr("Labels as an icicle"));
    add("viewTable", Kind::Table, tr("Labels as a table"));
    m_viewActions = group->actions();

    const QString remembered = Settings::instance().labelView();
    for (const Kind one : {Kind::Icicle, Kind::Table})
        if (nameOf(one) == remembered) setCurrentIndex(int(one));
    m_levels = Settings::instance().labelLevels();
    m_icicle->setLevels(m_levels);
    m_table->setLevels(m_levels);
    refreshButtons();
}

LabelView* LabelViews::view() const {
    switch (kind()) {
        case Kind::Icicle:
            return m_icicle;
        case Kind::Table:
            return m_table;
        case Kind::Outline:
            break;
    }
    return m_outline;
}

void LabelViews::setKind(Kind kind) {
    if (kind == this->kind()) return;
    const bool hadFocus = shown()->hasFocus() || shown()->isAncestorOf(focusWidget());
    setCurrentIndex(int(kind));
    setFocusProxy(shown());
    if (hadFocus) shown()->setFocus(Qt::OtherFocusReason);
    Settings::instance().setLabelView(nameOf(kind));
    refreshButtons();
    Q_EMIT kindChanged();
}

void LabelViews::refreshButtons() {
    setFocusProxy(shown());
    for (QAction* action : std::as_const(m_viewActions)) action->setChecked(action->data().toInt() == int(kind()));
    m_viewButton->setIcon(icon(iconOf(kind())));
    const QString names[] = {tr("outline"), tr("icicle"), tr("table")};
    const QString text = tr("View: %1").arg(names[int(kind())]);
    m_viewButton->setToolTip(text);
    m_viewButton->setAccessibleName(text);
    const QString levels = m_levels == 0 ? tr("Levels: all") : tr("Levels: %1").arg(m_levels);
    m_levelButton->setToolTip(levels);
    m_levelButton->setAccessibleName(levels);
}

void LabelViews::fillLevels(QMenu* menu) {
    menu->clear();
    const auto snapshot = m_model->snapshot();
    const int depth = snapshot ? snapshot->tree.depth() : 0;
    auto* group = new QActionGroup(menu);
    const auto add = [&](int levels, const QString& text) {
        QAction* action = menu->addAction(text);
        action->setObjectName(QStringLiteral("levels%1").arg(levels));
        action->setCheckable(true);
        action->setChecked(levels == m_levels);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, levels] { setLevels(levels); });
    };
    add(0, tr("All levels"));
    for (int levels = 1; levels < depth; ++levels)
        add(levels, levels == 1 ? tr("Top labels only") : tr("%n level(s)", nullptr, levels));
}

void LabelViews::setSnapshot(const project::TreeSnapshotPtr& snapshot, bool editable) {
    m_tableModel->setEditable(editable);
    m_tableModel->setSnapshot(snapshot);
    m_levelButton->setEnabled(snapshot && snapshot->tree.depth() > 1);
}

void LabelViews::setFilter(const QString& text) {
    m_tableModel->setFilter(text);
}

void LabelViews::setLevels(int levels) {
    m_levels = levels;
    m_outline->setLevels(levels);
    m_icicle->setLevels(levels);
    m_table->setLevels(levels);
    Settings::instance().setLabelLevels(levels);
    refreshButtons();
}

void LabelViews::renameCurrent() {
    view()->renameCurrent();
}
void LabelViews::expandAllBelow() {
    view()->expandAllBelow();
}
void LabelViews::reveal(LabelId label) {
    view()->reveal(label);
}
void LabelViews::selectBranch(LabelId label) {
    view()->selectBranch(label);
}

}  // namespace espalier::ui
