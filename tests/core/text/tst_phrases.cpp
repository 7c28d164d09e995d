// SPDX-License-Identifier: Apache-2.0
/// Bound pairs against a twin that counts every pair in a map, and where they stand in a text.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "core/base/rng.h"
#include "core/text/phrases.h"

using namespace espalier;
using namespace espalier::text;

namespace {
using Documents = std::vector<std::vector<Token>>;

/// Words that mostly follow chance, with a few pairs that stick together.
Documents randomDocuments(std::size_t count, int terms, std::uint64_t seed) {
    SplitMix64 random(seed);
    Documents documents(count);
    for (auto& tokens : documents) {
        const auto words = 5 + random.below(30);
        for (std::size_t i = 0; i < words; ++i) {
            const auto term = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(terms)));
            tokens.push_back({term, 0, random.below(5) != 0});
            if (term % 7 == 0 && term + 1 < terms) tokens.push_back({term + 1, 0, true});
        }
    }
    return documents;
}

std::vector<Phrase> find(const Documents& documents, int terms, const PhraseOptions& options,
                         std::vector<char> mayBind = {}) {
    if (mayBind.empty()) mayBind.assign(static_cast<std::size_t>(terms), 1);
    return findPhrases(
        static_cast<std::int64_t>(documents.size()), mayBind,
        [&](std::int64_t d, std::vector<Token>& tokens) { tokens = documents[static_cast<std::size_t>(d)]; }, options);
}

/// The formula of the header, word for word, in double and without hashing.
std::map<std::pair<int, int>, double> twin(const Documents& documents, const PhraseOptions& options) {
    std::map<std::pair<int, int>, double> pairs;
    std::map<std::pair<int, int>, std::set<std::size_t>> where;
    std::map<int, double> words;
    double all = 0;
    for (std::size_t d = 0; d < documents.size(); ++d) {
        for (std::size_t i = 0; i < documents[d].size(); ++i) {
            ++words[documents[d][i].term];
            ++all;
            if (i == 0 || !documents[d][i].follows || documents[d][i].term == documents[d][i - 1].term) continue;
            const std::pair key{documents[d][i - 1].term, documents[d][i].term};
            ++pairs[key];
            where[key].insert(d);
        }
    }
    std::map<std::pair<int, int>, double> bound;
    for (const auto& [key, count] : pairs) {
        const double kept = count - options.discount;
        if (kept <= 0 || static_cast<std::int64_t>(where[key].size()) < options.minDocuments) continue;
        const double strength = std::log(kept * all / (words[key.first] * words[key.second])) / std::log(all / kept);
        if (strength >= options.threshold) bound[key] = strength;
    }
    return bound;
}
}  // namespace

class TestPhrases : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agreesWithTheTwin() {
        constexpr int kTerms = 60;
        int found = 0;
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            const auto documents = randomDocuments(200, kTerms, seed);
            // Few counters: pairs share them, and sharing must not change what is found.
            for (const std::size_t counters : {std::size_t{1} << 20, std::size_t{16}, std::size_t{1}}) {
                PhraseOptions options;
                options.counters = counters;
                options.threshold = 0.3;
                const auto phrases = find(documents, kTerms, options);
                const auto expected = twin(documents, options);
                QCOMPARE(phrases.size(), expected.size());
                double last = 2;
                for (const auto& phrase : phrases) {
                    const auto same = expected.find({phrase.first, phrase.second});
                    QVERIFY(same != expected.end());
                    QVERIFY(std::abs(same->second - phrase.strength) < 1e-6);  // kept in millionths
                    QVERIFY(phrase.strength <= last);
                    last = phrase.strength;
                }
                found += static_cast<int>(phrases.size());
            }
        }
        QVERIFY(found > 30);
    }

    void orderOfDocumentsChangesNothing() {
        auto documents = randomDocuments(150, 60, 9);
        const auto first = find(documents, 60, {});
        std::reverse(documents.begin(), documents.end());
        const auto second = find(documents, 60, {});
        QVERIFY(!first.empty());
        QCOMPARE(first.size(), second.size());
        for (std::size_t i = 0; i < first.size(); ++i) {
            QCOMPARE(first[i].first, second[i].first);
            QCOMPARE(first[i].second, second[i].second);
            QCOMPARE(first[i].strength, second[i].strength);
        }
    }

    void wordsThatMayNotBind() {
        Documents documents(40);
        for (auto& tokens : documents) tokens = {{0, 0, false}, {1, 0, true}, {2, 0, false}, {3, 0, true}};
        QCOMPARE(find(documents, 4, {}).size(), std::size_t{2});
        const auto some = find(documents, 4, {}, {1, 0, 1, 1});
        QCOMPARE(some.size(), std::size_t{1});
        QCOMPARE(some.front().first, 2);
        // Not directly behind each other: no pair, however often.
        for (auto& tokens : documents) tokens[1].follows = tokens[3].follows = false;
        QVERIFY(find(documents, 4, {}).empty());
        QVERIFY(find({}, 4, {}).empty());
    }

    void chanceMeetingsOfRareWordsDoNotBind() {
        // Five documents with a pair that occurs nowhere else: discounted away, though its plain information is 1.
        Documents documents(200);
        for (auto& tokens : documents) tokens = {{2, 0, false}, {3, 0, false}, {4, 0, false}};
        for (std::size_t d = 0; d < 5; ++d) documents[d] = {{0, 0, false}, {1, 0, true}};
        QVERIFY(find(documents, 5, {}).empty());
        for (std::size_t d = 5; d < 12; ++d) documents[d] = {{0, 0, false}, {1, 0, true}};
        QCOMPARE(find(documents, 5, {}).size(), std::size_t{1});
    }

    void joinsTheStrongerOfTwoThatOverlap() {
        const std::vector<std::pair<std::int32_t, std::int32_t>> phrases{{1, 2}, {0, 1}, {2, 3}};
        const PhraseJoiner joiner(phrases);
        std::vector<std::int32_t> at;
        joiner.join(std::vector<Token>{{0, 0, false}, {1, 0, true}, {2, 0, true}, {3, 0, true}}, at);
        QCOMPARE(at, (std::vector<std::int32_t>{-1, 0, -2, -1}));  // 1 2 stands, its neighbours are struck
        joiner.join(std::vector<Token>{{0, 0, false}, {1, 0, true}, {2, 0, false}, {3, 0, true}}, at);
        QCOMPARE(at, (std::vector<std::int32_t>{1, -2, 2, -2}));
        joiner.join(std::vector<Token>{{0, 0, false}, {1, 0, false}, {2, 0, false}}, at);
        QCOMPARE(at, (std::vector<std::int32_t>{-1, -1, -1}));
        joiner.join({}, at);
        QVERIFY(at.empty());
        QVERIFY(PhraseJoiner().empty());
    }
};

QTEST_APPLESS_MAIN(TestPhrases)
#include "tst_phrases.moc"
