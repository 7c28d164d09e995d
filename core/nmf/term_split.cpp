// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/term_split.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/nmf/nnls.h"

namespace espalier::nmf {
namespace {
std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// Inverse of a symmetric positive definite matrix (n x n, row-major) by Gauss-Jordan with pivoting: n is the number of
/// children that share a document, rarely more than five.
std::vector<double> inverse(std::vector<double> a, std::size_t n) {
    std::vector<double> inv(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) inv[i * n + i] = 1;
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column + 1; row < n; ++row) {
            if (std::abs(a[row * n + column]) > std::abs(a[pivot * n + column])) pivot = row;
        }
        for (std::size_t j = 0; j < n && pivot != column; ++j) {
            std::swap(a[pivot * n + j], a[column * n + j]);
            std::swap(inv[pivot * n + j], inv[column * n + j]);
        }
        const double scale = 1 / a[column * n + column];
        for (std::size_t j = 0; j < n; ++j) {
            a[column * n + j] *= scale;
            inv[column * n + j] *= scale;
        }
        for (std::size_t row = 0; row < n; ++row) {
            const double factor = a[row * n + column];
            if (row == column || factor == 0) continue;
            for (std::size_t j = 0; j < n; ++j) {
                a[row * n + j] -= factor * a[column * n + j];
                inv[row * n + j] -= factor * inv[column * n + j];
            }
        }
    }
    return inv;
}

/// W W' of a node, summed over the terms in ascending order, as FoldIn does.
std::vector<double> gramOf(const DenseRows& topics) {
    const std::size_t k = at(topics.rows);
    std::vector<double> gram(k * k, 0.0);
    for (std::size_t i = 0; i < k; ++i) {
        const auto a = topics.row(static_cast<std::int64_t>(i));
        for (std::size_t j = 0; j <= i; ++j) {
            const auto b = topics.row(static_cast<std::int64_t>(j));
            double sum = 0;
            for (std::size_t t = 0; t < a.size(); ++t) sum += double{a[t]} * double{b[t]};
            gram[i * k + j] = gram[j * k + i] = sum;
        }
    }
    return gram;
}

/// Lets the parts sum to `total` to the last bit but one: what rounding left over goes to the terms by their weight.
void settle(std::vector<double>& parts, double total) {
    double sum = 0, weight = 0;
    for (const double part : parts) {
        sum += part;
        weight += std::abs(part);
    }
    if (!(weight > 0)) return;
    const double rest = (total - sum) / weight;
    for (double& part : parts) part += rest * std::abs(part);
}

/// Puts what is too little at the parent. Mass per node in and out; rests[v]: where that of v went.
void climb(const Hierarchy& hierarchy, std::vector<double>& mass, std::vector<int>& rests) {
    std::vector<int> to(mass.size());
    for (std::size_t v = 0; v < mass.size(); ++v) to[v] = static_cast<int>(v);
    // From the back a crumb can climb as far as it must.
    for (std::size_t v = mass.size(); v-- > 1;) {
        if (mass[v] >= kSmallestShare) continue;
        to[v] = hierarchy.nodes[v].parent;
        mass[at(to[v])] += mass[v];
        mass[v] = 0;
    }
    for (std::size_t v = 1; v < to.size(); ++v) {  // parents are settled first
        if (to[v] != static_cast<int>(v)) to[v] = to[at(to[v])];
    }
    for (int& rest : rests) rest = to[at(rest)];
}

}  // namespace

/// One fold-in of the document, per node of the hierarchy.
struct TermSplit::Folded {
    struct Node {
        int parent = -1;
        double mass = 0;
        double local = 0;
        bool split = false;
        int rests = 0;              ///< node where its mass rests, if it was not split
        std::vector<double> parts;  ///< beside `places`
    };
    std::vector<std::size_t> places;  ///< in m_terms
    std::vector<Node> nodes;          ///< empty: no known word
};

std::size_t TermSplit::placeOf(std::int32_t term) {
    const auto [found, isNew] = m_places.try_emplace(term, m_terms.size());
    if (isNew) m_terms.push_back(term);
    return found->second;
}

