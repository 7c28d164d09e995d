// SPDX-License-Identifier: Apache-2.0
#include "core/index/snippet.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/text/sentences.h"

namespace espalier::index {
namespace {

/// One line of at most `bytes` bytes, cut at a space.
std::string shortened(std::string_view sentence, int bytes) {
    std::string line;
    line.reserve(sentence.size());
    for (const char c : sentence) {
        const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
        if (!space) {
            line.push_back(c);
        } else if (!line.empty() && line.back() != ' ') {
            line.push_back(' ');
        }
    }
    const auto most = static_cast<std::size_t>(std::max(bytes, 8));
    if (line.size() <= most) return line;
    std::size_t cut = most;
    while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
    if (const std::size_t space = line.rfind(' ', cut); space != std::string::npos && space > most / 2) cut = space;
    line.resize(cut);
    return line + "\xe2\x80\xa6";
}

/// The sentences to embed: all, or the best by words and others evenly over the rest, in text order.
std::vector<std::string_view> candidates(std::string_view text, std::span<const std::string> queryTerms,
                                         const Bm25Index* words, int most) {
    std::vector<std::string_view> all = text::sentences(text);
    const auto limit = static_cast<std::size_t>(std::max(most, 1));
    if (all.size() <= limit) return all;
    std::vector<char> taken(all.size(), 0);
    std::size_t left = limit;
    if (words != nullptr) {
        std::vector<double> scores(all.size());
        for (std::size_t i = 0; i < all.size(); ++i) scores[i] = words->passageScore(queryTerms, all[i]);
        std::vector<std::size_t> order(all.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
        for (const std::size_t i : order) {
            if (left <= limit / 2 || scores[i] <= 0) break;
            taken[i] = 1;
            --left;
        }
    }
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (taken[i] == 0) rest.push_back(i);
    for (std::size_t i = 0; i < left; ++i) taken[rest[i * rest.size() / left]] = 1;
    std::vector<std::string_view> chosen;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (taken[i] != 0) chosen.push_back(all[i]);
    return chosen;
}

double cosine(std::span<const float> a, std::span<const float> b) {
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double x = a[i];
        const double y = b[i];
        product += x * y;
        squaresA += x * x;
        squaresB += y * y;
    }
    return squaresA > 0 && squaresB > 0 ? product / std::sqrt(squaresA * squaresB) : 0.0;
}

}  // namespace

Result<std::vector<std::string>> snippetsByVector(std::span<const std::string_view> texts,
                                                  std::span<const float> queryVector, std::string_view query,
                                                  const EncodeSentences& encode, const Bm25Index* words,
                                                  const SnippetOptions& options) {
    const std::vector<std::string> queryTerms = words != nullptr ? bm25Terms(query) : std::vector<std::string>();
    std::vector<std::string> sentences;
    std::vector<std::size_t> ends;
    for (const std::string_view text : texts) {
        for (const std::string_view sentence : candidates(text, queryTerms, words, options.maxSentences))
            sentences.emplace_back(sentence);
        ends.push_back(sentences.size());
    }
    std::vector<std::string> snippets(texts.size());
    if (sentences.empty()) return snippets;
    ESPALIER_ASSIGN(const DenseRows vectors, encode(sentences));
    if (vectors.rows != static_cast<std::int64_t>(sentences.size()) ||
        vectors.cols != static_cast<std::int64_t>(queryVector.size()))
        return makeError(ErrorCode::Internal, "the vectors of the sentences do not fit the query");
    for (std::size_t t = 0, i = 0; t < texts.size(); ++t) {
        double best = -2;
        std::size_t chosen = i;
        for (; i < ends[t]; ++i) {
            const double score = cosine(queryVector, vectors.row(static_cast<std::int64_t>(i)));
            if (score > best) {
                best = score;
                chosen = i;
            }
        }
        if (best > -2) snippets[t] = shortened(sentences[chosen], options.maxBytes);
    }
    return snippets;
}

std::string snippetByWords(std::string_view text, std::string_view query, const Bm25Index& words,
                           const SnippetOptions& options) {
    const std::vector<std::string> queryTerms = bm25Terms(query);
    std::string_view chosen;
    double best = -1;
    for (const std::string_view sentence : text::sentences(text)) {
        const double score = words.passageScore(queryTerms, sentence);
        if (score <= best) continue;
        best = score;
        chosen = sentence;
    }
    return shortened(chosen, options.maxBytes);
}

}  // namespace espalier::index
