// SPDX-License-Identifier: Apache-2.0
#include "core/text/tfidf.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/jobs/job_context.h"
#include "core/text/phrases.h"
#include "core/text/stop_words.h"
#include "core/text/words.h"

namespace espalier::text {
namespace {

using nlohmann::json;

constexpr int kJsonVersion = 2;
constexpr std::int64_t kSmallCorpus = 500;

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};
template <class Value>
using WordMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

/// What one pass over the texts learns: every term in order, by the way it is written.
class Tally {
public:
    /// A way a word is written. With the possessive ending that it has inside a phrase it is a spelling of its own,
    /// whose `plain` is the one without.
    struct Spelling {
        std::int32_t word = 0;
        std::int32_t plain = 0;
    };

    std::vector<std::string> words;       // normal forms
    std::vector<char> kept;               // per word: on the user's list
    std::vector<Spelling> spellings;      // word -1: not seen yet
    std::vector<std::string> written;     // per spelling
    std::vector<std::int64_t> ends{0};    // of each text in `tokens`
    std::vector<std::int16_t> languages;  // of each text: place in `tags`
    std::vector<std::string> tags;
    LanguageCounts perLanguage;

    void beginText(const std::string& language) {
        const auto found = std::find(tags.begin(), tags.end(), language);
        languages.push_back(static_cast<std::int16_t>(found - tags.begin()));
        if (found == tags.end()) tags.push_back(language);
        ++perLanguage[language];
    }
    void add(const TermReader::Found& found) {
        const std::int32_t spelling = spellingOf(found);
        m_tokens.push_back((static_cast<std::uint32_t>(spelling) << 1U) | (found.follows ? 1U : 0U));
    }
    void endText() { ends.push_back(static_cast<std::int64_t>(m_tokens.size())); }

    std::int64_t texts() const { return static_cast<std::int64_t>(languages.size()); }
    const std::string& languageOf(std::int64_t text) const {
        return tags[static_cast<std::size_t>(languages[static_cast<std::size_t>(text)])];
    }
    template <class Visitor>
    void forEachToken(std::int64_t text, Visitor&& visit) const {
        const auto t = static_cast<std::size_t>(text);
        for (auto i = static_cast<std::size_t>(ends[t]); i < static_cast<std::size_t>(ends[t + 1]); ++i)
            visit(static_cast<std::int32_t>(m_tokens[i] >> 1U), (m_tokens[i] & 1U) != 0);
    }

private:
    std::int32_t spellingOf(const TermReader::Found& found) {
        const auto known = m_places.find(found.writtenInside);
        if (known != m_places.end() && spellings[static_cast<std::size_t>(known->second)].word >= 0)
            return known->second;
        const std::int32_t word = wordOf(found);
        const std::int32_t plain = place(found.written);
        spellings[static_cast<std::size_t>(plain)] = {word, plain};
        const std::int32_t inside =
            found.writtenInside.size() == found.written.size() ? plain : place(found.writtenInside);
        spellings[static_cast<std::size_t>(inside)] = {word, plain};
        return inside;
    }
    std::int32_t place(std::string_view as) {
        const auto found = m_places.find(as);
        if (found != m_places.end()) return found->second;
        m_places.emplace(std::string(as), static_cast<std::int32_t>(spellings.size()));
        spellings.push_back({-1, -1});
        written.emplace_back(as);
        return static_cast<std::int32_t>(spellings.size()) - 1;
    }
    std::int32_t wordOf(const TermReader::Found& found) {
        const auto known = m_words.find(found.term);
        if (known != m_words.end()) return known->second;
        m_words.emplace(std::string(found.term), static_cast<std::int32_t>(words.size()));
        words.emplace_back(found.term);
        kept.push_back(found.kept ? 1 : 0);
        return static_cast<std::int32_t>(words.size()) - 1;
    }

