// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <cmath>

#include "core/tree/tree_json.h"
#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;

namespace {
/// Project of 60 documents and a tree of 3 branches with 3 leaves each.
std::unique_ptr<Project> grownProject(const TempFolder& folder) {
    auto project = newProject(folder);
    if (!importText(*project, folder, corpus(60)) || !adoptBuild(*project, madeBuild(*project, 3, 3)))
        qFatal("fixture");
    return project;
}

std::unique_ptr<Project> reopened(std::unique_ptr<Project> project) {
    const auto path = project->folder();
    project.reset();
    auto opened = Project::open(path, Access::ReadWrite);
    if (!opened) qFatal("%s", opened.error().message.c_str());
    return std::move(opened).value();
}

/// Counts made by the plain definitions of core/tree, document by document.
std::string naiveCounts(Project& project) {
    const auto snapshot = project.tree().value();
    std::map<LabelId, LabelCounts> counts;
    for (const auto& [id, label] : snapshot->tree.labels()) counts[id] = {};
    const auto all = project.allResting().value();
    for (const auto& document : all) {
        for (const auto& [id, share] : tree::branchShares(snapshot->tree, document.resting)) counts[id].mass += share;
        LabelId here = tree::hardLabel(snapshot->tree, document.resting);
        for (; here; here = snapshot->tree.at(here).parent) ++counts[here].documents;
    }
    for (const auto& [id, naive] : counts) {
        const auto known = snapshot->countsOf(id);
        if (known.documents != naive.documents || std::abs(known.mass - naive.mass) > 1e-6) {
            return "label " + std::to_string(id.value) + ": " + std::to_string(known.documents) + " instead of " +
                   std::to_string(naive.documents);
        }
    }
    return {};
}

/// Everything an outsider sees of the tree.
std::string dump(Project& project) {
    std::string text = project.treeJson().value();
    const auto snapshot = project.tree().value();
    for (const auto& [id, label] : snapshot->tree.labels()) text += tree::labelToJson(label) + "\n";
    return text;
}

tree::Edit randomEdit(const tree::LabelTree& tree, SplitMix64& random) {
    const auto ids = tree.depthFirst();
    const auto any = [&] { return ids[random.below(ids.size())]; };
    switch (random.below(7)) {
        case 0:
            return makeEdit(EditKind::New, {}, any(), "new");
        case 1:
            return makeEdit(EditKind::Rename, any(), {}, "renamed");
        case 2:
            return makeEdit(EditKind::Move, any(), any());
        case 3: {
            auto edit = makeEdit(EditKind::Merge, any());
            edit.others = {any()};
            return edit;
        }
        case 4:
            return makeEdit(EditKind::Retire, any());
        case 5:
            return makeEdit(EditKind::Restore,
                            tree.formerLabels().empty() ? any() : tree.formerLabels().begin()->first);
        default:
            return makeEdit(EditKind::Note, any(), {}, "note");
    }
}
}  // namespace

