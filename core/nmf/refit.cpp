// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/refit.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <unordered_set>

#include "core/base/rng.h"
#include "core/jobs/job_context.h"
#include "core/nmf/detail/document_sets.h"
#include "core/nmf/detail/label_rows.h"
#include "core/nmf/detail/matrix_ops.h"
#include "core/nmf/detail/split_search.h"

namespace espalier::nmf {
namespace {

using Kind = RefitLabel::Kind;
using detail::meanOf;
using detail::pairUp;
using detail::picked;
using Rows = detail::DocumentSet;

constexpr std::int64_t kSmallestPart = 5;
constexpr double kSmallestPartShare = 0.005;
constexpr double kMovedAs = 0.5;  // a label goes on under another parent where it is more than half the same documents

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// A topic of a label that is fitted under constraints.
struct Column {
    enum class Role { Shaped, Locked, Free, Rest } role = Role::Free;
    int place = -1;  ///< Shaped, Locked
    std::vector<float> topic;
    Rows documents;  ///< routed here
};

class Refitter {
public:
    Refitter(const SparseRows& counts, const SparseRows& rows, std::vector<RefitLabel> outline,
             const std::vector<RefitDocument>& documents, const RefitOptions& options, jobs::JobContext& context)
        : m_counts(counts),
          m_rows(rows),
          m_outline(std::move(outline)),
          m_documents(documents),
          m_options(options),
          m_context(context),
          m_children(m_outline.size()),
          m_through(m_outline.size()),
          m_free(m_outline.size(), 0) {}

    Result<Refit> go() {
        readOutline();
        Hierarchy& tree = m_result.hierarchy;
        tree.terms = m_counts.cols;
        m_result.documentAt.assign(m_documents.size(), -1);
        Rows all;
        for (std::size_t d = 0; d < m_documents.size(); ++d) {
            if (!isLocked(m_documents[d].at) && m_counts.rowSize(static_cast<std::int64_t>(d)) > 0)
                all.push_back(static_cast<std::int32_t>(d));
        }
        addNode(-1, 0, all);
        m_queue.push_back({0, 0, m_options.tree.depth, m_options.tree.seed, all});
        while (!m_queue.empty()) {
            ESPALIER_TRY(m_context.checkStop());
            const Task task = std::move(m_queue.front());
            m_queue.pop_front();
            ESPALIER_TRY(grow(task));
        }
        settleOthers();
        return std::move(m_result);
    }

private:
    struct Task {
        int node = 0;
        int place = -1;  ///< that the node goes on as
        int levels = 0;  ///< that may be grown below
        std::uint64_t seed = 0;
        Rows documents;
    };

    bool isLocked(int place) const {
        for (int up = place; up > 0; up = m_outline[at(up)].parent) {
            if (m_outline[at(up)].kind == Kind::Locked) return true;
        }
        return false;
    }
    bool isKept(int place) const { return m_outline[at(place)].kind != Kind::Free; }
    bool under(int place, int branch) const {
        while (place > branch) place = m_outline[at(place)].parent;
        return place == branch;
    }
    /// Child of `place` that leads to `to`; `place` itself when they are the same, -1 when `to` is elsewhere.
    int childTowards(int place, int to) const {
        if (to == place) return place;
        for (int up = to; up > 0; up = m_outline[at(up)].parent) {
            if (m_outline[at(up)].parent == place) return up;
        }
        return -1;
    }

    void readOutline() {
        for (std::size_t place = m_outline.size(); place-- > 1;) {
            auto& parent = m_outline[at(m_outline[place].parent)];
            if (m_outline[place].kind != Kind::Free && parent.kind == Kind::Free) parent.kind = Kind::Anchored;
        }
        m_outline.front().kind = Kind::Anchored;
        for (std::size_t place = 1; place < m_outline.size(); ++place) {
            m_children[at(m_outline[place].parent)].push_back(static_cast<int>(place));
            m_free[place] = m_outline[place].kind == Kind::Free && !isLocked(static_cast<int>(place)) ? 1 : 0;
        }
        for (std::size_t d = 0; d < m_documents.size(); ++d) {
            for (int up = m_documents[d].at; up >= 0; up = m_outline[at(up)].parent)
                m_through[at(up)].push_back(static_cast<std::int32_t>(d));
        }
    }

