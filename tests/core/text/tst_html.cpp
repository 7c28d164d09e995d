// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/base/rng.h"
#include "core/text/html.h"

using namespace espalier;
using namespace espalier::text;

namespace {
HtmlPage page(std::string_view html) {
    return parseHtml(html).value();
}
}  // namespace

class TestHtml : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void titleAndText() {
        const HtmlPage p = page(
            "<!doctype html><html><head><title> Oak \n and&nbsp;ash </title><style>p{}</style></head><body>"
            "<script>var x = '<p>no</p>';</script><h1>Oak and ash</h1><p>Two <b>trees</b>&amp; more.</p>"
            "<p>Second\nparagraph.</p><!-- remark --></body></html>");
        QCOMPARE(p.title, std::string("Oak and ash"));
        QCOMPARE(p.text, std::string("Two trees& more.\n\nSecond paragraph."));
        QVERIFY(p.upHref.empty());
    }

    void titleFromHeading() {
        QCOMPARE(page("<h1>Only <em>heading</em></h1><p>text</p>").title, std::string("Only heading"));
        QCOMPARE(page("<h1>Only heading</h1>").text, std::string("Only heading"));  // kept: there is nothing else
    }

    void listsTablesAndVerse() {
        const HtmlPage p = page(
            "<ul><li>one</li><li>two</li></ul><table><tr><th>a</th><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
            "<pre>x\n  y</pre>end<br>line");
        QCOMPARE(p.text, std::string("one\ntwo\n\na b\nc d\n\nx\n  y\n\nend\nline"));
    }

    void navigationIsDropped_data() {
        QTest::addColumn<QByteArray>("navigation");
        QTest::newRow("nav") << QByteArray("<nav><a href='a'>WORD</a></nav>");
        QTest::newRow("role") << QByteArray("<div role='navigation'>WORD</div>");
        QTest::newRow("class") << QByteArray("<div class='x navheader'><table><tr><td>WORD</td></tr></table></div>");
        QTest::newRow("summary") << QByteArray("<table summary='Navigation footer'><tr><td>WORD</td></tr></table>");
        QTest::newRow("table of steps") << QByteArray(
            "<table><tr><td><a accesskey='p' href='a'>WORD</a></td><td><a accesskey='n' "
            "href='b'>WORD</a></td></tr></table>");
        QTest::newRow("paragraph of steps") << QByteArray("<p>Next: <a rel='next' href='b'>WORD</a></p>");
        QTest::newRow("header") << QByteArray("<header>WORD</header>");
        QTest::newRow("footer") << QByteArray("<footer>WORD</footer>");
        QTest::newRow("script") << QByteArray("<noscript>WORD</noscript><template>WORD</template>");
        QTest::newRow("hidden") << QByteArray("<div hidden>WORD</div>");
        QTest::newRow("form") << QByteArray("<select><option>WORD</select><button>WORD</button>");
    }
    void navigationIsDropped() {
        QFETCH(QByteArray, navigation);
        const std::string text = page("<body><p>before</p>" + navigation.toStdString() + "<p>after</p></body>").text;
        QCOMPARE(text, std::string("before\n\nafter"));
    }

    void contentAroundAStepStays() {
        const std::string prose(2100, 'x');
        const HtmlPage p = page("<div><a rel='next' href='b'>on</a> " + prose + "</div>");
        QVERIFY(p.text.find(prose) != std::string::npos);
    }

    void headerOfAnArticleStays() {
        QCOMPARE(page("<article><header>kept</header>body</article>").text, std::string("kept\n\nbody"));
    }

    void mainAlone() {
        QCOMPARE(page("<div>menu</div><main><p>text</p></main><div>advert</div>").text, std::string("text"));
        QCOMPARE(page("<div>menu</div><div role=main>text</div>").text, std::string("text"));
        QCOMPARE(page("<p>all</p><main></main>").text, std::string("all"));
    }

    void upLinks() {
        QCOMPARE(page("<link rel='UP' href='a.html'>").upHref, std::string("a.html"));
        QCOMPARE(page("<a rel='up' href='b.html'>x</a>").upHref, std::string("b.html"));
        QCOMPARE(page("<nav><a accesskey='u' href='c.html'>x</a></nav>").upHref, std::string("c.html"));
        QCOMPARE(page("<link rel='up' href='a'><a accesskey='u' href='c'>x</a>").upHref, std::string("a"));
        QCOMPARE(page("<link rel='stylesheet up' href='a'>").upHref, std::string("a"));
        QVERIFY(page("<link rel='upwards' href='a'>").upHref.empty());
    }

    void charsets() {
        QCOMPARE(declaredCharset("<meta charset=windows-1251>"), std::string("windows-1251"));
        QCOMPARE(declaredCharset("<META http-equiv=\"Content-Type\" content=\"text/html; charset=ISO-8859-2\">"),
                 std::string("iso-8859-2"));
        QCOMPARE(declaredCharset("<?xml version='1.0' encoding='koi8-r'?>"), std::string("koi8-r"));
        QVERIFY(declaredCharset("<p>charset</p>").empty());
    }

    void hostilePages() {
        std::string deep;
        for (int i = 0; i < 300000; ++i) deep += "<div>";
        QCOMPARE(parseHtml(deep).error().code, ErrorCode::Unsupported);
        std::string bold;
        for (int i = 0; i < 100000; ++i) bold += "<p><font size=" + std::to_string(i) + ">";
        QCOMPARE(parseHtml(bold).error().code, ErrorCode::Unsupported);
        std::string list = "<ul>";
        for (int i = 0; i < 20000; ++i) list += "<li>item<p>text";
        QVERIFY(parseHtml(list));
        std::string nearLimit;
        for (int i = 0; i < 3900; ++i) nearLimit += "<div>";
        QVERIFY(parseHtml(nearLimit + "x"));
        QCOMPARE(page("").text, std::string());
        QCOMPARE(page("<").text, std::string("<"));
        QVERIFY(parseHtml(std::string("a\0b", 3)));
    }

    void randomTagsNeverCrash() {
        const std::vector<std::string> pieces = {"<table>",     "<tr>",
                                                 "<td>",        "</table>",
                                                 "<p>",         "</p>",
                                                 "<b>",         "</i>",
                                                 "<a href=x>",  "<svg>",
                                                 "<math>",      "<template>",
                                                 "</template>", "<select>",
                                                 "<option>",    "<pre>",
                                                 "text ",       "&amp;",
                                                 "&#0;",        "&#x110000;",
                                                 "<!--",        "-->",
                                                 "<![CDATA[",   "]]>",
                                                 "<script>",    "</script>",
                                                 "<title>",     "<frameset>",
                                                 "<body>",      "<html>",
                                                 "\xff",        "\0x",
                                                 "<main>",      "<link rel=up href=",
                                                 "'",           "\"",
                                                 ">",           "<a accesskey=u",
                                                 "</body>",     "</html>",
                                                 "<form>",      "<input hidden>"};
        SplitMix64 random(12);
        for (int round = 0; round < 300; ++round) {
            std::string html;
            for (std::size_t i = random.below(120); i > 0; --i) html += pieces[random.below(pieces.size())];
            const auto result = parseHtml(html);
            QVERIFY(result || result.error().code == ErrorCode::Unsupported);
        }
    }
};

QTEST_APPLESS_MAIN(TestHtml)
#include "tst_html.moc"
