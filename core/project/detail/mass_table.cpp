// SPDX-License-Identifier: Apache-2.0
#include "core/project/detail/mass_table.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace espalier::project::detail {
namespace {
std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// Documents whose mass rests elsewhere in the second tree and those of which pins say anything, ascending.
std::vector<std::int32_t> movedDocuments(const TreeIndex& before, const TreeIndex& after, const MassTable& masses,
                                         const PinRules& rulesBefore, const PinRules& rules, std::int64_t documents) {
    std::vector<char> isMoved(at(std::max(masses.documents(), documents)), 0);
    for (const PinRules* pinned : {&rulesBefore, &rules}) {
        for (const auto& [position, rule] : *pinned) isMoved[at(position)] = 1;
    }
    for (std::size_t c = 0; c < masses.cells.size(); ++c) {
        const auto cell = static_cast<std::int32_t>(c);
        if (before.placeOf(cell) == after.placeOf(cell)) continue;
        for (auto e = masses.cellOffsets[c]; e < masses.cellOffsets[c + 1]; ++e)
            isMoved[at(masses.cellDocuments[at(e)])] = 1;
    }
    std::vector<std::int32_t> moved;
    for (std::size_t d = 0; d < isMoved.size(); ++d) {
        if (isMoved[d] != 0) moved.push_back(static_cast<std::int32_t>(d));
    }
    return moved;
}
}  // namespace

std::int32_t DocumentTable::position(DocumentKey key) const {
    const auto found = std::lower_bound(keys.begin(), keys.end(), key);
    return found == keys.end() || *found != key ? -1 : static_cast<std::int32_t>(found - keys.begin());
}

