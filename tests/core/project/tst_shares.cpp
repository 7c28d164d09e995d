// SPDX-License-Identifier: Apache-2.0
// Shares that an expert set, in a project: obeyed at once, undone exactly, kept by splits, told apart from the fit.
#include <QTest>
#include <cmath>
#include <limits>
#include <map>

#include "core/tree/share.h"
#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;

namespace {
std::unique_ptr<Project> grown(const TempFolder& folder, int documents = 40) {
    auto project = newProject(folder);
    project->setActor("Curator");
    if (!importText(*project, folder, corpus(documents))) qFatal("fixture");
    if (!adoptBuild(*project, madeBuild(*project, 2, 2))) qFatal("fixture");
    return project;
}

tree::Edit shareEdit(DocumentKey document, LabelId label, double value) {
    auto edit = makeEdit(EditKind::Share, label);
    edit.document = document;
    edit.share = value;
    return edit;
}
tree::Edit unshare(DocumentKey document, LabelId label) {
    auto edit = shareEdit(document, label, 0);
    edit.kind = EditKind::Unshare;
    return edit;
}

std::map<LabelId, double> sharesOf(Project& project, DocumentKey key) {
    return tree::branchShares(project.tree().value()->tree, project.resting(key).value());
}
double shareAt(Project& project, DocumentKey key, LabelId label) {
    const auto shares = sharesOf(project, key);
    const auto found = shares.find(label);
    return found == shares.end() ? 0 : found->second;
}

/// Everything that is counted, from a fresh look at the database.
void verifyFresh(Project& project) {
    QCOMPARE(problems(project), std::string());
    const auto other = Project::open(project.folder(), Access::ReadOnly).value();
    const auto here = project.tree().value(), there = other->tree().value();
    QVERIFY(here->tree == there->tree);
    for (const auto& [id, label] : here->tree.labels()) {
        QCOMPARE(here->countsOf(id).documents, there->countsOf(id).documents);
        QVERIFY(std::abs(here->countsOf(id).mass - there->countsOf(id).mass) < 1e-9);
    }
    const auto mine = project.allResting().value(), theirs = other->allResting().value();
    QCOMPARE(mine.size(), theirs.size());
    for (std::size_t d = 0; d < mine.size(); ++d) {
        QVERIFY(mine[d].resting == theirs[d].resting);
        double sum = 0;
        for (const auto& rest : mine[d].resting) sum += rest.mass;
        QVERIFY(std::abs(sum - 1) < 1e-6);
    }
}
}  // namespace

