// SPDX-License-Identifier: Apache-2.0
/// Stop lists of the Romance languages: Catalan, French, Italian, Portuguese, Romanian, Spanish. Elided articles and
/// pronouns ("l'eau", "dell'acqua") are split off by TermReader and need no entry.
#include "core/text/detail/stop_lists.h"

namespace espalier::text::detail {
namespace {

constexpr ListedLanguage kLists[] = {
    {"ca", R"(
a abans açò això al algun alguna algunes alguns aleshores allò als altra altre altres amb ambdós ans aquell aquella aquelles
aquells aquest aquesta aquestes aquests aquí ara així àdhuc bé cada cadascun cadascuna cap com contra cosa cal d de del
dels des després dintre doncs dos dues durant el ella elles ells els em en encara endavant ens entre era eren eres
eren érem és esdevé essent est esta estan estar estat estava estaven este fa fan fas fem fer fins fou foren gairebé ha hagi
han havia havien haver he hem hi ho i ja jo l la les li llavors lo los llur llurs m mateix mateixa mateixes
mateixos malgrat mentre més meu meus meva meves mig mitjançant molt molta moltes molts n ni ningú no nogensmenys només
nosaltres nostra nostre nostres o on pel pels per però perquè perque poc poca pocs poques potser pot poden podem podia
propi qual quals qualsevol quan quant quants que què quelcom qui quin quina quines quins res s sa sabem se segons sempre
sense ser serà seran seria ses seu seus seva seves si sí sigui sinó sobre sol sols solament som són sota sou t també tampoc
tan tant tanta tantes te té tenen tenir teu teus teva teves tot tota totes tots tothom un una unes uns us va vam van vau
vers vol voler vosaltres vostra vostre vostres
)"},
    {"fr", R"(
afin ai aie aient ainsi ait alors après as assez au aucun aucune aucuns aujourd'hui auprès auquel aura auraient aurait
auront aussi autant autour autre autres autrement aux auxquelles auxquels avaient avais avait avant avec avez avoir avons
ayant beaucoup bien car ce ceci cela celle celles celui cependant certain certaine certaines certains ces cet cette ceux
chacun chacune chaque chez ci comme comment contre dans davantage de dehors déjà delà depuis derrière des dès désormais
desquelles desquels dessous dessus devant devoir devrait doit doivent donc dont du duquel durant elle elles en encore
enfin ensuite entre envers environ es est et étaient étais était étant été êtes être eu eux fait faire fallait faut
fois font fut furent hors ici il ils jamais je jusque la là laquelle le lequel les lesquelles lesquels leur leurs lors
lorsque lui ma mais malgré me même mêmes mes mien mienne miens moi moins mon ne néanmoins ni non nos notamment notre nôtre
nous nul nulle on ont or ou où outre par parce parfois parmi pas pendant peu peut peuvent plus plusieurs plutôt
pour pourquoi pourrait pourraient pourtant pouvait pouvoir près presque puis puisque quand quant que quel quelle quelles
quelque quelques quels qui quiconque quoi quoique rien sa sans sauf se selon sera seraient serait seront ses seul seule
seulement seuls si sien sienne sinon soi soient sois soit sommes son sont sous souvent suis sur surtout ta tandis tant te
tel telle telles tels tes toi ton toujours tous tout toute toutefois toutes très trop tu un une unes uns vers via voici
voilà vos votre vôtre vous vu
)"},
    {"it", R"(
a abbia abbiamo abbiano ad adesso affinché agli ai al alcun alcuna alcune alcuni alcuno alla alle allo allora almeno altra
altre altri altro anche ancora anzi appena attraverso avendo avere aveva avevano avete avrà avrebbe avuto benché c che chi
chiunque ci ciascun ciascuna ciascuno ciò cioè coi col come comunque con contro così cui da dagli dai dal dalla dalle dallo
davanti degli dei del della delle dello dentro deve devono di dietro do dopo dove dovrebbe dunque durante e ecco ed egli
ella entrambi era erano essa esse essendo essere essi esso fa fanno fare finché fino fra fu fuori furono già gli ha hai hanno
ho i il in infatti infine inoltre insieme intorno invece io l la là le lei li lo loro lui lungo ma mai malgrado me medesimo
mediante meno mentre mi mia mie miei mio molta molte molti molto ne né neanche negli nei nel nella nelle nello nemmeno
neppure nessun nessuna nessuno niente noi non nonché nostra nostre nostri nostro nulla o od oggi ogni ognuno oltre oppure
ora ossia parecchi per perché perciò però persino più po poca poche pochi poco poi poiché possa possono può presso prima
proprio pure qua qual qualche qualcosa qualcuno quale quali qualsiasi qualunque quando quanta quante quanti quanto quasi
quei quegli quel quella quelle quelli quello questa queste questi questo qui quindi sarà saranno sarebbe se secondo sei
sembra sempre senza si sia siamo siano siccome siete solo soltanto sono sopra soprattutto sotto spesso stata state stati
stato stessa stesse stessi stesso su sua sue sugli sui sul sulla sulle sullo suo suoi tale tali talvolta tanta tante tanti
tanto te ti tra tranne tu tua tue tuo tuoi tutta tuttavia tutte tutti tutto un una uno verso vi via viene vengono
voi volta vostra vostre vostri vostro
)"},
    {"pt", R"(
a abaixo acerca acima afinal agora ainda além algo alguém algum alguma algumas alguns ali ambas ambos ante antes ao aos
apenas apesar após aquela aquelas aquele aqueles aquilo aqui as assim até através bastante bem cada como com conforme
consigo contra contudo cuja cujas cujo cujos da dá dado daquela daquelas daquele daqueles das de debaixo dela delas dele
deles demais dentro depois desde dessa dessas desse desses desta destas deste destes deve devem devido diante disso disto
do dos durante e é ela elas ele eles em embora enquanto entanto então entre era eram és essa essas esse esses esta está
estão estamos estar estas estava estavam este esteja estes esteve estive eu exceto faz fazem fazer fez fica foi for fora
foram fosse há havia isso isto já jamais la lá lhe lhes lo logo longe mais mal mas me meio menos mesma mesmas mesmo mesmos
meu meus minha minhas muita muitas muito muitos na nada não naquela naquele nas nela nele nem nenhum nenhuma nessa nesse
nesta neste ninguém no nos nós nossa nossas nosso nossos num numa nunca o onde ora os ou outra outras outro outros para
pela pelas pelo pelos perante perto pode podem poderá podia pois por porém porque portanto posso pouca poucas pouco poucos
própria próprias próprio próprios quais qual qualquer quando quanta quantas quanto quantos quão quase que quê quem sem são
se seja sejam sempre sendo ser será serão seria seriam seu seus si sido sob sobre sobretudo só somente somos sou sua suas
tais tal talvez também tampouco tanta tantas tanto tantos te tem têm tendo tenha tenho ter teve ti tinha tinham toda todas
todavia todo todos tu tua tuas tudo um uma umas uns vai várias vários vem vez vezes você vocês vos vossa vosso à às
)"},
    {"ro", R"(
a abia acea aceasta această aceea aceeași acei aceia acel acela acelasi același acele acelea acest acesta aceste acestea
acestei acestor acestora acestui acești aceștia acolo acum adică ai aia aici al ăla alături ale alt alta altă alte altfel
alți altul am anumite apoi ar are as aș aș asemenea astfel asta astăzi ați atât atâta atâția atunci au avea aveam avem aveți
avut azi având ba bine ca că căci când care căreia căror cărui carora câte câteva câți câțiva către ce cea ceea cei cel
cele celor ceva chiar cine cineva conform contra cu cum cumva da dacă dar dat datorită de deasupra deci decât deja deoarece
departe desi deși despre din dintr dintre doar două după ea ei el ele era erau este eu fără face fac fel fi fie fiecare
fiind fost fu foarte i ia iar în înainte înapoi încă încât înspre însă între întru într într-o într-un îi îl îmi își îți
la le li lor lui mă mai mâine mult multă multe mulți mea mei mele mereu meu mie mine mod ne nici nicio nimeni nimic niște
noastră noastre noi nostru noștri nu numai o oare ori oricare orice oricine oricum or până pe peste pentru poate pot prea
precum prin printr printre propriu puțin rău sa să săi sale sau său se și sînt sunt suntem sunteți spre sub te tocmai toată
toate tot totuși toți tu tuturor ta tăi tale tău un una unde unei unele uneori unii unor unora unu unui unul va vă vi voastră
voastre voi vom vor vostru voștri vreo vreun
)"},
    {"es", R"(
a acá además adonde ahí ahora al algo alguien algún alguna algunas alguno algunos allá allí ambas ambos ante antes
apenas aquel aquella aquellas aquello aquellos aquí así aún aun aunque bajo bastante bien cabe cada casi cierta ciertas
cierto ciertos como cómo con conmigo consigo contigo contra cual cuál cuales cualquier cualquiera cuán cuando cuanta cuantas
cuanto cuantos cuya cuyas cuyo cuyos da de debe deben debido del demás dentro desde después detrás donde dos durante e
el él ella ellas ello ellos embargo en encima entonces entre era eran eres es esa esas ese eso esos esta está estaba estaban
estamos están estar estas este esto estos estoy estuvo etc excepto fue fuera fueron fui gran ha había habían haber habrá
hace hacen hacer hacia han hasta hay he hemos hubo igual incluso jamás junto la las le les lo los luego más mas me
mediante menos mi mía mías mientras mío míos mis misma mismas mismo mismos mucha muchas mucho muchos muy nada nadie ni
ningún ninguna ninguno no nos nosotras nosotros nuestra nuestras nuestro nuestros nunca o os otra otras otro otros para
pero poca pocas poco pocos podemos poder podía podría podrían por porque posible primera primero pudo pueda puede pueden
pues que qué quien quién quienes sea sean según ser será serán sería si sí sido siempre siendo sin sino so sobre
sola solamente solo sólo somos son soy su sus suya suyas suyo suyos tal tales también tampoco tan tanta tantas tanto tantos
te tendrá tenemos tener tengo tenía tenían ti tiene tienen toda todas todavía todo todos tras través tu tú tus tuvo tuya
tuyo u un una unas uno unos usted ustedes va vamos van varias varios veces vez vosotras vosotros vuestra vuestro y ya yo
)"},
};

}  // namespace

std::span<const ListedLanguage> romanceStopLists() {
    return kLists;
}

}  // namespace espalier::text::detail
