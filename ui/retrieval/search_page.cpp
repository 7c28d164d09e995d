// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/retrieval/search_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHash>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTimer>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>
#include <utility>

#include "ui/dialogs/error_text.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/query_client.h"
#include "ui/retrieval/search_delegates.h"
#include "ui/retrieval/search_results_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"

namespace espalier::ui {
namespace {
constexpr int kDebounceMs = 350;
constexpr int kPatienceMs = 300;
constexpr int kHits = 20;         // each needs a snippet: up to 64 sentences are encoded for it
constexpr int kMenuLabels = 200;  ///< of one submenu: more are found in the tree

/// What the empty page offers.
enum class Offer { None, Import, Everywhere, Embed, Again };
}  // namespace

class SearchPage::Private {
public:
    void build(SearchPage* owner);
    QWidget* makeBar();
    QWidget* makeBody();
    void schedule() { debounce->start(); }
    void search();
    void show(Result<QJsonObject> answer);
    void showHits(SearchAnswer answer, bool early);
    void showEmpty(const QString& icon, const QString& headline, const QString& line, const QString& button,
                   Offer what);
    void refreshModels();
    void refreshBranch();
    void fillFacets(const std::vector<Facet>& facets);
    void setBranch(LabelId label, bool tellSelection);
    void fillBranchMenu(QMenu* menu, LabelId parent);
    void open(const QModelIndex& index, bool activate);
    QString branchName() const;
    bool canUseMeaning() const;