Result<std::shared_ptr<const DocumentTable>> DocumentTable::load(store::Connection& db) {
    auto table = std::make_shared<DocumentTable>();
    ESPALIER_ASSIGN(const std::int64_t count, db.integer("SELECT count(*) FROM document"));
    table->keys.reserve(at(count));
    table->hashes.reserve(at(count));
    {
        ESPALIER_ASSIGN(auto rows, db.prepare("SELECT key, hash FROM document ORDER BY key"));
        while (true) {
            ESPALIER_ASSIGN(const bool row, rows.step());
            if (!row) break;
            table->keys.push_back(DocumentKey{rows.integer(0)});
            Hash hash{};
            const auto bytes = rows.view(1);
            std::memcpy(hash.data(), bytes.data(), std::min(bytes.size(), hash.size()));
            table->hashes.push_back(hash);
        }
    }
    table->byId.reserve(at(count));
    ESPALIER_ASSIGN(auto rows, db.prepare("SELECT key FROM document ORDER BY id"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        table->byId.push_back(table->position(DocumentKey{rows.integer(0)}));
    }
    table->rankById.resize(table->byId.size());
    for (std::size_t rank = 0; rank < table->byId.size(); ++rank) {
        table->rankById[at(table->byId[rank])] = static_cast<std::int32_t>(rank);
    }
    return std::shared_ptr<const DocumentTable>(std::move(table));
}

namespace {
/// Rows in the order of the documents, not yet sorted into cells.
struct RawRows {
    std::vector<std::int64_t> offsets{0};
    std::vector<LabelId> labels;
    std::vector<double> mass;

    void add(LabelId label, double value) {
        labels.push_back(label);
        mass.push_back(value);
    }
    void endDocument() { offsets.push_back(static_cast<std::int64_t>(labels.size())); }
};

std::shared_ptr<const MassTable> tableOf(RawRows rows) {
    auto table = std::make_shared<MassTable>();
    table->cells = rows.labels;
    std::sort(table->cells.begin(), table->cells.end());
    table->cells.erase(std::unique(table->cells.begin(), table->cells.end()), table->cells.end());
    table->cell.reserve(rows.labels.size());
    std::unordered_map<LabelId, std::int32_t> cellOf;
    for (std::size_t c = 0; c < table->cells.size(); ++c) cellOf.emplace(table->cells[c], static_cast<std::int32_t>(c));
    for (const LabelId label : rows.labels) table->cell.push_back(cellOf.at(label));
    table->mass = std::move(rows.mass);
    table->offsets = std::move(rows.offsets);
    table->cellMass.assign(table->cells.size(), 0);
    for (std::size_t e = 0; e < table->cell.size(); ++e) table->cellMass[at(table->cell[e])] += table->mass[e];

    table->cellOffsets.assign(table->cells.size() + 1, 0);
    for (const std::int32_t cell : table->cell) ++table->cellOffsets[at(cell) + 1];
    std::partial_sum(table->cellOffsets.begin(), table->cellOffsets.end(), table->cellOffsets.begin());
    table->cellDocuments.resize(table->cell.size());
    auto next = table->cellOffsets;
    for (std::int64_t d = 0; d < table->documents(); ++d) {
        for (auto e = table->offsets[at(d)]; e < table->offsets[at(d) + 1]; ++e) {
            table->cellDocuments[at(next[at(table->cell[at(e)])]++)] = static_cast<std::int32_t>(d);
        }
    }
    return table;
}

Error strayMass(store::Connection& db) {
    return makeError(ErrorCode::Corrupt, "mass is stored for a document that is not there", db.path().string());
}

/// Rows of documents that splits and re-fits dealt out anew; of several the last counts.
Result<ReplacedRows> grownRows(store::Connection& db, std::int64_t generation, const DocumentTable& documents) {
    ReplacedRows replaced;
    ESPALIER_ASSIGN(auto rows, db.prepare("SELECT g.entry, g.document, g.label, g.mass FROM growth_resting g JOIN "
                                          "journal j ON j.id = g.entry WHERE j.generation_after = ? AND NOT j.undone "
                                          "ORDER BY g.entry, g.document, g.label"));
    rows.bind(generation);
    std::int64_t entry = 0, document = 0;
    std::vector<std::pair<LabelId, double>>* row = nullptr;
    while (true) {
        ESPALIER_ASSIGN(const bool there, rows.step());
        if (!there) return replaced;
        if (row == nullptr || rows.integer(0) != entry || rows.integer(1) != document) {
            entry = rows.integer(0);
            document = rows.integer(1);
            const std::int32_t position = documents.position(DocumentKey{document});
            if (position < 0) return strayMass(db);
            row = &replaced[position];
            row->clear();
        }
        row->emplace_back(LabelId{rows.integer(2)}, rows.real(3));
    }
}
}  // namespace

Result<std::shared_ptr<const MassTable>> MassTable::load(store::Connection& db, std::int64_t generation,
                                                         const DocumentTable& documents) {
    ESPALIER_ASSIGN(const ReplacedRows replaced, grownRows(db, generation, documents));
    RawRows raw;
    raw.offsets.reserve(documents.keys.size() + 1);
    ESPALIER_ASSIGN(auto rows, db.prepare("SELECT document, label, mass FROM resting WHERE generation = ? "
                                          "ORDER BY generation, document, label"));
    rows.bind(generation);
    ESPALIER_ASSIGN(bool row, rows.step());
    auto grown = replaced.begin();
    for (std::size_t position = 0; position < documents.keys.size(); ++position) {
        const DocumentKey key = documents.keys[position];
        if (row && DocumentKey{rows.integer(0)} < key) return strayMass(db);
        const bool isGrown = grown != replaced.end() && at(grown->first) == position;
        while (row && DocumentKey{rows.integer(0)} == key) {
            if (!isGrown) raw.add(LabelId{rows.integer(1)}, rows.real(2));
            ESPALIER_ASSIGN(row, rows.step());
        }
        if (isGrown) {
            for (const auto& [label, mass] : grown->second) raw.add(label, mass);
            ++grown;
        }
        raw.endDocument();
    }
    if (row) return strayMass(db);
    return tableOf(std::move(raw));
}

std::shared_ptr<const MassTable> MassTable::with(const ReplacedRows& rows, std::int64_t count) const {
    RawRows raw;
    for (std::int64_t d = 0; d < count; ++d) {
        if (const auto found = rows.find(static_cast<std::int32_t>(d)); found != rows.end()) {
            for (const auto& [label, value] : found->second) raw.add(label, value);
        } else if (d < documents()) {
            for (auto e = offsets[at(d)]; e < offsets[at(d) + 1]; ++e) raw.add(cells[at(cell[at(e)])], mass[at(e)]);
        }
        raw.endDocument();
    }
    return tableOf(std::move(raw));
}

PinRules pinRules(const tree::LabelTree& tree, const DocumentTable& documents) {
    PinRules rules;
    DocumentKey last;
    for (const tree::Pin& pin : tree.pins()) {
        if (pin.document == last) continue;
        last = pin.document;
        const std::int32_t position = documents.position(pin.document);
        tree::PinRule rule = tree::pinRule(tree, tree::pinsInForce(tree, pin.document));
        if (position >= 0 && !rule.empty()) rules.emplace(position, std::move(rule));
    }
    return rules;
}

TreeIndex::TreeIndex(const tree::LabelTree& tree, const MassTable& masses) {
    m_ids.reserve(tree.size());
    for (const auto& [id, label] : tree.labels()) m_ids.push_back(id);
    m_parents.reserve(m_ids.size());
    std::unordered_map<LabelId, std::int32_t> owners;
    std::int32_t here = 0;
    for (const auto& [id, label] : tree.labels()) {
        m_parents.push_back(label.parent ? index(label.parent) : -1);
        for (const LabelId source : label.massOf) owners.emplace(source, here);
        ++here;
    }
    m_root = index(tree.root());
    m_owners.reserve(masses.cells.size());
    for (const LabelId cell : masses.cells) {
        const auto owner = owners.find(cell);
        m_owners.push_back(owner == owners.end() ? m_root : owner->second);
    }
}

std::int32_t TreeIndex::index(LabelId id) const {
    const auto found = std::lower_bound(m_ids.begin(), m_ids.end(), id);
    return found == m_ids.end() || *found != id ? -1 : static_cast<std::int32_t>(found - m_ids.begin());
}

std::vector<LabelId> TreeIndex::placeOf(std::int32_t cell) const {
    std::vector<LabelId> place;
    for (std::int32_t i = owner(cell); i >= 0; i = parent(i)) place.push_back(id(i));
    return place;
}

ShareCounter::ShareCounter(const TreeIndex& index, const MassTable& masses)
    : m_index(index), m_masses(masses), m_share(index.size(), 0.0), m_own(index.size(), 0.0) {}

bool ShareCounter::read(std::int64_t position) {
    for (const std::int32_t label : m_touched) m_share[at(label)] = m_own[at(label)] = 0;
    m_touched.clear();
    m_hasMass = false;
    if (position >= m_masses.documents()) return false;
    const auto begin = m_masses.offsets[at(position)], end = m_masses.offsets[at(position) + 1];
    for (auto e = begin; e < end; ++e) {
        const double mass = m_masses.mass[at(e)];
        const std::int32_t owner = m_index.owner(m_masses.cell[at(e)]);
        m_own[at(owner)] += mass;
        for (std::int32_t i = owner; i >= 0; i = m_index.parent(i)) {
            if (m_share[at(i)] == 0) m_touched.push_back(i);
            m_share[at(i)] += mass;
        }
    }
    std::sort(m_touched.begin(), m_touched.end());  // index order is id order, as the tie rule wants it
    m_hasMass = begin < end;
    return m_hasMass;
}

std::int32_t ShareCounter::hard(const tree::PinRule* rule) const {
    const std::int32_t through = rule != nullptr && rule->through ? m_index.index(rule->through) : -1;
    if (!m_hasMass) return through;
    const auto barred = [&](std::int32_t label) {
        return rule != nullptr && !rule->never.empty() &&
               std::find(rule->never.begin(), rule->never.end(), m_index.id(label)) != rule->never.end();
    };
    std::int32_t here = through >= 0 ? through : m_index.root();
    while (true) {
        std::int32_t best = -1;
        double bestShare = 0;
        for (const std::int32_t label : m_touched) {
            if (m_index.parent(label) != here || barred(label)) continue;
            const double share = m_share[at(label)];
            if (share > bestShare + (best >= 0 ? tree::kNearTie : 0.0)) {
                best = label;
                bestShare = share;
            }
        }
        if (best < 0) return here;
        if (here != m_index.root() && bestShare + tree::kNearTie < m_own[at(here)]) return here;
        here = best;
    }
}

bool ShareCounter::barred(std::int32_t label, const tree::PinRule* rule) const {
    if (rule == nullptr || rule->never.empty()) return false;
    for (std::int32_t i = label; i >= 0; i = m_index.parent(i)) {
        if (std::find(rule->never.begin(), rule->never.end(), m_index.id(i)) != rule->never.end()) return true;
    }
    return false;
}

std::int32_t ShareCounter::second(std::int32_t hard, const tree::PinRule* rule) const {
    const auto onPath = [&](std::int32_t label) {
        for (std::int32_t i = hard; i >= 0; i = m_index.parent(i)) {
            if (i == label) return true;
        }
        return false;
    };
    std::int32_t best = -1;
    for (const std::int32_t label : m_touched) {
        if (onPath(label) || barred(label, rule)) continue;
        if (best < 0 || m_share[at(label)] > m_share[at(best)] + tree::kNearTie) best = label;
    }
    return best;
}

ShareCounter::Choice ShareCounter::narrowest(std::int32_t hard, const tree::PinRule* rule) const {
    Choice found;
    const auto compare = [&](double taken, std::int32_t rival, double share) {
        if (share <= 0) return;
        const double lead = taken > 0 ? 1 - share / taken : -1;
        if (lead < found.lead - (found.rival >= 0 ? tree::kNearTie : 0.0)) found = {lead, rival, share};
    };
    std::int32_t below = -1;  // label of the path under `here`
    for (std::int32_t here = hard; here >= 0; below = here, here = m_index.parent(here)) {
        const double stays = here == m_index.root() ? 0 : m_own[at(here)];
        const double taken = below >= 0 ? m_share[at(below)] : stays;
        if (below < 0 && here == m_index.root()) continue;
        if (below >= 0) compare(taken, here, stays);
        for (const std::int32_t label : m_touched) {
            if (label == below || m_index.parent(label) != here || barred(label, rule)) continue;
            compare(taken, label, m_share[at(label)]);
        }
    }
    return found;
}

double ShareCounter::topShare(std::int32_t hard) const {
    std::int32_t top = hard;
    if (top == m_index.root()) return 0;
    while (m_index.parent(top) != m_index.root()) top = m_index.parent(top);
    return share(top);
}

std::vector<tree::Resting> ShareCounter::resting() const {
    std::vector<tree::Resting> found;
    for (const std::int32_t label : m_touched) {
        if (m_own[at(label)] > 0) found.push_back({m_index.id(label), m_own[at(label)]});
    }
    return found;
}

HardLabels HardLabels::compute(const tree::LabelTree& tree, const MassTable& masses, const DocumentTable& documents) {
    const TreeIndex index(tree, masses);
    const PinRules rules = pinRules(tree, documents);
    ShareCounter counter(index, masses);
    HardLabels hard;
    hard.labels.resize(at(documents.size()));
    std::vector<std::int64_t> through(index.size(), 0);
    for (std::int64_t d = 0; d < documents.size(); ++d) {
        counter.read(d);
        const auto rule = rules.find(static_cast<std::int32_t>(d));
        const std::int32_t label = counter.hard(rule == rules.end() ? nullptr : &rule->second);
        if (label < 0) {
            ++hard.unassigned;
            continue;
        }
        hard.labels[at(d)] = index.id(label);
        for (std::int32_t i = label; i >= 0; i = index.parent(i)) ++through[at(i)];
    }
    for (std::size_t i = 0; i < through.size(); ++i) hard.through[index.id(static_cast<std::int32_t>(i))] = through[i];
    return hard;
}

HardLabels HardLabels::update(const HardLabels& before, const tree::LabelTree& treeBefore, const tree::LabelTree& tree,
                              const MassTable& masses, const DocumentTable& documents, std::int32_t changed) {
    const TreeIndex was(treeBefore, masses), is(tree, masses);
    const PinRules rules = pinRules(tree, documents);
    auto moved = movedDocuments(was, is, masses, pinRules(treeBefore, documents), rules, documents.size());
    if (changed >= 0 && std::find(moved.begin(), moved.end(), changed) == moved.end()) moved.push_back(changed);
    // Taking a document off its old path costs about as much as counting it afresh.
    if (static_cast<std::int64_t>(moved.size()) > documents.size() / 3) return compute(tree, masses, documents);
    HardLabels hard;
    hard.labels = before.labels;
    hard.unassigned = before.unassigned;
    std::vector<std::int64_t> through(is.size(), 0);
    std::vector<std::int32_t> now(was.size());  // index of a label of the old tree in the new one, -1: gone
    for (std::size_t i = 0; i < was.size(); ++i) now[i] = is.index(was.id(static_cast<std::int32_t>(i)));
    for (std::size_t i = 0; i < is.size(); ++i) {
        const auto known = before.through.find(is.id(static_cast<std::int32_t>(i)));
        if (known != before.through.end()) through[i] = known->second;
    }
    ShareCounter counter(is, masses);
    for (const std::int32_t d : moved) {
        if (d >= documents.size()) continue;
        counter.read(d);
        for (std::int32_t i = was.index(hard.labels[at(d)]); i >= 0; i = was.parent(i)) {
            if (now[at(i)] >= 0) --through[at(now[at(i)])];
        }
        const auto rule = rules.find(d);
        const std::int32_t label = counter.hard(rule == rules.end() ? nullptr : &rule->second);
        const LabelId id = label >= 0 ? is.id(label) : LabelId{};
        if (id != LabelId{} && !hard.labels[at(d)]) --hard.unassigned;
        if (id == LabelId{} && hard.labels[at(d)]) ++hard.unassigned;
        hard.labels[at(d)] = id;
        for (std::int32_t i = label; i >= 0; i = is.parent(i)) ++through[at(i)];
    }
    for (std::size_t i = 0; i < through.size(); ++i) hard.through[is.id(static_cast<std::int32_t>(i))] = through[i];
    return hard;
}

std::unordered_map<LabelId, LabelCounts> countLabels(const tree::LabelTree& tree, const MassTable& masses,
                                                     const HardLabels& hard) {
    const TreeIndex index(tree, masses);
    std::vector<double> mass(index.size(), 0.0);
    for (std::size_t c = 0; c < masses.cells.size(); ++c) {
        mass[at(index.owner(static_cast<std::int32_t>(c)))] += masses.cellMass[c];
    }
    const auto order = tree.depthFirst();
    for (auto id = order.rbegin(); id != order.rend(); ++id) {
        const std::int32_t i = index.index(*id);
        if (index.parent(i) >= 0) mass[at(index.parent(i))] += mass[at(i)];
    }
    std::unordered_map<LabelId, LabelCounts> counts;
    counts.reserve(index.size());
    for (std::size_t i = 0; i < index.size(); ++i) {
        const LabelId id = index.id(static_cast<std::int32_t>(i));
        const auto through = hard.through.find(id);
        counts[id] = {through == hard.through.end() ? 0 : through->second, mass[i]};
    }
    return counts;
}

}  // namespace espalier::project::detail
