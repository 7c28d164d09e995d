// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/label_picker.h"

#include <QApplication>
#include <QDialogButtonBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/models/label_finder_model.h"
#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/tree/finder_delegate.h"

namespace espalier::ui {
namespace {

constexpr int kVisibleRows = 9;
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