    WordMap<std::int32_t> m_places;  // of spellings
    WordMap<std::int32_t> m_words;
    std::vector<std::uint32_t> m_tokens;  // spelling and, in the lowest bit, whether it follows
};

/// Tokens of the texts as terms: stems where wanted, stop words of the main language left out where they apply.
class Terms {
public:
    Terms(const Tally& tally, const TfidfOptions& options, const std::string& main)
        : m_tally(tally), m_stem(options.stem), m_main(main) {
        m_caches.resize(tally.tags.size());
        for (std::size_t l = 0; l < tally.tags.size(); ++l) {
            const std::string& tag = tally.tags[l];
            m_caches[l].measuredByMain = tag != main && (tag == kUndetermined || isRare(tally.perLanguage, tag));
            m_caches[l].stemmer = tag == kUndetermined ? main : tag;
            m_caches[l].termOfWord.assign(tally.words.size(), kUnknown);
        }
    }
    void tokensOf(std::int64_t text, std::vector<Token>& tokens) {
        tokens.clear();
        Cache& cache = m_caches[static_cast<std::size_t>(m_tally.languages[static_cast<std::size_t>(text)])];
        bool gap = false;
        m_tally.forEachToken(text, [&](std::int32_t spelling, bool follows) {
            const std::int32_t word = m_tally.spellings[static_cast<std::size_t>(spelling)].word;
            const std::int32_t term = termOf(cache, word);
            if (term == kDropped) {
                gap = true;
                return;
            }
            tokens.push_back({term, spelling, follows && !gap});
            gap = false;
        });
    }
    std::vector<std::string> terms;
    std::vector<char> kept;

private:
    static constexpr std::int32_t kUnknown = -2, kDropped = -1;
    struct Cache {
        bool measuredByMain = false;
        std::string stemmer;
        std::vector<std::int32_t> termOfWord;
    };
    std::int32_t termOf(Cache& cache, std::int32_t word) {
        auto& term = cache.termOfWord[static_cast<std::size_t>(word)];
        if (term != kUnknown) return term;
        const std::string& normal = m_tally.words[static_cast<std::size_t>(word)];
        const bool isKept = m_tally.kept[static_cast<std::size_t>(word)] != 0;
        if (cache.measuredByMain && !isKept && text::isStopWord(normal, m_main)) return term = kDropped;
        std::string key = m_stem && !isKept ? text::stem(normal, cache.stemmer) : normal;
        const auto [found, isNew] = m_places.emplace(std::move(key), static_cast<std::int32_t>(terms.size()));
        if (isNew) {
            terms.push_back(found->first);
            kept.push_back(0);
        }
        if (isKept) kept[static_cast<std::size_t>(found->second)] = 1;
        return term = found->second;
    }

