// SPDX-License-Identifier: Apache-2.0
/// refit, as a script would call it: what an expert decided stays, the rest comes along, nothing is lost.
#include <QTest>
#include <algorithm>
#include <map>

#include "tests/cli/programs.h"

using namespace espalier::test;

namespace {
const json* find(const json& node, std::int64_t id) {
    if (node["id"] == id) return &node;
    for (const json& child : node["children"]) {
        if (const json* found = find(child, id)) return found;
    }
    return nullptr;
}
}  // namespace

class TestCliRefit : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::vector<PlantedDocument> m_documents = plantedDocuments(3, 2, 30);
    std::string m_project;
    int m_count = 0;

    /// A fresh project of six planted leaves, one label each.
    std::string made(const std::vector<PlantedDocument>& documents, const char* threads = "2") {
        const std::string project = (m_folder / ("P" + std::to_string(++m_count) + ".espalier")).string();
        m_folder.write("corpus.jsonl", toJsonl(documents));
        (void)cli({"create", project});
        (void)cli({"import", project, (m_folder / "corpus.jsonl").string()});
        (void)cli({"build", project, "--depth", "1", "--perturbations", "4", "--k-max", "6", "--min-docs", "20",
                   "--threads", threads});
        return project;
    }

    std::set<std::string> idsUnder(const std::string& project, const std::string& label) {
        std::set<std::string> ids;
        const json answer = cli({"documents", project, "--branch", label, "--limit", "1000"}).object;
        for (const json& document : answer["documents"]) ids.insert(document["id"].get<std::string>());
        return ids;
    }
    int countOf(const std::set<std::string>& ids, const std::string& leaf) {
        return static_cast<int>(
            std::count_if(ids.begin(), ids.end(), [&](const std::string& id) { return id.substr(0, 3) == leaf; }));
    }

    /// Planted leaf to the label that holds most of it.
    std::map<std::string, std::string> labelOfLeaf(const std::string& project) {
        std::map<std::string, std::string> labels;
        const json tree = cli({"tree", project}).object;
        for (const json& child : tree["children"]) {
            const std::string id = std::to_string(child["id"].get<int>());
            const auto ids = idsUnder(project, id);
            for (const char* leaf : {"d00", "d01", "d10", "d11", "d20", "d21"}) {
                if (countOf(ids, leaf) >= 25) labels[leaf] = id;
            }
        }
        return labels;
    }

    void sumsHold(const std::string& project) {
        for (std::size_t i = 0; i < m_documents.size(); i += 7) {
            const Answer shares = cli({"memberships", project, "--document", m_documents[i].id});
            double sum = shares.object["residual"].get<double>();
            for (const json& path : shares.object["paths"]) sum += path["share"].get<double>();
            QVERIFY(std::abs(sum - 1) < 1e-6);
        }
    }

