// SPDX-License-Identifier: Apache-2.0
/// What the world gets wrong: every case is a rejected row or one clear sentence, and nothing is lost or half-written.
#include <QDir>
#include <QFile>
#include <QTest>

#include "tests/cli/programs.h"
#include "tests/core/nn/tiny_encoder.h"

using namespace espalier::test;

namespace {
/// Everything below a folder with sizes and times: what "nothing was changed" is compared by.
std::string listing(const QString& folder) {
    std::string text;
    QStringList pending{folder};
    while (!pending.isEmpty()) {
        const QDir dir(pending.takeFirst());
        for (const QFileInfo& entry :
             dir.entryInfoList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name)) {
            if (entry.isDir()) pending << entry.filePath();
            const QString name = entry.fileName();
            if (name == QLatin1String("lock") || name.endsWith(QLatin1String("-wal")) ||
                name.endsWith(QLatin1String("-shm")))
                continue;
            text += entry.filePath().toStdString() + " " + std::to_string(entry.isDir() ? 0 : entry.size()) + "\n";
        }
    }
    return text;
}
void copyFolder(const QString& from, const QString& to) {
    QDir().mkpath(to);
    for (const QFileInfo& entry : QDir(from).entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot)) {
        const QString target = to + QLatin1Char('/') + entry.fileName();
        if (entry.isDir())
            copyFolder(entry.filePath(), target);
        else
            QFile::copy(entry.filePath(), target);
    }
}
}  // namespace

class TestCliBadInput : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::string m_project;
    int m_count = 0;

    std::string freshProject() {
        const std::string path = (m_folder / ("P" + std::to_string(m_count++) + ".espalier")).string();
        return cli({"create", path}).status == 0 ? path : std::string();
    }