    SearchPage* q = nullptr;
    ProjectSession* session = nullptr;
    JobManager* jobs = nullptr;
    Selection* selection = nullptr;
    BranchColors* colors = nullptr;
    QLineEdit* query = nullptr;
    QComboBox* model = nullptr;
    QComboBox* mode = nullptr;
    QPushButton* branchButton = nullptr;
    QToolButton* clearBranch = nullptr;
    TextLabel* summary = nullptr;
    Banner* banner = nullptr;
    QStackedWidget* stack = nullptr;
    EmptyState* empty = nullptr;
    QListView* results = nullptr;
    SearchResultsModel* hits = nullptr;
    QTreeView* facets = nullptr;
    QStandardItemModel* facetModel = nullptr;
    QTimer* debounce = nullptr;
    QTimer* patience = nullptr;
    LabelId branch;
    QString asked;  ///< query of the answer that is shown
    Offer offer = Offer::None;
    bool earlyShown = false;   ///< of the question that waits: hits without their sentences
    bool modelChosen = false;  ///< by the user: else it follows the project's default
    int modeBefore = -1;       ///< chosen before there was nothing but words, or -1
    bool followingSelection = true;
    QWidget* notice = nullptr;  ///< the strip that holds the banner
};

void SearchPage::Private::build(SearchPage* owner) {
    q = owner;
    colors = new BranchColors(session, q);
    debounce = new QTimer(q);
    debounce->setSingleShot(true);
    debounce->setInterval(kDebounceMs);
    patience = new QTimer(q);
    patience->setSingleShot(true);
    patience->setInterval(kPatienceMs);
    auto* layout = new QVBoxLayout(q);
    noMargins(layout);
    layout->addWidget(makeBar());
    layout->addWidget(makeHairline(q));
    layout->addWidget(makeBody(), 1);
    QObject::connect(debounce, &QTimer::timeout, q, [this] { search(); });
    QObject::connect(patience, &QTimer::timeout, q, [this] {
        if (jobs->query()->busy() && !earlyShown) summary->setText(SearchPage::tr("Searching…"));
    });
}

QWidget* SearchPage::Private::makeBar() {
    auto* bar = new QWidget(q);
    query = new QLineEdit(bar);
    query->setObjectName(QStringLiteral("searchQuery"));
    query->setAccessibleName(SearchPage::tr("Search for"));
    query->setPlaceholderText(SearchPage::tr("Ask a question, or type words"));
    query->setClearButtonEnabled(true);
    query->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    query->setMinimumHeight(theme().length(Length::ControlHeight) + theme().space(1));
    mode = new QComboBox(bar);
    mode->setObjectName(QStringLiteral("searchMode"));
    mode->setAccessibleName(SearchPage::tr("Search by"));
    mode->addItem(SearchPage::tr("Meaning and words"), QStringLiteral("hybrid"));
    mode->addItem(SearchPage::tr("Meaning"), QStringLiteral("dense"));
    mode->addItem(SearchPage::tr("Words"), QStringLiteral("words"));
    mode->setItemData(0, SearchPage::tr("Hybrid: 0.7 dense and 0.3 BM25, each standardised"), Qt::ToolTipRole);
    mode->setItemData(1, SearchPage::tr("Dense: cosine of the vectors of a model"), Qt::ToolTipRole);
    mode->setItemData(2, SearchPage::tr("BM25 over the words of the documents"), Qt::ToolTipRole);
    model = new QComboBox(bar);
    model->setObjectName(QStringLiteral("searchModel"));
    model->setAccessibleName(SearchPage::tr("Model"));
    model->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    branchButton = new QPushButton(bar);
    branchButton->setObjectName(QStringLiteral("searchBranch"));
    branchButton->setIcon(icon(QStringLiteral("branch")));
    auto* menu = new QMenu(branchButton);
    menu->setObjectName(QStringLiteral("branchMenu"));
    branchButton->setMenu(menu);
    clearBranch = makeIconButton(QStringLiteral("clear"), SearchPage::tr("Search in all documents"), bar);
    clearBranch->setObjectName(QStringLiteral("clearBranch"));
    summary = new TextLabel({}, TextRole::Small, ColorRole::Muted, bar);
    summary->setObjectName(QStringLiteral("searchSummary"));

    auto* first = new QHBoxLayout;
    noMargins(first);
    first->setSpacing(theme().space(2));
    first->addWidget(query, 1);
    first->addWidget(mode);
    first->addWidget(model);
    auto* second = new QHBoxLayout;
    noMargins(second);
    second->setSpacing(theme().space(1));
    second->addWidget(branchButton);
    second->addWidget(clearBranch);
    second->addStretch(1);
    second->addWidget(summary);
    auto* layout = new QVBoxLayout(bar);
    layout->setContentsMargins(theme().space(4), theme().space(3), theme().space(4), theme().space(3));
    layout->setSpacing(theme().space(2));
    layout->addLayout(first);
    layout->addLayout(second);

    QObject::connect(query, &QLineEdit::textEdited, q, [this] { schedule(); });
    QObject::connect(query, &QLineEdit::returnPressed, q, [this] {
        // Enter on an answer that is there already goes to its first hit.
        if (query->text().trimmed() == asked && !jobs->query()->busy() && hits->rowCount() > 0)
            results->setFocus();
        else
            search();
    });
    QObject::connect(mode, &QComboBox::currentIndexChanged, q, [this] {
        refreshModels();
        search();
    });
    QObject::connect(model, &QComboBox::currentIndexChanged, q, [this] { search(); });
    QObject::connect(model, &QComboBox::activated, q, [this] { modelChosen = true; });
    QObject::connect(clearBranch, &QToolButton::clicked, q, [this] { setBranch({}, true); });
    QObject::connect(menu, &QMenu::aboutToShow, q, [this, menu] {
        menu->clear();
        QAction* all = menu->addAction(SearchPage::tr("All documents"), q, [this] { setBranch({}, true); });
        all->setCheckable(true);
        all->setChecked(!branch);
        menu->addSeparator();
        if (const TreeSnapshotPtr tree = session->tree()) fillBranchMenu(menu, tree->tree.root());
    });
    return bar;
}

QWidget* SearchPage::Private::makeBody() {
    banner = new Banner(Banner::Kind::Information, q);
    banner->setObjectName(QStringLiteral("searchBanner"));
    banner->hide();
    hits = new SearchResultsModel(q);
    results = new QListView(q);
    results->setObjectName(QStringLiteral("searchResults"));
    results->setAccessibleName(SearchPage::tr("Results"));
    prepareView(results);
    results->setModel(hits);
    results->setItemDelegate(new HitDelegate(colors, results));
    results->setUniformItemSizes(true);
    results->setSelectionMode(QAbstractItemView::SingleSelection);
    results->installEventFilter(q);
    query->installEventFilter(q);
    facetModel = new QStandardItemModel(q);
    facets = new QTreeView(q);
    facets->setObjectName(QStringLiteral("searchFacets"));
    facets->setAccessibleName(SearchPage::tr("Where the matches are"));
    prepareView(facets);
    facets->setModel(facetModel);
    facets->setHeaderHidden(true);
    facets->setItemDelegate(new FacetDelegate(colors, facets));
    facets->setEditTriggers(QAbstractItemView::NoEditTriggers);
    facets->setExpandsOnDoubleClick(false);
    facets->installEventFilter(q);
    auto* side = new QWidget(q);
    auto* sideLayout = new QVBoxLayout(side);
    noMargins(sideLayout);
    auto* heading = new TextLabel(SearchPage::tr("Where the matches are"), TextRole::Strong, ColorRole::Text, side);
    heading->setContentsMargins(theme().space(3), theme().space(3), theme().space(3), theme().space(2));
    heading->setAutoFillBackground(true);
    heading->setBackgroundRole(QPalette::Base);
    sideLayout->addWidget(heading);
    sideLayout->addWidget(facets, 1);

    auto* split = new QSplitter(Qt::Horizontal, q);
    split->setObjectName(QStringLiteral("searchSplitter"));
    split->setChildrenCollapsible(false);
    split->addWidget(results);
    split->addWidget(side);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 0);
    split->setSizes({theme().length(Length::TextColumnWidth), theme().length(Length::SidePanelWidth) * 9 / 10});
    empty = new EmptyState(q);
    empty->button()->setObjectName(QStringLiteral("searchNextStep"));
    stack = new QStackedWidget(q);
    stack->addWidget(empty);
    stack->addWidget(split);
    auto* body = new QWidget(q);
    body->setAutoFillBackground(true);
    body->setBackgroundRole(QPalette::Base);
    notice = new QWidget(body);
    auto* inset = new QVBoxLayout(notice);
    inset->setContentsMargins(theme().space(4), theme().space(2), theme().space(4), theme().space(2));
    inset->addWidget(banner);
    notice->hide();
    auto* layout = new QVBoxLayout(body);
    noMargins(layout);
    layout->addWidget(notice);
    layout->addWidget(stack, 1);

