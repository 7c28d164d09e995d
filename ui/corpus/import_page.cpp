// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/import_page.h"

#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include "core/jobs/lane.h"
#include "ui/corpus/import_preview.h"
#include "ui/corpus/import_report_card.h"
#include "ui/corpus/import_settings.h"
#include "ui/dialogs/dialog_service.h"
#include "ui/dialogs/error_text.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/job_row.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"

namespace espalier::ui {
namespace {
constexpr int kPreviewRows = 100;
constexpr int kDebounceMs = 150;
constexpr int kPatienceMs = 300;  ///< before anything says "reading…"
constexpr int kListedRows = 1000;

/// The place where files are dropped: a dashed frame around the words, only while there is nothing else.
class DropFrame : public QWidget {
public:
    using QWidget::QWidget;
    void setHot(bool hot) {
        m_hot = hot;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const double margin = theme().space(4);
        painter.setPen(QPen(theme().color(m_hot ? ColorRole::Accent : ColorRole::ControlBorder),
                            theme().length(m_hot ? Length::FocusRing : Length::Hairline), Qt::DashLine));
        painter.setBrush(theme().color(m_hot ? ColorRole::Selection : ColorRole::Base));
        const double radius = theme().length(Length::CardRadius);
        painter.drawRoundedRect(QRectF(rect()).adjusted(margin, margin, -margin, -margin), radius, radius);
    }

private:
    bool m_hot = false;
};
}  // namespace

class ImportPage::Private {
public:
    void build(ImportPage* owner);
    QWidget* makeDropPage();
    QWidget* makeWorkPage();
    void schedulePreview() { debounce->start(); }
    void startPreview();
    void showPreview(Result<ImportPreview> answer);
    void startImport();
    void importEnded(Result<project::ImportReport> report);
    void listDuplicates();
    void listRejected();
    void showRows(std::vector<PreviewRow> rows, const QString& caption);
    void refresh();
    void setProgress(const QString& phase, qint64 done, qint64 total);
    void clearSources();
    void arrange();
    static QStringList droppedPaths(const QMimeData* data);

    ImportPage* q = nullptr;
    ProjectSession* session = nullptr;
    JobManager* jobs = nullptr;
    QStringList sources;
    bool previewOk = false, reading = false;
    quint64 generation = 0;
    ImportPreview preview;
    QPointer<ImportHandle> running;

