// SPDX-License-Identifier: Apache-2.0
/// \file core/project/detail/proposal_plan.h
/// What taking parts of a proposal makes of a project, worked out before anything is stored.
#pragma once
#include <filesystem>
#include <vector>

#include "core/project/detail/project_state.h"
#include "core/project/proposal.h"

namespace espalier::project {

struct ProposalPlan {
    tree::LabelTree tree;
    detail::ReplacedRows rows;
    detail::ReplacedRows fitted;  ///< as the fit alone has them, of documents with set shares
    std::int64_t nextLabel = 0;
    std::vector<LabelId> labelOf;  ///< per place; of one that is not taken and new: none
    std::vector<char> taken;       ///< per part (number - 1)
    std::vector<LabelId> sources;  ///< whose mass is dealt out
};

/// \param fitted  of the documents with set shares  \param job  its folder, for messages
/// Errors as Project::preview().
Result<ProposalPlan> planProposal(const Project::State::View& view, const FittedRows& fitted, const Proposal& proposal,
                                  const Acceptance& acceptance, const std::filesystem::path& job);

}  // namespace espalier::project