    const Tally& m_tally;
    bool m_stem;
    const std::string& m_main;
    std::vector<Cache> m_caches;
    WordMap<std::int32_t> m_places;
};

/// Counts how terms are written and says which way is the commonest.
class Spellings {
public:
    void add(std::int32_t place, std::int64_t form) { ++m_counts[{place, form}]; }
    /// \param text      of a form  \param isNormal  whether a form is the normal one: it wins ties, then ascending
    /// bytes
    template <class Text, class IsNormal>
    std::vector<std::string> commonest(std::size_t places, Text&& text, IsNormal&& isNormal) const {
        struct Best {
            std::int64_t count = 0;
            bool normal = false;
            std::string text;
        };
        std::vector<Best> best(places);
        for (const auto& [key, count] : m_counts) {
            Best candidate{count, isNormal(key.second), text(key.second)};
            Best& so = best[static_cast<std::size_t>(key.first)];
            if (candidate.count != so.count
                    ? candidate.count > so.count
                    : (candidate.normal != so.normal ? candidate.normal : candidate.text < so.text))
                so = std::move(candidate);
        }
        std::vector<std::string> texts;
        texts.reserve(places);
        for (Best& one : best) texts.push_back(std::move(one.text));
        return texts;
    }

private:
    struct Hash {
        std::size_t operator()(const std::pair<std::int32_t, std::int64_t>& key) const noexcept {
            return std::hash<std::int64_t>{}(key.second * 0x9E3779B1LL + key.first);
        }
    };
    std::unordered_map<std::pair<std::int32_t, std::int64_t>, std::int64_t, Hash> m_counts;
};

Status validate(const TfidfOptions& options) {
    if (options.minDf < 0)
        return makeError(ErrorCode::InvalidArgument, "The least number of documents of a term cannot be negative.");
    if (!(options.maxDf > 0 && options.maxDf <= 1))
        return makeError(ErrorCode::InvalidArgument, "The largest share of documents of a term must lie in (0, 1].");
    if (options.maxFeatures < 0)
        return makeError(ErrorCode::InvalidArgument, "The size of the vocabulary cannot be negative.");
    return {};
}

/// Which terms make the vocabulary.
class Selection {
public:
    Selection(const TfidfOptions& options, std::int64_t texts)
        : m_minDf(options.minDf),
          m_limit(options.maxDf * static_cast<double>(texts) + 1e-9),
          m_cap(options.maxFeatures > 0 ? static_cast<std::size_t>(options.maxFeatures)
                                        : std::numeric_limits<std::size_t>::max()) {}
    bool fits(std::int64_t df) const { return df >= m_minDf && static_cast<double>(df) <= m_limit; }
    void add(std::string_view term, std::int64_t df, bool isKept) { m_terms.push_back({isKept, df, term}); }
    std::vector<std::string> vocabulary() {
        const auto before = [](const Entry& a, const Entry& b) {
            if (a.isKept != b.isKept) return a.isKept;
            return a.df != b.df ? a.df > b.df : a.term < b.term;
        };
        std::sort(m_terms.begin(), m_terms.end(), before);
        const auto kept = static_cast<std::size_t>(
            std::count_if(m_terms.begin(), m_terms.end(), [](const Entry& entry) { return entry.isKept; }));
        if (const std::size_t cap = std::max(m_cap, kept); m_terms.size() > cap) m_terms.resize(cap);
        std::vector<std::string> terms;
        terms.reserve(m_terms.size());
        for (const Entry& entry : m_terms) terms.emplace_back(entry.term);
        std::sort(terms.begin(), terms.end());
        return terms;
    }

private:
    struct Entry {
        bool isKept = false;
        std::int64_t df = 0;
        std::string_view term;
    };
    std::int64_t m_minDf;
    double m_limit;
    std::size_t m_cap;
    std::vector<Entry> m_terms;
};

/// A phrase by its words and by their places among the terms.
struct BoundPair {
    std::int32_t first = 0, second = 0;
    std::string text;
    std::int64_t documents = 0;
};

/// Strongest first; ties by the words, for the numbers of terms depend on the order of the texts.
std::vector<BoundPair> boundPairs(std::vector<Phrase> phrases, const std::vector<std::string>& terms) {
    const auto word = [&](std::int32_t term) -> const std::string& { return terms[static_cast<std::size_t>(term)]; };
    std::sort(phrases.begin(), phrases.end(), [&](const Phrase& a, const Phrase& b) {
        if (a.strength != b.strength) return a.strength > b.strength;
        if (a.occurrences != b.occurrences) return a.occurrences > b.occurrences;
        return a.first != b.first ? word(a.first) < word(b.first) : word(a.second) < word(b.second);
    });
    std::vector<BoundPair> pairs;
    pairs.reserve(phrases.size());
    for (const Phrase& phrase : phrases) {
        pairs.push_back({phrase.first, phrase.second, word(phrase.first) + " " + word(phrase.second), 0});
    }
    return pairs;
}

PhraseJoiner joinerOf(const std::vector<BoundPair>& pairs) {
    std::vector<std::pair<std::int32_t, std::int32_t>> places;
    places.reserve(pairs.size());
    for (const BoundPair& pair : pairs) places.emplace_back(pair.first, pair.second);
    return PhraseJoiner(places);
}

/// Documents of each pair, where pairs that share a word stand as PhraseJoiner lets them.
void countPairs(std::vector<BoundPair>& pairs, std::int64_t texts, const TokensOf& tokensOf) {
    const PhraseJoiner joiner = joinerOf(pairs);
    if (joiner.empty()) return;
    std::vector<Token> tokens;
    std::vector<std::int32_t> phraseAt;
    std::vector<std::int64_t> last(pairs.size(), -1);
    for (std::int64_t d = 0; d < texts; ++d) {
        tokensOf(d, tokens);
        joiner.join(tokens, phraseAt);
        for (const std::int32_t phrase : phraseAt) {
            if (phrase < 0 || last[static_cast<std::size_t>(phrase)] == d) continue;
            ++pairs[static_cast<std::size_t>(phrase)].documents;
            last[static_cast<std::size_t>(phrase)] = d;
        }
    }
}

/// Places of the terms of a text, ascending, into the rows of counts.
void appendRow(std::vector<std::int32_t>& places, SparseRows& counts) {
    std::sort(places.begin(), places.end());
    for (std::size_t i = 0; i < places.size();) {
        const std::size_t begin = i;
        while (i < places.size() && places[i] == places[begin]) ++i;
        counts.columns.push_back(places[begin]);
        counts.values.push_back(static_cast<float>(i - begin));
    }
    counts.offsets.push_back(static_cast<std::int64_t>(counts.columns.size()));
    ++counts.rows;
}

/// What the tokens of a text are counted as: each word, and beside the words of a phrase the phrase. Words that stood
/// in a phrase counted less would cost trees agreement (ARCHITECTURE.md, decisions).
template <class PlaceOf, class PlaceOfPhrase, class Visitor>
void forEachCounted(std::span<const Token> tokens, std::span<const std::int32_t> phraseAt, PlaceOf&& placeOf,
                    PlaceOfPhrase&& placeOfPhrase, Visitor&& visit) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (phraseAt[i] >= 0) visit(i, placeOfPhrase(phraseAt[i]));
        if (const std::int32_t place = placeOf(tokens[i]); place >= 0) visit(i, place);
    }
}

