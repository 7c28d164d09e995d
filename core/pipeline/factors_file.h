// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/factors_file.h
/// What `assign` needs of a build, as one safetensors file: the vocabulary and, for each label that was split, its
/// topics and term weights.
///
/// Tensors: tfidf u8 [bytes] (TfidfModel::toJson), parents i64 [nodes], and for each node i with children
/// children.i i64 [k], topics.i f32 [k, terms], idf.i f32 [terms]; documents i64 [n], the keys of those it was built
/// from in canonical order (their words are lent to later ones when the tree is semantic; files of before semantic
/// trees lack it). Metadata: format = "espalier factors 1"; rows, of a split or re-fit: JSON object text with the
/// member "semantic", how the rows that it was fitted to were smoothed (files of before lack it: as the build's).
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/nmf/hierarchy.h"
#include "core/text/tfidf.h"

namespace espalier::pipeline {

struct Factors {
    text::TfidfModel tfidf;
    nmf::Hierarchy hierarchy;  ///< nodes with parent, children, W and idf only; no documents
    std::vector<DocumentKey> documents;
    std::string rows;  ///< of a split or re-fit, for semanticSettings(); empty: smoothed as the build's
};

Status writeFactors(const std::filesystem::path& path, const text::TfidfModel& tfidf, const nmf::Hierarchy& hierarchy,
                    std::span<const DocumentKey> documents, const std::string& rows = {});
/// \retval Corrupt  sizes or references that do not agree  \retval VersionTooNew
Result<Factors> readFactors(const std::filesystem::path& path);

}  // namespace espalier::pipeline
