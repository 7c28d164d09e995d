// SPDX-License-Identifier: Apache-2.0
#include "core/index/bm25.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <set>
#include <unordered_map>

#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/text/stop_words.h"
#include "core/text/words.h"

namespace espalier::index {
namespace {

constexpr std::string_view kMagic = "ESPBM25\n";
constexpr std::uint32_t kVersion = 1;
constexpr std::int64_t kLargestFile = std::int64_t{1} << 33;
static_assert(std::endian::native == std::endian::little, "the cache file is written as it lies in memory");

template <class T>
void put(std::string& out, const std::vector<T>& values) {
    const std::uint64_t count = values.size();
    out.append(reinterpret_cast<const char*>(&count), sizeof(count));
    out.append(reinterpret_cast<const char*>(values.data()), count * sizeof(T));
}
void put(std::string& out, std::string_view bytes) {
    const std::uint64_t count = bytes.size();
    out.append(reinterpret_cast<const char*>(&count), sizeof(count));
    out.append(bytes);
}

/// Reads what put() wrote; every length is checked against what is left.
class Reader {
public:
    explicit Reader(std::string_view bytes) : m_left(bytes) {}
    template <class T>
    bool take(std::vector<T>& values) {
        std::uint64_t count = 0;
        if (!takeRaw(&count, sizeof(count)) || count > m_left.size() / sizeof(T)) return false;
        values.resize(count);
        return takeRaw(values.data(), count * sizeof(T));
    }
    bool take(std::string& bytes) {
        std::uint64_t count = 0;
        if (!takeRaw(&count, sizeof(count)) || count > m_left.size()) return false;
        bytes.assign(m_left.substr(0, count));
        m_left.remove_prefix(count);
        return true;
    }
    bool takeRaw(void* into, std::size_t bytes) {
        if (bytes > m_left.size()) return false;
        if (bytes > 0) std::memcpy(into, m_left.data(), bytes);
        m_left.remove_prefix(bytes);
        return true;
    }
    std::string_view left() const noexcept { return m_left; }

private:
    std::string_view m_left;
};

/// WordBreaker is costly to make and not thread-safe.
text::WordBreaker& wordBreaker() {
    thread_local text::WordBreaker breaker;
    return breaker;
}

template <class Visit>
void forEachTerm(std::string_view input, Visit visit) {
    wordBreaker().forEachWord(input, [&](std::string_view word) {
        if (!text::isStopWord(word)) visit(text::stem(word));
    });
}

}  // namespace

/// Inverts documents as they come.
class Bm25Index::Builder {
public:
    void add(std::string_view term) { ++m_counts[idOf(term)]; }
    void endDocument() {
        std::uint64_t length = 0;
        for (const auto& [term, count] : m_counts) {
            m_postings[term].push_back({static_cast<std::uint32_t>(m_lengths.size()),
                                        static_cast<std::uint16_t>(std::min<std::uint32_t>(count, 0xFFFF))});
            length += count;
        }
        m_lengths.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(length, 0xFFFFFFFF)));
        m_counts.clear();
    }
    Bm25Index finish(const Options& options) {
        std::vector<std::pair<std::string_view, std::uint32_t>> terms;
        terms.reserve(m_ids.size());
        for (const auto& [term, id] : m_ids) terms.emplace_back(term, id);
        std::sort(terms.begin(), terms.end());
        Bm25Index index;
        index.m_options = options;
        index.m_lengths = std::move(m_lengths);
        for (const auto& [term, id] : terms) {
            index.m_termBytes.append(term);
            index.m_termEnds.push_back(static_cast<std::uint32_t>(index.m_termBytes.size()));
            for (const Posting& posting : m_postings[id]) {
                index.m_rows.push_back(posting.row);
                index.m_counts.push_back(posting.count);
            }
            m_postings[id] = {};
            index.m_postingEnds.push_back(index.m_rows.size());
        }
        index.deriveNorms();
        return index;
    }

