// SPDX-License-Identifier: Apache-2.0
// WordPieceTokenizer from tokenizer.json or vocab.txt and tokenizer_config.json, by the rules of transformers'
// BertTokenizerFast.
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "core/base/atomic_file.h"
#include "core/text/detail/wordpiece_tables.h"

namespace espalier::text {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::int64_t kLargestFile = 256LL << 20;
constexpr std::int64_t kLargestId = (1LL << 31) - 2;

using Vocabulary = std::unordered_map<std::string, std::int32_t>;

/// What the files say, before it is laid out for use.
struct Plan {
    Vocabulary vocabulary;
    std::string unknown = "[UNK]";
    std::string prefix = "##";
    std::string pad = "[PAD]";
    std::int64_t longestWord = 100;
    bool cleanText = true;
    bool handleChinese = true;
    bool lowercase = true;
    std::optional<bool> stripAccents;  ///< nothing: as lowercase
    std::map<std::string, AddedToken> added;
    std::vector<std::int32_t> before;
    std::vector<std::int32_t> after;
    bool cutLeft = false;
    bool lowercaseFirst = false;
};

Error corrupt(const fs::path& file, const std::string& what) {
    return makeError(ErrorCode::Corrupt, file.string() + " " + what, file.string());
}
Error unsupported(const fs::path& file, const std::string& what) {
    return makeError(ErrorCode::Unsupported, file.string() + ": " + what, file.string());
}

std::string stringOr(const json& object, const char* key, const std::string& otherwise) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}
bool boolOr(const json& object, const char* key, bool otherwise) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}
std::string typeOf(const json& part) {
    return part.is_object() ? stringOr(part, "type", "") : "";
}

std::optional<std::int32_t> idOf(const json& value) {
    if (!value.is_number_integer() || value.get<std::int64_t>() < 0 || value.get<std::int64_t>() > kLargestId)
        return {};
    return static_cast<std::int32_t>(value.get<std::int64_t>());
}

AddedToken addedToken(const json& entry, const std::string& content, std::int32_t id) {
    AddedToken token;
    token.content = content;
    token.id = id;
    token.normalized = boolOr(entry, "normalized", !boolOr(entry, "special", false));
    token.singleWord = boolOr(entry, "single_word", false);
    token.leftStrip = boolOr(entry, "lstrip", false);
    token.rightStrip = boolOr(entry, "rstrip", false);
    return token;
}

/// nullopt: the file is not there.
Result<std::optional<json>> readJson(const fs::path& file) {
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return std::optional<json>();
    ESPALIER_ASSIGN(const std::string bytes, readFile(file, kLargestFile));
    json value = json::parse(bytes, nullptr, /*allow_exceptions=*/false);
    if (value.is_discarded() || !value.is_object()) return corrupt(file, "is not a JSON object");
    return std::optional<json>(std::move(value));
}

class TokenizerJson {
public:
    TokenizerJson(const fs::path& file, const json& root, Plan& plan) : m_file(file), m_root(root), m_plan(plan) {}

    Status read() {
        ESPALIER_TRY(model());
        ESPALIER_TRY(normalizer());
        const std::string splitter = typeOf(part("pre_tokenizer"));
        if (splitter != "BertPreTokenizer") {
            return unsupported(m_file, "the pre_tokenizer " + splitter + " is not supported (BertPreTokenizer is)");
        }
        ESPALIER_TRY(addedTokens());
        return postProcessor();
    }

private:
    const json& part(const char* key) const {
        static const json kNull;
        const auto found = m_root.find(key);
        return found == m_root.end() ? kNull : *found;
    }

