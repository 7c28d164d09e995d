// SPDX-License-Identifier: Apache-2.0
/// Why a document is where it is: parts sum to the stored share, whatever was done to the tree since.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/rng.h"
#include "core/jobs/job_context.h"
#include "core/nmf/smoothing.h"
#include "core/pipeline/job.h"
#include "core/pipeline/why.h"
#include "core/project/project.h"
#include "core/tree/memberships.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using nlohmann::json;
using project::Access;
using project::Project;
namespace fs = std::filesystem;

namespace {

std::string word(int group, std::size_t i) {
    static const char* const kSyllables[] = {"ba", "do", "fi", "gu", "ke", "lo", "mi", "nu", "pa", "ro", "si", "tu"};
    return std::string(kSyllables[group]) + kSyllables[i % 12] + kSyllables[(i * 5 + 3) % 12] + "x";
}

/// Three subjects in two parts each; every third document borrows from another subject.
std::string corpus(int documents, std::uint64_t seed, const std::string& prefix) {
    SplitMix64 random(seed);
    std::string lines;
    for (int d = 0; d < documents; ++d) {
        std::string text;
        const auto say = [&](int subject, int part, int words) {
            for (int w = 0; w < words; ++w) text += word(subject, random.below(11)) + " ";
            for (int w = 0; w < words / 2; ++w) text += word(3 + subject * 2 + part, random.below(11)) + " ";
        };
        say(d % 3, d / 3 % 2, 20);
        if (d % 3 == 0 || d % 5 == 0) say((d + 1) % 3, d % 2, 10);
        for (int w = 0; w < 4; ++w) text += "common" + std::string(1, static_cast<char>('a' + random.below(6))) + " ";
        lines +=
            json{{"_id", prefix + std::to_string(d)}, {"text", text}, {"title", "T" + std::to_string(d)}}.dump() + "\n";
    }
    return lines;
}

void importLines(Project& project, const test::TempFolder& folder, const std::string& lines) {
    jobs::JobContext context;
    const auto imported = project.importCorpus({folder.write("corpus.jsonl", lines)}, {}, context);
    if (!imported || imported->rejected > 0) qFatal("import");
}

void run(Project& project, const std::string& kind, json options) {
    const auto job = project.newJobFolder(kind).value();
    jobs::JobContext context;
    options["threads"] = 2;
    const auto done = pipeline::runJob({kind, project.folder(), job, options.dump()}, context);
    if (!done) qFatal("%s: %s", kind.c_str(), done.error().message.c_str());
    const auto adopted = project.adopt(job);
    if (!adopted) qFatal("adopt %s: %s", kind.c_str(), adopted.error().message.c_str());
}

std::unique_ptr<Project> grown(const test::TempFolder& folder, bool semantic, int depth = 2) {
    auto project = Project::create(folder / "p.espalier").value();
    importLines(*project, folder, corpus(180, 11, "d"));
    if (semantic) run(*project, "embed", {{"model", "tfidf"}});
    run(*project, "build",
        {{"depth", depth},
         {"k_max", 4},
         {"perturbations", 3},
         {"min_docs", 25},
         {"iterations", 80},
         {"vectors", semantic ? "tfidf" : "none"}});
    return project;
}

tree::Edit made(tree::EditKind kind, LabelId label) {
    tree::Edit edit;
    edit.kind = kind;
    edit.label = label;
    return edit;
}

void must(const Result<project::EditOutcome>& edited) {
    if (!edited) qFatal("%s", edited.error().message.c_str());
}

class Asker {
public:
    explicit Asker(Project& project)
        : m_project(project), m_session(pipeline::WhySession::open(project.folder()).value()) {}

    json ask(const std::string& document, LabelId label = {}) {
        json request{{"document", document}, {"threads", 2}};
        if (label) request["label"] = std::to_string(label.value);
        jobs::JobContext context;
        auto answer = m_session->why(request, context);
        if (!answer) qFatal("%s: %s", document.c_str(), answer.error().message.c_str());
        return std::move(answer).value();
    }
    ErrorCode refused(const json& request) {
        jobs::JobContext context;
        const auto answer = m_session->why(request, context);
        return answer ? ErrorCode::Internal : answer.error().code;
    }

