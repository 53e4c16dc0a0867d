//! Words in addresses and headings that name a kind of page, in the languages shops are made in.
//!
//! A word stands for a whole path segment (`/mon-panier/`, `cart.php`, `sign_in`) or a whole heading,
//! lower case, folded to ASCII, its words joined by `-`. Short weak words stand in [`ROOTS`]: they open a
//! part of a shop more often than they name a page.

use super::more;
use crate::page::PageType;
use crate::text;

/// Words said in front of the name of a page that change nothing (`my-cart`, `votre-panier`).
const FILLERS: &str = "my your our the mon ma mes votre vos le la mein meine ihr ihre der die mi mis tu su el meu minha seu sua o a \
    mio mia il lo contul mijn je uw de het moje moj twoj twoje din dit min ditt onepage index view show shopping web go";

/// Names of pages.
const NAMES: Signs = &[
    (
        PageType::Cart,
        60,
        "cart carts basket bag shopping-bag panier warenkorb einkaufswagen carrito cesta carrello carrinho carrinho-de-compras cesto cos \
        cosul cosul-de-cumparaturi cosul-meu winkelwagen winkelmand winkelmandje koszyk varukorg kundvagn kurv indkobskurv handlekurv ostoskori \
        kosik nakupni-kosik kosar sepet sepetim cart-page cartpage shoppingcart checkout-cart",
    ),
    (
        PageType::Checkout,
        60,
        "checkout checkouts kasse zur-kasse kassa caisse commander passer-commande passer-la-commande finaliser-commande validation-commande \
        finalizar-compra finalizar-pedido finalizar-encomenda tramitar-pedido finalizare-comanda finalizare finalizeaza-comanda cassa afrekenen \
        bestellen zamow pokladna penztar odeme bestellvorgang checkout-page realizar-pedido",
    ),
    (
        PageType::OrderConfirmation,
        60,
        "thank-you thankyou thank-you thanks order-received order-confirmation order-confirmed orderconfirmation confirmation success merci \
        danke bestellbestaetigung bestellbestatigung gracias confirmacion obrigado obrigada confirmacao grazie conferma conferma-ordine \
        multumim multumesc confirmare confirmare-comanda bedankt bevestiging dziekujemy potwierdzenie tack order-complete order-completed \
        confirmation-commande confirmation-de-commande pedido-recibido comanda-primita checkout-success finish order-success complete completed",
    ),
    (
        PageType::OrderStatus,
        60,
        "order-status orderstatus order-tracking ordertracking track tracking track-order track-my-order track-your-order order-lookup \
        find-order order-details order-detail view-order guest-tracking where-is-my-order suivi suivi-commande suivi-de-commande suivre-ma-commande \
        sendungsverfolgung bestellstatus bestellung-verfolgen auftragsstatus seguimiento seguimiento-de-pedido rastrear rastreio \
        seguir-encomenda rastrear-pedido acompanhar-encomenda stato-ordine traccia-ordine tracciamento urmarire-comanda urmareste-comanda \
        urmarire status-comanda bestelling-volgen track-en-trace sledzenie status-zamowienia spora-order trackorder suivi-commande-invite",
    ),
    (
        PageType::ReturnForm,
        60,
        "return returns return-form return-request returns-portal return-item start-return retour retours retoure retouren ruecksendung rucksendung \
        rueckgabe ruckgabe retour-anmelden devolucion devoluciones devolucao devolucoes trocas-e-devolucoes reso resi retur retururi returnare \
        retourneren retouren-formulier retourformulier zwrot zwroty rma my-returns faire-un-retour formulaire-de-retour formular-retur",
    ),
    (
        PageType::AccountLogin,
        60,
        "login log-in logon sign-in signin connexion se-connecter identification authentification anmelden anmeldung einloggen iniciar-sesion \
        acceder acceso entrar iniciar-sessao aceder accedi login-register login-or-register accesso autentificare conectare intra-in-cont inloggen logowanie zaloguj \
        logga-in log-ind logg-inn kirjaudu prihlaseni bejelentkezes giris forgot-password lost-password password-reset reset-password \
        mot-de-passe-oublie passwort-vergessen recuperar-password authentication forgot",
    ),
    (
        PageType::AccountRegister,
        60,
        "register sign-up signup create-account createaccount registration inscription creer-un-compte creation-de-compte s-inscrire registrieren \
        registrierung konto-erstellen registro registrarse crear-cuenta registar registo criar-conta cadastro registrazione registrati crea-account \
        inregistrare creare-cont cont-nou registreren account-aanmaken rejestracja zaloz-konto opret-konto skapa-konto join",
    ),
    (
        PageType::Account,
        55,
        "account accounts account-overview dashboard compte konto kundenkonto cuenta conta area-cliente cont myaccount mon-espace client-area \
        customer profile profil profilo perfil kundenbereich panel-klienta orders order-history historique-commandes mes-commandes bestellungen \
        pedidos mis-pedidos minhas-encomendas encomendas ordini comenzile-mele comenzi bestellingen zamowienia addresses address-book wishlist \
        adressen downloads edit-account edit-address",
    ),
    (
        PageType::Contact,
        60,
        "contact contacts contact-us contactus contact-form kontakt kontaktformular contacto contato contactos contatti contattaci contactez-nous \
        nous-contacter contacteaza-ne get-in-touch fale-conosco kontakta-oss klantenservice-contact yhteystiedot kapcsolat iletisim contacta",
    ),
    (
        PageType::Search,
        60,
        "search search-results searchresults suche suchergebnisse recherche resultats-de-recherche buscar busqueda resultados busca pesquisa \
        pesquisar procura ricerca cerca cautare rezultate-cautare zoeken zoekresultaten szukaj wyszukiwanie sok soeg hledat kereses ara catalogsearch \
        find",
    ),
    (
        PageType::Category,
        50,
        "category categories collection collections categorie kategorie kategorien kategoria categoria categorias categorii product-category \
        product-tag brand brands marke marques marcas department departments c cat sale outlet new-arrivals rayon rayons familia \
        categorie-produit kategorie-produktu produktkategorie",
    ),
    (
        PageType::Product,
        60,
        "product products produit produits produkt produkte producto productos produto produtos prodotto prodotti produs produse artikel article-produit \
        p dp item items product-page pd sku tuote vare termek urun produkty proizvod",
    ),
    // A page about it, or the step itself: what stands there decides.
    (
        PageType::Information,
        30,
        "payment shipping delivery versand livraison envio envios entrega entregas spedizione livrare verzending",
    ),
    (
        PageType::Information,
        50,
        "about about-us privacy privacy-policy terms terms-of-service terms-and-conditions conditions imprint impressum legal legal-notice agb widerruf \
        datenschutz cgv cgu mentions-legales politique-de-confidentialite ueber-uns uber-uns a-propos qui-sommes-nous sobre sobre-nos sobre-nosotros \
        quienes-somos chi-siamo despre despre-noi termeni termeni-si-conditii confidentialitate over-ons voorwaarden regulamin o-nas help hilfe aide \
        ayuda ajuda aiuto ajutor faq faqs support help-center help-centre blog blogs news journal magazine stories policies policy cookies \
        return-policy returns-policy refund-policy shipping-policy \
        payment-methods zahlungsarten moyens-de-paiement formas-de-pago metodos-de-pagamento careers jobs press stores \
        store-locator size-guide guides sustainability wiki article articles cms",
    ),
    (PageType::Home, 60, "home homepage startseite accueil inicio acasa strona-glowna"),
];

