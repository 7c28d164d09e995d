// SPDX-License-Identifier: Apache-2.0
#include "core/text/html.h"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace espalier::text {
namespace {

// The parser looks through its stack of open elements at almost every tag: without a limit a hostile page takes hours.
constexpr int kMaxOpenElements = 4000;
constexpr int kMaxOpenFormatting = 500;  // unclosed <b>, <font>: the parser opens them again in every block

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}
bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/// White space with no-break spaces: length of the one that begins at `at`, or 0.
std::size_t spaceAt(std::string_view text, std::size_t at) {
    if (isSpace(text[at])) return 1;
    return text.substr(at).starts_with("\xc2\xa0") ? 2 : 0;
}

std::string oneLine(std::string_view text) {
    std::string out;
    bool gap = false;
    for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t space = spaceAt(text, at); space != 0) {
            gap = !out.empty();
            at += space;
            continue;
        }
        if (gap) out.push_back(' ');
        gap = false;
        out.push_back(text[at++]);
    }
    return out;
}

template <class Set>
bool anyToken(std::string_view value, const Set& wanted) {
    for (std::size_t at = 0; at < value.size();) {
        while (at < value.size() && isSpace(value[at])) ++at;
        const std::size_t begin = at;
        while (at < value.size() && !isSpace(value[at])) ++at;
        if (at > begin &&
            std::find(wanted.begin(), wanted.end(), lowered(value.substr(begin, at - begin))) != wanted.end())
            return true;
    }
    return false;
}

/// Memory of one parse, given back as a whole: gumbo's own destruction recurses over the tree and overflows the stack.
class Arena {
public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    ~Arena() {
        for (void* block : m_blocks) std::free(block);
        for (void* block : m_large) std::free(block);
    }
    void* allocate(std::size_t bytes) {
        bytes = (bytes + 15) / 16 * 16;
        if (bytes >= kLarge) {
            void* const block = checked(std::malloc(bytes));
            m_large.insert(block);
            return block;
        }
        if (m_left < bytes) {
            m_next = static_cast<char*>(checked(std::malloc(kBlock)));
            m_left = kBlock;
            m_blocks.push_back(m_next);
        }
        void* const piece = m_next;
        m_next += bytes;
        m_left -= bytes;
        return piece;
    }
    void release(void* piece) {
        if (m_large.erase(piece) != 0) std::free(piece);
    }

private:
    static constexpr std::size_t kBlock = std::size_t{1} << 18;
    static constexpr std::size_t kLarge = std::size_t{1} << 14;
    static void* checked(void* block) {
        if (block == nullptr) std::abort();  // a C parser in between: no error can pass it
        return block;
    }
    std::vector<void*> m_blocks;
    std::unordered_set<void*> m_large;
    char* m_next = nullptr;
    std::size_t m_left = 0;
};

/// Upper bounds on open elements, told from the tags alone before any tree is built.
bool isNestedTooDeeply(std::string_view html) {
    static constexpr std::array kNeverOpen = {
        "area",  "base",   "br",       "col", "dd",    "dt",  "embed",    "hr",   "img",  "input",  "li",    "link",
        "meta",  "option", "optgroup", "p",   "param", "rb",  "rp",       "rt",   "rtc",  "source", "tbody", "td",
        "tfoot", "th",     "thead",    "tr",  "track", "wbr", "colgroup", "body", "html", "head"};
    static constexpr std::array kFormatting = {"a",    "b", "big",   "code",   "em",     "font", "i",
                                               "nobr", "s", "small", "strike", "strong", "tt",   "u"};
    const auto isIn = [](const auto& names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    int open = 0;
    int formatting = 0;
    for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
        std::size_t begin = at + 1;
        if (html.substr(at).starts_with("<!--")) {
            at = html.find("-->", at);
            if (at == std::string_view::npos) return false;
            continue;
        }
        const bool closing = begin < html.size() && html[begin] == '/';
        if (closing) ++begin;
        std::size_t end = begin;
        while (end < html.size() && end < begin + 16 && !isSpace(html[end]) && html[end] != '>' && html[end] != '/')
            ++end;
        if (end == begin || lower(html[begin]) < 'a' || lower(html[begin]) > 'z') continue;
        const std::string name = lowered(html.substr(begin, end - begin));
        if (!closing && (name == "script" || name == "style" || name == "textarea" || name == "title")) {
            const std::string close = "</" + name;
            std::size_t stop = html.find("</", end);
            while (stop != std::string_view::npos && lowered(html.substr(stop, close.size())) != close)
                stop = html.find("</", stop + 2);
            if (stop == std::string_view::npos) return false;
            at = stop;
            continue;
        }
        if (isIn(kNeverOpen, name)) continue;
        int& count = isIn(kFormatting, name) ? formatting : open;
        if (closing) {
            count = std::max(0, count - 1);
        } else if (++count > (&count == &open ? kMaxOpenElements : kMaxOpenFormatting)) {
            return true;
        }
    }
    return false;
}