class TestJournal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void editsAreEntriesAndRevisionsGrow() {
        TempFolder folder;
        auto project = newProject(folder);
        project->setActor("Curator");
        const auto made = project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "Soil"));
        VERIFY_OK(made);
        QCOMPARE(made->revision, std::int64_t{1});
        QCOMPARE(made->label.value, std::int64_t{2});
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, made->label, {}, "Earth")));
        QCOMPARE(project->undoText().value(), std::string("Rename 'Soil' to 'Earth'"));
        const auto undone = project->undo();
        VERIFY_OK(undone);
        QCOMPARE(undone->revision, std::int64_t{3});
        QCOMPARE(undone->what, std::string("Rename 'Soil' to 'Earth'"));
        QCOMPARE(project->tree().value()->tree.at(made->label).name, std::string("Soil"));
        QCOMPARE(project->redo()->revision, std::int64_t{4});
        const auto history = project->history().value();
        QCOMPARE(history.size(), std::size_t{2});
        QCOMPARE(history[0].kind, std::string("edit"));
        QCOMPARE(history[0].actor, std::string("Curator"));
        QVERIFY(!history[1].undone);
        QCOMPARE(problems(*project), std::string());
    }

    void idsAreNeverReused() {
        TempFolder folder;
        auto project = newProject(folder);
        QCOMPARE(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "A"))->label.value, std::int64_t{2});
        VERIFY_OK(project->undo());
        QCOMPARE(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "B"))->label.value, std::int64_t{3});
    }

    void nothingToUndoOrRedo() {
        TempFolder folder;
        auto project = newProject(folder);
        QCOMPARE(project->undo().error().code, ErrorCode::InvalidState);
        QCOMPARE(project->redo().error().code, ErrorCode::InvalidState);
        VERIFY_OK(importText(*project, folder, corpus(3)));
        QCOMPARE(project->undo().error().code, ErrorCode::InvalidState);  // an import is not undone
        QCOMPARE(project->revision().value(), std::int64_t{1});
        QVERIFY(project->undoText()->empty());
    }

    void refusedEditsLeaveNoTrace() {
        TempFolder folder;
        auto project = grownProject(folder);
        const auto before = dump(*project);
        const auto revision = project->revision().value();
        QCOMPARE(project->edit(makeEdit(EditKind::Move, LabelId{2}, LabelId{5})).error().code,
                 ErrorCode::InvalidArgument);
        QCOMPARE(project->edit(makeEdit(EditKind::Rename, LabelId{2}, {}, "")).error().code,
                 ErrorCode::InvalidArgument);
        QCOMPARE(project->edit(makeEdit(EditKind::Rename, LabelId{99}, {}, "x")).error().code, ErrorCode::NotFound);
        QCOMPARE(dump(*project), before);
        QCOMPARE(project->revision().value(), revision);
    }

    void undoneFutureStaysAsABranch() {
        TempFolder folder;
        auto project = newProject(folder);
        for (const char* name : {"A", "B", "C"})
            VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, name)));
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "D")));
        QCOMPARE(project->redo().error().code, ErrorCode::InvalidState);
        const auto history = project->history().value();
        QCOMPARE(history.size(), std::size_t{4});
        QVERIFY(!history[0].undone && history[1].undone && history[2].undone && !history[3].undone);
        QCOMPARE(history[3].parent, history[0].id);
        QCOMPARE(history[2].parent, history[1].id);
        VERIFY_OK(project->undo());
        QCOMPARE(project->redoText().value(), std::string("New label 'D' under 'All documents'"));  // undone last
        QCOMPARE(project->redo()->what, std::string("New label 'D' under 'All documents'"));
        QCOMPARE(problems(*project), std::string());
    }

    void undoAndRedoSurviveReopening() {
        TempFolder folder;
        auto project = grownProject(folder);
        std::vector<std::string> states{dump(*project)};
        SplitMix64 random(11);
        int done = 0;
        while (done < 15) {
            if (project->edit(randomEdit(project->tree().value()->tree, random))) {
                states.push_back(dump(*project));
                ++done;
            }
        }
        for (int i = done; i > 0; --i) {
            if (i % 4 == 0) project = reopened(std::move(project));
            VERIFY_OK(project->undo());
            QCOMPARE(dump(*project), states[static_cast<std::size_t>(i - 1)]);
        }
        for (int i = 1; i <= done; ++i) {
            if (i % 4 == 0) project = reopened(std::move(project));
            VERIFY_OK(project->redo());
            QCOMPARE(dump(*project), states[static_cast<std::size_t>(i)]);
        }
        QCOMPARE(problems(*project), std::string());
    }

    void undoOfABuildBringsTheOldTreeBack() {
        TempFolder folder;
        auto project = grownProject(folder);
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, LabelId{2}, {}, "mine")));
        const auto before = dump(*project);
        auto second = madeBuild(*project, 2, 2, 9);
        QCOMPARE(adoptBuild(*project, second).error().code, ErrorCode::AlreadyExists);
        second.replace = true;
        VERIFY_OK(adoptBuild(*project, second));
        QCOMPARE(naiveCounts(*project), std::string());
        const auto after = dump(*project);
        QVERIFY(!project->tree().value()->tree.contains(LabelId{2}));
        VERIFY_OK(project->undo());
        QCOMPARE(dump(*project), before);
        VERIFY_OK(project->undo());  // the rename
        VERIFY_OK(project->redo());
        VERIFY_OK(project->redo());
        QCOMPARE(dump(*project), after);
        project = reopened(std::move(project));
        QCOMPARE(dump(*project), after);
        QCOMPARE(problems(*project), std::string());
        for (int i = 0; i < 3; ++i) VERIFY_OK(project->undo());
        QCOMPARE(project->status()->unassigned, std::int64_t{60});
        QCOMPARE(project->tree().value()->tree.size(), std::size_t{1});
    }

    /// Sequences of edits, undo and redo: the incremental counts equal the plain definitions, mass is kept, other
    /// labels rest byte-equal.
    void randomSequencesKeepTheCountsRight() {
        TempFolder folder;
        auto project = grownProject(folder);
        SplitMix64 random(5);
        for (int step = 0; step < 60; ++step) {
            const auto before = project->tree().value();
            const std::size_t choice = random.below(10);
            if (choice == 0)
                (void)project->undo();
            else if (choice == 1)
                (void)project->redo();
            else
                (void)project->edit(randomEdit(before->tree, random));
            QCOMPARE(naiveCounts(*project), std::string());
            const auto now = project->tree().value();
            const auto assigned = static_cast<double>(now->documents - now->unassigned);
            QVERIFY(std::abs(now->countsOf(now->tree.root()).mass - assigned) < 1e-6);
        }
        QCOMPARE(problems(*project), std::string());
        const auto json = project->treeJson().value();
        project = reopened(std::move(project));
        QCOMPARE(project->treeJson().value(), json);
    }

    void documentsMovedByAnEdit() {
        TempFolder folder;
        auto project = grownProject(folder);
        const auto snapshot = project->tree().value();
        const LabelId branch = snapshot->tree.at(snapshot->tree.root()).children[0];
        const auto through = snapshot->countsOf(branch).documents;
        QVERIFY(through > 0);
        const auto edit = makeEdit(EditKind::Move, branch, snapshot->tree.at(snapshot->tree.root()).children[1]);
        QVERIFY(project->documentsMovedBy(edit).value() >= through);
        QCOMPARE(project->documentsMovedBy(makeEdit(EditKind::Rename, branch, {}, "x")).value(), std::int64_t{0});
        QCOMPARE(project->revision().value(), snapshot->revision);
    }

    void anotherOpenProjectSeesTheNewRevision() {
        TempFolder folder;
        auto writer = grownProject(folder);
        auto reader = Project::open(writer->folder(), Access::ReadOnly);
        VERIFY_OK(reader);
        const auto first = (*reader)->tree().value();
        VERIFY_OK(writer->edit(makeEdit(EditKind::Rename, LabelId{2}, {}, "seen")));
        const auto second = (*reader)->tree().value();
        QVERIFY(second->revision > first->revision);
        QCOMPARE(second->tree.at(LabelId{2}).name, std::string("seen"));
        QVERIFY(first->tree.at(LabelId{2}).name != "seen");
        QCOMPARE((*reader)->edit(makeEdit(EditKind::Rename, LabelId{2}, {}, "x")).error().code,
                 ErrorCode::InvalidState);
    }
};

QTEST_APPLESS_MAIN(TestJournal)
#include "tst_journal.moc"
