// SPDX-License-Identifier: Apache-2.0
/// build and assign over vectors, on vectors made by hand: three subjects, each in two vocabularies without a common
/// word, and vectors that know the subject.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/rng.h"
#include "core/base/sha256.h"
#include "core/nmf/hierarchy.h"
#include "core/pipeline/factors_file.h"
#include "core/pipeline/job.h"
#include "core/pipeline/neighbour_cache.h"
#include "core/pipeline/semantic_rows.h"
#include "core/project/job_results.h"
#include "core/project/project.h"
#include "core/text/document.h"
#include "tests/support/same_json.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using nlohmann::json;
using project::Access;
using project::Project;
namespace fs = std::filesystem;

namespace {
constexpr int kSubjects = 3, kVocabularies = 2, kDocuments = 300;

struct Made {
    std::string id, text;
    int subject = 0;
};

std::string word(int group, std::size_t i) {
    static const char* const kSyllables[] = {"ba", "do", "fi", "gu", "ke", "lo", "mi", "nu", "pa", "ro", "si", "tu"};
    return std::string(kSyllables[group]) + kSyllables[i % 12] + kSyllables[(i * 5 + 3) % 12] + "x";
}

std::vector<Made> madeCorpus(int documents, std::uint64_t seed, const std::string& prefix) {
    SplitMix64 random(seed);
    std::vector<Made> corpus;
    for (int d = 0; d < documents; ++d) {
        const int group = d % (kSubjects * kVocabularies);
        Made one{prefix + std::to_string(d), {}, group / kVocabularies};
        for (int w = 0; w < 30; ++w) one.text += word(group, random.below(11)) + " ";
        for (int w = 0; w < 4; ++w)
            one.text += "common" + std::string(1, static_cast<char>('a' + random.below(6))) + " ";
        corpus.push_back(std::move(one));
    }
    return corpus;
}

/// The subject's axis and a little of everything, told by the id alone.
std::vector<float> vectorOf(const Made& document) {
    SplitMix64 random(std::stoull(sha256Hex(document.id).substr(0, 15), nullptr, 16));
    std::vector<float> vector(8);
    for (float& x : vector) x = static_cast<float>(0.3 * (random.uniform() - 0.5));
    vector[static_cast<std::size_t>(document.subject)] += 1;
    return vector;
}

void importDocuments(Project& project, const test::TempFolder& folder, const std::vector<Made>& documents) {
    std::string lines;
    for (const auto& d : documents) lines += json{{"_id", d.id}, {"text", d.text}}.dump() + "\n";
    jobs::JobContext context;
    const auto imported = project.importCorpus({folder.write("corpus.jsonl", lines)}, {}, context);
    if (!imported || imported->rejected > 0) qFatal("import");
}

/// Vectors of these documents under a name, as an embed would leave them.
void embed(Project& project, const test::TempFolder& folder, const std::vector<Made>& documents,
           const std::string& name = "base") {
    const fs::path model = folder / ("encoder-" + sha256Hex(name).substr(0, 6));
    fs::create_directories(model);
    std::ofstream(model / "config.json") << "{}";
    std::ofstream(model / "model.safetensors") << name;
    const auto job = project.newJobFolder("embed").value();
    project::EmbedResult result;
    result.fromRevision = project.revision().value();
    result.model = name;
    result.kind = "encoder";
    result.modelFolder = model.string();
    result.dim = 8;
    result.device = "cpu";
    result.precision = "fp32";
    std::map<std::string, DocumentKey> keyOf;
    const auto ids = project.documentIds().value();
    for (const auto& [key, id] : ids) keyOf[id] = key;
    std::vector<DocumentKey> keys;
    DenseRows vectors{0, 8, {}};
    for (const auto& d : documents) {
        keys.push_back(keyOf.at(d.id));
        const auto vector = vectorOf(d);
        vectors.values.insert(vectors.values.end(), vector.begin(), vector.end());
        ++vectors.rows;
    }
    if (!project::writeVectors(job / result.vectorsFile, keys, vectors) || !project::writeEmbedResult(job, result))
        qFatal("embed");
    const auto adopted = project.adopt(job);
    if (!adopted) qFatal("adopt: %s", adopted.error().message.c_str());
}

Result<json> run(Project& project, const std::string& kind, json options,
                 std::vector<std::string>* warnings = nullptr) {
    const auto folder = project.newJobFolder(kind).value();
    jobs::JobContext context([warnings](const json& event) {
        if (warnings != nullptr && event["event"] == "warning") warnings->push_back(event["message"]);
    });
    if (kind == "build")
        options.update({{"language", "en"},
                        {"perturbations", 4},
                        {"iterations", 100},
                        {"k_max", kSubjects},
                        {"depth", 1},
                        {"replace", true}});
    auto result = pipeline::runJob({kind, project.folder(), folder, options.dump()}, context);
    if (!result) {
        fs::remove_all(folder);
        return result;
    }
    const auto adopted = project.adopt(folder);
    if (!adopted) qFatal("adopt %s: %s", kind.c_str(), adopted.error().message.c_str());
    return result;
}

/// Label of each document by id.
std::map<std::string, LabelId> labelsOf(Project& project) {
    std::map<DocumentKey, LabelId> hard;
    const auto labels = project.hardLabels().value();
    for (const auto& [key, label] : labels) hard[key] = label;
    std::map<std::string, LabelId> byId;
    const auto ids = project.documentIds().value();
    for (const auto& [key, id] : ids) byId[id] = hard[key];
    return byId;
}

/// Share of the documents that lie under the label where most of their subject lies; the root is no label.
double together(Project& project, const std::vector<Made>& documents) {
    auto labels = labelsOf(project);
    const LabelId root = project.tree().value()->tree.root();
    std::map<int, std::map<LabelId, int>> counts;
    for (const auto& d : documents)
        if (labels[d.id] != root) ++counts[d.subject][labels[d.id]];
    int most = 0;
    for (const auto& [subject, byLabel] : counts) {
        int largest = 0;
        for (const auto& [label, count] : byLabel) largest = std::max(largest, count);
        most += largest;
    }
    return static_cast<double>(most) / static_cast<double>(documents.size());
}

fs::path cacheFile(const Project& project) {
    for (const auto& entry : fs::directory_iterator(project.folder() / "cache"))
        if (entry.path().filename().string().rfind("neighbours-", 0) == 0) return entry.path();
    return {};
}
}  // namespace

