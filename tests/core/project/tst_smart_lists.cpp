// SPDX-License-Identifier: Apache-2.0
#include <QElapsedTimer>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;

namespace {

using Ids = std::vector<std::string>;

Ids idsOf(Project& project, const DocumentQuery& query) {
    Ids ids;
    const auto page = project.documents(query).value();
    for (const auto& row : page.rows) ids.push_back(row.id);
    return ids;
}

DocumentQuery listed(SmartList list, std::int64_t since = 0) {
    DocumentQuery query;
    query.list = list;
    query.since = since;
    query.limit = -1;
    return query;
}

tree::Edit pinEdit(DocumentKey document, LabelId label, bool must = true) {
    auto edit = makeEdit(EditKind::Pin, label);
    edit.document = document;
    edit.must = must;
    return edit;
}

/// Where every document is, by key: ids and names of its hard path.
struct Place {
    std::vector<LabelId> path;
    std::vector<std::string> names;
};

std::map<std::int64_t, Place> placesIn(Project& project) {
    std::map<std::int64_t, Place> places;
    const auto snapshot = project.tree().value();
    const auto hard = project.hardLabels().value();
    for (const auto& one : hard) {
        Place place;
        if (one.label) {
            place.path = snapshot->tree.path(one.label);
            place.path.push_back(LabelId{-1});  // resting at the root is not the same as no place
            place.names = snapshot->tree.pathNames(one.label);
            place.names.emplace_back();
        }
        places[one.key.value] = std::move(place);
    }
    return places;
}

/// Shares by hand: document i of n rests as `rows` says, nodes numbered as in madeBuild.
BuildResult buildOf(Project& project, const std::vector<std::vector<std::pair<std::int64_t, double>>>& rows) {
    BuildResult build = madeBuild(project, 2, 2);
    build.resting = {};
    std::size_t d = 0;
    const auto ids = project.documentIds().value();
    for (const auto& [key, id] : ids) {
        if (d < rows.size() && !rows[d].empty()) build.resting.add(key, rows[d]);
        ++d;
    }
    return build;
}

}  // namespace