/// Counts, document frequencies and spellings of the vocabulary that was chosen.
struct Counted {
    SparseRows counts;
    std::vector<std::int64_t> df;
    std::vector<std::string> written;
};
Counted countTerms(const Tally& tally, Terms& terms, const std::vector<BoundPair>& pairs,
                   const std::vector<std::string>& vocabulary) {
    const auto placeIn = [&](const std::string& term) {
        const auto found = std::lower_bound(vocabulary.begin(), vocabulary.end(), term);
        return found != vocabulary.end() && *found == term ? static_cast<std::int32_t>(found - vocabulary.begin()) : -1;
    };
    std::vector<std::int32_t> placeOfTerm, placeOfPair;
    for (const auto& term : terms.terms) placeOfTerm.push_back(placeIn(term));
    for (const auto& pair : pairs) placeOfPair.push_back(placeIn(pair.text));
    const PhraseJoiner joiner = joinerOf(pairs);

    Counted result;
    SparseRows& counts = result.counts;
    counts.cols = static_cast<std::int64_t>(vocabulary.size());
    counts.offsets.reserve(static_cast<std::size_t>(tally.texts()) + 1);
    result.df.assign(vocabulary.size(), 0);
    Spellings spellings;  // a form is one spelling, or two of a phrase
    const auto forms = static_cast<std::int64_t>(tally.spellings.size());
    std::vector<Token> tokens;
    std::vector<std::int32_t> phraseAt, places;
    for (std::int64_t d = 0; d < tally.texts(); ++d) {
        terms.tokensOf(d, tokens);
        joiner.join(tokens, phraseAt);
        places.clear();
        forEachCounted(
            tokens, phraseAt, [&](const Token& token) { return placeOfTerm[static_cast<std::size_t>(token.term)]; },
            [&](std::int32_t phrase) { return placeOfPair[static_cast<std::size_t>(phrase)]; },
            [&](std::size_t i, std::int32_t place) {
                const bool isPair = phraseAt[i] >= 0 && placeOfPair[static_cast<std::size_t>(phraseAt[i])] == place;
                const auto plain = [&](std::size_t k) {
                    return tally.spellings[static_cast<std::size_t>(tokens[k].spelling)].plain;
                };
                places.push_back(place);
                spellings.add(place, isPair ? (std::int64_t{tokens[i].spelling} + 1) * forms + plain(i + 1) : plain(i));
            });
        const auto begin = counts.columns.size();
        appendRow(places, counts);
        for (auto i = begin; i < counts.columns.size(); ++i) ++result.df[static_cast<std::size_t>(counts.columns[i])];
    }
    const auto text = [&](std::int64_t form) -> const std::string& {
        return tally.written[static_cast<std::size_t>(form)];
    };
    const auto isNormal = [&](std::int64_t form) {
        return tally.words[static_cast<std::size_t>(tally.spellings[static_cast<std::size_t>(form)].word)] ==
               text(form);
    };
    result.written = spellings.commonest(
        vocabulary.size(),
        [&](std::int64_t form) {
            return form < forms ? text(form) : joinWritten(text(form / forms - 1), text(form % forms));
        },
        [&](std::int64_t form) {
            return form < forms ? isNormal(form) : isNormal(form / forms - 1) && isNormal(form % forms);
        });
    return result;
}

}  // namespace

