// SPDX-License-Identifier: Apache-2.0
/// \file app/cli/text_table.h
/// Readable text: numbers with units, and tables whose columns line up in a terminal.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::cli {

std::string formatCount(std::int64_t count);                    ///< 12,345
std::string formatSeconds(double seconds);                      ///< 0.42 s, 12 s, 3 min 20 s, 2 h 5 min
std::string formatNumber(double value, int decimals);           ///< fixed; "-" when it is not finite
std::string formatShare(double share);                          ///< 0.423 as 42 %; under one per cent as "< 1 %"
std::string formatPath(const std::vector<std::string>& names);  ///< A / B; "(root)" when empty
int displayWidth(std::string_view utf8);                        ///< columns in a terminal
std::string clipped(std::string_view utf8, int columns);        ///< with an ellipsis when it does not fit; one line

class TextTable {
public:
    enum class Align { Left, Right };
    /// The clippable column gives way when the table is wider than the terminal.
    void column(std::string title, Align align = Align::Left, bool clippable = false);
    void row(std::vector<std::string> cells);
    bool empty() const noexcept { return m_rows.empty(); }
    std::size_t rows() const noexcept { return m_rows.size(); }
    /// \param columns  width to fit in, 0 = no limit
    std::string text(int columns, const std::string& indent = "") const;

private:
    struct Column {
        std::string title;
        Align align;
        bool clippable;
    };
    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

}  // namespace espalier::cli