    QObject::connect(results->selectionModel(), &QItemSelectionModel::currentChanged, q,
                     [this](const QModelIndex& index) { open(index, false); });
    QObject::connect(results, &QListView::doubleClicked, q, [this](const QModelIndex& index) { open(index, true); });
    QObject::connect(facets, &QTreeView::clicked, q, [this](const QModelIndex& index) {
        setBranch(LabelId{index.data(FacetDelegate::LabelRole).toLongLong()}, true);
    });
    QObject::connect(banner, &Banner::activated, q, [this] { Q_EMIT q->embedRequested(); });
    QObject::connect(empty, &EmptyState::activated, q, [this] {
        switch (offer) {
            case Offer::Import:
                Q_EMIT q->importRequested();
                break;
            case Offer::Everywhere:
                setBranch({}, true);
                break;
            case Offer::Embed:
                Q_EMIT q->embedRequested();
                break;
            case Offer::Again:
                search();
                break;
            case Offer::None:
                break;
        }
    });
    return body;
}

bool SearchPage::Private::canUseMeaning() const {
    for (const project::ModelInfo& one : session->status().models)
        if (!one.vectorsFile.empty()) return true;
    return false;
}

void SearchPage::Private::refreshModels() {
    const QString before = modelChosen ? model->currentData().toString() : QString();
    const bool meaning = canUseMeaning();
    {
        const QSignalBlocker quiet(model);
        model->clear();
        const project::ModelInfo* inUse = session->isOpen() ? session->defaultModel() : nullptr;
        for (const project::ModelInfo& one : session->status().models) {
            if (one.vectorsFile.empty()) continue;
            const QString name = toQt(one.name);
            model->addItem(name == QLatin1String("tfidf") ? SearchPage::tr("Word vectors") : name, name);
            model->setItemData(model->count() - 1,
                               SearchPage::tr("%1 dimensions, %2 documents, tree r%3")
                                   .arg(one.dim)
                                   .arg(formatCount(one.documents))
                                   .arg(one.fromRevision),
                               Qt::ToolTipRole);
        }
        int at = model->findData(before);
        if (at < 0 && inUse) at = model->findData(toQt(inUse->name));
        model->setCurrentIndex(std::max(at, 0));
    }
    {
        const QSignalBlocker quiet(mode);
        auto* items = qobject_cast<QStandardItemModel*>(mode->model());
        for (int i = 0; i < 2 && items; ++i) items->item(i)->setEnabled(meaning);
        constexpr int kWords = 2;
        if (!meaning && mode->currentIndex() != kWords) {
            modeBefore = mode->currentIndex();  // comes back with the first vectors
            mode->setCurrentIndex(kWords);
        } else if (meaning && modeBefore >= 0) {
            mode->setCurrentIndex(std::exchange(modeBefore, -1));
        }
    }
    model->setVisible(meaning && mode->currentData().toString() != QLatin1String("words"));
    const bool offerVectors = !meaning && session->isOpen() && session->status().documents > 0;
    notice->setVisible(offerVectors);
    banner->setVisible(offerVectors);
    if (offerVectors) {
        banner->setText(
            SearchPage::tr("Searching by words. To search by meaning, compute vectors of the documents "
                           "once."));
        banner->setButton(SearchPage::tr("Compute vectors…"));
    }
}

