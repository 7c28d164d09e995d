// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/go_to_dialog.h"

#include <QAccessible>
#include <QApplication>
#include <QButtonGroup>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/go_to_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/project_session.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/tree/finder_delegate.h"

namespace espalier::ui {
namespace {
constexpr int kVisibleRows = 13;
}

GoToDialog::GoToDialog(ProjectSession* session, DocumentFinder* finder, const BranchColors* colors, QWidget* parent)
    : QDialog(parent) {
    setObjectName(QStringLiteral("goToDialog"));
    setWindowTitle(tr("Go to label or document"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_model = new GoToModel(session, finder, this);
    m_field = new QLineEdit(this);
    m_field->setObjectName(QStringLiteral("goToField"));
    m_field->setAccessibleName(tr("Label or document to find"));
    m_field->setPlaceholderText(tr("Part of a name, a path, a title or an id…"));
    m_field->setClearButtonEnabled(true);
    m_field->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_field->installEventFilter(this);
    auto* scopes = new QHBoxLayout;
    scopes->setSpacing(theme().space(1));
    auto* group = new QButtonGroup(this);
    const auto addScope = [&](const char* name, const QString& text, GoToModel::Scope scope) {
        auto* button = new QToolButton(this);
        button->setObjectName(QString::fromLatin1(name));
        button->setText(text);
        button->setAccessibleName(tr("Look for: %1").arg(QString(text).remove(u'&')));
        button->setCheckable(true);
        button->setAutoRaise(true);
        button->setMinimumHeight(theme().length(Length::ControlHeight));
        button->setChecked(scope == GoToModel::Scope::Everything);
        group->addButton(button, int(scope));
        scopes->addWidget(button);
    };
    addScope("goToEverything", tr("&Everything"), GoToModel::Scope::Everything);
    addScope("goToLabels", tr("&Labels"), GoToModel::Scope::Labels);
    addScope("goToDocuments", tr("&Documents"), GoToModel::Scope::Documents);
    scopes->addStretch(1);
    m_list = new QListView(this);
    m_list->setObjectName(QStringLiteral("goToList"));
    m_list->setAccessibleName(tr("Labels and documents found"));
    prepareView(m_list);
    m_list->setFrameShape(QFrame::StyledPanel);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new FinderDelegate(colors, m_list));
    m_list->setMinimumHeight(kVisibleRows * theme().length(Length::RowHeight) + 2 * theme().length(Length::Hairline));
    m_state = new ElidedLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_state->setObjectName(QStringLiteral("goToState"));
    auto* buttons = new QDialogButtonBox(this);
    m_accept = buttons->addButton(tr("Go to"), QDialogButtonBox::AcceptRole);
    m_accept->setObjectName(QStringLiteral("acceptButton"));
    makePrimary(m_accept);
    m_accept->setDefault(true);
    buttons->addButton(QDialogButtonBox::Cancel);
    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    layout->addWidget(m_field);
    layout->addLayout(scopes);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_state);
    layout->addSpacing(theme().space(1));
    layout->addWidget(buttons);
    setMinimumWidth(theme().length(Length::TextColumnWidth));
    m_field->setFocus();

    connect(m_field, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_moved = m_takeWhenFound = false;
        m_model->setPattern(text);
        selectBest();
    });
    connect(group, &QButtonGroup::idClicked, this, [this](int scope) {
        m_moved = m_takeWhenFound = false;
        m_model->setScope(GoToModel::Scope(scope));
        selectBest();
        m_field->setFocus();
    });
    connect(m_model, &GoToModel::documentsCame, this, [this] {
        if (!m_moved) selectBest();
        refresh();
        if (m_takeWhenFound) take();
    });
    // The tree changed under the dialog (a job ended): what was chosen may be gone.
    connect(
        m_model, &QAbstractItemModel::modelReset, this, [this] { selectBest(); }, Qt::QueuedConnection);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &GoToDialog::refresh);
    connect(m_list, &QListView::doubleClicked, this, [this] { take(); });
    connect(m_list, &QListView::clicked, this, [this] { m_moved = true; });
    connect(buttons, &QDialogButtonBox::accepted, this, &GoToDialog::take);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    selectBest();
}

void GoToDialog::selectBest() {
    if (m_moved && m_list->currentIndex().isValid()) return;
    const int row = m_model->bestRow();
    if (row >= 0) {
        m_list->setCurrentIndex(m_model->index(row));
        if (m_model->kindAt(row) == GoToModel::Kind::Label) m_list->scrollTo(m_model->index(0));
    }
    refresh();
}

void GoToDialog::refresh() {
    const QModelIndex current = m_list->currentIndex();
    const bool chosen = current.isValid() && m_model->kindAt(current.row()) != GoToModel::Kind::Heading;
    m_accept->setEnabled(chosen || m_model->searching());
    const QString typed = m_model->pattern().trimmed();
    QString state;
    if (typed.isEmpty()) {
        state = tr("%1 labels. Type to find documents as well.").arg(formatCount(m_model->labelsFound()));
        if (m_model->scope() == GoToModel::Scope::Documents) state = tr("Type part of a title or an id.");
    } else if (m_model->searching()) {
        state = tr("%1 labels · looking through the documents…").arg(formatCount(m_model->labelsFound()));
    } else if (m_model->labelsFound() == 0 && m_model->documentsFound() == 0) {
        state = tr("Nothing is called like “%1”.").arg(typed);
    } else {
        state = tr("%1 labels · %2 documents")
                    .arg(formatCount(m_model->labelsFound()), formatCount(m_model->documentsFound()));
    }
    if (state == m_state->text()) return;
    m_state->setText(state);
    m_list->setAccessibleDescription(state);
}

void GoToDialog::take() {
    const QModelIndex current = m_list->currentIndex();
    const int row = current.isValid() ? current.row() : -1;
    // A name typed fast is not taken for the first label that has its letters somewhere: the documents are a moment
    // away.
    if (m_model->searching() && !m_moved) {
        m_takeWhenFound = true;
        return;
    }
    m_takeWhenFound = false;
    if (const LabelId label = m_model->labelAt(row)) {
        QDialog::accept();
        Q_EMIT labelChosen(label);
    } else if (const DocumentKey document = m_model->documentAt(row)) {
        const LabelId home = m_model->homeOf(row);
        QDialog::accept();
        Q_EMIT documentChosen(document, home);
    }
}

bool GoToDialog::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
            case Qt::Key_Up:
            case Qt::Key_Down:
            case Qt::Key_PageUp:
            case Qt::Key_PageDown:
                m_moved = true;
                QApplication::sendEvent(m_list, event);
                return true;
            case Qt::Key_Return:
            case Qt::Key_Enter:
                take();
                return true;
            default:
                break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

}  // namespace espalier::ui
