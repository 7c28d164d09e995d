// SPDX-License-Identifier: Apache-2.0
/// \file core/text/html.h
/// A web page as a document: its title, its main text, and the link to the page above it.
///
/// Left out: scripts, styles, hidden elements, `nav`, the page's own header and footer, elements whose role or class
/// says navigation, and the block around "previous / up / next" links (DocBook and Texinfo put a table or a paragraph
/// there). Where the page has a `main` element (or role), only that is read. Parser: gumbo (HTML5).
#pragma once
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace espalier::text {

struct HtmlPage {
    std::string title;   ///< `title` element, else the first `h1`; one line
    std::string text;    ///< blocks apart by a blank line, list items and table rows by a line break; without the
                         ///< heading that only repeats the title
    std::string upHref;  ///< as written: `link rel=up`, else `a rel=up`, else `a accesskey=u`; empty without one
};

/// \param html  valid UTF-8
/// \retval Unsupported  nested so deeply that it is no page for readers (thousands of open elements)
Result<HtmlPage> parseHtml(std::string_view html);

/// What the first kilobytes say about their charset (`meta charset`, `http-equiv`, XML declaration), or "".
std::string declaredCharset(std::string_view bytes);

}  // namespace espalier::text
