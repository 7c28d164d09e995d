// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/label_picker.h"

#include <QApplication>
#include <QDialogButtonBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "ui/models/label_finder_model.h"
#include "ui/session/branch_colors.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

constexpr int kVisibleRows = 9;

class FinderDelegate : public QStyledItemDelegate {
public:
    FinderDelegate(const BranchColors* colors, QObject* parent) : QStyledItemDelegate(parent), m_colors(colors) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {theme().length(Length::SidePanelWidth), theme().length(Length::RowHeight)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const override {
        QStyleOptionViewItem option = given;
        initStyleOption(&option, index);
        QStyle* style = option.widget ? option.widget->style() : QApplication::style();
        style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
        const bool selected = option.state & QStyle::State_Selected;
        const QString refusal = index.data(LabelFinderModel::RefusalRole).toString();
        const ColorRole name = selected            ? ColorRole::SelectionText
                               : refusal.isEmpty() ? ColorRole::Text
                                                   : ColorRole::Muted;
        const auto place = m_colors->place(LabelId{index.data(LabelFinderModel::LabelIdRole).toLongLong()});
        QRect row = option.rect.adjusted(theme().space(2), 0, -theme().space(2), 0);
        if (place.branch >= 0) {
            QRectF marker(0, 0, theme().space(2), theme().space(2));
            marker.moveCenter(QPointF(row.left() + theme().space(1), row.center().y() + 1));
            paintBranchMarker(*painter, marker, Theme::branchMarker(place.branch),
                              theme().branchColor(place.branch, place.level, place.sibling));
        }
        row.setLeft(row.left() + theme().space(4));
        painter->save();
        painter->setFont(theme().font(TextRole::Normal));
        const QFontMetrics metrics(painter->font());
        const QString figure =
            refusal.isEmpty() ? formatCount(index.data(LabelFinderModel::DocumentsRole).toLongLong()) : refusal;
        painter->setPen(theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted));
        const QString shownFigure = metrics.elidedText(figure, Qt::ElideRight, row.width() / 2);
        painter->drawText(row, int(Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine), shownFigure);
        row.setRight(row.right() - metrics.horizontalAdvance(shownFigure) - theme().space(2));

        const QString text = index.data().toString();
        const auto positions = index.data(LabelFinderModel::PositionsRole).value<QList<int>>();
        painter->setPen(theme().color(name));
        int x = row.left();
        QFont strong = painter->font();
        strong.setUnderline(true);
        const QString shown = metrics.elidedText(text, Qt::ElideRight, row.width());
        for (int at = 0; at < shown.size(); ++at) {
            // Matched letters are underlined: a sign that needs neither colour nor other widths.
            painter->setFont(positions.contains(at) ? strong : theme().font(TextRole::Normal));
            painter->drawText(QPoint(x, row.center().y() + metrics.ascent() / 2 - metrics.descent() / 2 + 1),
                              shown.mid(at, 1));
            x = row.left() + metrics.horizontalAdvance(shown.left(at + 1));
        }
        const QString path = index.data(LabelFinderModel::PathRole).toString();
        if (!path.isEmpty() && x + theme().space(3) < row.right()) {
            row.setLeft(x + theme().space(3));
            painter->setFont(theme().font(TextRole::Small));
            painter->setPen(theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted));
            painter->drawText(row, int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                              QFontMetrics(painter->font()).elidedText(path, Qt::ElideMiddle, row.width()));
        }
        painter->restore();
    }

private:
    const BranchColors* m_colors;
};

}  // namespace

LabelPicker::LabelPicker(project::TreeSnapshotPtr snapshot, bool withRoot, const BranchColors* colors, QWidget* parent)
    : QWidget(parent) {
    m_model = new LabelFinderModel(this);
    m_model->setSnapshot(std::move(snapshot), withRoot);
    m_field = new QLineEdit(this);
    m_field->setObjectName(QStringLiteral("labelPickerField"));
    m_field->setAccessibleName(tr("Label to find"));
    m_field->setPlaceholderText(tr("Type part of a name…"));
    m_field->setClearButtonEnabled(true);
    m_field->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_field->installEventFilter(this);
    m_list = new QListView(this);
    m_list->setObjectName(QStringLiteral("labelPickerList"));
    m_list->setAccessibleName(tr("Labels found"));
    prepareView(m_list);
    m_list->setFrameShape(QFrame::StyledPanel);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new FinderDelegate(colors, m_list));
    m_list->setMinimumHeight(kVisibleRows * theme().length(Length::RowHeight) + 2);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->setSpacing(theme().space(2));
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    setFocusProxy(m_field);
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model->setPattern(text);
        selectFirst();
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &LabelPicker::chosenChanged);
    connect(m_list, &QListView::doubleClicked, this, [this] {
        if (chosen()) Q_EMIT activated();
    });
    selectFirst();
}

void LabelPicker::setRefusal(std::function<QString(LabelId)> refusal) {
    m_model->setRefusal(std::move(refusal));
    selectFirst();
}

void LabelPicker::selectFirst() {
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex index = m_model->index(row);
        if (!(index.flags() & Qt::ItemIsEnabled)) continue;
        m_list->setCurrentIndex(index);
        m_list->scrollTo(m_model->index(0));
        break;
    }
    Q_EMIT chosenChanged();
}

LabelId LabelPicker::chosen() const {
    const QModelIndex index = m_list->currentIndex();
    return index.isValid() && (index.flags() & Qt::ItemIsEnabled) ? m_model->labelAt(index.row()) : LabelId{};
}

bool LabelPicker::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
            case Qt::Key_Up:
            case Qt::Key_Down:
            case Qt::Key_PageUp:
            case Qt::Key_PageDown:
                QApplication::sendEvent(m_list, event);
                return true;
            case Qt::Key_Return:
            case Qt::Key_Enter:
                if (chosen()) Q_EMIT activated();
                return true;
            default:
                break;
        }
    }
    return QWidget::eventFilter(watched, event);
}

LabelPickerDialog::LabelPickerDialog(const QString& title, const QString& prompt, const QString& verb,
                                     project::TreeSnapshotPtr snapshot, bool withRoot, const BranchColors* colors,
                                     QWidget* parent)
    : QDialog(parent) {
    setObjectName(QStringLiteral("labelPickerDialog"));
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);
    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    auto* text = new TextLabel(prompt, TextRole::Normal, ColorRole::Text, this);
    text->setWordWrap(true);
    layout->addWidget(text);
    m_picker = new LabelPicker(std::move(snapshot), withRoot, colors, this);
    layout->addWidget(m_picker, 1);
    auto* buttons = new QDialogButtonBox(this);
    QPushButton* accept = buttons->addButton(verb, QDialogButtonBox::AcceptRole);
    accept->setObjectName(QStringLiteral("acceptButton"));
    makePrimary(accept);
    accept->setDefault(true);
    buttons->addButton(QDialogButtonBox::Cancel);
    layout->addSpacing(theme().space(2));
    layout->addWidget(buttons);
    setMinimumWidth(theme().length(Length::DialogWidth));
    const auto take = [this] {
        const LabelId label = m_picker->chosen();
        if (!label) return;
        Q_EMIT picked(label);
        QDialog::accept();
    };
    connect(buttons, &QDialogButtonBox::accepted, this, take);
    connect(m_picker, &LabelPicker::activated, this, take);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_picker, &LabelPicker::chosenChanged, accept,
            [this, accept] { accept->setEnabled(bool(m_picker->chosen())); });
    m_picker->setFocus();
}

}  // namespace espalier::ui