/// Parts of a shop: a page under them may be a list or a product.
const ROOTS: &str = "shop store catalog catalogue katalog boutique tienda loja negozio magazin winkel sklep butik";

/// Words for an order: alone a checkout, under an account one order.
const ORDERS: &str =
    "order commande bestellung pedido encomenda ordine comanda bestelling zamowienie tilaus ordre objednavka";

/// Steps of a checkout, told only below a word for it.
const STEPS: Signs = &[
    (
        PageType::CheckoutAddress,
        65,
        "address addresses shipping-address billing-address contact-information contact-information information customer guest guest-details \
        personal-information adresse adressen anschrift lieferadresse rechnungsadresse direccion direcciones endereco morada indirizzo adresa adres \
        adresse-de-livraison coordonnees details your-details onestep delivery-address",
    ),
    (
        PageType::CheckoutShipping,
        65,
        "shipping shipping-method shipping-method delivery delivery-method versand versandart lieferung livraison mode-de-livraison envio \
        metodo-de-envio entrega spedizione livrare metoda-de-livrare verzending bezorging dostawa frakt levering shippingpayment",
    ),
    (
        PageType::CheckoutPayment,
        65,
        "payment payment-method payment-method payment-details pay zahlung zahlungsart bezahlen bezahlung paiement mode-de-paiement pago \
        metodo-de-pago pagamento plata metoda-de-plata betaling betalen platnosc billing order-pay",
    ),
    (
        PageType::CheckoutReview,
        65,
        "review preview confirm overview summary place-order verification recapitulatif recapitulation uebersicht ubersicht pruefen prufen \
        revisar resumen rever resumo riepilogo sumar verificare controleren overzicht podsumowanie order-review final-review",
    ),
];

