// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/search_session.h
/// Search by branch, resident: model, vectors and word index stay in memory between queries and are loaded again when
/// the project changed under them.
///
/// Dense: cosine of the query and the documents' vectors under one model. Words: BM25. Hybrid: 0.7 dense + 0.3 BM25,
/// each standardised over the whole corpus. Confined to one thread at a time.
#pragma once
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/jobs/job_context.h"

namespace espalier::pipeline {

class SearchSession {
public:
    /// Opens the project for reading; nothing is loaded before the first search.
    static Result<std::unique_ptr<SearchSession>> open(const std::filesystem::path& project);
    ~SearchSession();
    SearchSession(const SearchSession&) = delete;
    SearchSession& operator=(const SearchSession&) = delete;

    /// \param request  {query, model?, branch? (id or path text), k? = 10, mode? (dense, words, hybrid), threads?,
    ///                 device?, hits_first? = false}; null counts as absent
    /// \param context  with hits_first, and where snippets need the encoder, gets one event {"event":"hits","result"}
    ///                 before them: the answer whole but for its snippets, which are null
    /// \return the object of contract.md's `search`
    /// \retval InvalidState     vectors are asked for and there are none
    /// \retval NotFound         no such model or label
    /// \retval InvalidArgument  empty query, k out of range, unknown mode
    /// \retval Cancelled        the context says stop
    Result<nlohmann::json> search(const nlohmann::json& request, jobs::JobContext& context);

private:
    struct State;
    explicit SearchSession(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace espalier::pipeline