class TestSemanticBuild : public QObject {
    Q_OBJECT
    test::TempFolder m_folder;
    std::vector<Made> m_corpus = madeCorpus(kDocuments, 1, "d");
    std::unique_ptr<Project> m_project;

private Q_SLOTS:
    void initTestCase() {
        m_project = Project::create(m_folder / "p.espalier").value();
        importDocuments(*m_project, m_folder, m_corpus);
    }

    void withoutAModelItIsThePlainTree() {
        const auto byDefault = run(*m_project, "build", json::object()).value();
        QVERIFY(byDefault["vectors"].is_null() && byDefault["without_vector"].is_null());
        const auto asked = run(*m_project, "build", {{"vectors", "none"}}).value();
        SAME_JSON(byDefault["hash"], asked["hash"]);
        const auto refused = run(*m_project, "build", {{"vectors", "base"}});
        QVERIFY(!refused && refused.error().code == ErrorCode::InvalidState);
        QVERIFY(refused.error().message.find("embed --model base") != std::string::npos ||
                refused.error().message.find("embed with --model base") != std::string::npos);
        QVERIFY(m_project->unadoptedJobs().empty());
        const double apart = together(*m_project, m_corpus);
        QVERIFY2(apart < 0.8, qPrintable(QString::number(apart)));  // words alone split a subject in two
    }

    void vectorsJoinWhatWordsKeepApart() {
        embed(*m_project, m_folder, m_corpus);
        const auto built = run(*m_project, "build", json::object()).value();
        SAME_JSON(built["vectors"], "base");
        SAME_JSON(built["without_vector"], 0);
        const double joined = together(*m_project, m_corpus);
        QVERIFY2(joined > 0.99, qPrintable(QString::number(joined)));
        const auto info = m_project->buildInfo().value();
        const auto settings = pipeline::semanticSettings(info.options);
        QVERIFY(settings.has_value());
        const auto model = m_project->model("base").value();
        QCOMPARE(settings->model, std::string("base"));
        QCOMPARE(settings->modelSha256, model.sha256);
        QCOMPARE(settings->vectorsSha256, model.vectorsSha256);
        const pipeline::SemanticSettings standard;
        QVERIFY(settings->neighbours == standard.neighbours && settings->lent == standard.lent &&
                settings->smallest == standard.smallest);
        SAME_JSON(json::parse(info.options)["vectors"], "base");
        run(*m_project, "build", {{"vectors", "none"}}).value();
        QVERIFY(!pipeline::semanticSettings(m_project->buildInfo()->options));
    }