private:
    struct Posting {
        std::uint32_t row;
        std::uint16_t count;
    };
    std::uint32_t idOf(std::string_view term) {
        const auto [it, isNew] = m_ids.try_emplace(std::string(term), static_cast<std::uint32_t>(m_ids.size()));
        if (isNew) m_postings.emplace_back();
        return it->second;
    }
    std::unordered_map<std::string, std::uint32_t> m_ids;
    std::unordered_map<std::uint32_t, std::uint32_t> m_counts;  // of the document that is being added
    std::vector<std::vector<Posting>> m_postings;
    std::vector<std::uint32_t> m_lengths;
};

std::vector<std::string> bm25Terms(std::string_view input) {
    std::vector<std::string> terms;
    forEachTerm(input, [&](std::string term) { terms.push_back(std::move(term)); });
    return terms;
}

Result<Bm25Index> Bm25Index::build(std::int64_t documents,
                                   const std::function<Result<std::string>(std::int64_t)>& inputOfRow,
                                   const Options& options, jobs::JobContext& context) {
    Builder builder;
    for (std::int64_t row = 0; row < documents; ++row) {
        ESPALIER_TRY(context.checkStop());
        ESPALIER_ASSIGN(const std::string input, inputOfRow(row));
        forEachTerm(input, [&](const std::string& term) { builder.add(term); });
        builder.endDocument();
        context.progress("index words", row + 1, documents);
    }
    return builder.finish(options);
}

Bm25Index Bm25Index::fromTerms(const std::vector<std::vector<std::string>>& documents, const Options& options) {
    Builder builder;
    for (const std::vector<std::string>& terms : documents) {
        for (const std::string& term : terms) builder.add(term);
        builder.endDocument();
    }
    return builder.finish(options);
}

void Bm25Index::deriveNorms() {
    double total = 0;
    for (const std::uint32_t length : m_lengths) total += length;
    const double mean = total > 0 ? total / static_cast<double>(m_lengths.size()) : 1.0;
    m_lengthNorms.clear();
    m_lengthNorms.reserve(m_lengths.size());
    for (const std::uint32_t length : m_lengths)
        m_lengthNorms.push_back(static_cast<float>(m_options.k1 * (1 - m_options.b + m_options.b * length / mean)));
}

std::string_view Bm25Index::term(std::int64_t t) const {
    const std::uint32_t begin = t == 0 ? 0 : m_termEnds[static_cast<std::size_t>(t) - 1];
    return std::string_view(m_termBytes).substr(begin, m_termEnds[static_cast<std::size_t>(t)] - begin);
}