/// Beginnings of a heading that thanks for an order.
const THANKS: &str = "thank-you thanks-for merci vielen-dank danke gracias obrigado obrigada grazie multumim multumesc bedankt dank-je dziekujemy \
    tack-for tak-for takk-for order-confirmed commande-confirmee bestellung-eingegangen pedido-confirmado encomenda-confirmada comanda-confirmata";

/// Signs of kinds of pages: the kind, how much the sign counts, and words between spaces.
pub(super) type Signs = &'static [(PageType, u8, &'static str)];

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It names this kind of page, and counts so much.
    Names(PageType, u8),
    /// It opens the shop.
    Root,
    /// It speaks of an order.
    Order,
}

/// What the word says, fillers in front of it aside; `wide` asks the words of more languages too.
#[inline(never)]
pub(super) fn word(segment: &str, wide: bool) -> Option<Word> {
    let mut rest = segment;
    loop {
        if let Some((page, weight)) = find(NAMES, rest) {
            return Some(Word::Names(page, weight));
        }
        if has(ROOTS, rest) {
            return Some(Word::Root);
        }
        if has(ORDERS, rest) {
            return Some(Word::Order);
        }
        if wide && let Some(word) = more::word(rest) {
            return Some(word);
        }
        let (filler, next) = rest.split_once('-')?;
        if !(has(FILLERS, filler) || wide && more::lists("filler", filler)) {
            return None;
        }
        rest = next;
    }
}

/// A text as the words here are written: `Mon_Panier` is `mon-panier`, `Košík` is `kosik`. Where words
/// are not parted by spaces they stay whole.
#[inline(never)]
pub(super) fn slug(text: &str) -> String {
    if text.chars().any(|c| c >= '\u{2e80}') {
        return text.trim_ascii().to_owned();
    }
    if !text.is_ascii() {
        return tokens(text);
    }
    let mut out = String::new();
    for byte in text.trim_ascii().bytes() {
        out.push(if matches!(byte, b'_' | b' ' | b'+') { '-' } else { byte.to_ascii_lowercase() as char });
    }
    out
}

/// The words of a text, joined by `-`.
pub(super) fn tokens(text: &str) -> String {
    let mut name = String::new();
    for token in text::analyze(text, 8) {
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&token.text);
    }
    name
}

/// The step of a checkout that the word names.
pub(super) fn step(segment: &str, wide: bool) -> Option<(PageType, u8)> {
    find(STEPS, segment).or_else(|| if wide { more::step(segment) } else { None })
}

/// Whether a heading thanks for an order.
pub(super) fn thanks(heading: &str, wide: bool) -> bool {
    begins(THANKS, heading) || wide && more::thanks(heading)
}

/// Whether a text begins with one of the words.
pub(super) fn begins(words: &str, text: &str) -> bool {
    words.split(' ').any(|word| !word.is_empty() && text.starts_with(word))
}

/// The first row of the table that has the word. Kept in one place of the module, as are the other
/// functions so marked: inlined at every table they would be a third of the engine.
#[inline(never)]
pub(super) fn find(table: Signs, word: &str) -> Option<(PageType, u8)> {
    table.iter().find(|(.., words)| has(words, word)).map(|(page, weight, _)| (*page, *weight))
}

/// Whether the word stands among the words.
#[inline(never)]
pub(super) fn has(words: &str, word: &str) -> bool {
    !word.is_empty() && words.split(' ').any(|known| known == word)
}

/// What stands behind the last separator: of `https://schema.org/Product`, `page.type` and `Product`.
#[inline(never)]
pub(super) fn last_part(text: &str) -> &str {
    let at = text.bytes().rposition(|b| matches!(b, b'/' | b'#' | b':' | b'.'));
    at.and_then(|at| text.get(at + 1..)).unwrap_or(text)
}