    Status model() {
        const json& model = part("model");
        const bool old = model.is_object() && !model.contains("type") && model.contains("continuing_subword_prefix");
        if (!model.is_object()) return corrupt(m_file, "has no model");
        if (!old && typeOf(model) != "WordPiece") {
            return unsupported(m_file, "tokenizers of type " + typeOf(model) + " are not supported (WordPiece is)");
        }
        const auto vocabulary = model.find("vocab");
        if (vocabulary == model.end() || !vocabulary->is_object() || vocabulary->empty()) {
            return corrupt(m_file, "has no vocabulary");
        }
        m_plan.vocabulary.reserve(vocabulary->size());
        for (const auto& [piece, id] : vocabulary->items()) {
            const auto number = idOf(id);
            if (!number) return corrupt(m_file, "has no sensible id for \"" + piece + "\"");
            m_plan.vocabulary.emplace(piece, *number);
        }
        m_plan.unknown = stringOr(model, "unk_token", m_plan.unknown);
        m_plan.prefix = stringOr(model, "continuing_subword_prefix", m_plan.prefix);
        const auto longest = model.find("max_input_chars_per_word");
        if (longest != model.end()) {
            const auto number = idOf(*longest);
            if (!number) return corrupt(m_file, "has no sensible max_input_chars_per_word");
            m_plan.longestWord = *number;
        }
        return {};
    }

    Status normalizer() {
        const json& normalizer = part("normalizer");
        if (typeOf(normalizer) != "BertNormalizer") {
            return unsupported(m_file,
                               "the normalizer " + typeOf(normalizer) + " is not supported (BertNormalizer is)");
        }
        m_plan.cleanText = boolOr(normalizer, "clean_text", true);
        m_plan.handleChinese = boolOr(normalizer, "handle_chinese_chars", true);
        m_plan.lowercase = boolOr(normalizer, "lowercase", true);
        if (normalizer.contains("strip_accents") && normalizer["strip_accents"].is_boolean()) {
            m_plan.stripAccents = normalizer["strip_accents"].get<bool>();
        }
        return {};
    }

    Status addedTokens() {
        const json& tokens = part("added_tokens");
        if (!tokens.is_array()) return {};
        for (const json& entry : tokens) {
            const std::string content = entry.is_object() ? stringOr(entry, "content", "") : "";
            const auto id = entry.is_object() && entry.contains("id") ? idOf(entry["id"]) : std::nullopt;
            if (content.empty() || !id) return corrupt(m_file, "has an added token without content or id");
            m_plan.added[content] = addedToken(entry, content, *id);
        }
        return {};
    }

    Status special(const std::string& name, const json& known, std::vector<std::int32_t>& to) const {
        const auto found = known.find(name);
        if (found != known.end() && found->is_object() && found->contains("ids") && (*found)["ids"].is_array()) {
            for (const json& entry : (*found)["ids"]) {
                const auto id = idOf(entry);
                if (!id) return corrupt(m_file, "has no sensible id for " + name);
                to.push_back(*id);
            }
            return {};
        }
        return corrupt(m_file, "does not say which token " + name + " is");
    }

    Status postProcessor() {
        const json& processor = part("post_processor");
        if (processor.is_null()) return {};
        if (typeOf(processor) == "BertProcessing") {
            for (const auto& [key, to] : {std::pair{"cls", &m_plan.before}, {"sep", &m_plan.after}}) {
                const auto pair = processor.find(key);
                const auto id =
                    pair != processor.end() && pair->is_array() && pair->size() == 2 ? idOf((*pair)[1]) : std::nullopt;
                if (!id) return corrupt(m_file, std::string("has no sensible ") + key + " in its post_processor");
                to->push_back(*id);
            }
            return {};
        }
        if (typeOf(processor) != "TemplateProcessing") {
            return unsupported(m_file, "the post_processor " + typeOf(processor) + " is not supported");
        }
        const auto single = processor.find("single");
        const auto known = processor.find("special_tokens");
        if (single == processor.end() || !single->is_array() || known == processor.end() || !known->is_object()) {
            return corrupt(m_file, "has a post_processor without single or special_tokens");
        }
        bool behind = false;
        for (const json& step : *single) {
            if (step.is_object() && step.contains("Sequence")) {
                if (behind) return unsupported(m_file, "a post_processor that repeats the text is not supported");
                behind = true;
            } else if (step.is_object() && step.contains("SpecialToken") && step["SpecialToken"].is_object()) {
                ESPALIER_TRY(
                    special(stringOr(step["SpecialToken"], "id", ""), *known, behind ? m_plan.after : m_plan.before));
            } else {
                return corrupt(m_file, "has a post_processor that cannot be understood");
            }
        }
        if (!behind) return corrupt(m_file, "has a post_processor that leaves the text out");
        return {};
    }

