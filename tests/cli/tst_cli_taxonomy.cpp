// SPDX-License-Identifier: Apache-2.0
/// import-tree, proposals and the SKOS formats of tree and export, as scripts use them.
#include <QTest>

#include "tests/cli/programs.h"

using namespace espalier::test;

namespace {
const std::string kTurtle =
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    "<urn:x:a> a skos:Concept ; skos:prefLabel \"Soil\"@en ; <urn:x:weight> 3 .\n"
    "<urn:x:b> a skos:Concept ; skos:prefLabel \"Peat\"@en ; skos:broader <urn:x:a>, <urn:x:b> .\n";
const std::vector<std::string> kKeys{"read", "mapped", "kept_as_is", "refused", "revision"};
}  // namespace

class TestCliTaxonomy : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::string m_project = (m_folder / "Soils.espalier").string();
    std::string file(const std::string& name, const std::string& text) { return m_folder.write(name, text).string(); }

private Q_SLOTS:
    void initTestCase() {
        VERIFY_ANSWER(cli({"create", m_project}), {"project"});
        const auto corpus = file("corpus.jsonl", toJsonl(plantedDocuments(2, 1, 5)));
        QCOMPARE(cli({"import", m_project, corpus}).status, 0);
    }

    void importsAndReports() {
        const Answer answer = cli({"import-tree", m_project, file("soils.ttl", kTurtle)});
        VERIFY_ANSWER(answer, kKeys);
        SAME_JSON(answer.object["read"], 7);
        SAME_JSON(answer.object["mapped"], 5);
        SAME_JSON(answer.object["kept_as_is"], 1);
        QCOMPARE(answer.object["refused"].size(), std::size_t{1});
        QVERIFY(answer.object["refused"][0]["why"].get<std::string>().find("broader than itself") != std::string::npos);
        QVERIFY(answer.object["unassigned"].get<int>() > 0);
        const Answer plain = cliPlain({"tree", m_project});
        QVERIFY2(plain.out.contains("\n  Soil (0)\n    Peat (0)\n"), plain.why().c_str());
    }

    void exportsWhatItRead() {
        for (const char* format : {"turtle", "rdfxml", "jsonld", "json", "csv", "text"}) {
            const auto out = (m_folder / (std::string("tree.") + format)).string();
            QCOMPARE(cli({"export", m_project, "--what", "tree", "--format", format, "--out", out}).status, 0);
            QCOMPARE(cliPlain({"tree", m_project, "--format", format}).status, 0);
            const auto other = (m_folder / (std::string(format) + ".espalier")).string();
            QCOMPARE(cli({"create", other}).status, 0);
            const Answer answer = cli({"import-tree", other, out, "--format", format});
            VERIFY_ANSWER(answer, kKeys);
            SAME_JSON(answer.object["added"], 2);
            QVERIFY(answer.object["refused"].empty());
            QCOMPARE(cli({"check", other}).status, 0);
        }
        QVERIFY(cliPlain({"tree", (m_folder / "rdfxml.espalier").string(), "--format", "turtle"})
                    .out.contains("<urn:x:weight> 3"));
    }

    void refusesAndChangesNothing() {
        const auto before = cliPlain({"tree", m_project, "--format", "turtle"}).out;
        const auto soils = file("soils.ttl", kTurtle);
        VERIFY_REFUSED(cli({"import-tree", m_project, soils}), 3);
        VERIFY_REFUSED(cli({"import-tree", m_project, (m_folder / "none.ttl").string()}), 3);
        VERIFY_REFUSED(cli({"import-tree", m_project, file("soils.doc", kTurtle), "--merge"}), 3);
        VERIFY_REFUSED(cli({"import-tree", m_project, file("empty.ttl", ""), "--merge"}), 3);
        VERIFY_REFUSED(cli({"import-tree", m_project, file("cut.ttl", kTurtle.substr(0, 100)), "--replace"}), 3);
        VERIFY_REFUSED(cli({"import-tree", m_project,
                            file("latin.csv",
                                 "name\nB\xf6"
                                 "den\n"),
                            "--replace"}),
                       3);
        VERIFY_REFUSED(
            cli({"import-tree", m_project,
                 file("x.rdf", "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><r>&e;</r>"), "--replace"}),
            3);
        const Answer remote =
            cli({"import-tree", m_project, file("x.jsonld", "{\"@context\": \"http://x.org/c\"}"), "--merge"});
        VERIFY_REFUSED(remote, 3);
        QVERIFY(remote.object["error"]["message"].get<std::string>().find("http://x.org/c") != std::string::npos);
        VERIFY_REFUSED(cli({"import-tree", (m_folder / "none.espalier").string(), soils}), 3);
        QCOMPARE(cliPlain({"tree", m_project, "--format", "turtle"}).out, before);
    }

    void mergesAndAsks() {
        auto theirs = cliPlain({"tree", m_project, "--format", "turtle"}).out;
        theirs.replace("\"Soil\"@en", "\"Earth\"@en");
        QCOMPARE(cli({"edit", m_project, "rename", "Soil", "Ground"}).status, 0);
        const Answer merged = cli({"import-tree", m_project, file("theirs.ttl", theirs.toStdString()), "--merge"});
        VERIFY_ANSWER(merged, kKeys);
        SAME_JSON(merged.object["proposals"], 1);
        const Answer list = cli({"proposals", m_project});
        VERIFY_ANSWER(list, (std::vector<std::string>{"proposals", "revision"}));
        QCOMPARE(list.object["proposals"].size(), std::size_t{1});
        SAME_JSON(list.object["proposals"][0]["theirs"], "Earth");
        const auto id = list.object["proposals"][0]["id"].get<std::string>();
        VERIFY_REFUSED(cli({"proposals", m_project, "accept", "1:name"}), 3);
        const Answer taken = cli({"proposals", m_project, "accept", id});
        VERIFY_ANSWER(taken, (std::vector<std::string>{"proposals", "revision"}));
        QVERIFY(taken.object["proposals"].empty());
        QVERIFY(cliPlain({"tree", m_project}).out.contains("  Earth (0)"));
        for (int i = 0; i < 3; ++i) QCOMPARE(cli({"undo", m_project}).status, 0);
        QVERIFY(cliPlain({"tree", m_project}).out.contains("  Soil (0)"));
        QCOMPARE(cli({"check", m_project}).status, 0);
    }
};

QTEST_APPLESS_MAIN(TestCliTaxonomy)
#include "tst_cli_taxonomy.moc"
