// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/curate_page.h
/// Centre of the Curate workspace: the document list over the reader, the import page, or the way to a first import.
#pragma once
#include <QStringList>
#include <QWidget>
#include <functional>

class QSplitter;
class QStackedWidget;

namespace espalier::ui {

class BranchColors;
class DocumentListPanel;
class EmptyState;
class ImportPage;
class JobManager;
class ProjectSession;
class Reader;
class Selection;

class CuratePage : public QWidget {
    Q_OBJECT
public:
    CuratePage(ProjectSession* session, JobManager* jobs, Selection* selection, const BranchColors* colors,
               QWidget* parent = nullptr);
    DocumentListPanel* documents() const { return m_documents; }
    Reader* reader() const { return m_reader; }
    ImportPage* importPage() const { return m_import; }
    bool importing() const;
    /// Ends a running import, of which nothing stays, and calls back when it has ended; at once when none runs.
    void stopImport(std::function<void()> ended);

public Q_SLOTS:
    void showImport(const QStringList& sources = {});
    void showDocuments();
    void resetLayout();

Q_SIGNALS:
    void buildRequested();

private:
    void refresh();
    ProjectSession* m_session;
    QStackedWidget* m_stack;
    QSplitter* m_splitter;
    DocumentListPanel* m_documents;
    Reader* m_reader;
    ImportPage* m_import;
    EmptyState* m_empty;
    bool m_wantsImport = false;
};

}  // namespace espalier::ui
