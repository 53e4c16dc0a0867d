/* Fetched when something on the page looks like a message of trouble: tells refusals from good news, by
 * where a message stands, by ARIA, by the markup of shop platforms, and by words. No field's value is ever read. */

const CONTROLS = "input,select,textarea";

/* How a message looks, the telling first: by its own classes, then by those inside, then by those around it. */
const TONES = [
  ["good", "[class*=success i],.woocommerce-message,[data-alert=success]"],
  ["loud", ".errorlist,[class*=error i],[class*=danger i],[class*=invalid i],[class*=fail i],[class*=red-],[class*=rose-],[data-type=error],[data-status=error]"],
  ["mild", "[class*=info i],[class*=warn i],[class*=notice i],[class*=hint i],[class*=note i]"],
];

/* Words of refusals in the languages shops speak: lower case, without accents, cut where endings begin. */
const WORDS = {
  // Something is not as it should be.
  bad:
    "maximum|invalid|expir|error|incorrect|wrong|fail|declin|refus|reject|unknown|no longer|unable|unsuccessful|problem|limit|exceed|already been|already used|enter a correct|valid discount|valid voucher|gultigen|" +
    "abgelaufen|fehler|falsch|abgelehn|ungultig|unbekannt|leider|mindest|bereits|schon |echec|erreur|errone|echou|inconnu|impossible|deja |terminee|valides|erro|errad|incorret|falh|recus|rejeit|desconhecid|ja foi|ja utiliz|fora do prazo|" +
    "gresit|nereusi|eroare|esuat|refuz|respins|necunoscut|incorect|deja |minim|caducad|rechaz|fallid|scadut|errat|rifiut|fallit|gia |sconosciut|ya se|ongeldig|verlopen|onjuist|geweiger|mislukt|helaas|fout|onbekend|nieprawid|wygas|stracił|waznos|odrzuc|błed|niepoprawn|niestety|denegad|" +
    "tyvarr|felaktig|ugyldig|udløb|utløpt|virheelli|vanhentunut|vyprsel|nespravn|lejart|hibas|hatalı|suresi|λαθος|εληξε|間違|正しく|期限|错误|过期|истек|ошибк|ogiltig|neplatn|ervenytelen|gecersiz|無効|エラー|无效|неверн",
  coupon:
    "coupon|voucher|promo|discount|redeemed|gift code|gift card|this code|that code|the code|gutschein|rabatt|aktionscode|vorteilscode|dieser code|diesen code|der code|bon de reduction|code de reduction|bon d'achat|ce code|le code|carte cadeau|" +
    "cupom|cupao|cupoes|vale|este codigo|ese codigo|o codigo|codigo de desconto|codul|acest cod|cod de reducere|cupon|el codigo|codice|kortingscode|actiecode|waardebon|kortingsbon|deze code|kod rabatowy|buono|slevov|kupon|indirim|クーポン|优惠|промокод|купон",
  // A code of whatever kind: one of these where there is a field for a coupon.
  code: "(^|[^a-z])(codes?|kod[ue]?|codigo|codice|codul|cod|koden|koodi)(?![a-z])|コード|代码",
  // Numbers of other kinds that are called codes too.
  number: "postal|postcode|post code|postleitzahl|zip|plz|cep|security|sicherheits|securite|seguranca|securitate|cvc|cvv|verificat|verificac|bestatigungs|sms|country code|iban",
  // Somebody said no to money; "invalid" is left out, that is a field's mistake.
  refused:
    "declin|refus|reject|turned down|said no|fail|was not|wasn't|weren't|has not|have not|insufficient|unsuccessful|not authori|do not honor|not permitted|not allowed|not completed|interrupted|issue processing|problem processing|error processing|error while|payment error|was cancel|been cancel|" +
    "abgebrochen|fehler aufgetreten|problem aufgetreten|abgelehn|zuruckgewiesen|verweiger|nicht freigegeben|fehlgeschlagen|nicht durchgefuhrt|nicht verarbeitet|nicht erfolgreich|wurde nicht|nicht autorisiert|nicht gedeckt|" +
    "echou|echec|n'a pas|insuffisan|probleme est survenu|erreur est survenue|ete annule|recus|rejet|falh|rejeit|nao foi|ocorreu um|cancelad|insuficien|refuz|respins|esuat|nu a |nu s-a|a aparut o|fost anulat|rechaz|fallid|ha fallado|denegad|no ha |no se ha|" +
    "rifiut|respint|negat|fallit|non riuscit|non e stat|non e andat|errore durante|annullat|insufficient|mislukt|geweiger|geannuleerd|niet goed|is niet |probleem opgetreden|fout opgetreden|odrzuc|przerwan|anulowan|niepowodz|nie powiod|nie został|brak srodkow|nekades|" +
    "misslyck|kunde inte|afvist|mislykke|avvist|hylattiin|epaonnist|zamitnut|nezdaril|neprosl|reddedil|basarısız|gerceklestirilemedi|elutasit|sikertelen|απορριφθηκε|απετυχε|拒否|失敗|できません|失败|拒绝|отклон|не удал",
  // What could be, and is not, when a no stands beside it.
  able:
    "can|can't|could|couldn't|cannot|able|possible|konn|kann|konnt|moglich|pu |peut|pouv|possible|puede|pudo|pueden|podido|podemos|posible|posso|pode|puo|possiamo|possibil|riesc|riusc|consegu|possivel|kan|kon|kunnen|lukt|moze|mozna|udało|udał|powiod|poate|putem|putut|posibil|dispon|fund|fond|srodk|saldo|enough|genoeg|authori|autori|approv|aprob|aprov|approuv|accept|akzept|genehm|goedgekeurd",
  money:
    "payment|3d secure|card|bank|transaction|funds|paypal|klarna|zahlung|konto|uberweisung|paiement|carte|banque|reglement|fonds|pagamento|banco|transac|saldo|plata|plati|banca|tranzac|fonduri|fondi|fondos|pago|tarjeta|carta|betaling|kaart|karcie|płatno|transakc|kart|kort|betalning|maksu|platb|fizetes|odeme|πληρωμη|καρτα|支払|決済|カード|付款|支付|оплат|платеж|карт",
  empty:
    "no se encontr|no results|found nothing|nothing for |não retorn|nu a returnat|0 results|nothing found|no products were found|no products found|no matches|could not find|couldn't find|keine ergebnisse|keine treffer|nichts gefunden|keine produkte gefunden|aucun résultat|aucun produit|rien trouvé|nenhum resultado|sem resultados|nenhum produto|não encontrámos|não encontramos|niciun rezultat|nici un rezultat|nu am găsit|niciun produs|sin resultados|ningún resultado|no hay resultados|nessun risultato|geen resultaten|niets gevonden|brak wyników|" +
    "hittade inga|inga träffar|ingen resultater|ingen treff|ei tuloksia|nebyly nalezeny|žádné výsledky|nincs találat|sonuç bulunamadı|δεν βρέθηκαν|見つかりません|没有找到|未找到|ничего не найдено|nie znaleziono|não foram encontrados|nu sau găsit|non abbiamo trovato|we hebben niets",
  password:
    "password|passwort|kennwort|mot de passe|identifiant|senha|palavra-passe|palavra passe|parol|contrasena|wachtwoord|hasło|log in|login|sign in|sign-in|credential|anmeld|zugangsdaten|benutzername|connexion|e-mail|email|account|konto|compte|conta|cont |cuenta|username|utilizator|utilizador|iniciar sess|inicio de sesion|" +
    "authenti|autentic|autentific|uwierzyteln|accesso|losenord|adgangskode|passord|salasana|heslo|jelszo|sifre|κωδικ|パスワード|密码|парол|logowan|inlog",
  // Not signed in any more, or not yet, is not refused.
  session:
    "session has|session expired|session timed|sitzung|session a expir|session est|sessao expir|sesiun|sesion ha|sesion expir|sessione|sessie|sesja|logged out|signed out|abgemeldet|deconnecte|please log in|please sign in|bitte melden sie sich|melden sie sich an|inicie sess|inicia ses|veuillez vous connecter|must be logged|must log in|need to log in|link|sent|gesendet|envoye|enviad|trimis",
  choose: "choose|select|pick(?!up|ed)|wahl|choisi|escolh|selecion|alege|elige|elija|seleccion|sceg|scelg|selezion|kies|wybierz|wybra|valj|vælg|vyberte",
  chosen: "selected|chosen|gewahlt|selectionnee?(?![a-z])|choisie?(?![a-z])|selecionad|escolhid|seleccionad|elegid|selezionat|scelto|scelta|gekozen|geselecteerd|wybran|ales|selectat",
  must:
    "required|must|please enter|please fill|please provide|mandatory|can't be blank|terms|pflicht|erforderlich|bitte |ausfull|agb|obligat|requis|requer|requier|veuillez|renseign|conditions generales|obrigat|preench|necessari|introduz|introduzca|completa|introduce|rellen|condiciones|verplicht|vul |voer |voorwaarden|wymagan|wpisz|wprowadz|podaj|regulamin|obbligat|compil|inserisc|condizioni|indique|insira|termos|termenii|trebuie|krav|pakrævet|povinn|" +
    " field| feld|champ|campo|veld|camp ",
  fine:
    "applied!|success|has been added|was added|has been applied|was applied|updated|saved|erfolgreich|hinzugefugt|angewendet|angewandt|eingelost!|aktualisiert|gespeichert|avec succes|a ete ajoute|a bien ete|applique|mis a jour|com sucesso|foi adicionad|foi aplicad|aplicad|atualizad|cu succes|fost adaugat|aplicat|actualizat|aggiunt|applicat|toegepast|toegevoegd|dodan",
};
/* What says no, by language: one's no is another's "in the". English stands everywhere, for so do its messages. */
const NO = {
  en: "no",
  de: "nicht|nichts|kein|keine|keinen|keiner",
  fr: "pas|rien|aucun|aucune|jamais|plus valable|plus disponible",
  es: "no|nada|ningun|ninguno|ninguna|sin",
  pt: "nao|nada|nenhum|nenhuma|sem",
  it: "non|nulla|niente|nessun|nessuna|nessuno",
  nl: "niet|niets|geen",
  pl: "nie|nic|brak|brakuje|zadnych|zaden",
  ro: "nu|nimic|nici|niciun|nicio",
  sv: "inte|inga|inget|ingen",
  da: "ikke|ingen|intet",
  fi: "ei|eivat",
};
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/’/g, "'").toLowerCase();
const lists = {};
for (const name of Object.keys(WORDS)) lists[name] = new RegExp(fold(WORDS[name]));
/** Whether the text, folded, says one of the words. */
const has = (text, name) => lists[name].test(text);
let tongue, no;
/** Whether the text, folded, says no in the page's language or in English. */
const denies = (text) => {
  const lang = document.documentElement.lang.slice(0, 2).toLowerCase();
  const own = NO[lang] || Object.values(NO).join("|");
  if (tongue !== lang) no = new RegExp(`(?<!\\p{L})(not|cannot|nothing|none|\\w+n't|${own})(?!\\p{L})|\\bn'|δεν |не |ません|没有`, "u");
  tongue = lang;
  return no.test(text);
};
/* What is wrong with what a shopper typed, rather than with the money. */
const TYPED = /invalid|incorrect|incomp|ungultig|unvollst|number|nummer|numer|cvc|cvv|cod de sec|expir|gultig bis|validade|prufziffer|zip|postal|plz|cadut|verloop|wazno/;
const classes = (element) => element.getAttribute("class") || "";
const toneOf = (alert) => {
  const around = [alert.parentElement, alert.parentElement && alert.parentElement.parentElement].filter((one) => one && !one.matches("main,body,form"));
  for (const group of [[alert], [...alert.querySelectorAll("[class]")].slice(0, 8), around])
    for (const [tone, selector] of TONES) if (group.some((one) => one.matches(selector))) return tone;
};

