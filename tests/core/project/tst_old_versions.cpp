// SPDX-License-Identifier: Apache-2.0
// Every schema that was ever shipped is opened forever: tests/data/projects/vN. A new one is made, once a version, with
//   tst_old_versions --write tests/data/projects/vN
#include <QTest>
#include <cmath>
#include <filesystem>

#include "core/base/atomic_file.h"
#include "core/store/migrations.h"
#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;
namespace fs = std::filesystem;

namespace {
constexpr const char* kGolden = "tree.json";

int write(const fs::path& folder) {
    fs::create_directories(folder);
    TempFolder corpusFolder;
    auto project = Project::create(folder / "project").value();
    project->setActor("Curator");
    if (!importText(*project, corpusFolder,
                    corpus(12) + jsonLine("copy", "water and soil number 3", ",\"title\":\"Sheet 3\"") + "{broken\n"))
        return 1;
    auto build = madeBuild(*project, 2, 2);
    if (!adoptBuild(*project, build)) return 1;
    const auto pin = [&project](const char* id, LabelId label, bool must) {
        auto edit = makeEdit(EditKind::Pin, label);
        edit.document = project->findDocument(id).value();
        edit.must = must;
        return edit;
    };
    auto merge = makeEdit(EditKind::Merge, LabelId{2});
    merge.others = {LabelId{4}};
    if (!project->edit(merge) || !project->edit(makeEdit(EditKind::Rename, LabelId{2}, {}, "Wetland")) ||
        !project->edit(makeEdit(EditKind::Retire, LabelId{3})) ||
        !project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "undone")) || !project->undo() ||
        !project->edit(pin("d00001", LabelId{5}, true)) || !project->edit(pin("d00002", LabelId{2}, false)) ||
        !project->edit(makeEdit(EditKind::Lock, LabelId{5})) ||
        !project->edit(makeEdit(EditKind::Note, LabelId{2}, {}, "a note"))) {
        return 1;
    }
    const auto taxonomy = corpusFolder.write(
        "more.ttl",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<urn:x:bog> a skos:Concept ; skos:prefLabel "
        "\"Bog\"@en, \"Moor\"@de ; skos:notation \"7\" ; <urn:x:says> 3 .\n");
    TreeImportOptions merge3;
    merge3.merge = true;
    if (!project->importTree(taxonomy, merge3)) return 1;
    if (!project->addExpectation("document d00001 is under 5")) return 1;
    if (!project->adopt(proposed(*project, madeSplit(*project, LabelId{7}, 2)))) return 1;
    auto share = makeEdit(EditKind::Share, LabelId{7});
    share.document = project->findDocument("d00005").value();
    share.share = 0.625;
    if (!project->edit(share)) return 1;
    if (!problems(*project).empty()) return 1;
    return writeFileAtomically(folder / kGolden, project->treeJson().value() + "\n") ? 0 : 1;
}
}  // namespace

class TestOldVersions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyVersionHasAFixture() {
        for (int version = 1; version <= store::projectMigrations().back().number; ++version) {
            const fs::path folder = fs::path(ESPALIER_TEST_DATA) / "projects" / ("v" + std::to_string(version));
            QVERIFY2(fs::exists(folder / "project" / kDatabaseName), folder.c_str());
        }
    }

    void opensAndIsWhole_data() {
        QTest::addColumn<int>("version");
        for (int version = 1; version <= store::projectMigrations().back().number; ++version) {
            QTest::addRow("v%d", version) << version;
        }
    }
    void opensAndIsWhole() {
        QFETCH(int, version);
        const fs::path source = fs::path(ESPALIER_TEST_DATA) / "projects" / ("v" + std::to_string(version));
        TempFolder folder;
        fs::copy(source / "project", folder / "project", fs::copy_options::recursive);
        auto opened = Project::open(folder / "project", Access::ReadWrite);
        VERIFY_OK(opened);
        Project& project = **opened;
        QCOMPARE(problems(project), std::string());
        QCOMPARE(project.treeJson().value() + "\n", readFile(source / kGolden).value());
        QCOMPARE(project.documentCount().value(), std::int64_t{12});
        QCOMPARE(project.duplicates(0, 10)->size(), std::size_t{1});
        // Two pins and a lock; a merged taxonomy; a split; a set share.
        const int words =
            (version >= 2 ? 3 : 0) + (version >= 3 ? 1 : 0) + (version >= 4 ? 1 : 0) + (version >= 5 ? 1 : 0);
        QCOMPARE(project.history()->size(), static_cast<std::size_t>(7 + words));
        if (version >= 2) {
            QCOMPARE(project.expectations()->size(), std::size_t{1});
            QVERIFY(project.expectations()->front().ok);
            QVERIFY(project.tree().value()->tree.at(LabelId{5}).locked);
            QCOMPARE(project.tree().value()->tree.pins().size(), std::size_t{2});
        }
        if (version >= 4) {
            QCOMPARE(project.growthSteps()->size(), std::size_t{1});
            QCOMPARE(project.tree().value()->tree.at(LabelId{7}).children.size(), std::size_t{2});
        }
        if (version >= 5) {
            const auto record = project.document("d00005").value();
            QCOMPARE(record.shares.size(), std::size_t{1});
            QVERIFY(std::abs(record.shares.front().share - 0.625) < 1e-9);
            QVERIFY(!record.fits.empty());
        }
        const std::string last = version >= 5   ? "Set the share of 'd00005' under 'leaf 1.1' to 0.625"
                                 : version >= 4 ? "Split 'leaf 1.1' into 2 labels"
                                 : version >= 3 ? "Merge taxonomy 'more.ttl': 1 label added"
                                                : "Note on 'Wetland'";
        QCOMPARE(project.undoText().value(), last);
        for (int i = 0; i < 5 + words; ++i) VERIFY_OK(project.undo());  // back to the empty tree
        QCOMPARE(project.tree().value()->tree.size(), std::size_t{1});
        for (int i = 0; i < 5 + words; ++i) VERIFY_OK(project.redo());
        QCOMPARE(problems(project), std::string());
    }

    /// Who only reads an old project need not know that it is one.
    void readingBringsUpToDateToo() {
        TempFolder folder;
        fs::copy(fs::path(ESPALIER_TEST_DATA) / "projects" / "v1" / "project", folder / "project",
                 fs::copy_options::recursive);
        auto opened = Project::open(folder / "project", Access::ReadOnly);
        VERIFY_OK(opened);
        QCOMPARE((*opened)->access(), Access::ReadOnly);
        QCOMPARE((*opened)->documentCount().value(), std::int64_t{12});
        QVERIFY(fs::exists(folder / "project" / (std::string(kDatabaseName) + ".v1.backup")));
    }
};

int main(int argc, char** argv) {
    if (argc > 2 && std::string(argv[1]) == "--write") return write(argv[2]);
    TestOldVersions test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_old_versions.moc"
