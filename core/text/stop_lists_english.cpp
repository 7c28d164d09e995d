// SPDX-License-Identifier: Apache-2.0
/// Stop list of English. More than function words: also the general verbs, adjectives and nouns that occur in any
/// subject, contractions with and without their apostrophe, and the small talk of papers and posts. Words that can be a
/// subject ("model", "data", "system", "law") are left to the document frequencies.
#include "core/text/detail/stop_lists.h"

namespace espalier::text::detail {
namespace {

constexpr ListedLanguage kLists[] = {{"en", R"(
a able about above accordingly achieve achieved achieves achieving across actually additionally after
afterward afterwards again against ago ain't aint aka al all allow allowed allowing allows almost along
alongside already also although altogether always am amid among amongst an and another any anybody anyhow
anyone anything anyway anywhere apart apparently appear appeared appears approx approximately are aren't arent
around article articles as ask asked asking asks at available away back bad barely based basically be became
because become becomes becoming been before began begin begins begun behind being believe believed believes
below beneath beside besides best better between beyond big bit both but by ca call called calls came can
can't cannot cant case cases cause caused causes certain certainly cf chapter cheers clearly com come comes
coming common completely concern concerned concerning consequently consider considered considering considers
contain contained containing contains could couldn't couldnt currently dare day days dear definitely
demonstrate demonstrated demonstrates describe described describes describing despite did didn't didnt
different directly discuss discussed discusses do does doesn't doesnt doing don't done dont down dozen due
during each earlier early easily eg eight either eleven else elsewhere enable enabled enables enabling enough
entirely eq eqs especially essentially et etc even ever every everybody everyone everything everywhere exactly
example examples except explain explained explains extremely fact fairly far farther feel feels felt few fifth
fig figs finally find finding finds first firstly five follow followed following follows for former formerly
forth found four fourth from full fully further furthermore gave general generally get gets getting give given
gives giving go goes going gone good got gotten great greatly guess had hadn't hadnt half happen happened
happens hardly has hasn't hasnt have haven't havent having he he'd he'll hello hence her here hereby herein
hers herself hes hi high higher highly him himself his hmm how however href html http https hundred i i'd i'll
i'm i've id ie if im important impossible in include included includes including indeed indicate indicated
indicates inside instance instead into introduce introduced introduces is isn't isnt it it'd it'll its itself
ive just keep keeping keeps kept kind kinds knew know knowing known knows large largely larger largest last
lastly later latter least less lest let lets letting like likely likewise little long look looked looking
looks lot lots low lower made main mainly major make makes making many may maybe me mean means meant meanwhile
mention mentioned merely might mightn't million mine minor more moreover most mostly much must mustn't my
myself namely nb near nearly necessarily need needed needn't needs neither never nevertheless new next nine no
nobody none nonetheless nor not note noted notes nothing now nowhere number numbers obtain obtained obtaining
obtains obviously of off often oh ok okay old on once one ones oneself only onto opposite or order org other
others otherwise ought our ours ourselves out outside over overall own paper papers part particular
particularly partly parts past people per perhaps person place please point points possible possibly pp
present presented presently presents presumably previously probably propose proposed proposes provide provided
provides providing ps put puts putting quickly quite rarely rather re really reason recently ref refer
referred refers refs regarding regards relate related relatively require required requires requiring respect
respectively result results roughly said same saw say saying says scarcely second secondly section see seeing
seem seemed seeming seems seen sees seldom seven several shall shan't she she'd she'll shes short should
shouldn't shouldnt show showed showing shown shows significantly similar similarly simply since sincerely six
small so some somebody somehow someone something sometimes somewhat somewhere soon sort sorts specific
specifically start started starting starts still studies study subsequently substantially such sufficiently
suggest suggested suggests suppose supposed sure take taken takes taking tell telling tells ten terms than
thank thanks thanx that that'd that'll thats the thee their theirs them themselves then thence there there'd
there'll thereafter thereby therefore therein thereof theres these they they'd they'll they're they've theyll
theyre theyve thing things think thinking thinks third thirdly this those thou though thought thousand three
through throughout thus thy till time times to today together told tomorrow too took totally toward towards
tried tries true try trying twelve twice two typically unable under underneath unless unlike unlikely until
unto up upon us use used uses using usual usually various versus very via viz vol vs want wanted wanting wants
was wasn't wasnt way ways we we'd we'll we're we've well went were weren't werent weve what what're whatever
when whenever where whereas whereby wherein wherever whether which whichever while whilst who who'd who'll
who're whoever whole whom whose why will with within without won't wont work works worse worst would wouldn't
wouldnt www y'all yeah year years yes yesterday yet yield yields you you'd you'll you're you've youll your
youre yours yourself yourselves youve zero
)"}};

}  // namespace

std::span<const ListedLanguage> englishStopLists() {
    return kLists;
}

}  // namespace espalier::text::detail
