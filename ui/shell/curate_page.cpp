// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/curate_page.h"

#include <QListView>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <utility>

#include "ui/corpus/document_list_panel.h"
#include "ui/corpus/import_page.h"
#include "ui/corpus/reader.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/theme.h"
#include "ui/tree/proposal_pane.h"
#include "ui/tree/proposals_panel.h"
#include "ui/tree/review_pane.h"

namespace espalier::ui {
namespace {
const QString kSplitterName = QStringLiteral("curate");
constexpr int kProposalParts = 4;  // of the height, one for the reader while a proposal is looked at
}  // namespace

CuratePage::CuratePage(ProjectSession* session, JobManager* jobs, Selection* selection, const BranchColors* colors,
                       QWidget* parent)
    : QWidget(parent), m_session(session), m_selection(selection) {
    setObjectName(QStringLiteral("curatePage"));
    m_documents = new DocumentListPanel(session, selection, colors, this);
    m_reader = new Reader(session, selection, this);
    m_proposals = new ProposalsPanel(session, selection, this);
    m_upper = new QStackedWidget(this);
    m_upper->addWidget(m_documents);
    m_upper->addWidget(m_proposals);
    makeReview(colors);
    makeProposal(jobs);
    m_splitter = new QSplitter(Qt::Vertical, this);
    m_splitter->setObjectName(QStringLiteral("curateSplitter"));
    m_splitter->addWidget(m_upper);
    m_splitter->addWidget(m_reader);
    m_splitter->setChildrenCollapsible(false);
    m_import = new ImportPage(session, jobs, selection, this);
    m_empty = new EmptyState(this);
    m_empty->setContent(QStringLiteral("drop"), tr("No documents yet"),
                        tr("Drop files or a folder here, or choose them. CSV, TSV, JSON lines, and folders of text, "
                           "Markdown or HTML are read."),
                        tr("Import documents…"));
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_splitter);
    m_stack->addWidget(m_import);
    m_stack->addWidget(m_empty);
    // A hidden page must not keep the jobs from fitting below the shown one.
    const auto fit = [this] {
        for (int at = 0; at < m_stack->count(); ++at) {
            const auto policy = at == m_stack->currentIndex() ? QSizePolicy::Preferred : QSizePolicy::Ignored;
            m_stack->widget(at)->setSizePolicy(policy, policy);
        }
        m_stack->updateGeometry();
    };
    connect(m_stack, &QStackedWidget::currentChanged, this, fit);
    fit();
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addWidget(m_stack);
    m_empty->setAutoFillBackground(true);
    m_empty->setBackgroundRole(QPalette::Base);

    const QByteArray sizes = Settings::instance().splitter(kSplitterName);
    if (sizes.isEmpty() || !m_splitter->restoreState(sizes)) resetLayout();
    connect(m_splitter, &QSplitter::splitterMoved, this,
            [this] { Settings::instance().setSplitter(kSplitterName, m_splitter->saveState()); });
    connect(m_empty, &EmptyState::activated, this, [this] { showImport(); });
    connect(m_import, &ImportPage::closeRequested, this, &CuratePage::showDocuments);
    connect(m_import, &ImportPage::buildRequested, this, &CuratePage::buildRequested);
    connect(session, &ProjectSession::statusChanged, this, &CuratePage::refresh);
    connect(selection, &Selection::labelsChanged, this, &CuratePage::refreshUpper);
    connect(session, &ProjectSession::opened, this, [this] {
        m_wantsImport = false;
        refresh();
    });
    refresh();
}

QWidget* CuratePage::upperPane() const {
    if (m_upper->currentWidget() == m_proposals) return m_proposals->list();
    if (m_upper->currentWidget() == m_review) return m_review;
    if (m_upper->currentWidget() == m_proposal) return m_proposal->list();
    return m_documents->list();
}

bool CuratePage::importing() const {
    return m_import->importing();
}

