// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/screenshot.h"

#include <QApplication>
#include <QCursor>
#include <QListView>
#include <QPixmap>
#include <utility>

#include "ui/jobs/job_manager.h"
#include "ui/jobs/query_client.h"
#include "ui/retrieval/search_page.h"
#include "ui/session/selection.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/tree_panel.h"

namespace espalier::ui {
namespace {
constexpr int kTickMs = 100;
constexpr int kQuietTicks = 12;   // this long nothing may be on its way
constexpr int kMostTicks = 1800;  // three minutes; then the picture shows what there is
}  // namespace

Screenshot::Screenshot(MainWindow* window, Request request, QObject* parent)
    : QObject(parent), m_window(window), m_request(std::move(request)) {
    m_timer.setInterval(kTickMs);
    connect(&m_timer, &QTimer::timeout, this, &Screenshot::tick);
    m_timer.start();
}

void Screenshot::arrange() {
    m_arranged = true;
    QCursor::setPos(m_window->mapToGlobal(QPoint(0, 0)));  // nothing under the pointer
    if (m_request.size.isValid()) m_window->resize(m_request.size);
    if (!m_window->session()->isOpen()) return;
    if (m_request.workspace == QLatin1String("train"))
        m_window->showWorkspace(MainWindow::Workspace::Train);
    else if (m_request.workspace == QLatin1String("search"))
        m_window->showWorkspace(MainWindow::Workspace::Search);
    else
        m_window->showWorkspace(MainWindow::Workspace::Curate);
    if (const auto tree = m_window->session()->tree(); tree && !m_request.label.isEmpty()) {
        if (const auto label = tree->tree.resolve(fromQt(m_request.label)); label) {
            m_window->selection()->setLabel(*label);
            m_window->treePanel()->view()->expand(m_window->treePanel()->view()->currentIndex());
            m_window->treePanel()->view()->reveal(*label);
        }
    }
    if (!m_request.query.isEmpty()) m_window->searchPage()->searchFor(m_request.query);
}

void Screenshot::tick() {
    ++m_ticks;
    const bool busy = !m_window->settled() || m_window->jobs()->query()->busy();
    m_quietTicks = busy ? 0 : m_quietTicks + 1;
    if (!m_arranged) {
        if (!m_window->session()->isOpening()) {
            arrange();
            m_quietTicks = 0;
        }
        return;
    }
    if (m_quietTicks < kQuietTicks && m_ticks < kMostTicks) return;
    if (!m_request.query.isEmpty() && !std::exchange(m_askedAgain, true)) {
        m_window->searchPage()->searchFor(m_request.query);  // the first answer counts the loading of the model
        m_quietTicks = 0;
        return;
    }
    if (!m_request.query.isEmpty() && !std::exchange(m_hitChosen, true)) {
        // The inspector shows the first hit, as it would for someone who reads the answer.
        if (auto* hits = m_window->searchPage()->findChild<QListView*>(QStringLiteral("searchResults")))
            hits->setCurrentIndex(hits->model()->index(0, 0));
        m_quietTicks = 0;
        return;
    }
    m_timer.stop();
    const bool saved = m_window->grab().save(m_request.file, "PNG");
    if (!saved) qWarning("the picture could not be written to %s", qPrintable(m_request.file));
    QApplication::exit(saved ? 0 : 1);
}

}  // namespace espalier::ui