    /// Parts sum to the share, which is the one that is stored.
    void verifySum(const json& answer, const std::string& document, LabelId label) {
        const auto record = m_project.document(std::string_view(document)).value();
        const auto shares = tree::branchShares(m_project.tree().value()->tree, record.resting);
        const auto stored = shares.find(label);
        const double share = answer["share"].get<double>();
        QVERIFY(std::abs(share - (stored == shares.end() ? 0 : stored->second)) < 1e-12);
        QVERIFY2(answer["terms"].is_array(), answer.dump().c_str());
        double sum = answer["undecided"].get<double>();
        for (const json& term : answer["terms"]) {
            sum += term["part"].get<double>();
            QVERIFY(std::abs(term["part"].get<double>() - term["own"].get<double>() - term["lent"].get<double>()) <
                    1e-12);
        }
        QVERIFY2(std::abs(sum - share) < 1e-9, qPrintable(QString::number(sum - share)));
    }
    /// Of some documents, every label.
    int verifySums(int step = 13) {
        int asked = 0;
        const auto snapshot = m_project.tree().value();
        const auto ids = m_project.documentIds().value();
        for (std::size_t d = 0; d < ids.size(); d += static_cast<std::size_t>(step)) {
            if (m_project.resting(ids[d].first).value().empty()) continue;  // never folded in
            for (const LabelId label : snapshot->tree.depthFirst()) {
                const json answer = ask(ids[d].second, label);
                verifySum(answer, ids[d].second, label);
                if (QTest::currentTestFailed()) return asked;
                ++asked;
            }
        }
        return asked;
    }

private:
    Project& m_project;
    std::unique_ptr<pipeline::WhySession> m_session;
};

}  // namespace