    QStackedWidget* stack = nullptr;
    DropFrame* dropFrame = nullptr;
    EmptyState* empty = nullptr;
    QPushButton* chooseFolder = nullptr;
    ElidedLabel* sourceText = nullptr;
    QPushButton* changeFiles = nullptr;
    QPushButton* changeFolder = nullptr;
    ImportSettings* settings = nullptr;
    Banner* banner = nullptr;
    Banner* ignored = nullptr;
    TextLabel* caption = nullptr;
    QTableView* table = nullptr;
    ImportPreviewModel* model = nullptr;
    QWidget* actionBar = nullptr;
    QPushButton* start = nullptr;
    QPushButton* cancel = nullptr;
    TextLabel* progressText = nullptr;
    ProgressLine* progress = nullptr;
    ImportReportCard* report = nullptr;
    QWidget* settingsColumn = nullptr;
    QBoxLayout* body = nullptr;
    QTimer* debounce = nullptr;
    QTimer* patience = nullptr;
    jobs::Lane::Handle previewHandle;
    std::unique_ptr<jobs::Lane> lane;  // last: joined first
};

void ImportPage::Private::build(ImportPage* owner) {
    q = owner;
    debounce = new QTimer(q);
    debounce->setSingleShot(true);
    debounce->setInterval(kDebounceMs);
    patience = new QTimer(q);
    patience->setSingleShot(true);
    patience->setInterval(kPatienceMs);
    stack = new QStackedWidget(q);
    stack->addWidget(makeDropPage());
    stack->addWidget(makeWorkPage());
    auto* layout = new QVBoxLayout(q);
    noMargins(layout);
    layout->addWidget(stack);
    QObject::connect(debounce, &QTimer::timeout, q, [this] { startPreview(); });
    QObject::connect(patience, &QTimer::timeout, q, [this] {
        if (reading) caption->setText(ImportPage::tr("Reading the first rows…"));
    });
    lane = std::make_unique<jobs::Lane>([page = q](std::function<void()> call) {
        QMetaObject::invokeMethod(
            page, [call = std::move(call)] { call(); }, Qt::QueuedConnection);
    });
    refresh();
}

QWidget* ImportPage::Private::makeDropPage() {
    dropFrame = new DropFrame;
    dropFrame->setObjectName(QStringLiteral("dropFrame"));
    empty = new EmptyState(dropFrame);
    empty->setContent(QStringLiteral("import"), ImportPage::tr("Drop your documents here"),
                      ImportPage::tr("A folder of .txt, .md or .html files, or a table as JSON lines, CSV or TSV "
                                     "(also .gz), or a BEIR test collection. Nothing is imported before you have "
                                     "seen a preview."),
                      ImportPage::tr("Choose files…"));
    empty->button()->setObjectName(QStringLiteral("chooseFiles"));
    chooseFolder = new QPushButton(icon(QStringLiteral("folder-open")), ImportPage::tr("Choose a folder…"), dropFrame);
    chooseFolder->setObjectName(QStringLiteral("chooseFolder"));
    auto* layout = new QVBoxLayout(dropFrame);
    pageMargins(layout);
    layout->addWidget(empty, 1);
    empty->setSecondary(chooseFolder);
    QObject::connect(empty, &EmptyState::activated, q, [this] { q->chooseFiles(); });
    QObject::connect(chooseFolder, &QPushButton::clicked, q, [this] { q->chooseFolder(); });
    return dropFrame;
}

QWidget* ImportPage::Private::makeWorkPage() {
    auto* page = new QWidget;
    auto* title = new TextLabel(ImportPage::tr("Import documents"), TextRole::PageTitle, ColorRole::Text, page);
    sourceText = new ElidedLabel({}, TextRole::Normal, ColorRole::Muted, page);
    sourceText->setElideMode(Qt::ElideMiddle);
    sourceText->setObjectName(QStringLiteral("sources"));
    changeFiles = new QPushButton(icon(QStringLiteral("document")), ImportPage::tr("Other files…"), page);
    changeFiles->setObjectName(QStringLiteral("otherFiles"));
    changeFolder = new QPushButton(icon(QStringLiteral("folder-open")), ImportPage::tr("Folder…"), page);
    changeFolder->setObjectName(QStringLiteral("otherFolder"));
    auto* head = new QHBoxLayout;
    noMargins(head);
    head->setSpacing(theme().space(2));
    auto* headText = new QVBoxLayout;
    noMargins(headText);
    headText->addWidget(title);
    headText->addWidget(sourceText);
    head->addLayout(headText, 1);
    head->addWidget(changeFiles, 0, Qt::AlignBottom);
    head->addWidget(changeFolder, 0, Qt::AlignBottom);

    settings = new ImportSettings(page);
    settingsColumn = new QWidget(page);
    auto* column = new QVBoxLayout(settingsColumn);
    noMargins(column);
    column->addWidget(settings);
    column->addStretch(1);

    banner = new Banner(Banner::Kind::Error, page);
    banner->setObjectName(QStringLiteral("importProblem"));
    ignored = new Banner(Banner::Kind::Information, page);
    ignored->setObjectName(QStringLiteral("ignoredFiles"));
    caption = new TextLabel({}, TextRole::Normal, ColorRole::Muted, page);
    caption->setObjectName(QStringLiteral("previewCaption"));
    caption->setWordWrap(true);
    model = new ImportPreviewModel(q);
    table = new QTableView(page);
    table->setObjectName(QStringLiteral("previewTable"));
    table->setAccessibleName(ImportPage::tr("Preview of the first rows"));
    prepareView(table);
    table->setModel(model);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setFrameShape(QFrame::StyledPanel);  // white on the ground of the page
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(theme().length(Length::RowHeight));
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionResizeMode(ImportPreviewModel::Text, QHeaderView::Stretch);
    const int unit = theme().length(Length::BarWidth);
    table->setColumnWidth(ImportPreviewModel::Line, unit);
    table->setColumnWidth(ImportPreviewModel::Id, unit * 5 / 2);
    table->setColumnWidth(ImportPreviewModel::Title, unit * 3);
    table->setColumnWidth(ImportPreviewModel::Labels, unit * 5 / 2);
    auto* right = new QVBoxLayout;
    noMargins(right);
    right->setSpacing(theme().space(2));
    right->addWidget(caption);
    right->addWidget(banner);
    right->addWidget(ignored);
    right->addWidget(table, 1);
    right->addStretch(0);
    for (Banner* one : {banner, ignored}) one->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);