QString SearchPage::Private::branchName() const {
    const TreeSnapshotPtr tree = session->tree();
    const tree::Label* label = tree && branch ? tree->tree.find(branch) : nullptr;
    return label ? toQt(label->name) : QString();
}

void SearchPage::Private::refreshBranch() {
    const QString name = branchName();
    if (name.isEmpty()) branch = {};
    branchButton->setText(name.isEmpty() ? SearchPage::tr("In all documents") : SearchPage::tr("In %1").arg(name));
    branchButton->setToolTip(SearchPage::tr("Search only below one label"));
    branchButton->setAccessibleName(branchButton->text());
    branchButton->setVisible(session->isOpen() && session->status().labels > 0);
    clearBranch->setVisible(bool(branch));
}

void SearchPage::Private::fillBranchMenu(QMenu* menu, LabelId parent) {
    const TreeSnapshotPtr tree = session->tree();
    if (!tree) return;
    int added = 0;
    for (const LabelId child : tree->tree.at(parent).children) {
        if (++added > kMenuLabels) break;
        const tree::Label& label = tree->tree.at(child);
        QString name = toQt(label.name);
        name.replace(u'&', QStringLiteral("&&"));
        if (label.children.empty()) {
            menu->addAction(name, q, [this, child] { setBranch(child, true); });
            continue;
        }
        QMenu* below = menu->addMenu(name);
        below->addAction(SearchPage::tr("All of %1").arg(name), q, [this, child] { setBranch(child, true); });
        below->addSeparator();
        QObject::connect(below, &QMenu::aboutToShow, q, [this, below, child] {
            constexpr int kFixed = 2;
            if (below->actions().size() <= kFixed) fillBranchMenu(below, child);
        });
    }
}

void SearchPage::Private::setBranch(LabelId label, bool tellSelection) {
    const TreeSnapshotPtr tree = session->tree();
    if (tree && (label == tree->tree.root() || !tree->tree.contains(label))) label = {};
    if (label == branch) return;
    branch = label;
    refreshBranch();
    if (tellSelection) {
        followingSelection = false;
        if (branch)
            selection->setLabel(branch);
        else
            selection->showAllDocuments();
        followingSelection = true;
    }
    search();
}

void SearchPage::Private::search() {
    debounce->stop();
    const QString text = query->text().trimmed();
    if (!session->isOpen()) return;
    if (session->status().documents == 0) {
        showEmpty(QStringLiteral("documents"), SearchPage::tr("No documents yet"),
                  SearchPage::tr("Search needs documents to look in."), SearchPage::tr("Import documents…"),
                  Offer::Import);
        return;
    }
    if (text.isEmpty()) {
        jobs->query()->cancel();
        asked.clear();
        hits->setHits({}, {});
        facetModel->clear();
        summary->setText({});
        showEmpty(QStringLiteral("search"), SearchPage::tr("Search by meaning, inside a branch"),
                  SearchPage::tr("Type a question or words. Choose a branch to look only there; the counts at the "
                                 "right say where else there is something."),
                  {}, Offer::None);
        return;
    }
    QJsonObject request{{QStringLiteral("query"), text},
                        {QStringLiteral("k"), kHits},
                        {QStringLiteral("mode"), mode->currentData().toString()}};
    if (mode->currentData().toString() != QLatin1String("words") && model->count() > 0)
        request.insert(QStringLiteral("model"), model->currentData().toString());
    if (branch) request.insert(QStringLiteral("branch"), QString::number(branch.value));
    patience->start();
    earlyShown = false;
    jobs->query()->search(
        request,
        [this, page = QPointer<SearchPage>(q)](Result<QJsonObject> answer) {
            if (page) show(std::move(answer));
        },
        [this, page = QPointer<SearchPage>(q)](const QJsonObject& answer) {
            if (page) showHits(readAnswer(answer, session->tree()), true);
        });
}

