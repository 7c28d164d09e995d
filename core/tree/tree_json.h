// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/tree_json.h
/// Labels, effects and edits as JSON text: how the project stores them. Not contract.md's `tree` (core/project).
#pragma once
#include <string>
#include <string_view>

#include "core/tree/edit.h"
#include "core/tree/label_tree.h"

namespace espalier::tree {

/// Doubles survive exactly. Bytes that are not UTF-8 become U+FFFD.
std::string termsToJson(const std::vector<Term>& terms);
std::string namesToJson(const std::vector<std::string>& names);
std::string idsToJson(const std::vector<LabelId>& ids);
/// \retval Corrupt  not what the functions above write
Result<std::vector<Term>> termsFromJson(std::string_view json);
Result<std::vector<std::string>> namesFromJson(std::string_view json);
Result<std::vector<LabelId>> idsFromJson(std::string_view json);

/// Empty text for an empty one. Keys that have nothing to say are left out.
std::string exchangeToJson(const Exchange& exchange);
Result<Exchange> exchangeFromJson(std::string_view json);

std::string labelToJson(const Label& label);
Result<Label> labelFromJson(std::string_view json);
std::string formerToJson(const FormerLabel& former);
Result<FormerLabel> formerFromJson(std::string_view json);
std::string effectToJson(const EditEffect& effect);
Result<EditEffect> effectFromJson(std::string_view json);

}  // namespace espalier::tree