TermSplit::Folded TermSplit::fold(const Hierarchy& hierarchy, std::span<const std::int32_t> columns,
                                  std::span<const float> counts) {
    Folded folded;
    std::vector<std::size_t> terms;
    std::vector<double> amounts;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i] < 0 || columns[i] >= hierarchy.terms || !(counts[i] > 0)) continue;
        terms.push_back(at(columns[i]));
        amounts.push_back(double{counts[i]});
        folded.places.push_back(placeOf(columns[i]));
    }
    if (terms.empty() || hierarchy.nodes.empty()) return folded;
    folded.nodes.resize(hierarchy.nodes.size());
    folded.nodes[0].mass = folded.nodes[0].local = 1;
    NnlsWorkspace workspace;
    for (std::size_t v = 0; v < folded.nodes.size(); ++v) {
        const HierarchyNode& node = hierarchy.nodes[v];
        folded.nodes[v].parent = node.parent;
        folded.nodes[v].rests = static_cast<int>(v);
        if (node.children.empty() || folded.nodes[v].mass < kSmallestSplitMass) continue;
        // The arithmetic of FoldIn::shares(), bit for bit: near a threshold the two must decide alike.
        const std::size_t k = node.children.size();
        std::vector<double> row(terms.size());
        std::vector<double> rhs(k, 0.0), h(k, 0.0);
        double square = 0;
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = amounts[i] * double{node.idf[terms[i]]};
            square += row[i] * row[i];
            for (std::size_t c = 0; c < k; ++c)
                rhs[c] += row[i] * double{node.W.row(static_cast<std::int64_t>(c))[terms[i]]};
        }
        const double scale = 1 / std::sqrt(square);
        for (double& value : rhs) value *= scale;
        const std::vector<double> gram = gramOf(node.W);
        nnls(gram, rhs, h, workspace);
        double sum = 0;
        std::vector<std::size_t> active;
        for (std::size_t c = 0; c < k; ++c) {
            sum += h[c];
            if (h[c] > 0) active.push_back(c);
        }
        if (!(sum > 0)) continue;
        folded.nodes[v].split = true;
        const std::size_t n = active.size();
        std::vector<double> among(n * n);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) among[i * n + j] = gram[active[i] * k + active[j]];
        }
        const std::vector<double> inv = inverse(std::move(among), n);
        for (std::size_t i = 0; i < n; ++i) {
            Folded::Node& child = folded.nodes[at(node.children[active[i]])];
            child.mass = folded.nodes[v].mass * h[active[i]] / sum;
            child.local = h[active[i]] / sum;
            child.parts.assign(row.size(), 0.0);
            for (std::size_t j = 0; j < n; ++j) {
                const auto topic = node.W.row(static_cast<std::int64_t>(active[j]));
                const double weight = inv[i * n + j] * scale / sum;
                for (std::size_t t = 0; t < row.size(); ++t)
                    child.parts[t] += weight * row[t] * double{topic[terms[t]]};
            }
            settle(child.parts, child.local);
        }
    }
    std::vector<double> mass(folded.nodes.size());
    std::vector<int> rests(folded.nodes.size());
    for (std::size_t v = 0; v < mass.size(); ++v) {
        mass[v] = folded.nodes[v].split ? 0.0 : folded.nodes[v].mass;
        rests[v] = static_cast<int>(v);
    }
    climb(hierarchy, mass, rests);
    for (std::size_t v = 0; v < rests.size(); ++v) folded.nodes[v].rests = rests[v];
    return folded;
}

void TermSplit::attach(int under, const Folded& folded, std::span<const std::int64_t> labelOfNode) {
    std::vector<int> placed(folded.nodes.size(), -1);
    for (std::size_t v = 0; v < folded.nodes.size(); ++v) {
        const Folded::Node& from = folded.nodes[v];
        // A child that got nothing stays as what the document could have come to.
        const bool parentSplit = v > 0 && placed[at(from.parent)] >= 0 && folded.nodes[at(from.parent)].split;
        if (v > 0 && !parentSplit) continue;
        if (v == 0 && under >= 0) {
            placed[v] = under;
        } else {
            placed[v] = static_cast<int>(m_nodes.size());
            Node& node = m_nodes.emplace_back();
            node.local = from.local;
            if (v > 0) {
                const Node& parent = m_nodes[at(placed[at(from.parent)])];
                node.parent = placed[at(from.parent)];
                node.level = parent.level + 1;
                node.mass = parent.mass * from.local;
            } else {
                node.mass = from.mass;
            }
            for (std::size_t t = 0; t < from.parts.size(); ++t) {
                if (node.parts.size() <= folded.places[t]) node.parts.resize(folded.places[t] + 1, 0.0);
                node.parts[folded.places[t]] += from.parts[t];
            }
        }
        Node& node = m_nodes[at(placed[v])];
        node.split = from.split;
        node.label = labelOfNode[from.mass > 0 ? at(from.rests) : v];
    }
}