bool isElement(const GumboNode* node) {
    return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}
GumboTag tagOf(const GumboNode* node) {
    return isElement(node) ? node->v.element.tag : GUMBO_TAG_UNKNOWN;
}

std::string_view attribute(const GumboNode* node, const char* name) {
    const GumboAttribute* found = isElement(node) ? gumbo_get_attribute(&node->v.element.attributes, name) : nullptr;
    return found != nullptr ? std::string_view(found->value) : std::string_view();
}

const GumboVector* childrenOf(const GumboNode* node) {
    if (node->type == GUMBO_NODE_DOCUMENT) return &node->v.document.children;
    return isElement(node) ? &node->v.element.children : nullptr;
}

/// Depth first without recursion. enter(node) -> whether to go into it; leave(node) for those gone into.
template <class Enter, class Leave>
void walk(const GumboNode* root, Enter enter, Leave leave) {
    struct Frame {
        const GumboNode* node;
        unsigned next;
    };
    if (!enter(root)) return;
    std::vector<Frame> stack{{root, 0}};
    while (!stack.empty()) {
        Frame& top = stack.back();
        const GumboVector* children = childrenOf(top.node);
        if (children == nullptr || top.next >= children->length) {
            leave(top.node);
            stack.pop_back();
            continue;
        }
        const auto* child = static_cast<const GumboNode*>(children->data[top.next++]);
        if (enter(child)) stack.push_back({child, 0});
    }
}

void textOf(const GumboNode* root, std::string& out) {
    walk(
        root,
        [&](const GumboNode* node) {
            if (!isElement(node) && node->type != GUMBO_NODE_DOCUMENT && node->type != GUMBO_NODE_COMMENT)
                out.append(node->v.text.text);
            return isElement(node);
        },
        [](const GumboNode*) {});
}

enum class Break { None, Line, Block };

Break breakAround(GumboTag tag) {
    switch (tag) {
        case GUMBO_TAG_LI:
        case GUMBO_TAG_TR:
        case GUMBO_TAG_DT:
        case GUMBO_TAG_DD:
        case GUMBO_TAG_BR:
        case GUMBO_TAG_OPTION:
            return Break::Line;
        case GUMBO_TAG_P:
        case GUMBO_TAG_DIV:
        case GUMBO_TAG_H1:
        case GUMBO_TAG_H2:
        case GUMBO_TAG_H3:
        case GUMBO_TAG_H4:
        case GUMBO_TAG_H5:
        case GUMBO_TAG_H6:
        case GUMBO_TAG_PRE:
        case GUMBO_TAG_BLOCKQUOTE:
        case GUMBO_TAG_UL:
        case GUMBO_TAG_OL:
        case GUMBO_TAG_DL:
        case GUMBO_TAG_TABLE:
        case GUMBO_TAG_CAPTION:
        case GUMBO_TAG_SECTION:
        case GUMBO_TAG_ARTICLE:
        case GUMBO_TAG_ASIDE:
        case GUMBO_TAG_HEADER:
        case GUMBO_TAG_FOOTER:
        case GUMBO_TAG_MAIN:
        case GUMBO_TAG_FIGURE:
        case GUMBO_TAG_FIGCAPTION:
        case GUMBO_TAG_ADDRESS:
        case GUMBO_TAG_DETAILS:
        case GUMBO_TAG_SUMMARY:
        case GUMBO_TAG_FIELDSET:
        case GUMBO_TAG_HR:
        case GUMBO_TAG_CENTER:
            return Break::Block;
        default:
            return Break::None;
    }
}

bool isNeverText(const GumboNode* node) {
    switch (tagOf(node)) {
        case GUMBO_TAG_SCRIPT:
        case GUMBO_TAG_STYLE:
        case GUMBO_TAG_NOSCRIPT:
        case GUMBO_TAG_TEMPLATE:
        case GUMBO_TAG_HEAD:
        case GUMBO_TAG_IFRAME:
        case GUMBO_TAG_OBJECT:
        case GUMBO_TAG_SVG:
        case GUMBO_TAG_SELECT:
        case GUMBO_TAG_BUTTON:
        case GUMBO_TAG_TEXTAREA:
        case GUMBO_TAG_NAV:
            return true;
        default:
            return false;
    }
}