    body = new QBoxLayout(QBoxLayout::LeftToRight);
    noMargins(body);
    body->addWidget(settingsColumn);
    body->addLayout(right, 1);

    report = new ImportReportCard(page);
    actionBar = new QWidget(page);
    progress = new ProgressLine(actionBar);
    progressText = new TextLabel({}, TextRole::Normal, ColorRole::Muted, actionBar);
    progressText->setObjectName(QStringLiteral("importProgress"));
    cancel = new QPushButton(ImportPage::tr("Cancel"), actionBar);
    cancel->setObjectName(QStringLiteral("cancelImport"));
    start = new QPushButton(ImportPage::tr("Import"), actionBar);
    start->setObjectName(QStringLiteral("startImport"));
    makePrimary(start);
    auto* bar = new QHBoxLayout(actionBar);
    noMargins(bar);
    bar->setSpacing(theme().space(3));
    bar->addWidget(progressText);
    bar->addWidget(progress, 1);
    bar->addStretch(0);
    bar->addWidget(cancel);
    bar->addWidget(start);

    auto* layout = new QVBoxLayout(page);
    pageMargins(layout);
    layout->addLayout(head);
    layout->addWidget(report);
    layout->addLayout(body, 1);
    layout->addWidget(actionBar);

    QObject::connect(changeFiles, &QPushButton::clicked, q, [this] { q->chooseFiles(); });
    QObject::connect(changeFolder, &QPushButton::clicked, q, [this] { q->chooseFolder(); });
    QObject::connect(settings, &ImportSettings::changed, q, [this] { schedulePreview(); });
    QObject::connect(start, &QPushButton::clicked, q, [this] { startImport(); });
    QObject::connect(cancel, &QPushButton::clicked, q, [this] {
        if (running) {
            q->stop();
        } else {
            clearSources();
            Q_EMIT q->closeRequested();
        }
    });
    QObject::connect(report, &ImportReportCard::showDuplicates, q, [this] { listDuplicates(); });
    QObject::connect(report, &ImportReportCard::showRejected, q, [this] { listRejected(); });
    QObject::connect(report, &ImportReportCard::moreRequested, q, [this] { clearSources(); });
    QObject::connect(report, &ImportReportCard::buildRequested, q, &ImportPage::buildRequested);
    QObject::connect(report, &ImportReportCard::closeRequested, q, [this] {
        clearSources();
        Q_EMIT q->closeRequested();
    });
    QObject::connect(report, &ImportReportCard::assignRequested, q, [this] {
        jobs->start(QStringLiteral("assign"), {}, ImportPage::tr("Assign new documents"));
        clearSources();
        Q_EMIT q->closeRequested();
    });
    return page;
}

// The settings stand beside the table where both have room, else above it.
void ImportPage::Private::arrange() {
    const int column = theme().length(Length::SidePanelWidth) * 4 / 5;
    const bool wide = q->width() >= column + theme().length(Length::TextColumnWidth) + theme().space(18);
    body->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    body->setSpacing(theme().space(wide ? 6 : 4));
    settings->setSideBySide(!wide);
    settingsColumn->setMinimumWidth(wide ? column : 0);
    settingsColumn->setMaximumWidth(wide ? column : QWIDGETSIZE_MAX);
    settingsColumn->setSizePolicy(QSizePolicy::Preferred, wide ? QSizePolicy::Preferred : QSizePolicy::Fixed);
}

