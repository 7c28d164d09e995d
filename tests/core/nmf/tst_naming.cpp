// SPDX-License-Identifier: Apache-2.0
// From words to names, on three small corpora made here.
#include <QTest>
#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "core/base/rng.h"
#include "core/base/sha256.h"
#include "core/jobs/job_context.h"
#include "core/nmf/hierarchy.h"
#include "core/nmf/naming.h"
#include "core/text/stop_words.h"
#include "core/text/tfidf.h"
#include "core/text/words.h"

using namespace espalier;
using namespace espalier::nmf;

namespace {

struct Subject {
    std::vector<std::string> common;              // words of the whole subject
    std::vector<std::vector<std::string>> parts;  // words of its parts
};

std::vector<std::string> split(const char* words) {
    std::istringstream stream(words);
    return {std::istream_iterator<std::string>(stream), {}};
}

std::vector<Subject> corpusSubjects(int which) {
    if (which == 0) {
        return {{split("garden gardens gardening soil soils compost plant plants planting"),
                 {split("tomato tomatoes pepper seedling seedlings greenhouse vine ripening"),
                  split("rose roses pruning hedge hedges shrub blossom thorn")}},
                {split("river rivers water flow flows stream streams basin"),
                 {split("flood floods dam dams levee reservoir spillway sluice"),
                  split("trout salmon spawning fishery fish hatchery migration weir")}},
                {split("oven bake bakes baking dough flour kitchen recipe"),
                 {split("bread loaf loaves rye sourdough crust yeast knead"),
                  split("cake cakes sugar icing butter vanilla sponge cream")}}};
    }
    if (which == 1) {
        return {{split("harbour ship ships shipping vessel cargo port crane"),
                 {split("container containers terminal stacking yard gantry reach-stacker hinterland"),
                  split("tanker tankers oil pipeline mooring ballast bunker valve")}},
                {split("cloud clouds rain rainfall storm storms forecast weather"),
                 {split("radar echo reflectivity doppler antenna beam pulse clutter"),
                  split("snow snowfall frost ice avalanche slope snowpack thaw")}},
                {split("SQL query queries database index indexes table transaction"),
                 {split("WAL replica replication standby failover lag-time slot archive"),
                  split("JSON path array object key operator GIN document-store")}},
                {split("loom weaving weave cloth thread yarn fabric spinning"),
                 {split("wool fleece sheep carding shearing lanolin felt felting"),
                  split("silk cocoon mulberry reeling moth dyeing dye sericulture")}}};
    }
    return {{split("boden böden acker ackerbau ernte düngung kalk humus"),
             {split("weizen roggen gerste halm ähre körner mähdrescher stroh"),
              split("kartoffel kartoffeln knolle rübe rüben furche damm legen")}},
            {split("горы река реки долина ледник ледники перевал склон"),
             {split("камень камни гранит осыпь обвал скала скалы трещина"),
              split("озеро озёра вода берег берега рыба форель рыбак")}},
            {split("café thé naïve sucre boisson tasse arôme torréfaction"),
             {split("grain grains arabica robusta moulin mouture acidité filtre"),
              split("feuille feuilles infusion théière vert noir oolong jasmin")}}};
}

struct Built {
    Hierarchy tree;
    std::vector<std::string> vocabulary, names;
};

/// \param order  0: texts as made; else shuffled by it before anything looks at them
Built buildCorpus(int which, std::uint64_t order = 0, int threads = 0) {
    const auto subjects = corpusSubjects(which);
    SplitMix64 random(1);
    std::vector<std::string> texts;
    const char* filler[] = {"the", "and", "2024", "of", "with", "3.14", "some", "don't", "using"};
    for (int d = 0; d < 360; ++d) {
        const auto& subject = subjects[random.below(subjects.size())];
        const auto& part = subject.parts[random.below(2) * random.below(2)];
        std::string text;
        for (int i = 0; i < 12; ++i) text += subject.common[random.below(subject.common.size())] + " ";
        for (int i = 0; i < 14; ++i) text += part[random.below(part.size())] + " ";
        for (int i = 0; i < 8; ++i) text += std::string(filler[random.below(9)]) + " ";
        texts.push_back(text);
    }
    if (order > 0) {
        SplitMix64 mixer(order);
        shuffle(texts, mixer);
    }
    jobs::JobContext context;
    // Words at random are in no language: the filler's is given.
    const auto model = text::TfidfModel::fit(texts, {.language = "en"}, context).value();
    std::sort(texts.begin(), texts.end(), [](const auto& a, const auto& b) { return sha256Hex(a) < sha256Hex(b); });
    HierarchyOptions options;
    options.kMax = 4;
    options.deepKMax = 3;
    options.perturbations = 4;
    options.iterations = 60;
    options.threads = threads;
    Built built{buildHierarchy(model.counts(texts), options, context).value(), model.vocabulary(), {}};
    NamingOptions naming;
    naming.stem = [](std::string_view word) { return text::stem(word); };
    naming.stopWord = [](std::string_view word) { return text::isStopWord(word); };
    naming.capitalise = [](std::string_view word) { return text::capitalised(word); };
    naming.written = model.written();
    built.names = nameLabels(built.tree, built.vocabulary, naming);
    return built;
}

std::vector<std::string> wordsOf(const std::string& name) {
    std::vector<std::string> words;
    text::WordBreaker breaker;
    breaker.forEachWord(name, [&](std::string_view word) { words.emplace_back(word); });
    return words;
}

}  // namespace