bool isNavigation(const GumboNode* node) {
    static constexpr std::array<std::string_view, 4> kRoles = {"navigation", "banner", "contentinfo", "search"};
    static constexpr std::array<std::string_view, 9> kClasses = {"navheader",   "navfooter",  "navbar",
                                                                 "nav",         "navigation", "breadcrumb",
                                                                 "breadcrumbs", "headerlink", "sphinxsidebar"};
    const GumboTag tag = tagOf(node);
    if (gumbo_get_attribute(&node->v.element.attributes, "hidden") != nullptr) return true;
    if (anyToken(attribute(node, "role"), kRoles) || anyToken(attribute(node, "class"), kClasses)) return true;
    if (tag == GUMBO_TAG_TABLE && lowered(attribute(node, "summary")).starts_with("navigation")) return true;
    // The header and footer of the page, not those of an article in it.
    return (tag == GUMBO_TAG_HEADER || tag == GUMBO_TAG_FOOTER) && node->parent != nullptr &&
           tagOf(node->parent) == GUMBO_TAG_BODY;
}

class TextBuilder {
public:
    void add(std::string_view text, bool preformatted) {
        for (std::size_t at = 0; at < text.size();) {
            if (const std::size_t space = preformatted ? 0 : spaceAt(text, at); space != 0) {
                m_space = true;
                at += space;
                continue;
            }
            if (preformatted && text[at] == '\r') {
                ++at;
                continue;
            }
            separate();
            m_text.push_back(text[at++]);
        }
    }
    void space() { m_space = true; }
    void breakHere(Break kind) { m_break = std::max(m_break, kind); }
    std::string take() {
        while (!m_text.empty() && isSpace(m_text.back())) m_text.pop_back();
        return std::move(m_text);
    }

private:
    void separate() {
        if (!m_text.empty()) {
            if (m_break != Break::None) {
                while (!m_text.empty() && (m_text.back() == ' ' || m_text.back() == '\n')) m_text.pop_back();
                m_text.append(m_break == Break::Block ? "\n\n" : "\n");
            } else if (m_space) {
                m_text.push_back(' ');
            }
        }
        m_break = Break::None;
        m_space = false;
    }
    std::string m_text;
    Break m_break = Break::None;
    bool m_space = false;
};

bool hasRelation(const GumboNode* node, std::string_view wanted) {
    return anyToken(attribute(node, "rel"), std::array<std::string_view, 1>{wanted});
}

/// What one look over the whole tree finds.
struct Finds {
    std::string title;
    std::string heading;
    std::string linkUp, anchorUp, keyUp;
    const GumboNode* body = nullptr;
    const GumboNode* main = nullptr;
    std::unordered_set<const GumboNode*> stepBlocks;  // blocks around previous / up / next links
};

/// The block that a "next page" link sits in: its table, else its paragraph, list or division.
const GumboNode* stepBlock(const GumboNode* anchor) {
    const GumboNode* block = nullptr;
    for (const GumboNode* at = anchor->parent; at != nullptr && isElement(at); at = at->parent) {
        const GumboTag tag = tagOf(at);
        if (tag == GUMBO_TAG_BODY || tag == GUMBO_TAG_MAIN || tag == GUMBO_TAG_ARTICLE) break;
        if (tag == GUMBO_TAG_TABLE) return at;
        if (block == nullptr && (tag == GUMBO_TAG_P || tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_UL)) block = at;
    }
    return block;
}

Finds look(const GumboNode* root) {
    constexpr std::size_t kLongestStepBlock = 2000;  // bytes of text: more is content that holds such a link
    Finds finds;
    walk(
        root,
        [&](const GumboNode* node) {
            switch (tagOf(node)) {
                case GUMBO_TAG_TITLE:
                    if (finds.title.empty()) {
                        std::string text;
                        textOf(node, text);
                        finds.title = oneLine(text);
                    }
                    break;
                case GUMBO_TAG_H1:
                    if (finds.heading.empty()) {
                        std::string text;
                        textOf(node, text);
                        finds.heading = oneLine(text);
                    }
                    break;
                case GUMBO_TAG_LINK:
                    if (finds.linkUp.empty() && hasRelation(node, "up")) finds.linkUp = attribute(node, "href");
                    break;
                case GUMBO_TAG_A: {
                    const std::string key = lowered(attribute(node, "accesskey"));
                    const bool up = hasRelation(node, "up");
                    if (finds.anchorUp.empty() && up) finds.anchorUp = attribute(node, "href");
                    if (finds.keyUp.empty() && key == "u") finds.keyUp = attribute(node, "href");
                    if (up || key == "u" || key == "n" || key == "p" || hasRelation(node, "next") ||
                        hasRelation(node, "prev") || hasRelation(node, "previous")) {
                        const GumboNode* block = stepBlock(node);
                        if (block == nullptr || finds.stepBlocks.contains(block)) break;
                        std::string text;
                        textOf(block, text);
                        if (text.size() <= kLongestStepBlock) finds.stepBlocks.insert(block);
                    }
                    break;
                }
                case GUMBO_TAG_BODY:
                    if (finds.body == nullptr) finds.body = node;
                    break;
                default:
                    break;
            }
            if (finds.main == nullptr && isElement(node) &&
                (tagOf(node) == GUMBO_TAG_MAIN ||
                 anyToken(attribute(node, "role"), std::array<std::string_view, 1>{"main"})))
                finds.main = node;
            return isElement(node) || node->type == GUMBO_NODE_DOCUMENT;
        },
        [](const GumboNode*) {});
    return finds;
}