void SearchPage::Private::showEmpty(const QString& iconName, const QString& headline, const QString& line,
                                    const QString& button, Offer what) {
    offer = what;
    empty->setContent(iconName, headline, line, button);
    stack->setCurrentWidget(empty);
}

void SearchPage::Private::show(Result<QJsonObject> got) {
    patience->stop();
    if (!got) {
        if (got.error().code == ErrorCode::Cancelled) return;
        asked.clear();
        summary->setText({});
        QString sentence = toQt(got.error().message);
        if (!sentence.isEmpty()) sentence[0] = sentence[0].toUpper();
        const bool vectors = got.error().code == ErrorCode::InvalidState;
        showEmpty(QStringLiteral("warning"), SearchPage::tr("The search gave no answer"), sentence,
                  vectors ? SearchPage::tr("Compute vectors…") : SearchPage::tr("Search again"),
                  vectors ? Offer::Embed : Offer::Again);
        return;
    }
    showHits(readAnswer(*got, session->tree()), false);
}

/// \param early  the closest sentences are still looked for
void SearchPage::Private::showHits(SearchAnswer answer, bool early) {
    const bool rest = !early && earlyShown;  // hits and counts are there: only the sentences are new
    earlyShown = early;
    asked = answer.query;
    if (!rest) fillFacets(answer.facets);
    QStringList parts{SearchPage::tr("%Ln match(es)", nullptr, int(answer.matches))};
    if (!answer.branch.isEmpty() && answer.elsewhere > 0)
        parts << SearchPage::tr("%Ln elsewhere", nullptr, int(answer.elsewhere));
    constexpr double kSecondMs = 1000;
    if (early)
        parts << SearchPage::tr("finding the closest sentences…");
    else
        parts << (answer.ms < kSecondMs ? SearchPage::tr("%1 ms").arg(formatCount(qRound64(answer.ms)))
                                        : formatDuration(answer.ms / kSecondMs));
    if (answer.hits.empty()) {
        hits->setHits({}, asked);
        summary->setText({});
        if (!answer.branch.isEmpty() && answer.elsewhere > 0)
            showEmpty(QStringLiteral("search"),
                      SearchPage::tr("0 in %1, %2 elsewhere").arg(answer.branch.last(), formatCount(answer.elsewhere)),
                      SearchPage::tr("Nothing below this label matches “%1”.").arg(asked),
                      SearchPage::tr("Show the others"), Offer::Everywhere);
        else
            showEmpty(QStringLiteral("search"), SearchPage::tr("Nothing matches “%1”").arg(asked),
                      mode->currentData().toString() == QLatin1String("words") && canUseMeaning()
                          ? SearchPage::tr("No document holds these words. Searching by meaning may find others.")
                          : SearchPage::tr("Try other or fewer words."),
                      {}, Offer::None);
        return;
    }
    hits->setHits(std::move(answer.hits), asked);
    summary->setText(parts.join(QStringLiteral(" · ")));
    stack->setCurrentIndex(1);
    if (!rest) results->scrollToTop();
}

