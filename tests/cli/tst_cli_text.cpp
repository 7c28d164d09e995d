// SPDX-License-Identifier: Apache-2.0
/// What counts as a term, as a script says it: languages, phrases, limits and the user's own word lists.
#include <QTest>

#include "tests/cli/programs.h"

using namespace espalier::test;

namespace {
std::string corpus() {
    std::string rows;
    const char* const subjects[] = {"heavy rain", "peat bogs", "deep wells"};
    const char* const others[] = {"storms, clouds, thunder", "moss, turf, drains", "pumps, pipes, bores"};
    for (int i = 0; i < 60; ++i) {
        const std::string subject = subjects[i % 3];
        rows += json{{"_id", "d" + std::to_string(i)},
                     {"text", "The report on " + subject + " of year " + std::to_string(i) + ": " + subject +
                                  " changes the land and " + subject + " stays. " + others[i % 3] + "."}}
                    .dump() +
                "\n";
    }
    return rows;
}
bool hasTerm(const json& label, const std::string& term) {
    for (const json& one : label["terms"]) {
        if (one == term) return true;
    }
    for (const json& child : label["children"]) {
        if (hasTerm(child, term)) return true;
    }
    return false;
}
}  // namespace

class TestCliText : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::string m_project = (m_folder / "P.espalier").string();

    Answer build(const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"build", m_project, "--replace", "--perturbations", "3", "--k-max", "4"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return cli(arguments);
    }
    bool treeHas(const std::string& term) { return hasTerm(cli({"tree", m_project}).object, term); }

private Q_SLOTS:
    void initTestCase() {
        m_folder.write("corpus.jsonl", corpus());
        VERIFY_ANSWER(cli({"create", m_project}), {"project"});
        SAME_JSON(cli({"import", m_project, (m_folder / "corpus.jsonl").string()}).object["kept"], 60);
    }

    void phrases() {
        const Answer on = build({"--phrases", "on"});
        VERIFY_ANSWER(on, {"hash", "languages"});
        QVERIFY(treeHas("heavy rain"));
        QVERIFY2(on.object["languages"].size() == 1 && on.object["languages"][0]["documents"] == 60,
                 on.out.constData());
        VERIFY_ANSWER(build({}), {"hash"});  // words alone
        QVERIFY(!treeHas("heavy rain"));
        VERIFY_REFUSED(build({"--phrases", "maybe"}), 2);
    }

    void wordLists() {
        const std::string stop = m_folder.write("stop.txt", "# ours\nheavy rain\npeat\n").string();
        const std::string keep = m_folder.write("keep.txt", "deep wells\n").string();
        VERIFY_ANSWER(build({"--stop-words", stop, "--keep-words", keep, "--phrases", "off"}), {"hash"});
        QVERIFY(!treeHas("rain") && !treeHas("peat") && treeHas("bogs") && treeHas("deep wells"));
        // The words are kept, not the file: what comes later is placed by them.
        std::filesystem::remove(stop);
        m_folder.write("more.jsonl",
                       "{\"_id\":\"n1\",\"text\":\"deep wells again\"}\n{\"_id\":\"n2\",\"text\":\"peat\"}\n");
        VERIFY_ANSWER(cli({"import", m_project, (m_folder / "more.jsonl").string()}), {"kept"});
        const Answer assigned = cli({"assign", m_project});
        SAME_JSON(assigned.object["assigned"], 1);
        SAME_JSON(assigned.object["unassigned"], 1);

        const auto before = cli({"status", m_project}).object["revision"];
        VERIFY_REFUSED(build({"--stop-words", stop}), 3);  // gone
        VERIFY_REFUSED(build({"--stop-words", m_folder.write("bad.txt", "so\xff\n").string()}), 3);
        VERIFY_REFUSED(build({"--stop-words", keep, "--keep-words", keep}), 3);
        SAME_JSON(cli({"status", m_project}).object["revision"], before);
    }

    void limitsAndLanguages() {
        VERIFY_ANSWER(
            build({"--language", "EN", "--stem", "on", "--min-df", "3", "--max-df", "0.9", "--max-terms", "9"}),
            {"hash"});
        for (const auto& bad : std::vector<std::vector<std::string>>{{"--language", "klingon"},
                                                                     {"--min-df", "0"},
                                                                     {"--max-df", "1.5"},
                                                                     {"--max-df", "0"},
                                                                     {"--max-terms", "0"},
                                                                     {"--stem", "yes"}}) {
            VERIFY_REFUSED(build(bad), 2);
        }
        // No term is left: a root alone, and it says so.
        const Answer none = build({"--min-df", "1000"});
        VERIFY_ANSWER(none, {"nodes"});
        SAME_JSON(none.object["nodes"], 0);
        SAME_JSON(none.object["unassigned"], 62);
    }
};

QTEST_APPLESS_MAIN(TestCliText)
#include "tst_cli_text.moc"
