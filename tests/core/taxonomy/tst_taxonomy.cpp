// SPDX-License-Identifier: Apache-2.0
// Readers and writers of taxonomies: what is written comes back, what is foreign is kept, what is broken is refused.
#include <QTest>

#include "core/base/rng.h"
#include "core/taxonomy/taxonomy.h"

using namespace espalier;
using namespace espalier::taxonomy;
using tree::RdfTerm;

Q_DECLARE_METATYPE(espalier::taxonomy::Format)

namespace {
const std::string kPrefixes =
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n"
    "@prefix ex: <http://example.org/> .\n";

Reading readOk(const std::string& text, Format format = Format::Turtle) {
    auto made = read(text, format, "file");
    if (!made) qFatal("%s", made.error().message.c_str());
    return std::move(made).value();
}
std::string refusal(const std::string& text, Format format) {
    const auto made = read(text, format, "the file");
    return made ? std::string() : made.error().message;
}

/// JSON with ' for " (moc takes the // of a raw text for a comment).
std::string quoted(std::string json) {
    std::replace(json.begin(), json.end(), '\'', '"');
    return json;
}

std::string word(SplitMix64& random) {
    static const std::vector<std::string> kParts = {
        "so",  "il", "pe",  "at",       "we",           "t ", "\"",
        "<&>", "\\", "=1+", "\xc3\xa4", "\xe6\xb0\xb4", "'",  "\xf0\x9f\x8c\xb1",
        "@x",  ";",  ",",   "#",        "]]>",          "{",  "/",
        "%",   ".",  ":",   "- ",       "(2)"};
    std::string text;
    for (std::size_t i = 0, n = 1 + random.below(5); i < n; ++i) text += kParts[random.below(kParts.size())];
    return cleanName(text).value_or("x");
}
std::string language(SplitMix64& random) {
    static const std::vector<std::string> kTags = {"", "en", "de", "pt-BR", "zh-Hant"};
    return kTags[random.below(kTags.size())];
}

/// A taxonomy as a project would write it: depth first, every text as it may be stored.
Taxonomy made(std::uint64_t seed, std::size_t count) {
    SplitMix64 random(seed);
    const auto few = [&](std::size_t most) { return random.below(most + 1); };
    const auto text = [&] { return word(random) + (random.below(4) == 0 ? "\n\tand " + word(random) : ""); };
    const auto fill = [&](Concept& one) {
        one.name = word(random);
        one.exchange.language = language(random);
        for (std::size_t i = few(2); i > 0; --i) {
            const std::string name = word(random), tag = language(random);
            auto& names = one.alternativeNames;
            if (std::find(names.begin(), names.end(), name) != names.end()) continue;
            names.push_back(name);
            if (!tag.empty()) one.exchange.alternatives.push_back({name, tag});
        }
        for (std::size_t i = few(1); i > 0; --i) one.exchange.names.push_back({word(random), language(random)});
        for (std::size_t i = few(1); i > 0; --i) one.exchange.hiddenNames.push_back({text(), language(random)});
        for (std::size_t i = few(1); i > 0; --i)
            one.exchange.notations.push_back({word(random), random.below(2) == 0 ? "" : "http://example.org/code"});
        if (random.below(2) == 0) {
            one.note = text();
            one.exchange.noteLanguage = language(random);
            one.exchange.documentation.push_back({"note", {text(), language(random)}});
        }
        for (const char* kind : {"scopeNote", "definition", "changeNote", "example", "historyNote", "editorialNote"}) {
            if (random.below(3) == 0) one.exchange.documentation.push_back({kind, {text(), language(random)}});
        }
        if (random.below(3) == 0) one.exchange.created = "2026-01-31T12:00:00Z";
        if (random.below(3) == 0) one.exchange.modified = "2026-02-01";
        for (std::size_t i = few(2); i > 0; --i) {
            RdfTerm object{RdfTerm::Kind::Literal, text(), {}, {}};
            if (random.below(2) == 0)
                object.datatype = "http://example.org/measure";
            else if (random.below(2) == 0)
                object = {RdfTerm::Kind::Uri, "http://other.org/a?b=c&d", {}, {}};
            one.exchange.kept.push_back({{}, "http://example.org/says#p" + std::to_string(few(3)), object});
        }
    };
    Taxonomy taxonomy;
    taxonomy.edit = static_cast<std::int64_t>(seed);
    taxonomy.root.uri = "urn:uuid:00000000-0000-4000-8000-000000000000";
    fill(taxonomy.root);
    for (std::size_t c = 0; c < count; ++c) {
        Concept one;
        one.uri = taxonomy.root.uri + "#" + std::to_string(c + 2);
        one.home = c == 0 || random.below(4) == 0 ? -1 : static_cast<int>(random.below(c));
        fill(one);
        taxonomy.concepts.push_back(std::move(one));
    }
    const auto above = [&](int low, int high) {
        for (; low >= 0; low = taxonomy.concepts[static_cast<std::size_t>(low)].home) {
            if (low == high) return true;
        }
        return false;
    };
    for (std::size_t c = 0; c < count; ++c) {
        Concept& one = taxonomy.concepts[c];
        const int other = static_cast<int>(random.below(count)), self = static_cast<int>(c);
        if (other != self && random.below(3) == 0) one.related.push_back(other);
        // Only towards earlier ones: no circle over further parents either.
        if (other < self && random.below(3) == 0 && other != one.home && !above(other, self))
            one.alsoUnder.push_back(other);
    }
    taxonomy.root.exchange.kept.push_back({{RdfTerm::Kind::Uri, "http://example.org/coll", {}, {}},
                                           "http://example.org/member",
                                           {RdfTerm::Kind::Blank, "b1", {}, {}}});
    taxonomy.root.exchange.kept.push_back({{RdfTerm::Kind::Blank, "b1", {}, {}},
                                           "http://example.org/of",
                                           {RdfTerm::Kind::Uri, taxonomy.concepts.front().uri, {}, {}}});
    // As a reading sorts them: those of the scheme itself first.
    return depthFirst(taxonomy);
}
}  // namespace