Result<TfidfModel::Fit> TfidfModel::fitCounts(const TextSource& source, const TfidfOptions& options,
                                              jobs::JobContext& context) {
    ESPALIER_TRY(validate(options));
    Fit fit;
    TfidfModel& model = fit.model;
    model.m_options = options;
    ESPALIER_ASSIGN(model.m_options.language, languageTag(options.language));
    ESPALIER_TRY(model.prepareReader());

    Tally tally;
    {
        TermReader reader = model.m_reader->sharing();
        const bool guess = model.m_options.language == kAutomatic;
        bool stopped = false;
        ESPALIER_TRY(source([&](std::string_view text) {
            if (stopped) return;
            const std::string language = guess ? guessLanguage(text) : model.m_options.language;
            tally.beginText(language);
            const std::string_view languages[] = {language};
            reader.read(text, languages, [&](const TermReader::Found& found) { tally.add(found); });
            tally.endText();
            if (tally.texts() % 64 == 0) {
                context.progress("words", tally.texts(), 0);
                stopped = context.shouldStop();
            }
        }));
        ESPALIER_TRY(context.checkStop());
    }
    const std::int64_t texts = tally.texts();
    context.progress("words", texts, texts);
    model.m_documents = texts;
    model.m_languages = tally.perLanguage;
    if (model.m_options.minDf == 0) model.m_options.minDf = texts < kSmallCorpus ? 2 : 5;
    const std::string main = model.mainLanguage();
    Terms terms(tally, options, main);
    Selection selection(model.m_options, texts);
    const auto tokensOf = [&](std::int64_t text, std::vector<Token>& tokens) { terms.tokensOf(text, tokens); };

    // Words that are frequent enough, then pairs of them that are bound, then the vocabulary of both.
    std::vector<Token> tokens;
    std::vector<std::int64_t> df;
    {
        std::vector<std::int64_t> last;
        for (std::int64_t d = 0; d < texts; ++d) {
            tokensOf(d, tokens);
            df.resize(terms.terms.size(), 0);
            last.resize(terms.terms.size(), -1);
            for (const Token& token : tokens) {
                const auto t = static_cast<std::size_t>(token.term);
                if (last[t] != d) ++df[t];
                last[t] = d;
            }
        }
    }
    ESPALIER_TRY(context.checkStop());
    const auto isPhrase = [&](std::size_t t) { return terms.terms[t].find(' ') != std::string::npos; };
    std::vector<BoundPair> pairs;
    if (options.phrases) {
        std::vector<char> mayBind(df.size());
        for (std::size_t t = 0; t < df.size(); ++t)
            mayBind[t] = static_cast<char>(df[t] >= model.m_options.minDf && !isPhrase(t));
        PhraseOptions settings;
        settings.minDocuments = std::max<std::int64_t>(settings.minDocuments, model.m_options.minDf);
        pairs = boundPairs(findPhrases(texts, mayBind, tokensOf, settings), terms.terms);
        ESPALIER_TRY(context.checkStop());
        countPairs(pairs, texts, tokensOf);
        std::erase_if(pairs, [&](const BoundPair& pair) {
            return pair.documents < settings.minDocuments || !selection.fits(pair.documents);
        });
    }
    for (std::size_t t = 0; t < df.size(); ++t) {
        if (terms.kept[t] != 0 || selection.fits(df[t])) selection.add(terms.terms[t], df[t], terms.kept[t] != 0);
    }
    for (const BoundPair& pair : pairs) selection.add(pair.text, pair.documents, false);
    model.m_vocabulary = selection.vocabulary();
    std::erase_if(pairs, [&](const BoundPair& pair) {
        return !std::binary_search(model.m_vocabulary.begin(), model.m_vocabulary.end(), pair.text);
    });
    for (const BoundPair& pair : pairs) {
        const auto place = std::lower_bound(model.m_vocabulary.begin(), model.m_vocabulary.end(), pair.text);
        model.m_phrases.push_back(static_cast<std::int32_t>(place - model.m_vocabulary.begin()));
    }
    Counted counted = countTerms(tally, terms, pairs, model.m_vocabulary);
    fit.counts = std::move(counted.counts);
    model.m_df = std::move(counted.df);
    model.m_written = std::move(counted.written);
    model.derive();
    return fit;
}

Result<TfidfModel> TfidfModel::fit(const TextSource& source, const TfidfOptions& options, jobs::JobContext& context) {
    ESPALIER_ASSIGN(Fit both, fitCounts(source, options, context));
    return std::move(both.model);
}