void ImportPage::Private::clearSources() {
    q->setSources({});
}

void ImportPage::Private::refresh() {
    const bool any = !sources.isEmpty();
    stack->setCurrentIndex(any ? 1 : 0);
    const bool importing = !running.isNull();
    const bool reported = !report->isHidden();
    settingsColumn->setVisible(!reported);
    settingsColumn->setEnabled(!importing);
    for (QPushButton* button : {changeFiles, changeFolder}) {
        button->setVisible(!reported);
        button->setEnabled(!importing);
    }
    actionBar->setVisible(!reported);
    start->setVisible(!importing);
    const bool nothing = preview.complete && preview.documents == 0;  // an import would bring no document
    start->setEnabled(previewOk && !reading && !nothing && session->writable());
    start->setToolTip(session->writable() ? QString() : session->readOnlyReason());
    cancel->setEnabled(true);
    progress->setVisible(importing);
    progressText->setVisible(importing);
    QString rows;
    if (previewOk && !nothing && preview.estimatedRows > 0)
        rows = preview.complete ? ImportPage::tr("Import %Ln row(s)", nullptr, int(preview.estimatedRows))
                                : ImportPage::tr("Import about %1 rows").arg(formatCount(preview.estimatedRows));
    start->setText(rows.isEmpty() ? ImportPage::tr("Import") : rows);
}

void ImportPage::Private::startPreview() {
    if (sources.isEmpty() || running) return;
    previewHandle.stop();
    const quint64 mine = ++generation;
    reading = true;
    patience->start();
    refresh();
    std::vector<std::filesystem::path> paths;
    for (const QString& source : std::as_const(sources)) paths.push_back(toPath(source));
    previewHandle = lane->start<ImportPreview>(
        [paths, options = settings->options()](jobs::JobContext& context) {
            return readPreview(paths, options, kPreviewRows, context);
        },
        [this, mine](Result<ImportPreview> answer) {
            if (mine == generation) showPreview(std::move(answer));
        });
}

void ImportPage::Private::showPreview(Result<ImportPreview> answer) {
    reading = false;
    patience->stop();
    previewOk = answer.ok();
    if (!answer) {
        if (answer.error().code == ErrorCode::Cancelled) return refresh();
        model->setRows({});
        table->hide();
        const ErrorText text = errorText(answer.error(), Activity::Import);
        QString message = toQt(answer.error().message);
        if (!message.isEmpty()) message[0] = message[0].toUpper();
        if (!message.endsWith(u'.')) message += u'.';
        banner->setText(message + u' ' + text.action);
        banner->show();
        ignored->hide();
        caption->setText({});
        return refresh();
    }
    preview = std::move(answer).value();
    banner->setKind(Banner::Kind::Error);
    banner->hide();
    table->show();
    settings->showDetected(preview);
    const QString skipped = ignoredText(preview.ignored, false);
    ignored->setText(skipped);
    ignored->setVisible(!skipped.isEmpty());
    QStringList counts{ImportPage::tr("%Ln document(s)", nullptr, int(preview.documents))};
    if (preview.empty > 0) counts << ImportPage::tr("%n without text", nullptr, int(preview.empty));
    if (preview.rejected > 0) counts << ImportPage::tr("%n rejected", nullptr, int(preview.rejected));
    const int total = int(preview.looked());
    QString text = (preview.complete ? ImportPage::tr("All %Ln row(s): %1", nullptr, total)
                                     : ImportPage::tr("First %Ln row(s): %1", nullptr, total))
                       .arg(counts.join(QStringLiteral(", ")));
    if (total > int(preview.rows.size()))
        text += QStringLiteral(" · ") + ImportPage::tr("the first %n shown", nullptr, int(preview.rows.size()));
    if (total == 0) {
        text.clear();
        previewOk = false;
        table->hide();
        banner->setText(ImportPage::tr("There is nothing to read here: no row and no .txt, .md or .html file."));
        banner->show();
    }
    const QString field = toQt(settings->options().textField);
    if (total > 0 && preview.documents == 0 && !preview.fields.isEmpty() && !preview.fields.contains(field)) {
        banner->setKind(Banner::Kind::Warning);
        banner->setText(
            ImportPage::tr("No field is called “%1”. Choose under Text which one holds the words.").arg(field));
        banner->show();
    }
    caption->setText(text);
    model->setRows(preview.rows);
    refresh();
    // What comes next is the button, unless the user is at work in the form.
    QWidget* focus = q->window()->focusWidget();
    if (start->isEnabled() && (!focus || focus == changeFiles || focus == empty->button() || focus == chooseFolder))
        start->setFocus();
}

