// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/project/statement.h"
#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;

namespace {
/// Documents d00000... of which the even ones came with the reference path Field / Wet, the odd ones Field / Dry;
/// a tree of 3 branches with 2 leaves each.
std::unique_ptr<Project> grownProject(const TempFolder& folder) {
    auto project = newProject(folder);
    std::string lines;
    for (int i = 0; i < 30; ++i) {
        lines += jsonLine("d" + std::to_string(i), "water and soil number " + std::to_string(i),
                          std::string(",\"labels\":[\"Field\",\"") + (i % 2 == 0 ? "Wet" : "Dry") + "\"]");
    }
    if (!importText(*project, folder, lines) || !adoptBuild(*project, madeBuild(*project, 3, 2))) qFatal("fixture");
    return project;
}

tree::Edit pin(Project& project, const std::string& document, LabelId label) {
    auto edit = makeEdit(EditKind::Pin, label);
    edit.document = project.findDocument(document).value();
    return edit;
}

LabelId labelOf(Project& project, const std::string& path) {
    return project.tree().value()->tree.resolve(path).value();
}

/// "1+ 2- ..." of all expectations.
std::string state(Project& project) {
    std::string text;
    const auto all = project.expectations().value();
    for (const auto& one : all) text += (text.empty() ? "" : " ") + std::to_string(one.id) + (one.ok ? "+" : "-");
    return text;
}
Expectation at(Project& project, std::size_t index) {
    return project.expectations().value().at(index);
}
}  // namespace

