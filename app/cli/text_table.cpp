// SPDX-License-Identifier: Apache-2.0
#include "app/cli/text_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace espalier::cli {

namespace {
/// Next code point; a broken byte counts as one replacement character.
char32_t nextCodePoint(std::string_view text, std::size_t& at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    if (length == 1 || at + length > text.size()) {
        ++at;
        return byte < 0x80 ? byte : 0xFFFD;
    }
    char32_t point = byte & (0xFF >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) point = (point << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3F);
    at += length;
    return point;
}

int columnsOf(char32_t c) {
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return 0;
    if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F))
        return 0;
    if ((c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
        (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
        (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD)) {
        return 2;
    }
    return 1;
}

std::string padded(const std::string& text, int width, TextTable::Align align) {
    const std::string space(static_cast<std::size_t>(std::max(0, width - displayWidth(text))), ' ');
    return align == TextTable::Align::Right ? space + text : text + space;
}
}  // namespace

std::string formatCount(std::int64_t count) {
    std::string digits = std::to_string(count < 0 ? -count : count);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
    return count < 0 ? "-" + digits : digits;
}

std::string formatNumber(double value, int decimals) {
    if (!std::isfinite(value)) return "-";
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

std::string formatSeconds(double seconds) {
    if (!std::isfinite(seconds)) return "-";
    if (seconds < 0.9995) return formatNumber(seconds, 2) + " s";
    if (seconds < 10) return formatNumber(seconds, 1) + " s";
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole < 120) return std::to_string(whole) + " s";
    if (whole < 7200) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
    return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string formatShare(double share) {
    if (share > 0 && share < 0.01) return "< 1 %";
    return std::to_string(static_cast<int>(std::lround(share * 100))) + " %";
}

std::string formatPath(const std::vector<std::string>& names) {
    if (names.empty()) return "(root)";
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " / ") + name;
    return text;
}

int displayWidth(std::string_view utf8) {
    int width = 0;
    for (std::size_t at = 0; at < utf8.size();) width += columnsOf(nextCodePoint(utf8, at));
    return width;
}

std::string clipped(std::string_view utf8, int columns) {
    std::string line;
    int width = 0;
    for (std::size_t at = 0; at < utf8.size();) {
        const std::size_t begin = at;
        const char32_t point = nextCodePoint(utf8, at);
        const bool blank = point < 0x20;
        const int more = blank ? 1 : columnsOf(point);
        if (width + more > columns ||
            (width + more == columns && at < utf8.size() && displayWidth(utf8.substr(at)) > 0)) {
            return line + "\u2026";
        }
        if (blank)
            line += ' ';
        else
            line.append(utf8.substr(begin, at - begin));
        width += more;
    }
    return line;
}

void TextTable::column(std::string title, Align align, bool clippable) {
    m_columns.push_back({std::move(title), align, clippable});
}

void TextTable::row(std::vector<std::string> cells) {
    cells.resize(m_columns.size());
    m_rows.push_back(std::move(cells));
}

std::string TextTable::text(int columns, const std::string& indent) const {
    std::vector<int> widths;
    int total = displayWidth(indent);
    for (std::size_t c = 0; c < m_columns.size(); ++c) {
        int width = displayWidth(m_columns[c].title);
        for (const auto& cells : m_rows) width = std::max(width, displayWidth(cells[c]));
        widths.push_back(width);
        total += width + (c > 0 ? 2 : 0);
    }
    for (std::size_t c = m_columns.size(); columns > 0 && c-- > 0 && total > columns;) {
        if (!m_columns[c].clippable) continue;
        const int taken = std::min(total - columns, std::max(0, widths[c] - 16));
        widths[c] -= taken;
        total -= taken;
    }
    std::string out;
    const auto line = [&](const auto& cell) {
        std::string built = indent;
        for (std::size_t c = 0; c < m_columns.size(); ++c) {
            built += (c > 0 ? "  " : "") + padded(clipped(cell(c), widths[c]), widths[c], m_columns[c].align);
        }
        built.erase(built.find_last_not_of(' ') + 1);
        out += built + '\n';
    };
    line([&](std::size_t c) { return m_columns[c].title; });
    for (const auto& cells : m_rows) line([&](std::size_t c) { return cells[c]; });
    return out;
}

}  // namespace espalier::cli
