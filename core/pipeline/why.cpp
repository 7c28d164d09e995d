// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/why.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "core/index/neighbours.h"
#include "core/nmf/smoothing.h"
#include "core/nmf/term_split.h"
#include "core/pipeline/detail/branch_rows.h"
#include "core/pipeline/factors_file.h"
#include "core/pipeline/semantic_rows.h"
#include "core/project/project.h"
#include "core/project/proposal.h"
#include "core/text/document.h"
#include "core/tree/memberships.h"

namespace espalier::pipeline {
using nlohmann::json;
namespace fs = std::filesystem;

namespace {
constexpr std::size_t kTermsSaid = 4;

struct Request {
    std::string document, label;
    int threads = 0;
};

Result<Request> parseRequest(const json& from) {
    Request request;
    const auto text = [&from](const char* key, std::string& value) -> Status {
        const auto found = from.find(key);
        if (found == from.end() || found->is_null()) return {};
        if (found->is_string()) {
            value = found->get<std::string>();
        } else if (found->is_number_integer()) {
            value = std::to_string(found->get<std::int64_t>());
        } else {
            return makeError(ErrorCode::InvalidArgument, std::string("\"") + key + "\" of a question is a text");
        }
        return {};
    };
    if (!from.is_object()) return makeError(ErrorCode::InvalidArgument, "a question is an object");
    ESPALIER_TRY(text("document", request.document));
    ESPALIER_TRY(text("label", request.label));
    if (request.document.empty()) return makeError(ErrorCode::InvalidArgument, "say which document");
    if (const auto found = from.find("threads"); found != from.end() && found->is_number_integer())
        request.threads = std::clamp(found->get<int>(), 0, 1024);
    return request;
}

/// The document's words as a fold-in takes them.
struct Row {
    std::vector<std::int32_t> columns;
    std::vector<float> counts;
    std::vector<double> own;                              ///< beside them: share of its own words, [0, 1]
    std::vector<std::pair<DocumentKey, double>> lenders;  ///< weights sum to 1; empty: own words alone
};

/// A split by terms, in words of the vocabulary.
struct Split {
    struct Term {
        std::string text;
        double own = 0, lent = 0;
        double part() const { return own + lent; }
    };
    std::vector<Term> terms;  ///< largest first by size
    double undecided = 0;
    std::vector<std::pair<DocumentKey, double>> lenders;
};

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " > ") + name;
    return text.empty() ? "the top of the tree" : "'" + text + "'";
}

std::string twoDigits(double value) {
    const auto hundredths = std::llround(std::abs(value) * 100);
    return std::string(value < 0 && hundredths > 0 ? "-" : "") + std::to_string(hundredths / 100) + "." +
           (hundredths % 100 < 10 ? "0" : "") + std::to_string(hundredths % 100);
}

json moveJson(const std::optional<project::JournalEntry>& move) {
    if (!move) return nullptr;
    return {{"revision", move->revision},
            {"kind", move->kind},
            {"what", move->what},
            {"time", move->time},
            {"actor", move->actor}};
}
}  // namespace

struct WhySession::State {
    std::unique_ptr<project::Project> project;

    // Of the files that were read last; their names change with what is in them.
    struct Source {
        fs::path file;
        Factors factors;
    };
    std::optional<Source> built;
    struct Step {
        nmf::Hierarchy hierarchy;
        std::string fittedTo;  ///< Factors::rows
    };
    std::map<fs::path, Step> steps;
    struct Lenders {
        std::string key;
        UnitVectors vectors;
        std::vector<DocumentKey> documents;  ///< beside the rows
    };
    std::map<bool, Lenders> lenders;  ///< false: the build's documents, true: all

    Result<const Factors*> factorsOf(const project::BuildInfo& build);
    Result<const Lenders*> lendersOf(const project::ModelInfo& model, const Factors& factors, bool all);
    Result<Row> ownRow(const Factors& factors, DocumentKey document, jobs::JobContext& context);
    Result<Row> semanticRow(const project::ModelInfo& model, const SemanticSettings& settings, const Factors& factors,
                            DocumentKey document, bool all, int threads, jobs::JobContext& context);
    Result<std::vector<Row>> rowsToTry(const std::string& fittedTo, const Factors& factors, DocumentKey document,
                                       bool grown, int threads, jobs::JobContext& context);
    struct Answer {
        std::optional<Split> split;
        std::string whyNot;
    };
    Result<Answer> splitOf(const project::DocumentRecord& record, const tree::LabelTree& tree, LabelId label,
                           double share, int threads, jobs::JobContext& context);
};

