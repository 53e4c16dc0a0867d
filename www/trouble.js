/* Fetched when something on the page looks like a message of trouble: tells refusals from good news, by
 * ARIA, by the markup of shop platforms, and by words. No field's value is ever read. */

const CONTROLS = "input,select,textarea";

/* Words of refusals in the languages shops speak: lower case, cut where endings begin. */
const WORDS = {
  // Something is not as it should be.
  bad:
    "not |n't|n’t|maximum|invalid|expir|error|incorrect|wrong|fail|declin|refus|reject|unknown|no longer|cannot|unable|unsuccessful|minimum|problem|no match|already been used|already used|does not exist|limit|exceed|not found|no voucher|no coupon|enter a correct|valid discount|isn’t available|issue processing|" +
    "nicht|ungültig|gültigen|abgelaufen|fehler|falsch|abgelehn|unbekannt|kein|leider|mindest|bereits eingelöst|bereits verwendet|schon verwendet|schon eingelöst|existe pas|n'est|n’est|n'a|n’a|ne peut|ne s'applique|ne s’applique|ne pouvez|échec|invalide|expiré|erreur|erroné|échou|inconnu|impossible|non valide|incorrecte|refusé|déjà utilisé|déjà été|terminée|aucun|valides|problème|" +
    "não|nenhum|limite|incorretos|inválid|expirou|erro|errad|incorret|falh|recus|rejeit|desconhecid|mínimo|já foi utilizado|já utilizado|fora do prazo|nu |nu-i|greșit|gresit|nereuși|eroare|eșuat|esuat|eșuat|refuz|respins|necunoscut|incorect|invalid|expirat|deja folosit|deja utilizat|minim|problemă|limita|" +
    "no es|no se|no existe|no válid|caducad|rechaz|fallid|incorrect|non |scadut|errat|rifiut|niet|ongeldig|verlopen|onjuist|geweiger|mislukt|nie |nieprawid|wygas|stracił|ważnoś|odrzuc|błęd|niepoprawn|no pudo|incorrecto|denegad|fallit|non riesc|errore|helaas|fout|tyvärr|felaktig|ugyldig|udløb|utløpt|virheelli|vanhentunut|vypršel|nesprávn|lejárt|hibás|hatalı|süresi|λάθος|έληξε|間違|正しく|期限|错误|过期|истек|ошибк|ogiltig|neplatn|érvénytelen|geçersiz|δεν |無効|エラー|无效|неверн",
  coupon:
    "coupon|voucher|promo|discount code|discount|gift code|gift card|this code|that code|the code|gutschein|rabatt|aktionscode|vorteilscode|dieser code|der code|bon de réduction|code de réduction|code promo|bon d'achat|ce code|le code|carte cadeau|" +
    "cupom|cupão|cupões|vale|este código|o código|código promocional|código de desconto|codul|acest cod|cod promo|cod de reducere|cupon|cupón|el código|codice|kortingscode|actiecode|kod rabatowy|kuponu|rabattkod|slevov|kupon|クーポン|优惠",
  // Numbers of other kinds that are called codes too.
  number: "postal|postcode|post code|poștal|postleitzahl|zip|plz|cep|security|sicherheits|sécurité|segurança|securitate|cvc|cvv|verif|bestätigungs|sms|country code|iban",
  // Somebody said no to money; "invalid" is left out, that is a field's mistake.
  refused:
    "declin|refus|reject|turned down|able to charge|fail|could not be|couldn't be|couldn’t be|couldn't process|couldn’t process|could not process|unable to process|was not|wasn't|has not been|insufficient|unsuccessful|not authori|not been authori|do not honor|issue processing|problem processing|error processing|error while processing|was cancel|been cancel|abgebrochen|fehler aufgetreten|abgelehn|zurückgewiesen|nicht freigegeben|fehlgeschlagen|nicht durchgeführt|nicht verarbeitet|nicht erfolgreich|konnte nicht|konnten nicht|wurde nicht|nicht autorisiert|nicht gedeckt|" +
    "échou|échec|n'a pas|n’a pas|n'avons pas pu|n’avons pas pu|insuffisant|problème est survenu|une erreur est survenue|a été annulé|recus|falh|rejeit|não foi|não conseguimos|ocorreu um problema|ocorreu um erro|foi cancelad|insuficien|refuz|respins|eșuat|eşuat|esuat|nu a |nu s-a|nu am putut|nu poate|a apărut o problemă|a apărut o eroare|a fost anulat|not permitted|not allowed|payment error|not completed|rechaz|fallid|ha fallado|denegad|no se ha|no se pudo|no pudo|no hemos podido|rifiut|negat|fallit|non riuscit|non è stat|non è andat|non può essere|mislukt|niet gelukt|kon niet|geweiger|odrzuc|niepowodz|nie powiod|nie udał|nie został|nekades|misslyck|kunde inte|afvist|mislykke|avvist|hylättiin|epäonnist|zamítnut|nezdařil|neprošl|reddedil|başarısız|gerçekleştirilemedi|elutasít|sikertelen|απορρίφθηκε|απέτυχε|拒否|失敗|できませんでした|失败|拒绝|отклон|не удал",
  money: "payment|3d secure|card|bank|transaction|funds|paypal|zahlung|karte|konto|überweisung|paiement|carte|banque|règlement|fonds|pagamento|cartão|banco|transaç|saldo|plata|plată|plății|plăți|card|banca|bancă|tranzac|fonduri|pago|tarjeta|carta|betaling|kaart|płatno|płatnoś|transakc|kart|kort|betalning|kortti|maksu|platb|fizetés|kártya|ödeme|πληρωμή|κάρτα|支払|決済|カード|付款|支付|оплат|карт",
  password: "password|passwort|kennwort|mot de passe|identifiant|senha|palavra-passe|palavra passe|parol|contraseña|wachtwoord|hasło|log in|login|sign in|sign-in|credential|anmeld|zugangsdaten|benutzername|connexion|e-mail|email|account|konto|compte|conta|cont |username|utilizator|utilizador|iniciar sessão|autentific|autentic|accesso|lösenord|adgangskode|passord|salasana|heslo|jelszó|şifre|parola|κωδικ|パスワード|密码|парол|logowan|inlog",
  // Not signed in any more is not refused.
  session: "session|sitzung|sessão|sesiun|sesión|sessione|sessie|logged out|signed out|abgemeldet|déconnecté|please log in|please sign in|bitte melden sie sich|melden sie sich an|inicie sessão|veuillez vous connecter|must be logged|must log in|need to log in|link|sent|gesendet|envoyé|enviad|trimis",
  choose: "choose|select|pick|wähl|auswähl|choisi|sélectionn|escolh|selecion|alege|selecta|selecte|elige|selecciona|sceg|selezion|kies|wybierz|välj|vælg|vyberte",
  must: "required|must|please enter|please fill|please provide|mandatory|pflicht|erforderlich|bitte |ausfüllen|obligatoire|requis|veuillez|renseign|obrigatóri|preench|necessári|introduz|obligatoriu|completa|introduce|obligatorio|rellen|verplicht|vul |wymagan|obbligatori|compila|krävs|påkrævet|povinn",
  fine: "applied!|success|has been added|was added|has been applied|was applied|updated|saved|erfolgreich|hinzugefügt|angewendet|angewandt|eingelöst!|aktualisiert|gespeichert|avec succès|a été ajouté|a bien été|appliqué|mis à jour|com sucesso|foi adicionad|foi aplicad|aplicado|atualizad|cu succes|a fost adăugat|a fost aplicat|aplicat|actualizat",
};
const lists = {};
for (const name in WORDS) lists[name] = new RegExp(WORDS[name].replace(/[^\w|]/g, "\\$&"));
const has = (text, name) => lists[name].test(text.toLowerCase());
/* No such thing: with the words that were searched for. */
const NONE = /(^|[\s,])(no|nothing|keine?|nichts|aucune?|rien|nenhuma?|não há|sem|nu există|nici|ning[uú]n|nessun|geen|niets|brak|ingen|inga) /i;
const sought = () => {
  const asked = [...new URLSearchParams(location.search)].find(([name, value]) => value && /^(?:q|s|query|search\w*)$/.test(name));
  return asked ? asked[1].toLowerCase() : "\n";
};
/* What is wrong with what a shopper typed, rather than with the money. */
const TYPED = /invalid|incorrect|incompl|ungültig|unvollständig|inválid|number|nummer|numér|númer|număr|cvc|cvv|cod de sec|expir|gültig bis|validade|prüfziffer|zip|postal|plz/i;
const classes = (element) => element.getAttribute("class") || "";

