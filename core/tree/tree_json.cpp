// SPDX-License-Identifier: Apache-2.0
#include "core/tree/tree_json.h"

#include <nlohmann/json.hpp>

namespace espalier::tree {
namespace {
using Json = nlohmann::json;

Json toJson(const std::vector<Term>& terms) {
    Json json = Json::array();
    for (const Term& term : terms) json.push_back({term.text, term.weight});
    return json;
}

Json toJson(const std::vector<LabelId>& ids) {
    Json json = Json::array();
    for (const LabelId id : ids) json.push_back(id.value);
    return json;
}

Json toJson(const Label& label) {
    return {{"id", label.id.value},
            {"parent", label.parent.value},
            {"name", label.name},
            {"name_by_user", label.nameByUser},
            {"terms", toJson(label.terms)},
            {"alternative_names", label.alternativeNames},
            {"note", label.note},
            {"stop_reason", label.stopReason},
            {"locked", label.locked},
            {"children", toJson(label.children)},
            {"mass_of", toJson(label.massOf)}};
}

Json toJson(const FormerLabel& former) {
    return {
        {"label", toJson(former.label)}, {"index", former.index}, {"to", former.to.value}, {"merged", former.merged}};
}

// The readers below may throw; guarded() is the one place where that ends.
std::vector<Term> readTerms(const Json& json) {
    std::vector<Term> terms;
    for (const auto& entry : json) terms.push_back({entry.at(0).get<std::string>(), entry.at(1).get<double>()});
    return terms;
}

std::vector<LabelId> readIds(const Json& json) {
    std::vector<LabelId> ids;
    for (const auto& entry : json) ids.push_back(LabelId{entry.get<std::int64_t>()});
    return ids;
}

Label readLabel(const Json& json) {
    Label label;
    label.id = LabelId{json.at("id").get<std::int64_t>()};
    label.parent = LabelId{json.at("parent").get<std::int64_t>()};
    label.name = json.at("name").get<std::string>();
    label.nameByUser = json.at("name_by_user").get<bool>();
    label.terms = readTerms(json.at("terms"));
    label.alternativeNames = json.at("alternative_names").get<std::vector<std::string>>();
    label.note = json.at("note").get<std::string>();
    label.stopReason = json.at("stop_reason").get<std::string>();
    label.locked = json.at("locked").get<bool>();
    label.children = readIds(json.at("children"));
    label.massOf = readIds(json.at("mass_of"));
    return label;
}

FormerLabel readFormer(const Json& json) {
    FormerLabel former;
    former.label = readLabel(json.at("label"));
    former.index = json.at("index").get<std::size_t>();
    former.to = LabelId{json.at("to").get<std::int64_t>()};
    former.merged = json.at("merged").get<bool>();
    return former;
}

Json toJson(const std::vector<Pin>& pins) {
    Json json = Json::array();
    for (const Pin& pin : pins) json.push_back({pin.document.value, pin.label.value, pin.must, pin.revision});
    return json;
}

/// Absent where an edit was written by a version without pins.
std::vector<Pin> readPins(const Json& effect, const char* key) {
    std::vector<Pin> pins;
    const auto found = effect.find(key);
    if (found == effect.end()) return pins;
    for (const auto& entry : *found) {
        pins.push_back({DocumentKey{entry.at(0).get<std::int64_t>()}, LabelId{entry.at(1).get<std::int64_t>()},
                        entry.at(2).get<bool>(), entry.at(3).get<std::int64_t>()});
    }
    return pins;
}

template <class T, class Read>
Result<T> guarded(std::string_view text, const char* what, Read read) {
    try {
        return read(Json::parse(text));
    } catch (const Json::exception&) {
        return makeError(ErrorCode::Corrupt, std::string("stored ") + what + " cannot be read");
    }
}

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}
}  // namespace

std::string termsToJson(const std::vector<Term>& terms) {
    return dump(toJson(terms));
}
std::string namesToJson(const std::vector<std::string>& names) {
    return dump(Json(names));
}
std::string idsToJson(const std::vector<LabelId>& ids) {
    return dump(toJson(ids));
}

Result<std::vector<Term>> termsFromJson(std::string_view json) {
    return guarded<std::vector<Term>>(json, "terms", [](const Json& j) { return readTerms(j); });
}
Result<std::vector<std::string>> namesFromJson(std::string_view json) {
    return guarded<std::vector<std::string>>(json, "names",
                                             [](const Json& j) { return j.get<std::vector<std::string>>(); });
}
Result<std::vector<LabelId>> idsFromJson(std::string_view json) {
    return guarded<std::vector<LabelId>>(json, "ids", [](const Json& j) { return readIds(j); });
}

std::string labelToJson(const Label& label) {
    return dump(toJson(label));
}
Result<Label> labelFromJson(std::string_view json) {
    return guarded<Label>(json, "label", [](const Json& j) { return readLabel(j); });
}
std::string formerToJson(const FormerLabel& former) {
    return dump(toJson(former));
}
Result<FormerLabel> formerFromJson(std::string_view json) {
    return guarded<FormerLabel>(json, "retired label", [](const Json& j) { return readFormer(j); });
}

std::string effectToJson(const EditEffect& effect) {
    Json json = {{"before", Json::array()},       {"after", Json::array()}, {"former_before", Json::array()},
                 {"former_after", Json::array()}, {"moves", Json::array()}, {"subject", effect.subject.value}};
    for (const auto& label : effect.before) json["before"].push_back(toJson(label));
    for (const auto& label : effect.after) json["after"].push_back(toJson(label));
    for (const auto& former : effect.formerBefore) json["former_before"].push_back(toJson(former));
    for (const auto& former : effect.formerAfter) json["former_after"].push_back(toJson(former));
    for (const auto& move : effect.massMoves) json["moves"].push_back({move.from.value, move.to.value});
    if (!effect.pinsBefore.empty()) json["pins_before"] = toJson(effect.pinsBefore);
    if (!effect.pinsAfter.empty()) json["pins_after"] = toJson(effect.pinsAfter);
    return dump(json);
}

Result<EditEffect> effectFromJson(std::string_view json) {
    return guarded<EditEffect>(json, "edit", [](const Json& j) {
        EditEffect effect;
        for (const auto& entry : j.at("before")) effect.before.push_back(readLabel(entry));
        for (const auto& entry : j.at("after")) effect.after.push_back(readLabel(entry));
        for (const auto& entry : j.at("former_before")) effect.formerBefore.push_back(readFormer(entry));
        for (const auto& entry : j.at("former_after")) effect.formerAfter.push_back(readFormer(entry));
        for (const auto& entry : j.at("moves")) {
            effect.massMoves.push_back(
                {LabelId{entry.at(0).get<std::int64_t>()}, LabelId{entry.at(1).get<std::int64_t>()}});
        }
        effect.pinsBefore = readPins(j, "pins_before");
        effect.pinsAfter = readPins(j, "pins_after");
        effect.subject = LabelId{j.at("subject").get<std::int64_t>()};
        return effect;
    });
}

}  // namespace espalier::tree
