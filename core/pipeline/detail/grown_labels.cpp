// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/detail/grown_labels.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/nmf/naming.h"
#include "core/nmf/presets.h"
#include "core/text/words.h"

namespace espalier::pipeline::detail {
using nlohmann::json;

namespace {
constexpr std::size_t kTypical = 5;  // documents that stand for a label
}

WrittenPlaces writtenPlaces(const text::TfidfModel& tfidf) {
    WrittenPlaces places;
    for (std::size_t t = 0; t < tfidf.written().size(); ++t)
        places.emplace(tfidf.written()[t], static_cast<std::int32_t>(t));
    return places;
}

std::vector<std::pair<std::int32_t, float>> placesOf(const std::vector<tree::Term>& terms,
                                                     const WrittenPlaces& places) {
    std::vector<std::pair<std::int32_t, float>> found;
    for (const tree::Term& term : terms) {
        const auto place = places.find(term.text);
        if (place != places.end()) found.emplace_back(place->second, static_cast<float>(term.weight));
    }
    return found;
}

std::vector<std::vector<DocumentKey>> typicalOf(const std::vector<DocumentKey>& keys,
                                                const std::vector<nmf::FoldIn::Shares>& shares, std::size_t nodes) {
    std::vector<std::vector<std::pair<float, std::size_t>>> ranked(nodes);
    for (std::size_t d = 0; d < shares.size(); ++d) {
        for (const auto& [node, share] : shares[d].resting)
            ranked[static_cast<std::size_t>(node)].emplace_back(-share, d);
    }
    std::vector<std::vector<DocumentKey>> typical(nodes);
    for (std::size_t node = 1; node < nodes; ++node) {
        auto& of = ranked[node];
        const auto size = std::min(of.size(), kTypical);
        std::partial_sort(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(size), of.end());
        for (std::size_t i = 0; i < size; ++i) typical[node].push_back(keys[of[i].second]);
    }
    return typical;
}

std::string stabilityJson(const std::vector<nmf::StabilityPoint>& table) {
    json rows = json::array();
    for (const auto& point : table) {
        rows.push_back({{"k", point.k},
                        {"w_min", point.wMin},
                        {"w_mean", point.wMean},
                        {"h_min", point.hMin},
                        {"h_mean", point.hMean},
                        {"topic_mean", point.topicMean},
                        {"stable_share", point.stableShare},
                        {"threshold", point.threshold},
                        {"chosen", point.chosen},
                        {"error_mean", point.errorMean},
                        {"error_sd", point.errorSd}});
    }
    return rows.dump();
}

std::vector<std::string> namesOf(const nmf::Hierarchy& hierarchy, const text::TfidfModel& tfidf) {
    nmf::NamingOptions naming;
    const std::string language = tfidf.mainLanguage();
    naming.stem = [&](std::string_view word) { return text::stem(word, language); };
    naming.stopWord = [&](std::string_view word) { return tfidf.isStopWord(word); };
    naming.capitalise = [](std::string_view word) { return text::capitalised(word); };
    naming.written = tfidf.written();
    return nmf::nameLabels(hierarchy, tfidf.vocabulary(), naming);
}

std::vector<tree::Term> shownTermsOf(const nmf::HierarchyNode& node, const text::TfidfModel& tfidf) {
    std::vector<tree::Term> terms;
    for (const auto& [term, weight] : nmf::shownTerms(node, tfidf.vocabulary()))
        terms.push_back({tfidf.written()[static_cast<std::size_t>(term)], static_cast<double>(weight)});
    return terms;
}

nmf::HierarchyOptions treeOptionsOf(std::string_view buildOptions) {
    json all = json::parse(buildOptions, nullptr, false);
    if (!all.is_object()) all = json::object();
    const auto read = [&all](const char* name, auto& value) {
        const auto found = all.find(name);
        if (found != all.end() && found->is_number()) found->get_to(value);
    };
    const auto word = [&all](const char* name, auto& value, const std::vector<std::string>& names) {
        const auto found = all.find(name);
        if (found == all.end() || !found->is_string()) return;
        const auto text = found->get<std::string>();
        if (std::find(names.begin(), names.end(), text) != names.end())
            value = nmf::named<std::remove_reference_t<decltype(value)>>(names, text);
    };
    const std::string preset = all.value("preset", json("balanced")).is_string()
                                   ? all.value("preset", std::string("balanced"))
                                   : std::string("balanced");
    const auto semantic = all.find("semantic");
    nmf::HierarchyOptions tree = nmf::presetOptions(nmf::presetNamed(preset).value_or(nmf::Preset::Balanced),
                                                    semantic != all.end() && semantic->is_object());
    read("depth", tree.depth);
    read("k_max", tree.kMax);
    tree.deepKMax = std::min(10, tree.kMax);
    read("min_docs", tree.minDocuments);
    read("perturbations", tree.perturbations);
    read("iterations", tree.iterations);
    read("threshold", tree.threshold);
    read("noise", tree.noise);
    read("left_out", tree.leftOut);
    read("tolerance", tree.tolerance);
    read("seed", tree.seed);
    word("solver", tree.solver, nmf::solverNames());
    word("matching", tree.matching, nmf::matchingNames());
    word("resampler", tree.resampler, nmf::resamplerNames());
    word("search", tree.search, nmf::searchNames());
    word("k_rule", tree.rule, nmf::ruleNames());
    return tree;
}

}  // namespace espalier::pipeline::detail
