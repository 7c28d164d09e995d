#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes wordpiece_fixture.json: awkward strings and the ids that the Hugging Face tokenizer gives them.

  make_wordpiece_fixture.py MODEL_FOLDER > wordpiece_fixture.json

with the pinned packages of tests/interop/requirements.txt. MODEL_FOLDER is the default encoder. Strings are cut at 256
ids as sentence-transformers does. A list of ids is stored as its first 40 and, when longer, its length and a checksum
(sum of id * position modulo 2^31 - 1), so that the file stays small.
"""
import json
import random
import sys

from transformers import AutoTokenizer

MAX_LENGTH = 256
KEPT = 40

WRITTEN = [
    "", " ", "\t\n\r", "a", "A", ".", "...", "hello world", "Hello, World!", "don't", "state-of-the-art", "e-mail@example.org",
    "http://example.org/a?b=c&d=%20#e", "C++ and C#", "1,234.56", "3.14e-10", "$100 €200 £300 ¥400", "50%", "a_b_c", "snake_case camelCase",
    "naïve café", "naïve café", "Ångström Å Å A\u030a", "ÀÉÎÕÜ àéîõü", "Straße STRASSE ẞ", "İstanbul Iğdır ıI iİ", "ΣΑΣ σας ΟΔΥΣΣΕΥΣ", "Æsir Œuvre ø Ø đ Đ ł Ł",
    "ﬁ ﬂ ﬃ ligatures", "ｆｕｌｌ ｗｉｄｔｈ ＡＢＣ １２３", "x² y³ ½ ¼ Ⅷ ① ⑳ ㊙", "Kelvin K Ohm Ω micro µ μ", "ǅ ǆ Ǆ ǈ", "ŉ ǰ ΐ ΰ և", "ᾳ ᾼ ῼ Ὰ ά",
    "東京都", "中文 和 english 混合", "漢字かな交じり文", "ひらがな カタカナ ﾊﾝｶｸ", "がぎぐげご か\u3099", "한국어 문장", "각 가\u11a8", "한글 자모 ㅎㅏㄴ",
    "豈 更 車", "丽 丸 乁", "\U0002B81F\U0002B820\U0002B91F\U0002B920\U0002CEAF\U0002CEB0", "\U00020000\U0002A6DF\U0002A6E0\U0002A700\U0002B73F\U0002B740",
    "\u33ff\u3400\u4dbf\u4dc0\u4dff\u4e00\u9fff\ua000\uf8ff\uf900\ufaff\ufb00", "\U0002F7FF\U0002F800\U0002FA1F\U0002FA20",
    "Привет, мир! Ёжик й и\u0306", "Україна ґ Ґ їЇ", "ქართული ᲥᲐᲠᲗᲣᲚᲘ", "Հայերեն", "עברית עִבְרִית", "العربية الْعَرَبِيَّة ـــ", "فارسی می\u200cخواهم", "हिन्दी क्षत्रिय ज़ ज\u093c", "বাংলা", "தமிழ்", "ไทย ภาษาไทย ที่", "ລາວ", "မြန်မာ", "བོད་ཡིག", "ភាសាខ្មែរ", "አማርኛ፡፡", "ᏣᎳᎩ ꮳꮃꭹ", "Tiếng Việt ở đâu", "Čeština Žluťoučký kůň", "Zażółć gęślą jaźń",
    "😀", "😀😃 smile 😄", "👩‍👩‍👧‍👦", "👍🏽 👍", "🇩🇪🇫🇷", "❤️ ❤", "☎️ 1️⃣", "🏴\U000E0067\U000E0062\U000E007F", "\u2764\ufe0e", "𝕳𝖊𝖑𝖑𝖔 𝒲", "𐐀𐐨 𐑀",
    "[SEP]", "[CLS]", "[MASK]", "[PAD]", "[UNK]", "a[SEP]b", "a [SEP] b", "[CLS][SEP][PAD][MASK][UNK]", "[sep]", "[Sep]", "[SEP", "SEP]", "[[SEP]]", "[SEP][", "[ SEP ]", "[MASK].", "the [MASK] sat", "x[MASK]y[MASK]z", "[MASK]é", "é[MASK]", "\u0301[SEP]\u0301", "中[SEP]文", "[SEP]\x00", "[S\x00EP]", "[SEP\u200b]", "[UNUSED0] [unused0] [unused99]", "[MAS[MASK]K]", "[CLS", "[", "]", "[]", "[PAD]]", "[[[[[[[", "[SE[SEP]P]",
    "\x00", "a\x00b", "\x00\x00a", "a\ufffdb", "\ufffd", "a\x01b\x1fc", "a\x7fb", "a\x80b\x9fc", "line\x0bvertical\x0cform", "a\x85b", "tab\tnew\nline\rreturn", "a\u00a0b", "a\u2003b\u2009c\u200ad", "a\u2028b\u2029c", "a\u3000b", "a\u1680b", "a\u202fb\u205fc", "zero\u200bwidth", "zero\u200cwidth", "zero\u200dwidth", "\ufeffbom", "soft\u00adhyphen", "left\u200eright\u200fmark", "\u202eoverride\u202c", "\u2060word\u2060joiner", "\u061carabic", "\u180emongol", "\ue000private\uf8ff", "\U000F0000plane\U0010FFFD", "\ufff9annot\ufffb", "a\u0378b\u0380c", "a\U000E0001b", "\ufdd0non\uffff",
    "a\u0301\u0302\u0303", "\u0301a", "\u0301", "\u0301\u0301 \u0301", "q\u0323\u0307 q\u0307\u0323", "\u0344\u0374\u037e\u0387", "e\u20dd \u20e0x", "\u0f71\u0f72\u0f74 \u0f73\u0f75\u0f81", "\u1b44\u1b35 \u302e\u302f가\u302e", "\U0001D15E\U0001D165\U0001D16D", "\u0903\u0903क\u0903", "\u00e0\u00e8\u0300\u0301", "\u1734\u1715", "\u0898\u08e2\u0890", "\u034f\u115f\u1160", "\u30fb\uff65・·•‧∙⋅", "\u1e9b\u0323 \u1e69", "\u0958\u0959", "\ufb1d\ufb1f \ufb2c", "\u2adc", "\u226e \u2260", "\U0001109A \U0001D1BB",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "a!b\"c#d$e%f&g'h(i)j*k+l,m-n.o/p:q;r<s=t>u?v@w[x\\y]z^a_b`c{d|e}f~g", "——–―‒-‐‑−", "“quoted” ‘single’ «guillemets» „low‟", "¿qué? ¡sí!", "…‥․", "†‡§¶", "©®™°", "×÷±∓∞∑∫√≈", "←↑→↓⇒⇔", "■□▲△●○★☆", "♠♣♥♦", "₿₹₽₩₪", "‰‱%‵′″", "⸢⸣⹃⹄⹏⹒", "\u166d\u1735\u061d\u09fd\u0c77\u0c84\u1b7d\u1b7e", "、。〈〉《》「」『』【】〜", "！？：；，．", "｡｢｣､", "،؛؟٪٫٬٭", "।॥॰", "𐄀𐄁𐤟", "\u00b7l\u00b7l", "\u2018s \u2019s \u02bcs \uff07s",
    "a" * 99, "a" * 100, "a" * 101, "b" * 500, "ab" * 50 + "!", "é" * 100, "é" * 101, "e\u0301" * 100, "e\u0301" * 101, "\u0301" * 200 + "x", "中" * 300, "😀" * 120, "a" * 100 + "中" + "b" * 101, "x\u200b" * 100, "x\u200b" * 101, "A" * 100, "İ" * 60, "가" * 34, "각" * 34, "ﬃ" * 100,
    "antidisestablishmentarianism", "supercalifragilisticexpialidocious", "pneumonoultramicroscopicsilicovolcanoconiosis", "Donaudampfschifffahrtsgesellschaftskapitän", "unbelievable", "embeddings", "tokenization", "##ing ing ##", "##", "#", "zzzzqqqxxx", "Llanfairpwllgwyngyll", "acgtacgtacgtnnnnacgt", "0123456789abcdef" * 4, "deadbeef", "aAaAaA", "iPhone macOS GitHub", "COVID-19", "SARS-CoV-2", "α-synuclein β-catenin", "H₂O CO₂ x₁", "10⁻³ m·s⁻¹", "\\frac{a}{b}", "$\\alpha$", "<b>bold</b> &amp; &#233;", "{\"key\": [1, 2]}", "for (int i = 0; i < n; ++i) { a[i] += 1; }", "SELECT * FROM t WHERE a='b';", "/usr/share/doc/x.html", "C:\\Windows\\System32", "192.168.0.1:8080", "2024-02-29T12:34:56Z", "+49 (0)30 123456", "user@host:~$ ls -la",
    "word " * 400, "two words. " * 120, "中文" * 200 + " end", "[MASK] " * 300, "a.b." * 100, "\n\n\n".join(["para"] * 50), " lead", "trail ", "  many   spaces  ", "a\u0085\u00a0\u1680b",
]

POOLS = {
    "ascii": [chr(c) for c in range(0x20, 0x7F)],
    "letters": list("abcdefghijklmnopqrstuvwxyz"),
    "latin": [chr(c) for c in range(0xA0, 0x250)],
    "marks": [chr(c) for c in [*range(0x300, 0x370), *range(0x591, 0x5C8), *range(0x64B, 0x660), *range(0x20D0, 0x20F1), 0x93C, 0x94D, 0x1B44, 0x302E, 0x3099, 0x1DC0, 0x1ABE]],
    "controls": [chr(c) for c in [*range(0, 0x20), *range(0x7F, 0xA1), 0xAD, 0x200B, 0x200C, 0x200D, 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0xE001, 0x2060]],
    "greek": [chr(c) for c in range(0x370, 0x530) if c not in (0x378, 0x379)],
    "cjk": [chr(c) for c in [*range(0x3000, 0x3100), *range(0x4E00, 0x4E80), *range(0xAC00, 0xAC60), *range(0xF900, 0xF940), 0x3400, 0x4DBF, 0x20000, 0x2B81F, 0x2B820, 0x2B920, 0x2F800, 0x9FFF]],
    "symbols": [chr(c) for c in [*range(0x2010, 0x2060), *range(0x2190, 0x21A0), *range(0x2600, 0x2640), *range(0x1F600, 0x1F640), 0xFE0F, 0x1F3FD]],
    "scripts": [chr(c) for c in [*range(0x5D0, 0x5EB), *range(0x620, 0x64B), *range(0x905, 0x940), *range(0xE01, 0xE3B), *range(0x10D0, 0x1100), *range(0x1E00, 0x1E60), *range(0x1F00, 0x1F80)]],
    "special": ["[SEP]", "[MASK]", "[CLS]", "[PAD]", "[UNK]", "[", "]", "SEP", " "],
}


def generated(count):
    rng = random.Random(20240607)
    names = list(POOLS)
    for _ in range(count):
        mix = rng.sample(names, rng.randint(1, 4))
        pool = [c for name in mix for c in rng.sample(POOLS[name], min(12, len(POOLS[name])))] + [" ", "a", "e", "the"]
        yield "".join(rng.choice(pool) for _ in range(rng.randint(1, 36)))


def main():
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    strings = WRITTEN + list(generated(400))
    rows = []
    for text, ids in zip(strings, tokenizer(strings, truncation=True, max_length=MAX_LENGTH)["input_ids"]):
        row = {"text": text, "ids": ids[:KEPT]}
        if len(ids) > KEPT:
            row["length"] = len(ids)
            row["checksum"] = sum(i * (p + 1) for p, i in enumerate(ids)) % (2**31 - 1)
        rows.append(row)
    print("[\n" + ",\n".join(json.dumps(r, ensure_ascii=True, separators=(",", ":")) for r in rows) + "\n]")


main()