void CuratePage::stopImport(std::function<void()> ended) {
    if (!importing()) return ended();
    connect(m_import, &ImportPage::finished, this, std::move(ended), Qt::SingleShotConnection);
    m_import->stop();
}

void CuratePage::showImport(const QStringList& sources) {
    m_wantsImport = true;
    if (!sources.isEmpty()) m_import->setSources(sources);
    refresh();
    m_import->setFocus();
}

void CuratePage::showDocuments() {
    m_wantsImport = false;
    refresh();
}

void CuratePage::resetLayout() {
    m_splitter->setStretchFactor(0, 4);
    m_splitter->setStretchFactor(1, 5);
    const int part = theme().length(Length::SidePanelWidth);
    m_splitter->setSizes({part * 4, part * 5});
}

void CuratePage::makeReview(const BranchColors* colors) {
    m_review = new ReviewPane(m_session, m_selection, colors, this);
    m_upper->addWidget(m_review);
    // A page that is not shown must not keep the splitter from moving.
    connect(m_upper, &QStackedWidget::currentChanged, this, [this] {
        for (int at = 0; at < m_upper->count(); ++at) {
            const auto policy = at == m_upper->currentIndex() ? QSizePolicy::Preferred : QSizePolicy::Ignored;
            m_upper->widget(at)->setSizePolicy(policy, policy);
        }
    });
    connect(m_documents, &DocumentListPanel::reviewRequested, m_review, &ReviewPane::start);
    connect(m_review, &ReviewPane::started, this, &CuratePage::refreshUpper);
    connect(m_review, &ReviewPane::left, this, [this] {
        const bool here = m_review->isAncestorOf(window()->focusWidget()) || m_review->hasFocus();
        refreshUpper();
        if (here) m_documents->focusList();
    });
    connect(m_review, &ReviewPane::fullTextChanged, this, [this](bool on) {
        if (on) {
            m_sizes = m_splitter->sizes();
            m_splitter->setSizes({0, m_splitter->height()});  // as low as it goes
        } else if (!m_sizes.isEmpty()) {
            m_splitter->setSizes(m_sizes);
            m_sizes.clear();
        }
    });
    connect(m_review, &ReviewPane::scrollRequested, m_reader, &Reader::scrollPages);
}

void CuratePage::makeProposal(JobManager* jobs) {
    m_proposal = new ProposalPane(m_session, jobs, m_selection, this);
    m_upper->addWidget(m_proposal);
    connect(m_proposal, &ProposalPane::started, this, [this] {
        m_review->leave();
        showDocuments();
        refreshUpper();
        if (m_sizesBefore.isEmpty()) m_sizesBefore = m_splitter->sizes();
        const int part = m_splitter->height() / kProposalParts;
        m_splitter->setSizes({part * (kProposalParts - 1), part});
    });
    connect(m_proposal, &ProposalPane::left, this, [this] {
        const bool here = m_proposal->isAncestorOf(window()->focusWidget());
        if (!m_sizesBefore.isEmpty()) m_splitter->setSizes(std::exchange(m_sizesBefore, {}));
        refreshUpper();
        if (here) m_documents->focusList();
    });
    connect(m_proposals, &ProposalsPanel::diffRequested, m_proposal, &ProposalPane::showWaiting);
    connect(m_proposal, &ProposalPane::changed, m_proposals, &ProposalsPanel::reload);
}

void CuratePage::refreshUpper() {
    QWidget* wanted = m_documents;
    if (m_proposal->running())
        wanted = m_proposal;
    else if (m_review->running())
        wanted = m_review;
    else if (m_selection->scope() == Selection::Scope::Proposals)
        wanted = m_proposals;
    m_upper->setCurrentWidget(wanted);
}

void CuratePage::refresh() {
    const bool none = m_session->status().documents == 0;
    m_stack->setCurrentIndex(m_wantsImport || importing() ? 1 : none ? 2 : 0);
}

}  // namespace espalier::ui
