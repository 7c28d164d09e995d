// SPDX-License-Identifier: Apache-2.0
/// Stop lists of Lithuanian, Russian and Serbian. The Serbian list is in both scripts and in both pronunciations, and
/// serves Bosnian and Croatian too: their function words are the same.
#include "core/text/detail/stop_lists.h"

namespace espalier::text::detail {
namespace {

constexpr std::string_view kSerbian = R"(
а ако али без беше била били било био биће бити бих близу бисмо будући буде буду већ вам вама вас ваш ваша ваше врло
га где гдје да дакле до док доле ево за због зар зато и иако из изван изнад између или им има имају имала имао имати
испод испред иза их ја је једна једне једно један јер јесам јеси јесте јесмо јесу још ка кад када како као ко кога код која
које који којег којем којима којој кроз ли ме мене мени ми много може могу мој моја моје моји мора мање мном мимо на нас
наш наша наше нама над након нам насупрот него неки нека неке неко некога нешто није нису ни ниједан никада никад никога
ништа но нпр о ова ове овај ово ови овог овом од одмах око она оне они оно онај осим особито па пак по под пошто поред
после послије пре пред преко према при прије ради са сав сам само сва сваки свака све сви свим свог своја своје свој се себе
себи си смо сте су сувише та тада тај тако такође тамо твој твоја твоје те тебе теби ти тим тога то толико том тог
треба ту у уз унутар упркос увек увијек услед хоће хоћу ће ћемо ћете ћеш ћу цео чак чему често чији што шта што
ako ali bez beše bila bili bilo bio biće biti bih blizu bismo budući bude budu već vam vama vas vaš vaša vaše vrlo
ga gde gdje da dakle do dok dole evo za zbog zar zato iako iz izvan iznad između ili im ima imaju imala imao imati ispod
ispred iza ih ja je jedna jedne jedno jedan jer jesam jesi jeste jesmo jesu još ka kad kada kako kao ko koga kod koja koje
koji kojeg kojem kojima kojoj kroz li me mene meni mi mnogo može mogu moj moja moje moji mora manje mnom mimo na nas naš
naša naše nama nad nakon nam nasuprot nego neki neka neke neko netko nekoga nešto nije nisu ni nijedan nikada nikad nikoga
ništa no npr ova ove ovaj ovo ovi ovog ovom od odmah oko ona one oni ono onaj osim osobito pa pak po pod pošto pored posle
poslije pre pred preko prema pri prije radi sa sav sam samo sva svaki svaka sve svi svim svog svoja svoje svoj se sebe sebi
si smo ste su suviše ta tada taj tako također takođe tamo tvoj tvoja tvoje te tebe tebi ti tim toga to toliko tom tog treba
tu uz unutar uprkos unatoč uvek uvijek usled uslijed hoće hoću će ćemo ćete ćeš ću ceo čak čemu često čiji tko što šta
)";

constexpr ListedLanguage kLists[] = {
    {"lt", R"(
abi abiejų abu abudu aš ant anot apie ar arba argi aukščiau bei beje bet beveik buvo buvusi buvęs būdama būdamas būna būti
būtų dabar dar daug daugelis daugiau dažnai dėka dėl dėlto deja esame esanti esantis esantys esu esi ėmė gal galbūt gali
galima galėjo galėtų gi greta iš iki ir išskyrus į ją jai jais jam jame jau ji jie jiedu jiems jį jis
jo joje jokia joks joms jomis jos juo juos jų jūs jūsų kada kadangi kai kaip kas kiek kiekviena kiekvienas kita kitaip
kitas kitas kitų kiti kitos ko kodėl kol kokia koks kuo kur kuri kuria kurią kurie kurio kuriame kuriems kurios kurioje
kuris kurį kuriuos kurių labai labiau lig ligi link lyg man mane manęs mano mat mes mums mumis mūsų nė ne nebuvo nebe negi
negali nei nes nesant net netgi nėra niekada niekas nors nuo o ogi palei pagal pakol paskui pat pats pati patys per pernelyg
po pirma prie prieš priešais priešingai pro sau save savo savęs skersai skirtingai šalia šį ši šią šiai šiame šie šiems šio
šioje šios šis šiuo šiuos šių šitas šita tą tačiau tad tada tai taigi taip taipogi tam tame tarp tarsi tarytum tas
tau tave tavo ten tie tiek ties tik tikriausiai to todėl toje tokia tokie tokios toks tol tos tu tuo tuos turi turėjo turėti
tų už vėl vėliau vėlgi vien viena vienas vienos vieno vis visa visada visai visas visi visiškai viso visos visų vos yra žemiau
)"},
    {"ru", R"(
без более больше будет будто будут будучи был была были было быть бы вам вами вас ваш ваша ваше ваши вверх ввиду вдоль ведь
весь вместо вне вниз внутри во вокруг вообще вот впрочем вроде все всё всегда всего всей всем всеми всему всех всею всю вся
всякий вы где да даже для до должен должна должно должны другая другие другим других другого другой другое его едва её ее
ей ему если есть еще ещё же за зато зачем здесь из изза или им именно ими иногда иной иных их как какая какие каким каких
какого какое какой каком когда которая которого которое которой котором которому которую которые который которым которых
кто кому кого крайне кроме ли либо лишь лучше между меня менее меньше мимо мне много многие многих могла могли могут может
можно мной мой моя моё мои мы на навсегда над надо наиболее например нас насчёт наш наша наше наши не него нее неё ней
некоторые некоторых некоторый нельзя нем нём нему несколько нет нечто ни нибудь никогда никто ним ними них ничего ничто но
ну об оба обе однако около он она они оно опять от откуда относительно отчего очень перед по под пожалуй пока после потом
потому поскольку почему почти поэтому при причём про против прочие пусть путём раз разве ради с сам сама сами само самого
самой самых самый свое своё своего своей своих свой свои свою своя себе себя сейчас сквозь сколько слишком снова со совсем
согласно среди столь стал стала стали так такая также такие таким таких такого такое такой там твой твоя твои те тебе тебя
тем теми теперь тех то тобой того тогда тоже той только том тому тот точно ту туда тут ты уж уже чаще чего чей чем через
чему что чтоб чтобы чуть чьё чья эта эти этим этими этих это этого этой этом этому этот эту
)"},
    {"sr", kSerbian},
    {"hr", kSerbian},
    {"bs", kSerbian},
};

}  // namespace

std::span<const ListedLanguage> balticAndSlavicStopLists() {
    return kLists;
}

}  // namespace espalier::text::detail
