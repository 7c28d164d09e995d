// SPDX-License-Identifier: Apache-2.0
/// Splits and re-fits as proposals: looked at, taken whole or in parts, undone.
#include <QTest>
#include <cmath>
#include <filesystem>
#include <set>

#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;
namespace fs = std::filesystem;

namespace {
std::unique_ptr<Project> withTree(const TempFolder& folder, int documents = 60) {
    auto project = newProject(folder);
    if (!importText(*project, folder, corpus(documents)) || !adoptBuild(*project, madeBuild(*project, 2, 2)))
        qFatal("fixture");
    return project;
}

using Everything = std::pair<std::string, std::vector<std::pair<std::int64_t, std::vector<tree::Resting>>>>;
/// Tree and memberships, to compare exactly.
Everything everything(Project& project) {
    Everything all;
    all.first = project.treeJson().value();
    const auto resting = project.allResting().value();
    for (const auto& document : resting) all.second.emplace_back(document.key.value, document.resting);
    return all;
}

bool sumsAreWhole(Project& project) {
    const auto resting = project.allResting().value();
    for (const auto& document : resting) {
        double sum = 0;
        for (const auto& rest : document.resting) sum += rest.mass;
        if (std::abs(sum - 1) > 1e-6) return false;
    }
    return true;
}

/// Mass that rests at a label itself.
double massAt(Project& project, LabelId label) {
    double sum = 0;
    const auto resting = project.allResting().value();
    for (const auto& document : resting) {
        for (const auto& rest : document.resting) sum += rest.label == label ? rest.mass : 0;
    }
    return sum;
}

constexpr LabelId kLeaf{7};  // of madeBuild(2, 2): 1 root, 2 3 branches, 4 5 6 7 leaves
}  // namespace

