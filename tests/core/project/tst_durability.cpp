// SPDX-License-Identifier: Apache-2.0
// Processes that die, disks that are full, two programs at once: a second copy of this program is the victim.
#include <QCoreApplication>
#include <QProcess>
#include <QTest>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "core/base/platform.h"
#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;
namespace fs = std::filesystem;

namespace {
constexpr int kKills = 20;
constexpr int kVictimRows = 4000;

void say(const std::string& line) {
    std::cout << line << std::endl;
}

/// Renames and imports until it is killed; prints what was acknowledged.
int victim(const std::string& folder, const std::string& corpusFile, int round) {
    auto project = Project::open(folder, Access::ReadWrite);
    if (!project) {
        say("error " + project.error().message);
        return 1;
    }
    jobs::JobContext context;
    for (int i = 0;; ++i) {
        const std::string name = std::to_string(round) + "." + std::to_string(i);
        const auto edited = (*project)->edit(makeEdit(EditKind::New, {}, LabelId{1}, name));
        if (!edited) {
            say("error " + edited.error().message);
            return 1;
        }
        say("edit " + std::to_string(edited->revision) + " " + name);
        if (i % 3 == 2) {
            const auto imported = (*project)->importCorpus({corpusFile}, {}, context);
            if (!imported) {
                say("error " + imported.error().message);
                return 1;
            }
            say("import " + std::to_string(imported->revision) + " " + std::to_string(imported->kept));
        }
    }
}

int holder(const std::string& folder) {
    auto project = Project::open(folder, Access::ReadWrite);
    if (!project || !(*project)->holdLock()) return 1;
    say("held");
    std::string line;
    std::getline(std::cin, line);
    return 0;
}

QString self() {
    return QString::fromStdString(fs::read_symlink("/proc/self/exe").string());
}

void start(QProcess& process, const QStringList& arguments) {
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(self(), arguments);
    QVERIFY(process.waitForStarted());
}
}  // namespace

class TestDurability : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killedInTheMiddleNothingAcknowledgedIsLost() {
        TempFolder folder;
        const auto path = (folder / "p.espalier").string();
        newProject(folder).reset();
        SplitMix64 random(7);
        std::int64_t lastRevision = 0, documents = 0;
        std::set<std::string> names;
        for (int round = 0; round < kKills; ++round) {
            std::string rows;
            for (int i = 0; i < kVictimRows; ++i) {
                rows += jsonLine("r" + std::to_string(round) + "-" + std::to_string(i),
                                 "round " + std::to_string(round) + " row " + std::to_string(i));
            }
            const auto corpusFile = folder.write("rows.jsonl", rows);
            QProcess process;
            start(process, {"--victim", QString::fromStdString(path), QString::fromStdString(corpusFile.string()),
                            QString::number(round)});
            // Dies after a random number of acknowledgements and a random moment: in an edit or in the import.
            const int lines = 1 + static_cast<int>(random.below(5));
            QByteArray output;
            while (output.count('\n') < lines) {
                QVERIFY2(process.waitForReadyRead(30000), output.constData());
                output += process.readAllStandardOutput();
            }
            (void)process.waitForFinished(static_cast<int>(random.below(60)));
            process.kill();
            QVERIFY(process.waitForFinished());
            output += process.readAllStandardOutput();
            for (const QByteArray& line : output.left(output.lastIndexOf('\n')).split('\n')) {
                const auto words = line.split(' ');
                QVERIFY2(words.size() >= 3 && words[0] != "error", line.constData());
                lastRevision = words[1].toLongLong();
                if (words[0] == "edit") names.insert(words[2].toStdString());
                if (words[0] == "import") documents += words[2].toLongLong();
            }
            const auto project = Project::open(path, Access::ReadWrite);
            VERIFY_OK(project);
            QVERIFY((*project)->revision().value() >= lastRevision);
            QVERIFY((*project)->revision().value() <= lastRevision + 1);  // at most the one that was not answered for
            const auto snapshot = (*project)->tree().value();
            std::set<std::string> found;
            for (const auto& [id, label] : snapshot->tree.labels()) found.insert(label.name);
            for (const auto& name : names) QVERIFY2(found.count(name) == 1, name.c_str());
            const auto now = (*project)->documentCount().value();
            QVERIFY(now == documents || now == documents + kVictimRows);  // whole imports only
            documents = now;
            QCOMPARE(problems(**project), std::string());
        }
    }

    void anotherProcessHoldsTheLock() {
        TempFolder folder;
        const auto project = newProject(folder);
        QProcess process;
        start(process, {"--holder", QString::fromStdString(project->folder().string())});
        QVERIFY(process.waitForReadyRead(30000));
        const auto refused = project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "x"));
        QCOMPARE(refused.error().code, ErrorCode::Busy);
        const std::string who = "process " + std::to_string(process.processId()) + " on " + platform::hostName();
        QVERIFY2(refused.error().message.find(who) != std::string::npos, refused.error().message.c_str());
        VERIFY_OK(project->status());
        process.kill();
        QVERIFY(process.waitForFinished());
        VERIFY_OK(project->edit(makeEdit(EditKind::New, {}, LabelId{1}, "x")));  // taken over without a word
    }

    void fullDiskChangesNothing() {
        TempFolder folder;
        const fs::path disk = folder / "disk";
        fs::create_directories(disk);
        QProcess mount;
        mount.start("mount", {"-t", "tmpfs", "-o", "size=1m", "tmpfs", QString::fromStdString(disk.string())});
        if (!mount.waitForFinished() || mount.exitCode() != 0) QSKIP("mounting a small tmpfs is not permitted here");
        {
            auto project = Project::create(disk / "p.espalier");
            VERIFY_OK(project);
            VERIFY_OK(importText(**project, folder, corpus(20)));
            VERIFY_OK((*project)->edit(makeEdit(EditKind::New, {}, LabelId{1}, "kept")));
            const auto revision = (*project)->revision().value();
            std::string rows;
            for (int i = 0; i < 4000; ++i)
                rows += jsonLine("big" + std::to_string(i), std::string(1000, 'x') + std::to_string(i));
            const auto refused = importText(**project, folder, rows);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::Io);
            QVERIFY2(refused.error().message.find("full") != std::string::npos, refused.error().message.c_str());
            QCOMPARE((*project)->revision().value(), revision);
            QCOMPARE((*project)->documentCount().value(), std::int64_t{20});
            QVERIFY(!fs::exists(disk / "p.espalier/rejected.csv"));
            // A job's result that no longer fits is refused, and still there.
            const auto created = Project::create(disk / "second.espalier");
            if (!created) QCOMPARE(created.error().code, ErrorCode::Io);
            QCOMPARE(problems(**project), std::string());
        }
        auto reopened = Project::open(disk / "p.espalier", Access::ReadWrite);
        VERIFY_OK(reopened);
        QCOMPARE(problems(**reopened), std::string());
        reopened = makeError(ErrorCode::Internal, "closed");
        QProcess unmount;
        unmount.start("umount", {QString::fromStdString(disk.string())});
        QVERIFY(unmount.waitForFinished() && unmount.exitCode() == 0);
    }
};

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "--victim" && argc > 4) return victim(argv[2], argv[3], std::atoi(argv[4]));
    if (mode == "--holder" && argc > 2) return holder(argv[2]);
    TestDurability test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_durability.moc"
