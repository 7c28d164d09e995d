// SPDX-License-Identifier: Apache-2.0
/// split, as a script would call it: planted topics are found again, nothing else changes, nothing is lost.
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

class TestCliProposals : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::string m_project = (m_folder / "P.espalier").string();
    std::vector<PlantedDocument> m_documents = plantedDocuments(2, 2, 30);
    std::string m_label;  // holds two planted leaves
    std::string m_other;  // holds one

    void make(const std::string& project, std::vector<PlantedDocument> documents, const char* threads = "2") {
        m_folder.write("corpus.jsonl", toJsonl(documents));
        VERIFY_ANSWER(cli({"create", project}), {"project"});
        SAME_JSON(cli({"import", project, (m_folder / "corpus.jsonl").string()}).object["kept"], documents.size());
        const Answer built = cli({"build", project, "--depth", "1", "--perturbations", "4", "--k-max", "4",
                                  "--min-docs", "20", "--threads", threads});
        VERIFY_ANSWER(built, {"nodes"});
        SAME_JSON(built.object["nodes"], 4);
    }

    /// Merges two of the four labels; ids of the merged one and of one that stays as it was.
    std::pair<std::string, std::string> merged(const std::string& project) {
        const json tree = cli({"tree", project}).object;
        std::map<std::string, std::string> labelOfLeaf;  // planted leaf -> label
        for (const json& child : tree["children"]) {
            const auto documents =
                cli({"documents", project, "--branch", std::to_string(child["id"].get<int>()), "--limit", "1"})
                    .object["documents"];
            labelOfLeaf[documents[0]["id"].get<std::string>().substr(0, 3)] = std::to_string(child["id"].get<int>());
        }
        (void)cli({"edit", project, "merge", labelOfLeaf["d00"], labelOfLeaf["d11"]});
        return {labelOfLeaf["d00"], labelOfLeaf["d01"]};
    }

    std::set<std::string> idsUnder(const std::string& project, std::int64_t label) {
        std::set<std::string> ids;
        const json documents =
            cli({"documents", project, "--branch", std::to_string(label), "--limit", "1000"}).object["documents"];
        for (const json& document : documents) ids.insert(document["id"].get<std::string>());
        return ids;
    }

