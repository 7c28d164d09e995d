// SPDX-License-Identifier: Apache-2.0
#include "core/eval/run_file.h"

#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <unordered_map>

#include "core/base/atomic_file.h"

namespace espalier::eval {
namespace {

bool isOneWord(const std::string& id) {
    return !id.empty() && id.find_first_of(" \t\r\n\v\f") == std::string::npos;
}

Error notOneWord(const std::string& id) {
    return makeError(ErrorCode::InvalidArgument,
                     "a run file cannot hold the id '" + id + "': it is empty or has white space");
}

}  // namespace

Status writeRunFile(const std::filesystem::path& file, std::span<const Ranking> rankings) {
    ESPALIER_ASSIGN(AtomicFile out, AtomicFile::create(file));
    std::string lines;
    for (const Ranking& ranking : rankings) {
        if (!isOneWord(ranking.queryId)) return notOneWord(ranking.queryId);
        float last = std::numeric_limits<float>::infinity();
        std::int64_t rank = 0;
        for (const RankedDocument& document : ranking.documents) {
            if (++rank > kRankingDepth) break;
            if (!isOneWord(document.id)) return notOneWord(document.id);
            auto score = static_cast<float>(document.score);
            if (!(score < last)) score = std::nextafter(last, -std::numeric_limits<float>::infinity());
            last = score;
            std::array<char, 64> number{};
            constexpr int kDigits = 9;  // enough to give the same float again; as "%.9g", whatever the locale
            const auto end =
                std::to_chars(number.data(), number.data() + number.size(), score, std::chars_format::general, kDigits);
            lines.append(ranking.queryId).append(" Q0 ").append(document.id).append(" ");
            lines.append(std::to_string(rank)).append(" ").append(number.data(), end.ptr).append(" espalier\n");
        }
        ESPALIER_TRY(out.write(std::string_view(lines)));
        lines.clear();
    }
    return out.commit();
}

Result<std::vector<Ranking>> readRunFile(const std::filesystem::path& file) {
    const std::string name = file.string();
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return makeError(ErrorCode::NotFound, "there is no file " + name, name);
    std::ifstream in(file, std::ios::binary);
    if (!in) return makeError(ErrorCode::Io, name + " cannot be opened for reading", name);
    std::vector<Ranking> rankings;
    std::unordered_map<std::string, std::size_t> places;
    std::string line;
    for (std::int64_t number = 1; std::getline(in, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        std::istringstream columns(line);
        columns.imbue(std::locale::classic());
        std::string query, iteration, document, rank, tag;
        double score = 0;
        if (!(columns >> query >> iteration >> document >> rank >> score) || !std::isfinite(score))
            return makeError(
                ErrorCode::Corrupt,
                "line " + std::to_string(number) + " of " + name + " is not 'query Q0 document rank score tag'", name,
                number);
        const auto [place, isNew] = places.try_emplace(query, rankings.size());
        if (isNew) rankings.push_back({query, {}});
        rankings[place->second].documents.push_back({document, static_cast<double>(static_cast<float>(score))});
    }
    if (in.bad()) return makeError(ErrorCode::Io, "reading " + name + " failed", name);
    for (Ranking& ranking : rankings) sortRanking(ranking.documents);
    return rankings;
}

}  // namespace espalier::eval
