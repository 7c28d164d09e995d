// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/proposals_panel.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QListView>
#include <QMetaMethod>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/dialogs/error_text.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

class ProposalDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        const int lines = QFontMetrics(theme().font(TextRole::Normal)).height() +
                          QFontMetrics(theme().font(TextRole::Small)).height();
        return {theme().length(Length::SidePanelWidth), lines + theme().space(3)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const override {
        QStyleOptionViewItem option = given;
        initStyleOption(&option, index);
        QStyle* style = option.widget ? option.widget->style() : QApplication::style();
        style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
        const bool selected = option.state & QStyle::State_Selected;
        const QColor ink = theme().color(selected ? ColorRole::SelectionText : ColorRole::Text);
        const QColor muted = theme().color(selected ? ColorRole::SelectionText : ColorRole::Muted);
        QRect row = option.rect.adjusted(theme().space(3), theme().space(1), -theme().space(3), -theme().space(1));
        const QFontMetrics metrics(theme().font(TextRole::Normal)), small(theme().font(TextRole::Small));
        const int side = theme().length(Length::IconSize);
        painter->save();
        painter->drawPixmap(QPoint(row.left(), row.top() + (metrics.height() - side) / 2 + 1),
                            iconPixmap(index.data(ProposalsModel::IconRole).toString(), muted, side,
                                       painter->device()->devicePixelRatioF()));
        row.setLeft(row.left() + side + theme().space(2));
        painter->setFont(theme().font(TextRole::Normal));
        painter->setPen(ink);
        painter->drawText(QRect(row.left(), row.top(), row.width(), metrics.height()),
                          int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
                          metrics.elidedText(index.data().toString(), Qt::ElideMiddle, row.width()));
        painter->setFont(theme().font(TextRole::Small));
        painter->setPen(muted);
        painter->drawText(
            QRect(row.left(), row.top() + metrics.height(), row.width(), small.height()),
            int(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine),
            small.elidedText(index.data(ProposalsModel::DetailRole).toString(), Qt::ElideRight, row.width()));
        painter->restore();
        if (option.state & QStyle::State_HasFocus) {
            QStyleOptionFocusRect ring;
            ring.QStyleOption::operator=(option);
            style->drawPrimitive(QStyle::PE_FrameFocusRect, &ring, painter, option.widget);
        }
    }
};

}  // namespace

