// SPDX-License-Identifier: Apache-2.0
#include "core/text/document.h"

#include "core/base/sha256.h"

namespace espalier::text {

std::string inputString(const Document& document) {
    if (document.title.empty()) return document.text;
    std::string input;
    input.reserve(document.title.size() + 1 + document.text.size());
    input.append(document.title).append(1, '\n').append(document.text);
    return input;
}

std::string textHash(std::string_view input) {
    return sha256Hex(input);
}

std::string derivedId(std::string_view input) {
    return "h" + sha256Hex(input).substr(0, 16);
}

}  // namespace espalier::text