    int addNode(int parent, int place, const Rows& documents) {
        const auto node = static_cast<int>(m_result.hierarchy.nodes.size());
        auto& made = m_result.hierarchy.nodes.emplace_back();
        made.parent = parent;
        made.documents = static_cast<std::int64_t>(documents.size());
        m_result.goesOnAs.push_back(place);
        m_result.rests.push_back(0);
        m_nodeDocuments.push_back(documents);
        for (const auto d : documents) m_result.documentAt[at(d)] = node;
        if (place >= 0) m_free[at(place)] = 0;  // spoken for
        return node;
    }

    Status grow(const Task& task) {
        const auto& children = task.place >= 0 ? m_children[at(task.place)] : m_noChildren;
        if (task.place >= 0 && m_outline[at(task.place)].whole) return {};
        const bool kept = std::any_of(children.begin(), children.end(), [this](int child) { return isKept(child); });
        if (kept) return growAround(task, children);
        const int levels = children.empty() ? task.levels : std::max(task.levels, 1);
        if (levels < 1) {
            m_result.hierarchy.nodes[at(task.node)].stopReason = "It lies at the deepest level of the tree.";
            return {};
        }
        return growFreely(task, children, levels);
    }

    HierarchyOptions optionsAt(const Task& task, int levels) const {
        HierarchyOptions tree = m_options.tree;
        tree.depth = levels;
        tree.seed = task.seed;
        tree.exactK = 0;
        tree.keepOnStop = false;
        if (task.node != 0) tree.kMax = std::min(tree.kMax, tree.deepKMax);
        tree.saidAbove = saidAbove(task.node);
        return tree;
    }

    static void ask(HierarchyOptions& tree, int k) {  // neither slivers nor chance stand in its way
        tree.exactK = k;
        tree.kMax = std::max(tree.kMax, k);
        tree.minDocuments = 2;
        tree.mergeSmall = false;
        tree.minGain = -1e9;
    }

    std::vector<std::int32_t> saidAbove(int node) const {
        std::vector<std::int32_t> said = m_options.tree.saidAbove;
        for (int up = node; up >= 0; up = m_result.hierarchy.nodes[at(up)].parent) {
            for (const auto& term : m_result.hierarchy.nodes[at(up)].terms) said.push_back(term.first);
        }
        return said;
    }

    /// Documents that say how many labels there are: not those that an edit left at the label itself.
    Rows growing(const Task& task, const std::vector<int>& children) const {
        Rows some;
        for (const auto d : task.documents) {
            const int towards = task.place >= 0 ? childTowards(task.place, m_documents[at(d)].at) : -1;
            if (towards >= 0 && towards != task.place && isKept(towards)) continue;
            if (towards == task.place && towards >= 0 && !children.empty() && m_outline[at(task.place)].restApart)
                continue;
            some.push_back(d);
        }
        return some;
    }

