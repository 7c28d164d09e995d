// SPDX-License-Identifier: Apache-2.0
#include "core/project/statement.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>

namespace espalier::project {
namespace {
constexpr std::size_t kMaxBytes = 8000;  // of a statement; the time to read one grows with its words

struct Token {
    std::string text;
    bool quoted = false;
};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isWord(const Token& token, std::string_view word) {
    return !token.quoted && token.text.size() == word.size() &&
           std::equal(word.begin(), word.end(), token.text.begin(), [](char a, char b) { return a == lower(b); });
}

Error refuse(const std::string& what) {
    return makeError(ErrorCode::InvalidArgument, what + "\nExpectations have one of these forms:\n" + statementForms());
}

Result<std::vector<Token>> tokens(std::string_view text) {
    std::vector<Token> found;
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    for (std::size_t at = 0; at < text.size();) {
        if (isSpace(text[at])) {
            ++at;
            continue;
        }
        Token token;
        if (text[at] == '"') {
            token.quoted = true;
            bool closed = false;
            for (++at; at < text.size() && !closed; ++at) {
                if (text[at] == '"') {
                    closed = true;
                } else if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) {
                    token.text += text[++at];
                } else {
                    token.text += text[at];
                }
            }
            if (!closed) return refuse("a quoted name does not end");
            if (token.text.empty()) return refuse("a quoted name is empty");
        } else {
            while (at < text.size() && !isSpace(text[at]) && text[at] != '"') token.text += text[at++];
        }
        found.push_back(std::move(token));
    }
    return found;
}

/// One place of a form: a key word, or (upper case) something to fill in.
using Form = std::vector<std::string_view>;
using Filling = std::map<std::string_view, std::string>;

/// Fills a form in every possible way. Unquoted names take one word or more, joined by single spaces.
void fill(const std::vector<Token>& tokens, std::size_t at, const Form& form, std::size_t place, Filling& filling,
          std::vector<Filling>& found) {
    if (place == form.size()) {
        if (at == tokens.size()) found.push_back(filling);
        return;
    }
    if (at == tokens.size()) return;
    const std::string_view wanted = form[place];
    if (wanted.front() >= 'a' || wanted == "%") {
        if (isWord(tokens[at], wanted)) fill(tokens, at + 1, form, place + 1, filling, found);
        return;
    }
    std::string name;
    for (std::size_t end = at; end < tokens.size(); ++end) {
        if (tokens[end].quoted && end != at) return;
        name += (end == at ? "" : " ") + tokens[end].text;
        filling[wanted] = name;
        fill(tokens, end + 1, form, place + 1, filling, found);
        if (tokens[end].quoted || wanted == "N") break;
    }
    filling.erase(wanted);
}

/// "80%" is two words here.
std::vector<Token> splitPercent(std::vector<Token> tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        std::string& text = tokens[i].text;
        if (tokens[i].quoted || text.size() < 2 || text.back() != '%') continue;
        text.pop_back();
        tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1, Token{"%", false});
    }
    return tokens;
}

bool number(const std::string& text, double& value) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    return fault == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

std::string quoted(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + '"';
}

std::string shortNumber(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}
}  // namespace

std::string statementForms() {
    return "  document DOCUMENT is under LABEL\n"
           "  document DOCUMENT is not under LABEL\n"
           "  LABEL and LABEL have different parents\n"
           "  LABEL and LABEL have the same parent\n"
           "  at least N % of documents with reference label NAME are under LABEL\n"
           "  at most N % of documents with reference label NAME are under LABEL\n"
           "Names in double quotes may hold any word.\n";
}

Result<std::vector<Statement>> readStatement(std::string_view text) {
    if (text.size() > kMaxBytes) return refuse("a statement may have at most 8,000 bytes");
    ESPALIER_ASSIGN(const auto words, tokens(text));
    if (words.empty()) return refuse("there is no statement");
    std::vector<Statement> found;
    std::string wrongNumber;
    const auto keep = [&found](const Statement& statement) {
        if (std::find(found.begin(), found.end(), statement) == found.end()) found.push_back(statement);
    };
    for (const bool positive : {true, false}) {
        const auto read = [&](const std::vector<Token>& from, const Form& form) {
            std::vector<Filling> ways;
            Filling filling;
            fill(from, 0, form, 0, filling, ways);
            return ways;
        };
        const Form under = positive ? Form{"document", "DOCUMENT", "is", "under", "LABEL"}
                                    : Form{"document", "DOCUMENT", "is", "not", "under", "LABEL"};
        for (auto& way : read(words, under))
            keep({Statement::Kind::DocumentUnder, positive, way["DOCUMENT"], way["LABEL"], {}, {}, 0});
        const Form parents = positive ? Form{"LABEL", "and", "OTHER", "have", "different", "parents"}
                                      : Form{"LABEL", "and", "OTHER", "have", "the", "same", "parent"};
        for (auto& way : read(words, parents))
            keep({Statement::Kind::Parents, positive, {}, way["LABEL"], way["OTHER"], {}, 0});
        const Form share{"at",    positive ? "least" : "most",
                         "N",     "%",
                         "of",    "documents",
                         "with",  "reference",
                         "label", "NAME",
                         "are",   "under",
                         "LABEL"};
        for (auto& way : read(splitPercent(words), share)) {
            double percent = 0;
            if (!number(way["N"], percent) || percent < 0 || percent > 100) {
                wrongNumber = way["N"];
                continue;
            }
            keep({Statement::Kind::ReferenceUnder, positive, {}, way["LABEL"], {}, way["NAME"], percent});
        }
    }
    if (!found.empty()) return found;
    if (!wrongNumber.empty()) return refuse("'" + wrongNumber + "' is no percentage from 0 to 100");
    return refuse("'" + std::string(text) + "' is not understood");
}

std::string statementText(const Statement& statement) {
    switch (statement.kind) {
        case Statement::Kind::DocumentUnder:
            return "document " + quoted(statement.document) + (statement.positive ? " is under " : " is not under ") +
                   quoted(statement.label);
        case Statement::Kind::Parents:
            return quoted(statement.label) + " and " + quoted(statement.other) +
                   (statement.positive ? " have different parents" : " have the same parent");
        case Statement::Kind::ReferenceUnder:
            break;
    }
    return std::string("at ") + (statement.positive ? "least " : "most ") + shortNumber(statement.percent) +
           " % of documents with reference label " + quoted(statement.reference) + " are under " +
           quoted(statement.label);
}

}  // namespace espalier::project
