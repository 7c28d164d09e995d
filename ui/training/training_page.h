// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/training/training_page.h
/// Workspace Train: the form, live curves, the runs, and what a run did to search, worse first.
#pragma once
#include <QWidget>
#include <memory>

namespace espalier::ui {

class JobManager;
class ProjectSession;
class Selection;

class TrainingPage : public QWidget {
    Q_OBJECT
public:
    TrainingPage(ProjectSession* session, JobManager* jobs, Selection* selection, QWidget* parent = nullptr);
    ~TrainingPage() override;

public Q_SLOTS:
    void startTraining();      ///< menu Train > Start…: checks, then starts with what the form says
    void embedCorpus();        ///< menu Build > Embed corpus…
    void pauseOrResume();      ///< Ctrl+Shift+P
    void chooseModelFolder();  ///< asks for a folder in sentence-transformers layout
    void focusForm();

Q_SIGNALS:
    void importRequested();                      ///< no documents yet
    void buildRequested();                       ///< no tree yet
    void searchRequested(const QString& model);  ///< "Try it in Search"
    void refitRequested(const QString& model);   ///< whole tree, with its vectors, which are there

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace espalier::ui