    /// All children are free: as a build.
    Status growFreely(const Task& task, const std::vector<int>& children, int levels) {
        HierarchyOptions tree = optionsAt(task, levels);
        const Rows grown = growing(task, children);
        if (task.node == 0 && m_options.k > 0) {
            ESPALIER_TRY(requireDocuments(m_options.k, grown));
            ask(tree, m_options.k);
        }
        ESPALIER_ASSIGN(Hierarchy found,
                        buildHierarchy(picked(m_counts, grown), picked(m_rows, grown), tree, m_context));
        // Documents by node: all of the label, also those that did not decide.
        const FoldIn foldIn(found);
        std::vector<Rows> through(found.nodes.size());
        for (const auto d : task.documents) {
            const auto shares = foldIn.shares(m_rows.rowColumns(d), m_rows.rowValues(d));
            for (int up = hardNode(found, shares.resting); up >= 0; up = found.nodes[at(up)].parent)
                through[at(up)].push_back(d);
        }
        std::vector<int> nodeOf(found.nodes.size(), -1), placeOf(found.nodes.size(), -1);
        nodeOf[0] = task.node;
        placeOf[0] = task.place;
        for (std::size_t v = 0; v < found.nodes.size(); ++v) {
            HierarchyNode& from = found.nodes[v];
            const int node = nodeOf[v];
            if (!from.children.empty()) {
                std::vector<const Rows*> old, now;
                const auto& wereThere = placeOf[v] >= 0 ? m_children[at(placeOf[v])] : m_noChildren;
                for (const int child : wereThere) old.push_back(&m_through[at(child)]);
                for (const int child : from.children) now.push_back(&through[at(child)]);
                const auto pairs = pairUp(old, now, kGoesOn);
                for (std::size_t i = 0; i < pairs.size(); ++i) {
                    if (pairs[i] >= 0) placeOf[at(from.children[at(pairs[i])])] = wereThere[i];
                }
            }
            std::vector<int> added;
            for (const int child : from.children) {
                nodeOf[at(child)] = addNode(node, placeOf[at(child)], through[at(child)]);
                added.push_back(nodeOf[at(child)]);
            }
            auto terms = v == 0 ? std::move(m_result.hierarchy.nodes[at(node)].terms) : std::move(from.terms);
            HierarchyNode& to = m_result.hierarchy.nodes[at(node)];
            to.terms = std::move(terms);
            to.stopReason = std::move(from.stopReason);
            to.stability = std::move(from.stability);
            to.children = std::move(added);
            to.W = std::move(from.W);
            to.idf = std::move(from.idf);
        }
        return {};
    }

    static Status requireDocuments(int k, const Rows& documents) {
        if (documents.size() >= at(k)) return {};
        return makeError(ErrorCode::InvalidState, std::to_string(documents.size()) +
                                                      " documents are free to move, too few for " + std::to_string(k) +
                                                      " labels");
    }

    /// Some children stay: one factorisation under their constraints.
    Status growAround(const Task& task, const std::vector<int>& children) {
        if (task.documents.empty()) {
            leaveAlone(children);
            return {};
        }
        const auto weighed = detail::weighRows(m_counts, m_rows, task.documents);
        std::vector<Column> columns;
        addKept(task, children, weighed, columns);
        ESPALIER_TRY(addFree(task, children, weighed, columns));
        const bool anyFree = std::any_of(columns.begin(), columns.end(),
                                         [](const Column& column) { return column.role == Column::Role::Free; });
        if (!anyFree) addRest(task, weighed, columns);
        const auto movable = std::count_if(columns.begin(), columns.end(),
                                           [](const Column& column) { return column.role != Column::Role::Locked; });
        if (movable == 0) return {};
        Factor w(weighed.x.cols, static_cast<int>(columns.size()));
        for (std::size_t c = 0; c < columns.size(); ++c) {
            for (std::int64_t t = 0; t < w.rows; ++t) w.at(t, static_cast<int>(c)) = columns[c].topic[at(t)];
        }
        const TwoWayMatrix x(weighed.x);
        ESPALIER_TRY(solveUnder(task, columns, x, w));
        routeAndPrune(task, x, w, columns);
        addChildren(task, children, weighed, w, columns);
        return {};
    }

    void leaveAlone(const std::vector<int>& children) {
        for (const int child : children) {
            if (isKept(child)) m_result.untouched.push_back(child);
        }
    }

    void addKept(const Task& task, const std::vector<int>& children, const detail::LabelRows& weighed,
                 std::vector<Column>& columns) {
        for (const int child : children) {
            if (!isKept(child)) continue;
            const bool locked = m_outline[at(child)].kind == Kind::Locked;
            if (locked) m_result.untouched.push_back(child);
            Column column;
            column.place = child;
            column.role = locked ? Column::Role::Locked : Column::Role::Shaped;
            std::vector<std::int64_t> rows;
            if (locked) {
                const SparseRows own = detail::weighedLike(weighed, m_rows, m_through[at(child)]);
                for (std::int64_t r = 0; r < own.rows; ++r) rows.push_back(r);
                column.topic = meanOf(own, rows);
            } else {
                for (std::size_t i = 0; i < task.documents.size(); ++i) {
                    if (under(m_documents[at(task.documents[i])].at, child))
                        rows.push_back(static_cast<std::int64_t>(i));
                }
                column.topic = meanOf(weighed.x, rows);
            }
            const bool said =
                std::any_of(column.topic.begin(), column.topic.end(), [](float value) { return value > 0; });
            if (said)
                columns.push_back(std::move(column));
            else if (!locked)
                m_result.untouched.push_back(child);
        }
    }

