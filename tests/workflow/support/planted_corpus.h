// SPDX-License-Identifier: GPL-3.0-or-later
/// \file tests/workflow/support/planted_corpus.h
/// Documents whose labels are known because their words were planted: four subjects with two parts each, and a small
/// random encoder that knows these words.
#pragma once
#include <QString>
#include <filesystem>

namespace espalier::test {

constexpr int kSubjects = 4, kPartsOfASubject = 2;

/// A jsonl of 8 * perPart documents with title, text of short sentences and reference labels (subject, part).
/// The first document of a part is "s<subject>p<part>-0". \return its path
std::filesystem::path writePlantedCorpus(const std::filesystem::path& folder, int perPart);

/// A word that only documents of this part hold.
QString wordOf(int subject, int part);
/// Subject (0 ... 3) of a document's id.
int subjectOf(const QString& documentId);

/// A BERT in sentence-transformers layout over the same words. \param slow  large enough that embedding takes seconds
std::filesystem::path writePlantedEncoder(const std::filesystem::path& folder, bool slow = false);

}  // namespace espalier::test