void SearchPage::Private::fillFacets(const std::vector<Facet>& list) {
    facetModel->clear();
    QHash<qint64, QStandardItem*> items;
    qint64 largest = 0;
    for (const Facet& facet : list) largest = std::max(largest, facet.count);
    QModelIndex chosen;
    for (const Facet& facet : list) {
        auto* item = new QStandardItem(facet.name);
        item->setData(qint64(facet.label.value), FacetDelegate::LabelRole);
        item->setData(facet.count, FacetDelegate::CountRole);
        item->setData(largest, FacetDelegate::LargestRole);
        item->setData(facet.label == branch, FacetDelegate::ChosenRole);
        item->setToolTip(SearchPage::tr("%1: %Ln match(es). Click to search only there.", nullptr, int(facet.count))
                             .arg(facet.name));
        item->setAccessibleText(SearchPage::tr("%1, %Ln match(es)", nullptr, int(facet.count)).arg(facet.name));
        QStandardItem* parent = items.value(facet.parent.value, facetModel->invisibleRootItem());
        parent->appendRow(item);
        items.insert(facet.label.value, item);
        if (facet.label == branch) chosen = item->index();
    }
    if (chosen.isValid()) {
        const QSignalBlocker quiet(facets->selectionModel());
        facets->setCurrentIndex(chosen);
        facets->expand(chosen);
    } else if (facetModel->rowCount() > 0 && facetModel->rowCount() <= 3) {
        facets->expandToDepth(0);
    }
}

void SearchPage::Private::open(const QModelIndex& index, bool activate) {
    if (!index.isValid()) return;
    session->document(
        index.data(SearchResultsModel::IdRole).toString(),
        [this, activate](Result<project::DocumentRecord> record) {
            if (!record) {
                if (activate && record.error().code != ErrorCode::Cancelled)
                    showError(q, record.error(), Activity::Other);
                return;
            }
            selection->setDocument(record->key);
            if (activate) Q_EMIT q->documentActivated(record->key);
        },
        q, this);
}

SearchPage::SearchPage(ProjectSession* session, JobManager* jobs, Selection* selection, QWidget* parent)
    : QWidget(parent), d(std::make_unique<Private>()) {
    setObjectName(QStringLiteral("searchPage"));
    setAccessibleName(tr("Search"));
    d->session = session;
    d->jobs = jobs;
    d->selection = selection;
    d->build(this);
    const auto start = [this] {
        d->refreshModels();
        d->refreshBranch();
        d->search();
    };
    connect(session, &ProjectSession::opened, this, start);
    connect(session, &ProjectSession::closed, this, [this] {
        d->branch = {};
        d->modelChosen = false;
        d->query->clear();
        d->refreshBranch();
    });
    connect(session, &ProjectSession::modelsChanged, this, [this] {
        d->refreshModels();
        d->search();
    });
    connect(session, &ProjectSession::documentsChanged, this, start);
    connect(session, &ProjectSession::treeChanged, this, [this] {
        d->refreshBranch();
        if (!d->asked.isEmpty()) d->search();  // paths and counts moved with the tree
    });
    connect(selection, &Selection::labelsChanged, this, [this] {
        if (!d->followingSelection) return;
        const bool one = d->selection->scope() == Selection::Scope::Label && d->selection->labels().size() == 1;
        if (one || d->selection->scope() == Selection::Scope::AllDocuments)
            d->setBranch(one ? d->selection->label() : LabelId{}, false);
    });
    start();
}

SearchPage::~SearchPage() = default;

void SearchPage::focusQuery() {
    d->query->setFocus(Qt::ShortcutFocusReason);
    d->query->selectAll();
}

void SearchPage::setModel(const QString& model) {
    d->refreshModels();
    const int at = d->model->findData(model);
    if (at < 0) return;
    d->modelChosen = true;
    d->model->setCurrentIndex(at);
}

void SearchPage::searchFor(const QString& query) {
    d->query->setText(query);
    d->search();
}

bool SearchPage::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (watched == d->query && key->key() == Qt::Key_Down && d->hits->rowCount() > 0) {
        d->results->setFocus(Qt::TabFocusReason);
        if (!d->results->currentIndex().isValid()) d->results->setCurrentIndex(d->hits->index(0));
        return true;
    }
    if (watched == d->results) {
        if (enter) {
            d->open(d->results->currentIndex(), true);
            return true;
        }
        if (key->key() == Qt::Key_Escape || (key->key() == Qt::Key_Up && d->results->currentIndex().row() <= 0)) {
            focusQuery();
            return true;
        }
    }
    if (watched == d->facets && (enter || key->key() == Qt::Key_Space)) {
        const QModelIndex index = d->facets->currentIndex();
        if (index.isValid()) d->setBranch(LabelId{index.data(FacetDelegate::LabelRole).toLongLong()}, true);
        return true;
    }
    if (watched == d->facets && key->key() == Qt::Key_Escape) {
        focusQuery();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace espalier::ui