    /// Columns for the free children, as many as are stable among their documents.
    Status addFree(const Task& task, const std::vector<int>& children, const detail::LabelRows& weighed,
                   std::vector<Column>& columns) {
        const auto stay = std::count_if(children.begin(), children.end(), [this](int c) { return isKept(c); });
        const auto wereFree = static_cast<std::int64_t>(children.size()) - stay;
        const bool asked = task.node == 0 && m_options.k > 0;
        const auto k = asked ? m_options.k - static_cast<int>(stay) : 0;
        if (k < 0) {
            return makeError(ErrorCode::InvalidState, std::to_string(stay) +
                                                          " labels stay as you shaped or locked them; ask for at least "
                                                          "as many");
        }
        if (asked ? k == 0 : wereFree == 0) return {};
        const Rows grown = growing(task, children);
        if (asked) ESPALIER_TRY(requireDocuments(k, grown));
        if (grown.empty()) return {};
        std::vector<std::int64_t> places;
        for (const auto d : grown)
            places.push_back(std::lower_bound(task.documents.begin(), task.documents.end(), d) -
                             task.documents.begin());
        const auto single = [&] {
            Column column;
            column.topic = meanOf(weighed.x, places);
            columns.push_back(std::move(column));
            return Status();
        };
        if (k == 1) return single();
        HierarchyOptions tree = optionsAt(task, 1);
        if (asked) ask(tree, k);
        ESPALIER_ASSIGN(const Hierarchy found,
                        buildHierarchy(picked(m_counts, grown), picked(m_rows, grown), tree, m_context));
        const HierarchyNode& top = found.nodes.front();
        m_result.hierarchy.nodes[at(task.node)].stability = top.stability;
        if (top.children.empty()) return single();
        for (std::size_t c = 0; c < top.children.size(); ++c) {
            Column column;
            const auto topic = top.W.row(static_cast<std::int64_t>(c));
            double square = 0;
            for (const auto term : weighed.terms) {
                const double weight = top.idf[at(term)] > 0 ? double{topic[at(term)]} / double{top.idf[at(term)]} *
                                                                  double{weighed.idf[at(term)]}
                                                            : 0.0;
                square += weight * weight;
                column.topic.push_back(static_cast<float>(weight));
            }
            const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
            for (float& value : column.topic) value = static_cast<float>(double{value} * scale);
            columns.push_back(std::move(column));
        }
        return {};
    }

    /// What rests at the label itself and may stay there, when no free child could take it.
    void addRest(const Task& task, const detail::LabelRows& weighed, std::vector<Column>& columns) const {
        std::vector<std::int64_t> rows;
        for (std::size_t i = 0; i < task.documents.size(); ++i) {
            if (m_documents[at(task.documents[i])].at == task.place) rows.push_back(static_cast<std::int64_t>(i));
        }
        if (rows.empty()) return;
        Column column;
        column.role = Column::Role::Rest;
        column.topic = meanOf(weighed.x, rows);
        columns.push_back(std::move(column));
    }

    /// What a document's pins say at a label: the columns it may have weight in; empty: any.
    std::vector<char> allowed(const Task& task, std::int32_t document, const std::vector<Column>& columns) const {
        std::vector<char> may;
        for (const auto& [place, must] : m_documents[at(document)].pins) {
            const int child = task.place >= 0 ? childTowards(task.place, place) : -1;
            if (child < 0 || child == task.place || (!must && child != place)) continue;
            const auto column = std::find_if(columns.begin(), columns.end(),
                                             [child = child](const Column& c) { return c.place == child; });
            if (column == columns.end()) continue;
            if (may.empty()) may.assign(columns.size(), 1);
            for (std::size_t c = 0; c < columns.size(); ++c) {
                const bool same = columns.begin() + static_cast<std::ptrdiff_t>(c) == column;
                if (same != must) may[c] = 0;
            }
        }
        return may;
    }

