// SPDX-License-Identifier: Apache-2.0
// Taxonomy files into projects and out again.
#include <QRegularExpression>
#include <QTest>

#include "core/base/atomic_file.h"
#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;

namespace {
const std::string kTurtle =
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n"
    "@prefix ex: <http://example.org/> .\n"
    "ex:s a skos:ConceptScheme ; dct:title \"Soils\"@en ; dct:publisher [ dct:title \"Nobody\" ] .\n"
    "ex:soil a skos:Concept ; skos:prefLabel \"Soil\"@en, \"Boden\"@de ; skos:altLabel \"Earth\", \"Dirt\"@en-GB ;\n"
    "  skos:hiddenLabel \"sol\" ; skos:notation \"1.2\"^^ex:code ; skos:scopeNote \"Top; only @ top\"@en ; ex:weight 3 "
    ";\n"
    "  skos:note \"a note\"@en ; skos:related ex:wet ; skos:inScheme ex:s .\n"
    "ex:peat a skos:Concept ; skos:prefLabel \"=Peat, \\\"raw\\\"\"@en ; skos:broader ex:soil, ex:wet .\n"
    "ex:wet a skos:Concept ; skos:prefLabel \"Wetland\"@en ; skos:changeNote \"made\" .\n"
    "ex:c a skos:Collection ; skos:member ex:peat .\n";

TreeImportOptions options(bool merge, bool replace = false) {
    TreeImportOptions made;
    made.merge = merge;
    made.replace = replace;
    return made;
}

Result<TreeImport> importFile(Project& project, const TempFolder& folder, const std::string& name,
                              const std::string& text, const TreeImportOptions& how = {}) {
    return project.importTree(folder.write(name, text), how);
}

LabelId named(Project& project, const std::string& path) {
    const auto snapshot = project.tree().value();
    const auto found = snapshot->tree.resolve(path);
    return found ? *found : LabelId{};
}
std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    if (at == std::string::npos) qFatal("nothing to replace: %s", from.c_str());
    return text.replace(at, from.size(), to);
}
std::string turtle(Project& project) {
    return project.exportTree(TreeFormat::Turtle).value();
}
}  // namespace

