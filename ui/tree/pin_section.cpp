// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/pin_section.h"

#include <QAction>
#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/session/text.h"
#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/tree/document_actions.h"

namespace espalier::ui {

PinSection::PinSection(DocumentActions* actions, QWidget* parent)
    : InspectorSection(tr("Pins"), tr("What an expert said of this document; it wins over the shares"), parent) {
    setObjectName(QStringLiteral("pinSection"));
    m_rows = new QWidget(this);
    body()->addWidget(m_rows);
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(0, theme().space(1), 0, 0);
    buttons->setSpacing(theme().space(2));
    const auto add = [&](QAction* action, const QString& text, const char* name) {
        auto* button = new QPushButton(action->icon(), text, this);
        button->setObjectName(QString::fromLatin1(name));
        button->setAutoDefault(false);
        const auto follow = [button, action] {
            button->setEnabled(action->isEnabled());
            button->setToolTip(action->toolTip());
        };
        connect(action, &QAction::changed, button, follow);
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        follow();
        buttons->addWidget(button);
    };
    add(actions->pinUnder, tr("Pin under…"), "pinUnderButton");
    add(actions->pinNotUnder, tr("Not under…"), "pinNotUnderButton");
    buttons->addStretch(1);
    body()->addLayout(buttons);
}

QWidget* PinSection::makeRow(const tree::LabelTree& tree, const project::DocumentPin& pin, bool writable) {
    auto* row = new QWidget(m_rows);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme().space(2));
    auto* mark = new QLabel(row);
    const int side = theme().length(Length::IconSize);
    mark->setPixmap(iconPixmap(pin.must ? QStringLiteral("pin") : QStringLiteral("pin-not"),
                               theme().color(ColorRole::Muted), side, devicePixelRatioF()));
    const QString path = toQt(tree.pathNames(pin.label)).join(QStringLiteral(" › "));
    const QString said = pin.must ? tr("Under %1").arg(path) : tr("Not under %1").arg(path);
    auto* texts = new QVBoxLayout;
    noMargins(texts);
    auto* text = new ElidedLabel(said, TextRole::Normal, ColorRole::Text, row);
    text->setElideMode(Qt::ElideMiddle);
    text->setAccessibleName(said);
    texts->addWidget(text);
    if (pin.fitAgrees && !*pin.fitAgrees)
        texts->addWidget(new TextLabel(tr("against its shares"), TextRole::Small, ColorRole::Muted, row));
    auto* unpin = makeIconButton(QStringLiteral("clear"), tr("Unpin: %1").arg(said), row);
    unpin->setObjectName(QStringLiteral("unpinButton"));
    unpin->setEnabled(writable && !tree.at(pin.label).locked);
    if (tree.at(pin.label).locked) unpin->setToolTip(tr("“%1” is locked.").arg(toQt(tree.at(pin.label).name)));
    connect(unpin, &QToolButton::clicked, this, [this, label = pin.label] { Q_EMIT unpinRequested(label.value); });
    layout->addWidget(mark, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    layout->addWidget(unpin, 0, Qt::AlignTop);
    return row;
}

void PinSection::setPins(const tree::LabelTree& tree, const project::DocumentRecord& record, bool writable) {
    auto* rows = new QWidget(this);
    auto* layout = new QVBoxLayout(rows);
    noMargins(layout);
    layout->setSpacing(theme().space(1));
    QWidget* old = std::exchange(m_rows, rows);
    for (const project::DocumentPin& pin : record.pins) {
        if (tree.contains(pin.label)) layout->addWidget(makeRow(tree, pin, writable));
    }
    if (record.pins.empty()) {
        auto* none = new TextLabel(tr("Nobody has said where it belongs."), TextRole::Normal, ColorRole::Muted, rows);
        none->setWordWrap(true);
        layout->addWidget(none);
    }
    for (const std::string& pair : record.contradictions) {
        auto* banner = new Banner(Banner::Kind::Warning, rows);
        banner->setObjectName(QStringLiteral("pinContradiction"));
        banner->setText(tr("Pins contradict each other: %1. The last one is obeyed.").arg(toQt(pair)));
        layout->addWidget(banner);
    }
    delete body()->replaceWidget(old, rows);
    // The button that was pressed may be in here and still on its way out.
    old->hide();
    old->deleteLater();
}

}  // namespace espalier::ui