class TestExpectations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsTheForms_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");  // statementText() of the only reading
        const auto row = [](const char* text, const char* shown) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(shown);
        };
        row("document 812 is under Soil", "document \"812\" is under \"Soil\"");
        row("Document 812 IS NOT under  Wet   Soil", "document \"812\" is not under \"Wet Soil\"");
        row("document \"a \\\"b\\\" c\" is under \"X/Y\\\\/Z\"", "document \"a \\\"b\\\" c\" is under \"X/Y\\\\/Z\"");
        row("Peat and Wheat have different parents", "\"Peat\" and \"Wheat\" have different parents");
        row("Peat and Wheat have the same parent", "\"Peat\" and \"Wheat\" have the same parent");
        row("\"Bread and Butter\" and Jam have the same parent",
            "\"Bread and Butter\" and \"Jam\" have the same parent");
        row("at least 80 % of documents with reference label X are under Y",
            "at least 80 % of documents with reference label \"X\" are under \"Y\"");
        row("At most 12.5% of documents with reference label A B are under C/D",
            "at most 12.5 % of documents with reference label \"A B\" are under \"C/D\"");
        row("document is is under under", "document \"is\" is under \"under\"");
    }
    void readsTheForms() {
        QFETCH(QString, text);
        QFETCH(QString, shown);
        const auto read = readStatement(text.toStdString());
        VERIFY_OK(read);
        QCOMPARE(read->size(), std::size_t{1});
        QCOMPARE(statementText(read->front()), shown.toStdString());
        const auto again = readStatement(statementText(read->front()));
        VERIFY_OK(again);
        QVERIFY(*again == *read);  // the canonical text reads back as the same
    }

    void refusesWhatIsNoForm_data() {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"", "   ", "Soil", "document is under Soil", "document 1 under Soil", "document 1 is under",
              "Peat and Wheat have parents", "and Wheat have different parents", "Peat have different parents",
              "at least 80 of documents with reference label X are under Y",
              "at least 101 % of documents with reference label X are under Y",
              "at least -1 % of documents with reference label X are under Y",
              "at least nan % of documents with reference label X are under Y",
              "at least many % of documents with reference label X are under Y", "document \"1 is under Soil",
              "document \"\" is under Soil", "document 1 is \"under\" Soil"})
            QTest::newRow(*text == '\0' ? "empty" : text) << QString::fromUtf8(text);
    }
    void refusesWhatIsNoForm() {
        QFETCH(QString, text);
        const auto read = readStatement(text.toStdString());
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidArgument);
        QVERIFY(read.error().message.find("document DOCUMENT is under LABEL") != std::string::npos);
        QVERIFY(!readStatement(std::string(9000, 'x')));
    }

    void severalReadings() {
        const auto read = readStatement("A and B and C have different parents");
        VERIFY_OK(read);
        QCOMPARE(read->size(), std::size_t{2});
        QCOMPARE(readStatement("\"A and B\" and C have different parents")->size(), std::size_t{1});
    }

    void documentUnderALabel() {
        TempFolder folder;
        auto project = grownProject(folder);
        const auto snapshot = project->tree().value();
        const LabelId branch = labelOf(*project, "branch 1"), other = labelOf(*project, "branch 2");
        VERIFY_OK(project->edit(pin(*project, "d3", branch)));
        const auto revision = project->revision().value();
        const auto made = project->addExpectation("document d3 is under branch 1");
        VERIFY_OK(made);
        QCOMPARE(project->revision().value(), revision);  // a test of the tree, not a change of it
        QCOMPARE(made->text, std::string("document \"d3\" is under \"branch 1\""));
        QVERIFY2(made->ok, made->why.c_str());
        QVERIFY(made->why.find("it is under \"branch 1") == 0);
        VERIFY_OK(project->addExpectation("document d3 is not under branch 2"));
        QCOMPARE(state(*project), std::string("1+ 2+"));
        VERIFY_OK(project->undo());
        VERIFY_OK(project->edit(pin(*project, "d3", other)));
        QCOMPARE(state(*project), std::string("1- 2-"));
        QVERIFY(at(*project, 0).why.find("it is under \"branch 2") == 0);
        // By id: a new name changes the text, not the meaning.
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, other, {}, "Say \"hello\"/now")));
        QCOMPARE(at(*project, 1).text, std::string("document \"d3\" is not under \"Say \\\"hello\\\"\\\\/now\""));
        QCOMPARE(state(*project), std::string("1- 2-"));
        VERIFY_OK(importText(*project, folder, jsonLine("new", "a later text"), "new.jsonl"));
        VERIFY_OK(project->addExpectation("document new is not under branch 1"));
        VERIFY_OK(project->addExpectation("document new is under branch 1"));
        QCOMPARE(state(*project), std::string("1- 2- 3+ 4-"));
        QCOMPARE(at(*project, 3).why, std::string("it has no label yet"));
        VERIFY_OK(project->removeExpectation(2));
        QCOMPARE(project->removeExpectation(2).error().code, ErrorCode::NotFound);
        VERIFY_OK(project->removeExpectation(4));
        QCOMPARE(project->addExpectation("document new is under branch 0")->id, std::int64_t{5});  // never reused
        QCOMPARE(state(*project), std::string("1- 3+ 5-"));
        QCOMPARE(problems(*project), std::string());
    }

    void parentsOfTwoLabels() {
        TempFolder folder;
        auto project = grownProject(folder);
        VERIFY_OK(project->addExpectation("leaf 0.0 and leaf 1.0 have different parents"));  // by their names alone
        VERIFY_OK(project->addExpectation("\"branch 0/leaf 0.0\" and \"leaf 0.1\" have the same parent"));
        VERIFY_OK(project->addExpectation("branch 0 and branch 1 have the same parent"));
        QCOMPARE(state(*project), std::string("1+ 2+ 3+"));
        QCOMPARE(at(*project, 0).why,
                 std::string("'leaf 0.0' is under \"branch 0\", 'leaf 1.0' is under \"branch 1\""));
        QCOMPARE(at(*project, 2).why, std::string("both are at the top level"));
        const LabelId leaf = labelOf(*project, "branch 0/leaf 0.0"), to = labelOf(*project, "branch 1");
        VERIFY_OK(project->edit(makeEdit(EditKind::Move, leaf, to)));
        QCOMPARE(state(*project), std::string("1- 2- 3+"));
        QCOMPARE(at(*project, 0).why, std::string("both are under \"branch 1\""));
        QCOMPARE(at(*project, 0).text,
                 std::string("\"branch 1/leaf 0.0\" and \"branch 1/leaf 1.0\" have different parents"));
        auto merge = makeEdit(EditKind::Merge, leaf);
        merge.others = {labelOf(*project, "branch 1/leaf 1.0")};
        VERIFY_OK(project->edit(merge));
        QCOMPARE(at(*project, 0).why, std::string("both are one label now"));
        VERIFY_OK(project->undo());
        VERIFY_OK(project->edit(makeEdit(EditKind::Retire, leaf)));
        QCOMPARE(at(*project, 0).why, std::string("label 'leaf 0.0' was retired"));
        QVERIFY(!at(*project, 0).ok);
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        QCOMPARE(state(*project), std::string("1+ 2+ 3+"));
    }

    void shareOfAReferenceLabel() {
        TempFolder folder;
        auto project = grownProject(folder);
        const LabelId wet = project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "Wetland"))->label;
        for (int i = 0; i < 24; i += 2) VERIFY_OK(project->edit(pin(*project, "d" + std::to_string(i), wet)));
        VERIFY_OK(project->addExpectation("at least 80 % of documents with reference label Wet are under Wetland"));
        VERIFY_OK(
            project->addExpectation("at most 80 % of documents with reference label Field/Wet are under Wetland"));
        VERIFY_OK(project->addExpectation("at least 80.5 % of documents with reference label Wet are under Wetland"));
        VERIFY_OK(project->addExpectation("at least 40 % of documents with reference label Field are under Wetland"));
        VERIFY_OK(project->addExpectation("at most 0 % of documents with reference label Dry are under Wetland"));
        QCOMPARE(state(*project), std::string("1+ 2+ 3- 4+ 5+"));
        QCOMPARE(at(*project, 0).why, std::string("12 of 15 documents, 80 %"));  // exactly the share that was asked for
        QCOMPARE(at(*project, 3).why, std::string("12 of 30 documents, 40 %"));
        // An import brings more of them: seen at once.
        VERIFY_OK(importText(*project, folder, jsonLine("late", "late", ",\"labels\":[\"Field\",\"Wet\"]"), "l.jsonl"));
        QCOMPARE(at(*project, 0).why, std::string("12 of 16 documents, 75 %"));
        QVERIFY(!at(*project, 0).ok);
    }

    void refusals() {
        TempFolder folder;
        auto project = grownProject(folder);
        const auto code = [&](const char* text) {
            const auto made = project->addExpectation(text);
            return made ? std::string("made") : std::string(errorCodeName(made.error().code));
        };
        QCOMPARE(code("nonsense"), std::string("invalid_argument"));
        QCOMPARE(code("document nobody is under branch 0"), std::string("not_found"));
        QCOMPARE(code("document d1 is under nothing"), std::string("not_found"));
        QCOMPARE(code("document d1 is under 999"), std::string("not_found"));
        QCOMPARE(code("document d1 is under /"), std::string("invalid_argument"));
        QCOMPARE(code("branch 0 and branch 0 have different parents"), std::string("invalid_argument"));
        QCOMPARE(code("at least 1 % of documents with reference label Nowhere are under branch 0"),
                 std::string("not_found"));
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, LabelId{2}, "leaf 1.0")));
        QCOMPARE(code("leaf 1.0 and branch 0 have different parents"), std::string("invalid_argument"));  // two of them
        QCOMPARE(code("document d1 is under branch 0"), std::string("made"));
        QCOMPARE(code("document \"d1\" is under \"branch 0\""), std::string("already_exists"));
        QCOMPARE(project->expectations()->size(), std::size_t{1});
        // Names that hold key words: the reading that exists here is taken, two are refused.
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "A and B")));
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "C")));
        QCOMPARE(code("A and B and C have different parents"), std::string("made"));
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "A")));
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "B and C")));
        const auto both = project->addExpectation("A and B and C have the same parent");
        QVERIFY(!both && both.error().message.find("several ways") != std::string::npos);
    }

    /// A new tree has new ids: what is expected goes on by path or by name, and comes back with the old tree.
    void aNewTreeIsHeldToTheSame() {
        TempFolder folder;
        auto project = grownProject(folder);
        VERIFY_OK(project->addExpectation("branch 0 and branch 1 have the same parent"));
        VERIFY_OK(project->addExpectation("leaf 2.0 and leaf 2.1 have the same parent"));
        const LabelId third = labelOf(*project, "branch 2");
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, third, {}, "Third")));
        auto second = madeBuild(*project, 2, 1, 9);
        second.replace = true;
        VERIFY_OK(adoptBuild(*project, second));
        QCOMPARE(state(*project), std::string("1+ 2-"));
        QCOMPARE(at(*project, 1).why, std::string("there is no label 'Third/leaf 2.0' in this tree"));
        const LabelId made = project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "leaf 2.0"))->label;
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "leaf 2.1")));
        QCOMPARE(state(*project), std::string("1+ 2+"));
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, made, "leaf 2.1")));
        QCOMPARE(at(*project, 1).why, std::string("this tree has several labels 'leaf 2.1'"));
        for (int i = 0; i < 4; ++i) VERIFY_OK(project->undo());
        QCOMPARE(at(*project, 1).text, std::string("\"Third/leaf 2.0\" and \"Third/leaf 2.1\" have the same parent"));
        QCOMPARE(state(*project), std::string("1+ 2+"));
        auto reopened = Project::open(project->folder(), Access::ReadOnly);
        VERIFY_OK(reopened);
        QCOMPARE(state(**reopened), std::string("1+ 2+"));
        QCOMPARE((*reopened)->removeExpectation(1).error().code, ErrorCode::InvalidState);
    }
};

QTEST_APPLESS_MAIN(TestExpectations)
#include "tst_expectations.moc"
