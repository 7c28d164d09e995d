// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <cmath>

#include "core/base/atomic_file.h"
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
    std::map<DocumentKey, std::vector<tree::Resting>> restingOf;
    for (const auto& document : all) restingOf[document.key] = document.resting;
    std::int64_t unassigned = 0;
    const auto hardLabels = project.hardLabels().value();
    for (const auto& [key, hard] : hardLabels) {
        const auto& resting = restingOf[key];
        for (const auto& [id, share] : tree::branchShares(snapshot->tree, resting)) counts[id].mass += share;
        LabelId here = tree::hardLabel(snapshot->tree, resting,
                                       tree::pinRule(snapshot->tree, tree::pinsInForce(snapshot->tree, key)));
        if (here != hard) return "document " + std::to_string(key.value) + " is listed elsewhere";
        if (!here) ++unassigned;
        for (; here; here = snapshot->tree.at(here).parent) ++counts[here].documents;
    }
    if (unassigned != snapshot->unassigned) return "unassigned: " + std::to_string(snapshot->unassigned);
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
    for (const tree::Pin& pin : snapshot->tree.pins()) {
        text += std::to_string(pin.document.value) + (pin.must ? " must " : " must not ") +
                std::to_string(pin.label.value) + "\n";
    }
    return text;
}

tree::Edit makePin(std::int64_t document, LabelId label, bool must = true) {
    auto edit = makeEdit(EditKind::Pin, label);
    edit.document = DocumentKey{document};
    edit.must = must;
    return edit;
}