private Q_SLOTS:
    void initTestCase() {
        m_folder.write("good.jsonl", toJsonl(plantedDocuments(2, 1, 20)));
        m_project = freshProject();
        VERIFY_ANSWER(cli({"import", m_project, (m_folder / "good.jsonl").string()}), {"kept"});
    }

    void refusedSources_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("options");
        QTest::newRow("a field that occurs in no row")
            << QByteArray("{\"_id\":\"a\",\"text\":\"one two\"}\n") << "x.jsonl" << QStringList{"--text", "body"};
        QTest::newRow("broken gzip") << QByteArray("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56", 12)
                                     << "x.jsonl.gz" << QStringList();
        QTest::newRow("csv lacks a named field")
            << QByteArray("id,text\n1,one two\n") << "x.csv" << QStringList{"--title", "headline"};
    }
    void refusedSources() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, name);
        QFETCH(QStringList, options);
        const auto source = m_folder.write("bad/" + name.toStdString(), bytes.toStdString());
        const std::string before = listing(q(m_project));
        std::vector<std::string> arguments{"import", m_project, source.string()};
        for (const QString& option : options) arguments.push_back(option.toStdString());
        VERIFY_REFUSED(cli(arguments), 3);
        QCOMPARE(listing(q(m_project)), before);
        SAME_JSON(cli({"status", m_project}).object["documents"], 40);
    }

    void truncatedGzipChangesNothing() {
        // A whole .gz made by gzip itself, then cut: the rows before the cut must not stay.
        const auto plain = m_folder.write("cut.jsonl", toJsonl(plantedDocuments(3, 2, 60, 3)));
        QProcess gzip;
        gzip.start(QStringLiteral("gzip"), {QStringLiteral("-kf"), q(plain.string())});
        QVERIFY(gzip.waitForFinished());
        const std::string packed = plain.string() + ".gz";
        QVERIFY(QFile(q(packed)).resize(QFileInfo(q(packed)).size() / 2));
        VERIFY_REFUSED(cli({"import", m_project, packed}), 3);
        SAME_JSON(cli({"status", m_project}).object["documents"], 40);
    }

    void sourceThatCannotBeRead() {
        // It opens, and every read of it fails; permissions would not bind root.
        const std::string before = listing(q(m_project));
        const QString link = q((m_folder / "memory.jsonl").string());
        QVERIFY(QFile::link(QStringLiteral("/proc/self/mem"), link));
        VERIFY_REFUSED(cli({"import", m_project, link.toStdString()}), 3);
        QCOMPARE(listing(q(m_project)), before);
    }

    void missingSource() { VERIFY_REFUSED(cli({"import", m_project, (m_folder / "nowhere.jsonl").string()}), 3); }

    void emptyFolderIsNoError() {
        QDir().mkpath(q((m_folder / "void").string()));
        const Answer answer = cli({"import", freshProject(), (m_folder / "void").string()});
        VERIFY_ANSWER(answer, {"read"});
        SAME_JSON(answer.object["read"], 0);
    }

    void badRowsAreCountedAndKept() {
        std::string lines =
            "{\"_id\":\"a\",\"text\":\"one two three\"}\nnot json\n{\"_id\":\"b\",\"text\":\"   \"}\n{\"_id\":\"c\"}\n";
        lines +=
            "{\"_id\":\"k\",\"text\":\"six seven\"}\n{\"_id\":\"k\",\"text\":\"another text under the same id\"}\n"
            "{\"_id\":\"d\",\"text\":\"one two three\"}\n";
        lines += std::string("{\"_id\":\"e\",\"text\":\"nul \\u0000 inside\"}\n{\"_id\":\"f\",\"text\":\"raw ") + '\0' +
                 " nul\"}\n";
        lines += "\xEF\xBB\xBF{\"_id\":\"g\",\"text\":\"four five\"}\n";
        const std::string project = freshProject();
        const Answer answer = cli({"import", project, m_folder.write("rows.jsonl", lines).string()});
        VERIFY_ANSWER(answer, {"read", "kept", "duplicates", "empty", "rejected", "rejected_file", "ignored"});
        const auto count = [&](const char* key) { return answer.object[key].get<int>(); };
        QCOMPARE(count("read"), count("kept") + count("duplicates") + count("empty") + count("rejected"));
        QCOMPARE(count("duplicates"), 1);
        QCOMPARE(count("empty"), 1);
        QVERIFY(count("rejected") >= 3);
        QFile rejected(q(answer.object["rejected_file"].get<std::string>()));
        QVERIFY(rejected.open(QIODevice::ReadOnly));
        QCOMPARE(rejected.readAll().count('\n'), count("rejected") + 1);
    }

    void largeCells() {
        const std::string big(10 << 20, 'x'), tooBig(17 << 20, 'y');
        const std::string csv =
            "_id,text\n1,\"small one\"\n2,\"word " + big + "\"\n3,\"word " + tooBig + "\"\n4,\"last one\"\n";
        const Answer answer = cli({"import", freshProject(), m_folder.write("cells.csv", csv).string()});
        QVERIFY2(answer.status == 0, answer.why().c_str());
        SAME_JSON(answer.object["kept"], 3);
        SAME_JSON(answer.object["rejected"], 1);
    }

    void corporaWithoutATree_data() {
        QTest::addColumn<QString>("text");  // of each document, %1 is its number
        QTest::addColumn<int>("documents");
        QTest::addColumn<QString>("reason");
        const QString noTerm = QStringLiteral("No document has a word that could be a term.");
        QTest::newRow("empty") << QString() << 0 << QStringLiteral("There are no documents.");
        QTest::newRow("one document") << QStringLiteral("peat bog water moss") << 1 << noTerm;
        QTest::newRow("all equal but for marks") << QStringLiteral("peat bog water moss %2") << 60 << noTerm;
        QTest::newRow("every word in every document") << QStringLiteral("peat peat bog water %1") << 60 << noTerm;
        QTest::newRow("no word twice") << QStringLiteral("peat%1 bog%1 water%1") << 60 << noTerm;
        QTest::newRow("only stop words") << QStringLiteral("the of and %2") << 60 << noTerm;
        QTest::newRow("only numbers") << QStringLiteral("12 %1") << 60 << noTerm;
    }
    /// A root alone that says why, and every document still there.
    void corporaWithoutATree() {
        QFETCH(QString, text);
        QFETCH(int, documents);
        QFETCH(QString, reason);
        std::string lines;
        for (int i = 0; i < documents; ++i) {
            const QString own = QString(text)
                                    .replace(QStringLiteral("%1"), QString::number(i))
                                    .replace(QStringLiteral("%2"), QString(i, QLatin1Char('!')));
            lines += json{{"_id", std::to_string(i)}, {"text", own.toStdString()}}.dump() + "\n";
        }
        const std::string project = freshProject();
        VERIFY_ANSWER(cli({"import", project, m_folder.write("treeless.jsonl", lines).string()}), {"kept"});
        for (const char* option : {"--dry-run", "--estimate", "--k-max=3"}) {
            const Answer answer = cli({"build", project, option});
            QVERIFY2(answer.status == 0, answer.why().c_str());
            SAME_JSON(answer.object["estimate"]["documents"], documents);
            if (std::string_view(option) == "--estimate") continue;
            SAME_JSON(answer.object["nodes"], 0);
            SAME_JSON(answer.object["unassigned"], documents);
            SAME_JSON(answer.object["stop_reasons"], (json{{reason.toStdString(), 1}}));
        }
        SAME_JSON(cli({"status", project}).object["documents"], documents);
        SAME_JSON(cli({"tree", project}).object["stop_reason"], reason.toStdString());
        QCOMPARE(cli({"check", project}).status, 0);
    }

    void aTermInEveryDocumentIsNone() {
        auto documents = plantedDocuments(3, 1, 30);
        const auto import = [&](const char* name) {
            const std::string project = freshProject();
            return cli({"import", project, m_folder.write(name, toJsonl(documents)).string()}).status == 0
                       ? project
                       : std::string();
        };
        const std::string plain = import("plain.jsonl");
        for (auto& document : documents) document.text += " everywhere";
        const std::string marked = import("marked.jsonl");
        const std::vector<std::string> quick{"--perturbations", "3", "--k-max", "4", "--depth", "1"};
        for (const auto& project : {plain, marked}) {
            std::vector<std::string> arguments{"build", project};
            arguments.insert(arguments.end(), quick.begin(), quick.end());
            const Answer built = cli(arguments);
            QVERIFY2(built.status == 0, built.why().c_str());
            QVERIFY(built.object["nodes"].get<int>() >= 3);
        }
        QVERIFY(cli({"tree", marked}).out.indexOf("everywhere") < 0);
    }

    void impossibleBuildOptions_data() {
        QTest::addColumn<QString>("option");
        for (const char* option : {"--k-max=1", "--k-max=x", "--depth=0", "--depth=-1", "--min-docs=0", "--min-docs=1",
                                   "--perturbations=1", "--iterations=0", "--threshold=0", "--threshold=1.1",
                                   "--threshold=nan", "--solver=best", "--preset=huge"})
            QTest::newRow(option) << QString::fromLatin1(option);
    }
    void impossibleBuildOptions() {
        QFETCH(QString, option);
        const std::string before = listing(q(m_project));
        VERIFY_REFUSED(cli({"build", m_project, option.toStdString()}), 2);
        VERIFY_REFUSED(cli({"build", m_project, "--estimate", option.toStdString()}), 2);
        QCOMPARE(listing(q(m_project)), before);
    }

    void moreDocumentsAskedForThanThereAre() {
        const Answer answer = cli({"build", m_project, "--dry-run", "--min-docs", "1000"});
        QVERIFY2(answer.status == 0, answer.why().c_str());
        SAME_JSON(answer.object["nodes"], 0);
        SAME_JSON(answer.object["stop_reasons"], (json{{"It has 40 documents; a label is split from 1000 on.", 1}}));
    }

    void notAProject_data() {
        QTest::addColumn<QString>("path");
        m_folder.write("plain.espalier", "not a folder");
        m_folder.write("hollow.espalier/readme.txt", "no database here");
        m_folder.write("false.espalier/project.sqlite",
                       "this is no SQLite file, whatever its name says, and long enough to look at");
        for (const char* name : {"plain.espalier", "hollow.espalier", "false.espalier", "absent.espalier"})
            QTest::newRow(name) << q((m_folder / name).string());
    }
    void notAProject() {
        QFETCH(QString, path);
        for (const char* verb : {"status", "tree", "build", "undo", "check", "history", "assign"})
            VERIFY_REFUSED(cli({verb, path.toStdString()}), 3);
        VERIFY_REFUSED(cli({"search", path.toStdString(), "w1"}), 3);
    }

    void incompleteModelFolders_data() {
        QTest::addColumn<QString>("file");
        for (const char* file :
             {"config.json", "modules.json", "1_Pooling/config.json", "vocab.txt", "model.safetensors"})
            QTest::newRow(file) << QString::fromLatin1(file);
    }
    void incompleteModelFolders() {
        QFETCH(QString, file);
        const auto whole = writeTinyEncoder(m_folder / "whole");
        const QString folder = q((m_folder / "incomplete").string());
        QDir(folder).removeRecursively();
        copyFolder(q(whole.string()), folder);
        QVERIFY(QFile::remove(folder + QLatin1Char('/') + file));
        const std::string before = listing(q(m_project));
        const Answer answer = cli({"embed", m_project, "--model", folder.toStdString()});
        VERIFY_REFUSED(answer, 3);
        QVERIFY2(QString::fromStdString(answer.object["error"]["message"].get<std::string>())
                     .contains(QFileInfo(file).fileName()),
                 answer.why().c_str());
        QVERIFY(cli({"status", m_project}).object["models"].empty());
        QCOMPARE(cli({"check", m_project}).status, 0);
    }

    void truncatedWeights() {
        const QString folder = q((m_folder / "truncated").string());
        copyFolder(q(writeTinyEncoder(m_folder / "whole").string()), folder);
        QFile weights(folder + QStringLiteral("/model.safetensors"));
        const qint64 size = weights.size();
        for (const qint64 kept : {qint64{0}, qint64{5}, qint64{100}, size / 2, size - 1}) {
            QVERIFY(weights.resize(kept));
            VERIFY_REFUSED(cli({"embed", m_project, "--model", folder.toStdString()}), 3);
        }
    }

    void readOnlyFolderIsOneSentence() {
        // Root writes anywhere; a file in the way of the folder to make is refused to everybody.
        const auto blocker = m_folder.write("blocker", "a file");
        const Answer answer = cli({"create", (blocker / "P.espalier").string()});
        QVERIFY2(answer.status == 1 || answer.status == 3, answer.why().c_str());
        QVERIFY(answer.object.contains("error"));
    }

    /// A limit on the size of files stands for the full disk: writing past it fails as ENOSPC would.
    void fullDisk_data() {
        QTest::addColumn<int>("kilobytes");
        for (const int kilobytes : {0, 4, 64, 300}) QTest::newRow(std::to_string(kilobytes).c_str()) << kilobytes;
    }
    void fullDisk() {
        QFETCH(int, kilobytes);
        const std::string project = freshProject();
        VERIFY_ANSWER(cli({"import", project, (m_folder / "good.jsonl").string()}), {"kept"});
        auto many = plantedDocuments(4, 3, 100, 11);
        for (auto& document : many) document.id += "-many";
        const auto source = m_folder.write("many.jsonl", toJsonl(many));
        QProcess process;
        process.setProcessEnvironment(quietEnvironment());
        // ulimit -f counts 1,024-byte blocks; SIGXFSZ is ignored so that write() itself fails.
        process.start(QStringLiteral("bash"),
                      {QStringLiteral("-c"), QStringLiteral("trap '' XFSZ; ulimit -f %1; exec \"$@\"").arg(kilobytes),
                       QStringLiteral("bash"), program("espalier-cli"), QStringLiteral("import"), q(project),
                       q(source.string()), QStringLiteral("--json")});
        QVERIFY(process.waitForFinished(60000));
        const Answer answer = collect(process);
        QVERIFY2(answer.status == 1 && !answer.crashed, answer.why().c_str());
        QVERIFY(answer.object.contains("error"));
        SAME_JSON(cli({"status", project}).object["documents"], 40);
        const Answer check = cli({"check", project});
        QVERIFY2(check.status == 0, check.why().c_str());
        VERIFY_ANSWER(cli({"import", project, source.string()}), {"kept"});
    }
};

QTEST_GUILESS_MAIN(TestCliBadInput)
#include "tst_cli_bad_input.moc"
