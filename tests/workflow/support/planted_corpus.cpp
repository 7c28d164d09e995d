// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/workflow/support/planted_corpus.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "tests/core/nn/tiny_encoder.h"

namespace espalier::test {
namespace {

struct Part {
    const char* name;
    std::array<const char*, 6> words;
};
struct Subject {
    const char* name;
    std::array<const char*, 8> words;
    std::array<Part, kPartsOfASubject> parts;
};

const std::array<Subject, kSubjects> kPlan{{
    {"Gardens",
     {"garden", "soil", "plant", "seed", "leaf", "flower", "hedge", "spade"},
     {{{"Vegetables", {"carrot", "onion", "bean", "lettuce", "potato", "cabbage"}},
       {"Orchards", {"apple", "pear", "cherry", "plum", "pruning", "graft"}}}}},
    {"Weather",
     {"weather", "cloud", "wind", "air", "season", "forecast", "pressure", "sky"},
     {{{"Storms", {"thunder", "lightning", "gale", "hail", "squall", "gust"}},
       {"Winter", {"snow", "frost", "blizzard", "flake", "icicle", "thaw"}}}}},
    {"Boats",
     {"boat", "harbour", "deck", "hull", "crew", "anchor", "tide", "port"},
     {{{"Sailing", {"sail", "mast", "rudder", "keel", "rigging", "tack"}},
       {"Fishing", {"trawl", "herring", "cod", "hook", "bait", "haul"}}}}},
    {"Kitchens",
     {"kitchen", "oven", "pan", "recipe", "knife", "heat", "salt", "bowl"},
     {{{"Baking", {"dough", "yeast", "flour", "crust", "rye", "loaf"}},
       {"Soups", {"broth", "stock", "simmer", "ladle", "barley", "lentil"}}}}},
}};
constexpr std::array<const char*, 20> kCommon{"people", "place", "morning", "year",  "small", "large", "old",
                                              "new",    "often", "good",    "time",  "hand",  "house", "work",
                                              "day",    "table", "road",    "stone", "line",  "glass"};
constexpr int kWords = 40, kSentence = 8;

std::string idOf(int subject, int part, int number) {
    return "s" + std::to_string(subject) + "p" + std::to_string(part) + "-" + std::to_string(number);
}
}  // namespace

std::filesystem::path writePlantedCorpus(const std::filesystem::path& folder, int perPart) {
    const std::filesystem::path path = folder / "documents.jsonl";
    std::ofstream out(path, std::ios::binary);
    SplitMix64 random(7);
    for (int subject = 0; subject < kSubjects; ++subject) {
        for (int part = 0; part < kPartsOfASubject; ++part) {
            const Subject& about = kPlan[std::size_t(subject)];
            const Part& closer = about.parts[std::size_t(part)];
            for (int number = 0; number < perPart; ++number) {
                std::string text;
                for (int word = 0; word < kWords; ++word) {
                    const double kind = random.uniform();
                    const char* next = kind < 0.35  ? about.words[random.below(about.words.size())]
                                       : kind < 0.9 ? closer.words[random.below(closer.words.size())]
                                                    : kCommon[random.below(kCommon.size())];
                    std::string written(next);
                    const bool first = word % kSentence == 0;
                    if (first) written[0] = char(written[0] - 'a' + 'A');
                    if (word > 0) text += first ? ". " : " ";
                    text += written;
                }
                std::string title(closer.words[random.below(closer.words.size())]);
                title[0] = char(title[0] - 'a' + 'A');
                title += std::string(" and ") + about.words[random.below(about.words.size())];
                out << nlohmann::json{{"_id", idOf(subject, part, number)},
                                      {"title", title},
                                      {"text", text + "."},
                                      {"labels", {about.name, closer.name}}}
                           .dump()
                    << '\n';
            }
        }
    }
    return path;
}

QString wordOf(int subject, int part) {
    return QString::fromLatin1(kPlan[std::size_t(subject)].parts[std::size_t(part)].words[0]);
}

int subjectOf(const QString& documentId) {
    return documentId.size() > 1 ? documentId[1].digitValue() : -1;
}

std::filesystem::path writePlantedEncoder(const std::filesystem::path& folder, bool slow) {
    TinyEncoder shape;
    if (slow) {
        shape.hidden = 256;
        shape.layers = 6;
        shape.heads = 4;
        shape.intermediate = 1024;
    }
    writeTinyEncoder(folder, shape);
    std::string vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    int words = 0;
    const auto add = [&](const char* word) {
        vocabulary += std::string(word) + '\n';
        ++words;
    };
    for (const Subject& subject : kPlan) {
        for (const char* word : subject.words) add(word);
        for (const Part& part : subject.parts)
            for (const char* word : part.words) add(word);
    }
    for (const char* word : kCommon) add(word);
    add("and");
    add(".");
    if (words > shape.words) std::abort();
    while (words < shape.words) add(("spare" + std::to_string(words)).c_str());
    writeText(folder / "vocab.txt", vocabulary);
    return folder;
}

}  // namespace espalier::test