void ImportPage::Private::startImport() {
    if (running || !previewOk) return;
    generation++;
    running = session->importCorpus(
        sources, settings->options(),
        [this](Result<project::ImportReport> answer) {
            importEnded(std::move(answer));
            Q_EMIT q->finished();
        },
        q);
    setProgress({}, 0, 0);
    if (running)
        QObject::connect(running, &ImportHandle::progress, q,
                         [this](const QString& phase, qint64 done, qint64 total) { setProgress(phase, done, total); });
    refresh();
    cancel->setFocus();
}

void ImportPage::Private::setProgress(const QString& phase, qint64 done, qint64 total) {
    progress->setFraction(total > 0 ? double(done) / double(total) : -1.0);
    if (running && running->stopping()) return;
    QString text = phase.isEmpty() ? ImportPage::tr("Importing…") : phase;
    text[0] = text[0].toUpper();
    if (total > 0) text += QStringLiteral(" · ") + formatPercent(double(done) / double(total));
    progressText->setText(text);
}

void ImportPage::Private::importEnded(Result<project::ImportReport> answer) {
    running.clear();
    if (!answer) {
        if (answer.error().code != ErrorCode::Cancelled) {
            const ErrorText text = errorText(answer.error(), Activity::Import);
            banner->setText(text.headline + u' ' + text.body());
            banner->show();
            jobs->addProblem(ImportPage::tr("Import"), text);
        }
        return refresh();
    }
    const TreeSnapshotPtr tree = session->tree();
    report->setReport(*answer, tree && tree->tree.size() > 1);
    report->show();
    banner->hide();
    ignored->hide();
    refresh();
    report->setFocus();
    Q_EMIT q->imported(answer->kept);
}

void ImportPage::Private::showRows(std::vector<PreviewRow> rows, const QString& text) {
    caption->setText(text);
    model->setRows(std::move(rows));
}

void ImportPage::Private::listDuplicates() {
    session->read<std::vector<project::DuplicateRow>>(
        [](project::Project& project, jobs::JobContext&) { return project.duplicates(0, kListedRows); },
        [this](Result<std::vector<project::DuplicateRow>> answer) {
            if (!answer) return showError(q, answer.error(), Activity::Other);
            std::vector<PreviewRow> rows;
            for (const project::DuplicateRow& duplicate : *answer) {
                PreviewRow row;
                row.line = duplicate.line;
                row.id = toQt(duplicate.id);
                row.text = ImportPage::tr("The same text as %1").arg(toQt(duplicate.keptId));
                row.title = row.source = QFileInfo(toQt(duplicate.source)).fileName();
                rows.push_back(std::move(row));
            }
            const int count = int(rows.size());
            showRows(std::move(rows), ImportPage::tr("%Ln row(s) with a text that is there already", nullptr, count));
        },
        q);
}