class TestProposals : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void shapedIsWhatAnEditInEffectDid() {
        TempFolder folder;
        auto project = withTree(folder);
        using Ids = std::set<LabelId>;
        QVERIFY(project->shapedLabels().value().empty());
        VERIFY_OK(project->edit(makeEdit(EditKind::Lock, LabelId{4})));
        VERIFY_OK(project->edit(makeEdit(EditKind::Unlock, LabelId{4})));
        QVERIFY(project->shapedLabels().value().empty());  // a lock says nothing of the subject
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, LabelId{4}, {}, "Peat")));
        VERIFY_OK(project->edit(makeEdit(EditKind::Note, LabelId{5}, {}, "wet")));
        VERIFY_OK(project->edit(makeEdit(EditKind::Move, LabelId{6}, LabelId{2})));
        QVERIFY(project->shapedLabels().value() == (Ids{LabelId{4}, LabelId{5}, LabelId{6}}));
        VERIFY_OK(project->undo());
        QVERIFY(project->shapedLabels().value() == (Ids{LabelId{4}, LabelId{5}}));
        tree::Edit pin = makeEdit(EditKind::Pin, LabelId{3});
        pin.document = project->findDocument("d00001").value();
        VERIFY_OK(project->edit(pin));
        VERIFY_OK(project->adopt(proposed(*project, madeSplit(*project, kLeaf, 2))));
        QVERIFY(project->shapedLabels().value() == (Ids{LabelId{3}, LabelId{4}, LabelId{5}, LabelId{8}, LabelId{9}}));
        tree::Edit retire = makeEdit(EditKind::Retire, LabelId{4});
        retire.to = LabelId{6};
        VERIFY_OK(project->edit(retire));
        QVERIFY(project->shapedLabels().value() == (Ids{LabelId{3}, LabelId{5}, LabelId{6}, LabelId{8}, LabelId{9}}));
    }

    void aSplitIsOneUndoableEdit() {
        TempFolder folder;
        auto project = withTree(folder);
        const auto before = everything(*project);
        const auto treeBefore = project->tree().value();
        const double mass = massAt(*project, kLeaf);
        const auto job = proposed(*project, madeSplit(*project, kLeaf, 2));

        const auto diff = project->preview(job);
        VERIFY_OK(diff);
        QCOMPARE(diff->added.size(), std::size_t{2});
        QVERIFY(diff->removed.empty() && diff->renamed.empty() && diff->moved.empty() && diff->refitted.empty());
        QVERIFY(everything(*project) == before);  // nothing is changed yet

        const auto outcome = project->adopt(job);
        VERIFY_OK(outcome);
        QCOMPARE(outcome->kind, std::string("split"));
        QVERIFY(!fs::exists(job));
        const auto snapshot = project->tree().value();
        const tree::Label& leaf = snapshot->tree.at(kLeaf);
        QCOMPARE(leaf.children.size(), std::size_t{2});
        QVERIFY(leaf.stopReason.empty());
        QCOMPARE(snapshot->stability->at(kLeaf), std::string(R"([{"k":2}])"));
        QVERIFY(sumsAreWhole(*project));
        QVERIFY(std::abs(massAt(*project, kLeaf) - mass / 4) < 1e-9);
        std::int64_t through = 0;
        for (std::size_t i = 0; i < 2; ++i) {
            const tree::Label& part = snapshot->tree.at(leaf.children[i]);
            QCOMPARE(part.name, diff->added[i].name);
            QCOMPARE(snapshot->countsOf(part.id).documents, diff->added[i].documents);
            through += diff->added[i].documents;
        }
        QVERIFY(through > 0);
        // Every other label is as it was.
        for (const auto& [id, label] : treeBefore->tree.labels()) {
            if (id != kLeaf) QVERIFY(snapshot->tree.at(id) == label);
        }
        QCOMPARE(problems(*project), std::string());

        const auto after = everything(*project);
        QCOMPARE(project->undo()->what, outcome->name);
        QVERIFY(everything(*project) == before);
        QVERIFY(project->growthSteps()->empty());
        QCOMPARE(project->tree().value()->stability->count(kLeaf), treeBefore->stability->count(kLeaf));
        QCOMPARE(problems(*project), std::string());
        VERIFY_OK(project->redo());
        QVERIFY(everything(*project) == after);
        QCOMPARE(problems(*project), std::string());
        // Another process reads the same.
        auto other = Project::open(folder / "p.espalier", Access::ReadOnly).value();
        QVERIFY(everything(*other) == after);
    }

    void partsThatAreNotTakenStay() {
        TempFolder folder;
        auto project = withTree(folder);
        const double mass = massAt(*project, kLeaf);
        const auto job = proposed(*project, madeSplit(*project, kLeaf, 3));
        Acceptance acceptance;
        acceptance.take = std::vector<int>{2};
        acceptance.names[2] = "Peat";
        const auto diff = project->preview(job, acceptance);
        VERIFY_OK(diff);
        QCOMPARE(diff->added.size(), std::size_t{3});
        QVERIFY(!diff->added[0].taken && diff->added[1].taken && !diff->added[2].taken);
        QCOMPARE(diff->added[0].documents, std::int64_t{0});
        VERIFY_OK(project->adopt(job, acceptance));
        const auto snapshot = project->tree().value();
        QCOMPARE(snapshot->tree.at(kLeaf).children.size(), std::size_t{1});
        const tree::Label& part = snapshot->tree.at(snapshot->tree.at(kLeaf).children.front());
        QCOMPARE(part.name, std::string("Peat"));
        QVERIFY(part.nameByUser);
        QVERIFY(sumsAreWhole(*project));
        QVERIFY(std::abs(massAt(*project, kLeaf) + massAt(*project, part.id) - mass) < 1e-9);
        QVERIFY(massAt(*project, part.id) > 0);
        QCOMPARE(project->growthSteps()->front().sources, std::vector<LabelId>{kLeaf});
        QCOMPARE(problems(*project), std::string());
    }

    void refitChangesLabelsInPlace() {
        TempFolder folder;
        auto project = withTree(folder);
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, LabelId{4}, {}, "Mine")));
        const auto before = everything(*project);
        const auto snapshot = project->tree().value();
        // Branch 2 with leaves 4 and 5: 4 goes on under another name and other terms, 5 leaves for it, one is new.
        Proposal proposal;
        proposal.kind = ProposalKind::Refit;
        proposal.fromRevision = snapshot->revision;
        proposal.labels.push_back({-1, LabelId{2}, "branch 0", snapshot->tree.at(LabelId{2}).terms, "", "[]", {}});
        proposal.labels.push_back({0, LabelId{4}, "Ignored", {{"new", 0.9}}, "too few", "[]", {}});
        proposal.labels.push_back({0, {}, "Fresh", {{"fresh", 0.9}}, "too few", "[]", {}});
        proposal.labels.push_back({2, LabelId{7}, "Moved here", {{"moved", 0.9}}, "too few", "[]", {}});
        proposal.removed.push_back({LabelId{5}, LabelId{4}});
        proposal.sources = {LabelId{2}, LabelId{4}, LabelId{5}};
        std::int64_t turn = 0;
        const auto all = project->allResting().value();
        for (const auto& document : all) {
            double mass = 0;
            for (const auto& rest : document.resting)
                mass +=
                    rest.label == LabelId{2} || rest.label == LabelId{4} || rest.label == LabelId{5} ? rest.mass : 0;
            if (mass > 0) proposal.resting.add(document.key, {{1 + turn++ % 2, mass}});
        }
        const auto job = proposed(*project, proposal);
        const auto diff = project->preview(job);
        VERIFY_OK(diff);
        QCOMPARE(diff->added.size(), std::size_t{1});
        QCOMPARE(diff->removed.size(), std::size_t{1});
        QCOMPARE(diff->moved.size(), std::size_t{1});
        QCOMPARE(diff->renamed.size(), std::size_t{1});  // leaf 7: "Mine" is the user's name
        QCOMPARE(diff->renamed.front().name, std::string("Moved here"));
        QVERIFY(diff->documentsMoved > 0);
        VERIFY_OK(project->adopt(job));
        const auto after = project->tree().value();
        QCOMPARE(after->tree.at(LabelId{4}).name, std::string("Mine"));
        QCOMPARE(after->tree.at(LabelId{4}).terms.front().text, std::string("new"));
        QVERIFY(!after->tree.contains(LabelId{5}));
        QCOMPARE(after->tree.successor(LabelId{5}), LabelId{4});
        QCOMPARE(after->tree.pathNames(LabelId{7}), (std::vector<std::string>{"branch 0", "Fresh", "Moved here"}));
        QVERIFY(sumsAreWhole(*project));
        QCOMPARE(problems(*project), std::string());
        VERIFY_OK(project->undo());
        QVERIFY(everything(*project) == before);

        // Of the same proposal nothing but the new label: what 4, 5 and 7 have stays.
        const auto again = project->tree().value();
        proposal.fromRevision = again->revision;
        const auto second = proposed(*project, proposal);
        Acceptance acceptance;
        acceptance.take = std::vector<int>{2};
        VERIFY_OK(project->adopt(second, acceptance));
        const auto part = project->tree().value();
        for (const std::int64_t id : {4, 5, 7}) {
            QVERIFY(part->tree.at(LabelId{id}) == again->tree.at(LabelId{id}));
            QVERIFY(std::abs(massAt(*project, LabelId{id}) - [&] {
                        double sum = 0;
                        for (const auto& [key, rests] : before.second) {
                            for (const auto& rest : rests) sum += rest.label == LabelId{id} ? rest.mass : 0;
                        }
                        return sum;
                    }()) < 1e-9);
        }
        QVERIFY(sumsAreWhole(*project));
        QCOMPARE(problems(*project), std::string());
    }

    void pinsAreObeyedAndTheFitIsHeard() {
        TempFolder folder;
        auto project = withTree(folder);
        auto split = madeSplit(*project, kLeaf, 2);
        // Two documents of the label, pinned under it and not under it.
        const auto hard = project->hardLabels().value();
        std::vector<DocumentKey> there;
        for (const auto& one : hard) {
            if (one.label == kLeaf) there.push_back(one.key);
        }
        QVERIFY(there.size() >= 2);
        for (const bool must : {true, false}) {
            auto pin = makeEdit(EditKind::Pin, kLeaf);
            pin.document = there[must ? 0 : 1];
            pin.must = must;
            VERIFY_OK(project->edit(pin));
        }
        split.fromRevision = project->revision().value();
        const auto job = proposed(*project, split);
        const auto diff = project->preview(job);
        VERIFY_OK(diff);
        QCOMPARE(diff->pins, std::int64_t{2});
        QCOMPARE(diff->pinsKept, std::int64_t{1});
        QCOMPARE(diff->pinsViolated.size(), std::size_t{1});
        QCOMPARE(diff->pinsViolated.front().document, there[1]);
        QVERIFY(!diff->pinsViolated.front().must);
        VERIFY_OK(project->adopt(job));
        const auto snapshot = project->tree().value();
        const auto after = project->hardLabels().value();
        for (const auto& one : after) {
            if (one.key == there[0]) QVERIFY(snapshot->tree.inBranch(one.label, kLeaf));
            if (one.key == there[1]) QVERIFY(!snapshot->tree.inBranch(one.label, kLeaf));
        }
    }

    void whatCannotBeTakenChangesNothing() {
        TempFolder folder;
        auto project = withTree(folder);
        const auto before = everything(*project);
        const auto job = proposed(*project, madeSplit(*project, kLeaf, 2));
        Acceptance acceptance;
        acceptance.take = std::vector<int>{3};
        QCOMPARE(project->preview(job, acceptance).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(project->adopt(job, acceptance).error().code, ErrorCode::InvalidArgument);
        acceptance.take = std::vector<int>{};
        QCOMPARE(project->adopt(job, acceptance).error().code, ErrorCode::InvalidState);
        acceptance.take.reset();
        acceptance.names[1] = "  ";
        QCOMPARE(project->adopt(job, acceptance).error().code, ErrorCode::InvalidArgument);
        QVERIFY(everything(*project) == before);
        // The tree moved on, then the label is locked.
        VERIFY_OK(project->edit(makeEdit(EditKind::Note, LabelId{4}, {}, "a note")));
        QCOMPARE(project->preview(job).error().code, ErrorCode::Conflict);
        QCOMPARE(project->adopt(job).error().code, ErrorCode::Conflict);
        VERIFY_OK(project->edit(makeEdit(EditKind::Lock, kLeaf)));
        const auto locked = proposed(*project, madeSplit(*project, kLeaf, 2));
        QCOMPARE(project->adopt(locked).error().code, ErrorCode::InvalidState);
        // Mass for a document that is not there.
        VERIFY_OK(project->edit(makeEdit(EditKind::Unlock, kLeaf)));
        auto strange = madeSplit(*project, kLeaf, 2);
        strange.resting.documents.back() = DocumentKey{99999};
        QCOMPARE(project->adopt(proposed(*project, strange)).error().code, ErrorCode::Corrupt);
        auto parentLast = madeSplit(*project, kLeaf, 2);
        parentLast.labels[1].parent = 2;
        QCOMPARE(project->preview(proposed(*project, parentLast)).error().code, ErrorCode::Corrupt);
        QCOMPARE(problems(*project), std::string());
    }

    /// Edits, splits of whatever label has mass, undo and redo in any order keep every sum, and a locked label as it
    /// is.
    void anySequenceKeepsTheSums() {
        TempFolder folder;
        auto project = withTree(folder, 30);
        VERIFY_OK(project->edit(makeEdit(EditKind::Lock, LabelId{5})));
        const tree::Label locked = project->tree().value()->tree.at(LabelId{5});
        SplitMix64 random(11);
        int splits = 0;
        for (int step = 0; step < 60; ++step) {
            const auto snapshot = project->tree().value();
            std::vector<LabelId> labels;
            for (const auto& [id, label] : snapshot->tree.labels()) labels.push_back(id);
            const LabelId any = labels[random.below(labels.size())];
            const LabelId to = labels[random.below(labels.size())];
            switch (random.below(6)) {
                case 0:
                case 1: {
                    auto split = madeSplit(*project, any, 2);
                    splits += project->adopt(proposed(*project, split)).ok() ? 1 : 0;
                    break;
                }
                case 2:
                    (void)project->undo();
                    break;
                case 3:
                    (void)project->redo();
                    break;
                case 4: {
                    auto merge = makeEdit(EditKind::Merge, to);
                    merge.others = {any};
                    (void)project->edit(merge);
                    break;
                }
                default:
                    (void)project->edit(makeEdit(EditKind::Move, any, to));
                    break;
            }
            const auto now = project->tree().value();
            if (const tree::Label* label = now->tree.find(LabelId{5}); label != nullptr && label->locked)
                QVERIFY(label->massOf == locked.massOf && label->terms == locked.terms && label->name == locked.name);
            QVERIFY(sumsAreWhole(*project));
        }
        QVERIFY(splits > 5);
        QCOMPARE(problems(*project), std::string());
        while (project->undo()) {
        }
        QCOMPARE(problems(*project), std::string());
    }
};

QTEST_GUILESS_MAIN(TestProposals)
#include "tst_proposals.moc"