Result<TfidfModel> TfidfModel::fit(std::span<const std::string> texts, const TfidfOptions& options,
                                   jobs::JobContext& context) {
    return fit(
        [texts](const std::function<void(std::string_view)>& visit) -> Status {
            for (const auto& text : texts) visit(text);
            return {};
        },
        options, context);
}

Status TfidfModel::prepareReader() {
    ESPALIER_ASSIGN(TermReader reader, TermReader::create({m_options.stopWords, m_options.keepWords}));
    m_reader = std::make_shared<const TermReader>(std::move(reader));
    return {};
}

void TfidfModel::derive() {
    m_idf.clear();
    m_place.clear();
    m_stopLists.clear();
    m_idf.reserve(m_df.size());
    for (std::size_t i = 0; i < m_df.size(); ++i) {
        m_idf.push_back(std::log((1.0 + static_cast<double>(m_documents)) / (1.0 + static_cast<double>(m_df[i]))) +
                        1.0);
        m_place.emplace(m_vocabulary[i], static_cast<std::int32_t>(i));
    }
    // Words of phrases are known too, though they may be no terms themselves: their places lie behind the vocabulary.
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    const auto known = [&](std::string word) {
        return m_place.emplace(std::move(word), static_cast<std::int32_t>(m_place.size())).first->second;
    };
    for (const std::int32_t phrase : m_phrases) {
        const std::string& text = m_vocabulary[static_cast<std::size_t>(phrase)];
        const auto space = text.find(' ');
        const std::int32_t first = known(text.substr(0, space));
        pairs.emplace_back(first, known(text.substr(space + 1)));
    }
    m_joiner = PhraseJoiner(pairs);
    const std::string main = mainLanguage();
    m_stopLists.push_back(main);
    for (const auto& [tag, documents] : m_languages) {
        if (tag != main && tag != kUndetermined && !isRare(m_languages, tag)) m_stopLists.push_back(tag);
    }
}

SparseRows TfidfModel::counts(std::span<const std::string> texts) const {
    SparseRows m;
    m.cols = static_cast<std::int64_t>(m_vocabulary.size());
    TermReader reader = m_reader ? m_reader->sharing() : TermReader();
    const bool guess = m_options.language == kAutomatic;
    const std::string main = mainLanguage();
    std::vector<Token> tokens;
    std::vector<std::int32_t> phraseAt, places;
    for (const auto& text : texts) {
        const std::string language = guess ? guessLanguage(text) : m_options.language;
        // As in the fit: unsure guesses are measured by the main language too, and stemmed by it.
        const bool byMain = guess && language != main && (language == kUndetermined || isRare(m_languages, language));
        const std::string& stemmer = language == kUndetermined ? main : language;
        const std::string_view languages[] = {language, main};
        tokens.clear();
        bool gap = false;
        reader.read(text, std::span(languages, byMain ? 2 : 1), [&](const TermReader::Found& found) {
            std::string key = m_options.stem && !found.kept ? text::stem(found.term, stemmer) : std::string(found.term);
            const auto known = m_place.find(key);
            gap = gap || !found.follows;
            if (known == m_place.end()) {
                gap = true;
                return;
            }
            tokens.push_back({known->second, 0, !gap});
            gap = false;
        });
        m_joiner.join(tokens, phraseAt);
        places.clear();
        const auto size = static_cast<std::int32_t>(m_vocabulary.size());
        forEachCounted(
            tokens, phraseAt, [&](const Token& token) { return token.term < size ? token.term : -1; },
            [&](std::int32_t phrase) { return m_phrases[static_cast<std::size_t>(phrase)]; },
            [&](std::size_t, std::int32_t place) { places.push_back(place); });
        appendRow(places, m);
    }
    return m;
}

bool TfidfModel::isStopWord(std::string_view word) const {
    return std::any_of(m_stopLists.begin(), m_stopLists.end(),
                       [&](const std::string& tag) { return text::isStopWord(word, tag); });
}

