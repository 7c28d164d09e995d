// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/corpus/reader.h
/// One document to read: 72 characters a line, line height 1.5, the label's terms on a soft background. Text of any
/// length: what is far below is added when the reader comes near it.
#pragma once
#include <QWidget>
#include <string>
#include <vector>

#include "ui/session/project_session.h"

class QStackedWidget;
class QTextBrowser;
class QTextCharFormat;
class QTextCursor;

namespace espalier::ui {

class BranchColors;
class ElidedLabel;
class EmptyState;
class Selection;
class TextLabel;

class Reader : public QWidget {
    Q_OBJECT
public:
    Reader(ProjectSession* session, Selection* selection, QWidget* parent = nullptr);
    QString shownTitle() const;
    /// Words highlighted in what is laid out so far; for tests.
    int highlights() const { return m_highlights; }

public Q_SLOTS:
    void focusText();
    void scrollPages(int pages);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Span {
        std::size_t begin = 0, end = 0;  ///< bytes
    };
    struct Text {
        project::DocumentRecord record;
        std::vector<Span> hits;  ///< ascending
    };
    void ask();
    void showText(Text text);
    void showMeta();
    void appendChunk();
    void putText(QTextCursor& cursor, const QString& part, const QTextCharFormat& format);
    void layOutColumn();

    ProjectSession* m_session;
    Selection* m_selection;
    quint64 m_generation = 0;
    Text m_text;
    std::size_t m_shownBytes = 0, m_nextHit = 0;
    int m_highlights = 0;
    int m_breaks = 0;         ///< line ends since the last text that was laid out
    QString m_leadingSpaces;  ///< of the line that may follow them
    DocumentKey m_key;
    TextLabel* m_title;
    TextLabel* m_meta;
    QWidget* m_head;
    QTextBrowser* m_view;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
};

}  // namespace espalier::ui
