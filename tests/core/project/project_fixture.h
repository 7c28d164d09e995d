// SPDX-License-Identifier: Apache-2.0
/// \file tests/core/project/project_fixture.h
/// Small projects made in code: documents about nothing in particular, and a build result as the tree engine leaves it.
#pragma once
#include <QTest>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "core/jobs/job_context.h"
#include "core/project/job_results.h"
#include "core/project/project.h"
#include "core/project/proposal.h"
#include "tests/support/temp_folder.h"

namespace espalier::test {

using namespace espalier::project;

inline std::string jsonLine(const std::string& id, const std::string& text, const std::string& more = {}) {
    return "{" + (id.empty() ? std::string() : "\"_id\":\"" + id + "\",") + "\"text\":\"" + text + "\"" + more + "}\n";
}

inline Result<ImportReport> importText(Project& project, const TempFolder& folder, const std::string& jsonl,
                                       const std::string& name = "corpus.jsonl") {
    const auto file = folder.write(name, jsonl);
    jobs::JobContext context;
    return project.importCorpus({file}, {}, context);
}

inline std::unique_ptr<Project> newProject(const TempFolder& folder, const std::string& name = "p.espalier") {
    auto made = Project::create(folder / name);
    if (!made) qFatal("%s", made.error().message.c_str());
    return std::move(made).value();
}

/// d000, d001, ... each with a text of its own.
inline std::string corpus(int documents) {
    std::string lines;
    for (int i = 0; i < documents; ++i) {
        char id[16];
        std::snprintf(id, sizeof id, "d%05d", i);
        lines += jsonLine(id, "water and soil number " + std::to_string(i),
                          ",\"title\":\"Sheet " + std::to_string(i) + "\"");
    }
    return lines;
}

/// Root, `branches` labels, `leaves` below each; every document rests in up to three places, 1 in all, and has the fit
/// residuals 0.5 at the root and 0.25 at the first branch.
inline BuildResult madeBuild(Project& project, int branches, int leaves, std::uint64_t seed = 1) {
    BuildResult build;
    build.fromRevision = project.revision().value();
    build.nodes.push_back({-1, "All documents", {}, "", R"([{"k":2}])"});
    for (int b = 0; b < branches; ++b) {
        build.nodes.push_back({0, "branch " + std::to_string(b), {{"word" + std::to_string(b), 0.5}}, "", "[]"});
    }
    for (int b = 0; b < branches; ++b) {
        for (int l = 0; l < leaves; ++l) {
            std::vector<tree::Term> terms;
            for (int t = 0; t < 10; ++t)
                terms.push_back({"term" + std::to_string(b * leaves + l) + "x" + std::to_string(t), 1.0 / (t + 1)});
            build.nodes.push_back(
                {1 + b, "leaf " + std::to_string(b) + "." + std::to_string(l), terms, "too few documents", "[]"});
        }
    }
    SplitMix64 random(seed);
    const auto ids = project.documentIds().value();
    const auto nodes = build.nodes.size();
    for (const auto& [key, id] : ids) {
        const std::int64_t first = static_cast<std::int64_t>(random.below(nodes));
        const std::int64_t second = static_cast<std::int64_t>(random.below(nodes));
        const std::int64_t third = static_cast<std::int64_t>(random.below(nodes));
        std::vector<std::pair<std::int64_t, double>> rests{{first, 0.6}};
        if (second != first) rests.emplace_back(second, 0.3);
        if (third != first && third != second) rests.emplace_back(third, 0.1);
        double sum = 0;
        for (const auto& rest : rests) sum += rest.second;
        for (auto& rest : rests) rest.second /= sum;
        build.resting.add(key, rests, {{0, 0.5}, {1, 0.25}});
    }
    build.hash = std::string(64, '0');
    build.simd = "base";
    return build;
}

inline Result<AdoptOutcome> adoptBuild(Project& project, const BuildResult& build) {
    ESPALIER_ASSIGN(const auto job, project.newJobFolder("build"));
    ESPALIER_TRY(writeBuildResult(job, build));
    return project.adopt(job);
}

/// A proposal that deals everything that rests at a label out to `parts` new ones, document by document in turn.
inline Proposal madeSplit(Project& project, LabelId label, int parts) {
    const auto snapshot = project.tree().value();
    Proposal proposal;
    proposal.fromRevision = snapshot->revision;
    const tree::Label& subject = snapshot->tree.at(label);
    proposal.sources = subject.massOf;
    proposal.labels.push_back({-1, label, subject.name, subject.terms, subject.stopReason, R"([{"k":2}])", {}});
    for (int part = 1; part <= parts; ++part) {
        proposal.labels.push_back(
            {0, {}, "part " + std::to_string(part), {{"word" + std::to_string(part), 0.5}}, "", "[]", {}});
    }
    std::int64_t turn = 0;
    const auto all = project.allResting().value();
    for (const auto& document : all) {
        for (const auto& rest : document.resting) {
            if (rest.label != label) continue;
            proposal.resting.add(document.key, {{1 + turn % parts, rest.mass * 0.75}, {0, rest.mass * 0.25}},
                                 {{0, 0.125}});
            ++turn;
        }
    }
    return proposal;
}

inline std::filesystem::path proposed(Project& project, const Proposal& proposal) {
    const auto job = project.newJobFolder(proposalKindName(proposal.kind)).value();
    if (!writeProposal(job, proposal)) qFatal("fixture");
    return job;
}

inline tree::Edit makeEdit(tree::EditKind kind, LabelId label, LabelId parent = {}, std::string text = {}) {
    tree::Edit edit;
    edit.kind = kind;
    edit.label = label;
    edit.parent = parent;
    edit.text = std::move(text);
    return edit;
}

/// Empty when everything is well, else the first problem.
inline std::string problems(Project& project) {
    jobs::JobContext context;
    const auto found = project.check(context);
    if (!found) return found.error().message;
    return found->empty() ? std::string() : found->front().what;
}

}  // namespace espalier::test

#define VERIFY_OK(expression)                                                           \
    do {                                                                                \
        const auto& verified = (expression);                                            \
        QVERIFY2(verified.ok(), verified.ok() ? "" : verified.error().message.c_str()); \
    } while (false)
