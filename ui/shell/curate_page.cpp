// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/curate_page.h"

#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/corpus/document_list_panel.h"
#include "ui/corpus/import_page.h"
#include "ui/corpus/reader.h"
#include "ui/session/project_session.h"
#include "ui/session/settings.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
const QString kSplitterName = QStringLiteral("curate");
}

CuratePage::CuratePage(ProjectSession* session, JobManager* jobs, Selection* selection, const BranchColors* colors,
                       QWidget* parent)
    : QWidget(parent), m_session(session) {
    setObjectName(QStringLiteral("curatePage"));
    m_documents = new DocumentListPanel(session, selection, colors, this);
    m_reader = new Reader(session, selection, this);
    m_splitter = new QSplitter(Qt::Vertical, this);
    m_splitter->setObjectName(QStringLiteral("curateSplitter"));
    m_splitter->addWidget(m_documents);
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
    connect(session, &ProjectSession::opened, this, [this] {
        m_wantsImport = false;
        refresh();
    });
    refresh();
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

void CuratePage::refresh() {
    const bool none = m_session->status().documents == 0;
    m_stack->setCurrentIndex(m_wantsImport || importing() ? 1 : none ? 2 : 0);
}

}  // namespace espalier::ui
