// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/pin_section.h"

#include <QAction>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

#include "ui/session/text.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/tree/document_actions.h"

namespace espalier::ui {

PinSection::PinSection(DocumentActions* actions, QWidget* parent)
    : InspectorSection(tr("Pins"), tr("What an expert said of this document; it wins over the model"), parent) {
    setObjectName(QStringLiteral("pinSection"));
    m_rows = new QWidget(this);
    body()->addWidget(m_rows);
    auto* buttons = new QGridLayout;  // two side by side fit the narrowest inspector
    buttons->setContentsMargins(0, theme().space(1), 0, 0);
    buttons->setSpacing(theme().space(2));
    buttons->setColumnStretch(2, 1);
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
        buttons->addWidget(button, buttons->count() / 2, buttons->count() % 2);
    };
    add(actions->pinUnder, tr("Pin under…"), "pinUnderButton");
    add(actions->pinNotUnder, tr("Not under…"), "pinNotUnderButton");
    add(actions->shareUnder, tr("Share…"), "shareUnderButton");
    body()->addLayout(buttons);
}

namespace {
struct RowText {
    QString icon;
    QString said;
    QString note;      ///< under it; empty: none
    QString takeBack;  ///< what the button does
    const char* buttonName;
};

/// A row with its button. \param locked  the label that forbids it; empty: none
std::pair<QWidget*, QToolButton*> makeSaidRow(const RowText& text, const QString& locked, bool writable,
                                              QWidget* parent) {
    auto* row = new QWidget(parent);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme().space(2));
    auto* mark = new QLabel(row);
    mark->setPixmap(iconPixmap(text.icon, theme().color(ColorRole::Muted), theme().length(Length::IconSize),
                               parent->devicePixelRatioF()));
    auto* texts = new QVBoxLayout;
    noMargins(texts);
    auto* said = new ElidedLabel(text.said, TextRole::Normal, ColorRole::Text, row);
    said->setElideMode(Qt::ElideMiddle);
    said->setAccessibleName(text.said);
    texts->addWidget(said);
    if (!text.note.isEmpty()) {
        auto* note = new TextLabel(text.note, TextRole::Small, ColorRole::Muted, row);
        note->setWordWrap(true);
        texts->addWidget(note);
    }
    auto* button = makeIconButton(QStringLiteral("clear"), text.takeBack, row);
    button->setObjectName(QString::fromLatin1(text.buttonName));
    button->setEnabled(writable && locked.isEmpty());
    if (!locked.isEmpty()) button->setToolTip(PinSection::tr("“%1” is locked.").arg(locked));
    layout->addWidget(mark, 0, Qt::AlignTop);
    layout->addLayout(texts, 1);
    layout->addWidget(button, 0, Qt::AlignTop);
    return {row, button};
}

QString lockedName(const tree::LabelTree& tree, LabelId label) {
    return tree.at(label).locked ? toQt(tree.at(label).name) : QString();
}
QString pathOf(const tree::LabelTree& tree, LabelId label) {
    return toQt(tree.pathNames(label)).join(QStringLiteral(" › "));
}
}  // namespace

QWidget* PinSection::makeRow(const tree::LabelTree& tree, const project::DocumentPin& pin, bool writable) {
    const QString path = pathOf(tree, pin.label);
    const QString said = pin.must ? tr("Under %1").arg(path) : tr("Not under %1").arg(path);
    const auto [row, unpin] = makeSaidRow({pin.must ? QStringLiteral("pin") : QStringLiteral("pin-not"), said,
                                           pin.fitAgrees && !*pin.fitAgrees ? tr("against its shares") : QString(),
                                           tr("Unpin: %1").arg(said), "unpinButton"},
                                          lockedName(tree, pin.label), writable, m_rows);
    connect(unpin, &QToolButton::clicked, this, [this, label = pin.label] { Q_EMIT unpinRequested(label.value); });
    return row;
}

QWidget* PinSection::makeRow(const tree::LabelTree& tree, const project::DocumentShare& share, bool writable) {
    const QString said = tr("%1 under %2").arg(formatShare(share.share), pathOf(tree, share.label));
    QStringList note;
    if (!share.time.empty()) note << tr("%1 set this share %2").arg(toQt(share.actor), formatTime(toQt(share.time)));
    if (!share.fitAgrees) note << tr("the model alone gives %1").arg(formatShare(share.fitted));
    const auto [row, again] = makeSaidRow({QStringLiteral("pin"), said, note.join(QStringLiteral("; ")),
                                           tr("Let the model decide again: %1").arg(said), "unshareButton"},
                                          lockedName(tree, share.label), writable, m_rows);
    connect(again, &QToolButton::clicked, this, [this, label = share.label] { Q_EMIT unshareRequested(label.value); });
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
    for (const project::DocumentShare& share : record.shares) {
        if (tree.contains(share.label)) layout->addWidget(makeRow(tree, share, writable));
    }
    if (record.pins.empty() && record.shares.empty()) {
        auto* none = new TextLabel(tr("Nobody has said where it belongs."), TextRole::Normal, ColorRole::Muted, rows);
        none->setWordWrap(true);
        layout->addWidget(none);
    }
    for (const std::string& pair : record.contradictions) {
        auto* banner = new Banner(Banner::Kind::Warning, rows);
        banner->setObjectName(QStringLiteral("pinContradiction"));
        banner->setText(tr("What was said contradicts itself: %1. Of two pins the last is obeyed.").arg(toQt(pair)));
        layout->addWidget(banner);
    }
    delete body()->replaceWidget(old, rows);
    // The button that was pressed may be in here and still on its way out.
    old->hide();
    old->deleteLater();
}

}  // namespace espalier::ui
