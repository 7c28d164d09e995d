// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/reader.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonValue>
#include <QResizeEvent>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStyle>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextCursor>
#include <QVBoxLayout>
#include <algorithm>

#include "core/text/terms.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

constexpr std::size_t kChunkBytes = 24 * 1024;  // laid out in a few milliseconds
constexpr std::size_t kHighlightBytes = 4 * 1024 * 1024;
constexpr int kLineHeightPercent = 150;
constexpr int kColumnCharacters = 72;
constexpr int kLongestMetaValue = 80;

QTextBlockFormat lineFormat(int above) {
    QTextBlockFormat block;
    block.setLineHeight(kLineHeightPercent, QTextBlockFormat::ProportionalHeight);
    block.setTopMargin(above);
    return block;
}

// Cuts at the end of a line near `at`, never inside a UTF-8 character.
std::size_t cutNear(const std::string& text, std::size_t at) {
    if (at >= text.size()) return text.size();
    const std::size_t line = text.find('\n', at);
    if (line != std::string::npos && line - at < kChunkBytes / 4) return line + 1;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    return at;
}

}  // namespace

Reader::Reader(ProjectSession* session, Selection* selection, QWidget* parent)
    : QWidget(parent), m_session(session), m_selection(selection) {
    setObjectName(QStringLiteral("reader"));
    setAccessibleName(tr("Reader"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_title = new TextLabel({}, TextRole::Title, ColorRole::Text, this);
    m_title->setObjectName(QStringLiteral("readerTitle"));
    m_title->setWordWrap(true);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_meta = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_meta->setObjectName(QStringLiteral("readerMeta"));
    m_meta->setWordWrap(true);
    m_meta->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_head = new QWidget(this);
    auto* head = new QVBoxLayout(m_head);
    head->setSpacing(theme().space(1));
    head->addWidget(m_title);
    head->addWidget(m_meta);
    // Margins that centre the column are no need: counted in, those of a wide reader would squeeze the docks beside it.
    m_head->setMinimumWidth(theme().length(Length::SidePanelWidth) / 2);
    m_view = new QTextBrowser(this);
    m_view->setObjectName(QStringLiteral("readerText"));
    m_view->setAccessibleName(tr("Text of the document"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setOpenLinks(false);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setUndoRedoEnabled(false);
    m_view->setFont(theme().font(TextRole::Reader));
    m_view->document()->setDocumentMargin(0);
    auto* page = new QWidget(this);
    auto* pageLayout = new QVBoxLayout(page);
    noMargins(pageLayout);
    pageLayout->addWidget(m_head);
    pageLayout->addWidget(m_view, 1);
    m_empty = new EmptyState(this);
    m_empty->setContent(QStringLiteral("document"), tr("No document selected"),
                        tr("Select one in the list to read it."));
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(page);
    m_stack->addWidget(m_empty);
    m_stack->setCurrentIndex(1);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addWidget(m_stack);
    setFocusProxy(m_view);

    connect(selection, &Selection::documentChanged, this, &Reader::ask);
    connect(selection, &Selection::labelsChanged, this, &Reader::ask);
    connect(session, &ProjectSession::treeChanged, this, &Reader::ask);
    connect(session, &ProjectSession::closed, this, [this] {
        ++m_generation;
        m_key = {};
        m_stack->setCurrentIndex(1);
    });
    connect(m_view->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        const QScrollBar* bar = m_view->verticalScrollBar();
        if (value + 2 * bar->pageStep() >= bar->maximum()) appendChunk();
    });
    connect(&theme(), &Theme::changed, this, [this] {
        m_view->setFont(theme().font(TextRole::Reader));
        if (m_key) showText(std::move(m_text));
    });
}

QString Reader::shownTitle() const {
    return m_stack->currentIndex() == 0 ? m_title->text() : QString();
}

void Reader::focusText() {
    m_view->setFocus(Qt::ShortcutFocusReason);
}

void Reader::scrollPages(int pages) {
    QScrollBar* bar = m_view->verticalScrollBar();
    bar->setValue(bar->value() + pages * bar->pageStep());
}

void Reader::ask() {
    const DocumentKey key = m_selection->document();
    const quint64 generation = ++m_generation;
    if (!key || !m_session->isOpen()) {
        m_key = {};
        m_stack->setCurrentIndex(1);
        return;
    }
    // Terms of the selected label, or of the document's own hard label when none is selected.
    const auto tree = m_session->tree();
    const LabelId label = m_selection->label();
    m_session->read<Text>(
        [key, tree, label](project::Project& project, jobs::JobContext& job) -> Result<Text> {
            Text text;
            ESPALIER_ASSIGN(text.record, project.document(key));
            const LabelId from = label ? label : text.record.hard;
            const tree::Label* source = tree && from ? tree->tree.find(from) : nullptr;
            if (!source || source->terms.empty()) return text;
            std::vector<std::string> terms;
            for (const tree::Term& term : source->terms) terms.push_back(term.text);
            const std::string& whole = text.record.document.text;
            const std::string_view looked(whole.data(), std::min(whole.size(), kHighlightBytes));
            text::TermFinder finder(terms);
            for (const text::Span& span : finder.find(looked, [&job] { return job.shouldStop(); }))
                text.hits.push_back({span.begin, span.end});
            ESPALIER_TRY(job.checkStop());
            return text;
        },
        [this, generation, key](Result<Text> text) {
            if (generation != m_generation) return;
            if (!text) {
                if (text.error().code == ErrorCode::Cancelled) return;
                m_key = {};
                m_stack->setCurrentIndex(1);
                return;
            }
            m_key = key;
            showText(std::move(text).value());
        },
        this, this);
}

void Reader::showText(Text text) {
    const bool sameDocument = m_text.record.key == text.record.key && m_stack->currentIndex() == 0;
    const int scroll = sameDocument ? m_view->verticalScrollBar()->value() : 0;
    const std::size_t shown = sameDocument ? m_shownBytes : 0;
    m_text = std::move(text);
    m_shownBytes = 0;
    m_nextHit = 0;
    m_highlights = 0;
    m_breaks = 0;
    m_leadingSpaces.clear();
    const text::Document& document = m_text.record.document;
    m_title->setText(toQt(document.title.empty() ? document.id : document.title));
    showMeta();
    m_view->clear();
    layOutColumn();  // clear() forgets the margins
    do appendChunk();
    while (m_shownBytes < shown);
    m_stack->setCurrentIndex(0);
    m_view->verticalScrollBar()->setValue(scroll);
}

void Reader::showMeta() {
    const text::Document& document = m_text.record.document;
    QStringList lines;
    QStringList facts{toQt(document.id)};
    if (!document.labels.empty()) facts << tr("came with %1").arg(toQt(document.labels).join(QStringLiteral(" › ")));
    lines << facts.join(QStringLiteral("  ·  "));
    QStringList meta;
    const QJsonObject object = QJsonDocument::fromJson(QByteArray::fromStdString(document.metadata)).object();
    for (auto it = object.begin(); it != object.end(); ++it) {
        QString value = it.value().isString() ? it.value().toString() : it.value().toVariant().toString();
        if (value.size() > kLongestMetaValue) value = value.left(kLongestMetaValue - 1) + u'…';
        meta << tr("%1: %2").arg(it.key(), value);
    }
    if (!meta.isEmpty()) lines << meta.join(QStringLiteral("  ·  "));
    m_meta->setText(lines.join(u'\n'));
}

void Reader::appendChunk() {
    const std::string& text = m_text.record.document.text;
    if (m_shownBytes >= text.size()) return;
    const std::size_t end = cutNear(text, m_shownBytes + kChunkBytes);
    QTextCursor cursor(m_view->document());
    cursor.movePosition(QTextCursor::End);
    QTextCharFormat plain;
    plain.setForeground(theme().color(ColorRole::Text));
    QTextCharFormat hit = plain;
    hit.setBackground(theme().color(ColorRole::TermHighlight));
    cursor.beginEditBlock();
    if (m_shownBytes == 0) cursor.setBlockFormat(lineFormat(0));
    std::size_t at = m_shownBytes;
    const auto put = [&](std::size_t until, const QTextCharFormat& format) {
        if (until <= at) return;
        QString part = QString::fromUtf8(text.data() + at, qsizetype(until - at));
        part.replace(QChar(0), QChar(0xFFFD));
        putText(cursor, part, format);
        at = until;
    };
    while (m_nextHit < m_text.hits.size() && m_text.hits[m_nextHit].begin < end) {
        const Span span = m_text.hits[m_nextHit++];
        put(span.begin, plain);
        put(std::min(span.end, end), hit);
        ++m_highlights;
    }
    put(end, plain);
    cursor.endEditBlock();
    m_shownBytes = end;
}

// Lines become blocks; empty lines become space between paragraphs, so that the column shows text, not gaps.
void Reader::putText(QTextCursor& cursor, const QString& part, const QTextCharFormat& format) {
    qsizetype from = 0;
    while (from < part.size()) {
        const qsizetype end = part.indexOf(u'\n', from);
        const QString piece = part.mid(from, end < 0 ? -1 : end - from);
        const bool begun = !cursor.atStart();
        const bool blank = piece.trimmed().isEmpty();
        if (blank && (m_breaks > 0 || !begun)) {
            m_leadingSpaces += piece;
        } else if (!piece.isEmpty()) {
            if (m_breaks > 0 && begun) cursor.insertBlock(lineFormat(m_breaks > 1 ? theme().space(2) : 0));
            cursor.insertText(m_leadingSpaces + piece, format);
            m_breaks = 0;
            m_leadingSpaces.clear();
        }
        if (end < 0) break;
        ++m_breaks;
        m_leadingSpaces.clear();
        from = end + 1;
    }
}

void Reader::layOutColumn() {
    // 68 to 76 characters a line, centred; narrower only where there is no room.
    const QFontMetrics metrics(theme().font(TextRole::Reader));
    const QString sample = QStringLiteral("the quick brown fox jumps over the lazy dog and runs on, as text does ");
    const double perCharacter = double(metrics.horizontalAdvance(sample)) / double(sample.size());
    const int column = int(perCharacter * kColumnCharacters);
    const int bar = m_view->style()->pixelMetric(QStyle::PM_ScrollBarExtent);
    const int side = std::max(theme().space(4), (width() - bar - column) / 2);
    m_head->layout()->setContentsMargins(side, theme().space(4), side + bar, theme().space(3));
    QTextFrameFormat frame = m_view->document()->rootFrame()->frameFormat();
    frame.setLeftMargin(side);
    frame.setRightMargin(side);
    frame.setBottomMargin(theme().space(6));
    m_view->document()->rootFrame()->setFrameFormat(frame);
}

void Reader::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layOutColumn();
}

}  // namespace espalier::ui
