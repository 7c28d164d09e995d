// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/document_list_panel.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/corpus/document_delegate.h"
#include "ui/dialogs/error_text.h"
#include "ui/models/document_list_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
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
        const DocumentDelegate::Columns at = m_delegate->columns(rect().adjusted(0, 0, -bar, 0));
        painter.setFont(theme().font(TextRole::Small));
        painter.setPen(theme().color(ColorRole::Muted));
        painter.drawText(at.label, int(Qt::AlignLeft | Qt::AlignVCenter), besideText());
        painter.drawText(at.bar.united(at.figure), int(Qt::AlignRight | Qt::AlignVCenter),
                         DocumentListPanel::tr("Share"));
        const int line = theme().length(Length::Hairline);
        painter.fillRect(QRect(0, height() - line, width(), line), theme().color(ColorRole::Hairline));
    }

private:
    QString besideText() const {
        switch (m_delegate->beside()) {
            case DocumentDelegate::Beside::Label:
                return DocumentListPanel::tr("Label");
            case DocumentDelegate::Beside::Next:
                return DocumentListPanel::tr("Next label it fits");
            case DocumentDelegate::Beside::LabelAndNext:
                return DocumentListPanel::tr("Label, or the next it fits");
            case DocumentDelegate::Beside::LabelAndBefore:
                return DocumentListPanel::tr("Label, and where it was");
            case DocumentDelegate::Beside::LabelAndCopies:
                return DocumentListPanel::tr("Label, and rows left out");
        }
        return {};
    }
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
    add(tr("Between labels first"), tr("The narrowest choice between two labels of one level first"),
        project::Order::Borderline);
    add(tr("Diverse first"),
        tr("The most typical document, then always the one that is least like any before it\n(farthest first by the "
           "vectors in use, else by the shares; the first %1)")
            .arg(project::kDiverse),
        project::Order::Diverse);
    add(tr("Weakest first"), tr("Smallest share of the top-level label first"), project::Order::Weakest);
    add(tr("By id"), tr("Ascending id"), project::Order::Id);
    m_filter = new QLineEdit(this);
    m_filter->setObjectName(QStringLiteral("documentFilter"));
    m_filter->setAccessibleName(tr("Filter documents by title or id"));
    m_filter->setPlaceholderText(tr("Filter by title or id"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    m_filter->setFixedWidth(theme().space(38));

    m_snippets = makeIconButton(QStringLiteral("query"), tr("Quote a sentence with the label's terms"), this);
    m_snippets->setObjectName(QStringLiteral("documentSnippets"));
    m_snippets->setCheckable(true);
    m_snippets->setChecked(Settings::instance().snippets());
    m_review = new QAction(icon(QStringLiteral("check")), tr("Review documents"), this);
    m_review->setObjectName(QStringLiteral("review"));
    m_review->setIconText(tr("Review"));
    m_review->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+R")));
    m_review->setStatusTip(tr("One document after the other of the list, with the likeliest labels on keys 1 to 9"));
    m_review->setToolTip(
        tr("%1 (%2)").arg(m_review->statusTip(), m_review->shortcut().toString(QKeySequence::NativeText)));
    m_reviewButton = new QToolButton(this);
    m_reviewButton->setObjectName(QStringLiteral("reviewButton"));
    m_reviewButton->setDefaultAction(m_review);
    m_reviewButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_reviewButton->setAutoRaise(true);
    m_reviewButton->setFocusPolicy(Qt::TabFocus);
    m_reviewButton->setMinimumHeight(theme().length(Length::ControlHeight));
    m_sinceRow = new QWidget(this);
    m_since = new QComboBox(m_sinceRow);
    m_since->setObjectName(QStringLiteral("documentSince"));
    m_since->setAccessibleName(tr("Revision to compare with"));
    m_since->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    auto* sinceLabel = new TextLabel(tr("Compared with"), TextRole::Normal, ColorRole::Text, m_sinceRow);
    sinceLabel->setBuddy(m_since);
    auto* sinceLayout = new QHBoxLayout(m_sinceRow);
    sinceLayout->setContentsMargins(theme().space(3), 0, theme().space(3), theme().space(2));
    sinceLayout->setSpacing(theme().space(2));
    sinceLayout->addWidget(sinceLabel);
    sinceLayout->addWidget(m_since, 1);
    m_sinceRow->hide();

    m_model = new DocumentListModel(session, this);
    m_delegate = new DocumentDelegate(colors, this);
    m_delegate->setSnippets(m_snippets->isChecked());
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
    top->addWidget(m_reviewButton);
    top->addWidget(m_filter);
    top->addWidget(m_order);
    top->addWidget(m_snippets);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addLayout(top);
    layout->addWidget(m_sinceRow);
    layout->addWidget(m_caption);
    layout->addWidget(m_stack, 1);

    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &DocumentListPanel::ask);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { m_delay.start(kTypingMs); });
    connect(m_order, &QComboBox::currentIndexChanged, this, [this] { m_delay.start(0); });
    connect(m_order, &QComboBox::activated, this, [this] { m_listOrder = false; });  // by hand: it stays
    connect(m_snippets, &QToolButton::toggled, this, [this](bool on) {
        Settings::instance().setSnippets(on);
        m_delegate->setSnippets(on);
        m_list->doItemsLayout();
        takeDocument();
    });
    connect(m_since, &QComboBox::activated, this,
            [this] { m_selection->showList(project::SmartList::Moved, m_since->currentData().toLongLong()); });
    connect(session, &ProjectSession::treeChanged, this, &DocumentListPanel::askSince);
    connect(selection, &Selection::labelsChanged, this, [this] {
        m_asked = false;
        takeListOrder();
        askSince();
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
    connect(m_model, &DocumentListModel::located, this, [this](DocumentKey key, int row) {
        if (key != m_selection->document()) return;
        takeDocument();
        m_list->scrollTo(m_model->index(row), QAbstractItemView::PositionAtCenter);
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (current.isValid()) m_row = current.row();
        if (m_pushing || !current.isValid()) return;
        const QScopedValueRollback<bool> guard(m_pushing, true);
        if (const DocumentKey key = m_model->keyAt(current.row()); key) m_selection->setDocument(key);
    });
    connect(m_review, &QAction::triggered, this,
            [this] { Q_EMIT reviewRequested(m_model->query(), m_heading->text()); });
    connect(session, &ProjectSession::readOnlyChanged, this, &DocumentListPanel::refreshHeading);
    connect(m_list, &QListView::clicked, this, [this] { m_selection->setSubject(true); });
    connect(m_empty, &EmptyState::activated, this, [this] { m_filter->clear(); });
    connect(&theme(), &Theme::changed, m_list->viewport(), qOverload<>(&QWidget::update));
    refreshHeading();
}

void DocumentListPanel::ask() {
    if (!m_session->isOpen() || m_selection->scope() == Selection::Scope::Proposals) return;
    project::DocumentQuery query;
    query.order = project::Order(m_order->currentData().toInt());
    query.filter = fromQt(m_filter->text().trimmed());
    if (m_selection->scope() == Selection::Scope::Label) query.branch = m_selection->label();
    query.unassigned = m_selection->scope() == Selection::Scope::Unassigned;
    if (m_selection->scope() == Selection::Scope::List) {
        query.list = m_selection->list();
        query.since = m_selection->since();
    }
    query.highlight = true;
    using Beside = DocumentDelegate::Beside;
    m_delegate->setBeside(query.branch                                     ? Beside::Next
                          : query.list == project::SmartList::WeaklyPlaced ? Beside::LabelAndNext
                          : query.list == project::SmartList::Borderline   ? Beside::LabelAndNext
                          : query.list == project::SmartList::Moved        ? Beside::LabelAndBefore
                          : query.list == project::SmartList::Duplicates   ? Beside::LabelAndCopies
                                                                           : Beside::Label);
    // Set here, not when the label was chosen: an answer to the question before must not use it up.
    const project::DocumentQuery& before = m_model->query();
    m_freshList = m_freshList || query.branch != before.branch || query.unassigned != before.unassigned ||
                  query.list != before.list || query.since != before.since;
    m_model->setQuery(query);
    refreshHeading();
}

bool DocumentListPanel::shows(project::SmartList list) const {
    return m_selection->scope() == Selection::Scope::List && m_selection->list() == list;
}

/// Doubtful documents come the most doubtful first, until the user says otherwise.
void DocumentListPanel::takeListOrder() {
    const bool weak = shows(project::SmartList::WeaklyPlaced), between = shows(project::SmartList::Borderline);
    if (weak || between) {
        if (!m_listOrder) m_ownOrder = m_order->currentData().toInt();
        m_listOrder = true;
        setOrder(weak ? project::Order::Weakest : project::Order::Borderline);
    } else if (m_listOrder) {
        m_listOrder = false;
        setOrder(project::Order(m_ownOrder));
    }
}

/// Revisions to compare with: all that brought a tree, placed documents or trained, and the newest others.
void DocumentListPanel::askSince() {
    const bool moved = shows(project::SmartList::Moved);
    m_sinceRow->setVisible(moved);
    if (!moved || !m_session->isOpen()) return;
    m_session->history(
        [this](const Result<std::vector<project::JournalEntry>>& entries) {
            if (!entries) return;
            constexpr std::size_t kNewest = 100;
            m_since->clear();
            for (std::size_t n = 0; n < entries->size(); ++n) {
                const project::JournalEntry& entry = (*entries)[entries->size() - 1 - n];
                if (entry.kind == "edit" && n >= kNewest) continue;
                m_since->addItem(
                    tr("r%1 · %2 · %3").arg(entry.revision).arg(toQt(entry.what), formatTime(toQt(entry.time))),
                    qint64(entry.revision));
            }
            const qint64 since = m_selection->since();
            if (m_since->findData(since) < 0) m_since->insertItem(0, tr("r%1").arg(since), since);
            m_since->setCurrentIndex(m_since->findData(since));
        },
        this);
}

void DocumentListPanel::showEmpty() {
    const QString filter = m_filter->text().trimmed();
    const QString documents = QStringLiteral("documents"), done = QStringLiteral("check");
    if (!filter.isEmpty()) {
        m_empty->setContent(QStringLiteral("filter"), tr("No document here matches “%1”").arg(filter),
                            tr("Titles and ids are compared. Search looks into the texts."), tr("Clear filter"));
        return;
    }
    if (m_selection->scope() == Selection::Scope::Label) {
        m_empty->setContent(documents, tr("No documents under this label"),
                            tr("Move or merge other labels into it, or grow the tree again."));
        return;
    }
    if (m_selection->scope() != Selection::Scope::List) {
        m_empty->setContent(documents, tr("No documents"), QString());
        return;
    }
    switch (m_selection->list()) {
        case project::SmartList::WeaklyPlaced:
            m_empty->setContent(done, tr("No document is weakly placed"),
                                tr("Enough of every document (%1) lies under the top-level label it is in, or you "
                                   "pinned it.")
                                    .arg(formatShare(project::kWeakShare)));
            break;
        case project::SmartList::Borderline:
            m_empty->setContent(done, tr("No document lies between two labels"),
                                tr("Each fits one label clearly better than any other, or you pinned it."));
            break;
        case project::SmartList::Pinned:
            m_empty->setContent(QStringLiteral("pin"), tr("No document is pinned"),
                                tr("Pin a document (Ctrl+D), or drag a bar in the inspector, to say where it belongs, "
                                   "whatever its words say."));
            break;
        case project::SmartList::Duplicates:
            m_empty->setContent(
                done, tr("No copies were imported"),
                tr("Import met no text twice. Rows of the same text would be left out and named here."));
            break;
        case project::SmartList::Moved:
            m_empty->setContent(done, tr("No document has moved since revision %1").arg(m_selection->since()),
                                tr("Every document is under the label it was under then."));
            break;
    }
}

void DocumentListPanel::takeAnswer() {
    const bool none = m_model->total() == 0;
    if (none) showEmpty();
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
    if (row < 0 && m_selection->document() && !m_model->loading()) m_model->locate(m_selection->document());
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
    else if (m_selection->scope() == Selection::Scope::List)
        heading = listName(m_selection->list(), m_selection->since());
    else if (const tree::Label* label = tree && m_selection->label() ? tree->tree.find(m_selection->label()) : nullptr)
        heading = toQt(label->name);
    m_heading->setText(heading);
    m_review->setEnabled(m_session->writable() && tree && tree->tree.size() > 1 && m_model->total() > 0);
    m_count->setText(m_model->loading() && m_model->total() == 0
                         ? QString()
                         : tr("%1 documents").arg(formatCount(m_model->total())));
}

QString DocumentListPanel::listName(project::SmartList list, std::int64_t since) {
    switch (list) {
        case project::SmartList::WeaklyPlaced:
            return tr("Weakly placed");
        case project::SmartList::Borderline:
            return tr("Borderline");
        case project::SmartList::Pinned:
            return tr("Pinned");
        case project::SmartList::Duplicates:
            return tr("Duplicates");
        case project::SmartList::Moved:
            break;
    }
    return tr("Moved since r%1").arg(since);
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
