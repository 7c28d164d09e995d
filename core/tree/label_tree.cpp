// SPDX-License-Identifier: Apache-2.0
#include "core/tree/label_tree.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <tuple>

namespace espalier::tree {
namespace {
std::string idText(LabelId id) {
    return std::to_string(id.value);
}

Error noSuchLabel(LabelId id) {
    return makeError(ErrorCode::NotFound, "there is no label with the id " + idText(id));
}

bool allDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// One or more '=' and then digits only: the form in which a path says that digits are a name.
bool marksDigits(std::string_view text) {
    const auto first = text.find_first_not_of('=');
    return first != std::string_view::npos && first > 0 && allDigits(text.substr(first));
}

Result<std::vector<std::string>> splitPath(std::string_view text) {
    std::vector<std::string> names(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '/') {
            names.emplace_back();
        } else if (text[i] == '\\') {
            if (++i == text.size() || (text[i] != '/' && text[i] != '\\')) {
                return makeError(ErrorCode::InvalidArgument, "in the label path '" + std::string(text) +
                                                                 "' a backslash must be followed by / or another one");
            }
            names.back() += text[i];
        } else {
            names.back() += text[i];
        }
    }
    return names;
}
/// Order of pins and of set shares.
template <class Said>
bool before(const Said& a, const Said& b) {
    return std::tuple(a.document, a.label) < std::tuple(b.document, b.label);
}

template <class Said>
std::span<const Said> saidOf(const std::vector<Said>& all, DocumentKey document) {
    Said sought{};
    sought.document = document;
    const auto range = std::equal_range(all.begin(), all.end(), sought,
                                        [](const Said& a, const Said& b) { return a.document < b.document; });
    return {range.first, range.second};
}

template <class Said>
std::shared_ptr<const std::vector<Said>> with(const std::vector<Said>& all, const Said& one) {
    auto put = std::make_shared<std::vector<Said>>(all);
    const auto place = std::lower_bound(put->begin(), put->end(), one, before<Said>);
    if (place != put->end() && !before(one, *place)) {
        *place = one;
    } else {
        put->insert(place, one);
    }
    return put;
}

template <class Said>
std::shared_ptr<const std::vector<Said>> without(const std::vector<Said>& all, DocumentKey document, LabelId label) {
    auto left = std::make_shared<std::vector<Said>>(all);
    std::erase_if(*left, [&](const Said& one) { return one.document == document && one.label == label; });
    return left;
}
}  // namespace

LabelTree::LabelTree(LabelId rootId, std::string rootName) : m_root(rootId) {
    Label root;
    root.id = rootId;
    root.name = std::move(rootName);
    root.massOf = {rootId};
    m_labels.emplace(rootId, std::make_shared<Label>(std::move(root)));
}

bool operator==(const LabelTree& a, const LabelTree& b) {
    const auto same = [](const auto& x, const auto& y) {
        return x.first == y.first && (x.second == y.second || *x.second == *y.second);
    };
    return a.m_root == b.m_root && a.m_former == b.m_former && *a.m_pins == *b.m_pins && *a.m_shares == *b.m_shares &&
           a.m_labels.size() == b.m_labels.size() &&
           std::equal(a.m_labels.begin(), a.m_labels.end(), b.m_labels.begin(), same);
}

const Label* LabelTree::find(LabelId id) const {
    const auto found = m_labels.find(id);
    return found == m_labels.end() ? nullptr : found->second.get();
}

const Label& LabelTree::at(LabelId id) const {
    const Label* label = find(id);
    ESPALIER_EXPECTS(label != nullptr) {
        return *m_labels.at(m_root);
    }
    return *label;
}

const FormerLabel* LabelTree::findFormer(LabelId id) const {
    const auto found = m_former.find(id);
    return found == m_former.end() ? nullptr : &found->second;
}

LabelId LabelTree::successor(LabelId id) const {
    for (std::size_t steps = 0; steps <= m_former.size(); ++steps) {
        if (contains(id)) return id;
        const FormerLabel* former = findFormer(id);
        if (former == nullptr) return {};
        id = former->to;
    }
    return {};
}