private Q_SLOTS:
    void initTestCase() {
        m_project = made(m_documents);
        QCOMPARE(cli({"tree", m_project}).object["children"].size(), std::size_t{6});
        QCOMPARE(labelOfLeaf(m_project).size(), std::size_t{6});
    }

    void aTreeThatNobodyTouchedStays() {
        const Answer before = cli({"tree", m_project});
        const Answer refit = cli({"refit", m_project, "/", "--apply"});
        VERIFY_ANSWER(refit, {"proposal", "revision"});
        QVERIFY2(refit.object["revision"].is_null(), refit.out.constData());
        for (const char* key : {"added", "removed", "renamed", "moved", "refitted"})
            QVERIFY(refit.object["proposal"][key].empty());
        QVERIFY(refit.object["proposal"]["why"].is_string());
        QCOMPARE(cli({"tree", m_project}).out, before.out);
    }

    /// Merged, named, locked, pinned: all of it holds, and the documents that a later assign would have lost come
    /// along.
    void whatWasDecidedStaysAndTheRestComesAlong() {
        const std::string project = made(m_documents);
        auto leaf = labelOfLeaf(project);
        QCOMPARE(leaf.size(), std::size_t{6});
        VERIFY_ANSWER(cli({"edit", project, "merge", leaf["d00"], leaf["d01"]}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "rename", leaf["d10"], "Peat"}), {"revision"});
        // A label made by hand, which only three examples say what it is about.
        VERIFY_ANSWER(cli({"edit", project, "merge", leaf["d20"], leaf["d21"]}), {"revision"});
        const Answer made = cli({"edit", project, "new", "/", "Wheat"});
        const std::string wheat = std::to_string(made.object["label"].get<int>());
        for (const char* id : {"d21-1", "d21-2", "d21-3"})
            VERIFY_ANSWER(cli({"edit", project, "pin", id, wheat}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "pin", "d10-4", leaf["d00"], "--not"}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "pin", "d00-5", leaf["d10"]}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "lock", leaf["d11"]}), {"revision"});
        const json before = cli({"tree", project}).object;
        const Answer refit = cli({"refit", project, "/", "--apply"});
        VERIFY_ANSWER(refit, {"proposal", "revision"});
        QVERIFY(refit.object["revision"].is_number());
        const json& proposal = refit.object["proposal"];
        SAME_JSON(proposal["kind"], "refit");
        QVERIFY(proposal["added"].empty() && proposal["removed"].empty() && proposal["renamed"].empty());
        SAME_JSON(proposal["pins"].get<int>() - proposal["pins_kept"].get<int>(), proposal["pins_violated"].size());
        const bool listed = std::any_of(proposal["pins_violated"].begin(), proposal["pins_violated"].end(),
                                        [](const json& pin) { return pin["document"] == "d00-5"; });
        QVERIFY2(listed, refit.out.constData());
        const json after = cli({"tree", project}).object;
        // The locked label byte for byte; the others under the same ids and names.
        SAME_JSON(*find(after, std::stoll(leaf["d11"])), *find(before, std::stoll(leaf["d11"])));
        QCOMPARE(after["children"].size(), before["children"].size());
        for (const json& child : before["children"]) {
            const json* still = find(after, child["id"].get<std::int64_t>());
            QVERIFY(still != nullptr);
            SAME_JSON((*still)["name"], child["name"]);
        }
        const auto merged = idsUnder(project, leaf["d00"]);
        QVERIFY(countOf(merged, "d00") + countOf(merged, "d01") >= 55 && merged.size() <= 65);
        QVERIFY(merged.count("d10-4") == 0);
        const auto peat = idsUnder(project, leaf["d10"]);
        QVERIFY(countOf(peat, "d10") >= 27 && peat.count("d00-5") == 1);
        // The three examples brought the rest of their kind.
        const auto wheats = idsUnder(project, wheat);
        QVERIFY2(countOf(wheats, "d21") >= 25 && countOf(wheats, "d20") <= 5, qPrintable(q(after.dump(1))));
        sumsHold(project);
        VERIFY_ANSWER(cli({"check", project}), {"ok"});
        QVERIFY(cli({"why", project, "d21-7"}).object.dump().find("Re-fit") != std::string::npos);
        // Later documents find the same labels.
        auto later = plantedDocuments(3, 2, 5, 99);
        for (auto& document : later) document.id += "-later";
        m_folder.write("later.jsonl", toJsonl(later));
        (void)cli({"import", project, (m_folder / "later.jsonl").string()});
        SAME_JSON(cli({"assign", project}).object["assigned"], later.size());
        const auto laterUnder = [&](const std::string& label, const char* kind) {
            const auto ids = idsUnder(project, label);
            return std::count_if(ids.begin(), ids.end(), [&](const std::string& id) {
                return id.substr(0, 3) == kind && id.find("-later") != std::string::npos;
            });
        };
        QVERIFY(laterUnder(wheat, "d21") >= 4 && laterUnder(leaf["d10"], "d10") >= 4);
        QVERIFY(laterUnder(leaf["d00"], "d00") >= 4 && laterUnder(leaf["d00"], "d01") >= 4);
        VERIFY_ANSWER(cli({"check", project}), {"ok"});
        VERIFY_ANSWER(cli({"undo", project}), {"revision"});  // assign
        const json assignUndone = cli({"tree", project}).object;
        SAME_JSON(assignUndone, after);
        VERIFY_ANSWER(cli({"undo", project}), {"revision"});  // refit
        SAME_JSON(cli({"tree", project}).object, before);
        VERIFY_ANSWER(cli({"redo", project}), {"revision"});
        SAME_JSON(cli({"tree", project}).object, after);
        VERIFY_ANSWER(cli({"check", project}), {"ok"});
    }

    /// Documents of two subjects: their other half, dealt out anew, leads none of them out of a locked label or into
    /// it.
    void documentsOfALockedLabelStayWithIt() {
        auto documents = m_documents;
        for (std::size_t i = 0; i < 30; ++i) {  // the first leaf's words with those of three others
            for (const std::size_t leaf : {2U, 3U, 4U}) {
                PlantedDocument both = documents[i];
                both.id = "x" + std::to_string(leaf) + "-" + std::to_string(i);
                both.text = documents[i].text.substr(0, 60 + 4 * i) + " " + documents[leaf * 30 + i].text;
                documents.push_back(both);
            }
        }
        const std::string project = made(documents);
        auto leaf = labelOfLeaf(project);
        QVERIFY(leaf.count("d00") == 1 && leaf.count("d10") == 1 && leaf.count("d11") == 1);
        VERIFY_ANSWER(cli({"edit", project, "merge", leaf["d10"], leaf["d11"]}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "lock", leaf["d00"]}), {"revision"});
        const json before = cli({"tree", project}).object;
        const auto ids = idsUnder(project, leaf["d00"]);
        QVERIFY(std::any_of(ids.begin(), ids.end(), [](const std::string& id) { return id[0] == 'x'; }));
        VERIFY_ANSWER(cli({"refit", project, "/", "--apply"}), {"proposal", "revision"});
        const json after = cli({"tree", project}).object;
        SAME_JSON(*find(after, std::stoll(leaf["d00"])), *find(before, std::stoll(leaf["d00"])));
        QCOMPARE(idsUnder(project, leaf["d00"]), ids);
        sumsHold(project);
        VERIFY_ANSWER(cli({"check", project}), {"ok"});
    }

    void theNumberCanBeAskedForAndPartsRefused() {
        const std::string project = made(m_documents);
        auto leaf = labelOfLeaf(project);
        VERIFY_ANSWER(cli({"edit", project, "rename", leaf["d10"], "Peat"}), {"revision"});
        const Answer four = cli({"refit", project, "/", "--k", "4"});
        VERIFY_ANSWER(four, {"proposal", "revision"});
        const json& proposal = four.object["proposal"];
        SAME_JSON(proposal["k"], 4);
        QVERIFY(proposal["removed"].size() >= 2);
        // Taken but for the labels that would leave: those stay, with all they have.
        std::string keep;
        for (const char* key : {"added", "renamed", "refitted"}) {
            for (const json& part : proposal[key])
                keep += (keep.empty() ? "" : ",") + std::to_string(part["number"].get<int>());
        }
        const Answer taken = cli({"refit", project, "/", "--k", "4", "--accept", keep, "--apply"});
        VERIFY_ANSWER(taken, {"proposal", "revision"});
        const json tree = cli({"tree", project}).object;
        for (const auto& [name, id] : leaf) QVERIFY(find(tree, std::stoll(id)) != nullptr);
        sumsHold(project);
        VERIFY_ANSWER(cli({"check", project}), {"ok"});
    }

    /// Shares that were set are the same after a re-fit, whatever the words say; the model's own come back by unshare.
    void setSharesAreKept() {
        const std::string project = made(m_documents);
        auto leaf = labelOfLeaf(project);
        const auto shareOf = [&](const char* document, const std::string& label) {
            const json answer = cli({"memberships", project, "--document", document}).object;
            double share = 0;
            for (const json& path : answer["paths"]) {
                for (const json& node : path["nodes"])
                    share += node == std::stoll(label) ? path["share"].get<double>() : 0;
            }
            return share;
        };
        VERIFY_ANSWER(cli({"edit", project, "share", "d10-4", leaf["d20"], "0.75"}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "share", "d10-4", leaf["d00"], "0"}), {"revision"});
        const double fits = shareOf("d11-2", leaf["d11"]);
        VERIFY_ANSWER(cli({"edit", project, "share", "d11-2", leaf["d11"], std::to_string(fits).substr(0, 6)}),
                      {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "merge", leaf["d00"], leaf["d01"]}), {"revision"});
        const double zero = shareOf("d10-4", leaf["d00"]);  // what the merged label had came along
        VERIFY_ANSWER(cli({"edit", project, "pin", "d10-4", leaf["d20"], "--not"}), {"revision", "contradictions"});
        const Answer refused = cli({"refit", project, "/"});
        VERIFY_REFUSED(refused, 3);
        QVERIFY2(refused.out.contains("d10-4") && refused.out.contains("is set to 0.75"), refused.out.constData());
        VERIFY_ANSWER(cli({"edit", project, "unpin", "d10-4", leaf["d20"]}), {"revision"});
        const Answer refit = cli({"refit", project, "/", "--apply"});
        VERIFY_ANSWER(refit, {"proposal", "revision"});
        const json& proposal = refit.object["proposal"];
        SAME_JSON(proposal["pins"], 3);
        const bool listed =
            std::any_of(proposal["pins_violated"].begin(), proposal["pins_violated"].end(), [](const json& pin) {
                return pin["document"] == "d10-4" && pin["share"].is_number() && pin["share"] > 0.7;
            });
        const bool agrees = std::none_of(proposal["pins_violated"].begin(), proposal["pins_violated"].end(),
                                         [](const json& pin) { return pin["document"] == "d11-2"; });
        QVERIFY2(listed && agrees, refit.out.constData());
        QVERIFY(std::abs(shareOf("d10-4", leaf["d20"]) - 0.75) < 1e-6);
        QVERIFY(std::abs(shareOf("d10-4", leaf["d00"]) - zero) < 1e-6);
        sumsHold(project);
        VERIFY_ANSWER(cli({"check", project}), {"ok"});
        VERIFY_ANSWER(cli({"edit", project, "unshare", "d10-4", leaf["d20"]}), {"revision"});
        QVERIFY(shareOf("d10-4", leaf["d20"]) < 0.2);
        QVERIFY(shareOf("d10-4", leaf["d10"]) > 0.5);
        VERIFY_ANSWER(cli({"check", project}), {"ok"});
    }

    void threadsAndRowOrderChangeNothing() {
        auto shuffled = m_documents;
        std::reverse(shuffled.begin(), shuffled.end());
        std::rotate(shuffled.begin(), shuffled.begin() + 37, shuffled.end());
        json reference;
        for (const auto& documents : {m_documents, shuffled}) {
            const std::string project = made(documents, "1");
            auto leaf = labelOfLeaf(project);
            (void)cli({"edit", project, "merge", leaf["d00"], leaf["d11"]});
            (void)cli({"edit", project, "rename", leaf["d21"], "Peat"});
            for (const char* threads : {"1", "2", "8"}) {
                const Answer refit = cli({"refit", project, "/", "--threads", threads});
                VERIFY_ANSWER(refit, {"proposal", "revision"});
                if (reference.is_null()) reference = refit.object["proposal"];
                SAME_JSON(refit.object["proposal"], reference);
            }
        }
    }

    void whatCannotBeRefittedIsRefused() {
        const std::string project = made(m_documents);
        auto leaf = labelOfLeaf(project);
        VERIFY_ANSWER(cli({"edit", project, "new", leaf["d00"], "Bog"}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "note", leaf["d21"], "about peat"}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "pin", "d00-1", leaf["d10"]}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "pin", "d00-1", leaf["d20"]}), {"revision"});
        const Answer before = cli({"tree", project});
        const Answer pins = cli({"refit", project, "/", "--apply"});
        VERIFY_REFUSED(pins, 3);
        QVERIFY2(pins.object["error"]["message"].get<std::string>().find("d00-1") != std::string::npos,
                 pins.out.constData());
        QCOMPARE(cli({"tree", project}).out, before.out);
        VERIFY_ANSWER(cli({"edit", project, "unpin", "d00-1", leaf["d20"]}), {"revision"});
        VERIFY_ANSWER(cli({"refit", project, "/"}), {"proposal", "revision"});
        const Answer few = cli({"refit", project, leaf["d00"]});  // 30 documents, 40 are asked for
        VERIFY_REFUSED(few, 3);
        QVERIFY(few.out.contains("40"));
        VERIFY_REFUSED(cli({"refit", project, leaf["d10"]}), 3);      // no labels below it
        VERIFY_REFUSED(cli({"refit", project, "/", "--k", "2"}), 3);  // three were shaped
        VERIFY_REFUSED(cli({"refit", project, "/", "--k", "500"}), 3);
        VERIFY_REFUSED(cli({"refit", project, "/", "--k", "1"}), 2);
        VERIFY_REFUSED(cli({"refit", project, "/", "--k", "many"}), 2);
        VERIFY_REFUSED(cli({"refit", project, "/", "--vectors", "nothing-there"}), 3);
        VERIFY_REFUSED(cli({"refit", project, "/", "--accept", "99", "--apply"}), 3);
        VERIFY_REFUSED(cli({"refit", project}), 2);
        VERIFY_REFUSED(cli({"refit", project, "999"}), 3);
        VERIFY_ANSWER(cli({"edit", project, "lock", leaf["d00"]}), {"revision"});
        VERIFY_REFUSED(cli({"refit", project, leaf["d00"]}), 3);
        const std::string empty = (m_folder / "Empty.espalier").string();
        VERIFY_ANSWER(cli({"create", empty}), {"project"});
        VERIFY_REFUSED(cli({"refit", empty, "/"}), 3);
        QVERIFY(cliPlain({"refit", "--help"}).out.contains("--accept"));
    }
};

QTEST_GUILESS_MAIN(TestCliRefit)
#include "tst_cli_refit.moc"
