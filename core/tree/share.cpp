// SPDX-License-Identifier: Apache-2.0
#include "core/tree/share.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "core/tree/label_tree.h"

namespace espalier::tree {
namespace {
constexpr double kRounding = 1e-9;  // sums that differ by less are equal
constexpr double kNothing = 1e-12;  // mass that is not worth a row

std::string quoted(const LabelTree& tree, LabelId id) {
    return "'" + tree.at(id).name + "'";
}

/// One row while mass moves in it.
class Dealer {
public:
    Dealer(const LabelTree& tree, std::vector<CellMass>& row, LabelId label, const std::vector<LabelId>& held)
        : m_tree(tree), m_row(row), m_label(label), m_held(held.begin(), held.end()) {
        m_held.erase(label);
        const auto owners = tree.massOwners();
        for (const CellMass& cell : row) {
            const auto owner = owners.find(cell.cell);
            m_owner.push_back(owner == owners.end() ? tree.root() : owner->second);
        }
    }

    Status set(double value) {
        const double need = value - branch(m_label);
        if (std::abs(need) <= kNothing) return {};
        ESPALIER_TRY(requireRoomInside(value));
        ESPALIER_TRY(need > 0 ? take(need) : give(-need));
        return fill(value);
    }

    void clean() {
        std::erase_if(m_row, [](const CellMass& cell) { return !(cell.mass > kNothing); });
        std::sort(m_row.begin(), m_row.end(), [](const auto& a, const auto& b) { return a.cell < b.cell; });
    }

private:
    double branch(LabelId label) const {
        double sum = 0;
        for (std::size_t i = 0; i < m_row.size(); ++i) {
            if (m_tree.inBranch(m_owner[i], label)) sum += m_row[i].mass;
        }
        return sum;
    }

    /// Whether mass at a label may change while the share of `inside` is dealt with: nothing between them is held.
    bool movable(LabelId label, LabelId inside) const {
        if (m_tree.at(label).locked) return false;
        for (LabelId up = label; up != inside; up = m_tree.at(up).parent) {
            if (m_held.count(up) > 0) return false;
        }
        return true;
    }

    /// Cells of branch(around) outside branch(without) that may change; their sum.
    double loose(LabelId around, LabelId without, std::vector<std::size_t>& cells) const {
        double sum = 0;
        for (std::size_t i = 0; i < m_row.size(); ++i) {
            if (!m_tree.inBranch(m_owner[i], around) || (without && m_tree.inBranch(m_owner[i], without))) continue;
            if (!movable(m_owner[i], around)) continue;
            cells.push_back(i);
            sum += m_row[i].mass;
        }
        return sum;
    }

    Status requireRoomInside(double value) const {
        std::vector<std::size_t> cells;
        const double fixed = branch(m_label) - loose(m_label, {}, cells);
        if (value >= fixed - kRounding) return {};
        return refusal(m_label, "cannot be under " + shareText(fixed));
    }

    Status take(double need) {
        for (LabelId inner = m_label; inner != m_tree.root(); inner = m_tree.at(inner).parent) {
            const LabelId outer = m_tree.at(inner).parent;
            std::vector<std::size_t> cells;
            const double there = loose(outer, inner, cells);
            const double taken = std::min(need, there);
            for (const std::size_t i : cells) m_row[i].mass *= there > taken ? (there - taken) / there : 0.0;
            need -= taken;
            if (need <= kRounding) return {};
            if (m_held.count(outer) > 0) {
                return makeError(ErrorCode::InvalidState, "the share of " + quoted(m_tree, outer) +
                                                              ", which is above " + quoted(m_tree, m_label) +
                                                              ", is set to " + shareText(branchWith(outer)) +
                                                              "; change that first");
            }
        }
        return refusal(m_tree.root(), "can be at most " + shareText(m_asked - need));
    }