std::span<const Pin> LabelTree::pinsOf(DocumentKey document) const {
    return saidOf(*m_pins, document);
}

std::span<const SetShare> LabelTree::sharesOf(DocumentKey document) const {
    return saidOf(*m_shares, document);
}

int LabelTree::level(LabelId id) const {
    int level = -1;
    for (const Label* label = &at(id); label->parent; label = &at(label->parent)) ++level;
    return level;
}

std::vector<std::int64_t> LabelTree::levelSizes() const {
    std::vector<std::int64_t> sizes;
    for (std::vector<LabelId> row = at(m_root).children; !row.empty();) {
        sizes.push_back(static_cast<std::int64_t>(row.size()));
        std::vector<LabelId> below;
        for (const LabelId id : row) below.insert(below.end(), at(id).children.begin(), at(id).children.end());
        row = std::move(below);
    }
    return sizes;
}

int LabelTree::depth() const {
    return static_cast<int>(levelSizes().size());
}

std::vector<LabelId> LabelTree::path(LabelId id) const {
    std::vector<LabelId> path;
    for (const Label* label = &at(id); label->parent; label = &at(label->parent)) path.push_back(label->id);
    std::reverse(path.begin(), path.end());
    return path;
}

std::vector<std::string> LabelTree::pathNames(LabelId id) const {
    std::vector<std::string> names;
    for (const LabelId step : path(id)) names.push_back(at(step).name);
    return names;
}

bool LabelTree::inBranch(LabelId id, LabelId branch) const {
    for (const Label* label = find(id); label != nullptr; label = find(label->parent)) {
        if (label->id == branch) return true;
    }
    return false;
}

std::vector<LabelId> LabelTree::branch(LabelId id) const {
    std::vector<LabelId> found;
    std::vector<LabelId> open{id};
    while (!open.empty()) {
        const LabelId next = open.back();
        open.pop_back();
        found.push_back(next);
        const auto& children = at(next).children;
        open.insert(open.end(), children.rbegin(), children.rend());
    }
    return found;
}

std::vector<LabelId> LabelTree::labelsAtLevel(int level) const {
    std::vector<LabelId> row{m_root};
    for (int l = -1; l < level && !row.empty(); ++l) {
        std::vector<LabelId> below;
        for (const LabelId id : row) below.insert(below.end(), at(id).children.begin(), at(id).children.end());
        row = std::move(below);
    }
    return row;
}

Result<LabelId> LabelTree::resolve(std::string_view text) const {
    const std::string shown(text);
    if (text.empty()) return makeError(ErrorCode::InvalidArgument, "an empty label name");
    if (text == "/") return m_root;
    if (allDigits(text)) {
        const LabelId id{text.size() > 18 ? 0 : std::stoll(shown)};
        if (contains(id)) return id;
        if (const FormerLabel* former = findFormer(id)) {
            return makeError(ErrorCode::NotFound, "label " + shown + " ('" + former->label.name + "') was " +
                                                      (former->merged ? "merged into another" : "retired"));
        }
        return makeError(ErrorCode::NotFound, "there is no label with the id " + shown +
                                                  " (a name made of digits is written =" + shown + ")");
    }
    if (marksDigits(text)) text.remove_prefix(1);
    if (text.front() == '/') text.remove_prefix(1);
    ESPALIER_ASSIGN(const auto names, splitPath(text));
    std::vector<LabelId> row{m_root};
    for (const auto& name : names) {
        const auto called = [&](std::string_view wanted) {
            std::vector<LabelId> matching;
            for (const LabelId id : row) {
                for (const LabelId child : at(id).children) {
                    if (at(child).name == wanted) matching.push_back(child);
                }
            }
            return matching;
        };
        auto matching = called(name);
        // Inside a path digits need no mark; who writes it all the same means the name.
        if (matching.empty() && marksDigits(name)) matching = called(std::string_view(name).substr(1));
        row = std::move(matching);
    }
    if (row.empty()) return makeError(ErrorCode::NotFound, "there is no label '" + shown + "'");
    if (row.size() > 1) {
        std::sort(row.begin(), row.end());
        std::string ids;
        for (const LabelId id : row) ids += (ids.empty() ? "" : ", ") + idText(id);
        return makeError(ErrorCode::InvalidArgument, "'" + shown + "' names several labels; use one of the ids " + ids);
    }
    return row.front();
}

