// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/icicle_view.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QHoverEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QScopedValueRollback>
#include <QToolButton>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/models/label_tree_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/session/text.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/tree/icicle_accessible.h"

namespace espalier::ui {
namespace {
constexpr double kTint = 0.22;  // of the branch colour in a cell: text keeps more than 7:1
constexpr double kHoverTint = 0.34;
constexpr double kWideEnough = 1.25;      // width by height from which levels go down
constexpr int kLeastAcrossQuarters = 18;  // a column narrower than this (72) holds no name

QColor mixed(const QColor& a, const QColor& b, double part) {
    return QColor::fromRgbF(float(a.redF() * part + b.redF() * (1 - part)),
                            float(a.greenF() * part + b.greenF() * (1 - part)),
                            float(a.blueF() * part + b.blueF() * (1 - part)));
}
}  // namespace

IcicleView::IcicleView(LabelTreeModel* model, Selection* selection, const BranchColors* colors, QWidget* parent)
    : QWidget(parent), m_model(model), m_selection(selection), m_colors(colors) {
    installIcicleAccessibility();
    setObjectName(QStringLiteral("labelIcicle"));
    setAccessibleName(tr("Label tree as an icicle"));
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_back = new QToolButton(this);
    m_back->setObjectName(QStringLiteral("icicleBack"));
    m_back->setIcon(icon(QStringLiteral("back")));
    m_back->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_back->setAutoRaise(true);
    m_back->setToolTip(tr("Show the label above (Backspace)"));
    m_back->hide();
    connect(m_back, &QToolButton::clicked, this, [this] {
        const auto snapshot = m_model->snapshot();
        if (snapshot && snapshot->tree.contains(m_root)) fillWith(snapshot->tree.at(m_root).parent);
        setFocus();
    });
    connect(model, &QAbstractItemModel::modelReset, this, &IcicleView::relayout);
    // One new tree is many steps of the model: laid out once, after them.
    connect(model, &QAbstractItemModel::rowsInserted, this, &IcicleView::relayout, Qt::QueuedConnection);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &IcicleView::relayout, Qt::QueuedConnection);
    connect(model, &QAbstractItemModel::rowsMoved, this, &IcicleView::relayout, Qt::QueuedConnection);
    connect(model, &QAbstractItemModel::dataChanged, this, &IcicleView::relayout, Qt::QueuedConnection);
    connect(selection, &Selection::labelsChanged, this, &IcicleView::takeSelection);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
    relayout();
}

IcicleView::~IcicleView() = default;

QSize IcicleView::sizeHint() const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::SidePanelWidth)};
}
QSize IcicleView::minimumSizeHint() const {
    return {theme().space(kLeastAcrossQuarters), theme().length(Length::RowHeight) * 4};
}

// --- layout ----------------------------------------------------------------------------------------------------------

bool IcicleView::downwards() const {
    return width() > height() * kWideEnough;
}

QRect IcicleView::area() const {
    const int pad = theme().space(1);
    const int top = m_back->isHidden() ? pad : m_back->height() + pad;
    return QRect(pad, top, qMax(1, width() - 2 * pad), qMax(1, height() - top - pad));
}

int IcicleView::levelsShown() const {
    const int least = downwards() ? theme().length(Length::RowHeight) : theme().space(kLeastAcrossQuarters);
    const int room = qMax(1, (downwards() ? area().height() : area().width()) / least);
    return m_levels > 0 ? qMin(m_levels, room) : room;
}

void IcicleView::relayout() {
    const auto snapshot = m_model->snapshot();
    if (!snapshot) {
        m_root = {};
    } else if (!m_root || !snapshot->tree.contains(m_root)) {
        m_root = snapshot->tree.root();
    }
    const bool zoomed = snapshot && m_root != snapshot->tree.root();
    if (zoomed) {
        const QStringList path = toQt(snapshot->tree.pathNames(m_root));
        const QString whole = path.join(QStringLiteral(" › "));
        m_back->setText(fontMetrics().elidedText(whole, Qt::ElideMiddle, qMax(0, width() - theme().space(12))));
        m_back->setAccessibleName(tr("Back to the label above “%1”").arg(path.last()));
    }
    m_back->setVisible(zoomed);
    m_back->setGeometry(theme().space(1), theme().space(1), qMax(0, width() - theme().space(2)),
                        theme().length(Length::ControlHeight));
    m_cells = snapshot ? icicleCells(*m_model, m_root, levelsShown()) : std::vector<IcicleCell>();
    m_depth = 0;
    m_places.clear();
    for (std::size_t at = 0; at < m_cells.size(); ++at) {
        m_depth = std::max(m_depth, m_cells[at].depth + 1);
        m_places.insert(m_cells[at].id.value, int(at));
    }
    if (!m_places.contains(m_hovered.value)) m_hovered = {};
    if (m_editor && !m_places.contains(m_edited.value)) finishRename(false);
    update();
}

