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

Json toJson(const RdfTerm& term) {
    Json json = Json::array({std::string(1, "ubl"[static_cast<int>(term.kind)]), term.value});
    if (!term.language.empty() || !term.datatype.empty()) json.push_back(term.language);
    if (!term.datatype.empty()) json.push_back(term.datatype);
    return json;
}

Json toJson(const std::vector<LanguageText>& texts) {
    Json json = Json::array();
    for (const LanguageText& text : texts) json.push_back({text.text, text.language});
    return json;
}

Json toJson(const Exchange& exchange) {
    Json json = Json::object();
    const auto put = [&json](const char* key, Json value) {
        const bool nothing = value.is_string() ? value.get_ref<const std::string&>().empty() : value.empty();
        if (!nothing) json[key] = std::move(value);
    };
    put("uri", exchange.uri);
    put("language", exchange.language);
    put("note_language", exchange.noteLanguage);
    put("names", toJson(exchange.names));
    put("alternatives", toJson(exchange.alternatives));
    put("hidden_names", toJson(exchange.hiddenNames));
    Json notations = Json::array(), documentation = Json::array(), kept = Json::array(), conflicts = Json::array();
    for (const auto& notation : exchange.notations) notations.push_back({notation.text, notation.datatype});
    for (const auto& one : exchange.documentation)
        documentation.push_back({one.kind, one.text.text, one.text.language});
    for (const auto& one : exchange.kept) kept.push_back({toJson(one.subject), one.predicate, toJson(one.object)});
    for (const auto& one : exchange.conflicts) conflicts.push_back({one.field, one.theirs, one.source});
    put("notations", std::move(notations));
    put("documentation", std::move(documentation));
    put("related", toJson(exchange.related));
    put("also_under", toJson(exchange.alsoUnder));
    put("created", exchange.created);
    put("modified", exchange.modified);
    put("kept", std::move(kept));
    put("conflicts", std::move(conflicts));
    return json;
}

Json labelJson(const Label& label) {
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

Json toJson(const Label& label) {
    Json json = labelJson(label);
    if (!label.exchange.empty()) json["exchange"] = toJson(label.exchange);  // absent: digests of old trees stay
    return json;
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

RdfTerm readTerm(const Json& json) {
    const std::string kind = json.at(0).get<std::string>();
    RdfTerm term;
    term.kind = kind == "l" ? RdfTerm::Kind::Literal : kind == "b" ? RdfTerm::Kind::Blank : RdfTerm::Kind::Uri;
    term.value = json.at(1).get<std::string>();
    if (json.size() > 2) term.language = json.at(2).get<std::string>();
    if (json.size() > 3) term.datatype = json.at(3).get<std::string>();
    return term;
}

std::vector<LanguageText> readTexts(const Json& json) {
    std::vector<LanguageText> texts;
    for (const auto& entry : json) texts.push_back({entry.at(0).get<std::string>(), entry.at(1).get<std::string>()});
    return texts;
}

Exchange readExchange(const Json& json) {
    Exchange exchange;
    const Json none = Json::array();
    const auto text = [&json](const char* key) { return json.value(key, std::string()); };
    const auto list = [&](const char* key) -> const Json& {
        const auto found = json.find(key);
        return found == json.end() ? none : *found;
    };
    exchange.uri = text("uri");
    exchange.language = text("language");
    exchange.noteLanguage = text("note_language");
    exchange.names = readTexts(list("names"));
    exchange.alternatives = readTexts(list("alternatives"));
    exchange.hiddenNames = readTexts(list("hidden_names"));
    for (const auto& entry : list("notations"))
        exchange.notations.push_back({entry.at(0).get<std::string>(), entry.at(1).get<std::string>()});
    for (const auto& entry : list("documentation"))
        exchange.documentation.push_back(
            {entry.at(0).get<std::string>(), {entry.at(1).get<std::string>(), entry.at(2).get<std::string>()}});
    exchange.related = readIds(list("related"));
    exchange.alsoUnder = readIds(list("also_under"));
    exchange.created = text("created");
    exchange.modified = text("modified");
    for (const auto& entry : list("kept"))
        exchange.kept.push_back({readTerm(entry.at(0)), entry.at(1).get<std::string>(), readTerm(entry.at(2))});
    for (const auto& entry : list("conflicts"))
        exchange.conflicts.push_back(
            {entry.at(0).get<std::string>(), entry.at(1).get<std::string>(), entry.at(2).get<std::string>()});
    return exchange;
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
    if (const auto found = json.find("exchange"); found != json.end()) label.exchange = readExchange(*found);
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

Json toJson(const std::vector<SetShare>& shares) {
    Json json = Json::array();
    for (const SetShare& share : shares)
        json.push_back({share.document.value, share.label.value, share.value, share.revision});
    return json;
}

/// Absent where an edit was written by a version without set shares.
std::vector<SetShare> readShares(const Json& effect, const char* key) {
    std::vector<SetShare> shares;
    const auto found = effect.find(key);
    if (found == effect.end()) return shares;
    for (const auto& entry : *found) {
        shares.push_back({DocumentKey{entry.at(0).get<std::int64_t>()}, LabelId{entry.at(1).get<std::int64_t>()},
                          entry.at(2).get<double>(), entry.at(3).get<std::int64_t>()});
    }
    return shares;
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

std::string exchangeToJson(const Exchange& exchange) {
    return exchange.empty() ? std::string() : dump(toJson(exchange));
}
Result<Exchange> exchangeFromJson(std::string_view json) {
    if (json.empty()) return Exchange{};
    return guarded<Exchange>(json, "exchange data", [](const Json& j) { return readExchange(j); });
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
    if (!effect.sharesBefore.empty()) json["shares_before"] = toJson(effect.sharesBefore);
    if (!effect.sharesAfter.empty()) json["shares_after"] = toJson(effect.sharesAfter);
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
        effect.sharesBefore = readShares(j, "shares_before");
        effect.sharesAfter = readShares(j, "shares_after");
        effect.subject = LabelId{j.at("subject").get<std::int64_t>()};
        return effect;
    });
}

}  // namespace espalier::tree