    const fs::path& m_file;
    const json& m_root;
    Plan& m_plan;
};

Status readVocabularyText(const fs::path& file, Plan& plan) {
    ESPALIER_ASSIGN(const std::string bytes, readFile(file, kLargestFile));
    std::string_view rest = bytes;
    std::int32_t id = 0;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        plan.vocabulary[std::string(line)] = id++;
    }
    if (id == 0) return corrupt(file, "is empty");
    return {};
}

/// tokenizer_config.json: names of the special tokens, and for BertTokenizer the normalisation, which wins over that
/// of tokenizer.json as it does in transformers.
struct Configured {
    std::string sep = "[SEP]", cls = "[CLS]";
};
Configured applyConfig(const json& config, Plan& plan) {
    Configured names;
    const std::string kind = stringOr(config, "tokenizer_class", "BertTokenizer");
    if (kind.rfind("BertTokenizer", 0) == 0) {
        plan.lowercase = boolOr(config, "do_lower_case", true);
        plan.handleChinese = boolOr(config, "tokenize_chinese_chars", true);
        plan.stripAccents.reset();
        if (config.contains("strip_accents") && config["strip_accents"].is_boolean()) {
            plan.stripAccents = config["strip_accents"].get<bool>();
        }
    }
    plan.cutLeft = stringOr(config, "truncation_side", "right") == "left";
    const auto known = config.find("added_tokens_decoder");
    if (known != config.end() && known->is_object()) {
        for (const auto& [number, entry] : known->items()) {
            const std::string content = entry.is_object() ? stringOr(entry, "content", "") : "";
            const auto found = plan.vocabulary.find(content);
            const auto before = plan.added.find(content);
            if (content.empty() || (found == plan.vocabulary.end() && before == plan.added.end())) continue;
            plan.added[content] =
                addedToken(entry, content, before != plan.added.end() ? before->second.id : found->second);
        }
    }
    const auto name = [&](const char* key, const std::string& otherwise) {
        const auto found = config.find(key);
        if (found == config.end()) return otherwise;
        return found->is_object() ? stringOr(*found, "content", otherwise) : stringOr(config, key, otherwise);
    };
    names.sep = name("sep_token", names.sep);
    names.cls = name("cls_token", names.cls);
    plan.pad = name("pad_token", plan.pad);
    const std::string unknown = name("unk_token", plan.unknown);
    for (const std::string& token : {unknown, names.sep, plan.pad, names.cls, name("mask_token", "[MASK]")}) {
        const auto found = plan.vocabulary.find(token);
        if (found == plan.vocabulary.end() || plan.added.count(token) != 0) continue;
        AddedToken added;
        added.content = token;
        added.id = found->second;
        plan.added[token] = added;
    }
    return names;
}

Result<std::shared_ptr<const WordPieceTokenizer::Tables>> layOut(const Plan& plan, const std::string& where) {
    const auto refuse = [&](const std::string& what) {
        return makeError(ErrorCode::Corrupt, where + " " + what, where);
    };
    detail::NormalizerRules rules;
    rules.cleanText = plan.cleanText;
    rules.handleChinese = plan.handleChinese;
    rules.lowercase = plan.lowercase;
    rules.stripAccents = plan.stripAccents.value_or(plan.lowercase);
    auto tables = std::make_shared<WordPieceTokenizer::Tables>(rules);
    const auto unknown = plan.vocabulary.find(plan.unknown);
    if (unknown == plan.vocabulary.end()) return refuse("has no unknown token " + plan.unknown + " in its vocabulary");
    tables->unknown = unknown->second;
    const auto pad = plan.vocabulary.find(plan.pad);
    tables->pad = pad == plan.vocabulary.end() ? 0 : pad->second;
    tables->longestWord = static_cast<int>(plan.longestWord);
    tables->before = plan.before;
    tables->after = plan.after;
    tables->cutLeft = plan.cutLeft;
    tables->lowercaseFirst = plan.lowercaseFirst;
    std::int32_t last = 0;
    for (const auto& [piece, id] : plan.vocabulary) {
        tables->starts.insert(piece, id);
        if (piece.size() > plan.prefix.size() && piece.compare(0, plan.prefix.size(), plan.prefix) == 0) {
            tables->continuations.insert(std::string_view(piece).substr(plan.prefix.size()), id);
        }
        last = std::max(last, id);
    }
    for (const auto& [content, token] : plan.added) {
        last = std::max(last, token.id);
        AddedToken added = token;
        if (!added.normalized) {
            tables->raw.add(std::move(added));
            continue;
        }
        // Searched in normalised text, so its own text is normalised as well.
        struct {
            std::string text;
            bool full() const { return false; }
            void put(char32_t c) {
                std::uint8_t bytes[U8_MAX_LENGTH];
                int length = 0;
                U8_APPEND_UNSAFE(bytes, length, c);
                text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
            }
        } normal;
        tables->normalizer.run(added.content, normal);
        added.content = normal.text;
        tables->normalized.add(std::move(added));
    }
    tables->size = last + 1;
    return std::shared_ptr<const WordPieceTokenizer::Tables>(std::move(tables));
}

}  // namespace