tree::Edit randomEdit(const tree::LabelTree& tree, SplitMix64& random) {
    const auto ids = tree.depthFirst();
    const auto any = [&] { return ids[random.below(ids.size())]; };
    switch (random.below(12)) {
        case 7:
            return makeEdit(EditKind::Lock, any());
        case 8: {
            for (const LabelId id : ids) {
                if (tree.at(id).locked) return makeEdit(EditKind::Unlock, id);
            }
            return makeEdit(EditKind::Unlock, any());
        }
        case 9:
        case 10:
            return makePin(static_cast<std::int64_t>(random.below(63)) + 1, any(), random.below(3) > 0);
        case 11: {
            if (tree.pins().empty()) return makeEdit(EditKind::Unpin, any());
            const tree::Pin& pin = tree.pins()[random.below(tree.pins().size())];
            auto edit = makeEdit(EditKind::Unpin, pin.label);
            edit.document = pin.document;
            return edit;
        }
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
        VERIFY_OK(
            importText(*project, folder, jsonLine("new1", "text one") + jsonLine("new2", "text two"), "new.jsonl"));
        SplitMix64 random(5);
        for (int step = 0; step < 100; ++step) {
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
            const auto assigned = static_cast<double>(project->allResting()->size());
            QVERIFY(std::abs(now->countsOf(now->tree.root()).mass - assigned) < 1e-6);
        }
        QCOMPARE(problems(*project), std::string());
        const auto json = project->treeJson().value();
        project = reopened(std::move(project));
        QCOMPARE(project->treeJson().value(), json);
    }

    void pinsDecideWhereADocumentIsListed() {
        TempFolder folder;
        auto project = grownProject(folder);
        const auto before = project->tree().value();
        const auto dumped = dump(*project);
        const auto record = project->document(DocumentKey{1}).value();
        const LabelId top = before->tree.path(record.hard).empty() ? LabelId{} : before->tree.path(record.hard).front();
        LabelId other, third;
        for (const LabelId id : before->tree.at(before->tree.root()).children) {
            if (id != top) other = id;
        }
        for (const LabelId id : before->tree.at(before->tree.root()).children) {
            if (id != other) third = id;
        }
        QCOMPARE(project->documentsMovedBy(makePin(1, other)).value(), std::int64_t{1});
        const auto pinned = project->edit(makePin(1, other));
        VERIFY_OK(pinned);
        QCOMPARE(pinned->what, "Pin 'd00000' under '" + before->tree.at(other).name + "'");
        QVERIFY(pinned->contradictions.empty());
        auto now = project->document(DocumentKey{1}).value();
        QVERIFY(project->tree().value()->tree.inBranch(now.hard, other));
        QVERIFY(now.resting == record.resting);  // the shares stay the fit's
        QCOMPARE(now.pins.size(), std::size_t{1});
        QVERIFY(now.pins[0].fitAgrees == false);
        QCOMPARE(project->tree().value()->countsOf(other).documents, before->countsOf(other).documents + 1);
        QCOMPARE(naiveCounts(*project), std::string());
        project::DocumentQuery query;
        query.branch = other;
        query.limit = -1;
        const auto page = project->documents(query).value();
        QCOMPARE(page.total, before->countsOf(other).documents + 1);
        QVERIFY(std::any_of(page.rows.begin(), page.rows.end(),
                            [&](const DocumentRow& row) { return row.key.value == 1 && row.labels.front() == other; }));
        project = reopened(std::move(project));
        QCOMPARE(project->document(DocumentKey{1})->hard, now.hard);
        const auto against = project->edit(makePin(1, third));  // cannot be obeyed beside the first: the later one is
        VERIFY_OK(against);
        QCOMPARE(against->contradictions.size(), std::size_t{1});
        QVERIFY(against->contradictions[0].text.find("document 'd00000': it must be under") == 0);
        QCOMPARE(project->pinContradictions()->size(), std::size_t{1});
        QVERIFY(project->tree().value()->tree.inBranch(project->document(DocumentKey{1})->hard, third));
        QCOMPARE(project->document(DocumentKey{1})->contradictions.size(), std::size_t{1});
        VERIFY_OK(project->undo());
        QVERIFY(project->pinContradictions()->empty());
        VERIFY_OK(project->undo());
        QCOMPARE(dump(*project), dumped);
        QCOMPARE(project->edit(makePin(99, other)).error().code, ErrorCode::NotFound);
        QCOMPARE(problems(*project), std::string());
    }

    void pinnedDocumentsWithoutMass() {
        TempFolder folder;
        auto project = grownProject(folder);
        VERIFY_OK(importText(*project, folder, jsonLine("new", "came later"), "new.jsonl"));
        const DocumentKey key = project->findDocument("new").value();
        const LabelId label = project->tree().value()->tree.at(LabelId{1}).children.front();
        const auto count = project->tree().value()->countsOf(label).documents;
        VERIFY_OK(project->edit(makePin(key.value, label)));
        QCOMPARE(project->document(key)->hard, label);
        QVERIFY(project->document(key)->pins.front().fitAgrees == std::nullopt);
        QCOMPARE(project->status()->unassigned, std::int64_t{0});
        QCOMPARE(project->tree().value()->countsOf(label).documents, count + 1);
        QVERIFY(project->withoutMass().value() == std::vector<DocumentKey>{key});  // still for assign to place
        VERIFY_OK(project->exportMemberships(folder / "shares.csv"));
        const std::string csv = readFile(folder / "shares.csv").value();
        QVERIFY2(csv.find("new," + std::to_string(label.value) + ",branch 0,0,0,1\n") != std::string::npos,
                 csv.c_str());
        AssignResult result;
        result.resting.add(key, {{1, 1.0}});
        const auto job = project->newJobFolder("assign").value();
        VERIFY_OK(writeAssignResult(job, result));
        QCOMPARE(project->adopt(job)->unassigned, std::int64_t{0});
        QCOMPARE(project->document(key)->hard, label);
        QCOMPARE(naiveCounts(*project), std::string());
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        QCOMPARE(project->status()->unassigned, std::int64_t{1});
        QCOMPARE(problems(*project), std::string());
    }

    void aNewTreeKeepsOutLocksAndSetsPinsAside() {
        TempFolder folder;
        auto project = grownProject(folder);
        VERIFY_OK(project->edit(makePin(1, LabelId{2})));
        VERIFY_OK(project->edit(makeEdit(EditKind::Lock, LabelId{2})));
        auto second = madeBuild(*project, 2, 2, 9);
        second.replace = true;
        const auto refused = adoptBuild(*project, second);
        QCOMPARE(refused.error().code, ErrorCode::InvalidState);
        QVERIFY(refused.error().message.find("'branch 0'") != std::string::npos);
        VERIFY_OK(project->edit(makeEdit(EditKind::Unlock, LabelId{2})));
        second.fromRevision = project->revision().value();
        const auto before = dump(*project);
        VERIFY_OK(adoptBuild(*project, second));
        QVERIFY(project->tree().value()->tree.pins().empty());
        QCOMPARE(naiveCounts(*project), std::string());
        QCOMPARE(problems(*project), std::string());
        VERIFY_OK(project->undo());
        QCOMPARE(dump(*project), before);
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

    void documentsMovedBySeveralEditsAreThoseThatMove() {
        TempFolder folder;
        auto project = grownProject(folder);
        const auto paths = [&project] {
            const auto tree = project->tree().value();
            const auto labels = project->hardLabels().value();
            std::vector<std::vector<LabelId>> all;
            for (const auto& [key, label] : labels)
                all.push_back(label ? tree->tree.path(label) : std::vector<LabelId>{});
            return all;
        };
        const auto before = paths();
        const auto snapshot = project->tree().value();
        const auto& tops = snapshot->tree.at(snapshot->tree.root()).children;
        const LabelId first = tops[0], second = tops[1];
        const LabelId child = snapshot->tree.at(first).children[0];
        // The child moves twice: into the other branch, and on with it.
        const std::vector<tree::Edit> edits{makeEdit(EditKind::Move, child, second),
                                            makeEdit(EditKind::Move, second, first)};
        const auto moved = project->documentsMovedBy(edits).value();
        for (const tree::Edit& edit : edits) VERIFY_OK(project->edit(edit));
        const auto after = paths();
        std::int64_t changed = 0;
        for (std::size_t d = 0; d < after.size(); ++d) changed += after[d] != before[d] ? 1 : 0;
        QVERIFY(changed > 0);
        QCOMPARE(moved, changed);
        const std::vector<tree::Edit> circle{makeEdit(EditKind::Move, first, second)};
        QCOMPARE(project->documentsMovedBy(circle).error().code, ErrorCode::InvalidArgument);
    }

    void namesOfAllDocuments() {
        TempFolder folder;
        auto project = grownProject(folder);
        const auto names = project->documentNames().value();
        QCOMPARE(std::int64_t(names.size()), project->documentCount().value());
        for (const auto& name : names) {
            const auto document = project->document(name.key).value();
            QCOMPARE(name.id, document.document.id);
            QCOMPARE(name.title, document.document.title);
        }
        QVERIFY(std::is_sorted(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.key < b.key; }));
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