SparseRows TfidfModel::weigh(const SparseRows& counts) const {
    SparseRows m = counts;
    ESPALIER_EXPECTS(counts.cols == static_cast<std::int64_t>(m_idf.size())) {
        return SparseRows{};
    }
    for (std::int64_t r = 0; r < m.rows; ++r) {
        const auto begin = static_cast<std::size_t>(m.offsets[static_cast<std::size_t>(r)]);
        const auto end = begin + m.rowSize(r);
        double square = 0;
        for (std::size_t i = begin; i < end; ++i) {
            const double weight = double{m.values[i]} * m_idf[static_cast<std::size_t>(m.columns[i])];
            square += weight * weight;
        }
        if (!(square > 0)) continue;
        const double scale = 1 / std::sqrt(square);
        for (std::size_t i = begin; i < end; ++i) {
            m.values[i] =
                static_cast<float>(double{m.values[i]} * m_idf[static_cast<std::size_t>(m.columns[i])] * scale);
        }
    }
    return m;
}

std::string TfidfModel::toJson() const {
    const json all{{"version", kJsonVersion},
                   {"documents", m_documents},
                   {"options",
                    {{"min_df", m_options.minDf},
                     {"max_df", m_options.maxDf},
                     {"max_features", m_options.maxFeatures},
                     {"language", m_options.language},
                     {"phrases", m_options.phrases},
                     {"stem", m_options.stem},
                     {"stop_words", m_options.stopWords},
                     {"keep_words", m_options.keepWords}}},
                   {"languages", m_languages},
                   {"vocabulary", m_vocabulary},
                   {"written", m_written},
                   {"df", m_df},
                   {"phrases", m_phrases}};
    return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<TfidfModel> TfidfModel::fromJson(std::string_view text) {
    const auto refuse = [](const char* why) {
        return makeError(ErrorCode::Corrupt, std::string("The stored vocabulary cannot be read: ") + why + ".");
    };
    const json all = json::parse(text, nullptr, false);
    if (!all.is_object()) return refuse("it is not a JSON object");
    try {
        const int version = all.at("version").get<int>();
        if (version > kJsonVersion)
            return makeError(ErrorCode::VersionTooNew, "The stored vocabulary was written by a newer Espalier.");
        TfidfModel model;
        model.m_documents = all.at("documents").get<std::int64_t>();
        const json& options = all.at("options");
        model.m_options.minDf = options.at("min_df").get<int>();
        model.m_options.maxDf = options.at("max_df").get<double>();
        model.m_options.maxFeatures = options.at("max_features").get<int>();
        auto tag = languageTag(options.at("language").get<std::string>());
        if (!tag) return refuse("its language is unknown");
        model.m_options.language = std::move(tag).value();
        model.m_options.phrases = false;
        if (version > 1) {
            model.m_options.phrases = options.at("phrases").get<bool>();
            model.m_options.stem = options.at("stem").get<bool>();
            model.m_options.stopWords = options.at("stop_words").get<std::vector<std::string>>();
            model.m_options.keepWords = options.at("keep_words").get<std::vector<std::string>>();
            model.m_languages = all.at("languages").get<LanguageCounts>();
            model.m_phrases = all.at("phrases").get<std::vector<std::int32_t>>();
        } else {
            model.m_languages[model.m_options.language] = model.m_documents;
        }
        model.m_vocabulary = all.at("vocabulary").get<std::vector<std::string>>();
        model.m_written = all.at("written").get<std::vector<std::string>>();
        model.m_df = all.at("df").get<std::vector<std::int64_t>>();
        const auto size = model.m_vocabulary.size();
        if (model.m_written.size() != size || model.m_df.size() != size) return refuse("its lists differ in length");
        if (std::adjacent_find(model.m_vocabulary.begin(), model.m_vocabulary.end(), std::greater_equal<>()) !=
            model.m_vocabulary.end())
            return refuse("its terms are not in order");
        for (const auto df : model.m_df) {
            if (df < 0 || df > model.m_documents) return refuse("a document count is out of range");
        }
        for (const std::int32_t phrase : model.m_phrases) {
            if (phrase < 0 || static_cast<std::size_t>(phrase) >= size) return refuse("a phrase is no term");
            const auto& joined = model.m_vocabulary[static_cast<std::size_t>(phrase)];
            if (std::count(joined.begin(), joined.end(), ' ') != 1) return refuse("a phrase is not of two words");
        }
        if (!model.prepareReader()) return refuse("its stop and keep lists contradict each other");
        model.derive();
        return model;
    } catch (const json::exception& e) {
        return refuse(e.what());
    }
}

}  // namespace espalier::text