void ImportPage::Private::listRejected() {
    // rejected.csv is read by the same parser as everything else.
    text::CorpusOptions options;
    options.format = text::CorpusFormat::Csv;
    options.idField = "line";
    options.titleField = "source";
    options.textField = "reason";
    options.labelsField.clear();
    lane->start<ImportPreview>(
        [path = report->report().rejectedFile, options](jobs::JobContext& context) {
            return readPreview({path}, options, kListedRows, context);
        },
        [this](Result<ImportPreview> answer) {
            if (!answer) return showError(q, answer.error(), Activity::Other);
            std::vector<PreviewRow> rows;
            for (PreviewRow& read : answer->rows) {
                PreviewRow row;
                row.kind = text::CorpusRow::Kind::Rejected;
                row.line = read.id.toLongLong();
                row.reason = read.text;
                row.text = row.source = QFileInfo(read.title).fileName();
                rows.push_back(std::move(row));
            }
            const int count = int(rows.size());
            showRows(std::move(rows), ImportPage::tr("%Ln row(s) refused; the list is in %1", nullptr, count)
                                          .arg(fromPath(report->report().rejectedFile)));
        });
}

QStringList ImportPage::Private::droppedPaths(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile()) paths << url.toLocalFile();
    return paths;
}

ImportPage::ImportPage(ProjectSession* session, JobManager* jobs, Selection*, QWidget* parent)
    : QWidget(parent), d(std::make_unique<Private>()) {
    setObjectName(QStringLiteral("importPage"));
    setAccessibleName(tr("Import"));
    setAcceptDrops(true);
    d->session = session;
    d->jobs = jobs;
    d->build(this);
    d->report->hide();
    d->banner->hide();
    d->ignored->hide();
    d->refresh();
    connect(session, &ProjectSession::readOnlyChanged, this, [this] { d->refresh(); });
    connect(session, &ProjectSession::opened, this, [this] { d->refresh(); });
    connect(session, &ProjectSession::closed, this, [this] { setSources({}); });
}

ImportPage::~ImportPage() {
    d->previewHandle.stop();
    d->lane.reset();
}

bool ImportPage::importing() const {
    return !d->running.isNull();
}

void ImportPage::stop() {
    if (!d->running) return;
    d->running->stop();
    d->cancel->setEnabled(false);
    d->progressText->setText(tr("Stopping; nothing of this import stays…"));
}

void ImportPage::setSources(const QStringList& paths) {
    if (d->running) return;
    d->sources = paths;
    d->previewOk = false;
    d->generation++;
    d->reading = false;
    d->report->hide();
    d->banner->hide();
    d->ignored->hide();
    d->caption->setText({});
    d->model->setRows({});
    d->settings->reset();
    d->sourceText->setText(paths.size() == 1
                               ? paths.first()
                               : tr("%n file(s): ", nullptr, int(paths.size())) + paths.join(QStringLiteral(", ")));
    d->refresh();
    if (!paths.isEmpty()) d->startPreview();
}

void ImportPage::chooseFiles() {
    dialogs().openFiles(this, tr("Choose files to import"),
                        tr("Documents (*.jsonl *.ndjson *.csv *.tsv *.gz *.txt *.md *.html *.htm);;All files (*)"),
                        [this](const QStringList& paths) {
                            if (!paths.isEmpty()) setSources(paths);
                        });
}

void ImportPage::chooseFolder() {
    dialogs().openFolder(this, tr("Choose a folder to import"), [this](const QString& path) {
        if (!path.isEmpty()) setSources({path});
    });
}

void ImportPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    d->arrange();
}

void ImportPage::dragEnterEvent(QDragEnterEvent* event) {
    if (d->running || Private::droppedPaths(event->mimeData()).isEmpty()) return;
    d->dropFrame->setHot(true);
    event->acceptProposedAction();
}

void ImportPage::dragLeaveEvent(QDragLeaveEvent*) {
    d->dropFrame->setHot(false);
}

void ImportPage::dropEvent(QDropEvent* event) {
    d->dropFrame->setHot(false);
    const QStringList paths = Private::droppedPaths(event->mimeData());
    if (paths.isEmpty() || d->running) return;
    event->acceptProposedAction();
    setSources(paths);
}

}  // namespace espalier::ui