    /// What is named overrides the preset; all of it is stored.
    void presetsAndOptionsAreStored() {
        const auto stored = [&](const json& options) {
            run(*m_project, "build", options).value();
            return json::parse(m_project->buildInfo()->options);
        };
        json built = stored(json::object());
        SAME_JSON(built["preset"], "balanced");
        SAME_JSON(built["resampler"], "bootstrap");
        SAME_JSON(built["k_rule"], "surplus");
        SAME_JSON(built["threshold"], 0.7);
        built = stored({{"vectors", "none"}});
        SAME_JSON(built["resampler"], "leave-out");
        SAME_JSON(built["threshold"], 0.8);
        SAME_JSON(built["left_out"], 0.15);
        built = stored({{"preset", "coarse"}});
        SAME_JSON(built["resampler"], "bootstrap");
        SAME_JSON(built["k_rule"], "ours");
        SAME_JSON(built["vectors"], "base");
        built = stored({{"preset", "telf"}});
        SAME_JSON(built["preset"], "telf");
        SAME_JSON(built["solver"], "mu");
        SAME_JSON(built["matching"], "greedy");
        SAME_JSON(built["k_rule"], "telf");
        SAME_JSON(built["tolerance"], 0.0);
        SAME_JSON(built["vectors"], "none");
        built = stored({{"preset", "telf"},
                        {"solver", "hals"},
                        {"vectors", "base"},
                        {"matching", "hungarian"},
                        {"search", "bisect-pre"},
                        {"resampler", "poisson"},
                        {"threshold", 0.7}});
        SAME_JSON(built["solver"], "hals");
        SAME_JSON(built["vectors"], "base");
        SAME_JSON(built["matching"], "hungarian");
        SAME_JSON(built["search"], "bisect-pre");
        SAME_JSON(built["resampler"], "poisson");
        SAME_JSON(built["threshold"], 0.7);
        SAME_JSON(built["k_rule"], "telf");
        for (const json& wrong : {json{{"preset", "tiny"}}, json{{"search", "guess"}}, json{{"noise", 1.5}}}) {
            const auto refused = run(*m_project, "build", wrong);
            QVERIFY(!refused && refused.error().code == ErrorCode::InvalidArgument);
        }
    }

    void threadsAndRowOrderChangeNothing() {
        auto shuffled = m_corpus;
        SplitMix64 random(4);
        for (std::size_t i = shuffled.size(); i > 1; --i) std::swap(shuffled[i - 1], shuffled[random.below(i)]);
        const test::TempFolder folder;
        const auto other = Project::create(folder / "q.espalier").value();
        importDocuments(*other, folder, shuffled);
        embed(*other, folder, shuffled);
        for (const char* resampler : {"leave-out", "noise", "bootstrap", "poisson", "random-start"}) {
            const auto reference = run(*m_project, "build", {{"threads", 1}, {"resampler", resampler}}).value();
            for (const int threads : {1, 2, 8}) {
                std::error_code ignored;
                fs::remove_all(other->folder() / "cache", ignored);  // so that every count of threads computes them
                SAME_JSON(run(*other, "build", {{"threads", threads}, {"resampler", resampler}}).value()["hash"],
                          reference["hash"]);
            }
        }
    }

    void cacheIsReadAndADamagedOneIsNot() {
        const auto reference = run(*m_project, "build", json::object()).value();
        const fs::path file = cacheFile(*m_project);
        QVERIFY(!file.empty());
        const auto written = fs::last_write_time(file);
        SAME_JSON(run(*m_project, "build", json::object()).value()["hash"], reference["hash"]);
        QVERIFY(fs::last_write_time(file) == written);  // not made again

        // It is really read: neighbours of another subject, well-formed and under the right key, change the tree.
        std::vector<DocumentKey> keys;
        std::vector<std::pair<std::string, DocumentKey>> canonical;
        QVERIFY(
            m_project->forEachDocument([&](DocumentKey key, const text::Document&, const std::string& hash) -> Status {
                canonical.emplace_back(hash, key);
                return {};
            }));
        std::sort(canonical.begin(), canonical.end());
        for (const auto& [hash, key] : canonical) keys.push_back(key);
        const auto unit = pipeline::unitVectors(*m_project, m_project->model("base").value(), keys).value();
        const std::string key = pipeline::neighbourKey(unit.rows, {});
        auto found = pipeline::readNeighbours(file, key);
        QVERIFY(found.has_value());
        QVERIFY(!pipeline::readNeighbours(file, std::string(64, '0')));
        auto wrong = *found;
        for (auto& row : wrong.rows) row = static_cast<std::int32_t>((row + 131) % kDocuments);
        QVERIFY(pipeline::writeNeighbours(file, key, wrong));
        QVERIFY(run(*m_project, "build", json::object()).value()["hash"] != reference["hash"]);

        // One changed byte, a cut file, no file of that kind: made again.
        QVERIFY(pipeline::writeNeighbours(file, key, wrong));
        {
            std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
            out.seekp(-40, std::ios::end);
            out.put('\x55');
        }
        SAME_JSON(run(*m_project, "build", json::object()).value()["hash"], reference["hash"]);
        QVERIFY(*pipeline::readNeighbours(file, key) == *found);
        fs::resize_file(file, fs::file_size(file) / 2);
        SAME_JSON(run(*m_project, "build", json::object()).value()["hash"], reference["hash"]);
        std::ofstream(file, std::ios::trunc) << "no neighbours";
        SAME_JSON(run(*m_project, "build", json::object()).value()["hash"], reference["hash"]);
        QVERIFY(*pipeline::readNeighbours(file, key) == *found);
    }

