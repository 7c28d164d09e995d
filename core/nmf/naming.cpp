// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/naming.h"

#include <algorithm>
#include <map>
#include <set>

namespace espalier::nmf {
namespace {

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

bool isPhrase(std::string_view term) {
    return term.find(' ') != std::string_view::npos;
}

/// The pieces of "well-known", "pg_catalog", "o'clock", "neural network", and the whole.
std::vector<std::string_view> piecesOf(std::string_view term) {
    std::vector<std::string_view> pieces{term};
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= term.size(); ++i) {
        if (i < term.size() && term[i] != '-' && term[i] != '_' && term[i] != '\'' && term[i] != ' ') continue;
        if (i > begin && i - begin < term.size()) pieces.push_back(term.substr(begin, i - begin));
        begin = i + 1;
    }
    return pieces;
}

class Namer {
public:
    Namer(const Hierarchy& tree, std::span<const std::string> vocabulary, const NamingOptions& options)
        : m_tree(tree),
          m_vocabulary(vocabulary),
          m_options(options),
          m_names(tree.nodes.size()),
          m_stems(tree.nodes.size()) {}

    std::vector<std::string> go() {
        for (std::size_t v = 0; v < m_tree.nodes.size(); ++v) {
            if (!m_tree.nodes[v].children.empty()) nameChildren(v);
        }
        return std::move(m_names);
    }

private:
    const std::string& term(std::int32_t index) const { return m_vocabulary[static_cast<std::size_t>(index)]; }

    bool presentable(std::string_view word) const {
        if (std::none_of(word.begin(), word.end(), isLetter)) return false;
        // No stop word is in a phrase, unless the user wants it to be ("law of the sea").
        if (!m_options.stopWord || isPhrase(word)) return true;
        const auto pieces = piecesOf(word);
        return std::none_of(pieces.begin(), pieces.end(), m_options.stopWord);
    }

    std::set<std::string> stemsOf(std::string_view word) const {
        std::set<std::string> stems;
        const auto add = [&](std::string_view piece) {
            stems.insert(m_options.stem ? m_options.stem(piece) : std::string(piece));
        };
        for (const auto piece : piecesOf(word)) {
            add(piece);
            // A stemmer leaves the plural of an abbreviation alone ("hscs"): it looks for a vowel before the s.
            if (piece.size() > 2 && piece.back() == 's' && piece[piece.size() - 2] != 's')
                add(piece.substr(0, piece.size() - 1));
        }
        return stems;
    }

    /// Terms by score; phrases first, if they tell at least a third as much as the label's strongest term.
    std::vector<std::int32_t> inOrder(const HierarchyNode& node) const {
        constexpr float kTellingShare = 1.0F / 3;
        std::vector<std::int32_t> phrases, words;
        for (const auto& [index, score] : node.terms) {
            const bool first = isPhrase(term(index)) && score >= kTellingShare * node.terms.front().second;
            (first ? phrases : words).push_back(index);
        }
        phrases.insert(phrases.end(), words.begin(), words.end());
        return phrases;
    }

    float scoreOf(std::size_t label, std::int32_t index) const {
        for (const auto& [at, score] : m_tree.nodes[label].terms) {
            if (at == index) return score;
        }
        return 0;
    }

    static bool share(const std::set<std::string>& a, const std::set<std::string>& b) {
        return std::any_of(a.begin(), a.end(), [&](const auto& stem) { return b.contains(stem); });
    }

