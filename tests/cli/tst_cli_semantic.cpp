// SPDX-License-Identifier: Apache-2.0
/// build --vectors and assign after it, as a script would call them.
#include <QDir>
#include <QTest>
#include <algorithm>

#include "tests/cli/programs.h"
#include "tests/core/nn/tiny_encoder.h"

using namespace espalier::test;

namespace {
std::vector<std::string> build(const std::string& project, std::vector<std::string> more) {
    std::vector<std::string> arguments{"build", project, "--perturbations", "3", "--k-max", "5", "--min-docs", "24"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}
}  // namespace

class TestCliSemantic : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::string m_project = (m_folder / "P.espalier").string();
    std::string m_model;
    std::vector<PlantedDocument> m_documents = plantedDocuments(3, 2, 20);

    void make(const std::string& project, const std::vector<PlantedDocument>& documents) {
        m_folder.write("corpus.jsonl", toJsonl(documents));
        VERIFY_ANSWER(cli({"create", project}), {"project"});
        SAME_JSON(cli({"import", project, (m_folder / "corpus.jsonl").string()}).object["kept"], documents.size());
    }

private Q_SLOTS:
    void initTestCase() {
        m_model = writeTinyEncoder(m_folder / "tiny").string();
        make(m_project, m_documents);
    }

    void withoutVectors() {
        const Answer plain = cli(build(m_project, {"--dry-run"}));
        VERIFY_ANSWER(plain, {"vectors", "without_vector", "hash"});
        QVERIFY(plain.object["vectors"].is_null() && plain.object["without_vector"].is_null());
        const Answer refused = cli(build(m_project, {"--vectors", "base"}));
        VERIFY_REFUSED(refused, 3);
        QVERIFY2(refused.object["error"]["message"].get<std::string>().find("embed") != std::string::npos,
                 refused.out.constData());
        VERIFY_REFUSED(cli(build(m_project, {"--vectors", (m_folder / "nothing").string()})), 3);
        VERIFY_REFUSED(cli(build(m_project, {"--vectors", ""})), 2);
        SAME_JSON(cli({"status", m_project}).object["revision"], 1);  // what was refused changed nothing
        QVERIFY(cliPlain({"build", "--help"}).out.contains("--vectors M"));
    }

    void defaultIsTheModelEmbeddedLast() {
        const Answer words = cli(build(m_project, {"--dry-run", "--vectors", "none"}));
        VERIFY_ANSWER(cli({"embed", m_project, "--model", "tfidf"}), {"model"});
        SAME_JSON(cli(build(m_project, {"--dry-run"})).object["vectors"], "tfidf");
        VERIFY_ANSWER(cli({"embed", m_project, "--model", m_model}), {"model"});
        const Answer meaning = cli(build(m_project, {}));
        SAME_JSON(meaning.object["vectors"], "base");
        SAME_JSON(meaning.object["without_vector"], 0);
        SAME_JSON(cli(build(m_project, {"--replace", "--vectors", m_model})).object["hash"], meaning.object["hash"]);
        SAME_JSON(cli(build(m_project, {"--dry-run", "--vectors", "none"})).object["hash"], words.object["hash"]);
        const Answer said = cliPlain(build(m_project, {"--dry-run"}));
        QVERIFY2(said.out.contains("words and meaning (base)"), said.out.constData());
        VERIFY_ANSWER(cli({"check", m_project}), {"ok"});
    }

    void threadsAndRowOrderChangeNothing() {
        const Answer reference = cli(build(m_project, {"--dry-run", "--threads", "1"}));
        auto shuffled = m_documents;
        std::reverse(shuffled.begin(), shuffled.end());
        std::rotate(shuffled.begin(), shuffled.begin() + 37, shuffled.end());
        const std::string other = (m_folder / "Q.espalier").string();
        make(other, shuffled);
        VERIFY_ANSWER(cli({"embed", other, "--model", m_model}), {"model"});
        for (const char* threads : {"1", "2", "8"}) {
            QDir(q(other + "/cache")).removeRecursively();
            const Answer built = cli(build(other, {"--dry-run", "--threads", threads}));
            SAME_JSON(built.object["vectors"], "base");
            SAME_JSON(built.object["hash"], reference.object["hash"]);
        }
    }

