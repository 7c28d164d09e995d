// SPDX-License-Identifier: Apache-2.0
#include "core/project/proposal.h"

#include <nlohmann/json.hpp>

namespace espalier::project {
namespace {
using Json = nlohmann::json;

Json parsed(const std::string& text) {
    Json json = Json::parse(text, nullptr, false);
    return json.is_discarded() ? Json::array() : json;
}

Json toJson(const ProposedChange& change) {
    Json terms = Json::array();
    for (const auto& term : change.terms) terms.push_back(term.text);
    const bool isNew = !change.label;
    return {{"number", change.number},
            {"label", isNew ? Json(nullptr) : Json(change.label.value)},
            {"name", change.name},
            {"name_before", isNew ? Json(nullptr) : Json(change.nameBefore)},
            {"path", change.path},
            {"path_before", isNew ? Json(nullptr) : Json(change.pathBefore)},
            {"terms", std::move(terms)},
            {"documents", change.documents},
            {"documents_before", change.documentsBefore},
            {"documents_in", change.documentsIn},
            {"documents_out", change.documentsOut},
            {"share", change.share},
            {"typical", change.typical},
            {"stop_reason", change.stopReason.empty() ? Json(nullptr) : Json(change.stopReason)},
            {"taken", change.taken}};
}

Json toJson(const std::vector<ProposedChange>& changes) {
    Json list = Json::array();
    for (const auto& change : changes) list.push_back(toJson(change));
    return list;
}
}  // namespace

std::string diffToJson(const ProposalDiff& diff) {
    Json violated = Json::array();
    for (const auto& pin : diff.pinsViolated)
        violated.push_back({{"document", pin.id},
                            {"label", pin.label.value},
                            {"must", pin.must},
                            {"share", pin.share ? Json(*pin.share) : Json(nullptr)},
                            {"why", pin.text}});
    return Json{{"kind", proposalKindName(diff.kind)},
                {"label", diff.label.value},
                {"path", diff.path},
                {"k", diff.k},
                {"stability", parsed(diff.stability)},
                {"documents", diff.documents},
                {"added", toJson(diff.added)},
                {"removed", toJson(diff.removed)},
                {"renamed", toJson(diff.renamed)},
                {"moved", toJson(diff.moved)},
                {"refitted", toJson(diff.refitted)},
                {"documents_moved", diff.documentsMoved},
                {"pins", diff.pins},
                {"pins_kept", diff.pinsKept},
                {"pins_violated", std::move(violated)},
                {"why", diff.why.empty() ? Json(nullptr) : Json(diff.why)}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace espalier::project