void IcicleView::setLevels(int levels) {
    if (m_levels == levels) return;
    m_levels = levels;
    relayout();
}

int IcicleView::cellOf(LabelId label) const {
    return m_places.value(label.value, -1);
}

QRectF IcicleView::cellRect(const IcicleCell& cell) const {
    const QRectF room = area();
    const double across = (downwards() ? room.height() : room.width()) / std::max(1, m_depth);
    const double length = downwards() ? room.width() : room.height();
    const double start = cell.start * length, extent = cell.extent * length, step = cell.depth * across;
    return downwards() ? QRectF(room.left() + start, room.top() + step, extent, across)
                       : QRectF(room.left() + step, room.top() + start, across, extent);
}

QRectF IcicleView::rectOf(LabelId label) const {
    const int at = cellOf(label);
    return at < 0 ? QRectF() : cellRect(m_cells[std::size_t(at)]);
}

LabelId IcicleView::labelAt(const QPoint& position) const {
    for (const IcicleCell& cell : m_cells)
        if (cellRect(cell).contains(position)) return cell.id;
    return {};
}

void IcicleView::fillWith(LabelId label) {
    const auto snapshot = m_model->snapshot();
    if (!snapshot || !snapshot->tree.contains(label) || label == m_root) return;
    const bool leaf = label != snapshot->tree.root() && m_model->rowCount(m_model->indexOf(label)) == 0;
    if (leaf) return;  // there is nothing below that could fill the view
    m_root = label;
    relayout();
    Q_EMIT filledChanged();
}

void IcicleView::reveal(LabelId label) {
    const auto snapshot = m_model->snapshot();
    if (!snapshot || !snapshot->tree.contains(label) || label == snapshot->tree.root()) return;
    const QScopedValueRollback<bool> guard(m_revealing, true);
    const tree::LabelTree& tree = snapshot->tree;
    if (!tree.inBranch(label, m_root) || label == m_root) fillWith(tree.at(label).parent);
    const auto readable = [&] {
        const QRectF rect = rectOf(label);
        return !rect.isEmpty() && (downwards() ? rect.width() >= theme().space(6)
                                               : rect.height() >= theme().length(Length::CompactRowHeight) * 0.75);
    };
    if (!rectOf(label).isEmpty() && (readable() || m_root == tree.at(label).parent)) return;
    // As little as it takes: from the top down to the first branch in which its name can be read.
    for (const LabelId up : tree.path(tree.at(label).parent)) {
        if (!tree.inBranch(up, m_root) || up == m_root) continue;
        fillWith(up);
        if (readable()) break;
    }
}

void IcicleView::expandAllBelow() {
    fillWith(m_selection->label());
}

void IcicleView::selectBranch(LabelId label) {
    const auto snapshot = m_model->snapshot();
    if (!snapshot || !snapshot->tree.contains(label)) return;
    QList<LabelId> labels;
    for (const LabelId id : snapshot->tree.branch(label)) labels << id;
    m_selection->setLabels(labels, label);
}

void IcicleView::takeSelection() {
    if (isVisible() && m_selection->label() && !m_revealing) reveal(m_selection->label());
    update();
    sayFocus();
}

void IcicleView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (m_editor) finishRename(false);
    relayout();
}

// --- painting --------------------------------------------------------------------------------------------------------