    /// SolverConstraints::Row::shares of a document at a label; empty: none is set for a column that it may have
    /// weight in.
    std::vector<double> sharesIn(const Task& task, std::int32_t document, const std::vector<Column>& columns,
                                 const std::vector<char>& may) const {
        std::vector<double> shares;
        double together = 0;
        for (const auto& [place, part] : m_documents[at(document)].shares) {
            if (task.place < 0 || m_outline[at(place)].parent != task.place) continue;
            for (std::size_t c = 0; c < columns.size(); ++c) {
                if (columns[c].place != place || (!may.empty() && may[c] == 0)) continue;
                if (shares.empty()) shares.assign(columns.size(), -1);
                shares[c] = std::min(part, 1 - together);  // parts of one whole, but for rounding
                together += shares[c];
            }
        }
        return shares;
    }

    Status solveUnder(const Task& task, const std::vector<Column>& columns, const TwoWayMatrix& x, Factor& w) {
        SolverConstraints limits;
        limits.anchors = w;
        for (const Column& column : columns) {
            limits.anchorWeight.push_back(column.role == Column::Role::Shaped ? m_options.anchorWeight : 0.0);
            limits.frozen.push_back(column.role == Column::Role::Locked ? 1 : 0);
        }
        for (std::size_t i = 0; i < task.documents.size(); ++i) {
            auto may = allowed(task, task.documents[i], columns);
            auto shares = sharesIn(task, task.documents[i], columns, may);
            if (may.empty() && shares.empty()) continue;
            if (may.empty()) may.assign(columns.size(), 1);
            limits.rows.push_back({static_cast<std::int64_t>(i), std::move(may), std::move(shares)});
        }
        Factor h = fitted(x, w);
        SolverOptions options;
        options.maxIterations = m_options.tree.iterations;
        options.tolerance = m_options.tree.tolerance;
        options.threads = std::max(1, m_options.tree.threads);
        options.constraints = &limits;
        options.stop = [this] { return !m_context.checkStop(); };
        ESPALIER_ASSIGN(const SolverOutcome outcome, solve(x.view(), w, h, options));
        if (outcome.stopped) ESPALIER_TRY(m_context.checkStop());
        scaleColumnsToSumOne(w, h);
        return {};
    }

    Factor fitted(const TwoWayMatrix& x, const Factor& w) const {
        Factor h(x.byDocument.rows, w.k);
        detail::Team team(std::max(1, m_options.tree.threads));
        std::vector<double> gram;
        detail::gram(w, gram, team);
        detail::forRows(h.rows, team, [&](std::int64_t begin, std::int64_t end) {
            detail::fitRows(x.byDocument, w, gram, h, begin, end);
        });
        return h;
    }

    /// Deals out documents by the columns that may get some; a free column that too few come to goes.
    void routeAndPrune(const Task& task, const TwoWayMatrix& x, Factor& w, std::vector<Column>& columns) {
        const auto count = static_cast<double>(task.documents.size());
        const bool asked = task.node == 0 && m_options.k > 0;
        const auto least =
            asked || !m_options.tree.mergeSmall
                ? std::int64_t{1}
                : std::max(kSmallestPart, static_cast<std::int64_t>(std::ceil(kSmallestPartShare * count)));
        while (true) {
            std::vector<std::size_t> open;
            for (std::size_t c = 0; c < columns.size(); ++c) {
                columns[c].documents.clear();
                if (columns[c].role != Column::Role::Locked) open.push_back(c);
            }
            Factor some(w.rows, static_cast<int>(open.size()));
            for (std::size_t c = 0; c < open.size(); ++c) {
                for (std::int64_t t = 0; t < w.rows; ++t)
                    some.at(t, static_cast<int>(c)) = w.at(t, static_cast<int>(open[c]));
            }
            const Factor h = fitted(x, some);
            for (std::size_t i = 0; i < task.documents.size(); ++i) {
                const auto may = allowed(task, task.documents[i], columns);
                const auto mass = routingMass(task, i, columns, open, h, may);
                int best = -1;
                for (int c = 0; c < h.k; ++c) {
                    if (!may.empty() && may[open[at(c)]] == 0) continue;
                    if (best < 0 || mass[at(c)] > mass[at(best)] * (1 + 1e-6F)) best = c;
                }
                if (best >= 0) columns[open[at(best)]].documents.push_back(task.documents[i]);
            }
            std::size_t sliver = columns.size();
            for (std::size_t c = 0; c < columns.size(); ++c) {
                if (columns[c].role == Column::Role::Free &&
                    static_cast<std::int64_t>(columns[c].documents.size()) < least &&
                    (sliver == columns.size() || columns[c].documents.size() < columns[sliver].documents.size()))
                    sliver = c;
            }
            if (sliver == columns.size() || open.size() == 1) return;
            Factor fewer(w.rows, w.k - 1);
            for (std::int64_t t = 0; t < w.rows; ++t) {
                for (int c = 0, to = 0; c < w.k; ++c) {
                    if (at(c) != sliver) fewer.at(t, to++) = w.at(t, c);
                }
            }
            w = std::move(fewer);
            columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(sliver));
        }
    }

