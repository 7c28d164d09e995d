// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/job_options.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace espalier::pipeline {
using nlohmann::json;

struct JobOptions::State {
    json values;
    std::set<std::string, std::less<>> asked;
    std::optional<Error> fault;

    const json* find(std::string_view name) {
        asked.emplace(name);
        const auto found = values.find(std::string(name));
        return found == values.end() || found->is_null() ? nullptr : &*found;
    }
    void refuse(std::string_view name, const std::string& why) {
        std::string option(name);
        for (char& c : option) c = c == '_' ? '-' : c;
        if (!fault) fault = makeError(ErrorCode::InvalidArgument, "--" + option + " " + why);
    }
};

namespace {
std::string rangeText(double low, double high) {
    std::ostringstream text;
    text << "must lie between " << low << " and " << high;
    return text.str();
}
}  // namespace

JobOptions::JobOptions(std::unique_ptr<State> state) : m_state(std::move(state)) {}
JobOptions::~JobOptions() = default;
JobOptions::JobOptions(JobOptions&&) noexcept = default;
JobOptions& JobOptions::operator=(JobOptions&&) noexcept = default;

Result<JobOptions> JobOptions::parse(std::string_view text) {
    auto state = std::make_unique<State>();
    state->values = json::parse(text, nullptr, false);
    if (!state->values.is_object()) {
        return makeError(ErrorCode::InvalidArgument, "the options of a job are a JSON object");
    }
    return JobOptions(std::move(state));
}

std::int64_t JobOptions::integer(std::string_view name, std::int64_t fallback, std::int64_t low, std::int64_t high) {
    const json* value = m_state->find(name);
    if (value == nullptr) return fallback;
    if (!value->is_number_integer()) {
        m_state->refuse(name, "is a whole number");
        return fallback;
    }
    const auto number = value->get<std::int64_t>();
    if (number < low || number > high) {
        m_state->refuse(name, rangeText(static_cast<double>(low), static_cast<double>(high)));
        return fallback;
    }
    return number;
}

double JobOptions::number(std::string_view name, double fallback, double low, double high) {
    const json* value = m_state->find(name);
    if (value == nullptr) return fallback;
    const double number = value->is_number() ? value->get<double>() : std::numeric_limits<double>::quiet_NaN();
    if (!(number >= low && number <= high)) {
        m_state->refuse(name, rangeText(low, high));
        return fallback;
    }
    return number;
}

bool JobOptions::flag(std::string_view name, bool fallback) {
    const json* value = m_state->find(name);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) m_state->refuse(name, "is true or false");
    return value->is_boolean() ? value->get<bool>() : fallback;
}

std::string JobOptions::text(std::string_view name, std::string fallback) {
    const json* value = m_state->find(name);
    if (value == nullptr) return fallback;
    if (!value->is_string()) {
        m_state->refuse(name, "is a text");
        return fallback;
    }
    return value->get<std::string>();
}

std::vector<std::string> JobOptions::texts(std::string_view name) {
    const json* value = m_state->find(name);
    std::vector<std::string> list;
    if (value == nullptr) return list;
    if (value->is_string()) return {value->get<std::string>()};
    if (!value->is_array()) {
        m_state->refuse(name, "is a text or a list of texts");
        return list;
    }
    for (const json& item : *value) {
        if (item.is_string())
            list.push_back(item.get<std::string>());
        else
            m_state->refuse(name, "is a text or a list of texts");
    }
    return list;
}

std::string JobOptions::choice(std::string_view name, std::string fallback, const std::vector<std::string>& allowed) {
    std::string chosen = text(name, fallback);
    for (const std::string& word : allowed) {
        if (word == chosen) return chosen;
    }
    std::string list;
    for (const std::string& word : allowed) list += (list.empty() ? "" : ", ") + word;
    m_state->refuse(name, "is one of: " + list);
    return fallback;
}

bool JobOptions::given(std::string_view name) const {
    const auto found = m_state->values.find(std::string(name));
    return found != m_state->values.end() && !found->is_null();
}

int JobOptions::threads() {
    return static_cast<int>(integer("threads", 0, 0, 1024));
}
std::string JobOptions::device() {
    return text("device", "auto");
}

std::uint64_t JobOptions::seed() {
    const json* value = m_state->find("seed");
    if (value == nullptr) return 42;
    if (!value->is_number_integer() || (!value->is_number_unsigned() && value->get<std::int64_t>() < 0)) {
        m_state->refuse("seed", "is a whole number from 0 on");
        return 42;
    }
    return value->get<std::uint64_t>();
}

Status JobOptions::finish() {
    if (m_state->fault) return *m_state->fault;
    for (const auto& [name, value] : m_state->values.items()) {
        if (m_state->asked.count(name) == 0 && !value.is_null()) {
            m_state->refuse(name, "is no option of this job");
            return *m_state->fault;
        }
    }
    return {};
}

}  // namespace espalier::pipeline
