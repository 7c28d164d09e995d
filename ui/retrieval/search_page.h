// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/retrieval/search_page.h
/// Workspace Search: a question, a branch to search in, hits with their label paths, and true counts by branch.
#pragma once
#include <QWidget>
#include <memory>

#include "core/base/ids.h"

namespace espalier::ui {

class JobManager;
class ProjectSession;
class Selection;

class SearchPage : public QWidget {
    Q_OBJECT
public:
    SearchPage(ProjectSession* session, JobManager* jobs, Selection* selection, QWidget* parent = nullptr);
    ~SearchPage() override;

public Q_SLOTS:
    void focusQuery();                     ///< Ctrl+F
    void setModel(const QString& model);   ///< name of a model of the project
    void searchFor(const QString& query);  ///< fills the box and searches

Q_SIGNALS:
    /// A hit is to be read: the document is the selection's current one already.
    void documentActivated(espalier::DocumentKey document);
    void importRequested();  ///< no documents yet
    void embedRequested();   ///< search by meaning needs vectors

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace espalier::ui
