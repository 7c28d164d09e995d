// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/atomic_file.h"
#include "core/base/platform.h"
#include "core/project/lock.h"
#include "core/store/database.h"
#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {
std::unique_ptr<Project> grownProject(const TempFolder& folder, int documents = 60) {
    auto project = newProject(folder);
    if (!importText(*project, folder, corpus(documents)) || !adoptBuild(*project, madeBuild(*project, 3, 3)))
        qFatal("fixture");
    return project;
}

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> found;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) found.push_back(line);
    return found;
}

/// Sum over the children never exceeds the parent; keys and order as contract.md says.
QString wrongJson(const Json& label, int level) {
    for (const char* key : {"id", "parent", "level", "name", "terms", "documents", "mass", "locked", "note",
                            "alternative_names", "stop_reason", "children"}) {
        if (!label.contains(key)) return QString("no key %1").arg(key);
    }
    if (label["level"] != level) return "level";
    std::int64_t documents = 0, last = std::numeric_limits<std::int64_t>::max();
    double mass = 0;
    for (const auto& child : label["children"]) {
        if (child["parent"] != label["id"]) return "parent";
        if (child["documents"].get<std::int64_t>() > last) return "order";
        last = child["documents"].get<std::int64_t>();
        documents += last;
        mass += child["mass"].get<double>();
        if (const auto below = wrongJson(child, level + 1); !below.isEmpty()) return below;
    }
    if (documents > label["documents"].get<std::int64_t>()) return "documents";
    if (mass > label["mass"].get<double>() + 1e-6) return "mass";
    return {};
}
}  // namespace