Result<const Factors*> WhySession::State::factorsOf(const project::BuildInfo& build) {
    if (!built || built->file != build.factorsFile) {
        built.reset();
        lenders.clear();
        steps.clear();
        ESPALIER_ASSIGN(Factors factors, readFactors(build.factorsFile));
        if (build.labelOfNode.size() != factors.hierarchy.nodes.size()) {
            return makeError(ErrorCode::Corrupt,
                             "the tree and its factors do not belong together; build the tree again",
                             build.factorsFile.string());
        }
        built = Source{build.factorsFile, std::move(factors)};
    }
    return &built->factors;
}

Result<const WhySession::State::Lenders*> WhySession::State::lendersOf(const project::ModelInfo& model,
                                                                       const Factors& factors, bool all) {
    Lenders& known = lenders[all];
    if (known.key == model.vectorsSha256 && !known.key.empty()) return &known;
    known = {};
    std::vector<DocumentKey> keys = factors.documents;
    if (all) {
        std::vector<std::pair<std::string, DocumentKey>> later;  // canonical order: ascending text hash
        keys.clear();
        ESPALIER_TRY(
            project->forEachDocument([&](DocumentKey key, const text::Document&, const std::string& hash) -> Status {
                later.emplace_back(hash, key);
                return {};
            }));
        std::sort(later.begin(), later.end());
        for (const auto& [hash, key] : later) keys.push_back(key);
    }
    ESPALIER_ASSIGN(known.vectors, unitVectors(*project, model, keys));
    for (const std::int64_t place : known.vectors.places)
        known.documents.push_back(keys[static_cast<std::size_t>(place)]);
    known.key = model.vectorsSha256;
    return &known;
}

Result<Row> WhySession::State::ownRow(const Factors& factors, DocumentKey document, jobs::JobContext& context) {
    ESPALIER_ASSIGN(const SparseRows counts,
                    detail::countsOf(*project, factors.tfidf, std::vector<DocumentKey>{document}, context));
    Row row;
    row.columns = counts.columns;
    row.counts = counts.values;
    row.own.assign(row.columns.size(), 1.0);
    return row;
}

/// As assign and build make it: the nearest of the documents that lend, the document itself not among them.
Result<Row> WhySession::State::semanticRow(const project::ModelInfo& model, const SemanticSettings& settings,
                                           const Factors& factors, DocumentKey document, bool all, int threads,
                                           jobs::JobContext& context) {
    const std::vector<DocumentKey> self{document};
    ESPALIER_ASSIGN(const SparseRows counts, detail::countsOf(*project, factors.tfidf, self, context));
    ESPALIER_ASSIGN(const UnitVectors query, unitVectors(*project, model, self));
    ESPALIER_ASSIGN(const Lenders* from, lendersOf(model, factors, all));
    index::NeighbourOptions options;
    options.count = settings.neighbours + 1;
    options.threads = threads;
    ESPALIER_ASSIGN(index::Neighbours found,
                    index::nearestNeighbours(query.rows, from->vectors.rows, options, context));
    std::vector<DocumentKey> keys;
    std::vector<std::int64_t> places(from->documents.size(), -1);
    index::Neighbours kept;
    for (std::size_t i = 0; i < found.rows.size() && keys.size() < static_cast<std::size_t>(settings.neighbours); ++i) {
        const auto at = static_cast<std::size_t>(found.rows[i]);
        if (from->documents[at] == document) continue;
        places[at] = static_cast<std::int64_t>(keys.size());
        keys.push_back(from->documents[at]);
        kept.rows.push_back(found.rows[i]);
        kept.similarity.push_back(found.similarity[i]);
    }
    if (query.rows.rows > 0) kept.offsets.push_back(static_cast<std::int64_t>(kept.rows.size()));
    // In the order that the lenders have, so that sums come out as they did.
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return kept.rows[a] < kept.rows[b]; });
    std::vector<DocumentKey> ordered;
    for (const std::size_t i : order) {
        places[static_cast<std::size_t>(kept.rows[i])] = static_cast<std::int64_t>(ordered.size());
        ordered.push_back(keys[i]);
    }
    ESPALIER_ASSIGN(const SparseRows lent, detail::countsOf(*project, factors.tfidf, ordered, context));
    const SparseRows weights = neighbourWeights(kept, query.places, 1, places, lent.rows);
    nmf::SmoothingOptions smoothing;
    smoothing.lent = settings.lent;
    smoothing.smallest = settings.smallest;
    smoothing.threads = threads;
    const auto& idf = factors.hierarchy.nodes.front().idf;
    ESPALIER_ASSIGN(const SparseRows smoothed, nmf::smoothedRows(counts, lent, weights, idf, smoothing, context));
    Row row;
    row.columns = smoothed.columns;
    row.counts = smoothed.values;
    row.own = nmf::ownShares(counts, lent, weights, idf, smoothing.lent, row.columns);
    for (std::size_t i = 0; i < weights.columns.size(); ++i)
        row.lenders.emplace_back(ordered[static_cast<std::size_t>(weights.columns[i])], double{weights.values[i]});
    return row;
}

