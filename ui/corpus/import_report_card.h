// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/corpus/import_report_card.h
/// What an import did, so that the counts reconcile before the reader's eyes, and what may come next.
#pragma once
#include <QWidget>

#include "core/project/import_report.h"

class QPushButton;
class QLabel;

namespace espalier::ui {

class TextLabel;

class ImportReportCard : public QWidget {
    Q_OBJECT
public:
    explicit ImportReportCard(QWidget* parent = nullptr);
    /// \param grown  there is a tree already, so new documents can be assigned to it
    void setReport(const project::ImportReport& report, bool grown);
    const project::ImportReport& report() const { return m_report; }
    QString sentence() const;

Q_SIGNALS:
    void showDuplicates();
    void showRejected();
    void buildRequested();
    void assignRequested();
    void moreRequested();
    void closeRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    project::ImportReport m_report;
    QLabel* m_icon;
    TextLabel* m_headline;
    TextLabel* m_sentence;
    TextLabel* m_ignored;
    QPushButton* m_duplicates;
    QPushButton* m_rejected;
    QPushButton* m_next;
    QPushButton* m_more;
    QPushButton* m_close;
    bool m_grown = false;
};

/// "12 .pdf and 3 .docx files were not read", with the way to convert them; empty when there are none. `done`: after an
/// import, else before one.
QString ignoredText(const std::map<std::string, std::int64_t>& ignored, bool done);

}  // namespace espalier::ui
