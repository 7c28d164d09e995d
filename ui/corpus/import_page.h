// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/corpus/import_page.h
/// Import with a live preview made by the real parser: what is shown is what will be read.
#pragma once
#include <QStringList>
#include <QWidget>
#include <memory>

namespace espalier::ui {

class JobManager;
class ProjectSession;
class Selection;

class ImportPage : public QWidget {
    Q_OBJECT
public:
    ImportPage(ProjectSession* session, JobManager* jobs, Selection* selection, QWidget* parent = nullptr);
    ~ImportPage() override;
    bool importing() const;
    void stop();  ///< ends a running import; nothing of it stays. finished() follows

public Q_SLOTS:
    void setSources(const QStringList& paths);  ///< files or folders; previews at once
    void chooseFiles();
    void chooseFolder();

Q_SIGNALS:
    void finished();             ///< an import ended, however
    void imported(qint64 kept);  ///< after a success; the report stays on the page
    void buildRequested();       ///< "Build tree…" of the report
    void closeRequested();       ///< "Back to the documents"

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace espalier::ui
