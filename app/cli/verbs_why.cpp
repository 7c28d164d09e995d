// SPDX-License-Identifier: Apache-2.0
/// why.
#include <algorithm>
#include <cmath>

#include "app/cli/command.h"
#include "core/pipeline/why.h"

namespace espalier::cli {
using nlohmann::json;

namespace {
constexpr std::size_t kTermsShown = 15;
constexpr std::size_t kLendersShown = 3;

std::string share(double value) {
    return formatNumber(value, 4);
}

std::string whyText(const json& object, int columns) {
    std::string text = object["sentence"].get<std::string>() + "\n";
    for (const json& pin : object["pins"]) {
        text += std::string("Pinned ") + (pin["must"].get<bool>() ? "under " : "not under ") +
                formatPath(pin["path"].get<std::vector<std::string>>());
        if (pin["fit_agrees"].is_boolean() && !pin["fit_agrees"].get<bool>()) text += ", against its shares";
        text += "\n";
    }
    if (!object["terms"].is_array()) return text;
    const bool semantic = object["lenders"].is_array();
    TextTable table;
    table.column("Share", TextTable::Align::Right);
    if (semantic) table.column("Own", TextTable::Align::Right);
    if (semantic) table.column("Lent", TextTable::Align::Right);
    table.column("Term", TextTable::Align::Left, true);
    const auto row = [&](double own, double lent, const std::string& term) {
        if (semantic)
            table.row({share(own + lent), share(own), share(lent), term});
        else
            table.row({share(own + lent), term});
    };
    double own = 0, lent = 0;
    const auto size = object["terms"].size();
    for (std::size_t i = 0; i < size; ++i) {
        const json& term = object["terms"][i];
        if (i < kTermsShown) {
            row(term["own"].get<double>(), term["lent"].get<double>(), term["term"].get<std::string>());
        } else {
            own += term["own"].get<double>();
            lent += term["lent"].get<double>();
        }
    }
    if (size > kTermsShown) row(own, lent, "(" + formatCount(static_cast<std::int64_t>(size - kTermsShown)) + " more)");
    if (const double rest = object["undecided"].get<double>(); rest > 0) row(rest, 0, "(decided by no term)");
    if (!table.empty()) text += "\n" + table.text(columns);
    if (semantic) {
        text += "\nWords lent by " + formatCount(static_cast<std::int64_t>(object["lenders"].size())) + " documents:";
        for (std::size_t i = 0; i < std::min(kLendersShown, object["lenders"].size()); ++i) {
            const json& lender = object["lenders"][i];
            const auto title = lender["title"].get<std::string>();
            text += "\n  " + formatNumber(lender["weight"].get<double>(), 3) + "  " +
                    (title.empty() ? lender["id"].get<std::string>() : title);
        }
        text += "\n";
    }
    return text;
}
}  // namespace

void addWhyVerb(Commands& commands) {
    struct Options {
        std::string project, document, label;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app =
        commands.add("why", "Why a document is where it is: its share by terms, its pins, what last moved it",
                     [options](Call& call) -> Result<Outcome> {
                         json request{{"document", options->document}, {"threads", call.common.threads}};
                         if (!options->label.empty()) request["label"] = options->label;
                         ESPALIER_ASSIGN(const auto session, pipeline::WhySession::open(options->project));
                         ESPALIER_ASSIGN(const json object, session->why(request, call.context));
                         return Outcome{object, whyText(object, call.console.columns())};
                     });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("document", options->document, "Id of the document")->required()->type_name("DOC");
    app->add_option("label", options->label, "Share of this label (id or path; default: where the document is)")
        ->type_name("LABEL");
}

}  // namespace espalier::cli