    /// Siblings choose in turn, so that the best terms are spread; a term goes to the label it tells most about.
    void nameChildren(std::size_t parent) {
        const auto& children = m_tree.nodes[parent].children;
        std::set<std::string> above = m_stems[parent];
        // What describes the parent says nothing about its parts, in no other form of the word either.
        for (const auto& [index, score] : m_tree.nodes[parent].terms) {
            const auto stems = stemsOf(term(index));
            above.insert(stems.begin(), stems.end());
        }
        std::map<std::int32_t, float> strongest;
        for (const int child : children) {
            for (const auto& [index, score] : m_tree.nodes[static_cast<std::size_t>(child)].terms) {
                auto& best = strongest[index];
                best = std::max(best, score);
            }
        }
        std::vector<std::vector<std::int32_t>> offered;  // by label: terms in the order in which they are asked
        for (const int child : children) offered.push_back(inOrder(m_tree.nodes[static_cast<std::size_t>(child)]));
        std::vector<std::vector<std::int32_t>> chosen(children.size());
        std::set<std::string> amongSiblings;
        for (const bool onlyStrongest : {true, false}) {
            for (int round = 0; round < m_options.terms; ++round) {
                for (std::size_t c = 0; c < children.size(); ++c) {
                    if (static_cast<int>(chosen[c].size()) > round) continue;
                    // A second choice only for labels that have no name at all yet.
                    if (!onlyStrongest && !chosen[c].empty()) continue;
                    const auto label = static_cast<std::size_t>(children[c]);
                    for (const std::int32_t index : offered[c]) {
                        if (onlyStrongest && scoreOf(label, index) < strongest[index]) continue;
                        const auto stems = stemsOf(term(index));
                        if (!presentable(term(index)) || share(stems, above) || share(stems, amongSiblings)) continue;
                        chosen[c].push_back(index);
                        m_stems[label].insert(stems.begin(), stems.end());
                        amongSiblings.insert(stems.begin(), stems.end());
                        break;
                    }
                }
            }
        }
        int others = 0;
        for (std::size_t c = 0; c < children.size(); ++c) {
            const auto label = static_cast<std::size_t>(children[c]);
            m_stems[label].insert(above.begin(), above.end());
            m_names[label] = written(chosen[c]);
            if (!m_names[label].empty()) continue;
            m_names[label] = ++others == 1 ? "Other" : "Other " + std::to_string(others);
        }
    }

    std::string written(const std::vector<std::int32_t>& indices) const {
        std::string name;
        for (const auto index : indices) {
            std::string word = m_options.written.size() == m_vocabulary.size()
                                   ? m_options.written[static_cast<std::size_t>(index)]
                                   : term(index);
            if (name.empty() && m_options.capitalise) word = m_options.capitalise(word);
            name += (name.empty() ? "" : ", ") + word;
        }
        return name;
    }

    const Hierarchy& m_tree;
    std::span<const std::string> m_vocabulary;
    const NamingOptions& m_options;
    std::vector<std::string> m_names;
    std::vector<std::set<std::string>> m_stems;  // of the label's name, of all names above it and of their terms
};

}  // namespace

std::vector<std::string> nameLabels(const Hierarchy& hierarchy, std::span<const std::string> vocabulary,
                                    const NamingOptions& options) {
    return Namer(hierarchy, vocabulary, options).go();
}

std::vector<std::pair<std::int32_t, float>> shownTerms(const HierarchyNode& node,
                                                       std::span<const std::string> vocabulary) {
    constexpr float kHalf = 0.5F;
    const auto termOf = [&](std::int32_t index) -> const std::string& {
        return vocabulary[static_cast<std::size_t>(index)];
    };
    std::map<std::string_view, float> held;  // words of phrases, with the strongest phrase's score
    for (const auto& [index, score] : node.terms) {
        const std::string_view phrase = termOf(index);
        if (!isPhrase(phrase)) continue;
        for (std::size_t begin = 0; begin < phrase.size();) {
            const std::size_t end = std::min(phrase.find(' ', begin), phrase.size());
            float& best = held[phrase.substr(begin, end - begin)];
            best = std::max(best, score);
            begin = end + 1;
        }
    }
    std::vector<std::pair<std::int32_t, float>> shown;
    for (const auto& [index, score] : node.terms) {
        const auto phrase = held.find(termOf(index));
        if (phrase == held.end() || phrase->second < kHalf * score) shown.emplace_back(index, score);
    }
    return shown;
}

}  // namespace espalier::nmf