void IcicleView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const double least = 1.0;
    LabelId focused;
    QRectF focusedRect;
    for (const IcicleCell& cell : m_cells) {
        const QRectF rect = cellRect(cell);
        const double extent = downwards() ? rect.width() : rect.height();
        const bool selected = m_selection->labels().contains(cell.id);
        if (extent < least && !selected) {
            // Too thin for a cell of its own: together such labels make a quiet block of their colour.
            const auto place = m_colors->place(cell.id);
            QColor color = theme().branchColor(place.branch, place.level, place.sibling);
            color.setAlphaF(float(std::clamp(extent, 0.05, 1.0) * kTint));
            painter.fillRect(rect, color);
            continue;
        }
        paintCell(painter, cell, rect);
        if (cell.id == m_selection->label()) {
            focused = cell.id;
            focusedRect = rect;
        }
    }
    if (focused && showsFocus(this)) {
        painter.setRenderHint(QPainter::Antialiasing);
        const double ring = theme().length(Length::FocusRing) + theme().length(Length::FocusGap);
        paintFocusRing(painter, focusedRect.adjusted(ring, ring, -ring, -ring));
    }
}

void IcicleView::paintCell(QPainter& painter, const IcicleCell& cell, const QRectF& rect) const {
    const auto place = m_colors->place(cell.id);
    const QColor branch = theme().branchColor(place.branch, place.level, place.sibling);
    const bool selected = m_selection->labels().contains(cell.id);
    const double gap = theme().length(Length::Hairline);
    const double extent = downwards() ? rect.width() : rect.height();
    QRectF box = rect;
    if (extent > 3 * gap) box.adjust(0, 0, -gap, -gap);
    const QColor base = theme().color(ColorRole::Base);
    painter.fillRect(box, selected ? theme().color(ColorRole::Selection)
                                   : mixed(branch, base, cell.id == m_hovered ? kHoverTint : kTint));
    // The edge towards the parent carries the full colour, and selection a frame: neither is told by tint alone.
    const double edge = std::min(theme().space(1) * 0.75, (downwards() ? box.height() : box.width()) / 4);
    painter.fillRect(downwards() ? QRectF(box.left(), box.top(), box.width(), edge)
                                 : QRectF(box.left(), box.top(), edge, box.height()),
                     branch);
    if (selected) {
        const double line = theme().length(Length::FocusRing);
        painter.setPen(QPen(theme().color(ColorRole::Accent), line));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box.adjusted(line / 2, line / 2, -line / 2, -line / 2));
    }
    const QFont font = theme().font(cell.depth == 0 && place.level <= 0 ? TextRole::Strong : TextRole::Normal);
    const QFontMetrics metrics(font);
    QRectF text = box.adjusted(downwards() ? theme().space(1) : edge + theme().space(1), downwards() ? edge : 0,
                               -theme().space(1), 0);
    if (text.height() < metrics.height() || text.width() < metrics.horizontalAdvance(QStringLiteral("Mm…"))) return;
    const QModelIndex index = m_model->indexOf(cell.id);
    const int iconSide = theme().length(Length::IconSize);
    const QColor ink = theme().color(selected ? ColorRole::SelectionText : ColorRole::Text);
    const bool twoLines = text.height() >= 2 * metrics.height() + theme().space(1);
    QRectF line =
        twoLines ? QRectF(text.left(), text.center().y() - metrics.height(), text.width(), metrics.height()) : text;
    for (const auto& [role, name] :
         {std::pair(LabelTreeModel::LockedRole, "lock"), std::pair(LabelTreeModel::NotedRole, "note")}) {
        if (!index.data(role).toBool() || line.width() < 3 * iconSide) continue;
        painter.drawPixmap(QPointF(line.right() - iconSide, line.center().y() - iconSide / 2.0),
                           iconPixmap(QString::fromLatin1(name), ink, iconSide, painter.device()->devicePixelRatioF()));
        line.setRight(line.right() - iconSide - theme().space(1));
    }
    painter.setFont(font);
    painter.setPen(ink);
    const QString name = index.data(Qt::DisplayRole).toString();
    const QString figure = formatCount(index.data(LabelTreeModel::DocumentsRole).toLongLong());
    if (twoLines) {
        painter.drawText(line, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                         metrics.elidedText(name, Qt::ElideRight, int(line.width())));
        painter.setFont(theme().font(TextRole::Small));
        painter.setPen(theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted));
        painter.drawText(QRectF(text.left(), line.bottom(), text.width(), metrics.height()),
                         int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                         QFontMetrics(painter.font()).elidedText(figure, Qt::ElideRight, int(text.width())));
        return;
    }
    // The figure only where the name stays whole.
    const int figureWidth = metrics.horizontalAdvance(figure);
    if (metrics.horizontalAdvance(name) + theme().space(2) + figureWidth <= line.width()) {
        painter.setPen(theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted));
        painter.drawText(line, int(Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine), figure);
        painter.setPen(ink);
    }
    painter.drawText(line, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                     metrics.elidedText(name, Qt::ElideRight, int(line.width())));
}