    /// Weights of the i-th document by open column; with set shares, those parts and the rest in proportion.
    std::vector<float> routingMass(const Task& task, std::size_t i, const std::vector<Column>& columns,
                                   const std::vector<std::size_t>& open, const Factor& h,
                                   const std::vector<char>& may) const {
        const float* row = h.row(static_cast<std::int64_t>(i));
        std::vector<float> mass(row, row + h.k);
        const auto shares = sharesIn(task, task.documents[i], columns, may);
        if (shares.empty()) return mass;
        double said = 0, others = 0;
        for (std::size_t c = 0; c < open.size(); ++c) {
            const double share = shares[open[c]];
            said += std::max(0.0, share);
            others += share < 0 ? double{mass[c]} : 0.0;
        }
        for (std::size_t c = 0; c < open.size(); ++c) {
            const double share = shares[open[c]];
            const double rest = others > 0 ? double{mass[c]} / others * std::max(0.0, 1 - said) : 0.0;
            mass[c] = static_cast<float>(share >= 0 ? share : rest);
        }
        return mass;
    }

    void addChildren(const Task& task, const std::vector<int>& children, const detail::LabelRows& weighed,
                     const Factor& w, std::vector<Column>& columns) {
        std::vector<const Rows*> old, now;
        std::vector<int> oldPlaces;
        std::vector<std::size_t> freeColumns;
        for (const int child : children) {
            if (isKept(child)) continue;
            old.push_back(&m_through[at(child)]);
            oldPlaces.push_back(child);
        }
        for (std::size_t c = 0; c < columns.size(); ++c) {
            if (columns[c].role != Column::Role::Free) continue;
            now.push_back(&columns[c].documents);
            freeColumns.push_back(c);
        }
        const auto pairs = pairUp(old, now, kGoesOn);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            if (pairs[i] >= 0) columns[freeColumns[at(pairs[i])]].place = oldPlaces[i];
        }
        const auto said = saidAbove(task.node);
        auto terms = detail::strongestTerms(w, weighed.terms, {said.begin(), said.end()}, m_options.tree.termsPerLabel);
        std::vector<std::size_t> order;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            if (columns[c].role != Column::Role::Locked) order.push_back(c);
        }
        const auto rank = [&](std::size_t c) { return columns[c].role == Column::Role::Shaped ? 0 : 1; };
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            if (rank(a) != rank(b)) return rank(a) < rank(b);
            return rank(a) == 1 && columns[a].documents.size() > columns[b].documents.size();
        });
        std::vector<int> added;
        for (const std::size_t c : order) {
            Column& column = columns[c];
            const int node =
                addNode(task.node, column.role == Column::Role::Rest ? -1 : column.place, column.documents);
            added.push_back(node);
            if (column.role == Column::Role::Rest) {
                m_result.rests.back() = 1;
                continue;
            }
            m_result.hierarchy.nodes[at(node)].terms = std::move(terms[c]);
            m_queue.push_back({node, column.place, task.levels - 1,
                               mixSeeds(task.seed, static_cast<std::uint64_t>(added.size())), column.documents});
        }
        HierarchyNode& label = m_result.hierarchy.nodes[at(task.node)];
        label.children = std::move(added);
        label.idf = weighed.idf;
        label.W = {static_cast<std::int64_t>(order.size()), m_counts.cols, {}};
        label.W.values.resize(at(label.W.rows * label.W.cols));
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto row = label.W.row(static_cast<std::int64_t>(i));
            for (std::size_t t = 0; t < weighed.terms.size(); ++t)
                row[at(weighed.terms[t])] = w.at(static_cast<std::int64_t>(t), static_cast<int>(order[i]));
        }
    }

    /// Free labels that found no part among their siblings: the same documents under another parent, or they leave.
    void settleOthers() {
        std::vector<const Rows*> old, now;
        std::vector<int> places, nodes;
        const auto untouched = [this](int place) {
            return std::any_of(m_result.untouched.begin(), m_result.untouched.end(),
                               [&](int branch) { return under(place, branch); });
        };
        for (std::size_t place = 1; place < m_outline.size(); ++place) {
            if (m_free[place] == 0 || untouched(static_cast<int>(place))) continue;
            places.push_back(static_cast<int>(place));
            old.push_back(&m_through[place]);
        }
        for (std::size_t node = 1; node < m_result.goesOnAs.size(); ++node) {
            if (m_result.goesOnAs[node] >= 0 || m_result.rests[node] != 0) continue;
            nodes.push_back(static_cast<int>(node));
            now.push_back(&m_nodeDocuments[node]);
        }
        const auto pairs = pairUp(old, now, kMovedAs);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            if (pairs[i] >= 0)
                m_result.goesOnAs[at(nodes[at(pairs[i])])] = places[i];
            else
                m_result.removed.push_back(places[i]);
        }
    }

    const SparseRows& m_counts;
    const SparseRows& m_rows;
    std::vector<RefitLabel> m_outline;
    const std::vector<RefitDocument>& m_documents;
    const RefitOptions& m_options;
    jobs::JobContext& m_context;
    std::vector<std::vector<int>> m_children;  // by place
    std::vector<Rows> m_through;               // documents by place, ascending
    std::vector<char> m_free;                  // by place: free, and nothing goes on as it yet
    std::vector<Rows> m_nodeDocuments;
    std::deque<Task> m_queue;
    Refit m_result;
    const std::vector<int> m_noChildren;
};

}  // namespace