ProposalsPanel::ProposalsPanel(ProjectSession* session, Selection* selection, QWidget* parent)
    : QWidget(parent), m_session(session), m_selection(selection) {
    setObjectName(QStringLiteral("proposalsPanel"));
    setAccessibleName(tr("Proposals"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_model = new ProposalsModel(session, this);
    auto* heading = new TextLabel(tr("Proposals"), TextRole::Title, ColorRole::Text, this);
    m_count = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_list = new QListView(this);
    m_list->setObjectName(QStringLiteral("proposalsList"));
    m_list->setAccessibleName(tr("Proposals"));
    prepareView(m_list);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setItemDelegate(new ProposalDelegate(m_list));
    m_list->setModel(m_model);

    m_ours = new TextLabel({}, TextRole::Normal, ColorRole::Text, this);
    m_theirs = new TextLabel({}, TextRole::Normal, ColorRole::Text, this);
    auto* texts = new QWidget(this);
    auto* textsLayout = new QVBoxLayout(texts);
    textsLayout->setContentsMargins(theme().space(3), theme().space(2), theme().space(3), 0);
    textsLayout->setSpacing(theme().space(1));
    for (TextLabel* label : {m_ours, m_theirs}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        textsLayout->addWidget(label);
    }
    textsLayout->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(texts);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedHeight(theme().space(20));
    scroll->viewport()->setBackgroundRole(QPalette::Base);
    scroll->setFocusPolicy(Qt::NoFocus);
    const auto button = [this](const char* name, const QString& text, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        return made;
    };
    m_accept = button("acceptProposal", tr("Accept"), tr("Do what is proposed (Ctrl+Enter)"));
    makePrimary(m_accept);
    m_reject = button("rejectProposal", tr("Reject"), tr("Leave the tree as it is (Ctrl+Shift+Enter)"));
    m_open = button("openProposal", tr("Show changes…"), tr("Look at the changes part by part"));
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(theme().space(3), theme().space(2), theme().space(3), theme().space(3));
    buttons->setSpacing(theme().space(2));
    buttons->addWidget(m_accept);
    buttons->addWidget(m_reject);
    buttons->addWidget(m_open);
    buttons->addStretch(1);
    m_detail = new QWidget(this);
    auto* detail = new QVBoxLayout(m_detail);
    noMargins(detail);
    detail->addWidget(makeHairline(m_detail));
    detail->addWidget(scroll);
    detail->addLayout(buttons);

    m_empty = new EmptyState(this);
    m_empty->setPrimary(false);
    m_empty->setContent(
        QStringLiteral("check"), tr("No proposals"),
        tr("Where a merged taxonomy and the tree disagree, and when a split or re-fit is computed but not "
           "yet taken, it waits here."));
    auto* full = new QWidget(this);
    auto* fullLayout = new QVBoxLayout(full);
    noMargins(fullLayout);
    fullLayout->addWidget(m_list, 1);
    fullLayout->addWidget(m_detail);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(full);
    m_stack->addWidget(m_empty);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(theme().space(3), theme().space(2), theme().space(3), theme().space(2));
    top->setSpacing(theme().space(2));
    top->addWidget(heading);
    top->addWidget(m_count, 1);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addLayout(top);
    layout->addWidget(m_stack, 1);

    for (const auto& [keys, act] : {std::pair(QStringLiteral("Ctrl+Return"), &ProposalsPanel::accept),
                                    std::pair(QStringLiteral("Ctrl+Shift+Return"), &ProposalsPanel::reject)})
        connect(new QShortcut(QKeySequence(keys), this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut),
                &QShortcut::activated, this, act);
    connect(m_accept, &QPushButton::clicked, this, &ProposalsPanel::accept);
    connect(m_reject, &QPushButton::clicked, this, &ProposalsPanel::reject);
    connect(m_open, &QPushButton::clicked, this, &ProposalsPanel::open);
    connect(m_list, &QListView::activated, this, &ProposalsPanel::open);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &ProposalsPanel::refresh);
    connect(m_model, &ProposalsModel::loaded, this, [this] {
        m_diffOf.clear();  // of another tree, perhaps
        const int row = std::min(m_row, m_model->rowCount() - 1);
        if (row >= 0) m_list->setCurrentIndex(m_model->index(row));
        refresh();
    });
    connect(session, &ProjectSession::readOnlyChanged, this, &ProposalsPanel::refresh);
    connect(&theme(), &Theme::changed, m_list->viewport(), qOverload<>(&QWidget::update));
    refresh();
}

void ProposalsPanel::focusList() {
    m_list->setFocus(Qt::ShortcutFocusReason);
}

bool ProposalsPanel::offersDiff(const ProposalsModel::Proposal& proposal) const {
    return proposal.isJob && !proposal.stale &&
           isSignalConnected(QMetaMethod::fromSignal(&ProposalsPanel::diffRequested));
}

void ProposalsPanel::reload() {
    m_model->reload();
}

const ProposalsModel::Proposal* ProposalsPanel::current() const {
    return m_list->currentIndex().isValid() ? m_model->proposal(m_list->currentIndex().row()) : nullptr;
}

void ProposalsPanel::refresh() {
    const int rows = m_model->rowCount();
    const QWidget* focus = window()->focusWidget();
    const bool here = focus && isAncestorOf(focus);
    m_stack->setCurrentIndex(rows > 0 ? 0 : 1);
    m_count->setText(rows > 0 ? tr("%n proposal(s)", nullptr, rows) : QString());
    const ProposalsModel::Proposal* one = current();
    m_detail->setVisible(one != nullptr);
    if (!one) return;
    m_row = m_list->currentIndex().row();
    const bool writable = m_session->writable();
    m_accept->setEnabled(writable && !one->stale);
    m_accept->setToolTip(one->stale ? tr("The tree changed since it was computed: compute it again")
                                    : tr("Do what is proposed (Ctrl+Enter)"));
    m_reject->setEnabled(writable);
    m_open->setText(one->isJob ? tr("Show changes…") : tr("Show label"));
    m_open->setVisible(one->isJob ? offersDiff(*one) : bool(one->label));
    if (one->isJob) {
        if (m_diffOf != one->folder) askDiff();
    } else {
        m_diffOf.clear();
        m_ours->setText(tr("Here: %1").arg(one->ours));
        m_theirs->setText(tr("In %1: %2").arg(one->source, one->theirs));
    }
    // A button that went grey must not keep the keyboard.
    if (here && focus != m_list && !focus->isEnabled()) m_list->setFocus(Qt::OtherFocusReason);
}

/// What taking a split or re-fit would change, counted by the core.
void ProposalsPanel::askDiff() {
    const ProposalsModel::Proposal* one = current();
    m_diffOf = one->folder;
    m_ours->setText(one->what);
    if (one->stale) {
        m_theirs->setText(tr("The tree changed since it was computed, so it can only be dropped."));
        return;
    }
    m_theirs->setText(tr("Counting what would change…"));
    m_session->read<project::ProposalDiff>(
        [folder = toPath(one->folder)](project::Project& project, jobs::JobContext&) {
            return project.preview(folder);
        },
        [this, folder = one->folder](const Result<project::ProposalDiff>& diff) {
            if (wasCancelled(diff) || folder != m_diffOf) return;
            if (diff)
                m_theirs->setText(diffText(*diff));
            else
                m_theirs->setText(errorText(diff.error(), Activity::Adopt).headline);
        },
        this, m_theirs);
}

QString ProposalsPanel::diffText(const project::ProposalDiff& diff) const {
    QStringList lines;
    const auto add = [&lines](const QString& what, const std::vector<project::ProposedChange>& changes) {
        QStringList names;
        for (const project::ProposedChange& change : changes)
            names << (change.nameBefore.empty() || change.nameBefore == change.name
                          ? tr("%1 (%2)").arg(toQt(change.name), formatCount(change.documents))
                          : tr("%1 → %2 (%3)")
                                .arg(toQt(change.nameBefore), toQt(change.name), formatCount(change.documents)));
        if (!names.isEmpty()) lines << tr("%1: %2").arg(what, names.join(QStringLiteral(", ")));
    };
    if (!diff.why.empty()) lines << toQt(diff.why);
    add(tr("New"), diff.added);
    add(tr("Removed"), diff.removed);
    add(tr("Renamed"), diff.renamed);
    add(tr("Moved"), diff.moved);
    add(tr("With other documents"), diff.refitted);
    lines << tr("%1 of %2 documents move; pins kept: %3 of %4")
                 .arg(formatCount(diff.documentsMoved), formatCount(diff.documents), formatCount(diff.pinsKept),
                      formatCount(diff.pins));
    return lines.join(u'\n');
}

void ProposalsPanel::resolve(const ProposalsModel::Proposal& proposal, bool isTaken) {
    m_session->run<project::EditOutcome>(
        [label = proposal.label, field = proposal.field, isTaken](project::Project& project, jobs::JobContext&) {
            return project.resolveProposal(label, field, isTaken);
        },
        [this, what = proposal.what, isTaken](const Result<project::EditOutcome>& outcome) {
            if (!outcome)
                showError(window(), outcome.error(), Activity::Edit);
            else
                Q_EMIT acted(isTaken ? tr("Accepted: %1.").arg(what) : tr("Rejected: %1.").arg(what), 1);
        },
        this);
}

void ProposalsPanel::accept() {
    const ProposalsModel::Proposal* one = current();
    if (!one || !m_accept->isEnabled()) return;
    if (!one->isJob) {
        resolve(*one, true);
        return;
    }
    m_session->adopt(
        one->folder,
        [this, what = one->what](const Result<project::AdoptOutcome>& outcome) {
            if (!outcome)
                showError(window(), outcome.error(), Activity::Adopt);
            else
                Q_EMIT acted(tr("Accepted: %1.").arg(what), 1);
            reload();
        },
        this);
}

void ProposalsPanel::reject() {
    const ProposalsModel::Proposal* one = current();
    if (!one || !m_reject->isEnabled()) return;
    if (!one->isJob) {
        resolve(*one, false);
        return;
    }
    m_session->run<bool>(
        [folder = toPath(one->folder)](project::Project& project, jobs::JobContext&) -> Result<bool> {
            ESPALIER_TRY(project.discardJob(folder));
            return true;
        },
        [this, what = one->what](const Result<bool>& done) {
            if (!done)
                showError(window(), done.error(), Activity::Edit);
            else
                Q_EMIT acted(tr("Rejected: %1.").arg(what), 0);
            reload();
            Q_EMIT changed();
        },
        this);
}

void ProposalsPanel::open() {
    const ProposalsModel::Proposal* one = current();
    if (!one) return;
    if (one->isJob) {
        if (offersDiff(*one)) Q_EMIT diffRequested(one->folder);
    } else if (one->label) {
        Q_EMIT labelRequested(one->label);
    }
}

}  // namespace espalier::ui
