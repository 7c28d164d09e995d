// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <map>
#include <utility>

#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;

namespace {

/// Where every document is: hard path by id, and shares by label.
struct Places {
    std::map<std::int64_t, std::vector<LabelId>> path;
    std::map<std::int64_t, std::map<LabelId, double>> shares;
};

Places placesIn(Project& project) {
    Places places;
    const auto snapshot = project.tree().value();
    const auto hard = project.hardLabels().value();
    for (const auto& one : hard)
        places.path[one.key.value] = one.label ? snapshot->tree.path(one.label) : std::vector<LabelId>{};
    const auto all = project.allResting().value();
    for (const auto& one : all) places.shares[one.key.value] = tree::branchShares(snapshot->tree, one.resting);
    return places;
}

}  // namespace

class TestLastMove : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theBuildUntilSomethingElse() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(20)));
        const DocumentKey first = project->findDocument("d00000").value();
        QVERIFY(!project->lastMove(first).value().has_value());  // nothing placed it
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        const auto built = project->lastMove(first).value();
        QVERIFY(built.has_value());
        QCOMPARE(built->kind, std::string("build"));
        QCOMPARE(built->revision, project->revision().value());

        const auto snapshot = project->tree().value();
        const LabelId leaf = snapshot->tree.labelsAtLevel(1).front();
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, leaf, {}, "Renamed")));  // a name moves nothing
        VERIFY_OK(project->edit(makeEdit(EditKind::Note, leaf, {}, "Noted")));
        QCOMPARE(project->lastMove(first).value()->revision, built->revision);

        tree::Edit pin = makeEdit(EditKind::Pin, leaf);
        const LabelId elsewhere = project->document(first).value().hard;
        for (const LabelId label : snapshot->tree.labelsAtLevel(1))
            if (!snapshot->tree.inBranch(elsewhere, label)) pin.label = label;
        pin.document = first;
        VERIFY_OK(project->edit(pin));
        QCOMPARE(project->lastMove(first).value()->revision, project->revision().value());
        QCOMPARE(project->lastMove(first).value()->kind, std::string("edit"));
        VERIFY_OK(project->undo());
        QCOMPARE(project->lastMove(first).value()->revision, built->revision);
        VERIFY_OK(project->redo());
        QVERIFY(project->lastMove(first).value()->what.find("d00000") != std::string::npos);
    }

    void refusesWhatIsNotThere() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(3)));
        QCOMPARE(project->lastMove(DocumentKey{99}).error().code, ErrorCode::NotFound);
        const DocumentKey first = project->findDocument("d00000").value();
        QCOMPARE(project->lastMove(first, LabelId{99}).error().code, ErrorCode::NotFound);
        // A new label holds nobody, so nobody came to it.
        const auto root = project->tree().value()->tree.root();
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, root, "New")));
        QVERIFY(!project->lastMove(first).value().has_value());
    }

    /// The naive twin: after every act, note who moved; undo takes the note back.
    void agreesWithWatchingEveryAct() {
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            const TempFolder folder;
            const auto project = newProject(folder);
            VERIFY_OK(importText(*project, folder, corpus(40)));
            VERIFY_OK(adoptBuild(*project, madeBuild(*project, 3, 3, seed)));
            using Notes = std::map<std::int64_t, std::int64_t>;  // document -> revision
            Notes byPath;
            std::map<std::int64_t, std::map<LabelId, std::int64_t>> byShare;
            Places now = placesIn(*project);
            const std::int64_t built = project->revision().value();
            for (const auto& [key, path] : now.path)
                if (!path.empty() || now.shares.count(key) > 0) byPath[key] = built;
            for (const auto& [key, shares] : now.shares)
                for (const auto& [label, share] : shares) byShare[key][label] = built;
            std::vector<std::tuple<Notes, decltype(byShare), Places>> before;
            SplitMix64 random(seed * 77);
            int moves = 0;
            for (int act = 0; act < 60; ++act) {
                const auto snapshot = project->tree().value();
                const auto labels = snapshot->tree.depthFirst();
                const auto any = [&] { return labels[random.below(labels.size())]; };
                const DocumentKey document{
                    static_cast<std::int64_t>(now.path.begin()->first + static_cast<std::int64_t>(random.below(40)))};
                if (random.below(8) == 0 && !before.empty()) {
                    VERIFY_OK(project->undo());
                    std::tie(byPath, byShare, now) = before.back();
                    before.pop_back();
                } else {
                    tree::Edit edit;
                    const EditKind kinds[] = {EditKind::Move,    EditKind::Merge, EditKind::Retire,
                                              EditKind::Restore, EditKind::Pin,   EditKind::Pin,
                                              EditKind::Unpin,   EditKind::New,   EditKind::Rename};
                    edit.kind = kinds[random.below(std::size(kinds))];
                    edit.label = any();
                    if (edit.kind == EditKind::New || edit.kind == EditKind::Move) edit.parent = any();
                    if (edit.kind == EditKind::Merge) edit.others = {any()};
                    if (edit.kind == EditKind::Restore) {
                        if (snapshot->tree.formerLabels().empty()) continue;
                        edit.label = snapshot->tree.formerLabels().begin()->first;
                    }
                    edit.text = "name " + std::to_string(act);
                    edit.document = document;
                    edit.must = random.below(3) > 0;
                    if (edit.kind == EditKind::Unpin) {
                        if (snapshot->tree.pins().empty()) continue;
                        const auto& pin = snapshot->tree.pins()[random.below(snapshot->tree.pins().size())];
                        edit.document = pin.document;
                        edit.label = pin.label;
                    }
                    before.emplace_back(byPath, byShare, now);
                    const auto done = project->edit(edit);
                    if (!done) {
                        before.pop_back();
                        continue;
                    }
                    const Places after = placesIn(*project);
                    for (const auto& [key, path] : after.path)
                        if (path != now.path[key]) {
                            byPath[key] = done->revision;
                            ++moves;
                        }
                    for (auto& [key, shares] : now.shares) {
                        std::map<LabelId, double> all = shares;
                        const auto& then = after.shares.at(key);
                        all.insert(then.begin(), then.end());
                        for (const auto& [label, share] : all) {
                            const auto a = std::as_const(shares).find(label), b = then.find(label);
                            const double was = a == shares.end() ? 0 : a->second, is = b == then.end() ? 0 : b->second;
                            if (std::abs(was - is) > 1e-9) byShare[key][label] = done->revision;
                        }
                    }
                    now = after;
                }
                if (act % 4 != 0) continue;
                const auto current = project->tree().value();
                for (const auto& [key, path] : now.path) {
                    const auto found = project->lastMove(DocumentKey{key});
                    VERIFY_OK(found);
                    const auto note = byPath.find(key);
                    QCOMPARE(found->has_value() ? (*found)->revision : 0, note == byPath.end() ? 0 : note->second);
                }
                for (const auto& [key, labels2] : byShare) {
                    for (const auto& [label, revision] : labels2) {
                        if (key % 5 != 0 || !current->tree.contains(label) || label == current->tree.root()) continue;
                        const auto found = project->lastMove(DocumentKey{key}, label);
                        VERIFY_OK(found);
                        // In or out of the label by a pin counts too: then it is that act, which is never earlier.
                        QVERIFY2(found->has_value() && (*found)->revision >= revision,
                                 qPrintable(QString("document %1 label %2: %3 expected %4")
                                                .arg(key)
                                                .arg(label.value)
                                                .arg(found->has_value() ? (*found)->revision : 0)
                                                .arg(revision)));
                    }
                }
            }
            QVERIFY(moves > 30);
        }
    }

    void assignPlacesWhatCameLater() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(10)));
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        VERIFY_OK(importText(*project, folder, jsonLine("later", "peat and wheat"), "later.jsonl"));
        const DocumentKey later = project->findDocument("later").value();
        QVERIFY(!project->lastMove(later).value().has_value());
        const auto snapshot = project->tree().value();
        AssignResult assign;
        assign.fromRevision = project->revision().value();
        const LabelId leaf = snapshot->tree.labelsAtLevel(1).back();
        assign.resting.add(later, {{leaf.value, 1.0}});
        const auto job = project->newJobFolder("assign").value();
        VERIFY_OK(writeAssignResult(job, assign));
        VERIFY_OK(project->adopt(job));
        const auto placed = project->lastMove(later).value();
        QVERIFY(placed.has_value());
        QCOMPARE(placed->kind, std::string("assign"));
        QCOMPARE(project->lastMove(project->findDocument("d00000").value()).value()->kind, std::string("build"));
        // Merging the label that it is in moves it, and no other label's documents.
        tree::Edit merge = makeEdit(EditKind::Merge, snapshot->tree.labelsAtLevel(1).front());
        merge.others = {leaf};
        VERIFY_OK(project->edit(merge));
        QCOMPARE(project->lastMove(later).value()->kind, std::string("edit"));
        QCOMPARE(project->lastMove(later, merge.label).value()->kind, std::string("edit"));
    }
};

QTEST_APPLESS_MAIN(TestLastMove)
#include "tst_last_move.moc"
