// SPDX-License-Identifier: Apache-2.0
/// Stop lists of the Germanic languages but English: Danish, Dutch, German, Norwegian (both forms), Swedish, Yiddish.
#include "core/text/detail/stop_lists.h"

namespace espalier::text::detail {
namespace {

constexpr ListedLanguage kLists[] = {
    {"da", R"(
ad af aldrig alle alligevel allerede alt altid altså anden andet andre at bag bare begge blandt blev blive bliver blevet
både da de dem den denne dens der deraf deres derfor derved det dette dig din dine disse dit du efter eftersom egen eget
egne ej eller ellers en end endnu endog ene eneste enhver ens er et ethvert flere fleste for fordi forrige fra få får før
først gennem gjorde gjort gør ham han hans har have havde haft hele heller hen hende hendes her heraf herved hos hun hvad
hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorefter hvorfor hvornår hvoraf i idet igen igennem ikke imellem imens
imod ind inden indtil ingen intet ja jeg jer jeres jo kan kom kommer kun kunne langs lige man mange med meget mellem men
mens mere mest mig min mine mindre mindst mit mod må måske måtte ned nej netop nogen noget nogle nok nu når næsten nær og
også om omkring op os over overfor på samme samt selv selvom siden sig sin sine sit skal skulle som således stadig sådan
sådanne så thi til trods ud uden under vi via vil ville vor vore vores været være var ved vedrørende ville
)"},
    {"nl", R"(
aan aangezien achter al aldus alle alleen alles als alsof altijd ander andere anderen anders beide beiden ben beneden bent
bepaald betreffende bij bijna binnen bovenop boven bovendien buiten daar daardoor daarin daarmee daarna daarom daarop
daarvan dan dat de deze die dit doch doen doet door dus echter een eens eerder eerst elk elke elkaar en enige enkel enkele
er erg ergens ervan even eveneens evenwel ge geen gedurende gehad geweest geworden haar had hadden heb hebben hebt heeft
heel hem hen het hier hierbij hierdoor hierin hij hoe hoewel hun iedere ieder iedereen iemand iets ik immers in indien
inzake is ja je jij jou jouw juist jullie kan kon konden kunnen kunt laat liever maar me mede meer meest meestal men met
mezelf mij mijn minder misschien mits mocht mochten moest moesten moet moeten mogen na naar naast nadat net niet niets
niemand nog nogal noch nooit nu of ofschoon om omdat omtrent ondanks onder ondertussen ons onszelf onze ook op opdat over
overal pas per rond reeds sinds slechts sommige soms steeds te tegen terwijl tenzij thans tijdens toch toe toen tot totdat
tussen uit uw van vanaf vanwege vaak veel verder vele via volgens voor vooral voordat voorts vrij waar waarbij waardoor
waarin waarom waarvan wanneer want waren was wat we weer wel welk welke werd werden wie wiens wij wil word worden wordt
zal ze zeer zelf zelfs zich zichzelf zij zijn zijnde zo zoals zodat zodra zonder zou zouden zowel zult zullen
)"},
    {"de", R"(
ab aber abgesehen alle allein allem allen aller allerdings alles als also am an andere anderem anderen anderer anderes
anders auch auf aufgrund aus ausser außer außerdem bald bei beide beiden beider beides beim bereits besonders bevor bin
bis bisher bist bleiben bleibt bloß brauchen bzw da dabei dadurch dafür dagegen daher dahin damals damit danach daneben
dann daran darauf daraus darf darin darüber darum darunter das dass daß davon davor dazu dein deine deinem deinen deiner
deines dem demnach den denen denn dennoch der deren derer derselbe derselben derzeit des deshalb desselben dessen desto
deswegen dich die dies diese dieselbe dieselben diesem diesen dieser dieses dir doch dort du durch durchaus dürfen eben
ebenfalls ebenso eher ein eine einem einen einer einerseits eines einfach einige einigem einigen einiger einiges einmal
entweder er erst erste ersten es etwa etwas euch euer eure eurem euren eurer falls fast ferner für gab ganz gar gegen
gegenüber gemäß genau gerade gern gewesen geworden gibt habe haben halt hat hatte hatten hätte hätten hier hierbei
hierfür hierzu hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im immer in indem infolge innerhalb ins
insbesondere inzwischen irgend ist ja je jede jedem jeden jeder jederzeit jedes jedoch jemals jemand jene jenem jenen
jener jenes jetzt kam kann kannst kaum kein keine keinem keinen keiner keines können konnte konnten könnte könnten lassen
lässt man manche manchem manchen mancher manches manchmal mehr mehrere mein meine meinem meinen meiner meines meist mich
mir mit mittels möchte möchten mögen möglich muss muß müssen musste mussten müsste nach nachdem nachher nämlich neben
nebst nein nicht nichts nie niemals niemand noch nun nur ob oben oberhalb obgleich obwohl oder oft oftmals ohne
per pro rund samt schon sehr sei seid seien sein seine seinem seinen seiner seines seit seitdem selber selbst sich sie
sind so sobald sodass sofern sofort sogar solange solch solche solchem solchen solcher solches soll sollen sollte
sollten somit sondern sonst soweit sowie sowohl statt stets trotz trotzdem über überall überhaupt übrigens um und uns
unser unsere unserem unseren unserer unseres unter usw viel viele vielem vielen vieler vielleicht vom von vor vorher
während wann war wäre wären waren warum was wegen weil weiter weitere weiteren weiterer weiteres weiterhin welche welchem
welchen welcher welches wem wen wenig wenige weniger wenn wenngleich wer werde werden wessen wie wieder wieso will wir
wird wo wobei wodurch wohl wollen wollte wollten womit worden worin würde würden wurde wurden zu zudem zuerst zufolge
zugleich zuletzt zum zumal zunächst zur zusammen zuvor zwar zwischen
)"},
    {"no", R"(
alle aldri alltid alt altså andre annen annet at av bak bare begge ble blei bli blir blitt både båe da de deg dei deim
deira deires dem den denne der dere deres derfor dermed dersom det dette di din disse ditt du dykk dykkar då eg ei ein
eit eitt eller ellers en enda ene eneste enhver enn er et ett etter flere fleste for fordi forskjellig fra fram før først
få får gjennom gjør gjorde gjort ha hadde han hans har hele helst henne hennar hennes her hjå ho hoe honom hos
hoss hossen hun hva hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorfor i ikke ikkje imot ingen ingenting ingi inn
innen inni ja jeg kan kanskje kom kommer korleis korso kun kunne kva kvar kvarhelst kven kvi kvifor langs like man mange
me med meg meget mellom men mens mer mest mi min mine mindre minst mitt mot mye mykje må måtte ned nei no noe noen noka
nokon nokor nokre noko nokså nå når nær nærmere nettopp og også om omkring opp oss over overfor på samme samt seg selv
selvom senere si sia siden sidan sin sine sitt skal skulle slik slike so som somme somt straks så sånn tidligere til
tilbake tross um under unna upp ut uten utan utenfor var vart varte ved vel verken vere verte vi via vil ville vore vors
vort vår våre vårt være vært å
)"},
    {"sv", R"(
aldrig alla allt alltid alltså andra annan annars annat att av bakom bara beträffande bland blev bli blir blivit borde bort
både båda bör den denna dem den deras dess dessa desto det detta dig din dina ditt dock du där därav därefter därför därmed
då efter eftersom egen eget egna ej eller emellan emot en enbart endast enligt ens er era ert ett fast fler flera flest
fram framför från för före förut först gjorde gjort genom ger göra gör ha hade haft han hans har hela hellre henne hennes
hitta hon honom hos hur huruvida här härav i ibland icke igen igenom in inför inga ingen inget ingenting innan inne
innanför inom inte inuti ja jag ju kan kanske knappt kom kommer kring kunde kunna kunnat lika likaså längs man med medan
mellan men mer mera mest mig min mina mindre minst mitt mot motsvarande mycket många måste nedan nej ner ni nog nu nuvarande
någon något någonting några när nära nästan och också ofta olika om omkring oss på redan respektive resp samma samt sedan
sig sin sina sitt själv själva skall ska skulle slutligen snart som ständigt så sådan sådana sådant således så tidigare
till tills tillsammans trots tvärs under upp ur ut utan utanför utom utöver vad var vara varandra varför varit varje varken
vars vart varvid vem vems verkligen vi via vid vidare vilka vilkas vilken vilket vill ville väl vår våra vårt än ändå
ännu är även åt över
)"},
    {"yi", R"(
אַ אַן אַז אַזאַ אַזוי אויב אויף אויך אונדז אונדזער אונטער און אָדער אָן אָבער איבער איך איז אים אין איינער אייך אייער
איר אירע אַלע אַלץ אַלצדינג אַנדער אַנדערע ביז בין ביסט בײַ ביי ביידע געווען געוואָרן געהאַט גאָר גאַנץ דאָס דאָ דאָרט דאַן דו
די דיר דיך דער דעם דערפאַר דערנאָך דורך האָב האָבן האָט האָסט האָבנדיק הינטער וואָס ווי ווײַל ווייל ווער וועמען ווען ווו
וועט וועל וועלן וועלכע וועלכער ווידער וויפל ווערן ווערט וואָלט וואָלטן ווילן זאָל זאָלן זאָלט זי זײַן זיין זײַנע זיינע זיך
זיי זייער זענען זײַנען זיינען זינט טאָן טאַקע יאָ יעדער יעדע יענער יענע כאָטש מיט מיר מיך מײַן מיין מײַנע מען מע מאַן מער
מערסטע נאָך נאָר ניט נישט ניין נעבן נו עמעצער עפּעס ער עס עטלעכע פאַר פאַרוואָס פון פֿון פֿאַר פֿאַרן קיין קײן קען
קענען קעגן שוין צו צום צווישן צי שטענדיק תּמיד תמיד סיי סײַ מוז מוזן מעג מעגן לויט אפֿילו אפילו
)"},
};

}  // namespace

std::span<const ListedLanguage> germanicStopLists() {
    return kLists;
}

}  // namespace espalier::text::detail
