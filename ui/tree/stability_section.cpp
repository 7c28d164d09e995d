// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/stability_section.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLocale>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/plot/stability_plot.h"
#include "ui/style/controls.h"
#include "ui/style/theme.h"
#include "ui/tree/stability_table.h"

namespace espalier::ui {
namespace {
constexpr int kTextLines = 3;

QString twoDigits(double value) {
    return QLocale().toString(value, 'f', 2);
}

}  // namespace

StabilitySection::StabilitySection(QWidget* parent)
    : InspectorSection(
          tr("Why this many children"),
          tr("The factorisation is repeated on perturbed copies for each number of children k. The silhouette says how "
             "alike a label comes out each time, by its terms and by its documents (the lower counts): 1 is the same, "
             "0 "
             "is chance."),
          parent) {
    setObjectName(QStringLiteral("stabilitySection"));
    m_text = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_text->setObjectName(QStringLiteral("stabilityText"));
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    // Room for the longest sentence: reading along the curve moves nothing.
    m_text->setMinimumHeight(QFontMetrics(theme().font(TextRole::Small)).lineSpacing() * kTextLines);
    m_plot = new StabilityPlot(this);
    m_toggle = new QToolButton(this);
    m_toggle->setObjectName(QStringLiteral("stabilityTableToggle"));
    m_toggle->setText(tr("Table"));
    m_toggle->setToolTip(tr("The same figures as a table"));
    m_toggle->setAccessibleName(tr("Stability as a table"));
    m_toggle->setCheckable(true);
    m_toggle->setAutoRaise(true);
    m_toggle->setMinimumHeight(theme().length(Length::ControlHeight));
    m_table = new QTableWidget(0, 4, this);
    m_table->setObjectName(QStringLiteral("stabilityTable"));
    m_table->setAccessibleName(tr("Stability by number of children"));
    m_table->setHorizontalHeaderLabels({tr("k"), tr("least"), tr("mean"), tr("error")});
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(theme().length(Length::CompactRowHeight));
    m_table->verticalHeader()->setMinimumSectionSize(theme().length(Length::CompactRowHeight));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(0, 0, 0, 0);
    foot->addStretch(1);
    foot->addWidget(m_toggle);
    body()->addWidget(m_text);
    body()->addSpacing(theme().space(1));
    body()->addWidget(m_plot);
    body()->addWidget(m_table);
    body()->addLayout(foot);
    connect(m_plot, &StabilityPlot::currentChanged, this, &StabilitySection::say);
    connect(m_toggle, &QToolButton::toggled, this, &StabilitySection::showTable);
    showTable(false);
}

void StabilitySection::showTable(bool visible) {
    m_plot->setVisible(!visible);
    m_table->setVisible(visible);
}

void StabilitySection::say() {
    const QString read = m_plot->readOut(m_plot->current());
    m_text->setText(read.isEmpty() ? m_sentence : read);
}

void StabilitySection::setStability(const std::string& json, int children, const QString& stopReason) {
    const StabilityTable table = readStability(json);
    const auto chosen = std::find_if(table.points.begin(), table.points.end(), [](const auto& p) { return p.chosen; });
    setHeading(stopReason.isEmpty() ? tr("Why this many children") : tr("Why it stays whole"));
    QStringList said;
    if (chosen == table.points.end()) {
        said << (table.threshold > 0 ? tr("At no number of labels do enough of them come out alike each time, at %1 or "
                                          "more.")
                                           .arg(twoDigits(table.threshold))
                                     : tr("No number of labels was stable."));
    } else if (table.threshold > 0 && chosen->least < table.threshold) {
        said << tr("The fit took %1: %2 of them come out alike each time, at %3 or more; the least stable is at %4.")
                    .arg(chosen->k)
                    .arg(table.stable)
                    .arg(twoDigits(table.threshold), twoDigits(chosen->least));
    } else {
        said << (table.threshold > 0 ? tr("The fit took %1: every one comes out alike each time, at %2 or more.")
                                           .arg(chosen->k)
                                           .arg(twoDigits(table.threshold))
                                     : tr("The fit took %1: every one comes out alike each time.").arg(chosen->k));
    }
    if (!stopReason.isEmpty())
        said << stopReason;
    else if (chosen != table.points.end() && children != chosen->k)
        said << tr("It has %1 now: parts that are too small join others, and edits count.").arg(children);
    m_sentence = said.join(u' ');
    m_plot->setPoints(table.points, table.threshold);
    m_table->setRowCount(int(table.points.size()));
    for (int row = 0; row < int(table.points.size()); ++row) {
        const StabilityPlot::Point& point = table.points[std::size_t(row)];
        const QString k = point.chosen ? tr("%1 (chosen)").arg(point.k) : QString::number(point.k);
        const QStringList cells{k, twoDigits(point.least), twoDigits(point.mean), twoDigits(point.error)};
        for (int column = 0; column < int(cells.size()); ++column) {
            auto* item = new QTableWidgetItem(cells[column]);
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            item->setToolTip(m_plot->readOut(point.k));
            if (point.chosen) item->setFont(theme().font(TextRole::Strong));
            m_table->setItem(row, column, item);
        }
    }
    for (int column = 0; column < m_table->columnCount(); ++column)
        m_table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() +
                            int(table.points.size()) * theme().length(Length::CompactRowHeight) + theme().space(1));
    say();
}

}  // namespace espalier::ui
