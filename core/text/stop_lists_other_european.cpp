// SPDX-License-Identifier: Apache-2.0
/// Stop lists of Armenian, Basque, Finnish, Greek, Hungarian, Irish and Turkish.
#include "core/text/detail/stop_lists.h"

namespace espalier::text::detail {
namespace {

constexpr ListedLanguage kLists[] = {
    {"hy", R"(
այդ այլ այլն այն այնպես այնտեղ այս այսպես այստեղ այո այդպես անգամ ապա առանց առաջ արդեն բայց բացի բոլոր գրեթե դա դեպի դեռ
դու դուք ես եթե եմ են ենք ես եք է էի էին էինք էիր էիք էր ըստ թե թեև թեպետ ի իբրև ին իր իրար իրեն իրենց իրենից իսկ իրոք իմ
ինձ ինչ ինչպես ինչու ինքը լինել լինի լինում լինելու կա կամ կան կար կարելի կարող կողմից հազիվ համար հանդերձ հատկապես հետ
հետո հետևաբար հիմա հենց մասին մեզ մեջ մեկ մենք մեր միայն միշտ մինչ մինչև միջև միմյանց մի մյուս նա նաև ներ ներս նրա նրան
նրանից նրանով նրանք նրանց նույն նույնպես շատ շուրջ ոչ ոչինչ ոմանք ով որ որը որի որին որից որով որում որոնք որոնց որոշ
որպես որպեսզի որտեղ որքան չէ չի չեն պետք պիտի պատճառով սա սակայն սրա վրա տակ տարբեր տվյալ ու ուրեմն ուրիշ ունի ունեն ուներ
ունեին և եւ քան քանի քո քեզ օրինակ
)"},
    {"eu", R"(
al ala alde aldera ari aritu arren arte artean aurka aurrean aurretik azken azpian bada badago badira bai baina bainan
baino bainoago bait baita baitira baizik balitz barik batek baten batera batez batzuei batzuek batzuen batzuk bat bata
bera beraiek beren berak berez bere berean berau bereziki berri berriz beste bestea besteak besteek bestela beti bezala
bezalako bidez bien bietan biak bitartean da dago daude den dena denak denek dela dezake dezakete didate die dio dira
diren direla ditu dituzte dituen diot dit du dugu dun dut dute duten duela edo edonon egin egiten egon ere eta eurak ez
eza ezen ezer ezik gabe gainean gainera garen gara gaur geroago gero gisa gu gure guretzat guzti guztiak guztien hain haiek
haiei hala halako han handik hango hara hari hark hartan hau hauei hauek hauetan hemen hemendik hemengo hi hona
honek honela honetan honi hor hori horiek horietan horko horra horregatik horrek horrela horretan horri hortik hura hurrengo
ia inork inor izan izango izaten jada kontra lehen lez modu modura nahiz nik ni nola nolabait non nondik nongo noiz nor
nora nork ordea oso orain oraindik ondoan ondoren osoa soilik zen zenbait zenbat zer zergatik zein zeina zeintzuk
zena zeuden ziren zituen zituzten zion zu zuek zuen zuten zure bakoitz
)"},
    {"fi", R"(
ainakin alla alle aikana ei eikä eivät ehkä eli ellei emme en enemmän ennen ensin entä erittäin esim et ette että hän häneen
hänelle hänellä hänen hänessä hänet häntä he heidän heidät heille heillä heissä heitä hyvin ikään ilman itse itseään ja jo
joiden joihin joilla joille jois joissa joista joita joka jokin jokainen joko joku jolla jolle jolloin jolta jonka jonkin
jopa jos joskus jossa josta jota jotain jotka jotta juuri kaikki kaikkea kaikkien kai kanssa kautta keiden ken kenen kenet
kenessä kera keskellä kesken ketkä ketä koko koska kuin kuinka kuitenkin kuka kukaan kukin kun kunnes kuten kyllä lähes
lähellä liian lisäksi luona lukuun me meidän meidät meille meillä meissä meitä melko mihin mikä mikään miksi millä mille
millainen milloin miltä minä minkä minua minulla minun minut missä mistä mitä miten mitkä molemmat moni monet monta muita
muu muun muut muuta mukaan mutta myös myöskin ne niiden niihin niille niillä niin niinkuin niissä niistä niitä noin noita
nämä näiden näihin näissä näistä näitä nuo nyt ohi oikein ole olemme olen olet olette oli olimme olin olisi olisivat olit
olivat olla olleet ollut on ovat paitsi paljon pitkin pitää poikki päin päällä se sekä sellainen sen siihen siellä sieltä
siinä siis siitä sillä sille silloin sinne sinua sinulle sinun sinut sinä sisällä sitten sitä suhteen tai taas tahansa
takia te teidän teidät teille teitä tosin tuo tuolla tuon tuossa tuota tähän tällä tälle tällöin tältä tämä tämän tässä
tästä tätä täällä vaan vaikka vain varten vastaan vasta vielä voi voidaan voivat yhä yli ylös ympäri
)"},
    {"el", R"(
ακόμα ακόμη αλλά άλλα άλλες άλλη άλλο άλλοι άλλος άλλων αν ανά ανάμεσα αντί αντίθετα από άρα αυτά αυτές αυτή αυτήν
αυτής αυτό αυτοί αυτόν αυτός αυτού αυτούς αυτών αφού βέβαια για γιατί δε δεν δηλαδή διά δια δύο εάν εαυτό εγώ εδώ είμαι
είμαστε είναι είσαι είστε είτε είχα είχαν είχε εκ εκεί εκείνα εκείνες εκείνη εκείνο εκείνοι εκείνος εκτός εμάς εμείς εν ένα
έναν ένας ενός ενώ εντός έξω επί επειδή επίσης εσάς εσείς εσύ ετσι έτσι έχει έχεις έχετε έχουμε έχουν έχω ή ήδη ήμουν ήταν
η θα ίδια ίδιο ίδιος ίσως κάθε καθένας καθώς και κάποια κάποιες κάποιο κάποιοι κάποιος κάποιου κατά κάτι κάτω κι λίγο
λόγω λοιπόν μα μαζί μάλιστα μας με μέσα μέσω μετά μεταξύ μέχρι μη μην μήπως μια μία μόνο μου μπορεί μπορούν να ναι
ο οι όλα όλες όλη όλο όλοι όλος όλων όμως όπου όποια όποιος όπως όσα όση όσο όσοι όσος όταν ότι οτιδήποτε ου ούτε όχι πάλι
πάνω πάντα παρά πέρα περί περίπου πια πιο πλέον ποια ποιες ποιο ποιοι ποιος πολλά πολλές πολλοί πολύ πότε ποτέ που πού προ
πριν προς πρώτα πως πώς σαν σας σε στα στη στην στης στις στο στον στους σχεδόν σου τα τε τέτοια τέτοιο τέτοιος τελικά
τη την της τι τίποτα τις το τον του τους τόσο τότε των τώρα υπέρ υπό υπάρχει υπάρχουν ως ώσπου ώστε χωρίς
)"},
    {"hu", R"(
a abban addig ahhoz ahogy ahol aki akik akár aki akkor alá alapján alatt által általában amely amelyek amelyekben amelyeket
amelyet amelynek ami amíg amikor amit amint amolyan annak annál arra arról át az azok azokat azokban azon azonban azért
aztán azt azzal azután bár bármely be belül benne bizonyos csak de e ebbe ebben eddig egész egy egyéb egyes egyetlen
egyik egyre ehhez ekkor el elég ellen ellenére előbb először előtt első emilyen én ennek ennél erre erről ez ezek ezeket
ezekben ezen ezért ezt ezután ezzel fel felé fog fogja ha hanem hiszen hogy hogyan hol honnan hozzá ide igen így ill illetve
ilyen ilyenkor is ismét itt jól kell kellett kellene ki kié kívül közben között közt közül le legalább legyen legyenek
lehet lehetett lehetséges lenne lesz lett maga magát majd már más másik meg mégis még mellett mely melyek melyet mert mi
mikor mind minden mindenki mindig mint mintha mit mivel most nagyon nála nálunk ne néha néhány nekem neki nekik nélkül nem
nemcsak nincs nincsenek ő ők őket olyan olyankor ön össze ott pedig persze például rá rajta s saját se sem semmi során
sok sokat sokkal szemben szerint szét számára szinte talán te tehát teljes tovább továbbá több többi többek tud tudja
túl úgy ugyan ugyanis ugyanúgy után utána utolsó új vagy vagyis vagyok valaki valami valamint valamely valamelyik való van
vannak vele viszont volna volt voltak voltam vissza
)"},
    {"ga", R"(
a ach acu ag aige aici ainneoin air am amach amháin an ann anois ansin anseo aon ar arís as atá atáim atáimid
atáthar ba bheith bheadh bhfuil bhfuilimid bhí bhíodh bhuel bíonn beidh bí cá cad cé ceann cén
chomh chuig chun cibé conas cuid cúpla dá dár dar de den di díobh do don dom domsa dóibh dúinn duit é ea eile
éigin eisean fad faoi faoin féidir féin fós freisin gach gan go gur gurb i iad iadsan idir ina inár inné
inniu in inar is ise isteach le leat leis leo léi liom linn má mar mé mise mo muid muidne murar mura mur ná nach nár
ní níl níor níos nó nuair ó os orm ort orthu orainn riamh roimh roinnt sa sách sé seo sí sibh sin sinn siad
siúd sin sna sula tá táim táimid tar te thar thart trí tríd tú tusa uaidh uainn uait um uile ur
)"},
    {"tr", R"(
acaba altında ama ancak arada artık arasında asla aslında ayrıca az bana bazen bazı bazıları belki ben benden beni benim
beri bile bir biraz birçok birçoğu biri birkaç birlikte birşey biz bize bizden bizi bizim böyle böylece bu buna bunda bundan
bunlar bunları bunların bunu bunun burada bütün çoğu çok çünkü da daha dahi dair dan de değil den diğer diye doğru dolayı
dolayısıyla elbette en eğer etmek eden eder ederek edilen edilmiş ediyor etti fakat falan filan gene gibi göre hala halde
halen hangi hangisi hani hatta hem henüz hep hepsi her herhangi herkes hiç hiçbir için içinde içindeki iken ile ilgili
ilk ise işte iyi itibaren itibariyle kadar karşı kendi kendine kendini kendisi kez ki kim kimden kime kimi kimse kısaca
mi mı mu mü madem mesela nasıl ne neden nedenle nerede nereye neyse niçin niye o olan olarak oldu olduğu olduğunu olduklarını
olmadı olmak olması olmayan olmaz olsa olsun olup olur olursa oluyor ona ondan onlar onlara onlardan onları onların onu
onun orada ötürü oysa öyle pek rağmen sadece sanki sana senden seni senin sen siz sizden sizi sizin son sonra sonunda şey
şeyler şöyle şu şuna şunlar şunu tarafından tüm üzere üzerinde var vardı ve veya veyahut ya yani yapan yapılan yaptı yerine
yine yok yoksa yüzden zaten zira
)"},
};

}  // namespace

std::span<const ListedLanguage> otherEuropeanStopLists() {
    return kLists;
}

}  // namespace espalier::text::detail
