// SPDX-License-Identifier: Apache-2.0
/// \file core/text/sentences.h
/// Sentence boundaries by ICU (Unicode Standard Annex 29); a blank line ends a sentence too.
#pragma once
#include <string_view>
#include <vector>

namespace espalier::text {

/// Views into `text` (UTF-8; invalid bytes are tolerated), trimmed, never blank, in order. Thread-safe.
std::vector<std::string_view> sentences(std::string_view text);

}  // namespace espalier::text
