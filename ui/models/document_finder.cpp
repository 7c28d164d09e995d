// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/document_finder.h"

#include <algorithm>

#include "ui/models/fuzzy.h"

namespace espalier::ui {
namespace {
/// Below this the letters are too far apart to be what somebody meant, and half of all documents would be hits.
constexpr double kLeastScore = 1.8;
constexpr std::size_t kBetweenStops = 4096;
}  // namespace

DocumentCatalogue::DocumentCatalogue(const std::vector<project::DocumentName>& names) {
    m_entries.reserve(names.size());
    for (const project::DocumentName& name : names) {
        Entry entry;
        entry.key = name.key;
        entry.id = name.id;
        entry.title = name.title;
        m_entries.push_back(std::move(entry));
    }
    std::sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
    for (Entry& entry : m_entries) {
        entry.idAt = m_folded.size();
        m_folded += foldForSearch(toQt(entry.id));
        entry.titleAt = m_folded.size();
        m_folded += foldForSearch(toQt(entry.title));
        entry.end = m_folded.size();
        entry.letters = FuzzyNeedle::letters(QStringView(m_folded).sliced(entry.idAt));
    }
}

QString DocumentCatalogue::id(qint64 row) const {
    return toQt(m_entries[std::size_t(row)].id);
}

QString DocumentCatalogue::title(qint64 row) const {
    const Entry& entry = m_entries[std::size_t(row)];
    return toQt(entry.title.empty() ? entry.id : entry.title);
}

std::vector<DocumentCatalogue::Hit> DocumentCatalogue::find(const QString& pattern, std::size_t most, qint64* total,
                                                            const std::function<bool()>& stop) const {
    const FuzzyNeedle needle(pattern);
    std::vector<Hit> hits;
    const QStringView folded(m_folded);
    for (std::size_t at = 0; at < m_entries.size() && !needle.empty(); ++at) {
        if (at % kBetweenStops == 0 && stop && stop()) break;
        const Entry& entry = m_entries[at];
        if ((entry.letters & needle.letters()) != needle.letters()) continue;
        const double score = std::max(needle.score(folded.sliced(entry.idAt, entry.titleAt - entry.idAt)),
                                      needle.score(folded.sliced(entry.titleAt, entry.end - entry.titleAt)));
        if (score >= kLeastScore) hits.push_back({qint64(at), score});
    }
    if (total) *total = qint64(hits.size());
    const auto better = [](const Hit& a, const Hit& b) {
        return a.score != b.score ? a.score > b.score : a.row < b.row;
    };
    if (hits.size() > most) {
        std::partial_sort(hits.begin(), hits.begin() + std::ptrdiff_t(most), hits.end(), better);
        hits.resize(most);
    } else {
        std::sort(hits.begin(), hits.end(), better);
    }
    return hits;
}

DocumentFinder::DocumentFinder(ProjectSession* session, QObject* parent) : QObject(parent), m_session(session) {
    // New names for new questions; those on their way keep what they began with.
    const auto forget = [this] { m_names = std::make_shared<Names>(); };
    connect(session, &ProjectSession::documentsChanged, this, forget);
    connect(session, &ProjectSession::closed, this, [this, forget] {
        forget();
        cancel();
    });
}

Result<std::shared_ptr<const DocumentCatalogue>> DocumentFinder::catalogue(const std::shared_ptr<Names>& names,
                                                                           project::Project& project) {
    if (!names->catalogue) {
        ESPALIER_ASSIGN(const auto read, project.documentNames());
        names->catalogue = std::make_shared<DocumentCatalogue>(read);
    }
    return names->catalogue;
}

void DocumentFinder::prepare() {
    if (!m_session->isOpen()) return;
    m_session->read<bool>(
        [names = m_names](project::Project& project, jobs::JobContext&) -> Result<bool> {
            ESPALIER_ASSIGN(const auto made, catalogue(names, project));
            return made != nullptr;
        },
        [](const Result<bool>&) {}, this);
}

void DocumentFinder::cancel() {
    ++m_question;
}

void DocumentFinder::find(const QString& pattern, std::function<void(const Answer&)> done, const QObject* context) {
    const quint64 question = ++m_question;
    m_session->read<Answer>(
        [names = m_names, pattern](project::Project& project, jobs::JobContext& job) -> Result<Answer> {
            ESPALIER_ASSIGN(const auto all, catalogue(names, project));
            ESPALIER_TRY(job.checkStop());
            Answer answer;
            answer.pattern = pattern;
            const auto hits = all->find(pattern, kMost, &answer.total, [&job] { return job.shouldStop(); });
            ESPALIER_TRY(job.checkStop());
            ESPALIER_ASSIGN(const auto labels, project.hardLabels());
            for (const DocumentCatalogue::Hit& hit : hits) {
                Document document;
                document.key = all->key(hit.row);
                document.id = all->id(hit.row);
                document.title = all->title(hit.row);
                document.score = hit.score;
                const auto at =
                    std::lower_bound(labels.begin(), labels.end(), document.key,
                                     [](const project::HardLabel& label, DocumentKey key) { return label.key < key; });
                if (at != labels.end() && at->key == document.key) document.label = at->label;
                answer.documents.push_back(std::move(document));
            }
            return answer;
        },
        [this, question, done = std::move(done)](const Result<Answer>& answer) {
            if (answer && question == m_question) done(*answer);
        },
        context, this);
}

}  // namespace espalier::ui
