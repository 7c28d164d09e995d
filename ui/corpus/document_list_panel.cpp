// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/document_list_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/corpus/document_delegate.h"
#include "ui/dialogs/error_text.h"
#include "ui/models/document_list_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
constexpr int kTypingMs = 150;
constexpr int kWalkMs = 30;  // arrow keys held down in the tree ask once they slow down
}  // namespace

/// One line above the list: how many documents, and what the columns say.
class DocumentCaption : public QWidget {
public:
    DocumentCaption(const QListView* list, const DocumentDelegate* delegate, QWidget* parent)
        : QWidget(parent), m_list(list), m_delegate(delegate) {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setFixedHeight(theme().length(Length::CompactRowHeight));
        setToolTip(DocumentListPanel::tr("Share: how much of the document this branch holds (membership)"));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, m_list);
        const DocumentDelegate::Columns at = DocumentDelegate::columns(rect().adjusted(0, 0, -bar, 0));
        painter.setFont(theme().font(TextRole::Small));
        painter.setPen(theme().color(ColorRole::Muted));
        painter.drawText(
            at.label, int(Qt::AlignLeft | Qt::AlignVCenter),
            m_delegate->showsLabel() ? DocumentListPanel::tr("Label") : DocumentListPanel::tr("Next label it fits"));
        painter.drawText(at.bar.united(at.figure), int(Qt::AlignRight | Qt::AlignVCenter),
                         DocumentListPanel::tr("Share"));
        const int line = theme().length(Length::Hairline);
        painter.fillRect(QRect(0, height() - line, width(), line), theme().color(ColorRole::Hairline));
    }

private:
    const QListView* m_list;
    const DocumentDelegate* m_delegate;
};

DocumentListPanel::DocumentListPanel(ProjectSession* session, Selection* selection, const BranchColors* colors,
                                     QWidget* parent)
    : QWidget(parent), m_session(session), m_selection(selection) {
    setObjectName(QStringLiteral("documentListPanel"));
    setAccessibleName(tr("Documents"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_heading = new ElidedLabel({}, TextRole::Title, ColorRole::Text, this);
    m_heading->setObjectName(QStringLiteral("documentListHeading"));
    m_order = new QComboBox(this);
    m_order->setObjectName(QStringLiteral("documentOrder"));
    m_order->setAccessibleName(tr("Order of the documents"));
    const auto add = [this](const QString& text, const QString& tip, project::Order order) {
        m_order->addItem(text, int(order));
        m_order->setItemData(m_order->count() - 1, tip, Qt::ToolTipRole);
    };
    add(tr("Typical first"), tr("Largest share of the branch first"), project::Order::Typical);
    add(tr("Between labels first"), tr("Smallest lead over the second-best label first"), project::Order::Borderline);
    add(tr("Diverse first"), tr("One of each pair of labels in turn"), project::Order::Diverse);
    add(tr("By id"), tr("Ascending id"), project::Order::Id);
    m_filter = new QLineEdit(this);
    m_filter->setObjectName(QStringLiteral("documentFilter"));
    m_filter->setAccessibleName(tr("Filter documents by title or id"));
    m_filter->setPlaceholderText(tr("Filter by title or id"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    m_filter->setFixedWidth(theme().space(38));

    m_model = new DocumentListModel(session, this);
    m_delegate = new DocumentDelegate(colors, this);
    m_list = new QListView(this);
    m_list->setObjectName(QStringLiteral("documentList"));
    m_list->setAccessibleName(tr("Documents"));
    prepareView(m_list);
    m_list->setUniformItemSizes(true);
    m_list->setLayoutMode(QListView::SinglePass);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setItemDelegate(m_delegate);
    m_list->setModel(m_model);
    m_caption = new DocumentCaption(m_list, m_delegate, this);
    m_count = new TextLabel({}, TextRole::Small, ColorRole::Muted, m_caption);
    m_count->setObjectName(QStringLiteral("documentCount"));
    auto* captionLayout = new QHBoxLayout(m_caption);
    captionLayout->setContentsMargins(theme().space(3), 0, 0, 0);
    captionLayout->addWidget(m_count);
    captionLayout->addStretch(1);
    m_empty = new EmptyState(this);
    m_empty->setPrimary(false);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_list);
    m_stack->addWidget(m_empty);

    auto* top = new QHBoxLayout;
    top->setContentsMargins(theme().space(3), theme().space(2), theme().space(3), theme().space(2));
    top->setSpacing(theme().space(2));
    top->addWidget(m_heading, 1);
    top->addSpacing(theme().space(1));
    top->addWidget(m_filter);
    top->addWidget(m_order);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addLayout(top);
    layout->addWidget(m_caption);
    layout->addWidget(m_stack, 1);

    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &DocumentListPanel::ask);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { m_delay.start(kTypingMs); });
    connect(m_order, &QComboBox::currentIndexChanged, this, [this] { m_delay.start(0); });
    connect(selection, &Selection::labelsChanged, this, [this] {
        m_asked = false;
        refreshHeading();
        m_delay.start(kWalkMs);
    });
    connect(selection, &Selection::documentChanged, this, [this] {
        if (!m_pushing) m_asked = true;
        takeDocument();
    });
    connect(session, &ProjectSession::opened, this, [this] {
        m_filter->clear();
        m_delay.start(0);
    });
    connect(session, &ProjectSession::treeChanged, this, &DocumentListPanel::refreshHeading);
    connect(m_model, &DocumentListModel::loaded, this, &DocumentListPanel::takeAnswer);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (current.isValid()) m_row = current.row();
        if (m_pushing || !current.isValid()) return;
        const QScopedValueRollback<bool> guard(m_pushing, true);
        if (const DocumentKey key = m_model->keyAt(current.row()); key) m_selection->setDocument(key);
    });
    connect(m_list, &QListView::clicked, this, [this] { m_selection->setSubject(true); });
    connect(m_empty, &EmptyState::activated, this, [this] { m_filter->clear(); });
    connect(&theme(), &Theme::changed, m_list->viewport(), qOverload<>(&QWidget::update));
    refreshHeading();
}