class TestProject : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void createMakesParentsAndRefusesWhatIsThere() {
        TempFolder folder;
        const auto project = Project::create(folder / "a/b/Garden.espalier");
        VERIFY_OK(project);
        QCOMPARE((*project)->name(), std::string("Garden"));
        QCOMPARE((*project)->uuid().size(), std::size_t{36});
        QVERIFY(fs::exists(folder / "a/b/Garden.espalier/project.sqlite"));
        QCOMPARE(Project::create(folder / "a/b/Garden.espalier").error().code, ErrorCode::AlreadyExists);
        fs::create_directory(folder / "empty");
        QCOMPARE(Project::create(folder / "empty").error().code, ErrorCode::AlreadyExists);
        folder.write("file", "x");
        QCOMPARE(Project::create(folder / "file").error().code, ErrorCode::AlreadyExists);
        // Fails for root too: a parent that is a file, and a file system that takes no folders.
        QCOMPARE(Project::create(folder / "file" / "p.espalier").error().code, ErrorCode::Io);
        QCOMPARE(Project::create("/proc/espalier/p.espalier").error().code, ErrorCode::Io);
        std::size_t entries = 0;
        for (const auto& entry : fs::directory_iterator(folder.path())) {
            entries += 1;
            QVERIFY2(entry.path().string().find(".part") == std::string::npos, entry.path().c_str());
        }
        QCOMPARE(entries, std::size_t{3});
    }

    void openRefusesWhatIsNoProject() {
        TempFolder folder;
        QCOMPARE(Project::open(folder / "none", Access::ReadOnly).error().code, ErrorCode::NotFound);
        QCOMPARE(Project::open(folder.path(), Access::ReadWrite).error().code, ErrorCode::Corrupt);
        folder.write("file", "x");
        QCOMPARE(Project::open(folder / "file", Access::ReadOnly).error().code, ErrorCode::Corrupt);
        folder.write("wrong.espalier/project.sqlite",
                     "not a database, only some text that is long enough to look like one");
        QCOMPARE(Project::open(folder / "wrong.espalier", Access::ReadWrite).error().code, ErrorCode::Corrupt);
        folder.write("empty.espalier/project.sqlite", "");
        QCOMPARE(Project::open(folder / "empty.espalier", Access::ReadWrite).error().code, ErrorCode::Corrupt);
        fs::create_directories(folder / "odd.espalier/project.sqlite");
        QCOMPARE(Project::open(folder / "odd.espalier", Access::ReadOnly).error().code, ErrorCode::Corrupt);
    }

    void truncatedDatabaseNeverCrashes() {
        TempFolder folder;
        grownProject(folder).reset();
        const fs::path path = folder / "p.espalier/project.sqlite";
        const std::string whole = readFile(path).value();
        for (std::size_t part = 0; part < 12; ++part) {
            std::ofstream(path, std::ios::binary | std::ios::trunc) << whole.substr(0, whole.size() * part / 12);
            std::ofstream(path.string() + "-wal") << "x";
            const auto opened = Project::open(folder / "p.espalier", Access::ReadWrite);
            QVERIFY(!opened);
            QCOMPARE(opened.error().code, ErrorCode::Corrupt);
        }
    }

    void newerProjectOpensForReading() {
        TempFolder folder;
        newProject(folder).reset();
        {
            auto db = store::Connection::open(folder / "p.espalier/project.sqlite", store::Connection::Mode::ReadWrite)
                          .value();
            VERIFY_OK(db.execute("PRAGMA user_version = 99"));
        }
        const auto opened = Project::open(folder / "p.espalier", Access::ReadWrite);
        VERIFY_OK(opened);
        QCOMPARE((*opened)->access(), Access::ReadOnly);
        QVERIFY(!(*opened)->readOnlyReason().empty());
        VERIFY_OK((*opened)->status());
        QCOMPARE((*opened)->edit(makeEdit(EditKind::New, {}, LabelId{1}, "x")).error().code, ErrorCode::Io);
    }

    void readOnlyFolder() {
        // Permissions do not bind root; a file system that truly refuses is made by a folder where the lock file should
        // be.
        TempFolder folder;
        newProject(folder).reset();
        fs::remove(folder / "p.espalier/lock");
        fs::create_directories(folder / "p.espalier/lock");
        const auto opened = Project::open(folder / "p.espalier", Access::ReadWrite);
        VERIFY_OK(opened);
        QVERIFY(!(*opened)->readOnlyReason().empty());
        VERIFY_OK((*opened)->tree());
        const auto refused = (*opened)->edit(makeEdit(EditKind::New, {}, LabelId{1}, "x"));
        QCOMPARE(refused.error().code, ErrorCode::Io);
        QVERIFY(!refused.error().message.empty());
    }

    void oneWriter() {
        TempFolder folder;
        const auto first = newProject(folder);
        const auto second = Project::open(first->folder(), Access::ReadWrite).value();
        VERIFY_OK(first->holdLock());
        QVERIFY(first->holdsLock());
        const auto refused = second->edit(makeEdit(EditKind::New, {}, LabelId{1}, "x"));
        QCOMPARE(refused.error().code, ErrorCode::Busy);
        const std::string expected =
            "open in process " + std::to_string(platform::processId()) + " on " + platform::hostName();
        QVERIFY2(refused.error().message.find(expected) != std::string::npos, refused.error().message.c_str());
        QCOMPARE(second->heldElsewhere(), expected);
        QCOMPARE(second->revision().value(), std::int64_t{0});
        VERIFY_OK(second->tree());
        VERIFY_OK(first->edit(makeEdit(EditKind::New, {}, LabelId{1}, "x")));
        first->releaseLock();
        QVERIFY(second->heldElsewhere().empty());
        VERIFY_OK(second->edit(makeEdit(EditKind::New, {}, LabelId{1}, "y")));
        QCOMPARE(first->tree().value()->tree.size(), std::size_t{3});
        VERIFY_OK(first->edit(makeEdit(EditKind::New, {}, LabelId{1}, "z")));
    }

    void deadHoldersAreTakenOverForeignOnesAreNot() {
        TempFolder folder;
        const auto project = newProject(folder);
        const auto lock = project->folder() / "lock";
        const auto heldBy = [&](const std::string& line) { std::ofstream(lock, std::ios::trunc) << line << "\n"; };
        const auto edit = makeEdit(EditKind::New, {}, LabelId{1}, "x");
        heldBy("4194303 17 " + platform::hostName());  // beyond the largest process number
        VERIFY_OK(project->edit(edit));
        heldBy("1 999999999 " + platform::hostName());  // the number lives, the process is another one
        VERIFY_OK(project->edit(edit));
        heldBy("77 17 another-host");
        const auto refused = project->edit(edit);
        QCOMPARE(refused.error().code, ErrorCode::Busy);
        QVERIFY(refused.error().message.find("process 77 on another-host") != std::string::npos);
        heldBy("");
        VERIFY_OK(project->edit(edit));
    }

    void statusCounts() {
        TempFolder folder;
        const auto project = grownProject(folder);
        const auto status = project->status().value();
        QCOMPARE(status.documents, std::int64_t{60});
        QCOMPARE(status.labels, std::int64_t{12});
        QVERIFY(status.levels == (std::vector<std::int64_t>{3, 9}));
        QCOMPARE(status.revision, std::int64_t{2});
        QCOMPARE(status.undoText, std::string("Build tree: 12 labels"));
    }

    void documentLists() {
        TempFolder folder;
        const auto project = grownProject(folder);
        const auto snapshot = project->tree().value();
        DocumentQuery query;
        query.limit = 7;
        query.offset = 3;
        auto page = project->documents(query).value();
        QCOMPARE(page.total, std::int64_t{60});
        QCOMPARE(page.rows.size(), std::size_t{7});
        QCOMPARE(page.rows[0].id, std::string("d00003"));
        QCOMPARE(page.rows[0].title, std::string("Sheet 3"));
        for (const LabelId id : snapshot->tree.depthFirst()) {
            for (const Order order : {Order::Id, Order::Typical, Order::Borderline, Order::Diverse}) {
                DocumentQuery below;
                below.branch = id;
                below.order = order;
                below.limit = -1;
                page = project->documents(below).value();
                QCOMPARE(page.total, snapshot->countsOf(id).documents);
                QCOMPARE(page.rows.size(), static_cast<std::size_t>(page.total));
                for (std::size_t i = 0; i < page.rows.size(); ++i) {
                    const auto& row = page.rows[i];
                    const auto shares = tree::branchShares(snapshot->tree, project->resting(row.key).value());
                    QVERIFY(std::abs(row.share - shares.at(id)) < 1e-9);
                    QVERIFY(id == snapshot->tree.root() || std::count(row.labels.begin(), row.labels.end(), id) == 1);
                    if (i > 0 && order == Order::Id) QVERIFY(page.rows[i - 1].id < row.id);
                    if (i > 0 && order == Order::Typical) QVERIFY(page.rows[i - 1].share >= row.share);
                }
            }
        }
        DocumentQuery filtered;
        filtered.filter = "sheet 1";  // 1 and 10 to 19
        QCOMPARE(project->documents(filtered)->total, std::int64_t{11});
        filtered.branch = LabelId{99};
        QCOMPARE(project->documents(filtered).error().code, ErrorCode::NotFound);
        filtered.offset = 1000;
        filtered.branch.reset();
        QVERIFY(project->documents(filtered)->rows.empty());
    }

    void treeExports() {
        TempFolder folder;
        const auto project = grownProject(folder);
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, LabelId{2}, {}, "with, \"quotes\"")));
        const Json json = Json::parse(project->treeJson().value());
        QCOMPARE(wrongJson(json, -1), QString());
        QVERIFY(json["parent"].is_null());
        QCOMPARE(json["documents"].get<int>(), 60);
        QVERIFY(json["children"][0]["terms"][0].is_string());
        const auto csv = lines(project->exportTree(TreeFormat::Csv).value());
        QCOMPARE(csv.size(), std::size_t{14});
        QVERIFY(csv[0].rfind("id,parent,level,name,", 0) == 0);
        QVERIFY(std::any_of(csv.begin(), csv.end(),
                            [](const auto& l) { return l.find("\"with, \"\"quotes\"\"\"") != l.npos; }));
        const auto text = lines(project->exportTree(TreeFormat::Text).value());
        QCOMPARE(text.size(), std::size_t{13});
        QCOMPARE(text[0], std::string("All documents (60)"));
        QVERIFY(text[1].rfind("  ", 0) == 0 && text[2].rfind("    ", 0) == 0);
    }

    void membershipsExport() {
        TempFolder folder;
        const auto project = grownProject(folder);
        VERIFY_OK(importText(*project, folder, jsonLine("new", "unassigned")));
        const auto path = folder / "memberships.csv";
        VERIFY_OK(project->exportMemberships(path));
        QCOMPARE(project->exportMemberships(path).error().code, ErrorCode::AlreadyExists);
        VERIFY_OK(project->exportMemberships(path, true));
        const auto rows = lines(readFile(path).value());
        QCOMPARE(rows[0], std::string("id,label_id,path,share,level,hard"));
        QCOMPARE(rows.back(), std::string("new,,,0,,0"));
        std::map<std::string, double> sums;
        std::map<std::string, int> hard;
        for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
            std::vector<std::string> cells;
            std::istringstream in(rows[i]);
            for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
            sums[cells[0]] += std::stod(cells[3]);
            hard[cells[0]] += std::stoi(cells[5]);
        }
        QCOMPARE(sums.size(), std::size_t{60});
        for (const auto& [id, sum] : sums) QVERIFY(std::abs(sum - 1) < 1e-6 && hard[id] == 1);
        QCOMPARE(project->exportMemberships("/proc/none/x.csv").error().code, ErrorCode::Io);
    }

    void treeHashIsIndependentOfRowOrderAndEditsOfNames() {
        std::string first;
        for (int round = 0; round < 2; ++round) {
            TempFolder folder;
            auto project = newProject(folder);
            std::string text = corpus(30);
            if (round == 1) {
                auto rows = lines(text);
                std::reverse(rows.begin(), rows.end());
                text.clear();
                for (const auto& row : rows) text += row + "\n";
            }
            VERIFY_OK(importText(*project, folder, text));
            VERIFY_OK(adoptBuild(*project, madeBuild(*project, 3, 2)));  // by id, as the fixture draws
            const auto hash = project->treeHash().value();
            if (round == 0) first = hash;
            QCOMPARE(hash, first);
            VERIFY_OK(project->edit(makeEdit(EditKind::Rename, LabelId{2}, {}, "x")));
            QCOMPARE(project->treeHash().value(), first);
            VERIFY_OK(project->edit(makeEdit(EditKind::Retire, LabelId{2})));
            QVERIFY(project->treeHash().value() != first);
        }
    }

    void checkFindsEveryChangedFileOfAnEncoder() {
        TempFolder folder;
        const std::vector<std::string> files{"model.safetensors", "vocab.txt", "config.json", "1_Pooling/config.json"};
        const auto put = [](const fs::path& file, const std::string& text) {
            fs::create_directories(file.parent_path());
            std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
        };
        for (const auto& file : files) put(folder / "encoder" / file, "what " + file + " says");
        auto project = newProject(folder);
        const auto stored = project->storeModel(folder / "encoder", false);
        VERIFY_OK(stored);
        QCOMPARE(problems(*project), std::string());
        for (const auto& file : files) {
            const fs::path path = stored->folder / file;
            put(path, "what " + file + " sayt");
            QVERIFY2(!problems(*project).empty(), file.c_str());
            fs::remove(path);
            QVERIFY2(!problems(*project).empty(), file.c_str());
            put(path, "what " + file + " says");
            QCOMPARE(problems(*project), std::string());
        }
    }

    void checkFindsWhatWasChangedBehindOurBack_data() {
        QTest::addColumn<QString>("sql");
        QTest::newRow("text") << "UPDATE content SET text = 'changed' WHERE document = 5";
        QTest::newRow("mass") << "UPDATE resting SET mass = 1.0";
        QTest::newRow("a fit residual") << "UPDATE fit_residual SET residual = 0.1 WHERE document = 5";
        QTest::newRow("label row") << "UPDATE label SET name = 'x' WHERE id = 2 AND generation = 2";
        QTest::newRow("children") << "UPDATE label SET children = '[]' WHERE id = 1 AND generation = 2";
        QTest::newRow("mass owner") << "UPDATE label SET mass_of = '[]' WHERE id = 5 AND generation = 2";
        QTest::newRow("journal effect") << "UPDATE journal SET effect = '{}' WHERE kind = 'edit'";
        QTest::newRow("metadata") << "UPDATE content SET metadata = '{\"a\":1}' WHERE document = 5";
        QTest::newRow("reference labels") << "UPDATE content SET labels = '[\"a\"]' WHERE document = 5";
        QTest::newRow("id of a document") << "UPDATE document SET id = id || 'x' WHERE key = 5";
        QTest::newRow("one mass, a little") << "UPDATE resting SET mass = mass * 0.999 WHERE document = 5";
        QTest::newRow("name of a label nobody edited")
            << "UPDATE label SET name = name || 'x' WHERE id = 3 AND generation = 2";
        QTest::newRow("term") << "UPDATE label SET terms = replace(terms, '0.', '0.1') WHERE generation = 2";
        QTest::newRow("history") << "UPDATE journal SET what = what || 'x' WHERE kind = 'import'";
        QTest::newRow("how k was chosen") << "UPDATE generation SET options = '{\"seed\":1}' WHERE built";
        QTest::newRow("query") << "INSERT INTO query VALUES ('q1', 'never asked')";
        QTest::newRow("journal row") << "DELETE FROM revision WHERE number = 2";
        QTest::newRow("next id") << "UPDATE state SET next_label = 3";
        QTest::newRow("text lost") << "PRAGMA foreign_keys = OFF; DELETE FROM content WHERE document = 7";
        QTest::newRow("document lost") << "PRAGMA foreign_keys = OFF; DELETE FROM document WHERE key = 7";
    }
    void checkFindsWhatWasChangedBehindOurBack() {
        QFETCH(QString, sql);
        TempFolder folder;
        auto project = grownProject(folder);
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, LabelId{2}, {}, "mine")));
        QCOMPARE(problems(*project), std::string());
        project.reset();
        {
            auto db = store::Connection::open(folder / "p.espalier/project.sqlite", store::Connection::Mode::ReadWrite)
                          .value();
            VERIFY_OK(db.execute(sql.toStdString()));
        }
        project = Project::open(folder / "p.espalier", Access::ReadWrite).value();
        QVERIFY(!problems(*project).empty());
    }
};

QTEST_APPLESS_MAIN(TestProject)
#include "tst_project.moc"
