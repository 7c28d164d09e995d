// SPDX-License-Identifier: Apache-2.0
/// \file core/text/sentences.h
/// Sentence boundaries by ICU (Unicode Standard Annex 29).
///
/// A blank line ends a sentence. A single line break ends one too, unless it looks like the wrapping of running text: a
/// line of at least 40 bytes without a closing mark, followed by a line that begins with no list mark; the first line
/// of a text, which may be a title, only where the next one begins with a small letter. A sentence that begins with a
/// small letter also ends at a full stop before another one: text in small letters throughout has sentences too.
#pragma once
#include <string_view>
#include <vector>

namespace espalier::text {

/// Views into `text` (UTF-8; invalid bytes are tolerated), trimmed, never blank, in order. Thread-safe.
std::vector<std::string_view> sentences(std::string_view text);

/// Whether the line break at text[lineBreak] ('\n') only wraps running text (see above), so that the sentence goes on.
bool wrapsRunningText(std::string_view text, std::size_t lineBreak);

}  // namespace espalier::text