/** Fields near an alert: those it describes, or those of the smallest part around it that has any. */
const fieldsOf = (alert) => {
  if (alert.matches(CONTROLS)) return [alert];
  const told = alert.id && document.querySelectorAll(`[aria-describedby~="${CSS.escape(alert.id)}"],[aria-errormessage="${CSS.escape(alert.id)}"]`);
  if (told && told.length) return [...told];
  let around = alert;
  for (let up = 0; up < 4 && around && around !== document.body; up++) {
    const fields = [...around.querySelectorAll(CONTROLS + ",[role=radiogroup]")].filter((one) => one.type !== "hidden");
    if (fields.length) return fields.length < 25 ? fields : [];
    around = around.parentElement;
  }
  return [];
};
const isLogin = (field) => {
  const all = field.form ? [...field.form.elements] : [field];
  const passwords = all.filter((one) => one.getAttribute("type") === "password");
  return passwords.length === 1 && !/new/.test(passwords[0].getAttribute("autocomplete"));
};
/** What a refusal is about, if it is one. */
export function judge(alert, marked, paying, facts) {
  const described = marked && (alert.getAttribute("aria-errormessage") || alert.getAttribute("aria-describedby"));
  const text = marked
    ? (described || "").split(" ").map((id) => (id && document.getElementById(id) ? facts.textOf(document.getElementById(id)) : "")).join(" ")
    : facts.textOf(alert);
  // Good news, and what stands there on every visit.
  if (!marked && (text.length < 4 || text.length > 290 || alert.closest("[class*=success i],.woocommerce-message,.alert-info,.toast--success"))) return;
  const bad = has(text, "bad");
  if (has(text, "fine") && !/could|n't|n’t|not |nicht|pas |não|nu /i.test(text)) return;
  const fields = fieldsOf(alert);
  const named = (name) => fields.find((field) => facts.says(facts.nameOf(field) + " " + classes(field), name));
  const coupon = named("coupon");
  const must = has(text, "must");
  const code = has(text, "coupon") && !has(text, "number");
  const error = alert.matches(".errorlist,.invalid-feedback,.help-inline,.form-inlineMessage,[class*=error i],[class*=danger i]");
  // An error about money where a shopper pays is a refusal, whatever its words.
  const money = !marked && paying && has(text, "money") && !code && !/ses[sj]|sesi|sitzung/i.test(text);
  if (money && (has(text, "refused") || (error && !must && !TYPED.test(text)))) return ["payment-failed"];
  // Words about codes alone may be terms; a code is refused where one can be typed, or where it looks like an error.
  const typed = () => error || [...document.querySelectorAll("input")].slice(0, 200).some((field) => facts.says(facts.nameOf(field), "coupon"));
  if ((marked && coupon) || (bad && code && typed()) || ((bad || error) && coupon && fields.length < 3)) return ["coupon-rejected", coupon];
  const login = fields.find(isLogin) || (!fields.length && document.querySelector("form input[type=password]"));
  if (login && (bad || error) && (!marked || alert.type === "password") && !has(text, "session") && (has(text, "password") || fields.length > 1) && isLogin(login) && !paying)
    return ["login-failed", login];
  const variant = named("variant");
  const wanting = has(text, "choose") && (bad || !/selected|gewählt|sélectionné|selecionad|selectat|chosen/i.test(text));
  if (!marked && wanting && (variant || facts.says(text, "variant"))) return ["variant-missing", variant];
  if (marked && variant && alert.matches("select,input[type=radio],[role=radiogroup]")) return ["variant-missing", variant];
  if (!marked && facts.isSearch() && (facts.says(text, "noResults") || (NONE.test(text) && text.toLowerCase().includes(sought())))) return ["no-results"];
  if (marked || (((bad && error) || (must && alert.matches("[role=alert],[class*=error i],[class*=danger i],[class*=invalid i],.errorlist,.form-inlineMessage"))) && !has(text, "session") && fields.length && !fields.some((field) => field.type === "search"))) {
    // Of a form as a whole only what names a field is a field's mistake.
    if (marked || fields.length < 3 || must) return ["validation-error", fields[0]];
  }
}
