#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes bert_characters.cpp: what the Hugging Face tokenizer does to each code point, as ranges.

Its category tables are those of one Unicode version for good, ICU's change with the system; so the three sets that
decide about token ids are kept here, and ICU does what is stable (decomposition, lower case of older letters).
Run with the pinned tokenizers of tests/interop/requirements.txt:  make_bert_characters.py > bert_characters.cpp
"""
import unicodedata

from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

OFF = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
clean = BertNormalizer(**{**OFF, "clean_text": True})
strip = BertNormalizer(**{**OFF, "strip_accents": True})
lower = BertNormalizer(**{**OFF, "lowercase": True})
split = BertPreTokenizer()


def ranges(numbers):
    out = []
    for n in sorted(numbers):
        if out and out[-1][1] == n - 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return out


def table(name, what, rows):
    print(f"\n// {what}\nconst CharacterRange {name}[] = {{")
    line = "   "
    for first, last in rows:
        cell = f" {{0x{first:X}, 0x{last:X}}},"
        if len(line) + len(cell) > 119:
            print(line)
            line = "   "
        line += cell
    print(line + "\n};")
    print(f"const std::size_t {name}Count = std::size({name});")


points = [c for c in range(0x80, 0x110000) if not 0xD800 <= c < 0xE000]
dropped = {c for c in points if clean.normalize_str(chr(c)) == "" and not chr(c).isspace()} | {0x85}
punctuation = {c for c in points if len(split.pre_tokenize_str("a" + chr(c) + "b")) == 3}
marks = {c for c in points if strip.normalize_str(chr(c)) == "" and not unicodedata.decomposition(chr(c))}
marks |= {c for c in points if unicodedata.category(chr(c)) == "Mn" and strip.normalize_str(chr(c)) == ""}
# Letters whose lower case came with a Unicode version that systems in use may not have yet (after 14.0).
young = []
for c in points:
    l = lower.normalize_str(chr(c))
    if len(l) == 1 and l != chr(c) and (chr(c).lower() != l or unicodedata.name(chr(c), "") == ""):
        young.append((c, ord(l)))

print("// SPDX-License-Identifier: Apache-2.0")
print("// Written by make_bert_characters.py; do not edit.")
print('#include "core/text/detail/bert_characters.h"\n\n#include <iterator>\n')
print("// clang-format off\nnamespace espalier::text::detail {")
table("kDropped", "Control, format and private-use characters and U+FFFD, from U+0080 on: cleaning drops them.", ranges(dropped))
table("kPunctuation", "Punctuation from U+0080 on: a word of its own.", ranges(punctuation))
table("kMarks", "Non-spacing marks: stripped after decomposition.", ranges(marks))
table("kYoungLetters", "Letter and its lower case, where an older ICU may not know it.", young)
print("\n}  // namespace espalier::text::detail\n// clang-format on")
