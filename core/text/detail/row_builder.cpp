// SPDX-License-Identifier: Apache-2.0
#include "core/text/detail/row_builder.h"

#include <nlohmann/json.hpp>

#include "core/text/detail/text_source.h"

namespace espalier::text {
namespace {

using OrderedJson = nlohmann::ordered_json;
constexpr int kMaxDepth = 512;
constexpr std::size_t kMaxFields = 4096;
constexpr std::size_t kMaxLabelDepth = 64;

std::string dumped(const OrderedJson& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

bool hasNul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

/// Takes what it needs from a JSON line as it is parsed: nothing but the top level and the labels is ever kept.
class RowHandler : public nlohmann::json_sax<nlohmann::json> {
public:
    RowHandler(const CorpusOptions& options, RowFields& fields, std::vector<std::string>& names)
        : m_options(options), m_fields(fields), m_names(names) {}

    bool null() override { return atTop(); }
    bool boolean(bool value) override { return scalar(value ? "true" : "false", OrderedJson(value), false); }
    bool number_integer(number_integer_t value) override {
        return scalar(std::to_string(value), OrderedJson(value), true);
    }
    bool number_unsigned(number_unsigned_t value) override {
        return scalar(std::to_string(value), OrderedJson(value), true);
    }
    bool number_float(number_float_t value, const string_t& written) override {
        return scalar(written, OrderedJson(value), true);
    }
    bool string(string_t& value) override { return scalar(value, OrderedJson(), true); }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override {
        if (m_depth > 0) container(false);
        return deeper();
    }
    bool end_object() override { return --m_depth, true; }
    bool start_array(std::size_t) override {
        if (m_depth == 0) return refuse("the line is no JSON object");
        container(true);
        return deeper();
    }
    bool end_array() override { return --m_depth, true; }
    bool key(string_t& name) override {
        if (m_depth == 1) {
            m_key = name;
            m_names.push_back(name);
            if (m_names.size() > kMaxFields) return refuse("the row has over 4,096 fields");
            if (m_key == m_options.labelsField) m_fields.document.labels.clear();
        }
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        return refuse("the line is not valid JSON (at byte " + std::to_string(position) + ")");
    }

    std::string metadata() { return m_metadata.is_null() ? "{}" : dumped(m_metadata); }

private:
    bool refuse(std::string reason) {
        m_fields.refuse(std::move(reason));
        return false;
    }
    bool atTop() { return m_depth > 0 || refuse("the line is no JSON object"); }
    bool deeper() { return ++m_depth <= kMaxDepth || refuse("the JSON is nested over 512 levels deep"); }

    void container(bool isArray) {
        if (m_depth == 1) {
            m_inLabels = isArray && m_key == m_options.labelsField;
            for (const std::string* role : {&m_options.idField, &m_options.titleField, &m_options.textField})
                if (m_key == *role) m_fields.refuse("the field \"" + m_key + "\" is neither a string nor a number");
            if (m_key == m_options.labelsField && !isArray)
                m_fields.refuse("the field \"" + m_key + "\" is neither a list of names nor a string");
        } else if (m_inLabels && m_depth == 2) {
            m_fields.refuse("the field \"" + m_key + "\" holds something that is not a name");
        }
    }

    /// \param isText  whether it may stand for an id, title, text or label
    bool scalar(const std::string& written, OrderedJson value, bool isText) {
        if (!atTop()) return false;
        if (hasNul(written)) m_fields.refuse("the row holds a NUL character");
        if (m_depth == 2 && m_inLabels) {
            if (!isText) m_fields.refuse("the field \"" + m_key + "\" holds something that is not a name");
            m_fields.document.labels.push_back(written);
        }
        if (m_depth != 1) return true;
        m_inLabels = false;
        bool hasRole = false;
        const auto take = [&](const std::string& role, auto&& store) {
            if (m_key != role) return;
            hasRole = true;
            if (!isText) m_fields.refuse("the field \"" + m_key + "\" is neither a string nor a number");
            store();
        };
        take(m_options.idField, [&] { m_fields.document.id = written; });
        take(m_options.titleField, [&] { m_fields.document.title = written; });
        take(m_options.textField, [&] {
            m_fields.document.text = written;
            m_fields.hasText = true;
        });
        take(m_options.labelsField, [&] { m_fields.document.labels = labelsOfCell(written); });
        if (!hasRole) m_metadata[m_key] = value.is_null() ? OrderedJson(written) : std::move(value);
        return true;
    }

    const CorpusOptions& m_options;
    RowFields& m_fields;
    std::vector<std::string>& m_names;
    OrderedJson m_metadata;
    std::string m_key;
    int m_depth = 0;
    bool m_inLabels = false;
};

bool hasNul(const Document& document) {
    if (hasNul(document.id) || hasNul(document.title) || hasNul(document.text)) return true;
    for (const std::string& label : document.labels)
        if (hasNul(label)) return true;
    return false;
}

bool isTooLarge(const Document& document) {
    constexpr auto kLimit = static_cast<std::size_t>(kMaxCellBytes);
    std::size_t labels = 0;
    for (const std::string& label : document.labels) labels += label.size();
    return document.id.size() > kLimit || document.title.size() > kLimit || document.text.size() > kLimit ||
           labels > kLimit || document.metadata.size() > kLimit;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

void FieldWatch::saw(std::string_view field) {
    m_id = m_id || field == m_options.idField;
    m_title = m_title || field == m_options.titleField;
    m_text = m_text || field == m_options.textField;
    m_labels = m_labels || field == m_options.labelsField;
}

Status FieldWatch::check(const std::string& source) const {
    const auto missing = [&](const std::string& field) {
        return makeError(ErrorCode::InvalidArgument,
                         "no row of " + source + " has a field \"" + field + "\"; name one that it has", source);
    };
    if (m_options.idNamed && !m_id) return missing(m_options.idField);
    if (m_options.titleNamed && !m_title) return missing(m_options.titleField);
    if (m_options.textNamed && !m_text) return missing(m_options.textField);
    if (m_options.labelsNamed && !m_labels) return missing(m_options.labelsField);
    return {};
}

std::vector<std::string> cleanPath(std::vector<std::string> path) {
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (isBlank(path[i])) {
            path.resize(i);
            break;
        }
    }
    return path;
}

std::vector<std::string> labelsOfCell(std::string_view cell) {
    const std::string_view inner = trimmed(cell);
    if (inner.starts_with('[')) {
        const nlohmann::json array = nlohmann::json::parse(inner, nullptr, false);
        if (array.is_array()) {
            std::vector<std::string> path;
            for (const nlohmann::json& name : array) {
                if (name.is_string()) path.push_back(name.get<std::string>());
                if (name.is_number()) path.push_back(name.dump());
            }
            if (path.size() == array.size()) return path;
        }
    }
    std::vector<std::string> path;
    constexpr std::string_view kApart = " > ";
    for (std::size_t at = 0; at <= inner.size();) {
        std::size_t end = inner.find(kApart, at);
        if (end == std::string_view::npos) end = inner.size();
        path.emplace_back(trimmed(inner.substr(at, end - at)));
        at = end + kApart.size();
    }
    return path;
}

bool isBlank(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) == 0xa0) {
            ++at;  // no-break space
        } else if (c > 0x20) {
            return false;
        }
    }
    return true;
}

