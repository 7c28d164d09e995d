// SPDX-License-Identifier: Apache-2.0
/// \file core/text/detail/piece_trie.h
/// Vocabulary pieces by their bytes: longest match in one walk. Edges lie in one open-addressed hash table.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace espalier::text::detail {

class PieceTrie {
public:
    static constexpr std::int32_t kNone = -1;

    PieceTrie() : m_ids(1, kNone) { rehash(1U << 10); }

    /// A later piece of the same bytes replaces an earlier one.
    void insert(std::string_view piece, std::int32_t id) {
        std::uint32_t node = 0;
        for (const char byte : piece) {
            const std::uint64_t key = keyOf(node, byte);
            std::size_t slot = find(key);
            if (m_slots[slot].key == kFree) {
                if (2 * (m_used + 1) > m_slots.size()) {
                    rehash(2 * m_slots.size());
                    slot = find(key);
                }
                m_slots[slot] = {key, static_cast<std::uint32_t>(m_ids.size())};
                m_ids.push_back(kNone);
                ++m_used;
            }
            node = m_slots[slot].next;
        }
        m_ids[node] = id;
    }

    struct Match {
        std::int32_t id = kNone;
        std::size_t length = 0;  ///< bytes
    };
    /// Longest piece that `text` begins with; the empty piece is none.
    Match longest(std::string_view text) const {
        Match match;
        std::uint32_t node = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const Slot& slot = m_slots[find(keyOf(node, text[i]))];
            if (slot.key == kFree) break;
            node = slot.next;
            if (m_ids[node] != kNone) match = {m_ids[node], i + 1};
        }
        return match;
    }

private:
    static constexpr std::uint64_t kFree = ~std::uint64_t{0};
    struct Slot {
        std::uint64_t key = kFree;
        std::uint32_t next = 0;
    };

    static std::uint64_t keyOf(std::uint32_t node, char byte) {
        return (static_cast<std::uint64_t>(node) << 8) | static_cast<unsigned char>(byte);
    }
    std::size_t find(std::uint64_t key) const {
        std::size_t slot = (key * 0x9e3779b97f4a7c15ULL) >> m_shift;
        while (m_slots[slot].key != key && m_slots[slot].key != kFree) slot = (slot + 1) & (m_slots.size() - 1);
        return slot;
    }
    void rehash(std::size_t size) {
        std::vector<Slot> old(size);
        old.swap(m_slots);
        m_shift = 64;
        for (std::size_t n = size; n > 1; n /= 2) --m_shift;
        for (const Slot& slot : old) {
            if (slot.key != kFree) m_slots[find(slot.key)] = slot;
        }
    }

    std::vector<Slot> m_slots;
    std::vector<std::int32_t> m_ids;  ///< per node, kNone where no piece ends
    std::size_t m_used = 0;
    int m_shift = 64;
};

}  // namespace espalier::text::detail
