// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/expectations_dialog.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "core/project/expectation.h"
#include "ui/session/project_session.h"
#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/tree/expectation_watch.h"

namespace espalier::ui {
namespace {
enum Column { MetColumn, TextColumn, WhyColumn };
constexpr int kIdRole = Qt::UserRole;
}  // namespace

ExpectationsDialog::ExpectationsDialog(ProjectSession* session, ExpectationWatch* watch, QWidget* parent)
    : QDialog(parent), m_session(session), m_watch(watch) {
    setObjectName(QStringLiteral("expectationsDialog"));
    setWindowTitle(tr("Expectations"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_summary = new TextLabel({}, TextRole::Strong, ColorRole::Text, this);
    m_summary->setObjectName(QStringLiteral("expectationSummary"));
    m_list = new QTreeWidget(this);
    m_list->setObjectName(QStringLiteral("expectationList"));
    m_list->setAccessibleName(tr("Expectations"));
    m_list->setHeaderLabels({tr("State"), tr("Expectation"), tr("Found")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAllColumnsShowFocus(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(MetColumn, QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(TextColumn, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(WhyColumn, QHeaderView::Stretch);
    m_field = new QLineEdit(this);
    m_field->setObjectName(QStringLiteral("expectationField"));
    m_field->setAccessibleName(tr("New expectation"));
    m_field->setPlaceholderText(tr("document 812 is under Soil"));
    m_field->setClearButtonEnabled(true);
    m_add = new QPushButton(tr("Add"), this);
    m_add->setObjectName(QStringLiteral("addExpectation"));
    m_add->setDefault(true);
    makePrimary(m_add);
    m_fault = new TextLabel({}, TextRole::Normal, ColorRole::Error, this);
    m_fault->setObjectName(QStringLiteral("expectationFault"));
    m_fault->setWordWrap(true);
    m_fault->hide();
    auto* forms = new TextLabel(tr("document 812 is [not] under Soil\n"
                                   "Peat and Wheat have different parents (or: the same parent)\n"
                                   "at least 80 % of documents with reference label Mire are under Peat (or: at most)\n"
                                   "Names that hold such words go in double quotes."),
                                TextRole::Small, ColorRole::Muted, this);
    forms->setWordWrap(true);
    m_remove = new QPushButton(icon(QStringLiteral("delete")), tr("Remove"), this);
    m_remove->setObjectName(QStringLiteral("removeExpectation"));
    m_remove->setAutoDefault(false);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    buttons->addButton(m_remove, QDialogButtonBox::ActionRole);

    auto* entry = new QHBoxLayout;
    entry->setSpacing(theme().space(2));
    entry->addWidget(m_field, 1);
    entry->addWidget(m_add);
    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    layout->addWidget(m_summary);
    layout->addWidget(m_list, 1);
    layout->addLayout(entry);
    layout->addWidget(m_fault);
    layout->addWidget(forms);
    layout->addWidget(buttons);
    resize(theme().length(Length::TextColumnWidth) * 4 / 3, theme().length(Length::TextColumnWidth) * 3 / 4);

    auto* del = new QAction(m_remove->text(), m_list);
    del->setShortcut(QKeySequence(Qt::Key_Delete));
    del->setShortcutContext(Qt::WidgetShortcut);
    m_list->addAction(del);
    connect(del, &QAction::triggered, this, &ExpectationsDialog::removeChosen);
    connect(m_remove, &QPushButton::clicked, this, &ExpectationsDialog::removeChosen);
    connect(m_add, &QPushButton::clicked, this, &ExpectationsDialog::addStatement);
    connect(m_field, &QLineEdit::textChanged, this, [this] {
        say(std::nullopt);
        refreshControls();
    });
    connect(m_list, &QTreeWidget::itemSelectionChanged, this, &ExpectationsDialog::refreshControls);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(watch, &ExpectationWatch::changed, this, &ExpectationsDialog::showAll);
    connect(session, &ProjectSession::closed, this, &QDialog::reject);
    connect(session, &ProjectSession::readOnlyChanged, this, &ExpectationsDialog::refreshControls);
    connect(&theme(), &Theme::changed, this, &ExpectationsDialog::showAll);
    showAll();
    m_field->setFocus();
}

void ExpectationsDialog::showAll() {
    const QTreeWidgetItem* current = m_list->currentItem();
    const qint64 chosen = current ? current->data(MetColumn, kIdRole).toLongLong() : 0;
    m_list->clear();
    for (const project::Expectation& one : m_watch->all()) {
        auto* item = new QTreeWidgetItem(m_list);
        // The word says it; colour and shape only help.
        item->setText(MetColumn, one.ok ? tr("Met") : tr("Not met"));
        item->setIcon(MetColumn, icon(one.ok ? QStringLiteral("check") : QStringLiteral("error"),
                                      one.ok ? ColorRole::Accent : ColorRole::Error));
        item->setText(TextColumn, toQt(one.text));
        item->setText(WhyColumn, toQt(one.why));
        item->setToolTip(TextColumn, toQt(one.text));
        item->setToolTip(WhyColumn, toQt(one.why));
        item->setData(MetColumn, kIdRole, qint64(one.id));
        const QString spoken = tr("%1: %2; %3").arg(item->text(MetColumn), toQt(one.text), toQt(one.why));
        item->setData(MetColumn, Qt::AccessibleTextRole, spoken);
        if (one.id == chosen) m_list->setCurrentItem(item);
    }
    const int all = int(m_watch->all().size()), unmet = m_watch->unmet();
    m_summary->setText(all == 0     ? tr("Nothing is expected of this tree yet.")
                       : unmet == 0 ? tr("All %n expectation(s) are met.", nullptr, all)
                                    : tr("%1 of %2 expectations are not met.").arg(unmet).arg(all));
    refreshControls();
}

void ExpectationsDialog::refreshControls() {
    m_field->setEnabled(m_session->writable());
    m_add->setEnabled(m_session->writable() && !m_field->text().trimmed().isEmpty());
    m_remove->setEnabled(m_session->writable() && m_list->currentItem());
}

void ExpectationsDialog::addStatement() {
    const QString text = m_field->text().trimmed();
    if (text.isEmpty()) return;
    m_watch->add(text, [this, guard = QPointer<ExpectationsDialog>(this)](const std::optional<Error>& fault) {
        if (!guard) return;
        if (!fault) m_field->clear();
        say(fault);
        m_field->setFocus();
    });
}

void ExpectationsDialog::removeChosen() {
    const QTreeWidgetItem* item = m_list->currentItem();
    if (!item) return;
    m_watch->remove(item->data(MetColumn, kIdRole).toLongLong(),
                    [this, guard = QPointer<ExpectationsDialog>(this)](const std::optional<Error>& fault) {
                        if (guard) say(fault);
                    });
}

void ExpectationsDialog::say(const std::optional<Error>& fault) {
    // The forms stand below the field already.
    QString text = fault && fault->code != ErrorCode::Cancelled ? toQt(fault->message).section(u'\n', 0, 0) : QString();
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    m_fault->setText(text);
    m_fault->setVisible(!text.isEmpty());
}

}  // namespace espalier::ui