    /// Share of a held label as it was before anything was taken in it.
    double branchWith(LabelId label) const {
        double sum = 0;
        for (std::size_t i = 0; i < m_before.size(); ++i) {
            if (m_tree.inBranch(m_owner[i], label)) sum += m_before[i];
        }
        return sum;
    }

    Status give(double mass) {
        const LabelId parent = m_tree.at(m_label).parent;
        std::vector<std::size_t> cells;
        const double there = loose(parent, m_label, cells);
        if (there > kNothing) {
            for (const std::size_t i : cells) m_row[i].mass *= (there + mass) / there;
            return {};
        }
        return put(parent, mass);
    }

    /// Brings the branch of the label to a value, proportions as they are.
    Status fill(double value) {
        std::vector<std::size_t> cells;
        const double there = loose(m_label, {}, cells);
        const double fixed = branch(m_label) - there, wanted = std::max(0.0, value - fixed);
        if (there > kNothing) {
            for (const std::size_t i : cells) m_row[i].mass *= wanted / there;
            return {};
        }
        return wanted > kNothing ? put(m_label, wanted) : Status();
    }

    Status put(LabelId label, double mass) {
        const Label& at = m_tree.at(label);
        if (at.locked || at.massOf.empty()) {
            return makeError(ErrorCode::InvalidState, at.locked
                                                          ? "what is left over would rest at " + quoted(m_tree, label) +
                                                                ", which is locked; unlock it first"
                                                          : "nothing can rest at " + quoted(m_tree, label) +
                                                                ": its mass went elsewhere before it was restored");
        }
        const bool own = std::binary_search(at.massOf.begin(), at.massOf.end(), label);
        m_row.push_back({own ? label : at.massOf.front(), mass});
        m_owner.push_back(label);
        return {};
    }