Result<WordPieceTokenizer> WordPieceTokenizer::load(const fs::path& modelFolder) {
    Plan plan;
    const fs::path whole = modelFolder / "tokenizer.json";
    const fs::path words = modelFolder / "vocab.txt";
    std::error_code ignored;
    ESPALIER_ASSIGN(const std::optional<json> root, readJson(whole));
    if (root) {
        ESPALIER_TRY(TokenizerJson(whole, *root, plan).read());
    } else if (fs::exists(words, ignored)) {
        ESPALIER_TRY(readVocabularyText(words, plan));
    } else {
        return makeError(ErrorCode::NotFound, "neither tokenizer.json nor vocab.txt is in " + modelFolder.string(),
                         whole.string());
    }
    ESPALIER_ASSIGN(const std::optional<json> config, readJson(modelFolder / "tokenizer_config.json"));
    const Configured names = applyConfig(config ? *config : json::object(), plan);
    if (!root) {
        for (const auto& [token, to] : {std::pair{&names.cls, &plan.before}, {&names.sep, &plan.after}}) {
            const auto found = plan.vocabulary.find(*token);
            if (found == plan.vocabulary.end()) return corrupt(words, "has no token " + *token);
            to->push_back(found->second);
        }
    }
    ESPALIER_ASSIGN(const std::optional<json> sentence, readJson(modelFolder / "sentence_bert_config.json"));
    plan.lowercaseFirst = sentence && boolOr(*sentence, "do_lower_case", false);
    ESPALIER_ASSIGN(auto tables, layOut(plan, (root ? whole : words).string()));
    return WordPieceTokenizer(std::move(tables));
}

Result<WordPieceTokenizer> WordPieceTokenizer::fromVocabulary(const std::vector<std::string>& vocabulary,
                                                              const WordPieceOptions& options) {
    Plan plan;
    for (std::size_t i = 0; i < vocabulary.size(); ++i) plan.vocabulary[vocabulary[i]] = static_cast<std::int32_t>(i);
    plan.unknown = options.unknown;
    plan.prefix = options.prefix;
    plan.longestWord = options.longestWord;
    plan.cleanText = options.cleanText;
    plan.handleChinese = options.handleChinese;
    plan.lowercase = options.lowercase;
    plan.stripAccents = options.stripAccents;
    const auto find = [&](const std::string& token) -> Result<std::int32_t> {
        const auto found = plan.vocabulary.find(token);
        if (found != plan.vocabulary.end()) return found->second;
        return makeError(ErrorCode::InvalidArgument, "the vocabulary has no token " + token);
    };
    ESPALIER_TRY(find(options.unknown));
    for (const std::string& token : options.special) {
        AddedToken added;
        added.content = token;
        ESPALIER_ASSIGN(added.id, find(token));
        plan.added[token] = added;
    }
    for (const std::string& token : options.before) {
        ESPALIER_ASSIGN(const std::int32_t id, find(token));
        plan.before.push_back(id);
    }
    for (const std::string& token : options.after) {
        ESPALIER_ASSIGN(const std::int32_t id, find(token));
        plan.after.push_back(id);
    }
    ESPALIER_ASSIGN(auto tables, layOut(plan, "the vocabulary"));
    return WordPieceTokenizer(std::move(tables));
}

}  // namespace espalier::text