private Q_SLOTS:
    void initTestCase() {
        make(m_project, m_documents);
        std::tie(m_label, m_other) = merged(m_project);
        QVERIFY(!m_label.empty() && !m_other.empty());
    }

    void aProposalChangesNothing() {
        const Answer before = cli({"tree", m_project});
        const Answer split = cli({"split", m_project, m_label});
        VERIFY_ANSWER(split, {"proposal", "revision"});
        QVERIFY(split.object["revision"].is_null());
        const json& proposal = split.object["proposal"];
        for (const char* key :
             {"added", "removed", "renamed", "moved", "documents_moved", "pins_kept", "pins_violated"})
            QVERIFY2(proposal.contains(key), key);
        QVERIFY(proposal["added"].size() >= 2);
        SAME_JSON(proposal["k"], proposal["added"].size());
        SAME_JSON(proposal["documents"], 60);
        QVERIFY(proposal["removed"].empty() && proposal["renamed"].empty() && proposal["moved"].empty());
        for (const json& part : proposal["added"]) {
            QVERIFY(part["documents"].get<int>() >= 5 && !part["terms"].empty() && part["typical"].size() == 5);
            QVERIFY(part["label"].is_null());
            const std::string leaf = part["typical"][0].get<std::string>().substr(0, 3);  // a part is of one leaf
            for (const json& id : part["typical"]) SAME_JSON(id.get<std::string>().substr(0, 3), leaf);
        }
        QVERIFY(!proposal["stability"].empty() && proposal["stability"][0]["k"] == 2);
        QCOMPARE(cli({"tree", m_project}).out, before.out);
        const Answer plain = cliPlain({"split", m_project, m_label, "--quiet"});
        QVERIFY2(plain.status == 0 && plain.out.contains("nothing is changed yet"), plain.out.constData());
        QVERIFY(plain.out.contains(proposal["added"][0]["name"].get<std::string>().c_str()));
    }

    void plantedTopicsAreFoundAgain() {
        const json before = cli({"tree", m_project}).object;
        const Answer split = cli({"split", m_project, m_label, "--k", "2", "--apply"});
        VERIFY_ANSWER(split, {"proposal", "revision"});
        QVERIFY(split.object["revision"].is_number());
        const json after = cli({"tree", m_project}).object;
        const json* label = find(after, std::stoll(m_label));
        QVERIFY(label != nullptr);
        QCOMPARE((*label)["children"].size(), std::size_t{2});
        QVERIFY((*label)["stop_reason"].is_null());
        std::set<std::string> leaves;
        for (const json& child : (*label)["children"]) {
            std::map<std::string, int> count;
            const auto ids = idsUnder(m_project, child["id"].get<std::int64_t>());
            for (const std::string& id : ids) ++count[id.substr(0, 3)];
            const auto most = std::max_element(count.begin(), count.end(),
                                               [](const auto& a, const auto& b) { return a.second < b.second; });
            QVERIFY(most->second >= 28 && static_cast<int>(ids.size()) - most->second <= 2);
            leaves.insert(most->first);
        }
        QCOMPARE(leaves, (std::set<std::string>{"d00", "d11"}));
        // Other labels are byte-equal.
        for (const json& child : before["children"]) {
            if (std::to_string(child["id"].get<int>()) == m_label) continue;
            SAME_JSON(*find(after, child["id"].get<std::int64_t>()), child);
        }
        for (std::size_t i = 0; i < m_documents.size(); i += 13) {
            const Answer shares = cli({"memberships", m_project, "--document", m_documents[i].id});
            double sum = shares.object["residual"].get<double>();
            for (const json& path : shares.object["paths"]) sum += path["share"].get<double>();
            QVERIFY(std::abs(sum - 1) < 1e-6);
        }
        VERIFY_ANSWER(cli({"check", m_project}), {"ok"});
        SAME_JSON(cli({"history", m_project}).object["edits"].back()["what"], split.object["edit"]);
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        SAME_JSON(cli({"tree", m_project}).object, before);
        VERIFY_ANSWER(cli({"redo", m_project}), {"revision"});
        SAME_JSON(cli({"tree", m_project}).object, after);
    }

    void laterDocumentsComeToTheNewLabels() {
        auto later = plantedDocuments(2, 2, 4, 99);
        for (auto& document : later) document.id += "-later";
        m_folder.write("later.jsonl", toJsonl(later));
        SAME_JSON(cli({"import", m_project, (m_folder / "later.jsonl").string()}).object["kept"], later.size());
        const Answer assigned = cli({"assign", m_project});
        SAME_JSON(assigned.object["assigned"], later.size());
        const json tree = cli({"tree", m_project}).object;
        const json* label = find(tree, std::stoll(m_label));
        for (const json& child : (*label)["children"]) {
            const auto ids = idsUnder(m_project, child["id"].get<std::int64_t>());
            const auto isLater = [](const std::string& id) { return id.find("-later") != std::string::npos; };
            QVERIFY(std::count_if(ids.begin(), ids.end(), isLater) >= 3);
        }
        VERIFY_ANSWER(cli({"check", m_project}), {"ok"});
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});  // assign
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});  // split
        VERIFY_ANSWER(cli({"check", m_project}), {"ok"});
    }

    void theNumberCanBeAskedForAndPartsRefused() {
        const Answer three = cli({"split", m_project, m_label, "--k", "3"});
        QCOMPARE(three.object["proposal"]["added"].size(), std::size_t{3});
        const Answer one =
            cli({"split", m_project, m_label, "--k", "2", "--accept", "2", "--name", "2=Peat = bog", "--apply"});
        VERIFY_ANSWER(one, {"proposal", "revision"});
        const json tree = cli({"tree", m_project}).object;
        const json* label = find(tree, std::stoll(m_label));
        QCOMPARE((*label)["children"].size(), std::size_t{1});
        SAME_JSON((*label)["children"][0]["name"], "Peat = bog");
        const auto part = (*label)["children"][0]["documents"].get<int>();
        SAME_JSON((*label)["documents"], 60);
        QVERIFY(part >= 28 && part <= 32);
        // What stayed can be split again; the part that is there is not in its way.
        const Answer again = cli({"split", m_project, m_label, "--k", "2"});
        QCOMPARE(again.object["proposal"]["added"].size(), std::size_t{2});
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
    }

    void threadsAndRowOrderChangeNothing() {
        const Answer reference = cli({"split", m_project, m_label, "--threads", "1"});
        std::string other = (m_folder / "Q.espalier").string();
        auto shuffled = m_documents;
        std::reverse(shuffled.begin(), shuffled.end());
        std::rotate(shuffled.begin(), shuffled.begin() + 37, shuffled.end());
        make(other, shuffled, "1");
        const std::string label = merged(other).first;
        for (const char* threads : {"1", "2", "8"}) {
            const Answer split = cli({"split", other, label, "--threads", threads});
            const json& parts = split.object["proposal"]["added"];
            QCOMPARE(parts.size(), reference.object["proposal"]["added"].size());
            for (std::size_t i = 0; i < parts.size(); ++i) {
                for (const char* key : {"name", "terms", "documents", "typical"})
                    SAME_JSON(parts[i][key], reference.object["proposal"]["added"][i][key]);
            }
        }
    }

    void whatCannotBeSplitIsRefused() {
        const Answer before = cli({"tree", m_project});
        const auto revision = cli({"status", m_project}).object["revision"];
        VERIFY_REFUSED(cli({"split", m_project, m_label, "--k", "1"}), 2);
        VERIFY_REFUSED(cli({"split", m_project, m_label, "--k", "many"}), 2);
        VERIFY_REFUSED(cli({"split", m_project, m_label, "--name", "Peat"}), 2);
        VERIFY_REFUSED(cli({"split", m_project}), 2);
        VERIFY_REFUSED(cli({"split", m_project, m_label, "--k", "500"}), 3);
        VERIFY_REFUSED(cli({"split", m_project, "Nothing/There"}), 3);
        VERIFY_REFUSED(cli({"split", m_project, "999"}), 3);
        VERIFY_REFUSED(cli({"split", m_project, m_label, "--accept", "9", "--apply"}), 3);
        VERIFY_REFUSED(cli({"split", (m_folder / "no.espalier").string(), "1"}), 3);
        // The root has nothing of its own.
        const Answer root = cli({"split", m_project, "/", "--apply"});
        VERIFY_ANSWER(root, {"proposal", "revision"});
        QVERIFY(root.object["proposal"]["added"].empty() && root.object["revision"].is_null());
        QVERIFY(root.object["proposal"]["why"].get<std::string>().find("of its own") != std::string::npos);
        VERIFY_ANSWER(cli({"edit", m_project, "lock", m_label}), {"revision"});
        VERIFY_REFUSED(cli({"split", m_project, m_label, "--apply"}), 3);
        VERIFY_ANSWER(cli({"edit", m_project, "unlock", m_label}), {"revision"});
        const std::string empty = (m_folder / "Empty.espalier").string();
        VERIFY_ANSWER(cli({"create", empty}), {"project"});
        VERIFY_REFUSED(cli({"split", empty, "/"}), 3);
        QCOMPARE(cli({"tree", m_project}).out, before.out);
        SAME_JSON(cli({"status", m_project}).object["revision"], revision.get<int>() + 2);
        QVERIFY(cliPlain({"split", "--help"}).out.contains("--accept"));
    }
};

QTEST_GUILESS_MAIN(TestCliProposals)
#include "tst_cli_proposals.moc"