/// Rows that the document may have been folded in with, the likeliest first.
/// \param fittedTo  a build's options, or Factors::rows of what grew later
/// \param grown  whether labels were split later, which saw all the neighbours there were
Result<std::vector<Row>> WhySession::State::rowsToTry(const std::string& fittedTo, const Factors& factors,
                                                      DocumentKey document, bool grown, int threads,
                                                      jobs::JobContext& context) {
    std::vector<Row> rows;
    const auto settings = semanticSettings(fittedTo);
    if (settings && !factors.hierarchy.nodes.front().idf.empty()) {
        ESPALIER_ASSIGN(const auto models, project->models());
        for (const auto& model : models) {
            if (model.name != settings->model || model.sha256 != settings->modelSha256 || model.vectorsFile.empty())
                continue;
            for (const bool all : {false, true}) {
                if (all && !grown) continue;
                ESPALIER_ASSIGN(Row row, semanticRow(model, *settings, factors, document, all, threads, context));
                if (all && row.columns == rows.back().columns && row.counts == rows.back().counts) continue;
                rows.push_back(std::move(row));
            }
        }
    }
    if (rows.empty() || !rows.front().lenders.empty()) {
        ESPALIER_ASSIGN(Row row, ownRow(factors, document, context));
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<WhySession::State::Answer> WhySession::State::splitOf(const project::DocumentRecord& record,
                                                             const tree::LabelTree& tree, LabelId label, double share,
                                                             int threads, jobs::JobContext& context) {
    Answer answer;
    if (record.resting.empty()) {
        answer.whyNot = "It has no shares: it was never folded into the tree.";
        return answer;
    }
    const auto info = project->buildInfo();
    if (!info && info.error().code == ErrorCode::InvalidState) {
        answer.whyNot = "The tree was not grown from words, so its shares are no sum over terms.";
        return answer;
    }
    ESPALIER_ASSIGN(const project::BuildInfo build, info);
    if (build.factorsFile.empty()) {
        answer.whyNot = "The words of the tree are not stored; build it again to see which of them speak for a label.";
        return answer;
    }
    ESPALIER_ASSIGN(const Factors* factors, factorsOf(build));
    ESPALIER_ASSIGN(const std::vector<project::GrowthStep> growth, project->growthSteps());
    for (const project::GrowthStep& step : growth) {
        if (step.factorsFile.empty() || steps.count(step.factorsFile) > 0) continue;
        ESPALIER_ASSIGN(Factors read, readFactors(step.factorsFile));
        if (step.labelOfNode.size() != read.hierarchy.nodes.size() ||
            read.hierarchy.terms != factors->hierarchy.terms) {
            return makeError(ErrorCode::Corrupt,
                             "a split and its factors do not belong together; undo it and split again",
                             step.factorsFile.string());
        }
        steps.emplace(step.factorsFile, Step{std::move(read.hierarchy), std::move(read.rows)});
    }
    const auto idsOf = [](const std::vector<LabelId>& labels) {
        std::vector<std::int64_t> ids;
        for (const LabelId one : labels) ids.push_back(one.value);
        return ids;
    };
    const auto owners = tree.massOwners();
    const auto ownerOf = [&owners](std::int64_t stored) {
        const auto found = owners.find(LabelId{stored});
        return found == owners.end() ? LabelId{} : found->second;
    };
    const auto isStored = [&](const nmf::TermSplit& split) {
        std::map<LabelId, double> difference;
        for (const auto& [stored, mass] : split.resting()) difference[ownerOf(stored)] += mass;
        for (const tree::Resting& rest : record.resting) difference[rest.label] -= rest.mass;
        return std::all_of(difference.begin(), difference.end(),
                           [](const auto& entry) { return std::abs(entry.second) <= kSameMass; });
    };
    ESPALIER_ASSIGN(const std::vector<Row> rows,
                    rowsToTry(build.options, *factors, record.key, !growth.empty(), threads, context));
    // What grew later may have been fitted to other vectors than the build.
    std::map<std::string, std::vector<Row>> otherRows;
    std::vector<const std::vector<Row>*> grownRows;
    std::size_t choices = growth.empty() ? 1 : rows.size();
    for (const project::GrowthStep& step : growth) {
        grownRows.push_back(&rows);
        if (step.factorsFile.empty()) continue;
        const std::string& fittedTo = steps.at(step.factorsFile).fittedTo;
        if (fittedTo.empty() ||
            semanticJson(semanticSettings(fittedTo)) == semanticJson(semanticSettings(build.options)))
            continue;
        const auto [found, isNew] = otherRows.try_emplace(fittedTo);
        if (isNew) {
            ESPALIER_ASSIGN(found->second, rowsToTry(fittedTo, *factors, record.key, true, threads, context));
        }
        grownRows.back() = &found->second;
        choices = std::max(choices, found->second.size());
    }
    // Later splits may have seen another row than the build: neighbours that came since.
    for (const Row& first : rows) {
        for (std::size_t choice = 0; choice < choices; ++choice) {
            std::vector<const Row*> used{&first};
            nmf::TermSplit split(factors->hierarchy, idsOf(build.labelOfNode), first.columns, first.counts);
            for (std::size_t i = 0; i < growth.size(); ++i) {
                const project::GrowthStep& step = growth[i];
                if (step.factorsFile.empty()) continue;
                const Row& later = (*grownRows[i])[std::min(choice, grownRows[i]->size() - 1)];
                used.push_back(&later);
                split.grow(steps.at(step.factorsFile).hierarchy, idsOf(step.labelOfNode), idsOf(step.sources),
                           later.columns, later.counts);
            }
            if (!isStored(split)) continue;
            const auto found = split.share([&](std::int64_t stored) {
                const LabelId owner = ownerOf(stored);
                return owner && tree.inBranch(owner, label);
            });
            // Stored masses are floats, and so the parts are theirs only to their last digits.
            const double scale = found.share > 0 ? share / found.share : 0;
            Split result;
            result.undecided = found.undecided * scale;
            const auto lent =
                std::find_if(used.begin(), used.end(), [](const Row* row) { return !row->lenders.empty(); });
            if (lent != used.end()) result.lenders = (*lent)->lenders;
            const auto own = [&used](std::int32_t term) {
                for (const Row* row : used) {
                    const auto at = std::lower_bound(row->columns.begin(), row->columns.end(), term);
                    if (at != row->columns.end() && *at == term)
                        return row->own[static_cast<std::size_t>(at - row->columns.begin())];
                }
                return 1.0;
            };
            for (const auto& part : found.parts) {
                const double whole = part.part * scale, said = whole * own(part.term);
                result.terms.push_back(
                    {factors->tfidf.written()[static_cast<std::size_t>(part.term)], said, whole - said});
            }
            std::stable_sort(result.terms.begin(), result.terms.end(),
                             [](const auto& a, const auto& b) { return std::abs(a.part()) > std::abs(b.part()); });
            answer.split = std::move(result);
            return answer;
        }
    }
    answer.whyNot =
        semanticSettings(build.options)
            ? "Folded in today it would get other shares: the vectors or the documents that lent it words "
              "are not those of then, so its shares cannot be split by terms."
            : "Folded in today it would get other shares, so those that are stored cannot be split by terms.";
    return answer;
}

WhySession::WhySession(std::unique_ptr<State> state) : m_state(std::move(state)) {}
WhySession::~WhySession() = default;

Result<std::unique_ptr<WhySession>> WhySession::open(const fs::path& project) {
    auto state = std::make_unique<State>();
    ESPALIER_ASSIGN(state->project, project::Project::open(project, project::Access::ReadOnly));
    return std::unique_ptr<WhySession>(new WhySession(std::move(state)));
}

namespace {

struct Facts {
    const tree::LabelTree& tree;
    const project::DocumentRecord& record;
    LabelId label;
    double share = 0;
    bool here = false;     ///< the hard path leads through it
    bool byWords = false;  ///< it would by the shares alone
    LabelId fit;           ///< end of the path by the shares alone
    bool asked = false;    ///< the label was named
    std::optional<project::JournalEntry> move;
};

std::string wordsSentence(const Facts& facts, const std::optional<Split>& split, const std::string& whyNot) {
    std::string text;
    if (!split) return whyNot;
    const auto pulling =
        std::find_if(split->terms.begin(), split->terms.end(), [](const auto& t) { return t.part() > 0; });
    if (pulling == split->terms.end()) return text;
    std::size_t said = 0;
    double rest = facts.share - split->undecided, lent = 0;
    for (const auto& term : split->terms) lent += term.lent;
    text = "Its words give it " + twoDigits(facts.share) + " there: ";
    for (const auto& term : split->terms) {
        if (said == kTermsSaid) break;
        text += (said > 0 ? ", " : "") + term.text + " " + twoDigits(term.part());
        rest -= term.part();
        ++said;
    }
    const std::size_t more = split->terms.size() - said;
    if (more > 0) text += ", " + std::to_string(more) + (more == 1 ? " more term " : " more terms ") + twoDigits(rest);
    text += ".";
    if (!split->lenders.empty()) {
        const auto count = split->lenders.size();
        text += " Of that " + twoDigits(lent) + " comes from words lent by the " + std::to_string(count) +
                (count == 1 ? " document" : " documents") + " nearest in meaning.";
    }
    return text;
}

/// "Curator set its share under Soil to 0.60 on 2026-11-27; ..."
std::string setSharesSentence(const tree::LabelTree& tree, const project::DocumentRecord& record) {
    std::string text;
    for (const project::DocumentShare& share : record.shares) {
        text += (text.empty() ? "" : ", ") + (share.actor.empty() ? std::string("An expert") : share.actor) +
                " set its share under " + joined(tree.pathNames(share.label)) + " to " + twoDigits(share.share) +
                (share.time.empty() ? "" : " on " + share.time.substr(0, 10)) + " (its words give " +
                twoDigits(share.fitted) + ")";
    }
    return text + "; what was set cannot be split by terms.";
}

std::string sentenceOf(const Facts& facts, const std::optional<Split>& split, const std::string& whyNot) {
    if (!facts.label) return "No label holds it: nothing has placed it yet.";
    const std::string path = joined(facts.tree.pathNames(facts.label));
    std::string text;
    if (facts.here && !facts.byWords)
        text = "A pin puts it under " + path + "; by its words alone it would be " +
               (facts.fit ? "under " + joined(facts.tree.pathNames(facts.fit)) : std::string("under no label")) + ".";
    else if (!facts.here && facts.byWords)
        text = "A pin keeps it from " + path + ", where its words alone would put it.";
    else if (facts.here)
        text = "It is under " + path + ".";
    else
        text = "It is not under " + path + ", its share there is " + twoDigits(facts.share) + ".";
    if (facts.move)
        text += " What last " + std::string(facts.asked ? "changed that" : "moved it") + ": " + facts.move->what +
                " (revision " + std::to_string(facts.move->revision) + ", " + facts.move->time +
                (facts.move->actor.empty() ? "" : ", " + facts.move->actor) + ").";
    const std::string words = wordsSentence(facts, split, whyNot);
    return words.empty() ? text : text + " " + words;
}
}  // namespace

Result<json> WhySession::why(const json& from, jobs::JobContext& asked) {
    ESPALIER_ASSIGN(const Request request, parseRequest(from));
    // A question takes a moment: what its steps tell of their progress is nothing to report.
    jobs::JobContext context([&](const json& event) {
        context.setControl(asked.control());
        if (event.value("event", "") == "warning") asked.emit(event);
    });
    State& s = *m_state;
    ESPALIER_ASSIGN(const auto record, s.project->document(std::string_view(request.document)));
    ESPALIER_ASSIGN(const auto snapshot, s.project->tree());
    const tree::LabelTree& tree = snapshot->tree;
    Facts facts{tree, record, record.hard, 0, false, false, {}, !request.label.empty(), {}};
    if (facts.asked) {
        ESPALIER_ASSIGN(facts.label, tree.resolve(request.label));
    }
    std::vector<tree::Resting> resting = record.resting;
    std::sort(resting.begin(), resting.end(), [](const auto& a, const auto& b) { return a.label < b.label; });
    facts.fit = tree::hardLabel(tree, resting);
    std::optional<Split> split;
    std::string whyNot = "It has no shares: it was never folded into the tree.";
    if (facts.label) {
        const auto shares = tree::branchShares(tree, resting);
        if (const auto found = shares.find(facts.label); found != shares.end()) facts.share = found->second;
        facts.here = record.hard && tree.inBranch(record.hard, facts.label);
        facts.byWords = facts.fit && tree.inBranch(facts.fit, facts.label);
        ESPALIER_ASSIGN(State::Answer answer,
                        s.splitOf(record, tree, facts.label, facts.share, request.threads, context));
        split = std::move(answer.split);
        whyNot = record.shares.empty() ? std::move(answer.whyNot) : setSharesSentence(tree, record);
    }
    ESPALIER_ASSIGN(facts.move, s.project->lastMove(record.key, facts.asked ? facts.label : LabelId{}));

    json reason = nullptr;
    if (facts.here != facts.byWords) {
        reason = "pin";
    } else if (facts.move) {
        reason = facts.move->kind;
    }
    json pins = json::array();
    for (const project::DocumentPin& pin : record.pins) {
        pins.push_back({{"label", pin.label.value},
                        {"path", tree.pathNames(pin.label)},
                        {"must", pin.must},
                        {"fit_agrees", pin.fitAgrees ? json(*pin.fitAgrees) : json(nullptr)}});
    }
    json shares = json::array();
    for (const project::DocumentShare& share : record.shares) {
        shares.push_back({{"label", share.label.value},
                          {"path", tree.pathNames(share.label)},
                          {"share", share.share},
                          {"fitted", share.fitted},
                          {"fit_agrees", share.fitAgrees},
                          {"time", share.time},
                          {"actor", share.actor}});
    }
    json terms = nullptr, lenders = nullptr;
    if (split) {
        terms = json::array();
        for (const auto& term : split->terms)
            terms.push_back({{"term", term.text}, {"part", term.part()}, {"own", term.own}, {"lent", term.lent}});
        if (!split->lenders.empty()) {
            lenders = json::array();
            auto ranked = split->lenders;
            std::stable_sort(ranked.begin(), ranked.end(),
                             [](const auto& a, const auto& b) { return a.second > b.second; });
            for (const auto& [key, weight] : ranked) {
                ESPALIER_ASSIGN(const auto lender, s.project->document(key));
                lenders.push_back({{"id", lender.document.id}, {"title", lender.document.title}, {"weight", weight}});
            }
        }
    }
    return json{{"id", record.document.id},
                {"title", record.document.title},
                {"label", facts.label ? json(facts.label.value) : json(nullptr)},
                {"path", facts.label ? json(tree.pathNames(facts.label)) : json(nullptr)},
                {"share", facts.label ? json(facts.share) : json(nullptr)},
                {"here", facts.here},
                {"reason", reason},
                {"sentence", sentenceOf(facts, split, whyNot)},
                {"moved_by", moveJson(facts.move)},
                {"pins", std::move(pins)},
                {"shares", std::move(shares)},
                {"terms", std::move(terms)},
                {"undecided", split ? json(split->undecided) : json(nullptr)},
                {"lenders", std::move(lenders)},
                {"why_not", split ? json(nullptr) : json(whyNot)}};
}

}  // namespace espalier::pipeline
