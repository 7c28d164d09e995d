// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/expectation_watch.h"

#include <algorithm>

namespace espalier::ui {

using Expectations = std::vector<project::Expectation>;

ExpectationWatch::ExpectationWatch(ProjectSession* session, QObject* parent) : QObject(parent), m_session(session) {
    for (const auto signal : {&ProjectSession::opened, &ProjectSession::treeChanged, &ProjectSession::documentsChanged})
        connect(session, signal, this, &ExpectationWatch::refresh);
    connect(session, &ProjectSession::closed, this, [this] { take(Expectations{}); });
    if (session->isOpen()) refresh();
}

int ExpectationWatch::unmet() const {
    return int(std::count_if(m_all.begin(), m_all.end(), [](const project::Expectation& one) { return !one.ok; }));
}

void ExpectationWatch::refresh() {
    m_session->read<Expectations>([](project::Project& project, jobs::JobContext&) { return project.expectations(); },
                                  [this](Result<Expectations> found) { take(std::move(found)); }, this, this);
}

void ExpectationWatch::take(Result<Expectations> found) {
    if (!found) return;  // another project, or a newer question
    m_all = std::move(found).value();
    Q_EMIT changed();
}

void ExpectationWatch::add(const QString& text, std::function<void(const std::optional<Error>&)> done) {
    m_session->run<project::Expectation>(
        [text = fromQt(text)](project::Project& project, jobs::JobContext&) { return project.addExpectation(text); },
        [this, done = std::move(done)](const Result<project::Expectation>& made) {
            done(made ? std::nullopt : std::optional<Error>(made.error()));
            refresh();
        },
        this);
}

void ExpectationWatch::remove(qint64 id, std::function<void(const std::optional<Error>&)> done) {
    m_session->run<bool>(
        [id](project::Project& project, jobs::JobContext&) -> Result<bool> {
            ESPALIER_TRY(project.removeExpectation(id));
            return true;
        },
        [this, done = std::move(done)](const Result<bool>& removed) {
            done(removed ? std::nullopt : std::optional<Error>(removed.error()));
            refresh();
        },
        this);
}

}  // namespace espalier::ui