std::string LabelTree::formatPath(const std::vector<std::string>& names) {
    if (names.empty()) return "/";
    std::string text;
    for (const auto& name : names) {
        if (&name != &names.front()) text += '/';
        for (const char c : name) {
            if (c == '/' || c == '\\') text += '\\';
            text += c;
        }
    }
    if (names.size() == 1 && (allDigits(text) || marksDigits(text))) text.insert(text.begin(), '=');
    return text;
}

std::map<LabelId, LabelId> LabelTree::massOwners() const {
    std::map<LabelId, LabelId> owners;
    for (const auto& [id, label] : labels()) {
        for (const LabelId source : label.massOf) owners.emplace(source, id);
    }
    return owners;
}

Status LabelTree::checkInvariants() const {
    const auto broken = [](const std::string& what) { return makeError(ErrorCode::Corrupt, "label tree: " + what); };
    const Label* root = find(m_root);
    if (root == nullptr || root->parent) return broken("the root is missing or has a parent");
    std::set<LabelId> owned;
    std::size_t childLinks = 0;
    for (const auto& [id, label] : labels()) {
        if (!id || label.id != id) return broken("label " + idText(id) + " is stored under another id");
        if (label.name.empty()) return broken("label " + idText(id) + " has no name");
        if (id != m_root && find(label.parent) == nullptr) return broken("label " + idText(id) + " has no parent");
        for (const LabelId child : label.children) {
            const Label* below = find(child);
            if (below == nullptr || below->parent != id) {
                return broken("label " + idText(id) + " names " + idText(child) + " as child, which does not agree");
            }
            ++childLinks;
        }
        if (!std::is_sorted(label.massOf.begin(), label.massOf.end())) {
            return broken("the mass of label " + idText(id) + " is not in order");
        }
        for (const LabelId source : label.massOf) {
            if (!owned.insert(source).second)
                return broken("the mass of label " + idText(source) + " is counted twice");
        }
        if (m_former.count(id) > 0) return broken("label " + idText(id) + " is there and retired at once");
    }
    // Each label but the root is a child exactly once, so reaching all of them from the root also rules out circles.
    if (childLinks != m_labels.size() - 1 || branch(m_root).size() != m_labels.size()) {
        return broken("not every label is reached from the root exactly once");
    }
    for (const Pin& pin : *m_pins) {
        if (&pin != &m_pins->front() && !before(*(&pin - 1), pin)) return broken("the pins are not in order");
        if (!pin.document || pin.label == m_root || !successor(pin.label)) {
            return broken("a pin of document " + std::to_string(pin.document.value) + " leads to no label");
        }
    }
    for (const SetShare& share : *m_shares) {
        if (&share != &m_shares->front() && !before(*(&share - 1), share))
            return broken("the set shares are not in order");
        if (!share.document || share.label == m_root || !successor(share.label) ||
            !(share.value >= 0 && share.value <= 1)) {
            return broken("a set share of document " + std::to_string(share.document.value) +
                          " leads to no label or is no share");
        }
    }
    return {};
}

Result<LabelTree> LabelTree::fromLabels(LabelId root, std::vector<Label> labels, std::vector<FormerLabel> former,
                                        std::vector<Pin> pins, std::vector<SetShare> shares) {
    LabelTree tree(root);
    tree.m_labels.clear();
    for (auto& label : labels) {
        const LabelId id = label.id;
        if (!tree.m_labels.emplace(id, std::make_shared<Label>(std::move(label))).second) {
            return makeError(ErrorCode::Corrupt, "label tree: label " + idText(id) + " is there twice");
        }
    }
    for (auto& entry : former) tree.putFormer(std::move(entry));
    tree.m_pins = std::make_shared<const std::vector<Pin>>(std::move(pins));
    tree.m_shares = std::make_shared<const std::vector<SetShare>>(std::move(shares));
    ESPALIER_TRY(tree.checkInvariants());
    return tree;
}

