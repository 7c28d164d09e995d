// SPDX-License-Identifier: Apache-2.0
/// why, as a script would call it.
#include <QTest>
#include <cmath>

#include "tests/cli/programs.h"

using namespace espalier::test;

class TestCliWhy : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::string m_project = (m_folder / "P.espalier").string();

    static void verifySum(const json& answer) {
        QVERIFY2(answer["terms"].is_array() && !answer["terms"].empty(), answer.dump().c_str());
        double sum = answer["undecided"].get<double>();
        for (const json& term : answer["terms"]) sum += term["part"].get<double>();
        QVERIFY2(std::abs(sum - answer["share"].get<double>()) < 1e-9, answer.dump().c_str());
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder.write("corpus.jsonl", toJsonl(plantedDocuments(3, 2, 20)));
        VERIFY_ANSWER(cli({"create", m_project}), {"project"});
        VERIFY_ANSWER(cli({"import", m_project, (m_folder / "corpus.jsonl").string()}), {"kept"});
        VERIFY_ANSWER(cli({"build", m_project, "--perturbations", "3", "--k-max", "5", "--min-docs", "24"}), {"nodes"});
    }

    void saysWhy() {
        const std::string document = "d00-3";
        const Answer answer = cli({"why", m_project, document});
        VERIFY_ANSWER(answer, {"id", "title", "label", "path", "share", "here", "reason", "sentence", "moved_by",
                               "pins", "terms", "undecided", "lenders", "why_not"});
        verifySum(answer.object);
        SAME_JSON(answer.object["id"], document);
        SAME_JSON(answer.object["reason"], "build");
        for (const char* key : {"revision", "kind", "what", "time", "actor"})
            QVERIFY2(answer.object["moved_by"].contains(key), key);
        SAME_JSON(answer.object["moved_by"]["kind"], "build");
        // The share is that of memberships, of any label by id or path.
        const json memberships = cli({"memberships", m_project, "--document", document}).object;
        const json tree = cli({"tree", m_project}).object;
        for (const json& child : tree["children"]) {
            double share = 0;
            for (const json& path : memberships["paths"])
                for (const json& node : path["nodes"])
                    if (node == child["id"]) share += path["share"].get<double>();
            const Answer byId = cli({"why", m_project, document, std::to_string(child["id"].get<int>())});
            QVERIFY(std::abs(byId.object["share"].get<double>() - share) < 1e-6);
            const Answer byPath = cli({"why", m_project, document, child["name"].get<std::string>()});
            SAME_JSON(byPath.object, byId.object);
        }
        const Answer plain = cliPlain({"why", m_project, document});
        QCOMPARE(plain.status, 0);
        QVERIFY2(
            plain.out.startsWith("It is under '") && plain.out.contains("Build tree") && plain.out.contains("Term"),
            plain.out.constData());
    }

    void pinsAndEditsAreTheReason() {
        const json tree = cli({"tree", m_project}).object;
        const std::string document = "d10-1";
        const json was = cli({"why", m_project, document}).object;
        std::string other;
        for (const json& child : tree["children"])
            if (child["name"] != was["path"][0]) other = std::to_string(child["id"].get<int>());
        VERIFY_ANSWER(cli({"edit", m_project, "pin", document, other}), {"revision"});
        const Answer pinned = cli({"why", m_project, document, other});
        SAME_JSON(pinned.object["reason"], "pin");
        SAME_JSON(pinned.object["here"], true);
        SAME_JSON(pinned.object["pins"][0]["fit_agrees"], false);
        SAME_JSON(pinned.object["moved_by"]["kind"], "edit");
        QVERIFY(cliPlain({"why", m_project, document, other}).out.contains("Pinned under"));
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        SAME_JSON(cli({"why", m_project, document}).object["moved_by"], was["moved_by"]);
    }

    void refusesWhatIsNotThere() {
        VERIFY_REFUSED(cli({"why", m_project, "nobody"}), 3);
        VERIFY_REFUSED(cli({"why", m_project, "d00-3", "No such label"}), 3);
        VERIFY_REFUSED(cli({"why", (m_folder / "none.espalier").string(), "d00-3"}), 3);
        VERIFY_REFUSED(cli({"why", m_project}), 2);
        VERIFY_REFUSED(cli({"why", m_project, ""}), 3);
        // Not placed yet: said, not refused.
        m_folder.write("later.jsonl", R"({"_id":"later","text":"w1 w2 w3 w41 w42"})"
                                      "\n");
        VERIFY_ANSWER(cli({"import", m_project, (m_folder / "later.jsonl").string()}), {"kept"});
        const Answer nowhere = cli({"why", m_project, "later"});
        VERIFY_ANSWER(nowhere, {"label", "why_not"});
        for (const char* key : {"label", "path", "share", "reason", "moved_by", "terms", "undecided", "lenders"})
            QVERIFY2(nowhere.object[key].is_null(), key);
        QVERIFY(cliPlain({"why", m_project, "later"}).out.startsWith("No label holds it"));
        // A taxonomy without words.
        const std::string project = (m_folder / "T.espalier").string();
        VERIFY_ANSWER(cli({"create", project}), {"project"});
        VERIFY_ANSWER(cli({"import", project, (m_folder / "later.jsonl").string()}), {"kept"});
        m_folder.write("t.txt", "Soil\n  Peat\nWater\n");
        VERIFY_ANSWER(cli({"import-tree", project, (m_folder / "t.txt").string(), "--format", "text"}), {"revision"});
        VERIFY_ANSWER(cli({"edit", project, "pin", "later", "Soil/Peat"}), {"revision"});
        const Answer taxonomy = cli({"why", project, "later"});
        SAME_JSON(taxonomy.object["reason"], "pin");
        QVERIFY(taxonomy.object["terms"].is_null() && taxonomy.object["why_not"].is_string());
    }
};

QTEST_APPLESS_MAIN(TestCliWhy)
#include "tst_cli_why.moc"
