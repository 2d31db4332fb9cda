//! The sentences, by what they are about.

use super::Language;

messages! {
    // Routing and the shape of a request.
    UnknownRoute = "unknown_route" {
        fi: "Tätä polkua ei ole. Polut on lueteltu osoitteessa /openapi.json.",
        sv: "Sökvägen finns inte. Sökvägarna finns uppräknade i /openapi.json.",
        en: "There is no such path. /openapi.json lists those that there are." }
    WrongMethod = "wrong_method" {
        fi: "Polku ei tunne tätä metodia. Sallitut: {allowed}.",
        sv: "Sökvägen har inte den metoden. Tillåtna: {allowed}.",
        en: "The path does not have this method. Allowed: {allowed}." }
    BodyTooLarge = "body_too_large" {
        fi: "Pyynnön runko on liian suuri. Enintään {limit} tavua.",
        sv: "Förfrågans innehåll är för stort. Högst {limit} byte.",
        en: "The body is too large. At most {limit} bytes." }
    QueryTooLong = "query_too_long" {
        fi: "Kyselymerkkijono on liian pitkä. Enintään {limit} merkkiä.",
        sv: "Frågesträngen är för lång. Högst {limit} tecken.",
        en: "The query string is too long. At most {limit} characters." }
    SlowBody = "slow_body" {
        fi: "Pyynnön runkoa ei saatu ajoissa. Lähetä pyyntö uudelleen.",
        sv: "Förfrågans innehåll kom inte i tid. Skicka förfrågan på nytt.",
        en: "The body did not arrive in time. Send the request again." }
    MediaType = "media_type" {
        fi: "Rungon on oltava {expected}; kerro se Content-Type-otsakkeessa.",
        sv: "Innehållet ska vara {expected}; säg det i huvudet Content-Type.",
        en: "The body must be {expected}; say so in the Content-Type header." }
    ContentEncoding = "content_encoding" {
        fi: "Runko on pakattu tai muuten koodattu. Lähetä se sellaisenaan, ilman Content-Encoding-otsaketta.",
        sv: "Innehållet är packat eller annars kodat. Skicka det som det är, utan huvudet Content-Encoding.",
        en: "The body is compressed or otherwise encoded. Send it as it is, without a Content-Encoding header." }
    NotAcceptable = "not_acceptable" {
        fi: "Pyydettyä esitystapaa ei ole. Tarjolla: {offered}.",
        sv: "Den begärda formen finns inte. Det som finns: {offered}.",
        en: "The form asked for is not offered. Offered: {offered}." }
    Malformed = "malformed" {
        fi: "Pyyntöä ei voi lukea: {reason}",
        sv: "Förfrågan kan inte läsas: {reason}",
        en: "The request cannot be read: {reason}" }
    MalformedJson = "malformed_json" {
        fi: "Runko ei ole kelvollista JSONia (rivi {line}, sarake {column}).",
        sv: "Innehållet är inte giltig JSON (rad {line}, kolumn {column}).",
        en: "The body is not valid JSON (line {line}, column {column})." }
    NotUtf8 = "not_utf8" {
        fi: "Rungon on oltava UTF-8-merkistöä.",
        sv: "Innehållet ska vara UTF-8.",
        en: "The body must be UTF-8." }
    NulCharacter = "nul_character" {
        fi: "Teksti sisältää NUL-merkin (U+0000). Poista se.",
        sv: "Texten innehåller ett NUL-tecken (U+0000). Ta bort det.",
        en: "The text holds a NUL character (U+0000). Take it out." }
    TooDeep = "too_deep" {
        fi: "JSON on liian syvä. Enintään {limit} tasoa.",
        sv: "JSON är för djup. Högst {limit} nivåer.",
        en: "The JSON is nested too deeply. At most {limit} levels." }

    // Query and path parameters.
    BadParameters = "bad_parameters" {
        fi: "Osoitteen parametreissa on virheitä; ne on lueteltu kohdassa errors.",
        sv: "Adressens parametrar har fel; de räknas upp i errors.",
        en: "The parameters in the address have faults; errors lists them." }
    UnknownParameter = "unknown_parameter" {
        fi: "Tuntematon parametri. Tunnetut: {valid}.",
        sv: "Okänd parameter. De som finns: {valid}.",
        en: "Unknown parameter. The ones there are: {valid}." }
    RepeatedParameter = "repeated_parameter" {
        fi: "Parametri on annettu kahdesti. Anna se kerran, arvot pilkulla erotettuina.",
        sv: "Parametern ges två gånger. Ge den en gång, med värdena åtskilda av komman.",
        en: "The parameter is given twice. Give it once, its values separated by commas." }
    BadValue = "bad_value" {
        fi: "Arvo ei kelpaa. Kelpaa: {valid}.",
        sv: "Värdet duger inte. Giltigt: {valid}.",
        en: "The value is not valid. Valid: {valid}." }
    ParameterNeeds = "parameter_needs" {
        fi: "Parametri rajaa toista, joka puuttuu: {needed}. Anna sekin.",
        sv: "Parametern gäller en annan som saknas: {needed}. Ge den också.",
        en: "The parameter narrows another that is missing: {needed}. Give that too." }
    BadId = "bad_id" {
        fi: "Tunniste ei ole UUID, esimerkiksi 01900000-0000-7001-8000-000000000001.",
        sv: "Identifieraren är inget UUID, till exempel 01900000-0000-7001-8000-000000000001.",
        en: "The id is not a UUID, such as 01900000-0000-7001-8000-000000000001." }
    BadDay = "bad_day" {
        fi: "Ei ole kalenterin päivä. Päivä kirjoitetaan vvvv-kk-pp, esimerkiksi 2026-01-31.",
        sv: "Det är ingen dag i kalendern. En dag skrivs åååå-mm-dd, till exempel 2026-01-31.",
        en: "Not a day of the calendar. A day is written YYYY-MM-DD, such as 2026-01-31." }
    BadCursor = "bad_cursor" {
        fi: "Kohdistinta on muutettu, tai se kuuluu toiseen palveluun. Käytä arvoa, jonka edellinen sivu antoi kentässä next.",
        sv: "Markören har ändrats eller hör till en annan tjänst. Använd värdet som föregående sida gav i next.",
        en: "The cursor was changed, or belongs to another service. Use the value that the page before gave as next." }
    CursorOfAnotherList = "cursor_of_another_list" {
        fi: "Kohdistin kuuluu toiseen luetteloon. Pidä suodattimet, järjestys ja kieli samoina sivulta toiselle.",
        sv: "Markören hör till en annan lista. Håll filter, ordning och språk lika från sida till sida.",
        en: "The cursor belongs to another list. Keep filters, sort and language the same from page to page." }

    // Who may.
    TokenMissing = "token_missing" {
        fi: "Kirjaudu: lähetä otsake Authorization: Bearer <token>.",
        sv: "Logga in: skicka huvudet Authorization: Bearer <token>.",
        en: "Sign in: send the header Authorization: Bearer <token>." }
    TokenInvalid = "token_invalid" {
        fi: "Tunnus (token) ei kelpaa tai on vanhentunut. Hanki uusi.",
        sv: "Biljetten (token) duger inte eller har gått ut. Skaffa en ny.",
        en: "The token is not valid, or not any more. Get a new one." }
    ScopeMissing = "scope_missing" {
        fi: "Tähän tarvitaan oikeus {scope}.",
        sv: "Här behövs behörigheten {scope}.",
        en: "This needs the scope {scope}." }
    ScopeLimited = "scope_limited" {
        fi: "Oikeutesi {scope} koskee vain joitakin organisaatioita; tähän se tarvitaan ilman rajausta.",
        sv: "Din behörighet {scope} gäller bara vissa organisationer; här behövs den utan begränsning.",
        en: "Your {scope} is for some organisations alone; this needs it without that limit." }
    RoleMissing = "role_missing" {
        fi: "Tähän tarvitaan oikeus {scope} tai jokin näistä rooleista siinä, mitä se koskee: {roles}. GET /v1/me kertoo omasi.",
        sv: "Här behövs behörigheten {scope} eller någon av dessa roller i det som det gäller: {roles}. GET /v1/me berättar vilka du har.",
        en: "This needs the scope {scope}, or one of these roles in what it is about: {roles}. GET /v1/me says which are yours." }
    Reserved = "reserved" {
        fi: "Osa tästä ei ole sinun muutettavissasi; kohdat on lueteltu kohdassa errors.",
        sv: "En del av detta får du inte ändra; ställena räknas upp i errors.",
        en: "Some of this is not yours to change; errors lists what." }
    FieldReserved = "field_reserved" {
        fi: "Tämän kentän muuttamiseen tarvitaan oikeus {scope}.",
        sv: "För att ändra detta fält behövs behörigheten {scope}.",
        en: "To change this field needs the scope {scope}." }
    NotYourPeople = "not_your_people" {
        fi: "Oikeutesi hr:sync ei koske tätä organisaatiota; se koskee näitä ja niiden alaisia: {organisations}.",
        sv: "Din behörighet hr:sync gäller inte denna organisation; den gäller dessa och allt under dem: {organisations}.",
        en: "Your hr:sync is not for this organisation; it is for these and all below them: {organisations}." }
    NotYourIssuer = "not_your_issuer" {
        fi: "Oikeutesi hr:sync koskee joitakin organisaatioita, joten sanot vain oman myöntäjäsi {issuer} tunnuksista, kenen ne ovat.",
        sv: "Din behörighet hr:sync gäller några organisationer, så du säger bara om biljetter från din egen utfärdare {issuer} vems de är.",
        en: "Your hr:sync is for some organisations, so you say only of tokens of your own issuer {issuer} whose they are." }
    IssuerElsewhere = "issuer_elsewhere" {
        fi: "Myöntäjä puhuu vain näiden organisaatioiden ja niiden alaisten puolesta, eikä jäsen ole niissä: {organisations}.",
        sv: "Utfärdaren talar bara för dessa organisationer och allt under dem, och medlemmen är inte där: {organisations}.",
        en: "The issuer speaks for these organisations and all below them alone, and the member is not there: {organisations}." }

    TooManyRequests = "too_many_requests" {
        fi: "Lähetät pyyntöjä liian tiheään. Jatka {seconds} sekunnin kuluttua.",
        sv: "Du skickar förfrågningar för tätt. Fortsätt om {seconds} sekunder.",
        en: "You send requests too fast. Go on in {seconds} seconds." }

    // What is there and what is not.
    NotFound = "not_found" {
        fi: "Kohdetta ei ole, tai se ei ole nähtävissäsi.",
        sv: "Det finns inte, eller är inte synligt för dig.",
        en: "There is no such thing, or you cannot see it." }
    Gone = "gone" {
        fi: "Kohde on poistettu {deleted_at}.",
        sv: "Det togs bort {deleted_at}.",
        en: "It was deleted at {deleted_at}." }
    Merged = "merged" {
        fi: "Kohde on yhdistetty toiseen: {into}.",
        sv: "Det har slagits ihop med ett annat: {into}.",
        en: "It was merged into another: {into}." }
    IfMatchMissing = "if_match_missing" {
        fi: "Kerro, minkä version muutat: If-Match-otsakkeessa GET-vastauksen ETag, tai *.",
        sv: "Säg vilken version du ändrar: i huvudet If-Match den ETag som GET gav, eller *.",
        en: "Say which version you change: in the If-Match header the ETag that GET gave, or *." }
    IfMatchMalformed = "if_match_malformed" {
        fi: "If-Match-otsake ei ole lista tunnisteita kuten \"3-abc\", eikä *.",
        sv: "Huvudet If-Match är varken en lista av märken som \"3-abc\" eller *.",
        en: "The If-Match header is neither a list of tags such as \"3-abc\" nor *." }
    Stale = "stale" {
        fi: "Joku ehti muuttaa kohdetta: sen versio on nyt {version}. Hae se uudelleen ja yritä siitä.",
        sv: "Någon hann ändra: versionen är nu {version}. Hämta på nytt och försök utifrån den.",
        en: "Somebody changed it first: its version is now {version}. Read it again and start from there." }

    // Conflicts.
    InUse = "in_use" {
        fi: "Kohteeseen viitataan vielä: {by}. Poista viittaukset ensin.",
        sv: "Det finns hänvisningar kvar: {by}. Ta bort dem först.",
        en: "It is still referred to: {by}. Take those away first." }
    Taken = "taken" {
        fi: "Arvo on jo toisella.",
        sv: "Värdet används redan av en annan.",
        en: "The value already belongs to another." }
    Conflict = "conflict" {
        fi: "Pyyntö on ristiriidassa hakemiston tilan kanssa; errors kertoo missä.",
        sv: "Förfrågan strider mot katalogens läge; errors säger var.",
        en: "The request conflicts with what the directory holds; errors says where." }
    Cycle = "cycle" {
        fi: "Tästä syntyisi kehä: kohde olisi oma ylempänsä.",
        sv: "Det skulle bli en cirkel: den skulle stå ovanför sig själv.",
        en: "This would make a cycle: it would stand above itself." }
    LinkExists = "link_exists" {
        fi: "Verkostojen välillä on jo tällainen kytkös samaan aikaan.",
        sv: "Nätverken har redan en sådan koppling under samma tid.",
        en: "The networks already have such a link at the same time." }
    MoveNotAllowed = "move_not_allowed" {
        fi: "Siirtymä ei ole sallittu. Sallitut: {allowed}.",
        sv: "Övergången är inte tillåten. Tillåtna: {allowed}.",
        en: "The move is not allowed. Allowed: {allowed}." }
    AlreadyMember = "already_member" {
        fi: "Jäsenellä on jo voimassa oleva jäsenyys, hakemus tai kutsu tähän verkostoon.",
        sv: "Medlemmen har redan ett gällande medlemskap, en ansökan eller en inbjudan till nätverket.",
        en: "The member already has a membership, an application or an invitation to this network." }
    InvitationNeeded = "invitation_needed" {
        fi: "Tähän verkostoon tullaan vain kutsusta.",
        sv: "Till det här nätverket kommer man bara på inbjudan.",
        en: "One comes into this network by invitation alone." }
    ExOfficioOnly = "ex_officio_only" {
        fi: "Tähän verkostoon kuulutaan viran puolesta: nimeä jäsen perusteella ex_officio tai nominated.",
        sv: "Till det här nätverket hör man på tjänstens vägnar: nominera medlemmen med grunden ex_officio eller nominated.",
        en: "One is in this network by office: nominate the member, on the basis ex_officio or nominated." }
    NoExOfficioRule = "no_ex_officio_rule" {
        fi: "Verkostolla ei ole sääntöä siitä, ketkä kuuluvat siihen viran puolesta (ex_officio_rule).",
        sv: "Nätverket har ingen regel om vilka som hör till det på tjänstens vägnar (ex_officio_rule).",
        en: "The network has no rule that says who belongs to it by office (ex_officio_rule)." }
    NotInDifference = "not_in_difference" {
        fi: "Säännön ja todellisuuden välillä ei ole (enää) tätä eroa. Hae erot uudelleen.",
        sv: "Mellan regeln och verkligheten finns inte (längre) den här skillnaden. Hämta skillnaderna på nytt.",
        en: "This is not, or no longer, a difference between the rule and what is. Read the differences again." }
    RuleTooLarge = "rule_exceeds_size" {
        fi: "Verkostoon ei mahdu: jäseniä on enintään {max}, ja tämä ylittäisi sen: {over}.",
        sv: "Nätverket rymmer inte så många: det har högst {max} medlemmar, och detta överskrider det med {over}.",
        en: "The network is too small: it has at most {max} members, and this exceeds that by {over}." }
    TooManyDifferences = "too_many_differences" {
        fi: "Eroja on {count}, ja kerralla tasataan enintään {max}. Nimeä tasattavat (add, end), enintään {max} kummassakin, ja toista.",
        sv: "Det finns {count} skillnader, och högst {max} jämnas ut på en gång. Nämn dem som ska jämnas ut (add, end), högst {max} i vardera, och upprepa.",
        en: "There are {count} differences, and at most {max} are settled at once. Name those to settle (add, end), at most {max} in each, and repeat." }
    NetworkClosed = "network_closed" {
        fi: "Verkosto on päättynyt eikä ota jäseniä.",
        sv: "Nätverket har avslutats och tar inte emot medlemmar.",
        en: "The network is closed and takes no members." }
    NetworkFull = "network_full" {
        fi: "Verkosto on täynnä: jäseniä on enintään {max}.",
        sv: "Nätverket är fullt: det har högst {max} medlemmar.",
        en: "The network is full: it has at most {max} members." }
    MemberLeft = "member_left" {
        fi: "Henkilö on lähtenyt organisaatiostaan eikä voi liittyä verkostoihin.",
        sv: "Personen har lämnat sin organisation och kan inte gå med i nätverk.",
        en: "The person has left their organisation and joins no networks." }
    EarlierMembership = "earlier_membership" {
        fi: "Henkilön aiempi jäsenyys samassa verkostossa päättyi vasta {day}.",
        sv: "Personens tidigare medlemskap i nätverket upphörde först {day}.",
        en: "The person's earlier membership in this network only ended on {day}." }
    SameRole = "same_role" {
        fi: "Jäsenellä on jo tämä rooli.",
        sv: "Medlemmen har redan den rollen.",
        en: "The member has that role already." }
    MaxBelowMembers = "max_below_members" {
        fi: "Verkostossa on jo enemmän jäseniä. Anna suurempi määrä, tai jätä se pois.",
        sv: "Nätverket har redan fler medlemmar. Ge ett större antal, eller lämna bort det.",
        en: "The network already has more members. Give a larger number, or leave it out." }
    AlreadyMerged = "already_merged" {
        fi: "Kaksoiskappale on jo yhdistetty.",
        sv: "Dubbletten har redan slagits ihop.",
        en: "The duplicate has been merged already." }
    MergeCycle = "merge_cycle" {
        fi: "Yhdistetyn verkoston kytkökset kiertäisivät kehää. Päätä tai poista ensin jokin näistä: {links}.",
        sv: "Det hopslagna nätverkets kopplingar skulle gå i cirkel. Avsluta eller ta bort någon av dem först: {links}.",
        en: "The links of the merged network would go in a circle. End one of them first, or take it back: {links}." }
    KeyReused = "idempotency_key_reused" {
        fi: "Samalla Idempotency-Keyllä on jo lähetetty toinen pyyntö. Käytä uutta avainta.",
        sv: "Med samma Idempotency-Key har en annan förfrågan redan skickats. Använd en ny nyckel.",
        en: "Another request was already sent with this Idempotency-Key. Use a new key." }
    KeyInFlight = "idempotency_key_in_flight" {
        fi: "Samalla Idempotency-Keyllä lähetetty pyyntö on vielä kesken. Yritä hetken päästä uudelleen.",
        sv: "En förfrågan med samma Idempotency-Key pågår ännu. Försök igen om en stund.",
        en: "A request with this Idempotency-Key is still under way. Try again in a moment." }
    BadKey = "bad_idempotency_key" {
        fi: "Idempotency-Key on 1–200 näkyvää ASCII-merkkiä.",
        sv: "Idempotency-Key är 1–200 synliga ASCII-tecken.",
        en: "An Idempotency-Key is 1–200 visible ASCII characters." }
    LinkEnded = "link_ended" {
        fi: "Linkki päättyy jo {day}; sen voi vain päättää aiemmin.",
        sv: "Länken slutar redan {day}; den kan bara avslutas tidigare.",
        en: "The link ends on {day} already; it can only be ended earlier." }

    // Reorganisations.
    ChangeNotPlanned = "change_not_planned" {
        fi: "Vain suunniteltua muutosta voi muokata. Tämän tila on {state}.",
        sv: "Bara en planerad ändring kan redigeras. Den här är {state}.",
        en: "Only a planned change can be edited. This one is {state}." }
    ChangeNotYet = "change_not_yet" {
        fi: "Muutos on voimassa vasta {day}. Toteuta se silloin, tai aikaista päivää.",
        sv: "Ändringen gäller först från {day}. Genomför den då, eller tidigarelägg dagen.",
        en: "The change only holds from {day} on. Apply it then, or set an earlier day." }
    ChangeUnderWay = "change_under_way" {
        fi: "Samoja organisaatioita koskevaa toista muutosta toteutetaan parhaillaan. Yritä uudelleen, kun se on valmis.",
        sv: "En annan ändring av samma organisationer genomförs just nu. Försök igen när den är klar.",
        en: "Another change of the same organisations is being applied. Try again when it is done." }
    OrganisationEnded = "organisation_ended" {
        fi: "Organisaatio on lakannut. Sen seuraajat: {successors}.",
        sv: "Organisationen har upphört. Dess efterföljare: {successors}.",
        en: "The organisation has ended. What came after it: {successors}." }
    EndedByChange = "ended_by_change" {
        fi: "Organisaatio lakkasi organisaatiomuutoksessa, eikä tätä enää muuteta. Tee uusi muutos, jos jokin palautetaan.",
        sv: "Organisationen upphörde i en omorganisering, och detta ändras inte längre. Gör en ny ändring om något ska återställas.",
        en: "A reorganisation ended the organisation, and this is not changed any more. Plan another one to put something back." }
    PartyEnded = "party_ended" {
        fi: "Organisaatio on jo lakannut toisessa muutoksessa.",
        sv: "Organisationen har redan upphört i en annan ändring.",
        en: "The organisation has already ended, by another change." }
    MergeShape = "merge_shape" {
        fi: "Yhdistymisellä on yksi tulos, ja ainakin yksi alkuperäinen lakkaa.",
        sv: "En sammanslagning har ett resultat, och minst en av de ursprungliga upphör.",
        en: "A merger has one result, and at least one of the originals ends." }
    SplitShape = "split_shape" {
        fi: "Jakautumisella on vähintään kaksi tulosta.",
        sv: "En delning har minst två resultat.",
        en: "A split has at least two results." }
    TransferShape = "transfer_shape" {
        fi: "Siirrolla on vähintään yksi vastaanottaja (result_ids) ja yksi sääntö siitä, mitä siirtyy (moves).",
        sv: "En överföring har minst en mottagare (result_ids) och en regel om vad som överförs (moves).",
        en: "A transfer has at least one receiver (result_ids) and one rule of what goes (moves)." }
    ClosureShape = "closure_shape" {
        fi: "Lakkautuksessa alkuperäinen ei voi olla tulosten joukossa.",
        sv: "Vid en nedläggning är ingen av de ursprungliga bland resultaten.",
        en: "In a closure no original is among the results." }
    RenameShape = "rename_shape" {
        fi: "Nimenmuutoksella on uusi nimi (renames) kullekin alkuperäiselle, eikä tuloksia tai siirtoja (result_ids, moves).",
        sv: "Ett namnbyte har ett nytt namn (renames) för var och en av de ursprungliga, men inga resultat eller överföringar (result_ids, moves).",
        en: "A rename has a new name (renames) for each original, and neither results nor moves (result_ids, moves)." }
    RenameOf = "rename_of" {
        fi: "Uusi nimi annetaan kerran, ja vain sille, joka jatkaa: tulokselle tai jatkavalle alkuperäiselle.",
        sv: "Ett nytt namn ges en gång, och bara åt den som fortsätter: ett resultat eller en ursprunglig som består.",
        en: "A new name is given once, and only to what lives on: a result, or an original that does." }
    MoveFrom = "move_from" {
        fi: "Säännön lähtökohta on jokin alkuperäisistä (original_ids).",
        sv: "En regel utgår från en av de ursprungliga (original_ids).",
        en: "A rule is from one of the originals (original_ids)." }
    MoveTo = "move_to" {
        fi: "Säännön kohde on jokin tuloksista (result_ids), tai alkuperäinen itse, jos se jatkaa.",
        sv: "En regel leder till ett av resultaten (result_ids), eller till den ursprungliga själv om den består.",
        en: "A rule leads to one of the results (result_ids), or to the original itself where that lives on." }
    MoveNowhere = "move_nowhere" {
        fi: "Kerro joko minne (to) tai että ei minnekään (nowhere: true): silloin ihmiset lähtevät ja verkostot jäävät ilman omistajaa.",
        sv: "Säg antingen vart (to) eller att ingenstans (nowhere: true): då slutar människorna och nätverken står utan ägare.",
        en: "Say either where to (to), or that it is nowhere (nowhere: true): then people leave, and networks have no owner." }
    MoveWhat = "move_what" {
        fi: "Sääntö nimeää jotain, mitä sen what ei kata.",
        sv: "Regeln nämner något som dess what inte omfattar.",
        en: "The rule names something that its what leaves out." }
    MovesNoRest = "moves_no_rest" {
        fi: "Tältä lakkaavalta organisaatiolta jäisi jotain paikatta. Lisää sääntö, joka ei nimeä mitään ja kattaa loput (people, networks, sub_organisations).",
        sv: "Av den här organisationen, som upphör, skulle något bli utan plats. Lägg till en regel som inte nämner något och omfattar resten (people, networks, sub_organisations).",
        en: "Something of this organisation, which ends, would be left without a place. Add a rule that names nothing and takes the rest (people, networks, sub_organisations)." }

    // Faults of a body.
    BadEmail = "bad_email" {
        fi: "Ei ole sähköpostiosoite, esimerkiksi maija.virta@example.fi.",
        sv: "Det är ingen e-postadress, till exempel maija.virta@example.fi.",
        en: "Not an e-mail address, such as maija.virta@example.fi." }
    NotOneLine = "not_one_line" {
        fi: "Teksti on yksi rivi ilman ohjausmerkkejä.",
        sv: "Texten är en rad utan styrtecken.",
        en: "The text is one line without control characters." }
    NotAscii = "not_ascii" {
        fi: "Teksti on ASCII-merkkejä, ilman välilyöntejä alussa ja lopussa.",
        sv: "Texten är ASCII-tecken, utan mellanslag i början och slutet.",
        en: "The text is ASCII characters, without spaces at its beginning and end." }
    BadCountry = "bad_country" {
        fi: "Maa on kaksi isoa kirjainta (ISO 3166-1), esimerkiksi FI.",
        sv: "Landet är två stora bokstäver (ISO 3166-1), till exempel FI.",
        en: "A country is two capital letters (ISO 3166-1), such as FI." }
    Invalid = "invalid" {
        fi: "Rungossa on virheitä; ne on lueteltu kohdassa errors.",
        sv: "Innehållet har fel; de räknas upp i errors.",
        en: "The body has faults; errors lists them." }
    UnknownField = "unknown_field" {
        fi: "Tuntematon tai vain luettava kenttä. Kirjoitettavat: {valid}.",
        sv: "Fältet är okänt eller kan bara läsas. Skrivbara: {valid}.",
        en: "The field is unknown or can only be read. Those that can be written: {valid}." }
    MissingField = "missing_field" {
        fi: "Pakollinen kenttä {name} puuttuu.",
        sv: "Det obligatoriska fältet {name} fattas.",
        en: "The required field {name} is missing." }
    RepeatedField = "repeated_field" {
        fi: "Kenttä {name} on kahdesti.",
        sv: "Fältet {name} finns två gånger.",
        en: "The field {name} is there twice." }
    UnknownValue = "unknown_value" {
        fi: "Tuntematon arvo. Mahdolliset: {valid}.",
        sv: "Okänt värde. Möjliga: {valid}.",
        en: "Unknown value. Possible: {valid}." }
    WrongType = "wrong_type" {
        fi: "Arvon tyyppi tai muoto on väärä. Oikea muoto: {form}",
        sv: "Värdet är av fel typ eller form. Rätt form: {form}",
        en: "The value is of the wrong type or form. The right form: {form}" }
    NoLanguage = "no_language" {
        fi: "Anna teksti ainakin yhdellä kielellä.",
        sv: "Ge texten på åtminstone ett språk.",
        en: "Give the text in at least one language." }
    BadLanguageTag = "bad_language_tag" {
        fi: "Kieli ei ole BCP 47 -tunnus kuten fi, sv tai se.",
        sv: "Språket är ingen BCP 47-kod som fi, sv eller se.",
        en: "The language is not a BCP 47 tag such as fi, sv or se." }
    EmptyText = "empty_text" {
        fi: "Teksti on tyhjä. Jätä se pois, tai kirjoita jotain.",
        sv: "Texten är tom. Lämna bort den eller skriv något.",
        en: "The text is empty. Leave it out, or write something." }
    TooLong = "too_long" {
        fi: "Liian pitkä. Enintään {max}.",
        sv: "För lång. Högst {max}.",
        en: "Too long. At most {max}." }
    OutOfRange = "out_of_range" {
        fi: "Luvun on oltava {min}–{max}.",
        sv: "Talet ska vara {min}–{max}.",
        en: "The number must be {min}–{max}." }
    BadUrl = "bad_url" {
        fi: "Anna täysi http- tai https-osoite.",
        sv: "Ge en fullständig http- eller https-adress.",
        en: "Give a full http or https address." }
    BadBusinessId = "bad_business_id" {
        fi: "Y-tunnus on seitsemän numeroa, viiva ja tarkistusnumero, esimerkiksi 0245437-2. Tämän tarkistusnumero ei täsmää.",
        sv: "FO-numret är sju siffror, ett bindestreck och en kontrollsiffra, till exempel 0245437-2. Kontrollsiffran stämmer inte.",
        en: "A Finnish business id is seven digits, a hyphen and a check digit, such as 0245437-2. This one's check digit does not hold." }
    UnknownReference = "unknown_reference" {
        fi: "Viitattua kohdetta ei ole.",
        sv: "Det som hänvisas till finns inte.",
        en: "What it refers to does not exist." }
    NotAMinistry = "not_a_ministry" {
        fi: "Hallinnonala on ministeriö; tämä organisaatio ei ole.",
        sv: "Ett förvaltningsområde är ett ministerium; den här organisationen är inget.",
        en: "A branch is a ministry; this organisation is not one." }
    MinistryOwnBranch = "ministry_own_branch" {
        fi: "Ministeriö on oma hallinnonalansa; jätä kenttä pois.",
        sv: "Ett ministerium är sitt eget förvaltningsområde; lämna bort fältet.",
        en: "A ministry is its own branch; leave the field out." }
    EndBeforeStart = "end_before_start" {
        fi: "Loppu on ennen alkua.",
        sv: "Slutet är före början.",
        en: "The end is before the start." }
    InTheFuture = "in_the_future" {
        fi: "Päivä on vasta tulossa; sen on oltava viimeistään tänään.",
        sv: "Dagen har inte kommit ännu; den ska vara senast i dag.",
        en: "The day is yet to come; it must be today or earlier." }
    MaxBelowMin = "max_below_min" {
        fi: "Enimmäiskoko on pienempi kuin vähimmäiskoko.",
        sv: "Största storleken är mindre än den minsta.",
        en: "The largest size is below the smallest." }
    ClosedOnOfOpen = "closed_on_of_open" {
        fi: "Päättymispäivä kuuluu vain verkostolle, jonka tila on closed.",
        sv: "Slutdatum hör bara till ett nätverk vars status är closed.",
        en: "Only a network whose status is closed has a closing date." }
    EmptyList = "empty_list" {
        fi: "Lista on tyhjä. Anna ainakin yksi arvo.",
        sv: "Listan är tom. Ge åtminstone ett värde.",
        en: "The list is empty. Give at least one value." }
    Repeated = "repeated" {
        fi: "Sama arvo on listassa kahdesti.",
        sv: "Samma värde finns två gånger i listan.",
        en: "The same value is in the list twice." }
    TooManyOfBoth = "too_many_of_both" {
        fi: "Yhdessä niitä on {count}, ja enintään {max} mahtuu. Valitse toisen: survivor tai duplicate.",
        sv: "Tillsammans är de {count}, och högst {max} ryms. Välj den enas: survivor eller duplicate.",
        en: "Together they are {count}, and at most {max} fit. Choose those of one: survivor or duplicate." }
    MergeWithItself = "merge_with_itself" {
        fi: "Kohdetta ei voi yhdistää itseensä.",
        sv: "Det kan inte slås ihop med sig självt.",
        en: "It cannot be merged with itself." }
    LinkToItself = "link_to_itself" {
        fi: "Verkostoa ei voi kytkeä itseensä.",
        sv: "Ett nätverk kan inte kopplas till sig självt.",
        en: "A network cannot be linked to itself." }

    BadUri = "bad_uri" {
        fi: "Anna täysi URI, joka alkaa http:, https: tai urn:.",
        sv: "Ge en fullständig URI som börjar med http:, https: eller urn:.",
        en: "Give an absolute URI that begins with http:, https: or urn:." }
    LabelRepeated = "label_repeated" {
        fi: "Sama teksti on jo saman kielen suositettava termi tai kahdesti vaihtoehtoisena.",
        sv: "Samma text är redan rekommenderad term på samma språk, eller finns två gånger bland de alternativa.",
        en: "The same text is the preferred label in that language already, or twice among the alternative ones." }
    NotDeprecated = "replaced_by_of_current" {
        fi: "Vain käytöstä poistetulla käsitteellä (deprecated) on korvaava käsite.",
        sv: "Bara ett begrepp som tagits ur bruk (deprecated) har ett som ersätter det.",
        en: "Only a deprecated concept has one that replaces it." }
    DeprecatedConcept = "deprecated_concept" {
        fi: "Käsite on poistettu käytöstä. Sen seuraaja: {successor}.",
        sv: "Begreppet har tagits ur bruk. Dess efterföljare: {successor}.",
        en: "The concept is deprecated. Its successor: {successor}." }
    RelatedToItself = "related_to_itself" {
        fi: "Käsite ei ole itselleen läheinen käsite; jätä se pois.",
        sv: "Ett begrepp är inte besläktat med sig självt; lämna bort det.",
        en: "A concept is not related to itself; leave it out." }

    // Files with vocabularies.
    ImportFaulty = "import_faulty" {
        fi: "Tiedostossa on virheitä, eikä mitään muutettu; errors kertoo rivit.",
        sv: "Filen har fel och ingenting ändrades; errors säger på vilka rader.",
        en: "The file has faults and nothing was changed; errors says on which lines." }
    ImportSyntax = "import_syntax" {
        fi: "Rivi {line}: tiedostoa ei voi jäsentää: {reason}",
        sv: "Rad {line}: filen kan inte tolkas: {reason}",
        en: "Line {line}: the file cannot be parsed: {reason}" }
    ImportNoLabel = "concept_without_label" {
        fi: "Rivi {line}: käsitteellä {uri} ei ole suositettavaa termiä (skos:prefLabel) millään kielellä.",
        sv: "Rad {line}: begreppet {uri} har ingen rekommenderad term (skos:prefLabel) på något språk.",
        en: "Line {line}: the concept {uri} has no preferred label (skos:prefLabel) in any language." }
    ImportTwoLabels = "two_preferred_labels" {
        fi: "Rivi {line}: käsitteellä {uri} on kaksi suositettavaa termiä kielellä {language}.",
        sv: "Rad {line}: begreppet {uri} har två rekommenderade termer på språket {language}.",
        en: "Line {line}: the concept {uri} has two preferred labels in the language {language}." }
    ImportTooLong = "import_too_long" {
        fi: "Rivi {line}: teksti on liian pitkä. Enintään {max}.",
        sv: "Rad {line}: texten är för lång. Högst {max}.",
        en: "Line {line}: the text is too long. At most {max}." }
    ImportBadUri = "import_bad_uri" {
        fi: "Rivi {line}: käsitteen URI {uri} ei ole täysi http-, https- tai urn-URI.",
        sv: "Rad {line}: begreppets URI {uri} är ingen fullständig http-, https- eller urn-URI.",
        en: "Line {line}: the concept's URI {uri} is not an absolute http, https or urn URI." }
    ImportCycle = "import_cycle" {
        fi: "Rivi {line}: laajemmat käsitteet muodostavat kehän: {concepts}.",
        sv: "Rad {line}: de överordnade begreppen går i cirkel: {concepts}.",
        en: "Line {line}: the broader concepts go in a circle: {concepts}." }
    ImportNoConcepts = "no_concepts" {
        fi: "Tiedostossa ei ole yhtään sanaston {uri} käsitettä. Tiedoston sanastot: {schemes}.",
        sv: "Filen har inget begrepp ur vokabulären {uri}. Filens vokabulärer: {schemes}.",
        en: "The file has no concept of the vocabulary {uri}. Vocabularies in the file: {schemes}." }
    ImportTooMuch = "import_too_much" {
        fi: "Rivi {line}: tiedostossa on enemmän kuin yhteen sanastoon mahtuu: enintään {limit}.",
        sv: "Rad {line}: filen har mer än vad en vokabulär rymmer: högst {limit}.",
        en: "Line {line}: the file holds more than a vocabulary takes: at most {limit}." }
    ImportAborted = "import_aborted" {
        fi: "Tiedosto jäi kesken, eikä mitään muutettu.",
        sv: "Filen tog slut i förtid och ingenting ändrades.",
        en: "The file broke off and nothing was changed." }
    ImportNoLanguage = "label_without_language" {
        fi: "Rivi {line}: tekstillä ei ole kielitunnusta; se jätettiin pois.",
        sv: "Rad {line}: texten har ingen språkkod; den lämnades bort.",
        en: "Line {line}: the text has no language tag; it was left out." }
    ImportDropped = "dropped_relation" {
        fi: "Rivi {line}: käsitteen {uri} suhde käsitteeseen {target} jätettiin pois; sitä ei ole.",
        sv: "Rad {line}: relationen från {uri} till {target} lämnades bort; det senare finns inte.",
        en: "Line {line}: the relation from {uri} to {target} was left out; there is no such concept." }
    ImportSkipped = "concept_skipped" {
        fi: "Rivi {line}: käytöstä poistettu käsite {uri} ohitettiin, koska sillä ei ole termiä.",
        sv: "Rad {line}: begreppet {uri}, som tagits ur bruk, gicks förbi eftersom det saknar term.",
        en: "Line {line}: the deprecated concept {uri} was passed over, since it has no label." }

    ImportCut = "import_cut" {
        fi: "Rivi {line}: käsitteellä {uri} on enemmän kuin {max} viittausta {property}; loput jätettiin pois.",
        sv: "Rad {line}: begreppet {uri} har fler än {max} hänvisningar {property}; resten lämnades bort.",
        en: "Line {line}: the concept {uri} has more than {max} of {property}; the rest was left out." }
    ImportTooDeep = "import_too_deep" {
        fi: "Rivi {line}: käsitteen {uri} yläpuolella on enemmän kuin {max} käsitettä.",
        sv: "Rad {line}: ovanför begreppet {uri} finns fler än {max} begrepp.",
        en: "Line {line}: more than {max} concepts are above the concept {uri}." }
    ImportRunning = "import_running" {
        fi: "Sanastoon tuodaan parhaillaan toista tiedostoa. Yritä uudelleen, kun se on valmis.",
        sv: "En annan fil importeras just nu till vokabulären. Försök igen när den är klar.",
        en: "Another file is being imported into the vocabulary. Try again when it is done." }
    ImportsBusy = "imports_busy" {
        fi: "Parhaillaan tuodaan jo niin monta tiedostoa kuin voidaan. Yritä hetken päästä uudelleen.",
        sv: "Så många filer som det går importeras redan just nu. Försök igen om en stund.",
        en: "As many files as can be are being imported already. Try again in a while." }

    // The service's own troubles.
    Internal = "internal" {
        fi: "Palvelussa tapahtui virhe. Kerro ylläpidolle tunniste, joka on kentässä instance.",
        sv: "Ett fel inträffade i tjänsten. Meddela administratören identifieraren i instance.",
        en: "Something failed in the service. Tell its keepers the id in instance." }
    SearchOpening = "search_opening" {
        fi: "Hakemistoa avataan. Yritä uudelleen hetken kuluttua.",
        sv: "Sökindexet öppnas. Försök igen om en stund.",
        en: "The search index is being opened. Try again in a moment." }
    SearchFilling = "search_filling" {
        fi: "Hakemistoa täytetään: valmiina {filled}/{of}. Yritä uudelleen hetken kuluttua.",
        sv: "Sökindexet fylls på: {filled}/{of} är klart. Försök igen om en stund.",
        en: "The search index is being filled: {filled} of {of} are done. Try again in a moment." }
    SearchBehind = "search_behind" {
        fi: "Hakemisto on jäljessä viimeisistä muutoksista. Yritä uudelleen hetken kuluttua.",
        sv: "Sökindexet ligger efter de senaste ändringarna. Försök igen om en stund.",
        en: "The search index is behind the latest changes. Try again in a moment." }
    SearchTimedOut = "search_timed_out" {
        fi: "Hakemisto ei {seconds} sekunnissa saavuttanut sitä, mitä ennen pyyntöä oli kirjoitettu. Yritä uudelleen, tai ilman ehtoa consistency=strong.",
        sv: "Sökindexet hann inte på {seconds} sekunder i fatt det som hade skrivits före förfrågan. Försök igen, eller utan consistency=strong.",
        en: "The search index did not reach in {seconds} seconds what was written before the request. Try again, or without consistency=strong." }
    SearchAway = "search_away" {
        fi: "Hakemistoa ei voi lukea. Muu palvelu toimii. Yritä uudelleen hetken kuluttua.",
        sv: "Sökindexet kan inte läsas. Resten av tjänsten fungerar. Försök igen om en stund.",
        en: "The search index cannot be read. The rest of the service works. Try again in a moment." }
    Unavailable = "unavailable" {
        fi: "Tietokanta ei vastaa juuri nyt. Yritä hetken päästä uudelleen.",
        sv: "Databasen svarar inte just nu. Försök igen om en stund.",
        en: "The database does not answer right now. Try again in a moment." }
    TooSlow = "too_slow" {
        fi: "Vastausta ei saatu ajoissa. Rajaa kyselyä tai yritä hetken päästä uudelleen.",
        sv: "Svaret blev inte klart i tid. Avgränsa frågan eller försök igen om en stund.",
        en: "The answer was not ready in time. Narrow the query, or try again in a moment." }
}