Status LabelTree::insert(Label label, std::size_t index) {
    if (!label.id || contains(label.id)) {
        return makeError(ErrorCode::AlreadyExists, "the label id " + idText(label.id) + " is in use");
    }
    if (!label.children.empty()) return makeError(ErrorCode::InvalidArgument, "a new label cannot bring children");
    Label* parent = findMutable(label.parent);
    if (parent == nullptr) return noSuchLabel(label.parent);
    if (index > parent->children.size()) {
        return makeError(ErrorCode::InvalidArgument, "position " + std::to_string(index) + " is beyond the " +
                                                         std::to_string(parent->children.size()) + " labels under '" +
                                                         parent->name + "'");
    }
    parent->children.insert(parent->children.begin() + static_cast<std::ptrdiff_t>(index), label.id);
    const LabelId id = label.id;
    m_labels.emplace(id, std::make_shared<Label>(std::move(label)));
    return {};
}

Status LabelTree::erase(LabelId id) {
    const Label* label = find(id);
    if (label == nullptr) return noSuchLabel(id);
    if (id == m_root) return makeError(ErrorCode::InvalidArgument, "the root cannot be removed");
    if (!label->children.empty()) {
        return makeError(ErrorCode::InvalidArgument, "label '" + label->name + "' still has labels under it");
    }
    auto& siblings = findMutable(label->parent)->children;
    siblings.erase(std::find(siblings.begin(), siblings.end(), id));
    m_labels.erase(id);
    return {};
}

Status LabelTree::reparent(LabelId id, LabelId parent, std::size_t index) {
    const Label* label = find(id);
    if (label == nullptr) return noSuchLabel(id);
    const Label* target = find(parent);
    if (target == nullptr) return noSuchLabel(parent);
    if (id == m_root) return makeError(ErrorCode::InvalidArgument, "the root cannot be moved");
    if (inBranch(parent, id)) {
        return makeError(ErrorCode::InvalidArgument,
                         "'" + label->name + "' cannot be moved into its own branch ('" + target->name + "')");
    }
    const std::size_t others = target->children.size() - (label->parent == parent ? 1 : 0);
    if (index > others) {
        return makeError(ErrorCode::InvalidArgument, "position " + std::to_string(index) + " is beyond the " +
                                                         std::to_string(others) + " labels under '" + target->name +
                                                         "'");
    }
    auto& siblings = findMutable(label->parent)->children;
    siblings.erase(std::find(siblings.begin(), siblings.end(), id));
    auto& children = findMutable(parent)->children;
    children.insert(children.begin() + static_cast<std::ptrdiff_t>(index), id);
    findMutable(id)->parent = parent;
    return {};
}

Label* LabelTree::findMutable(LabelId id) {
    const auto found = m_labels.find(id);
    if (found == m_labels.end()) return nullptr;
    std::shared_ptr<Label>& slot = found->second;
    if (slot.use_count() > 1) {
        slot = std::make_shared<Label>(*slot);
    } else {
        // Another thread may just have let go of its copy: what it read comes before what is written here.
        std::atomic_thread_fence(std::memory_order_acquire);
    }
    return slot.get();
}

void LabelTree::putFormer(FormerLabel former) {
    const LabelId id = former.label.id;
    m_former.insert_or_assign(id, std::move(former));
}

void LabelTree::eraseFormer(LabelId id) {
    m_former.erase(id);
}

void LabelTree::putPin(const Pin& pin) {
    m_pins = with(*m_pins, pin);
}

void LabelTree::erasePin(DocumentKey document, LabelId label) {
    m_pins = without(*m_pins, document, label);
}

void LabelTree::putShare(const SetShare& share) {
    m_shares = with(*m_shares, share);
}

void LabelTree::eraseShare(DocumentKey document, LabelId label) {
    m_shares = without(*m_shares, document, label);
}

void LabelTree::replace(const std::vector<LabelId>& remove, const std::vector<Label>& put) {
    for (const LabelId id : remove) m_labels.erase(id);
    for (const Label& label : put) m_labels.insert_or_assign(label.id, std::make_shared<Label>(label));
}

}  // namespace espalier::tree