CorpusRow rejectedRow(std::string source, std::int64_t line, std::string reason, std::string_view excerpt) {
    CorpusRow row;
    row.kind = CorpusRow::Kind::Rejected;
    row.line = line;
    row.rejected = {std::move(source), line, std::move(reason), excerptOf(excerpt)};
    return row;
}

CorpusRow finishRow(RowFields&& fields, const CorpusOptions& options, const std::string& source, std::int64_t line,
                    std::string_view excerpt) {
    if (fields.fault.empty()) {
        Document& document = fields.document;
        if (!fields.hasText) fields.refuse("the row has no text: the field \"" + options.textField + "\" is missing");
        if (isTooLarge(document)) fields.refuse("a cell is larger than 16 MiB");
        if (hasNul(document)) fields.refuse("the row holds a NUL character");
        document.labels = cleanPath(std::move(document.labels));
        if (document.labels.size() > kMaxLabelDepth) fields.refuse("the label path is over 64 levels deep");
    }
    if (!fields.fault.empty()) return rejectedRow(source, line, std::move(fields.fault), excerpt);
    CorpusRow row;
    row.kind = isBlank(fields.document.text) ? CorpusRow::Kind::Empty : CorpusRow::Kind::Document;
    row.document = std::move(fields.document);
    row.document.source = source;
    row.line = line;
    return row;
}

void parseJsonRow(std::string_view line, const CorpusOptions& options, RowFields& fields,
                  std::vector<std::string>& names) {
    RowHandler handler(options, fields, names);
    if (!nlohmann::json::sax_parse(line.begin(), line.end(), &handler)) fields.refuse("the line is not valid JSON");
    fields.document.metadata = handler.metadata();
}

std::string metadataOf(const std::vector<std::pair<std::string, std::string>>& pairs) {
    if (pairs.empty()) return "{}";
    OrderedJson json = OrderedJson::object();
    for (const auto& [name, value] : pairs) json[name] = value;
    return dumped(json);
}

}  // namespace espalier::text