class TestShares : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isObeyedAndUndone() {
        TempFolder folder;
        auto project = grown(folder);
        const auto ids = project->buildInfo()->labelOfNode;
        const DocumentKey key = project->findDocument("d00003").value();
        const auto before = project->resting(key).value();
        const auto others = project->resting(project->findDocument("d00004").value()).value();
        const auto outcome = project->edit(shareEdit(key, ids[3], 0.8125));
        VERIFY_OK(outcome);
        QCOMPARE(outcome->what, std::string("Set the share of 'd00003' under 'leaf 0.0' to 0.8125"));
        QCOMPARE(outcome->document.value, key.value);
        QVERIFY(std::abs(shareAt(*project, key, ids[3]) - 0.8125) < 1e-9);
        QVERIFY(std::abs(shareAt(*project, key, ids[0]) - 1) < 1e-9);
        QCOMPARE(project->document(key)->hard.value, ids[3].value);
        QVERIFY(project->resting(project->findDocument("d00004").value()).value() == others);
        QCOMPARE(project->history()->back().kind, std::string("share"));
        verifyFresh(*project);
        const auto record = project->document(key).value();
        QCOMPARE(record.shares.size(), std::size_t{1});
        QCOMPARE(record.shares.front().said, 0.8125);
        QCOMPARE(record.shares.front().actor, std::string("Curator"));
        QCOMPARE(record.shares.front().time, project->history()->back().time);
        QCOMPARE(record.shares.front().fitted, tree::branchShares(project->tree().value()->tree, before)[ids[3]]);
        QVERIFY(!record.shares.front().fitAgrees);
        QCOMPARE(project->lastMove(key)->value().what, outcome->what);
        QCOMPARE(project->smartCounts()->pinned, std::int64_t{1});
        QCOMPARE(project->edit(shareEdit(key, ids[3], 0.8125)).error().code, ErrorCode::InvalidState);
        VERIFY_OK(project->edit(shareEdit(key, ids[3], 0.5)));
        QVERIFY(std::abs(shareAt(*project, key, ids[3]) - 0.5) < 1e-9);
        const auto undone = project->undo();
        VERIFY_OK(undone);
        QCOMPARE(undone->document.value, key.value);
        QVERIFY(std::abs(shareAt(*project, key, ids[3]) - 0.8125) < 1e-9);
        verifyFresh(*project);
        VERIFY_OK(project->undo());
        QVERIFY(project->resting(key).value() == before);
        QVERIFY(project->document(key)->shares.empty());
        verifyFresh(*project);
        VERIFY_OK(project->redo());
        VERIFY_OK(project->redo());
        QVERIFY(std::abs(shareAt(*project, key, ids[3]) - 0.5) < 1e-9);
        verifyFresh(*project);
    }

    void theModelDecidesAgain() {
        TempFolder folder;
        auto project = grown(folder);
        const auto ids = project->buildInfo()->labelOfNode;
        const DocumentKey key = project->findDocument("d00003").value();
        const auto before = project->resting(key).value();
        VERIFY_OK(project->edit(shareEdit(key, ids[3], 0.5)));
        VERIFY_OK(project->edit(shareEdit(key, ids[2], 0.25)));
        VERIFY_OK(project->edit(unshare(key, ids[3])));
        // The other one stays; around it things are as the fit has them.
        QVERIFY(std::abs(shareAt(*project, key, ids[2]) - 0.25) < 1e-9);
        QVERIFY(std::abs(shareAt(*project, key, ids[3]) - 0.5) > 1e-3);
        verifyFresh(*project);
        QCOMPARE(project->edit(unshare(key, ids[3])).error().code, ErrorCode::InvalidState);
        VERIFY_OK(project->edit(unshare(key, ids[2])));
        const auto after = project->resting(key).value();
        QCOMPARE(after.size(), before.size());
        for (std::size_t i = 0; i < after.size(); ++i) QVERIFY(after[i] == before[i]);
        verifyFresh(*project);
        VERIFY_OK(project->undo());
        QVERIFY(std::abs(shareAt(*project, key, ids[2]) - 0.25) < 1e-9);
        verifyFresh(*project);
    }

    void refusalsChangeNothing() {
        TempFolder folder;
        auto project = grown(folder);
        VERIFY_OK(importText(*project, folder, jsonLine("new", "a new text")));
        const auto ids = project->buildInfo()->labelOfNode;
        const DocumentKey key = project->findDocument("d00003").value();
        VERIFY_OK(project->edit(shareEdit(key, ids[3], 0.75)));
        const auto revision = project->revision().value();
        const auto rests = project->resting(key).value();
        const auto refused = [&](const tree::Edit& edit, ErrorCode code) {
            const auto outcome = project->edit(edit);
            QVERIFY(!outcome.ok());
            QCOMPARE(outcome.error().code, code);
        };
        refused(shareEdit(key, ids[5], 0.5), ErrorCode::InvalidState);  // both cannot be
        QVERIFY(project->edit(shareEdit(key, ids[5], 0.5)).error().message.find("'leaf 0.0' is set to 0.75") !=
                std::string::npos);
        refused(shareEdit(project->findDocument("new").value(), ids[3], 0.5), ErrorCode::InvalidState);
        refused(shareEdit(DocumentKey{999}, ids[3], 0.5), ErrorCode::NotFound);
        refused(shareEdit(key, LabelId{999}, 0.5), ErrorCode::NotFound);
        refused(shareEdit(key, ids[0], 0.5), ErrorCode::InvalidArgument);
        refused(shareEdit(key, ids[4], -0.1), ErrorCode::InvalidArgument);
        refused(shareEdit(key, ids[4], 1.1), ErrorCode::InvalidArgument);
        refused(shareEdit(key, ids[4], std::numeric_limits<double>::quiet_NaN()), ErrorCode::InvalidArgument);
        QCOMPARE(project->revision().value(), revision);
        QVERIFY(project->resting(key).value() == rests);
        VERIFY_OK(project->edit(makeEdit(EditKind::Lock, ids[3])));
        refused(unshare(key, ids[3]), ErrorCode::InvalidState);
        refused(shareEdit(key, ids[3], 0.5), ErrorCode::InvalidState);
        verifyFresh(*project);
    }

    void contradictionsWithPinsAreNamed() {
        TempFolder folder;
        auto project = grown(folder);
        const auto ids = project->buildInfo()->labelOfNode;
        const DocumentKey key = project->findDocument("d00003").value();
        auto pin = makeEdit(EditKind::Pin, ids[1]);
        pin.document = key;
        pin.must = false;
        VERIFY_OK(project->edit(pin));
        const auto outcome = project->edit(shareEdit(key, ids[3], 0.75));
        VERIFY_OK(outcome);
        QCOMPARE(outcome->contradictions.size(), std::size_t{1});
        QCOMPARE(outcome->contradictions.front().text,
                 std::string("document 'd00003': its share of 'leaf 0.0' is set to 0.75, but it must not be under "
                             "'branch 0'"));
        QCOMPARE(project->pinContradictions()->size(), std::size_t{1});
        QCOMPARE(project->document(key)->contradictions.size(), std::size_t{1});
        VERIFY_OK(project->edit(unshare(key, ids[3])));
        QVERIFY(project->pinContradictions()->empty());
    }

    void staysThroughEditsOfLabels() {
        TempFolder folder;
        auto project = grown(folder);
        const auto ids = project->buildInfo()->labelOfNode;
        const DocumentKey key = project->findDocument("d00003").value();
        VERIFY_OK(project->edit(shareEdit(key, ids[3], 0.5)));
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, ids[3], {}, "Peat")));
        VERIFY_OK(project->edit(makeEdit(EditKind::Move, ids[3], ids[2])));
        QVERIFY(std::abs(shareAt(*project, key, ids[3]) - 0.5) < 1e-9);
        const double more = shareAt(*project, key, ids[4]);
        auto merge = makeEdit(EditKind::Merge, ids[4]);
        merge.others = {ids[3]};
        VERIFY_OK(project->edit(merge));
        auto record = project->document(key).value();
        QCOMPARE(record.shares.size(), std::size_t{1});
        QCOMPARE(record.shares.front().label.value, ids[4].value);
        QVERIFY(std::abs(record.shares.front().share - 0.5 - more) < 1e-9);
        verifyFresh(*project);
        // Said anew at the label that was kept.
        VERIFY_OK(project->edit(shareEdit(key, ids[4], 0.25)));
        QVERIFY(std::abs(shareAt(*project, key, ids[4]) - 0.25) < 1e-9);
        QCOMPARE(project->document(key)->shares.size(), std::size_t{1});
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        VERIFY_OK(project->edit(makeEdit(EditKind::Retire, ids[3])));
        QVERIFY(project->document(key)->shares.empty());
        VERIFY_OK(project->edit(makeEdit(EditKind::Restore, ids[3])));
        record = project->document(key).value();
        QCOMPARE(record.shares.size(), std::size_t{1});
        QVERIFY(std::abs(record.shares.front().share - 0.5) < 1e-9);
        verifyFresh(*project);
    }

    void splitsKeepIt() {
        TempFolder folder;
        auto project = grown(folder);
        const auto ids = project->buildInfo()->labelOfNode;
        const LabelId leaf = ids[3];
        const DocumentKey key = madeSplit(*project, leaf, 2).resting.documents.front();
        const double fitted = shareAt(*project, key, leaf);
        VERIFY_OK(project->edit(shareEdit(key, leaf, 0.25)));
        const auto split = madeSplit(*project, leaf, 2);
        const auto job = proposed(*project, split);
        const auto diff = project->preview(job).value();
        QCOMPARE(diff.pins, std::int64_t{1});
        QCOMPARE(diff.pinsKept, std::int64_t{0});
        QCOMPARE(diff.pinsViolated.size(), std::size_t{1});
        QCOMPARE(diff.pinsViolated.front().share.value(), 0.25);
        VERIFY_OK(project->adopt(job));
        QVERIFY(std::abs(shareAt(*project, key, leaf) - 0.25) < 1e-9);
        const LabelId part = project->tree().value()->tree.at(leaf).children.front();
        QVERIFY(std::abs(shareAt(*project, key, part) - 0.25 * 0.75) < 1e-9);
        verifyFresh(*project);
        // What the fit has by itself is dealt out too: the model decides again as if nothing had been said.
        VERIFY_OK(project->edit(unshare(key, leaf)));
        QVERIFY(std::abs(shareAt(*project, key, leaf) - fitted) < 1e-9);
        QVERIFY(std::abs(shareAt(*project, key, part) - fitted * 0.75) < 1e-9);
        verifyFresh(*project);
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        QVERIFY(std::abs(shareAt(*project, key, leaf) - fitted) < 1e-9);
        verifyFresh(*project);
        QVERIFY(project->shapedLabels()->count(leaf) == 0);
        VERIFY_OK(project->redo());
        QVERIFY(project->shapedLabels()->count(leaf) == 1);
    }

    /// A re-fit that deals all of a branch to one label leaves the set share where it was said to be.
    void refitsKeepIt() {
        TempFolder folder;
        auto project = grown(folder);
        const auto ids = project->buildInfo()->labelOfNode;
        const DocumentKey key = project->findDocument("d00003").value();
        VERIFY_OK(project->edit(shareEdit(key, ids[3], 0.5)));
        const double branch = shareAt(*project, key, ids[1]);
        const auto snapshot = project->tree().value();
        Proposal refit;
        refit.kind = ProposalKind::Refit;
        refit.fromRevision = snapshot->revision;
        for (const std::size_t node : {1U, 3U, 4U}) {
            const tree::Label& label = snapshot->tree.at(ids[node]);
            refit.labels.push_back(
                {node == 1 ? -1 : 0, label.id, label.name, {{"other", 1.0}}, label.stopReason, "[]", {}});
            refit.sources.push_back(label.id);
        }
        const auto all = project->allResting().value();
        for (const auto& document : all) {
            if (shareAt(*project, document.key, ids[1]) > 0) refit.resting.add(document.key, {{2, 1.0}});
        }
        const auto job = proposed(*project, refit);
        const auto diff = project->preview(job).value();
        QCOMPARE(diff.pinsViolated.size(), std::size_t{1});
        QVERIFY2(diff.pinsViolated.front().text.find("is set to 0.5, its words give 0;") != std::string::npos,
                 diff.pinsViolated.front().text.c_str());
        VERIFY_OK(project->adopt(job));
        QVERIFY(std::abs(shareAt(*project, key, ids[3]) - 0.5) < 1e-9);
        QVERIFY(std::abs(shareAt(*project, key, ids[1]) - branch) < 1e-9);
        verifyFresh(*project);
        VERIFY_OK(project->edit(unshare(key, ids[3])));
        QCOMPARE(shareAt(*project, key, ids[3]), 0.0);
        verifyFresh(*project);
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        QVERIFY(std::abs(shareAt(*project, key, ids[3]) - 0.5) < 1e-9);
        verifyFresh(*project);
    }

    void saysHowManyWouldMove() {
        TempFolder folder;
        auto project = grown(folder);
        const auto ids = project->buildInfo()->labelOfNode;
        const DocumentKey key = project->findDocument("d00003").value();
        const LabelId other = project->document(key)->hard == ids[6] ? ids[3] : ids[6];
        const auto away = shareEdit(key, other, 1);
        QCOMPARE(project->documentsMovedBy(away).value(), std::int64_t{1});
        QCOMPARE(project->documentsMovedBy(shareEdit(key, project->document(key)->hard, 1)).value(), std::int64_t{0});
        const std::vector<tree::Edit> thereAndBack{away, unshare(key, other)};
        QCOMPARE(project->documentsMovedBy(thereAndBack).value(), std::int64_t{0});
        QVERIFY(!project->documentsMovedBy(unshare(key, other)).ok());
        QVERIFY(project->document(key)->shares.empty());
    }

    void whereItWasIsKnown() {
        TempFolder folder;
        auto project = grown(folder);
        const auto ids = project->buildInfo()->labelOfNode;
        const DocumentKey key = project->findDocument("d00003").value();
        const auto built = project->revision().value();
        const LabelId hard = project->document(key)->hard;
        const LabelId other = hard == ids[6] ? ids[3] : ids[6];
        VERIFY_OK(project->edit(shareEdit(key, other, 1)));
        const auto set = project->revision().value();
        DocumentQuery query;
        query.list = SmartList::Moved;
        query.since = built;
        QCOMPARE(project->documents(query)->total, std::int64_t{1});
        VERIFY_OK(project->undo());
        QCOMPARE(project->documents(query)->total, std::int64_t{0});
        query.since = set;
        QCOMPARE(project->documents(query)->total, std::int64_t{1});
    }

    /// Whatever is done in whatever order: sums hold, counts are those of a fresh look, undo leads back.
    void randomEditsKeepSums() {
        TempFolder folder;
        auto project = grown(folder, 24);
        const auto start = project->allResting().value();
        const auto tree = project->tree().value()->tree;
        SplitMix64 random(11);
        int shares = 0;
        for (int turn = 0; turn < 120; ++turn) {
            const auto snapshot = project->tree().value();
            const auto labels = snapshot->tree.depthFirst();
            const auto any = [&] { return labels[random.below(labels.size())]; };
            const DocumentKey key{1 + static_cast<std::int64_t>(random.below(4))};
            Result<EditOutcome> outcome = makeError(ErrorCode::Internal, "");
            switch (random.below(12)) {
                case 0:
                    outcome = project->undo();
                    break;
                case 1:
                    outcome = project->redo();
                    break;
                case 2:
                    outcome = project->edit(makeEdit(EditKind::Move, any(), any()));
                    break;
                case 3:
                    if (labels.size() > 5) outcome = project->edit(makeEdit(EditKind::Retire, any()));
                    break;
                case 4: {
                    auto merge = makeEdit(EditKind::Merge, any());
                    merge.others = {any()};
                    if (labels.size() > 5) outcome = project->edit(merge);
                    break;
                }
                case 5:
                    outcome = project->edit(makeEdit(EditKind::New, {}, any(), "new " + std::to_string(turn)));
                    break;
                case 6:
                    outcome = project->edit(makeEdit(random.below(2) ? EditKind::Lock : EditKind::Unlock, any()));
                    break;
                case 7:
                    outcome = project->edit(unshare(key, any()));
                    break;
                default: {
                    const LabelId label = any();
                    const double value = random.uniform();
                    outcome = project->edit(shareEdit(key, label, value));
                    if (outcome) QVERIFY(std::abs(shareAt(*project, key, label) - value) < 1e-6);
                    shares += outcome ? 1 : 0;
                }
            }
            if (!outcome) continue;
            const auto all = project->allResting().value();
            for (const auto& document : all) {
                double sum = 0;
                for (const auto& rest : document.resting) sum += rest.mass;
                QVERIFY(std::abs(sum - 1) < 1e-6);
            }
            if (turn % 10 == 0) verifyFresh(*project);
        }
        QVERIFY(shares > 15);
        verifyFresh(*project);
        while (project->undoText().value() != "Build tree: 6 labels") VERIFY_OK(project->undo());
        QVERIFY(project->tree().value()->tree == tree);
        const auto end = project->allResting().value();
        QCOMPARE(end.size(), start.size());
        for (std::size_t d = 0; d < end.size(); ++d) QVERIFY(end[d].resting == start[d].resting);
        verifyFresh(*project);
    }
};

QTEST_APPLESS_MAIN(TestShares)
#include "tst_shares.moc"
