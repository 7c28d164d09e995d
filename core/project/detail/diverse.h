// SPDX-License-Identifier: Apache-2.0
/// \file core/project/detail/diverse.h
/// The order that shows how wide a label is: farthest first (Gonzalez 1985).
#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/project/detail/mass_table.h"

namespace espalier::project::detail {

/// Order::Diverse of document_query.h. \param typical  positions, most typical first
/// \param vectors  file of Project::model(), or empty: shares are compared; a document without a vector is not picked
std::vector<std::int32_t> farthestFirst(const DocumentTable& documents, const MassTable& masses,
                                        const std::filesystem::path& vectors, std::vector<std::int32_t> typical);

}  // namespace espalier::project::detail