class TestWhy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wordsOfAPlainTree() {
        const test::TempFolder folder;
        const auto project = grown(folder, false);
        Asker asker(*project);
        QVERIFY(asker.verifySums(11) > 100);
        const auto record = project->document(std::string_view("d1")).value();
        const json answer = asker.ask("d1");
        QCOMPARE(answer["label"].get<std::int64_t>(), record.hard.value);
        QVERIFY(answer["here"].get<bool>() && answer["lenders"].is_null() && answer["why_not"].is_null());
        QCOMPARE(answer["reason"].get<std::string>(), std::string("build"));
        QCOMPARE(answer["moved_by"]["kind"].get<std::string>(), std::string("build"));
        double strongest = 1;
        for (const json& term : answer["terms"]) {
            // Only its own words, the weightiest first.
            QVERIFY(record.document.text.find(term["term"].get<std::string>()) != std::string::npos);
            QVERIFY(term["lent"].get<double>() == 0 && std::abs(term["part"].get<double>()) <= strongest);
            strongest = std::abs(term["part"].get<double>());
        }
        // The sentence names the strongest, and who put it there.
        const auto sentence = answer["sentence"].get<std::string>();
        QVERIFY2(sentence.find(answer["terms"][0]["term"].get<std::string>()) != std::string::npos, sentence.c_str());
        QVERIFY2(sentence.find("Build tree") != std::string::npos, sentence.c_str());
        // All there is: no term decided that.
        const json all = asker.ask("d1", project->tree().value()->tree.root());
        QVERIFY(all["terms"].empty() && std::abs(all["undecided"].get<double>() - 1) < 1e-9);
    }

    void lentWordsOfASemanticTree() {
        const test::TempFolder folder;
        const auto project = grown(folder, true);
        Asker asker(*project);
        QVERIFY(asker.verifySums(17) > 60);
        const auto record = project->document(std::string_view("d4")).value();
        const json answer = asker.ask("d4");
        QVERIFY2(answer["lenders"].is_array(), answer.dump().c_str());
        std::set<std::string> lenders;
        std::string lentText;
        double weight = 0, lent = 0;
        for (const json& lender : answer["lenders"]) {
            weight += lender["weight"].get<double>();
            const auto id = lender["id"].get<std::string>();
            QVERIFY(id != "d4" && lenders.insert(id).second);
            lentText += project->document(std::string_view(id)).value().document.text;
        }
        QVERIFY(std::abs(weight - 1) < 1e-5 && lenders.size() <= 30);
        for (const json& term : answer["terms"]) {
            const auto text = term["term"].get<std::string>();
            const bool single = text.find(' ') == std::string::npos;
            if (single && record.document.text.find(text) == std::string::npos)
                QCOMPARE(term["own"].get<double>(), 0.0);
            if (single && lentText.find(text) == std::string::npos) QCOMPARE(term["lent"].get<double>(), 0.0);
            lent += term["lent"].get<double>();
        }
        QVERIFY(lent > 0.2);  // four fifths of the row
        const auto sentence = answer["sentence"].get<std::string>();
        QVERIFY2(sentence.find("nearest in meaning") != std::string::npos, sentence.c_str());
    }

    void ownSharesAreThoseOfTheRow() {
        // Two terms and two lenders by hand: weights 1, lent 0.5; own row (0.6, 0.8), lent rows (1, 0) and (0, 1).
        SparseRows own{1, 3, {0, 2}, {0, 1}, {3, 4}};
        SparseRows lenders{2, 3, {0, 1, 2}, {0, 2}, {5, 7}};
        SparseRows neighbours{1, 2, {0, 2}, {0, 1}, {0.75F, 0.25F}};
        const std::vector<float> weights{1, 1, 1};
        const auto shares = nmf::ownShares(own, lenders, neighbours, weights, 0.5, std::vector<std::int32_t>{0, 1, 2});
        QCOMPARE(shares.size(), std::size_t{3});
        QVERIFY(std::abs(shares[0] - 0.3 / (0.3 + 0.375)) < 1e-12);
        QCOMPARE(shares[1], 1.0);
        QCOMPARE(shares[2], 0.0);
        neighbours = {1, 2, {0, 0}, {}, {}};
        QCOMPARE(nmf::ownShares(own, lenders, neighbours, weights, 0.5, std::vector<std::int32_t>{0}).front(), 1.0);
    }

    void editsPinsAndWhatCameLater() {
        const test::TempFolder folder;
        const auto project = grown(folder, false);
        Asker asker(*project);
        const auto before = project->tree().value();
        const auto top = before->tree.labelsAtLevel(0);
        const auto leaves = before->tree.labelsAtLevel(1);
        QVERIFY(top.size() >= 2 && leaves.size() >= 4);
        // A leaf of another branch moves: its documents are there by that edit, their words as they were.
        const LabelId leaf = leaves.back(), to = top.front();
        QVERIFY(before->tree.at(leaf).parent != to);
        std::string inLeaf, elsewhere;
        const auto placed = project->hardLabels().value();
        for (const auto& one : placed) {
            const auto id = project->document(one.key).value().document.id;
            if (one.label == leaf && inLeaf.empty()) inLeaf = id;
            if (before->tree.inBranch(one.label, to) && elsewhere.empty()) elsewhere = id;
        }
        const json was = asker.ask(inLeaf);
        tree::Edit move = made(tree::EditKind::Move, leaf);
        move.parent = to;
        must(project->edit(move));
        const json moved = asker.ask(inLeaf);
        QCOMPARE(moved["reason"].get<std::string>(), std::string("edit"));
        QCOMPARE(moved["moved_by"]["revision"].get<std::int64_t>(), project->revision().value());
        QVERIFY(moved["terms"] == was["terms"]);
        QCOMPARE(moved["path"].size(), std::size_t{2});
        QCOMPARE(asker.ask(elsewhere)["reason"].get<std::string>(), std::string("build"));
        // Merging and retiring put the mass of several paths under one label.
        tree::Edit merge = made(tree::EditKind::Merge, leaves[0]);
        merge.others = {leaf};
        must(project->edit(merge));
        must(project->edit(made(tree::EditKind::Retire, leaves[1])));
        QVERIFY(asker.verifySums() > 40);
        // A pin against the shares: the pin is the reason, and the share by words is said besides.
        const LabelId target = top.back();
        tree::Edit pin = made(tree::EditKind::Pin, target);
        pin.document = project->findDocument(elsewhere).value();
        must(project->edit(pin));
        const json pinned = asker.ask(elsewhere, target);
        QCOMPARE(pinned["reason"].get<std::string>(), std::string("pin"));
        QVERIFY(pinned["here"].get<bool>());
        QCOMPARE(pinned["pins"].size(), std::size_t{1});
        QVERIFY(!pinned["pins"][0]["fit_agrees"].get<bool>());
        QCOMPARE(pinned["moved_by"]["revision"].get<std::int64_t>(), project->revision().value());
        asker.verifySum(pinned, elsewhere, target);
        QVERIFY2(pinned["sentence"].get<std::string>().find("by its words alone") != std::string::npos,
                 pinned["sentence"].get<std::string>().c_str());
        QVERIFY(asker.ask(elsewhere, to)["reason"] == "pin");  // kept from there by it
        // A document that came later was placed by assign.
        importLines(*project, folder, corpus(6, 99, "later"));
        const json nowhere = asker.ask("later1");
        QVERIFY(nowhere["label"].is_null() && nowhere["share"].is_null() && nowhere["terms"].is_null() &&
                nowhere["reason"].is_null() && nowhere["moved_by"].is_null() && nowhere["why_not"].is_string());
        run(*project, "assign", json::object());
        const json assigned = asker.ask("later1");
        QCOMPARE(assigned["reason"].get<std::string>(), std::string("assign"));
        asker.verifySum(assigned, "later1", LabelId{assigned["label"].get<std::int64_t>()});
        // Undone, the tree is as it was, and so is the answer.
        while (project->revision().value() > 0 && project->undoText().value().find("Build") == std::string::npos)
            must(project->undo());
        QVERIFY(asker.ask(inLeaf)["terms"] == was["terms"]);
        QCOMPARE(asker.ask(inLeaf)["reason"].get<std::string>(), std::string("build"));
    }

    void laterSplits() {
        for (const bool semantic : {false, true}) {
            const test::TempFolder folder;
            const auto project = grown(folder, semantic, 1);
            Asker asker(*project);
            const auto snapshot = project->tree().value();
            const auto top = snapshot->tree.labelsAtLevel(0);
            const LabelId label = *std::max_element(top.begin(), top.end(), [&](LabelId a, LabelId b) {
                return snapshot->countsOf(a).documents < snapshot->countsOf(b).documents;
            });
            run(*project, "split", {{"label", label.value}, {"k", 2}});
            const auto after = project->tree().value();
            QCOMPARE(after->tree.at(label).children.size(), std::size_t{2});
            QVERIFY(asker.verifySums() > 30);
            // Who ended there was moved by the split; its share of the label itself comes from the build.
            int checked = 0;
            const auto placed = project->hardLabels().value();
            for (const auto& one : placed) {
                if (!one.label || after->tree.at(one.label).parent != label || checked == 3) continue;
                const auto id = project->document(one.key).value().document.id;
                QCOMPARE(asker.ask(id)["reason"].get<std::string>(), std::string("split"));
                QCOMPARE(asker.ask(id, label)["reason"].get<std::string>(), std::string("build"));
                ++checked;
            }
            QCOMPARE(checked, 3);
            // What comes later goes through the split as well, with or without a vector.
            importLines(*project, folder, corpus(9, 5, "later"));
            run(*project, "assign", json::object());
            for (int d = 0; d < 9; ++d) {
                const std::string id = "later" + std::to_string(d);
                const json answer = asker.ask(id);
                QCOMPARE(answer["reason"].get<std::string>(), std::string("assign"));
                asker.verifySum(answer, id, LabelId{answer["label"].get<std::int64_t>()});
            }
            // Undone, nobody was moved by it any more.
            must(project->undo());
            must(project->undo());
            QVERIFY(asker.verifySums(31) > 10);
            QCOMPARE(asker.ask("d1")["reason"].get<std::string>(), std::string("build"));
        }
    }

    void saysWhatItCannotSplit() {
        const test::TempFolder folder;
        const auto project = grown(folder, true);
        Asker asker(*project);
        for (const json& request : {json{{"document", "nobody"}}, json{{"document", "d1"}, {"label", "No/such"}},
                                    json{{"document", "d1"}, {"label", "99999"}}})
            QCOMPARE(asker.refused(request), ErrorCode::NotFound);
        for (const json& request : {json::object(), json{{"document", ""}}, json{{"document", json::array()}},
                                    json{{"document", "d1"}, {"label", false}}, json("d1")})
            QCOMPARE(asker.refused(request), ErrorCode::InvalidArgument);
        // The vectors are others now: no parts of a number that is not the share.
        const json before = asker.ask("d4");
        importLines(*project, folder, corpus(120, 3, "more"));
        run(*project, "embed", {{"model", "tfidf"}});
        Asker fresh(*project);
        const json after = fresh.ask("d4");
        QVERIFY(before["share"] == after["share"]);
        if (after["terms"].is_null())
            QVERIFY(!after["why_not"].get<std::string>().empty());
        else
            fresh.verifySum(after, "d4", LabelId{after["label"].get<std::int64_t>()});
        // A taxonomy that was imported has no words.
        project::TreeImportOptions options;
        options.replace = true;
        must(project->undo());  // back before the build: nothing is locked, nothing grown
        const auto imported = project->importTree(folder.write("t.txt", "Soil\n  Peat\nWater\n"), options);
        QVERIFY2(imported.ok(), imported.ok() ? "" : imported.error().message.c_str());
        const json unplaced = fresh.ask("d4");
        QVERIFY(unplaced["label"].is_null() && unplaced["why_not"].is_string());
        tree::Edit pin = made(tree::EditKind::Pin, project->tree().value()->tree.resolve("Soil/Peat").value());
        pin.document = project->findDocument("d4").value();
        must(project->edit(pin));
        const json pinned = fresh.ask("d4");
        QCOMPARE(pinned["reason"].get<std::string>(), std::string("pin"));
        QVERIFY(pinned["terms"].is_null() && pinned["why_not"].is_string() && pinned["share"] == 0.0);
        QVERIFY(pinned["path"] == json({"Soil", "Peat"}));
    }
};

QTEST_APPLESS_MAIN(TestWhy)
#include "tst_why.moc"