    /// \param within  what stands in the way is in its branch
    Error refusal(LabelId within, const std::string& limit) const {
        std::string names;
        for (const LabelId held : m_held) {
            const bool nested = within == m_tree.root() && m_tree.inBranch(m_label, held);
            if (!m_tree.contains(held) || !m_tree.inBranch(held, within) || nested) continue;
            names += (names.empty() ? "" : ", ") + quoted(m_tree, held) + " is set to " + shareText(branchWith(held));
        }
        std::set<LabelId> locked;
        for (const LabelId owner : m_owner) {
            if (m_tree.at(owner).locked && m_tree.inBranch(owner, within)) locked.insert(owner);
        }
        for (const LabelId owner : locked) names += (names.empty() ? "" : ", ") + quoted(m_tree, owner) + " is locked";
        return makeError(ErrorCode::InvalidState, "the share of " + quoted(m_tree, m_label) + " " + limit +
                                                      (names.empty() ? std::string() : ": " + names));
    }

public:
    /// Remembers what refusals are about. \pre before set()
    void begin(double asked) {
        m_asked = asked;
        for (const CellMass& cell : m_row) m_before.push_back(cell.mass);
    }

private:
    const LabelTree& m_tree;
    std::vector<CellMass>& m_row;
    LabelId m_label;
    std::set<LabelId> m_held;
    std::vector<LabelId> m_owner;  // beside the row
    std::vector<double> m_before;
    double m_asked = 0;
};
}  // namespace

LabelId inForceAt(const LabelTree& tree, const SetShare& share) {
    return inForceAt(tree, Pin{share.document, share.label, false, share.revision});
}

std::vector<SetShare> sharesInForce(const LabelTree& tree, DocumentKey document) {
    std::map<LabelId, SetShare> latest;
    for (const SetShare& stored : tree.sharesOf(document)) {
        const LabelId label = inForceAt(tree, stored);
        if (!label) continue;
        const auto found = latest.find(label);
        if (found != latest.end() && found->second.revision > stored.revision) continue;
        latest[label] = {document, label, stored.value, stored.revision};
    }
    std::vector<SetShare> shares;
    for (const auto& [label, share] : latest) shares.push_back(share);
    std::stable_sort(shares.begin(), shares.end(),
                     [](const SetShare& a, const SetShare& b) { return a.revision < b.revision; });
    return shares;
}

std::map<LabelId, double> sharesOf(const LabelTree& tree, const std::vector<CellMass>& row) {
    const auto owners = tree.massOwners();
    std::map<LabelId, double> shares;
    for (const CellMass& cell : row) {
        const auto owner = owners.find(cell.cell);
        const Label* at = tree.find(owner == owners.end() ? tree.root() : owner->second);
        for (; at != nullptr; at = tree.find(at->parent)) shares[at->id] += cell.mass;
    }
    return shares;
}

double shareOf(const LabelTree& tree, const std::vector<CellMass>& row, LabelId label) {
    const auto owners = tree.massOwners();
    double sum = 0;
    for (const CellMass& cell : row) {
        const auto owner = owners.find(cell.cell);
        if (tree.inBranch(owner == owners.end() ? tree.root() : owner->second, label)) sum += cell.mass;
    }
    return sum;
}

Result<std::vector<CellMass>> withShare(const LabelTree& tree, std::vector<CellMass> row, LabelId label, double value,
                                        const std::vector<LabelId>& held) {
    if (!(value >= 0 && value <= 1)) return makeError(ErrorCode::InvalidArgument, "a share is a number from 0 to 1");
    if (label == tree.root() || !tree.contains(label))
        return makeError(ErrorCode::InvalidArgument, "a share is set for one of the labels, not for the root");
    if (tree.at(label).locked)
        return makeError(ErrorCode::InvalidState, "label " + quoted(tree, label) + " is locked; unlock it first");
    Dealer dealer(tree, row, label, held);
    dealer.begin(value);
    ESPALIER_TRY(dealer.set(value));
    dealer.clean();
    return row;
}

Result<std::vector<CellMass>> withShares(const LabelTree& tree, std::vector<CellMass> row,
                                         const std::vector<KeptShare>& shares) {
    std::vector<LabelId> held;
    for (const KeptShare& share : shares) {
        if (std::abs(shareOf(tree, row, share.label) - share.value) > kNothing) {
            ESPALIER_ASSIGN(row, withShare(tree, std::move(row), share.label, share.value, held));
        }
        held.push_back(share.label);
    }
    return row;
}

std::vector<KeptShare> keptShares(const LabelTree& tree, DocumentKey document, const std::vector<CellMass>& row) {
    std::vector<KeptShare> kept;
    for (const SetShare& share : sharesInForce(tree, document))
        kept.push_back({share.label, std::min(1.0, shareOf(tree, row, share.label))});
    return kept;
}

bool contradict(const LabelTree& tree, const SetShare& share, const PinInForce& pin) {
    return pin.must ? share.value <= 0 && tree.inBranch(pin.label, share.label)
                    : share.value > 0 && tree.inBranch(share.label, pin.label);
}

std::vector<std::pair<SetShare, PinInForce>> shareContradictions(const LabelTree& tree, DocumentKey document) {
    std::vector<std::pair<SetShare, PinInForce>> found;
    const auto pins = pinsInForce(tree, document);
    for (const SetShare& share : sharesInForce(tree, document)) {
        for (const PinInForce& pin : pins) {
            if (contradict(tree, share, pin)) found.emplace_back(share, pin);
        }
    }
    return found;
}

std::string describeContradiction(const LabelTree& tree, const SetShare& share, const PinInForce& pin) {
    return "its share of " + quoted(tree, share.label) + " is set to " + shareText(share.value) + ", but it must " +
           (pin.must ? "" : "not ") + "be under " + (share.label == pin.label ? "it" : quoted(tree, pin.label));
}

std::string shareText(double share) {
    std::array<char, 32> text{};
    const double rounded = std::round(share * 1e4) / 1e4;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), rounded).ptr;
    return {text.data(), end};
}

}  // namespace espalier::tree
