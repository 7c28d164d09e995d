// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/curate_page.h
/// Centre of the Curate workspace: the document list over the reader, the import page, or the way to a first import.
#pragma once
#include <QList>
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
class ProposalPane;
class ProposalsPanel;
class ProjectSession;
class Reader;
class ReviewPane;
class Selection;

class CuratePage : public QWidget {
    Q_OBJECT
public:
    CuratePage(ProjectSession* session, JobManager* jobs, Selection* selection, const BranchColors* colors,
               QWidget* parent = nullptr);
    DocumentListPanel* documents() const { return m_documents; }
    Reader* reader() const { return m_reader; }
    ProposalsPanel* proposals() const { return m_proposals; }
    ProposalPane* proposal() const { return m_proposal; }
    ReviewPane* review() const { return m_review; }
    ImportPage* importPage() const { return m_import; }
    QWidget* upperPane() const;  ///< what has the keyboard over the reader
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
    void refreshUpper();
    void makeReview(const BranchColors* colors);
    void makeProposal(JobManager* jobs);
    ProjectSession* m_session;
    Selection* m_selection;
    QStackedWidget* m_stack;
    QSplitter* m_splitter;
    QStackedWidget* m_upper;  ///< over the reader: what the selection asks for
    DocumentListPanel* m_documents;
    ProposalsPanel* m_proposals;
    ProposalPane* m_proposal;
    ReviewPane* m_review;
    QList<int> m_sizesBefore;  ///< of the splitter before a proposal took the room
    QList<int> m_sizes;        ///< of the splitter before the reader got the room
    Reader* m_reader;
    ImportPage* m_import;
    EmptyState* m_empty;
    bool m_wantsImport = false;
};

}  // namespace espalier::ui
