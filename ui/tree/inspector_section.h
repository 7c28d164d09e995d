// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/inspector_section.h
/// A heading and what stands under it, in the inspector; rows are reused, so that changing the subject does not
/// flicker.
#pragma once
#include <QList>
#include <QWidget>

#include "ui/tree/bar_row.h"

class QVBoxLayout;

namespace espalier::ui {

class TextLabel;

class InspectorSection : public QWidget {
    Q_OBJECT
public:
    explicit InspectorSection(const QString& heading, const QString& tip = {}, QWidget* parent = nullptr);
    QVBoxLayout* body() const { return m_body; }
    void setHeading(const QString& heading);

private:
    TextLabel* m_heading;
    QVBoxLayout* m_body;
};

/// A section of bar rows.
class BarSection : public InspectorSection {
    Q_OBJECT
public:
    BarSection(const QString& heading, const QString& tip, bool clickable, QWidget* parent = nullptr);
    /// \param keys  one per row, given back by activated()
    void setRows(const QList<BarRow::Content>& rows, const QList<qint64>& keys = {});

Q_SIGNALS:
    void activated(qint64 key);

private:
    bool m_clickable;
    QList<BarRow*> m_rows;
    QList<qint64> m_keys;
};

}  // namespace espalier::ui
