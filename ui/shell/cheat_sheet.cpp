// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/cheat_sheet.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/style/controls.h"
#include "ui/style/theme.h"

namespace espalier::ui {

CheatSheet::CheatSheet(const QList<CheatGroup>& groups, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("cheatSheet"));
    setWindowTitle(tr("Keys"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* sheet = new QWidget;
    sheet->setAutoFillBackground(true);
    sheet->setBackgroundRole(QPalette::Base);
    auto* columns = new QHBoxLayout(sheet);
    columns->setContentsMargins(theme().space(4), theme().space(4), theme().space(4), theme().space(4));
    columns->setSpacing(theme().space(8));
    QVBoxLayout* sides[] = {new QVBoxLayout, new QVBoxLayout};
    int heights[] = {0, 0};
    for (QVBoxLayout* side : sides) {
        side->setSpacing(theme().space(4));
        columns->addLayout(side, 1);
    }
    for (const CheatGroup& group : groups) {
        auto* grid = new QGridLayout;
        grid->setHorizontalSpacing(theme().space(4));
        grid->setVerticalSpacing(theme().space(1));
        grid->setColumnStretch(0, 1);
        grid->addWidget(new TextLabel(group.heading, TextRole::Strong, ColorRole::Text, sheet), 0, 0, 1, 2);
        int row = 1;
        const auto add = [&](const QString& what, const QString& keys) {
            grid->addWidget(new TextLabel(what, TextRole::Normal, ColorRole::Text, sheet), row, 0);
            auto* label = new TextLabel(keys, TextRole::Normal, ColorRole::Muted, sheet);
            label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
            grid->addWidget(label, row++, 1);
        };
        for (QAction* action : group.actions) {
            QStringList keys;
            for (const QKeySequence& key : action->shortcuts()) keys << key.toString(QKeySequence::NativeText);
            if (!keys.isEmpty()) add(action->iconText().remove(QStringLiteral("…")), keys.join(tr(" or ")));
        }
        for (const auto& [what, keys] : group.more) add(what, keys);
        const int side = heights[0] <= heights[1] ? 0 : 1;
        heights[side] += row + 1;
        sides[side]->addLayout(grid);
    }
    for (QVBoxLayout* side : sides) side->addStretch(1);
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(sheet);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    layout->addWidget(area, 1);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(theme().length(Length::TextColumnWidth) * 4 / 3, theme().length(Length::TextColumnWidth));
}

}  // namespace espalier::ui
