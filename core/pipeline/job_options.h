// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/job_options.h
/// Reads the options of a job from JSON: absent = default, out of range or unknown = refused by name.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace espalier::pipeline {

/// Ask for every option once, then finish(). The first fault wins; until then defaults are answered.
class JobOptions {
public:
    /// \retval InvalidArgument  not a JSON object
    static Result<JobOptions> parse(std::string_view json);
    ~JobOptions();
    JobOptions(JobOptions&&) noexcept;
    JobOptions& operator=(JobOptions&&) noexcept;

    std::int64_t integer(std::string_view name, std::int64_t fallback, std::int64_t low, std::int64_t high);
    double number(std::string_view name, double fallback, double low, double high);
    bool flag(std::string_view name, bool fallback = false);
    std::string text(std::string_view name, std::string fallback = {});
    /// One text or a list of texts.
    std::vector<std::string> texts(std::string_view name);
    std::string choice(std::string_view name, std::string fallback, const std::vector<std::string>& allowed);
    bool given(std::string_view name) const;  ///< present and not null

    // Options of every job.
    int threads();         ///< 0 = all cores
    std::string device();  ///< default "auto"
    std::uint64_t seed();  ///< default 42

    /// \retval InvalidArgument  the first fault, or an option that was never asked for
    Status finish();

private:
    struct State;
    explicit JobOptions(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace espalier::pipeline