class TestTaxonomy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void comesBack_data() {
        QTest::addColumn<Format>("format");
        QTest::newRow("turtle") << Format::Turtle;
        QTest::newRow("rdfxml") << Format::RdfXml;
        QTest::newRow("jsonld") << Format::JsonLd;
    }
    void comesBack() {
        QFETCH(Format, format);
        for (std::uint64_t seed = 1; seed <= 60; ++seed) {
            const Taxonomy before = made(seed, 1 + seed % 23);
            const auto text = write(before, format);
            QVERIFY2(text.ok(), text.ok() ? "" : text.error().message.c_str());
            const auto reading = read(*text, format, "file");
            QVERIFY2(reading.ok(), reading.ok() ? "" : (reading.error().message + "\n" + *text).c_str());
            const Report& report = reading->report;
            QCOMPARE(report.read, report.mapped + report.kept + std::int64_t(report.refused.size()));
            QVERIFY2(report.refused.empty(), report.refused.empty() ? "" : report.refused.front().why.c_str());
            const Taxonomy& after = reading->taxonomy;
            QCOMPARE(after.edit, before.edit);
            QCOMPARE(after.concepts.size(), before.concepts.size());
            for (std::size_t c = 0; c < before.concepts.size(); ++c)
                QVERIFY2(after.concepts[c] == before.concepts[c], (before.concepts[c].uri + "\n" + *text).c_str());
            QVERIFY2(after.root == before.root, text->c_str());
            QCOMPARE(*write(after, format), *text);
        }
    }

    void foreignTurtle() {
        const Reading reading =
            readOk(kPrefixes +
                   "ex:s a skos:ConceptScheme ; dct:title \"Soils\"@en ; dct:publisher [ dct:title \"Nobody\" ] .\n"
                   "ex:soil a skos:Concept ; skos:prefLabel \"Boden\"@de, \"Soil\"@en ; skos:altLabel \"Earth\", "
                   "\"Dirt\"@EN-gb ;\n"
                   "  skos:notation \"1.2\" ; skos:scopeNote \"Top\"@en ; ex:weight 3 ; skos:topConceptOf ex:s .\n"
                   "ex:peat a skos:Concept ; skos:prefLabel \"Peat\"@en ; skos:broader ex:soil, ex:wet ; skos:related "
                   "ex:wet .\n"
                   "ex:wet a skos:Concept ; skos:prefLabel \"Wetland\"@en ; skos:narrower ex:bog .\n"
                   "ex:bog skos:note \"\"\"a \"\\\"b\" # c\"\"\" ; skos:prefLabel \"\"\"  Raised\n   bog \"\"\"@en .\n"
                   "<#rel> a skos:Concept ; skos:notation \"9\" .\n"
                   "ex:c a skos:Collection ; skos:member ex:peat .\n");
        const Taxonomy& all = reading.taxonomy;
        QCOMPARE(all.root.name, std::string("Soils"));
        QCOMPARE(all.concepts.size(), std::size_t{5});
        QCOMPARE(all.concepts[0].name, std::string("Soil"));  // the language that most names are in
        QVERIFY(all.concepts[0].exchange.names == (std::vector<tree::LanguageText>{{"Boden", "de"}}));
        QVERIFY(all.concepts[0].exchange.alternatives == (std::vector<tree::LanguageText>{{"Dirt", "en-GB"}}));
        QCOMPARE(all.concepts[0].alternativeNames.size(), std::size_t{2});
        QCOMPARE(all.concepts[0].exchange.kept.size(), std::size_t{1});
        QCOMPARE(all.concepts[1].name, std::string("Peat"));
        QCOMPARE(all.concepts[1].home, 0);
        QVERIFY(all.concepts[1].alsoUnder == std::vector<int>{2});
        QVERIFY(all.concepts[1].related == std::vector<int>{2});
        QCOMPARE(all.concepts[3].name, std::string("Raised bog"));
        QCOMPARE(all.concepts[3].note, std::string("a \"\"b\" # c"));
        QCOMPARE(all.concepts[3].home, 2);
        QCOMPARE(all.concepts[4].uri, std::string("file:///taxonomy#rel"));
        QCOMPARE(all.concepts[4].name, std::string("9"));
        QCOMPARE(reading.report.kept, std::int64_t{5});  // publisher and its title, weight, collection and its member
        QVERIFY(reading.report.refused.empty());
    }

    void circlesAreCut() {
        const Reading reading = readOk(kPrefixes +
                                       "ex:a skos:prefLabel \"A\" ; skos:broader ex:b .\n"
                                       "ex:b skos:prefLabel \"B\" ; skos:broader ex:c .\n"
                                       "ex:c skos:prefLabel \"C\" ; skos:broader ex:a .\n"
                                       "ex:d skos:prefLabel \"D\" ; skos:broader ex:d .\n"
                                       "ex:e skos:prefLabel \"E\" ; skos:broader \"text\" .\n");
        QCOMPARE(reading.taxonomy.concepts.size(), std::size_t{5});
        QCOMPARE(reading.report.refused.size(), std::size_t{3});
        std::string all;
        for (const auto& one : reading.report.refused) all += one.what + ": " + one.why + "\n";
        QVERIFY2(all.find("closes a circle: C > A > B > C") != std::string::npos, all.c_str());
        QVERIFY2(all.find("cannot be broader than itself") != std::string::npos, all.c_str());
        QCOMPARE(reading.taxonomy.concepts[0].name, std::string("C"));  // stands at the top now
        QCOMPARE(reading.report.read,
                 reading.report.mapped + reading.report.kept + std::int64_t(reading.report.refused.size()));
    }

    void twinsAndSchemesAreNoted() {
        const Reading reading =
            readOk(kPrefixes +
                   "ex:a skos:prefLabel \"Soil\" ; skos:inScheme ex:one . ex:b skos:prefLabel \"Soil\" ; skos:inScheme "
                   "ex:one . ex:c skos:prefLabel \"Sea\" ; skos:inScheme ex:two . ex:c skos:prefLabel \"Ocean\" .");
        QCOMPARE(reading.taxonomy.concepts.size(), std::size_t{3});
        QCOMPARE(reading.taxonomy.root.uri, std::string("http://example.org/one"));
        QCOMPARE(reading.report.notes.size(), std::size_t{3});
        QVERIFY(reading.report.notes[0].find("2 concept schemes") != std::string::npos);
        QVERIFY(reading.report.notes[1].find("two preferred names in one language") != std::string::npos);
        QVERIFY(reading.report.notes[2].find("2 labels under the root have the same name 'Soil'") != std::string::npos);
        QCOMPARE(reading.report.kept, std::int64_t{1});  // the other scheme
    }

    void hugeTextsAreRefused() {
        const std::string huge(5000000, 'x');
        const Reading reading =
            readOk(kPrefixes + "ex:a skos:prefLabel \"A\" ; skos:note \"" + huge + "\" ; ex:blob \"" + huge +
                   "\" . ex:b skos:prefLabel \"" + std::string(1001, 'n') + "\" .");
        QCOMPARE(reading.report.refused.size(), std::size_t{2});
        QVERIFY(reading.report.refused[0].why.find("5000000 bytes") != std::string::npos);
        QVERIFY(reading.report.refused[0].what.size() < 300);
        QCOMPARE(reading.taxonomy.concepts[1].name, std::string("b"));  // its name is kept, its URI is shown
        QCOMPARE(reading.taxonomy.concepts[1].exchange.kept.size(), std::size_t{1});
    }

    void jsonLdAsOthersWriteIt() {
        const Reading reading = readOk(
            quoted("{'@context': [{'@vocab': 'http://www.w3.org/2004/02/skos/core#', 'ex': 'http://example.org/'}, "
                   "{'id': '@id', 'type': '@type', 'uri': null, "
                   "'labels': {'@id': 'prefLabel', '@container': '@language'}, "
                   "'broader': {'@type': '@id'}, 'under': {'@reverse': 'broader', '@type': '@id'}, "
                   "'scheme': {'@id': 'inScheme', '@type': '@id'}, '@language': 'en'}], "
                   "'@graph': [ "
                   "{'id': 'ex:soil', 'type': 'Concept', 'labels': {'en': ['Soil'], 'de': 'Boden'}, 'scheme': 'ex:s', "
                   "'altLabel': ['Earth', {'@value': 'Erde', '@language': 'de'}, null], 'uri': 'nothing', "
                   "'under': ['ex:bog'], 'ex:list': {'@list': [1, true, 2.5]}}, "
                   "{'id': 'ex:peat', 'type': ['Concept'], 'prefLabel': 'Peat', 'broader': {'id': 'ex:soil'}}, "
                   "{'id': 'ex:bog', 'type': 'Concept', 'prefLabel': 'Bog'}]}"),
            Format::JsonLd);
        QCOMPARE(reading.taxonomy.concepts.size(), std::size_t{3});
        QCOMPARE(reading.taxonomy.concepts[0].name, std::string("Soil"));
        QCOMPARE(reading.taxonomy.concepts[0].alternativeNames.size(), std::size_t{2});
        QVERIFY(reading.taxonomy.concepts[0].exchange.alternatives ==
                (std::vector<tree::LanguageText>{{"Earth", "en"}, {"Erde", "de"}}));
        QCOMPARE(reading.taxonomy.concepts[1].home, 0);
        QCOMPARE(reading.taxonomy.concepts[2].home, 0);
        QCOMPARE(reading.report.refused.size(), std::size_t{1});  // "uri", which its context unsets
        QCOMPARE(reading.report.kept, std::int64_t{7});           // the list: one head, three cells of two
        const auto& kept = reading.taxonomy.root.exchange.kept;
        QVERIFY(std::any_of(kept.begin(), kept.end(), [](const auto& one) {
            return one.object.value == "2.5E0" && one.object.datatype == "http://www.w3.org/2001/XMLSchema#double";
        }));
    }

    void entitiesThatOnlyAbbreviateAreRead() {
        const Reading reading = readOk(
            "<?xml version=\"1.0\"?>\n<!-- <!ENTITY x SYSTEM \"a\"> -->\n<!DOCTYPE rdf:RDF [\n"
            "  <!ENTITY skos \"http://www.w3.org/2004/02/skos/core#\">\n]>\n"
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:skos=\"&skos;\">\n"
            "<skos:Concept rdf:about=\"http://example.org/a\"><skos:prefLabel>A &amp; "
            "B</skos:prefLabel></skos:Concept>\n"
            "<rdf:Description rdf:about=\"http://example.org/b\"><rdf:type rdf:resource=\"&skos;Concept\"/>"
            "<skos:broader rdf:resource=\"http://example.org/a\"/></rdf:Description></rdf:RDF>",
            Format::RdfXml);
        QCOMPARE(reading.taxonomy.concepts.size(), std::size_t{2});
        QCOMPARE(reading.taxonomy.concepts[0].name, std::string("A & B"));
        QCOMPARE(reading.taxonomy.concepts[1].home, 0);
    }

    void brokenFiles_data() {
        QTest::addColumn<Format>("format");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("says");
        const QByteArray prefixes = QByteArray::fromStdString(kPrefixes);
        const QByteArray rdf = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">";
        for (const Format format :
             {Format::Turtle, Format::RdfXml, Format::JsonLd, Format::Csv, Format::Json, Format::Text}) {
            QTest::addRow("empty %d", int(format))
                << format << QByteArray("\xef\xbb\xbf \n") << QByteArray("the file is empty");
            QTest::addRow("latin-1 %d", int(format)) << format
                                                     << QByteArray(
                                                            "name\nB\xf6"
                                                            "den\n")
                                                     << QByteArray("not UTF-8");
            QTest::addRow("zero %d", int(format)) << format << QByteArray("name\nA\0B\n", 9) << QByteArray("not UTF-8");
        }
        const auto row = [](const char* name, Format format, const QByteArray& text, const QByteArray& says) {
            QTest::newRow(name) << format << text << says;
        };
        row("no concept", Format::Turtle, prefixes + "ex:a ex:b ex:c .", "holds no SKOS concept");
        row("no statement", Format::Turtle, prefixes, "has no statement");
        row("cut turtle", Format::Turtle, prefixes + "ex:a skos:prefLabel \"Soi", "is no Turtle from line 4");
        row("undeclared prefix", Format::Turtle, "foo:a foo:b foo:c .", "prefix");
        row("deep brackets", Format::Turtle, prefixes + "ex:a ex:b " + QByteArray(100000, '[') + ".", "nests brackets");
        row("cut xml", Format::RdfXml, rdf + "<rdf:Description rdf:about=\"http://x.org/a\">", "is no RDF/XML");
        row("not xml", Format::RdfXml, "Soil\n  Peat\n", "is no RDF/XML");
        row("external entity", Format::RdfXml,
            "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + rdf + "&x;</rdf:RDF>", "external entity 'x'");
        row("public entity", Format::RdfXml,
            "<!DOCTYPE r [<!ENTITY x PUBLIC \"p\" \"http://x.org/\">]>" + rdf + "</rdf:RDF>", "external entity 'x'");
        row("external type", Format::RdfXml, "<!DOCTYPE r SYSTEM \"http://x.org/r.dtd\">" + rdf + "</rdf:RDF>",
            "external document type");
        row("parameter entity", Format::RdfXml, "<!DOCTYPE r [<!ENTITY % x \"y\"> %x;]>" + rdf + "</rdf:RDF>",
            "parameter entit");
        row("billion laughs", Format::RdfXml,
            "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY c \"&b;&b;\">]>" +
                rdf + "&c;</rdf:RDF>",
            "entity 'b' by other entities");
        row("quadratic blow-up", Format::RdfXml,
            "<!DOCTYPE r [<!ENTITY a \"" + QByteArray(100000, 'a') + "\">]>" + rdf + QByteArray("&a;").repeated(1000) +
                "</rdf:RDF>",
            "more than 64 MiB");
        row("deep xml", Format::RdfXml, rdf + QByteArray("<a>").repeated(100000), "nests elements");
        row("remote context", Format::JsonLd,
            QByteArray::fromStdString(quoted("{'@context': 'https://example.org/skos.jsonld', '@graph': []}")),
            "remote context https://example.org/skos.jsonld");
        row("remote context in a list", Format::JsonLd,
            QByteArray::fromStdString(quoted("{'@context': [{}, 'http://x.org/c'], '@graph': []}")), "http://x.org/c");
        row("imported context", Format::JsonLd,
            QByteArray::fromStdString(quoted("{'@context': {'@import': 'http://x.org/c'}}")), "http://x.org/c");
        row("scoped context", Format::JsonLd,
            QByteArray::fromStdString(quoted("{'@context': {'a': {'@id': 'http://x.org/a', '@context': {}}}}")),
            "the term \"a\"");
        row("nest", Format::JsonLd, QByteArray::fromStdString(quoted("{'@nest': {}}")), "@nest");
        row("cut json", Format::JsonLd, "{\n\"@context\": {", "is no JSON from line 2");
        row("deep json-ld", Format::JsonLd, QByteArray("[").repeated(1000000), "nests objects");
        row("number", Format::JsonLd, "3", "neither an object nor an array");
        row("cut tree", Format::Json, "[{\"name\":", "is no JSON");
        row("json of something else", Format::Json, "{\"a\": 3}", "no label");
        row("no name column", Format::Csv, "a,b\n1,2\n", "neither a column 'name'");
        row("open quote", Format::Csv, "name\n\"Soil\n", "quote in line 2");
        row("names missing", Format::Csv, "id,name\n1,\n2,\n", "holds no label");
    }
    void brokenFiles() {
        QFETCH(Format, format);
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, says);
        const std::string why = refusal(text.toStdString(), format);
        QVERIFY2(why.find(says.toStdString()) != std::string::npos, why.c_str());
        QVERIFY2(why.rfind("the file", 0) == 0 && why.size() < 400, why.c_str());
    }

    void deepAndLarge() {
        std::string chain = kPrefixes + "ex:n0 skos:prefLabel \"n\" .\n";
        for (int i = 1; i < 1000; ++i)
            chain += "ex:n" + std::to_string(i) + " skos:prefLabel \"n\" ; skos:broader ex:n" + std::to_string(i - 1) +
                     " .\n";
        const Reading deep = readOk(chain);
        QCOMPARE(deep.taxonomy.concepts.size(), std::size_t{1000});
        QCOMPARE(deep.taxonomy.concepts.back().home, 998);
        for (const Format format : {Format::Turtle, Format::RdfXml, Format::JsonLd}) {
            Taxonomy whole = deep.taxonomy;
            whole.root.uri = "urn:x:root";
            QCOMPARE(readOk(*write(whole, format), format).taxonomy.concepts.back().home, 998);
        }
        for (int i = 1000; i < 2002; ++i)
            chain += "ex:n" + std::to_string(i) + " skos:prefLabel \"n\" ; skos:broader ex:n" + std::to_string(i - 1) +
                     " .\n";
        QVERIFY(refusal(chain, Format::Turtle).find("more than 2000 levels") != std::string::npos);
        std::string text;
        for (int i = 0; i < 2002; ++i) text += std::string(static_cast<std::size_t>(i), ' ') + "n\n";
        QVERIFY(refusal(text, Format::Text).find("more than 2000 levels") != std::string::npos);
    }

    void spreadsheetsAsOthersWriteThem() {
        // A Windows spreadsheet: byte order mark, semicolons, CR LF, quotes, a cell of several lines.
        const Reading reading = readOk(
            "\xef\xbb\xbf"
            "ID;Parent;Name;Note;Alternative names;Colour\r\n"
            "1;;Soil;\"first\r\nsecond \"\"line\"\"\";\"Earth; Dirt @en; a\\;b\";brown\r\n"
            "2;1;'=SUM(A1);;;\r\n3;Soil;-minus;;;\r\n4;9;Lost;;;\r\n\r\n5;;;;;x\r\n6;6;Own;;;\r\n",
            Format::Csv);
        const auto& all = reading.taxonomy.concepts;
        QCOMPARE(all.size(), std::size_t{5});
        QCOMPARE(all[0].note, std::string("first\r\nsecond \"line\""));
        QVERIFY(all[0].alternativeNames == (std::vector<std::string>{"Earth", "Dirt", "a;b"}));
        QVERIFY(all[0].exchange.alternatives == (std::vector<tree::LanguageText>{{"Dirt", "en"}}));
        QCOMPARE(all[1].name, std::string("=SUM(A1)"));
        QCOMPARE(all[1].home, 0);
        QCOMPARE(all[2].name, std::string("-minus"));
        QCOMPARE(all[2].home, 0);
        QCOMPARE(all[3].home, -1);
        QCOMPARE(reading.report.refused.size(), std::size_t{1});
        QCOMPARE(reading.report.refused[0].line, std::int64_t{8});
        QCOMPARE(reading.report.read, std::int64_t{6});
        QCOMPARE(reading.report.notes.size(), std::size_t{3});  // colour, nowhere to be under, its own parent
        const Reading paths = readOk("path\nA\nA/B\nA/B\\/C\n", Format::Csv);
        QCOMPARE(paths.taxonomy.concepts[1].home, 0);
        QCOMPARE(paths.taxonomy.concepts[2].name, std::string("B/C"));
        QCOMPARE(paths.taxonomy.concepts[2].home, 0);
        const Reading levels = readOk("level,name\n0,A\n1,B\n2,C\n1,D\n0,E\n", Format::Csv);
        QCOMPARE(levels.taxonomy.concepts[2].home, 1);
        QCOMPARE(levels.taxonomy.concepts[3].home, 0);
        QCOMPARE(levels.taxonomy.concepts[4].home, -1);
        const Reading circle = readOk("id,parent,name\n1,2,A\n2,1,B\n", Format::Csv);
        QCOMPARE(circle.report.refused.size(), std::size_t{1});
    }

    void cells() {
        for (const char* text : {"=1", "+1", "-1", "@x", "'=1", "''=1", "'plain", "a\"b", "a,b", "x\ny", "", "'"}) {
            std::string cell = csvCell(text);
            QVERIFY(std::string_view("=+-@").find(cell.empty() ? 'x' : cell.front()) == std::string_view::npos);
            if (!cell.empty() && cell.front() == '"') {
                cell = cell.substr(1, cell.size() - 2);
                for (std::size_t at = 0; (at = cell.find("\"\"", at)) != std::string::npos; ++at) cell.erase(at, 1);
            }
            QCOMPARE(csvPlain(cell), std::string(text));
        }
        const std::vector<tree::LanguageText> texts{{"a; b", "en"}, {"x @y", ""}, {"back\\slash", "de"}};
        QVERIFY(splitTexts(joinTexts(texts)) == texts);
    }

    void outlines() {
        const Reading plain = readOk("Soil (2019)\n\tPeat\n\t\tBog\n\tSand\nWater\n", Format::Text);
        QCOMPARE(plain.taxonomy.concepts.size(), std::size_t{5});
        QCOMPARE(plain.taxonomy.concepts[0].name, std::string("Soil (2019)"));
        QCOMPARE(plain.taxonomy.concepts[2].home, 1);
        QCOMPARE(plain.taxonomy.concepts[3].home, 0);
        QCOMPARE(plain.taxonomy.concepts[4].home, -1);
        const Reading ours = readOk("All documents (12)\n  Soil (7) (3)\n    Peat (1)\n  Water (0)\n", Format::Text);
        QCOMPARE(ours.taxonomy.root.name, std::string("All documents"));
        QCOMPARE(ours.taxonomy.concepts.size(), std::size_t{3});
        QCOMPARE(ours.taxonomy.concepts[0].name, std::string("Soil (7)"));
        QCOMPARE(ours.taxonomy.concepts[1].home, 0);
    }

    void xmlSaysWhatItCannot() {
        Taxonomy taxonomy;
        taxonomy.root.uri = "urn:x:root";
        taxonomy.concepts.push_back({});
        taxonomy.concepts[0].uri = "urn:x:a";
        taxonomy.concepts[0].name = "A";
        taxonomy.concepts[0].note = "bell \x07";
        QVERIFY(write(taxonomy, Format::RdfXml).error().message.find("control character") != std::string::npos);
        QCOMPARE(readOk(*write(taxonomy, Format::Turtle)).taxonomy.concepts[0].note, std::string("bell \x07"));
        taxonomy.concepts[0].note.clear();
        taxonomy.concepts[0].exchange.kept.push_back(
            {{}, "http://example.org/1", {RdfTerm::Kind::Uri, "urn:x:b", {}, {}}});
        QVERIFY(write(taxonomy, Format::RdfXml).error().message.find("http://example.org/1") != std::string::npos);
        QVERIFY(write(taxonomy, Format::JsonLd).ok());
    }

    void formatsByName() {
        QVERIFY(formatOfFile("a.TTL", "") == Format::Turtle);
        QVERIFY(formatOfFile("a.json", "{\"@context\": {}}") == Format::JsonLd);
        QVERIFY(formatOfFile("a.json", "{\"name\": 1}") == Format::Json);
        QVERIFY(!formatOfFile("a.doc", ""));
        QVERIFY(!formatOfFile("a", ""));
        for (const auto& name : formatNames()) QVERIFY(formatOfName(name));
    }
};

QTEST_APPLESS_MAIN(TestTaxonomy)
#include "tst_taxonomy.moc"