std::int64_t Bm25Index::find(std::string_view wanted) const {
    std::int64_t low = 0;
    std::int64_t high = terms();
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        if (term(middle) < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < terms() && term(low) == wanted ? low : -1;
}

std::uint64_t Bm25Index::postingsBegin(std::int64_t t) const {
    return t == 0 ? 0 : m_postingEnds[static_cast<std::size_t>(t) - 1];
}

double Bm25Index::idfOf(std::int64_t t) const {
    const auto df = static_cast<double>(m_postingEnds[static_cast<std::size_t>(t)] - postingsBegin(t));
    return std::log1p((static_cast<double>(documents()) - df + 0.5) / (df + 0.5));
}

double Bm25Index::idf(std::string_view wanted) const {
    const std::int64_t t = find(wanted);
    return t < 0 ? 0.0 : idfOf(t);
}

std::vector<float> Bm25Index::scores(std::string_view query) const {
    return scoresOfTerms(bm25Terms(query));
}

std::vector<float> Bm25Index::scoresOfTerms(std::span<const std::string> queryTerms) const {
    std::vector<float> out(m_lengths.size(), 0.0F);
    for (const std::string& word : queryTerms) {
        const std::int64_t t = find(word);
        if (t < 0) continue;
        const double idf = idfOf(t);
        for (std::uint64_t p = postingsBegin(t); p < m_postingEnds[static_cast<std::size_t>(t)]; ++p) {
            const double count = m_counts[p];
            const double norm = m_lengthNorms[m_rows[p]];
            out[m_rows[p]] += static_cast<float>(idf * count / (count + norm));
        }
    }
    return out;
}

double Bm25Index::passageScore(std::span<const std::string> queryTerms, std::string_view passage) const {
    const std::set<std::string, std::less<>> wanted(queryTerms.begin(), queryTerms.end());
    std::set<std::string, std::less<>> found;
    forEachTerm(passage, [&](std::string term) {
        if (wanted.contains(term)) found.insert(std::move(term));
    });
    double sum = 0;
    for (const std::string& term : found) sum += idf(term);
    return sum;
}

Status Bm25Index::save(const std::filesystem::path& file, std::string_view key) const {
    std::string body;
    put(body, key);
    body.append(reinterpret_cast<const char*>(&m_options.k1), sizeof(double));
    body.append(reinterpret_cast<const char*>(&m_options.b), sizeof(double));
    put(body, std::string_view(m_termBytes));
    put(body, m_termEnds);
    put(body, m_postingEnds);
    put(body, m_rows);
    put(body, m_counts);
    put(body, m_lengths);
    ESPALIER_ASSIGN(AtomicFile out, AtomicFile::create(file));
    std::string head(kMagic);
    head.append(reinterpret_cast<const char*>(&kVersion), sizeof(kVersion));
    head.append(sha256Hex(body));
    ESPALIER_TRY(out.write(std::string_view(head)));
    ESPALIER_TRY(out.write(std::string_view(body)));
    return out.commit();
}

Result<Bm25Index> Bm25Index::load(const std::filesystem::path& file, std::string_view key) {
    const auto damaged = [&] {
        return makeError(ErrorCode::Corrupt, "the word index " + file.string() + " is damaged", file.string());
    };
    ESPALIER_ASSIGN(const std::string bytes, readFile(file, kLargestFile));
    Reader reader(bytes);
    std::string magic(kMagic.size(), '\0');
    std::uint32_t version = 0;
    std::string hash(64, '\0');
    if (!reader.takeRaw(magic.data(), magic.size()) || magic != kMagic) return damaged();
    if (!reader.takeRaw(&version, sizeof(version))) return damaged();
    if (version != kVersion)
        return makeError(ErrorCode::Conflict, "the word index " + file.string() + " is of another version",
                         file.string());
    if (!reader.takeRaw(hash.data(), hash.size()) || sha256Hex(reader.left()) != hash) return damaged();
    Bm25Index index;
    std::string madeFrom;
    if (!reader.take(madeFrom)) return damaged();
    if (madeFrom != key)
        return makeError(ErrorCode::Conflict, "the word index " + file.string() + " was made from another corpus",
                         file.string());
    if (!reader.takeRaw(&index.m_options.k1, sizeof(double)) || !reader.takeRaw(&index.m_options.b, sizeof(double)) ||
        !reader.take(index.m_termBytes) || !reader.take(index.m_termEnds) || !reader.take(index.m_postingEnds) ||
        !reader.take(index.m_rows) || !reader.take(index.m_counts) || !reader.take(index.m_lengths) ||
        !index.isConsistent())
        return damaged();
    index.deriveNorms();
    return index;
}

bool Bm25Index::isConsistent() const {
    const auto ends = [](const auto& values, std::size_t total) {
        return std::is_sorted(values.begin(), values.end()) && (values.empty() ? total == 0 : values.back() == total);
    };
    return m_termEnds.size() == m_postingEnds.size() && ends(m_termEnds, m_termBytes.size()) &&
           ends(m_postingEnds, m_rows.size()) && m_counts.size() == m_rows.size() &&
           std::all_of(m_rows.begin(), m_rows.end(), [&](std::uint32_t row) { return row < m_lengths.size(); });
}

}  // namespace espalier::index
