// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/selection.h"

#include "ui/session/project_session.h"

namespace espalier::ui {
namespace {
constexpr std::size_t kLongestTrail = 200;
}

Selection::Selection(ProjectSession* session, QObject* parent) : QObject(parent), m_session(session) {
    connect(session, &ProjectSession::treeChanged, this, &Selection::dropMissing);
    connect(session, &ProjectSession::opened, this, &Selection::clear);
    connect(session, &ProjectSession::closed, this, &Selection::clear);
}

void Selection::setLabels(const QList<LabelId>& labels, LabelId current) {
    Place next = m_now;
    next.scope = current ? Scope::Label : Scope::AllDocuments;
    next.label = current;
    QList<LabelId> chosen = current ? labels : QList<LabelId>();
    if (current && !chosen.contains(current)) chosen.append(current);
    const bool same = next == m_now && chosen == m_labels;
    m_labels = chosen;
    if (!same) {
        m_now = next;
        remember();
        Q_EMIT labelsChanged();
    }
    setSubject(false);
}

void Selection::showUnassigned() {
    Place next = m_now;
    next.scope = Scope::Unassigned;
    showWithoutLabel(next);
}

void Selection::showList(project::SmartList list, std::int64_t since) {
    Place next = m_now;
    next.scope = Scope::List;
    next.list = list;
    next.since = since;
    showWithoutLabel(next);
}

void Selection::showProposals() {
    Place next = m_now;
    next.scope = Scope::Proposals;
    showWithoutLabel(next);
}

void Selection::showWithoutLabel(const Place& wanted) {
    Place next = wanted;
    next.label = {};
    if (next == m_now) return;
    m_now = next;
    m_labels.clear();
    remember();
    Q_EMIT labelsChanged();
    setSubject(m_now.document.value != 0);
}

void Selection::showAllDocuments() {
    setLabels({}, {});
}

void Selection::setDocument(DocumentKey document) {
    if (m_now.document != document) {
        m_now.document = document;
        remember();
        Q_EMIT documentChanged(document);
    }
    setSubject(document.value != 0);
}

void Selection::setSubject(bool document) {
    if (m_documentIsSubject == document) return;
    m_documentIsSubject = document;
    Q_EMIT subjectChanged(document);
}

void Selection::clear() {
    m_now = {};
    m_labels.clear();
    m_trail.clear();
    m_at = -1;
    m_documentIsSubject = false;
    Q_EMIT labelsChanged();
    Q_EMIT documentChanged({});
    Q_EMIT subjectChanged(false);
    Q_EMIT trailChanged();
}

void Selection::remember() {
    if (m_at >= 0 && m_trail[std::size_t(m_at)] == m_now) return;
    m_trail.resize(std::size_t(m_at) + 1);
    m_trail.push_back(m_now);
    if (m_trail.size() > kLongestTrail) m_trail.erase(m_trail.begin());
    m_at = int(m_trail.size()) - 1;
    Q_EMIT trailChanged();
}

void Selection::back() {
    if (!canGoBack()) return;
    --m_at;
    go(m_trail[std::size_t(m_at)]);
}

void Selection::forward() {
    if (!canGoForward()) return;
    ++m_at;
    go(m_trail[std::size_t(m_at)]);
}

void Selection::go(const Place& place) {
    const Place before = m_now;
    m_now = place;
    const auto tree = m_session->tree();
    if (m_now.label && (!tree || !tree->tree.contains(m_now.label))) {
        m_now.label = {};
        m_now.scope = Scope::AllDocuments;
    }
    m_labels = m_now.label ? QList<LabelId>{m_now.label} : QList<LabelId>{};
    const bool labels = before.label != m_now.label || before.scope != m_now.scope || before.list != m_now.list ||
                        before.since != m_now.since;
    if (labels) Q_EMIT labelsChanged();
    if (before.document != m_now.document) Q_EMIT documentChanged(m_now.document);
    setSubject(!labels && m_now.document.value != 0);
    Q_EMIT trailChanged();
}

void Selection::dropMissing() {
    const auto tree = m_session->tree();
    // A merged or retired label leads to the one that took its documents.
    const auto kept = [&tree](LabelId id) {
        if (!tree || !id) return LabelId{};
        const LabelId next = tree->tree.successor(id);
        return next == tree->tree.root() ? LabelId{} : next;
    };
    QList<LabelId> labels;
    for (const LabelId id : m_labels)
        if (const LabelId next = kept(id); next && !labels.contains(next)) labels.append(next);
    LabelId current = kept(m_now.label);
    if (!current && !labels.isEmpty()) current = labels.last();
    if (labels == m_labels && current == m_now.label) return;
    m_labels = labels;
    m_now.label = current;
    if (!current && m_now.scope == Scope::Label) m_now.scope = Scope::AllDocuments;
    Q_EMIT labelsChanged();
}

}  // namespace espalier::ui