TermSplit::TermSplit(const Hierarchy& hierarchy, std::span<const std::int64_t> labelOfNode,
                     std::span<const std::int32_t> columns, std::span<const float> counts) {
    attach(-1, fold(hierarchy, columns, counts), labelOfNode);
}

void TermSplit::grow(const Hierarchy& step, std::span<const std::int64_t> labelOfNode,
                     std::span<const std::int64_t> sources, std::span<const std::int32_t> columns,
                     std::span<const float> counts) {
    if (m_nodes.empty() || labelOfNode.empty()) return;
    std::vector<std::size_t> from;
    double mass = 0;
    for (std::size_t v = 0; v < m_nodes.size(); ++v) {
        if (m_nodes[v].split || !(m_nodes[v].mass > 0) ||
            std::find(sources.begin(), sources.end(), m_nodes[v].label) == sources.end())
            continue;
        from.push_back(v);
        mass += m_nodes[v].mass;
    }
    if (from.empty()) return;
    Folded folded = fold(step, columns, counts);
    if (mass < kSmallestSplitMass || folded.nodes.empty()) {
        for (const std::size_t v : from) m_nodes[v].label = labelOfNode[0];
        return;
    }
    // What climbs is decided by all that rests at the sources, however it came there.
    std::vector<double> dealt(folded.nodes.size(), 0.0);
    std::vector<int> rests(folded.nodes.size());
    for (std::size_t v = 0; v < rests.size(); ++v) {
        rests[v] = folded.nodes[v].rests;
        if (!folded.nodes[v].split) dealt[at(rests[v])] += folded.nodes[v].mass * mass;
    }
    climb(step, dealt, rests);
    for (std::size_t v = 0; v < rests.size(); ++v) folded.nodes[v].rests = rests[v];
    for (const std::size_t v : from) attach(static_cast<int>(v), folded, labelOfNode);
}

std::map<std::int64_t, double> TermSplit::resting() const {
    std::map<std::int64_t, double> masses;
    for (const Node& node : m_nodes) {
        if (!node.split && node.mass > 0) masses[node.label] += node.mass;
    }
    return masses;
}

TermSplit::Share TermSplit::share(const std::function<bool(std::int64_t label)>& counted) const {
    Share result;
    std::vector<char> whole(m_nodes.size(), 1);
    for (std::size_t v = m_nodes.size(); v-- > 0;) {
        const Node& node = m_nodes[v];
        if (!node.split && !counted(node.label)) whole[v] = 0;
        if (whole[v] == 0 && node.parent >= 0) whole[at(node.parent)] = 0;
    }
    std::vector<double> sums(m_terms.size(), 0.0);
    for (std::size_t v = 0; v < m_nodes.size(); ++v) {
        const Node& node = m_nodes[v];
        if (whole[v] == 0 || !(node.mass > 0)) continue;
        if (node.parent >= 0 && whole[at(node.parent)] != 0) continue;  // counted with its parent
        result.share += node.mass;
        if (node.level == 0) result.undecided += node.mass;
        for (auto u = static_cast<int>(v); m_nodes[at(u)].level > 0; u = m_nodes[at(u)].parent) {
            const Node& step = m_nodes[at(u)];
            const double weight = node.mass / step.local / node.level;
            for (std::size_t t = 0; t < step.parts.size(); ++t) sums[t] += weight * step.parts[t];
        }
    }
    for (const auto& [term, place] : m_places) {
        if (sums[place] != 0) result.parts.push_back({term, sums[place]});
    }
    return result;
}

}  // namespace espalier::nmf