void DocumentListPanel::ask() {
    if (!m_session->isOpen()) return;
    project::DocumentQuery query;
    query.order = project::Order(m_order->currentData().toInt());
    query.filter = fromQt(m_filter->text().trimmed());
    if (m_selection->scope() == Selection::Scope::Label) query.branch = m_selection->label();
    query.unassigned = m_selection->scope() == Selection::Scope::Unassigned;
    m_delegate->setShowsLabel(!query.branch);
    // Set here, not when the label was chosen: an answer to the question before must not use it up.
    m_freshList =
        m_freshList || query.branch != m_model->query().branch || query.unassigned != m_model->query().unassigned;
    m_model->setQuery(query);
    refreshHeading();
}

void DocumentListPanel::takeAnswer() {
    const bool none = m_model->total() == 0;
    if (none) {
        const QString filter = m_filter->text().trimmed();
        if (!filter.isEmpty())
            m_empty->setContent(QStringLiteral("filter"), tr("No document here matches “%1”").arg(filter),
                                tr("Titles and ids are compared. Search looks into the texts."), tr("Clear filter"));
        else if (m_selection->scope() == Selection::Scope::Label)
            m_empty->setContent(QStringLiteral("documents"), tr("No documents under this label"),
                                tr("Move or merge other labels into it, or grow the tree again."));
        else
            m_empty->setContent(QStringLiteral("documents"), tr("No documents"), QString());
    }
    m_stack->setCurrentIndex(none ? 1 : 0);
    m_caption->setVisible(!none);
    m_caption->update();
    refreshHeading();
    takeDocument();
    // Something to read at once: the first document of a new list, unless the one being read is in it or was asked
    // for by name: that one may be in the answer to come, or far down the list.
    const bool fresh = std::exchange(m_freshList, false);
    const bool keep = m_selection->document() && (!fresh || m_asked || m_model->rowOf(m_selection->document()) >= 0);
    if (!none && !keep && m_model->keyAt(0)) {
        const QScopedValueRollback<bool> guard(m_pushing, true);
        const bool subject = m_selection->documentIsSubject();
        m_selection->setDocument(m_model->keyAt(0));
        m_selection->setSubject(subject);
        m_list->setCurrentIndex(m_model->index(0));
    }
}

void DocumentListPanel::takeDocument() {
    if (m_pushing) return;
    const QScopedValueRollback<bool> guard(m_pushing, true);
    const int row = m_model->rowOf(m_selection->document());
    if (row < 0) {
        m_list->selectionModel()->clear();
        // A document that was pinned elsewhere has left the list; the keyboard stays where it was.
        const int near = std::min(m_row, m_model->rowCount() - 1);
        if (near >= 0) m_list->selectionModel()->setCurrentIndex(m_model->index(near), QItemSelectionModel::NoUpdate);
        return;
    }
    m_list->setCurrentIndex(m_model->index(row));
    m_list->scrollTo(m_model->index(row));
}

void DocumentListPanel::refreshHeading() {
    const auto tree = m_session->tree();
    QString heading = tr("All documents");
    if (m_selection->scope() == Selection::Scope::Unassigned)
        heading = tr("Not placed");
    else if (const tree::Label* label = tree && m_selection->label() ? tree->tree.find(m_selection->label()) : nullptr)
        heading = toQt(label->name);
    m_heading->setText(heading);
    m_count->setText(m_model->loading() && m_model->total() == 0
                         ? QString()
                         : tr("%1 documents").arg(formatCount(m_model->total())));
}

void DocumentListPanel::setOrder(project::Order order) {
    m_order->setCurrentIndex(m_order->findData(int(order)));
}

void DocumentListPanel::focusFilter() {
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void DocumentListPanel::focusList() {
    m_list->setFocus(Qt::ShortcutFocusReason);
    if (!m_list->currentIndex().isValid() && m_model->rowCount() > 0) m_list->setCurrentIndex(m_model->index(0));
}

}  // namespace espalier::ui
