// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/session/selection.h
/// What the user looks at, shared by tree, lists, search and inspector: ids only, so that it survives every edit.
///
/// Labels that an edit removed drop out of the selection when the tree changes (a merge or retire answers with the
/// label to select instead). Back and Forward walk what was looked at. Interface thread only.
#pragma once
#include <QList>
#include <QObject>
#include <vector>

#include "core/base/ids.h"
#include "core/project/smart_list.h"

namespace espalier::ui {

class ProjectSession;

class Selection : public QObject {
    Q_OBJECT
public:
    /// What the document list shows.
    enum class Scope {
        AllDocuments,
        Label,       ///< the branch of the current label
        Unassigned,  ///< documents that no label holds
        List,        ///< a smart list
        Proposals,   ///< no documents: what others want of the tree
    };

    explicit Selection(ProjectSession* session, QObject* parent = nullptr);

    Scope scope() const { return m_now.scope; }
    /// All selected labels in the order they were selected; the current one is among them.
    const QList<LabelId>& labels() const { return m_labels; }
    LabelId label() const { return m_now.label; }           ///< current label, or none
    project::SmartList list() const { return m_now.list; }  ///< for Scope::List
    /// For SmartList::Moved: the revision that documents are compared with.
    std::int64_t since() const { return m_now.since; }
    DocumentKey document() const { return m_now.document; }  ///< current document, or none
    /// The inspector shows what was selected last: the label or the document.
    bool documentIsSubject() const { return m_documentIsSubject; }

    void setLabel(LabelId label) { setLabels({label}, label); }
    /// \param current  one of `labels`; none clears (all documents)
    void setLabels(const QList<LabelId>& labels, LabelId current);
    void showUnassigned();
    void showAllDocuments();
    void showList(project::SmartList list, std::int64_t since = 0);
    void showProposals();
    void setDocument(DocumentKey document);
    void setSubject(bool document);
    void clear();  ///< nothing, no way back

    bool canGoBack() const { return m_at > 0; }
    bool canGoForward() const { return m_at + 1 < int(m_trail.size()); }

public Q_SLOTS:
    void back();
    void forward();

Q_SIGNALS:
    void labelsChanged();  ///< the set, the current one, or the scope
    void documentChanged(espalier::DocumentKey document);
    void subjectChanged(bool document);
    void trailChanged();  ///< canGoBack(), canGoForward()

private:
    struct Place {
        Scope scope = Scope::AllDocuments;
        project::SmartList list = project::SmartList::WeaklyPlaced;
        std::int64_t since = 0;
        LabelId label;
        DocumentKey document;
        friend bool operator==(const Place&, const Place&) = default;
    };
    void go(const Place& place);
    void showWithoutLabel(const Place& next);
    void remember();
    void dropMissing();

    ProjectSession* m_session;
    Place m_now;
    QList<LabelId> m_labels;
    bool m_documentIsSubject = false;
    std::vector<Place> m_trail;
    int m_at = -1;
};

}  // namespace espalier::ui