class TestTreeImport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void comesBackInEveryFormat_data() {
        QTest::addColumn<int>("format");
        QTest::addColumn<QByteArray>("ending");
        QTest::addColumn<bool>("all");
        QTest::newRow("turtle") << int(TreeFormat::Turtle) << QByteArray("ttl") << true;
        QTest::newRow("rdfxml") << int(TreeFormat::RdfXml) << QByteArray("rdf") << true;
        QTest::newRow("jsonld") << int(TreeFormat::JsonLd) << QByteArray("jsonld") << true;
        QTest::newRow("json") << int(TreeFormat::Json) << QByteArray("json") << true;
        QTest::newRow("csv") << int(TreeFormat::Csv) << QByteArray("csv") << false;
        QTest::newRow("text") << int(TreeFormat::Text) << QByteArray("txt") << false;
    }
    /// export(import(export(x))) = export(x), and what is stored is equal but for ids.
    void comesBackInEveryFormat() {
        QFETCH(int, format);
        QFETCH(QByteArray, ending);
        QFETCH(bool, all);
        TempFolder folder;
        const auto first = newProject(folder, "a.espalier"), second = newProject(folder, "b.espalier");
        const auto outcome = importFile(*first, folder, "soils.ttl", kTurtle);
        VERIFY_OK(outcome);
        QCOMPARE(outcome->report.read, outcome->report.mapped + outcome->report.kept);
        QCOMPARE(outcome->report.kept, std::int64_t{5});
        QCOMPARE(outcome->labels, std::int64_t{3});
        QCOMPARE(problems(*first), std::string());
        const std::string text = first->exportTree(TreeFormat(format)).value();
        VERIFY_OK(importFile(*second, folder, "tree." + ending.toStdString(), text));
        QCOMPARE(problems(*second), std::string());
        QCOMPARE(second->exportTree(TreeFormat(format)).value(), text);
        if (all) QCOMPARE(turtle(*second), turtle(*first));
        VERIFY_OK(second->undo());
        QCOMPARE(second->tree().value()->tree.size(), std::size_t{1});
        VERIFY_OK(second->redo());
        if (all) QCOMPARE(turtle(*second), turtle(*first));
        QCOMPARE(problems(*second), std::string());
    }

    void randomTreesComeBack() {
        TempFolder folder;
        SplitMix64 random(7);
        for (int round = 0; round < 4; ++round) {
            const auto first = newProject(folder, "a" + std::to_string(round) + ".espalier");
            VERIFY_OK(importText(*first, folder, corpus(30)));
            VERIFY_OK(adoptBuild(*first, madeBuild(*first, 3, 3, static_cast<std::uint64_t>(round))));
            for (int i = 0; i < 12; ++i) {
                const auto order = first->tree().value()->tree.depthFirst();
                const LabelId one = order[random.below(order.size())], other = order[random.below(order.size())];
                const EditKind kinds[] = {EditKind::New,   EditKind::Rename, EditKind::Move,
                                          EditKind::Merge, EditKind::Retire, EditKind::Note};
                auto edit = makeEdit(kinds[random.below(6)], one, other, "'=\"<x> " + std::to_string(i) + "; @ \\ \n");
                if (edit.kind != EditKind::Note) edit.text.pop_back();
                edit.others = {other};
                (void)first->edit(edit);  // many are refused: what matters is what they leave
            }
            QCOMPARE(problems(*first), std::string());
            for (const auto& [format, ending] :
                 {std::pair(TreeFormat::Turtle, "ttl"), std::pair(TreeFormat::RdfXml, "rdf"),
                  std::pair(TreeFormat::JsonLd, "jsonld")}) {
                const auto second = newProject(folder, "b" + std::to_string(round) + ending + ".espalier");
                const std::string text = first->exportTree(format).value();
                VERIFY_OK(importFile(*second, folder, std::string("x.") + ending, text));
                QCOMPARE(second->tree().value()->tree.size(), first->tree().value()->tree.size());
                // The number of the edit is that of the project that writes.
                QCOMPARE(problems(*second), std::string());
                const auto plain = [](const std::string& from) {
                    return QString::fromStdString(from)
                        .remove(QRegularExpression(QStringLiteral("Espalier edit [0-9]+")))
                        .toStdString();
                };
                const std::string again = plain(second->exportTree(format).value()), wanted = plain(text);
                const auto differs = std::mismatch(wanted.begin(), wanted.end(), again.begin(), again.end()).first;
                QVERIFY2(again == wanted, std::string(differs, wanted.end()).substr(0, 300).c_str());
            }
        }
    }

    void theJournalWritesNotes() {
        TempFolder folder;
        const auto project = newProject(folder);
        project->setActor("Curator");
        VERIFY_OK(importFile(*project, folder, "soils.ttl", kTurtle));
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, named(*project, "Wetland"), {}, "Mire")));
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, named(*project, "Mire"), {}, "Fen")));
        VERIFY_OK(project->undo());
        const std::string text = turtle(*project);
        QVERIFY2(text.find("Curator: Rename 'Wetland' to 'Mire'") != std::string::npos, text.c_str());
        QVERIFY(text.find("'Fen'") == std::string::npos);
        QVERIFY(text.find("dct:modified") != std::string::npos);
        // Read back here, the notes are the journal's own: nothing changes.
        const auto again = importFile(*project, folder, "again.ttl", text, options(true));
        VERIFY_OK(again);
        QCOMPARE(again->journalId, std::int64_t{0});
        QCOMPARE(turtle(*project), text);
    }

    void aTreeThatIsThereIsGuarded() {
        TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(20)));
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        const std::string before = project->treeJson().value();
        QVERIFY(importFile(*project, folder, "soils.ttl", kTurtle).error().code == ErrorCode::AlreadyExists);
        QVERIFY(!importFile(*project, folder, "bad.ttl", kTurtle + "oops", options(false, true)).ok());
        QVERIFY(importFile(*project, folder, "soils.doc", kTurtle).error().message.find("--format") !=
                std::string::npos);
        QCOMPARE(project->importTree(folder / "missing.ttl", {}).error().code, ErrorCode::NotFound);
        VERIFY_OK(project->edit(makeEdit(EditKind::Lock, LabelId{2})));
        QVERIFY(importFile(*project, folder, "soils.ttl", kTurtle, options(false, true)).error().code ==
                ErrorCode::InvalidState);
        VERIFY_OK(project->undo());
        const auto outcome = importFile(*project, folder, "soils.ttl", kTurtle, options(false, true));
        VERIFY_OK(outcome);
        QCOMPARE(outcome->unassigned, std::int64_t{20});  // no words, no documents
        QCOMPARE(project->status()->unassigned, std::int64_t{20});
        QCOMPARE(problems(*project), std::string());
        VERIFY_OK(project->undo());
        QCOMPARE(project->treeJson().value(), before);
        VERIFY_OK(project->redo());
        QCOMPARE(problems(*project), std::string());
    }

    void aTreeEditedElsewhereKeepsItsDocuments() {
        TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(40)));
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        const auto was = project->tree().value();
        std::string csv = project->exportTree(TreeFormat::Csv).value();
        csv = replaced(csv, ",branch 0,branch 0,", ",Heath,branch 0,");
        // One row goes, one comes.
        const LabelId gone = named(*project, "branch 1/leaf 1.0");
        const auto at = csv.find("\n" + std::to_string(gone.value) + ",");
        csv.erase(at, csv.find('\n', at + 1) - at);
        csv += ",,,Moor,branch 1/Moor,,,,,,,,,,,,,,,\n";
        const auto outcome = importFile(*project, folder, "tree.csv", csv, options(false, true));
        VERIFY_OK(outcome);
        QVERIFY2(outcome->report.refused.empty(),
                 outcome->report.refused.empty() ? "" : outcome->report.refused.front().why.c_str());
        QCOMPARE(outcome->added, std::int64_t{1});
        QCOMPARE(outcome->retired, std::int64_t{1});
        QCOMPARE(outcome->unassigned, was->unassigned);
        const auto now = project->tree().value();
        QCOMPARE(now->tree.at(named(*project, "Heath")).terms.size(), std::size_t{1});
        QCOMPARE(named(*project, "Heath"), LabelId{2});
        QVERIFY(named(*project, "branch 1/Moor") != LabelId{});
        QCOMPARE(now->countsOf(LabelId{3}).documents, was->countsOf(LabelId{3}).documents);
        QCOMPARE(now->countsOf(LabelId{2}).documents, was->countsOf(LabelId{2}).documents);
        QCOMPARE(problems(*project), std::string());
        VERIFY_OK(project->edit(makeEdit(EditKind::Restore, gone)));
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        QVERIFY(project->tree().value()->tree == was->tree);
        VERIFY_OK(project->redo());
        QVERIFY(project->tree().value()->tree == now->tree);
        QCOMPARE(problems(*project), std::string());
    }

    void mergesInThreeWays() {
        TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importFile(*project, folder, "soils.ttl", kTurtle));
        std::string theirs = turtle(*project);
        theirs = replaced(theirs, "\"Wetland\"@en", "\"Mire\"@en");
        theirs = replaced(theirs, "\"Soil\"@en", "\"Topsoil\"@en");
        theirs = replaced(theirs, "\"Earth\"", "\"Ground\"");
        theirs += "<urn:x:new> a skos:Concept ; skos:prefLabel \"Sand\" ; skos:broader <http://example.org/soil> .\n";
        const LabelId soil = named(*project, "Soil"), wet = named(*project, "Wetland");
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, soil, {}, "Ground here")));
        const auto outcome = importFile(*project, folder, "theirs.ttl", theirs, options(true));
        VERIFY_OK(outcome);
        QCOMPARE(outcome->added, std::int64_t{1});
        QCOMPARE(outcome->proposals, std::int64_t{1});
        auto now = project->tree().value();
        QCOMPARE(now->tree.at(wet).name, std::string("Mire"));          // only they changed it
        QCOMPARE(now->tree.at(soil).name, std::string("Ground here"));  // both did: ours stands
        QVERIFY(now->tree.at(soil).alternativeNames == (std::vector<std::string>{"Dirt", "Ground"}));
        QVERIFY(named(*project, "Ground here/Sand") != LabelId{});
        QCOMPARE(problems(*project), std::string());
        auto proposals = project->mergeProposals().value();
        QCOMPARE(proposals.size(), std::size_t{1});
        QCOMPARE(proposals[0].theirs, std::string("Topsoil"));
        QCOMPARE(proposals[0].ours, std::string("Ground here"));
        QCOMPARE(project->resolveProposal(wet, "name", true).error().code, ErrorCode::NotFound);
        VERIFY_OK(project->resolveProposal(soil, "name", true));
        QCOMPARE(project->tree().value()->tree.at(soil).name, std::string("Topsoil"));
        QVERIFY(project->mergeProposals()->empty());
        VERIFY_OK(project->undo());
        QCOMPARE(project->mergeProposals()->size(), std::size_t{1});
        VERIFY_OK(project->resolveProposal(soil, "name", false));
        QCOMPARE(project->tree().value()->tree.at(soil).name, std::string("Ground here"));
        QCOMPARE(problems(*project), std::string());
        for (int i = 0; i < 3; ++i) VERIFY_OK(project->undo());
        QCOMPARE(project->tree().value()->tree.at(soil).name, std::string("Soil"));
        QCOMPARE(problems(*project), std::string());
    }

    void mergesPlacesAndWhatWasLeftOut() {
        TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importFile(*project, folder, "x.csv", "id,parent,name\n1,,A\n2,,B\n3,1,C\n4,1,D\n5,2,E\n"));
        const LabelId a = named(*project, "A"), b = named(*project, "B"), c = named(*project, "A/C"),
                      d = named(*project, "A/D"), e = named(*project, "B/E");
        std::string csv = project->exportTree(TreeFormat::Csv).value();
        const auto id = [](LabelId label) { return std::to_string(label.value); };
        csv = replaced(csv, "\n" + id(c) + "," + id(a) + ",", "\n" + id(c) + "," + id(b) + ",");
        csv = replaced(csv, "\n" + id(d) + "," + id(a) + ",", "\n" + id(d) + "," + id(b) + ",");
        const auto at = csv.find("\n" + id(e) + ",");
        csv.erase(at, csv.find('\n', at + 1) - at);
        VERIFY_OK(project->edit(makeEdit(EditKind::Move, d, project->tree().value()->tree.root())));
        VERIFY_OK(project->edit(makeEdit(EditKind::Lock, b)));
        const auto refused = importFile(*project, folder, "x.csv", csv, options(true));
        VERIFY_OK(refused);
        QCOMPARE(refused->report.refused.size(), std::size_t{1});  // C may not come under the locked B
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        const auto outcome = importFile(*project, folder, "x.csv", csv, options(true));
        VERIFY_OK(outcome);
        QCOMPARE(project->tree().value()->tree.at(c).parent, b);
        QCOMPARE(project->tree().value()->tree.at(d).parent, project->tree().value()->tree.root());
        const auto proposals = project->mergeProposals().value();
        QCOMPARE(proposals.size(), std::size_t{2});
        VERIFY_OK(project->resolveProposal(d, "parent", true));
        QCOMPARE(project->tree().value()->tree.at(d).parent, b);
        VERIFY_OK(project->resolveProposal(e, "retire", true));
        QVERIFY(!project->tree().value()->tree.contains(e));
        QCOMPARE(problems(*project), std::string());
    }

    void outlinesMergeByPath() {
        TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importFile(*project, folder, "x.txt", "A\n  B\n  C\n"));
        const auto outcome = importFile(*project, folder, "y.txt", "A\n  C\n    D\nE\n", options(true));
        VERIFY_OK(outcome);
        QCOMPARE(outcome->added, std::int64_t{2});
        QCOMPARE(outcome->matched, std::int64_t{2});
        QVERIFY(named(*project, "A/C/D") != LabelId{});
        QVERIFY(named(*project, "A/B") != LabelId{});
        QCOMPARE(importFile(*project, folder, "y.txt", "A\n  C\n    D\nE\n", options(true))->journalId,
                 std::int64_t{0});
    }

    void manyLabels() {
        TempFolder folder;
        const auto project = newProject(folder);
        std::string text = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n";
        const int count = 5000;
        for (int i = 0; i < count; ++i) {
            const std::string uri = "<http://example.org/" + std::to_string(i) + ">";
            text += uri + " a skos:Concept ; skos:prefLabel \"c" + std::to_string(i) + "\"@en ; skos:notation \"" +
                    std::to_string(i) + "\"";
            if (i > 0) text += " ; skos:broader <http://example.org/" + std::to_string((i - 1) / 10) + ">";
            text += " .\n";
        }
        const auto outcome = importFile(*project, folder, "many.ttl", text);
        VERIFY_OK(outcome);
        QCOMPARE(outcome->added, std::int64_t{count});
        QCOMPARE(importFile(*project, folder, "many.ttl", turtle(*project), options(true))->journalId, std::int64_t{0});
    }
};

QTEST_APPLESS_MAIN(TestTreeImport)
#include "tst_tree_import.moc"