std::string mainText(const GumboNode* root, const Finds& finds) {
    TextBuilder builder;
    int preformatted = 0;
    walk(
        root,
        [&](const GumboNode* node) {
            if (!isElement(node)) {
                if (node->type == GUMBO_NODE_COMMENT || node->type == GUMBO_NODE_DOCUMENT) return false;
                builder.add(node->v.text.text, preformatted > 0);
                return false;
            }
            if (isNeverText(node) || (node != root && (isNavigation(node) || finds.stepBlocks.contains(node))))
                return false;
            const GumboTag tag = tagOf(node);
            if (tag == GUMBO_TAG_PRE) ++preformatted;
            if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) builder.space();
            builder.breakHere(breakAround(tag));
            return true;
        },
        [&](const GumboNode* node) {
            if (tagOf(node) == GUMBO_TAG_PRE) --preformatted;
            builder.breakHere(breakAround(tagOf(node)));
        });
    return builder.take();
}

void dropRepeatedTitle(const std::string& title, std::string& text) {
    const std::size_t end = text.find('\n');
    if (title.empty() || end == std::string::npos || oneLine(std::string_view(text).substr(0, end)) != title) return;
    const std::size_t next = text.find_first_not_of(" \t\r\n", end);
    if (next != std::string::npos) text.erase(0, next);
}

}  // namespace

Result<HtmlPage> parseHtml(std::string_view html) {
    if (isNestedTooDeeply(html))
        return makeError(ErrorCode::Unsupported, "the page nests thousands of elements into each other");
    Arena arena;
    GumboOptions options = kGumboDefaultOptions;
    options.max_errors = 0;
    options.userdata = &arena;
    options.allocator = [](void* data, std::size_t bytes) { return static_cast<Arena*>(data)->allocate(bytes); };
    options.deallocator = [](void* data, void* piece) { static_cast<Arena*>(data)->release(piece); };
    const GumboOutput* const output = gumbo_parse_with_options(&options, html.data(), html.size());
    if (output == nullptr) return makeError(ErrorCode::OutOfMemory, "not enough memory to read the page");

    const Finds finds = look(output->document);
    HtmlPage page;
    page.title = finds.title.empty() ? finds.heading : finds.title;
    page.upHref = !finds.linkUp.empty() ? finds.linkUp : !finds.anchorUp.empty() ? finds.anchorUp : finds.keyUp;
    if (finds.main != nullptr) page.text = mainText(finds.main, finds);
    if (page.text.empty()) page.text = mainText(finds.body != nullptr ? finds.body : output->root, finds);
    dropRepeatedTitle(page.title, page.text);
    return page;
}

std::string declaredCharset(std::string_view bytes) {
    constexpr std::size_t kLookedAt = 4096;
    const std::string head = lowered(bytes.substr(0, kLookedAt));
    for (const std::string_view key : {"charset", "encoding"}) {
        for (std::size_t at = head.find(key); at != std::string::npos; at = head.find(key, at + 1)) {
            std::size_t begin = at + key.size();
            while (begin < head.size() && isSpace(head[begin])) ++begin;
            if (begin >= head.size() || head[begin] != '=') continue;
            ++begin;
            while (begin < head.size() && (isSpace(head[begin]) || head[begin] == '"' || head[begin] == '\'')) ++begin;
            std::size_t end = begin;
            while (end < head.size() &&
                   ((head[end] >= 'a' && head[end] <= 'z') || (head[end] >= '0' && head[end] <= '9') ||
                    head[end] == '-' || head[end] == '_' || head[end] == '.' || head[end] == ':'))
                ++end;
            if (end > begin) return head.substr(begin, end - begin);
        }
    }
    return {};
}

}  // namespace espalier::text