class TestNaming : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void properties_data() {
        QTest::addColumn<int>("which");
        QTest::newRow("kitchen and garden") << 0;
        QTest::newRow("trades") << 1;
        QTest::newRow("other scripts") << 2;
    }
    void properties() {
        QFETCH(int, which);
        const auto built = buildCorpus(which);
        const auto& nodes = built.tree.nodes;
        QVERIFY(nodes.size() >= 5);
        QCOMPARE(built.names.size(), nodes.size());
        QVERIFY(built.names.front().empty());
        int deep = 0;
        for (std::size_t v = 1; v < nodes.size(); ++v) {
            const auto& name = built.names[v];
            const auto words = wordsOf(name);
            QVERIFY2(!words.empty() && name.find("  ") == std::string::npos, name.c_str());
            const bool few = nodes[v].terms.size() < 5;  // then most may be forms of the parent's words
            QVERIFY2(words.size() >= (few ? 1 : 2) && std::count(name.begin(), name.end(), ',') <= 2, name.c_str());
            std::set<std::string> stems;
            for (const auto& word : words) {
                QVERIFY2(!text::isStopWord(word) && !text::isNumber(word), name.c_str());
                QVERIFY2(stems.insert(text::stem(word)).second, name.c_str());
            }
            const auto parent = static_cast<std::size_t>(nodes[v].parent);
            deep += parent > 0;
            std::set<std::string> ofParent;
            for (const auto& [term, score] : nodes[parent].terms)
                ofParent.insert(text::stem(built.vocabulary[static_cast<std::size_t>(term)]));
            for (const auto& word : words) QVERIFY2(!ofParent.contains(text::stem(word)), name.c_str());
            for (const auto& word : wordsOf(built.names[parent]))
                QVERIFY2(!stems.contains(text::stem(word)), name.c_str());
            for (const int sibling : nodes[parent].children) {
                if (sibling == static_cast<int>(v)) continue;
                for (const auto& word : wordsOf(built.names[static_cast<std::size_t>(sibling)]))
                    QVERIFY2(!stems.contains(text::stem(word)), name.c_str());
            }
        }
        QVERIFY(deep > 0);
    }

    // From texts to names: neither the order of the rows nor the number of threads changes a bit.
    void orderOfRowsChangesNothing() {
        const auto reference = buildCorpus(1);
        for (const auto& [order, threads] : {std::pair{7U, 1}, {8U, 2}, {9U, 8}}) {
            const auto other = buildCorpus(1, order, threads);
            QCOMPARE(other.vocabulary, reference.vocabulary);
            QCOMPARE(other.names, reference.names);
            QVERIFY(other.tree.resting == reference.tree.resting);
            QVERIFY(other.tree.fits == reference.tree.fits);
            for (std::size_t v = 0; v < reference.tree.nodes.size(); ++v) {
                QVERIFY(other.tree.nodes[v].terms == reference.tree.nodes[v].terms);
                QVERIFY(other.tree.nodes[v].W.values == reference.tree.nodes[v].W.values);
            }
        }
    }

    void asWrittenAndCapitalised() {
        const auto built = buildCorpus(1);
        std::string all;
        for (const auto& name : built.names) all += name + "\n";
        QVERIFY2(all.find("SQL") != std::string::npos || all.find("WAL") != std::string::npos, all.c_str());
        QVERIFY(all.find("sql") == std::string::npos && all.find("wal") == std::string::npos);
        for (std::size_t v = 1; v < built.names.size(); ++v) QVERIFY(built.names[v].front() < 'a');
        for (const auto& name : buildCorpus(2).names) QCOMPARE(text::capitalised(name), name);
    }

    // Terms of the parent stand in no child's name, in no form; neither do an abbreviation and its plural in one name.
    void otherFormsOfAWord() {
        const std::vector<std::string> vocabulary{"protein", "cell", "proteins", "hsc", "hscs", "niche", "gene"};
        Hierarchy tree;
        tree.nodes.resize(4);
        tree.nodes[0].children = {1};
        tree.nodes[1].parent = 0;
        tree.nodes[1].children = {2, 3};
        tree.nodes[2].parent = tree.nodes[3].parent = 1;
        for (const int term : {1, 1, 1, 0}) tree.nodes[1].terms.emplace_back(term, 1.F);
        tree.nodes[2].terms = {{2, 4.F}, {3, 3.F}, {4, 2.F}, {5, 1.F}};
        tree.nodes[3].terms = {{6, 1.F}};
        NamingOptions options;
        options.terms = 1;
        options.capitalise = [](std::string_view word) { return text::capitalised(word); };
        options.stem = [](std::string_view word) { return text::stem(word); };
        QCOMPARE(nameLabels(tree, vocabulary, options), (std::vector<std::string>{"", "Cell", "Hsc", "Gene"}));
        options.terms = 3;
        QCOMPARE(nameLabels(tree, vocabulary, options)[2], std::string("Hsc, niche"));
    }

    void labelsWithoutTerms() {
        Hierarchy tree;
        tree.nodes.resize(4);
        tree.nodes[0].children = {1, 2, 3};
        for (std::size_t v = 1; v < 4; ++v) tree.nodes[v].parent = 0;
        tree.nodes[1].terms = {{0, 2.F}, {1, 1.F}, {2, .5F}};
        tree.nodes[2].terms = {{1, .4F}};  // a word the sibling has more of is better than no name
        const std::vector<std::string> vocabulary{"peat", "the", "12"};
        NamingOptions options;
        options.capitalise = [](std::string_view word) { return text::capitalised(word); };
        options.stopWord = [](std::string_view word) { return text::isStopWord(word); };
        const auto names = nameLabels(tree, vocabulary, options);
        QCOMPARE(names, (std::vector<std::string>{"", "Peat", "Other", "Other 2"}));
    }

    void stemsOfAncestorsAreLeftOut() {
        Hierarchy tree;
        tree.nodes.resize(5);
        const auto family = [&](int parent, int first) {
            tree.nodes[static_cast<std::size_t>(parent)].children = {first, first + 1};
            for (int child = first; child < first + 2; ++child)
                tree.nodes[static_cast<std::size_t>(child)].parent = parent;
        };
        family(0, 1);
        family(1, 3);
        const std::vector<std::string> vocabulary{"meadow",   "quarry", "meadows", "grazing",
                                                  "quarries", "hay",    "grazed"};
        tree.nodes[1].terms = {{0, 1.F}};
        tree.nodes[2].terms = {{1, 1.F}};
        tree.nodes[3].terms = {{2, 3.F}, {3, 2.F}, {4, 1.F}};
        tree.nodes[4].terms = {{6, 2.F}, {5, 1.F}};
        NamingOptions options;
        options.stem = [](std::string_view word) { return text::stem(word); };
        const auto names = nameLabels(tree, vocabulary, options);
        QCOMPARE(names[1], std::string("meadow"));
        QCOMPARE(names[3], std::string("grazing, quarries"));  // a word of the parent's sibling is free
        QCOMPARE(names[4], std::string("hay"));                // "grazed" has the stem of the sibling's "grazing"
    }

    /// One label of these terms beside another, so that it has a name.
    static Hierarchy twoLabels(std::vector<std::pair<std::int32_t, float>> first,
                               std::vector<std::pair<std::int32_t, float>> second) {
        Hierarchy tree;
        tree.nodes.resize(3);
        tree.nodes[0].children = {1, 2};
        tree.nodes[1].parent = tree.nodes[2].parent = 0;
        tree.nodes[1].terms = std::move(first);
        tree.nodes[2].terms = std::move(second);
        return tree;
    }

    void phrasesComeFirst() {
        const std::vector<std::string> vocabulary{"field",        "magnetic field", "magnets", "spin",
                                                  "weak current", "law of the sea", "fields",  "the"};
        NamingOptions options;
        options.stem = [](std::string_view word) { return text::stem(word); };
        options.stopWord = [](std::string_view word) { return text::isStopWord(word); };
        // The phrase stands first and takes its words with it; one that tells under a third as much waits its turn.
        auto tree = twoLabels({{0, 9.F}, {3, 6.F}, {1, 4.F}, {6, 3.5F}, {4, 2.F}}, {{5, 1.F}, {7, .9F}});
        QCOMPARE(nameLabels(tree, vocabulary, options),
                 (std::vector<std::string>{"", "magnetic field, spin, weak current", "law of the sea"}));
        // No name repeats a word of a sibling's phrase, nor a child one of its parent's.
        tree = twoLabels({{1, 4.F}}, {{0, 9.F}, {2, 8.F}, {6, 5.F}, {3, 1.F}});
        QCOMPARE(nameLabels(tree, vocabulary, options)[2], std::string("spin"));
        tree.nodes.resize(4);
        tree.nodes[1].children = {3};
        tree.nodes[3].parent = 1;
        tree.nodes[3].terms = {{6, 5.F}, {0, 4.F}, {4, 3.F}};
        QCOMPARE(nameLabels(tree, vocabulary, options)[3], std::string("weak current"));
    }

    void shownTermsHoldNoWordTwice() {
        const std::vector<std::string> vocabulary{"field", "magnetic field", "magnetic", "spin", "glass", "spin glass"};
        HierarchyNode node;
        node.terms = {{0, 9.F}, {1, 5.F}, {2, 4.F}, {3, 3.F}, {4, 2.F}, {5, 1.F}};
        const std::vector<std::pair<std::int32_t, float>> expected{{1, 5.F}, {3, 3.F}, {5, 1.F}};
        QCOMPARE(shownTerms(node, vocabulary), expected);
        node.terms[1].second = 4.4F;  // "field" tells more than twice as much: it is more than the phrase
        QCOMPARE(shownTerms(node, vocabulary).front().first, 0);
        QVERIFY(shownTerms(HierarchyNode{}, vocabulary).empty());
    }

    void piecesCount() {
        Hierarchy tree;
        tree.nodes.resize(3);
        tree.nodes[0].children = {1, 2};
        tree.nodes[1].parent = tree.nodes[2].parent = 0;
        tree.nodes[1].terms = {{0, 3.F}, {1, 2.F}, {2, 1.F}, {3, .5F}};
        tree.nodes[2].terms = {{4, 3.F}};
        const std::vector<std::string> vocabulary{"x-ray", "rays", "state-of-the-art", "beam", "pg_catalog"};
        NamingOptions options;
        options.stem = [](std::string_view word) { return text::stem(word); };
        options.stopWord = [](std::string_view word) { return text::isStopWord(word); };
        const auto names = nameLabels(tree, vocabulary, options);
        QCOMPARE(names[1], std::string("x-ray, beam"));
        QCOMPARE(names[2], std::string("pg_catalog"));
    }
};

QTEST_APPLESS_MAIN(TestNaming)
#include "tst_naming.moc"
