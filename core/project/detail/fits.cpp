// SPDX-License-Identifier: Apache-2.0
// Fit residuals: how well the topics of a label explain a document. Written with the mass that they dealt out.
#include <map>

#include "core/project/detail/project_state.h"

namespace espalier::project {

Status Project::State::storeFits(std::int64_t generation, std::int64_t entry, const RestingRows& rows,
                                 const std::function<LabelId(std::int64_t)>& labelOf) {
    ESPALIER_ASSIGN(auto put, db().prepare("INSERT OR REPLACE INTO fit_residual (generation, document, entry, label, "
                                           "residual) VALUES (?, ?, ?, ?, ?)"));
    for (std::size_t d = 0; d < rows.documents.size(); ++d) {
        const auto begin = static_cast<std::size_t>(rows.fitOffsets[d]),
                   end = static_cast<std::size_t>(rows.fitOffsets[d + 1]);
        for (auto e = begin; e < end; ++e) {
            const LabelId label = labelOf(rows.fitAt[e]);
            if (!label) continue;
            ESPALIER_TRY(put.bind(generation, rows.documents[d].value, entry, label.value, rows.fitResidual[e]).run());
        }
    }
    return rememberDigest("fits", entry == 0 ? -generation : entry);
}

Result<std::vector<FitAt>> Project::State::fitsOf(const View& now, DocumentKey document) {
    // Entries are numbered as they came, so that of several the one in effect that came last counts.
    ESPALIER_ASSIGN(auto rows,
                    db().prepare("SELECT f.label, f.residual FROM fit_residual f LEFT JOIN journal j ON j.id = f.entry "
                                 "WHERE f.generation = ? AND f.document = ? AND (f.entry = 0 OR NOT j.undone) "
                                 "ORDER BY f.entry, f.label"));
    rows.bind(now.cursor.generation, document.value);
    std::map<LabelId, double> last;
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        last[LabelId{rows.integer(0)}] = rows.real(1);
    }
    std::vector<FitAt> fits;
    for (const LabelId label : now.snapshot->tree.depthFirst()) {
        const auto found = last.find(label);
        if (found == last.end() || now.snapshot->tree.at(label).children.empty()) continue;
        fits.push_back({label, found->second});
    }
    return fits;
}

}  // namespace espalier::project