Result<Refit> refitHierarchy(const SparseRows& counts, const SparseRows& rows, std::vector<RefitLabel> outline,
                             const std::vector<RefitDocument>& documents, const RefitOptions& options,
                             jobs::JobContext& context) {
    const auto refuse = [](const char* what) { return makeError(ErrorCode::InvalidArgument, what); };
    if (counts.rows != rows.rows || counts.cols != rows.cols || documents.size() != at(counts.rows))
        return refuse("The rows, the counts and the documents are not the same.");
    if (outline.empty() || options.k < 0 || options.k == 1 || !(options.anchorWeight >= 0) ||
        !std::isfinite(options.anchorWeight))
        return refuse("A branch, a number of labels of at least 2 and a weight of at least 0 are needed.");
    const auto places = static_cast<int>(outline.size());
    for (int place = 0; place < places; ++place) {
        const int parent = outline[at(place)].parent;
        if (place == 0 ? parent != -1 : parent < 0 || parent >= place)
            return refuse("A label of the branch stands before its parent.");
    }
    for (const RefitDocument& document : documents) {
        if (document.at < 0 || document.at >= places) return refuse("A document is not in the branch.");
        for (const auto& pin : document.pins) {
            if (pin.first < 0 || pin.first >= places) return refuse("A pin is not in the branch.");
        }
        for (const auto& [place, part] : document.shares) {
            if (place < 1 || place >= places || !(part >= 0 && part <= 1))
                return refuse("A set share is not of a label of the branch, or not from 0 to 1.");
        }
    }
    return Refitter(counts, rows, std::move(outline), documents, options, context).go();
}

}  // namespace espalier::nmf