// --- pointer and keys ------------------------------------------------------------------------------------------------

bool IcicleView::event(QEvent* event) {
    switch (event->type()) {
        case QEvent::HoverMove:
        case QEvent::HoverLeave: {
            const LabelId under = event->type() == QEvent::HoverLeave
                                      ? LabelId{}
                                      : labelAt(static_cast<QHoverEvent*>(event)->position().toPoint());
            if (under != m_hovered) {
                m_hovered = under;
                update();
            }
            break;
        }
        case QEvent::ToolTip: {
            auto* help = static_cast<QHelpEvent*>(event);
            const LabelId under = labelAt(help->pos());
            if (under)
                QToolTip::showText(help->globalPos(), m_model->indexOf(under).data(Qt::ToolTipRole).toString(), this,
                                   rectOf(under).toAlignedRect());
            else
                QToolTip::hideText();
            return true;
        }
        default:
            break;
    }
    return QWidget::event(event);
}

void IcicleView::choose(LabelId label, Qt::KeyboardModifiers modifiers) {
    if (!label) return;
    const QScopedValueRollback<bool> guard(m_revealing, true);  // what is clicked is seen already
    QList<LabelId> labels = m_selection->labels();
    if (modifiers & Qt::ControlModifier) {
        if (labels.contains(label) && labels.size() > 1)
            labels.removeAll(label);
        else if (!labels.contains(label))
            labels << label;
        m_selection->setLabels(labels, labels.contains(label) ? label : labels.last());
        return;
    }
    const LabelId anchor = m_selection->label();
    const int from = cellOf(anchor), to = cellOf(label);
    if ((modifiers & Qt::ShiftModifier) && from >= 0 && to >= 0) {
        const int depth = m_cells[std::size_t(to)].depth;
        for (int at = std::min(from, to); at <= std::max(from, to); ++at)
            if (m_cells[std::size_t(at)].depth == depth && !labels.contains(m_cells[std::size_t(at)].id))
                labels << m_cells[std::size_t(at)].id;
        m_selection->setLabels(labels, label);
        return;
    }
    m_selection->setLabel(label);
}

void IcicleView::mousePressEvent(QMouseEvent* event) {
    const LabelId label = labelAt(event->position().toPoint());
    if (!label) return;
    if (event->button() == Qt::LeftButton)
        choose(label, event->modifiers());
    else if (event->button() == Qt::RightButton && !m_selection->labels().contains(label))
        choose(label, {});
}

void IcicleView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) fillWith(labelAt(event->position().toPoint()));
}

void IcicleView::contextMenuEvent(QContextMenuEvent* event) {
    QPoint at = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard)
        if (const QRectF rect = rectOf(m_selection->label()); !rect.isEmpty())
            at = mapToGlobal(rect.center().toPoint());
    Q_EMIT menuRequested(at);
}

/// \param along   +1, -1: the next or previous label of the same level
/// \param across  +1: the largest child, -1: the parent
LabelId IcicleView::neighbour(LabelId from, int along, int across) const {
    const int at = cellOf(from);
    if (at < 0) return m_cells.empty() ? LabelId{} : m_cells.front().id;
    const IcicleCell& cell = m_cells[std::size_t(at)];
    if (along != 0) {
        for (int next = at + along; next >= 0 && next < int(m_cells.size()); next += along)
            if (m_cells[std::size_t(next)].depth == cell.depth) return m_cells[std::size_t(next)].id;
        return from;
    }
    const auto snapshot = m_model->snapshot();
    if (across < 0) {
        const LabelId parent = snapshot->tree.at(from).parent;
        return cellOf(parent) >= 0 ? parent : from;
    }
    const IcicleCell* largest = nullptr;
    for (const IcicleCell& other : m_cells)
        if (other.depth == cell.depth + 1 && snapshot->tree.at(other.id).parent == from &&
            (!largest || other.extent > largest->extent))
            largest = &other;
    return largest ? largest->id : from;
}