    void assignUsesTheVectorsThatAreThere() {
        auto later = plantedDocuments(3, 2, 2, 99);
        for (auto& document : later) document.id += "-later";
        m_folder.write("later.jsonl", toJsonl(later));
        SAME_JSON(cli({"import", m_project, (m_folder / "later.jsonl").string()}).object["kept"], later.size());
        const Answer byWords = cli({"assign", m_project});
        VERIFY_ANSWER(byWords, {"assigned", "unassigned", "revision", "without_vector"});
        SAME_JSON(byWords.object["assigned"], later.size());
        SAME_JSON(byWords.object["without_vector"], later.size());
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        const Answer again = cli(build(m_project, {"--dry-run"}));
        SAME_JSON(again.object["without_vector"], later.size());
        QVERIFY(again.err.contains("\"warning\""));
        VERIFY_ANSWER(cli({"embed", m_project, "--model", "base"}), {"model"});
        const Answer assigned = cli({"assign", m_project});
        SAME_JSON(assigned.object["assigned"], later.size());
        SAME_JSON(assigned.object["without_vector"], 0);
        for (const auto& document : later) {
            const Answer shares = cli({"memberships", m_project, "--document", document.id});
            double sum = shares.object["residual"].get<double>();
            for (const json& path : shares.object["paths"]) sum += path["share"].get<double>();
            QVERIFY(std::abs(sum - 1) < 1e-6);
        }
        VERIFY_ANSWER(cli({"check", m_project}), {"ok"});
    }

    /// A tree of words alone, re-fitted to vectors: who comes later is lent words there too, and why agrees.
    void laterDocumentsFollowTheVectorsOfTheRefit() {
        const std::string project = (m_folder / "R.espalier").string();
        make(project, plantedDocuments(3, 2, 20));
        VERIFY_ANSWER(cli({"embed", project, "--model", m_model}), {"model"});
        SAME_JSON(cli(build(project, {"--vectors", "none", "--depth", "1"})).object["vectors"], json(nullptr));
        const Answer refit = cli({"refit", project, "/", "--vectors", "base", "--k", "3", "--apply"});
        QVERIFY2(refit.status == 0 && refit.object["revision"].is_number(), refit.out.constData());
        auto later = plantedDocuments(3, 2, 2, 99);
        for (auto& document : later) document.id += "-later";
        m_folder.write("later.jsonl", toJsonl(later));
        SAME_JSON(cli({"import", project, (m_folder / "later.jsonl").string()}).object["kept"], later.size());
        const auto sharesOfLater = [&] {
            std::vector<std::string> all;
            for (const auto& document : later)
                all.push_back(cli({"memberships", project, "--document", document.id}).object["paths"].dump());
            return all;
        };
        VERIFY_ANSWER(cli({"assign", project}), {"assigned"});
        const auto byWords = sharesOfLater();  // they have no vectors yet
        VERIFY_ANSWER(cli({"undo", project}), {"revision"});
        VERIFY_ANSWER(cli({"embed", project, "--model", "base"}), {"model"});
        VERIFY_ANSWER(cli({"assign", project}), {"assigned"});
        const auto byMeaning = sharesOfLater();
        QVERIFY(byWords != byMeaning);
        for (const auto& document : later) {
            const Answer why = cli({"why", project, document.id});
            QVERIFY2(why.object["terms"].is_array() && why.object["lenders"].is_array(), why.out.constData());
            double sum = why.object["undecided"].get<double>();
            for (const json& term : why.object["terms"]) sum += term["part"].get<double>();
            QVERIFY(std::abs(sum - why.object["share"].get<double>()) < 1e-6);
        }
        VERIFY_ANSWER(cli({"check", project}), {"ok"});
    }
};

QTEST_GUILESS_MAIN(TestCliSemantic)
#include "tst_cli_semantic.moc"
