// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/share_section.h"

#include <QMenu>
#include <QVBoxLayout>
#include <algorithm>

#include "core/tree/share.h"
#include "ui/dialogs/error_text.h"
#include "ui/session/branch_colors.h"
#include "ui/session/text.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/tree/share_row.h"

namespace espalier::ui {
namespace {
constexpr double kLeastShown = 0.01;      // smaller entries were added to the parent's resting mass
constexpr double kLeastResidual = 0.005;  // below that "0.00" would be shown
}  // namespace

ShareSection::ShareSection(const BranchColors* colors, QWidget* parent)
    : InspectorSection(tr("Where it belongs"),
                       tr("Share of the document in each branch; child labels divide the share of their parent. Drag a "
                          "bar, or type a number on it, to say how much belongs there."),
                       parent),
      m_colors(colors) {
    body()->setContentsMargins(0, 0, 0, 0);  // rows keep that margin themselves, for the ground under the pointer
    m_hint = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_hint->setObjectName(QStringLiteral("shareHint"));
    m_hint->setWordWrap(true);
    m_hint->setContentsMargins(theme().space(1), 0, theme().space(1), 0);
    m_hint->hide();
    body()->addWidget(m_hint);
}

void ShareSection::setRecord(project::TreeSnapshotPtr tree, const project::DocumentRecord& record, bool writable) {
    if (record.key != m_record.key) m_extra = {};
    m_tree = std::move(tree);
    m_record = record;
    m_writable = writable && !record.stored.empty();
    m_good.reset();
    for (const Shown& shown : m_rows) shown.row->endAdjusting();
    hint({}, false);
    m_labels.clear();
    const auto shares = tree::sharesOf(m_tree->tree, m_record.stored);
    for (const LabelId label : m_tree->tree.depthFirst()) {
        if (label == m_tree->tree.root()) continue;
        const auto share = shares.find(label);
        if ((share != shares.end() && share->second >= kLeastShown) || isSaid(label) || label == m_extra)
            m_labels.push_back(label);
    }
    show(m_record.stored);
}

bool ShareSection::isSaid(LabelId label) const {
    return std::any_of(m_record.shares.begin(), m_record.shares.end(),
                       [label](const project::DocumentShare& share) { return share.label == label; });
}

void ShareSection::addRow() {
    const std::size_t at = m_rows.size();
    auto* row = new ShareRow(this);
    connect(row, &QAbstractButton::clicked, this, [this, at] {
        if (m_rows[at].label) Q_EMIT activated(m_rows[at].label.value);
    });
    connect(row, &ShareRow::previewed, this, [this, at](double share) { preview(at, share); });
    connect(row, &ShareRow::kept, this, [this, at] { keep(at); });
    connect(row, &ShareRow::givenUp, this, &ShareSection::giveUp);
    connect(row, &ShareRow::takenBack, this, [this, at] { Q_EMIT takenBack(m_rows[at].label.value); });
    row->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(row, &QWidget::customContextMenuRequested, this,
            [this, at](const QPoint& position) { openMenu(at, position); });
    body()->insertWidget(static_cast<int>(at), row);
    m_rows.push_back({{}, row});
}

void ShareSection::show(const std::vector<tree::CellMass>& cells) {
    const tree::LabelTree& tree = m_tree->tree;
    const auto shares = tree::sharesOf(tree, cells);
    const auto shareAt = [&shares](LabelId id) {
        const auto found = shares.find(id);
        return found == shares.end() ? 0.0 : found->second;
    };
    QList<BarRow::Content> rows;
    for (const LabelId id : m_labels) {
        const double share = shareAt(id);
        const BranchColors::Place place = m_colors->place(id);
        BarRow::Content row;
        row.text = toQt(tree.at(id).name);
        row.figure = formatShare(share);
        row.share = share;
        row.color = theme().branchColor(place.branch, place.level, place.sibling);
        row.marker = Theme::branchMarker(place.branch);
        row.indent = place.level;
        row.strong = m_record.hard && tree.inBranch(m_record.hard, id);
        row.said = isSaid(id);
        const QString path = toQt(tree.pathNames(id)).join(QStringLiteral(" › "));
        row.tip = row.said ? tr("%1: set by an expert. Click to show the label").arg(path)
                           : tr("%1: show this label").arg(path);
        row.spoken = row.said
                         ? tr("%1, level %2, share %3, set by an expert").arg(row.text).arg(place.level).arg(row.figure)
                         : tr("%1, level %2, share %3").arg(row.text).arg(place.level).arg(row.figure);
        rows << row;
    }
    // What rests at the top itself: all of it but the branches below.
    const double sum = shareAt(tree.root());
    double resting = sum;
    for (const LabelId child : tree.at(tree.root()).children) resting -= shareAt(child);
    const auto rest = [&rows](const QString& text, double share, const QString& tip) {
        BarRow::Content row;
        row.text = text;
        row.figure = formatShare(share);
        row.share = share;
        row.color = theme().color(ColorRole::Muted);
        row.muted = true;
        row.tip = tip;
        rows << row;
    };
    if (resting >= kLeastResidual) rest(tr("Under no label"), resting, tr("Share that rests at the top of the tree"));
    if (1 - sum >= kLeastResidual) rest(tr("Not placed"), 1 - sum, tr("The rest that no label holds"));

    while (m_rows.size() < static_cast<std::size_t>(rows.size())) addRow();
    int figureRoom = 0;
    const QFontMetrics metrics(theme().font(TextRole::Normal));
    for (const BarRow::Content& row : rows) figureRoom = qMax(figureRoom, metrics.horizontalAdvance(row.figure));
    for (std::size_t at = 0; at < m_rows.size(); ++at) {
        const bool used = at < static_cast<std::size_t>(rows.size());
        Shown& shown = m_rows[at];
        shown.label = at < m_labels.size() ? m_labels[at] : LabelId{};
        if (used) {
            BarRow::Content& row = rows[static_cast<qsizetype>(at)];
            row.figureRoom = figureRoom;
            if (!shown.row->typed().isEmpty()) row.figure = shown.row->typed();
            shown.row->setContent(row);
            shown.row->setEditable(m_writable && shown.label && !tree.at(shown.label).locked);
        }
        shown.row->setVisible(used);
    }
    setVisible(!rows.isEmpty());
}

void ShareSection::hint(const QString& text, bool warning) {
    m_hint->setText(text);
    m_hint->setColorRole(warning ? ColorRole::Warning : ColorRole::Muted);
    m_hint->setVisible(!text.isEmpty());
}

void ShareSection::preview(std::size_t at, double share) {
    const LabelId label = m_rows[at].label;
    if (!label || !m_tree) return;
    std::vector<LabelId> held;
    for (const project::DocumentShare& said : m_record.shares) held.push_back(said.label);
    if (!(share >= 0 && share <= 1)) {
        m_good.reset();
        show(m_record.stored);
        hint(tr("A share is a number from 0 to 1, or a percentage up to 100."), true);
        return;
    }
    const auto row = tree::withShare(m_tree->tree, m_record.stored, label, share, held);
    if (!row) {
        hint(tr("Not possible: %1.").arg(toQt(row.error().message)), true);
        return;
    }
    m_good = share;
    show(*row);
    hint(tr("%1 under “%2”. Enter or letting go keeps it, Esc gives up.")
             .arg(formatShare(share), toQt(m_tree->tree.at(label).name)),
         false);
}

void ShareSection::keep(std::size_t at) {
    const LabelId label = m_rows[at].label;
    m_rows[at].row->endAdjusting();
    if (!m_good || !label) return giveUp();
    const double share = *m_good;
    m_good.reset();
    hint({}, false);
    Q_EMIT shareChosen(label.value, share);
}

void ShareSection::giveUp() {
    m_good.reset();
    hint({}, false);
    if (m_tree) show(m_record.stored);
}

void ShareSection::openMenu(std::size_t at, const QPoint& position) {
    const Shown& shown = m_rows[at];
    if (!shown.label) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const qint64 label = shown.label.value;
    QAction* again = menu->addAction(icon(QStringLiteral("clear")), tr("Let the model decide again"), this,
                                     [this, label] { Q_EMIT takenBack(label); });
    again->setEnabled(shown.row->isEditable() && isSaid(shown.label));
    menu->addAction(tr("Show label"), this, [this, label] { Q_EMIT activated(label); });
    menu->popup(shown.row->mapToGlobal(position));
}

void ShareSection::startAt(LabelId label) {
    if (!m_tree || !m_tree->tree.contains(label)) return;
    m_extra = label;
    setRecord(m_tree, m_record, m_writable);
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [label](const Shown& shown) { return shown.label == label; });
    if (found == m_rows.end()) return;
    found->row->setFocus(Qt::OtherFocusReason);
    hint(tr("Type a share for “%1” or use the arrow keys; Enter keeps it, Esc gives up.")
             .arg(toQt(m_tree->tree.at(label).name)),
         false);
}

}  // namespace espalier::ui