void IcicleView::keyPressEvent(QKeyEvent* event) {
    // Alt and arrows are Back, Forward and the acts of the tree.
    if (event->modifiers() & Qt::AltModifier) return event->ignore();
    int along = 0, across = 0;
    LabelId target;
    switch (event->key()) {
        case Qt::Key_Left:
            (downwards() ? along : across) = -1;
            break;
        case Qt::Key_Right:
            (downwards() ? along : across) = +1;
            break;
        case Qt::Key_Up:
            (downwards() ? across : along) = -1;
            break;
        case Qt::Key_Down:
            (downwards() ? across : along) = +1;
            break;
        case Qt::Key_Home:
        case Qt::Key_End: {
            const int at = cellOf(m_selection->label());
            const int depth = at < 0 ? 0 : m_cells[std::size_t(at)].depth;
            for (const IcicleCell& cell : m_cells)
                if (cell.depth == depth && (event->key() == Qt::Key_End || !target)) target = cell.id;
            break;
        }
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Plus:
            return fillWith(m_selection->label());
        case Qt::Key_Backspace:
        case Qt::Key_Minus:
            if (!m_back->isHidden()) m_back->click();
            return;
        case Qt::Key_Space:
            return choose(m_selection->label(), event->modifiers());
        default:
            return event->ignore();
    }
    if (along != 0 || across != 0) target = neighbour(m_selection->label(), along, across);
    if (!target) return;
    if (event->modifiers() & Qt::ShiftModifier) {
        choose(target, Qt::ShiftModifier);
    } else {
        m_selection->setLabel(target);
    }
}

void IcicleView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    if (event->reason() != Qt::MouseFocusReason && !m_selection->label() && !m_cells.empty())
        m_selection->setLabel(m_cells.front().id);
    update();
    sayFocus();
}

void IcicleView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

void IcicleView::sayFocus() {
    if (!hasFocus() || !QAccessible::isActive()) return;
    const int at = cellOf(m_selection->label());
    if (at < 0) return;
    QAccessibleEvent focus(this, QAccessible::Focus);
    focus.setChild(at);
    QAccessible::updateAccessibility(&focus);
}

// --- renaming --------------------------------------------------------------------------------------------------------

void IcicleView::renameCurrent() {
    const LabelId label = m_selection->label();
    if (!label) return;
    reveal(label);
    const QRectF rect = rectOf(label);
    const QModelIndex index = m_model->indexOf(label);
    if (rect.isEmpty() || !(m_model->flags(index) & Qt::ItemIsEditable)) return;
    finishRename(false);
    m_edited = label;
    m_editor = new QLineEdit(index.data(Qt::EditRole).toString(), this);
    m_editor->setObjectName(QStringLiteral("renameEditor"));
    m_editor->setAccessibleName(tr("New name of the label"));
    const int least = qMin(theme().length(Length::SidePanelWidth) / 2, width());
    QRect place(rect.left(), rect.center().y() - theme().length(Length::ControlHeight) / 2.0,
                qMax(least, int(rect.width())), theme().length(Length::ControlHeight));
    place.moveLeft(qBound(0, place.left(), qMax(0, width() - place.width())));
    place.moveTop(qBound(0, place.top(), qMax(0, height() - place.height())));
    m_editor->setGeometry(place);
    m_editor->selectAll();
    m_editor->show();
    m_editor->setFocus();
    m_editor->installEventFilter(this);
    connect(m_editor, &QLineEdit::editingFinished, this, [this] { finishRename(true); });
}

void IcicleView::finishRename(bool keep) {
    if (!m_editor) return;
    QLineEdit* editor = std::exchange(m_editor, nullptr);
    const QString name = editor->text();
    const bool hadFocus = editor->hasFocus();
    editor->disconnect(this);
    editor->hide();
    editor->deleteLater();
    if (hadFocus) setFocus();
    if (keep) m_model->setData(m_model->indexOf(m_edited), name, Qt::EditRole);
}

bool IcicleView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_editor && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        finishRename(false);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace espalier::ui