    void laterDocuments() {
        run(*m_project, "build", json::object()).value();
        auto labels = labelsOf(*m_project);
        std::map<int, LabelId> home;
        for (const auto& d : m_corpus) home[d.subject] = labels[d.id];
        // Words of subject 0 mostly, a vector of subject 1: with the vector it comes to 1, by its words to 0.
        std::vector<Made> later{{"later-with", {}, 1}, {"later-without", {}, 1}, {"later-wordless", "zzz yyy", 1}};
        for (std::size_t i = 0; i < 2; ++i) {
            for (std::size_t w = 0; w < 12; ++w) later[i].text += word(0, (w + i) % 11) + " ";
            later[i].text += "commona";
        }
        importDocuments(*m_project, m_folder, later);

        // A build now says who has no vector.
        std::vector<std::string> warnings;
        const auto rebuilt = run(*m_project, "build", json::object(), &warnings).value();
        SAME_JSON(rebuilt["without_vector"], 3);
        QVERIFY(warnings.size() == 1 && warnings[0].rfind("3 of 303 documents have no vector", 0) == 0);
        QVERIFY(m_project->undo());

        auto embedded = m_corpus;
        embedded.push_back(later[0]);
        embedded.push_back(later[2]);
        embed(*m_project, m_folder, embedded);
        const auto assigned = run(*m_project, "assign", json::object(), &warnings).value();
        SAME_JSON(assigned["assigned"], 2);
        SAME_JSON(assigned["unassigned"], 1);  // a neighbour's words alone place nobody
        SAME_JSON(assigned["without_vector"], 1);
        labels = labelsOf(*m_project);
        QVERIFY(labels["later-with"] == home[1]);
        QVERIFY(labels["later-without"] == home[0]);

        // Its share is that of its own words, as the plain fold-in has it.
        const auto info = m_project->buildInfo().value();
        const auto factors = pipeline::readFactors(info.factorsFile).value();
        QCOMPARE(factors.documents.size(), static_cast<std::size_t>(kDocuments));
        const auto counts = factors.tfidf.counts(std::vector<std::string>{later[1].text});
        const auto plain = nmf::FoldIn(factors.hierarchy).shares(counts.rowColumns(0), counts.rowValues(0));
        const auto record = m_project->document("later-without").value();
        QCOMPARE(record.resting.size(), plain.resting.size());
    }

    void assignWithoutTheModelSaysSo() {
        const test::TempFolder folder;
        const auto project = Project::create(folder / "r.espalier").value();
        importDocuments(*project, folder, m_corpus);
        embed(*project, folder, m_corpus, "first");
        run(*project, "build", {{"vectors", "first"}}).value();
        const auto later = madeCorpus(6, 77, "n");
        importDocuments(*project, folder, later);
        fs::remove(project->model("first")->vectorsFile);
        std::vector<std::string> warnings;
        const auto assigned = run(*project, "assign", json::object(), &warnings).value();
        SAME_JSON(assigned["assigned"], 6);
        SAME_JSON(assigned["without_vector"], 6);
        QVERIFY(warnings.size() == 1 && warnings[0].find("\"first\"") != std::string::npos);
        // And a build with it names the command that makes them again.
        const auto refused = run(*project, "build", {{"vectors", "first"}});
        QVERIFY(!refused && refused.error().message.find("embed") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestSemanticBuild)
#include "tst_semantic_build.moc"