const filled = (root) => [...root.querySelectorAll(CONTROLS + ",[role=radiogroup]")].filter((one) => one.type !== "hidden" && one.type !== "search");
/** Fields near an alert, and whether they are those that it speaks of: it describes them, or they stand in
 * one part of the page with it that is no form's whole and not the page's. */
const fieldsOf = (alert) => {
  if (alert.matches(CONTROLS)) return [[alert], true];
  const told = alert.id && document.querySelectorAll(`[aria-describedby~="${CSS.escape(alert.id)}"],[aria-errormessage="${CSS.escape(alert.id)}"]`);
  if (told && told.length) return [[...told], true];
  let around = alert;
  let close = true;
  for (let up = 0; up < 4 && around && around !== document.body; up++) {
    close &&= !around.matches("main,[role=main]");
    const fields = filled(around);
    if (fields.length) return fields.length < 25 ? [fields, close && fields.length < 3] : [[], false];
    around = around.parentElement;
  }
  return [[], false];
};
const isLogin = (field) => {
  const all = field.form ? [...field.form.elements] : [field];
  const passwords = all.filter((one) => one.getAttribute("type") === "password");
  return passwords.length === 1 && !/new/.test(passwords[0].getAttribute("autocomplete"));
};
/** What a refusal is about, if it is one. */
export function judge(alert, marked, paying, facts) {
  const described = marked && (alert.getAttribute("aria-errormessage") || alert.getAttribute("aria-describedby"));
  const shown = marked
    ? (described || "").split(" ").map((id) => (id && document.getElementById(id) ? facts.textOf(document.getElementById(id)) : "")).join(" ")
    : facts.textOf(alert);
  const tone = marked ? "loud" : toneOf(alert);
  // Good news, and what stands there on every visit.
  if (!marked && (shown.length < 4 || shown.length > 290 || tone === "good")) return;
  const text = fold(shown);
  // Banners speak of refusing cookies.
  if (/cookie/.test(text)) return;
  const parts = text.split(/[.!?。]\s/);
  const loud = tone === "loud";
  /** Said now and aloud, rather than printed on the page. */
  const live = loud || alert.matches("[role],[aria-live]");
  if (!loud && parts.some((part) => has(part, "fine") && !has(part, "bad") && !denies(part))) return;
  const bad = has(text, "bad") || denies(text);
  const must = has(text, "must");
  const [fields, close] = fieldsOf(alert);
  const says = (name) => (field) => facts.says(facts.nameOf(field) + " " + classes(field), name);
  const named = (name) => fields.find(says(name));

  const typed = () => [...document.querySelectorAll("input")].slice(0, 200).some((field) => facts.says(facts.nameOf(field), "coupon"));
  const code = !has(text, "number") && (has(text, "coupon") || (loud && has(text, "code") && typed()));
  // An error about money where a shopper pays is a refusal, whatever its words.
  const theirs = loud && alert.closest("[class*=adyen],[class*=braintree],[class*=stripe i],[class*=paypal],[class*=klarna],[id*=payment]");
  const money = !marked && paying && live && (has(text, "money") || theirs) && !code && !/ses[sj]|sesi|sitzung/.test(text);
  const denied = has(text, "refused") || parts.some((part) => has(part, "able") && denies(part));
  if (money && (denied || (loud && has(text, "money") && !must && !has(text, "choose") && !TYPED.test(text)))) return ["payment-failed"];

  // Words about codes alone may be terms; a code is refused where one can be typed, or where it looks like an error.
  const coupon = named("coupon");
  const own = coupon && close && fields.every(says("coupon"));
  if ((marked && coupon) || (own && (loud || (live && bad))) || (code && tone !== "mild" && (loud || bad) && (bad || coupon) && (loud || typed()))) return ["coupon-rejected", coupon];

  const login = fields.find(isLogin) || (!fields.length && document.querySelector("form input[type=password]"));
  if (login && tone !== "mild" && (bad || loud) && (!marked || alert.type === "password") && !has(text, "session") && (has(text, "password") || fields.length > 1) && isLogin(login) && !paying)
    return ["login-failed", login];

  const variant = named("variant");
  const kind = facts.says(shown, "variant");
  const wanting = parts.some((part) => has(part, "choose") && !has(part, "chosen"));
  if (!marked && live && (variant || kind) && (wanting || (loud && must && variant && kind))) return ["variant-missing", variant];
  if (variant && (marked || (loud && must && close)) && (marked ? alert : variant).matches("select,input[type=radio],[role=radiogroup]")) return ["variant-missing", variant];
  if (!marked && facts.isSearch() && (has(text, "empty") || none(shown))) return ["no-results"];

  // Which kind and with which code is nothing that a form asks for; how many only where it says so.
  const amount = close || facts.says(text, "quantity");
  const typing = fields.filter((field) => !says("variant")(field) && !says("coupon")(field) && (amount || !says("quantity")(field)));
  const told = loud && (close || (bad && amount && named("quantity")));
  if (marked || (typing.length && !has(text, "session") && (told || (live && must && (loud || (!tone && alert.matches("[role=alert]")))))))
    return ["validation-error", typing[0] || fields[0]];
}

/** Whether a line says no to what was searched for, and counts nothing. */
const none = (shown) => {
  const text = fold(shown);
  const asked = [...new URLSearchParams(location.search).values()].map(fold).find((value) => value.length > 1 && text.includes(value));
  return !!asked && denies(text.replace(asked, "")) && !/[1-9]/.test(text.replace(asked, ""));
};
const ASIDE = "header,footer,nav,aside,[hidden]";
/** Whether the page of a search says that it found nothing. */
export const foundNothing = (facts) =>
  [...document.querySelectorAll("[role=status],[aria-live],.no-results,.search-empty,.empty,.woocommerce-info,.message,h1,h2,h3,h4,main p")]
    .slice(0, 60)
    .some((one) => !one.closest(ASIDE) && one.textContent.length < 290 && (has(fold(facts.textOf(one)), "empty") || none(facts.textOf(one))));
