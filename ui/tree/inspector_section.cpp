// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/inspector_section.h"

#include <QVBoxLayout>

#include "ui/style/controls.h"
#include "ui/style/theme.h"

namespace espalier::ui {

InspectorSection::InspectorSection(const QString& heading, const QString& tip, QWidget* parent) : QWidget(parent) {
    m_heading = new TextLabel(heading, TextRole::Strong, ColorRole::Text, this);
    m_heading->setToolTip(tip);
    m_heading->setContentsMargins(theme().space(1), 0, theme().space(1), 0);
    m_body = new QVBoxLayout;
    m_body->setContentsMargins(theme().space(1), 0, theme().space(1), 0);
    m_body->setSpacing(0);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->setSpacing(theme().space(1));
    layout->addWidget(m_heading);
    layout->addLayout(m_body);
}

void InspectorSection::setHeading(const QString& heading) {
    m_heading->setText(heading);
}

BarSection::BarSection(const QString& heading, const QString& tip, bool clickable, QWidget* parent)
    : InspectorSection(heading, tip, parent), m_clickable(clickable) {
    body()->setContentsMargins(0, 0, 0, 0);  // rows keep that margin themselves, for the ground under the pointer
}

void BarSection::setRows(const QList<BarRow::Content>& rows, const QList<qint64>& keys) {
    m_keys = keys;
    while (m_rows.size() < rows.size()) {
        auto* row = new BarRow(m_clickable, this);
        const qsizetype at = m_rows.size();
        connect(row, &QAbstractButton::clicked, this, [this, at] {
            if (at < m_keys.size() && m_keys[at] != 0) Q_EMIT activated(m_keys[at]);
        });
        m_rows << row;
        body()->addWidget(row);
    }
    const QFontMetrics metrics(theme().font(TextRole::Normal));
    int figureRoom = 0;
    for (const BarRow::Content& row : rows) figureRoom = qMax(figureRoom, metrics.horizontalAdvance(row.figure));
    for (qsizetype at = 0; at < m_rows.size(); ++at) {
        if (at < rows.size()) {
            BarRow::Content content = rows[at];
            content.figureRoom = figureRoom;
            m_rows[at]->setContent(content);
        }
        m_rows[at]->setVisible(at < rows.size());
    }
}

}  // namespace espalier::ui