class TestSmartLists : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Nodes: 0 root, 1 and 2 branches, 3 and 4 below 1, 5 and 6 below 2.
    void doubtfulDocumentsByTheThresholds() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(10)));
        VERIFY_OK(adoptBuild(*project, buildOf(*project, {
                                                             {{3, 0.9}, {5, 0.1}},             // 0 clear
                                                             {{3, 0.39}, {5, 0.2}, {6, 0.1}},  // 1 weak: .39 against .3
                                                             {{3, 0.4}, {4, 0.37}, {5, 0.23}},  // 2 between two leaves
                                                             {{3, 0.4}, {5, 0.36}},  // 3 on both thresholds: on no list
                                                             {{0, 0.65}, {3, 0.35}},  // 4 most of it at the root: weak
                                                             {{3, 0.3}, {5, 0.28}, {0, 0.42}},  // 5 weak, borderline
                                                             {{0, 1.0}},                        // 6 all at the root
                                                             {{1, 0.5}, {3, 0.48}},   // 7 stays, nearly went down
                                                             {{1, 0.46}, {3, 0.48}},  // 8 went down, nearly stayed
                                                             {},                      // 9 not placed
                                                         })));
        QCOMPARE(idsOf(*project, listed(SmartList::WeaklyPlaced)), (Ids{"d00001", "d00004", "d00005", "d00006"}));
        QCOMPARE(idsOf(*project, listed(SmartList::Borderline)), (Ids{"d00002", "d00005", "d00007", "d00008"}));
        auto query = listed(SmartList::WeaklyPlaced);
        query.order = Order::Weakest;
        QCOMPARE(idsOf(*project, query), (Ids{"d00006", "d00005", "d00004", "d00001"}));
        query = listed(SmartList::Borderline);
        query.order = Order::Borderline;
        QCOMPARE(idsOf(*project, query), (Ids{"d00007", "d00008", "d00005", "d00002"}));
        const auto rivals = project->documents(query).value();
        const auto name = [&](std::size_t row) {
            return project->tree().value()->tree.at(rivals.rows[row].second).name;
        };
        QCOMPARE(name(0), std::string("leaf 0.0"));
        QCOMPARE(name(1), std::string("branch 0"));
        QCOMPARE(rivals.rows[1].secondShare, 0.46);  // what stays there, not all that is below it
        QCOMPARE(name(2), std::string("branch 1"));
        QCOMPARE(name(3), std::string("leaf 0.1"));
        auto counts = project->smartCounts().value();
        QCOMPARE(counts.weaklyPlaced, 4);
        QCOMPARE(counts.borderline, 4);
        QCOMPARE(counts.pinned, 0);

        // The expert's word takes a document off both lists; "not under" does not, but what it forbids is no rival.
        const auto leaf = [&](const char* path) { return project->tree().value()->tree.resolve(path).value(); };
        const auto key = [&](const char* id) { return project->findDocument(id).value(); };
        VERIFY_OK(project->edit(pinEdit(key("d00005"), leaf("branch 0/leaf 0.0"))));
        QCOMPARE(idsOf(*project, listed(SmartList::WeaklyPlaced)), (Ids{"d00001", "d00004", "d00006"}));
        QCOMPARE(idsOf(*project, listed(SmartList::Borderline)), (Ids{"d00002", "d00007", "d00008"}));
        QCOMPARE(idsOf(*project, listed(SmartList::Pinned)), (Ids{"d00005"}));
        VERIFY_OK(project->edit(pinEdit(key("d00002"), leaf("branch 0/leaf 0.1"), false)));
        QCOMPARE(idsOf(*project, listed(SmartList::Borderline)), (Ids{"d00007", "d00008"}));  // .4 against nothing
        QCOMPARE(project->smartCounts().value().pinned, 2);
        query = listed(SmartList::Pinned);
        query.branch = leaf("branch 0");
        query.filter = "00002";
        QCOMPARE(idsOf(*project, query), (Ids{"d00002"}));  // with branch and filter
        VERIFY_OK(project->undo());
        QCOMPARE(idsOf(*project, listed(SmartList::Borderline)), (Ids{"d00002", "d00007", "d00008"}));
    }

    void keysAndRanksAreThoseOfTheList() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(30)));
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        DocumentQuery query;
        query.branch = project->tree().value()->tree.labelsAtLevel(0).front();
        query.order = Order::Typical;
        const auto keys = project->documentKeys(query).value();
        query.limit = -1;
        const auto page = project->documents(query).value();
        QCOMPARE(std::int64_t(keys.size()), page.total);
        for (std::size_t row = 0; row < keys.size(); ++row) {
            QVERIFY(page.rows[row].key == keys[row]);
            QCOMPARE(project->documentRank(query, keys[row]).value(), std::int64_t(row));
        }
        const auto all = project->documentIds().value();
        for (const auto& [key, id] : all) {
            const bool in = std::find(keys.begin(), keys.end(), key) != keys.end();
            QCOMPARE(project->documentRank(query, key).value() >= 0, in);
        }
        QCOMPARE(project->documentRank(query, DocumentKey{12345}).value(), std::int64_t{-1});
        query.branch = LabelId{4711};
        QCOMPARE(project->documentKeys(query).error().code, ErrorCode::NotFound);
    }

    void copiesThatImportLeftOut() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder,
                             jsonLine("a", "same text") + jsonLine("b", "other text") + jsonLine("c", "same text") +
                                 jsonLine("d", "same text") + jsonLine("e", "third text")));
        QCOMPARE(idsOf(*project, listed(SmartList::Duplicates)), (Ids{"a"}));
        const auto counts = project->smartCounts().value();
        QCOMPARE(counts.duplicates, 1);
        QCOMPARE(counts.duplicateRows, 2);
        const auto rows = project->duplicatesOf(project->findDocument("a").value()).value();
        QCOMPARE(rows.size(), std::size_t{2});
        QCOMPARE(rows[0].id, std::string("c"));
        QCOMPARE(rows[1].id, std::string("d"));
        QCOMPARE(rows[1].line, 4);
        QVERIFY(project->duplicatesOf(project->findDocument("b").value()).value().empty());
    }

    void comparesWithTheLastBuildOrTraining() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(20)));
        QCOMPARE(project->lastLearned().value(), 0);
        QCOMPARE(project->smartCounts().value().since, 0);
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        const std::int64_t built = project->revision().value();
        QCOMPARE(project->lastLearned().value(), built);
        const auto leaves = project->tree().value()->tree.labelsAtLevel(1);
        const DocumentKey first = project->findDocument("d00000").value();
        const LabelId hard = project->document(first).value().hard;
        VERIFY_OK(project->edit(pinEdit(first, leaves.front() == hard ? leaves.back() : leaves.front())));
        auto counts = project->smartCounts().value();
        QCOMPARE(counts.since, built);
        QCOMPARE(counts.moved, 1);
        QCOMPARE(idsOf(*project, listed(SmartList::Moved, built)), (Ids{"d00000"}));
        // A run that learned from the tree as it is now: nothing moved since.
        const auto run = project->createRun("r", R"({"from_revision":0})").value();
        VERIFY_OK(project->setRunState("r", RunState::Done));
        QVERIFY(run.fromRevision > built);
        counts = project->smartCounts().value();
        QCOMPARE(counts.since, run.fromRevision);
        QCOMPARE(counts.moved, 0);
        QCOMPARE(project->smartCounts(built).value().moved, 1);
        const auto refused = project->smartCounts(project->revision().value() + 1);
        QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(project->documents(listed(SmartList::Moved, -1)).error().code, ErrorCode::InvalidArgument);
    }

    void proposalsOfJobsWait() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(20)));
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        QVERIFY(project->waitingProposals().value().empty());
        const LabelId leaf = project->tree().value()->tree.labelsAtLevel(1).front();
        const auto job = proposed(*project, madeSplit(*project, leaf, 3));
        auto waiting = project->waitingProposals().value();
        QCOMPARE(waiting.size(), std::size_t{1});
        QVERIFY(waiting[0].folder == job && waiting[0].label == leaf && !waiting[0].stale);
        QCOMPARE(waiting[0].labels, 3);
        QCOMPARE(waiting[0].path, project->tree().value()->tree.pathNames(leaf));
        QCOMPARE(project->smartCounts().value().proposals, 1);
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, leaf, {}, "Other")));
        waiting = project->waitingProposals().value();
        QVERIFY(waiting[0].stale && waiting[0].path.back() == "Other");
        folder.write("p.espalier/jobs/" + job.filename().string() + "/result.json", "{");  // torn: left out, no error
        QVERIFY(project->waitingProposals().value().empty());
        VERIFY_OK(project->discardJob(job));
        QCOMPARE(project->smartCounts().value().proposals, 0);
    }

    // Diverse: the most typical document, then the one least like any before it.
    void diverseIsFarthestFirst() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(6)));
        VERIFY_OK(adoptBuild(*project, buildOf(*project, {{{3, 1.0}},              // 0 most typical
                                                          {{3, 0.98}, {4, 0.02}},  // 1 like it
                                                          {{3, 0.6}, {4, 0.4}},    // 2
                                                          {{3, 0.55}, {5, 0.45}},  // 3 farthest from 0 (cosine .774)
                                                          {{3, 0.9}, {5, 0.1}},    // 4
                                                          {}})));
        DocumentQuery query;
        query.order = Order::Diverse;
        query.branch = project->tree().value()->tree.resolve("branch 0/leaf 0.0").value();
        // After 0 and 3: 2 has cosine .832 to 0 and .564 to 3, so .832; 4 has .994, 1 has .9998.
        QCOMPARE(idsOf(*project, query), (Ids{"d00000", "d00003", "d00002", "d00004", "d00001"}));
        // With vectors they decide, and documents without one come last.
        EmbedResult embed;
        embed.model = "tfidf";
        embed.kind = "tfidf";
        embed.dim = 2;
        const auto all = project->documentIds().value();
        std::vector<DocumentKey> keys;
        for (std::size_t d = 0; d < 4; ++d) keys.push_back(all[d].first);
        const DenseRows rows{4, 2, {2, 0, 0, 3, 1, 0.1F, 1, 1}};
        const auto job = project->newJobFolder("embed").value();
        VERIFY_OK(writeVectors(job / embed.vectorsFile, keys, rows));
        VERIFY_OK(writeEmbedResult(job, embed));
        VERIFY_OK(project->adopt(job));
        QCOMPARE(idsOf(*project, query), (Ids{"d00000", "d00001", "d00003", "d00002", "d00004"}));
    }

    void rowsQuoteWhereTheTermsAre() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(
            *project, folder,
            jsonLine("a", "The first sentence says nothing. Then word0 and term0x1 stand here. And word0 again.",
                     ",\"title\":\"On Word0, twice: word0\"") +
                jsonLine("b", "Nothing of it here. Nor here.") +
                jsonLine("c", std::string(300, 'x') + " and a long way to go until at last there is word0\\nin it")));
        VERIFY_OK(adoptBuild(*project, buildOf(*project, {{{3, 1.0}}, {{3, 1.0}}, {{3, 1.0}}})));
        DocumentQuery query;
        query.branch = project->tree().value()->tree.resolve("branch 0").value();
        auto page = project->documents(query).value();
        QVERIFY(page.rows[0].snippet.empty() && page.rows[0].titleHits.empty());  // nobody asked
        query.highlight = true;
        page = project->documents(query).value();
        const auto marked = [](const std::string& text, const std::vector<text::Span>& hits) {
            std::string shown;
            for (const auto& hit : hits) shown += "[" + text.substr(hit.begin, hit.end - hit.begin) + "]";
            return shown;
        };
        QCOMPARE(marked(page.rows[0].title, page.rows[0].titleHits), std::string("[Word0][word0]"));
        QCOMPARE(page.rows[0].snippet, std::string("Then word0 and term0x1 stand here."));  // the first with most
        QCOMPARE(marked(page.rows[0].snippet, page.rows[0].snippetHits), std::string("[word0]"));
        QCOMPARE(page.rows[1].snippet, std::string("Nothing of it here."));
        QVERIFY(page.rows[1].snippetHits.empty());
        QVERIFY(page.rows[2].snippet.rfind("… ", 0) == 0 && page.rows[2].snippet.size() < 150);
        QCOMPARE(marked(page.rows[2].snippet, page.rows[2].snippetHits), std::string("[word0]"));
        QVERIFY(page.rows[2].snippet.find('\n') == std::string::npos);
        // Without a branch, the terms of the label where the document is.
        query.branch = {};
        page = project->documents(query).value();
        QCOMPARE(marked(page.rows[0].snippet, page.rows[0].snippetHits), std::string("[term0x1]"));
    }

    // Bounds ten times what was measured: a list that looks at documents pair by pair would miss them by far.
    void quickWithAHundredThousandDocuments() {
        const TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(100000)));
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 50, 99)));
        tree::Edit pin =
            pinEdit(project->findDocument("d00000").value(), project->tree().value()->tree.labelsAtLevel(1).front());
        VERIFY_OK(project->edit(pin));
        QElapsedTimer clock;
        clock.start();
        const auto counts = project->smartCounts();
        VERIFY_OK(counts);
        QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
        DocumentQuery query;
        query.highlight = true;
        for (const auto list : {SmartList::WeaklyPlaced, SmartList::Borderline, SmartList::Moved}) {
            query.list = list;
            query.since = counts->since;
            query.order = Order::Borderline;
            clock.restart();
            VERIFY_OK(project->documents(query));
            QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
        }
        query.list.reset();
        query.order = Order::Diverse;
        clock.restart();
        VERIFY_OK(project->documents(query));
        QVERIFY2(clock.elapsed() < 2000, qPrintable(QString::number(clock.elapsed())));
    }

    /// The naive twin: every revision's places are noted when it is made, and compared with the last ones.
    void movedAgreesWithNotesOfEveryRevision() {
        for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
            const TempFolder folder;
            auto project = newProject(folder);
            VERIFY_OK(importText(*project, folder, corpus(30)));
            std::map<std::int64_t, std::map<std::int64_t, Place>> notes;
            std::map<std::int64_t, std::int64_t> grown;  // revision -> the one that brought its tree
            SplitMix64 random(seed * 101);
            int builds = 0, splits = 0, assigns = 0, undone = 0, moves = 0;
            const auto note = [&] {
                const std::int64_t revision = project->revision().value();
                notes[revision] = placesIn(*project);
                const auto info = project->buildInfo();
                grown[revision] = info ? info->revision : 0;
            };
            note();
            for (int act = 0; act < 70; ++act) {
                const auto snapshot = project->tree().value();
                const auto labels = snapshot->tree.depthFirst();
                const auto any = [&] { return labels[random.below(labels.size())]; };
                const std::uint64_t what = random.below(20);
                if (what < 5) {
                    undone += project->undo().ok() ? 1 : 0;
                } else if (what < 7) {
                    (void)project->redo();
                } else if (what == 7 || act == 0) {
                    BuildResult build = madeBuild(*project, 3, 2, seed + random.below(2));
                    build.replace = act > 0;
                    // Some documents have no words: an assign places them later.
                    BuildResult part = build;
                    part.resting = {};
                    for (std::size_t d = 0; d + 3 < build.resting.documents.size(); ++d) {
                        std::vector<std::pair<std::int64_t, double>> row;
                        for (auto e = build.resting.offsets[d]; e < build.resting.offsets[d + 1]; ++e)
                            row.emplace_back(build.resting.at[std::size_t(e)], build.resting.mass[std::size_t(e)]);
                        part.resting.add(build.resting.documents[d], row);
                    }
                    builds += adoptBuild(*project, part).ok() ? 1 : 0;
                } else if (what == 8) {
                    const auto job = proposed(*project, madeSplit(*project, any(), 2));
                    splits += project->adopt(job, Acceptance{}).ok() ? 1 : 0;
                } else if (what <= 10) {
                    const auto waiting = project->withoutMass().value();
                    const auto info = project->buildInfo();
                    if (!waiting.empty() && info) {
                        AssignResult assign;
                        assign.fromRevision = project->revision().value();
                        for (const DocumentKey key : waiting)
                            assign.resting.add(key,
                                               {{std::int64_t(1 + random.below(info->labelOfNode.size() - 1)), 1}});
                        const auto job = project->newJobFolder("assign").value();
                        VERIFY_OK(writeAssignResult(job, assign));
                        assigns += project->adopt(job).ok() ? 1 : 0;
                    }
                } else if (what == 11) {
                    VERIFY_OK(importText(*project, folder,
                                         jsonLine("x" + std::to_string(act), "stone and sand " + std::to_string(act)),
                                         "more" + std::to_string(act) + ".jsonl"));
                } else {
                    tree::Edit edit;
                    const EditKind kinds[] = {EditKind::Move, EditKind::Merge, EditKind::Retire, EditKind::Restore,
                                              EditKind::Pin,  EditKind::Unpin, EditKind::New,    EditKind::Rename};
                    edit.kind = kinds[random.below(std::size(kinds))];
                    edit.label = any();
                    if (edit.kind == EditKind::New || edit.kind == EditKind::Move) edit.parent = any();
                    if (edit.kind == EditKind::Merge) edit.others = {any()};
                    if (edit.kind == EditKind::Restore && !snapshot->tree.formerLabels().empty())
                        edit.label = snapshot->tree.formerLabels().begin()->first;
                    if (edit.kind == EditKind::Pin || edit.kind == EditKind::Unpin)
                        edit.document = DocumentKey{std::int64_t(1 + random.below(30))};
                    edit.must = random.below(3) > 0;
                    edit.text = "name " + std::to_string(act);
                    (void)project->edit(edit);
                }
                note();
                // Asked now and then, also of another Project on the same folder, which keeps nothing from before.
                if (act % 10 != 9) continue;
                const auto fresh = Project::open(folder / "p.espalier", Access::ReadOnly).value();
                const auto now = placesIn(*project);
                const auto index = project->documentIds().value();
                std::map<std::string, std::int64_t> keyOf;
                for (const auto& [key, id] : index) keyOf[id] = key.value;
                for (const auto& [revision, then] : notes) {
                    std::set<std::int64_t> expected;
                    for (const auto& [key, place] : then) {
                        const Place& here = now.at(key);
                        const bool shared = !place.path.empty() && !here.path.empty();
                        // Labels of one tree are compared by id; those of another one, which has none of them, by name.
                        const bool sameTree = grown.at(revision) == grown.at(project->revision().value());
                        const bool same = place.path == here.path || (shared && !sameTree && place.names == here.names);
                        if (!same) expected.insert(key);
                    }
                    moves += int(expected.size());
                    std::set<std::int64_t> found;
                    Project& asked = act % 20 == 9 ? *project : *fresh;
                    const auto ids = idsOf(asked, listed(SmartList::Moved, revision));
                    for (const auto& id : ids) found.insert(keyOf.at(id));
                    QVERIFY2(found == expected, qPrintable(QStringLiteral("seed %1, act %2, since %3: %4 not %5")
                                                               .arg(seed)
                                                               .arg(act)
                                                               .arg(revision)
                                                               .arg(found.size())
                                                               .arg(expected.size())));
                }
                QCOMPARE(problems(*project), std::string());
            }
            QVERIFY2(builds > 0 && undone > 3 && moves > 50, "the walk went nowhere");
            qInfo("seed %d: %d builds, %d splits, %d assigns, %d undone", int(seed), builds, splits, assigns, undone);
        }
    }
};

QTEST_GUILESS_MAIN(TestSmartLists)
#include "tst_smart_lists.moc"
