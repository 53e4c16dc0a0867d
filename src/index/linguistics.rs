//! What the builder knows of languages, so that the browser need not: stems, words that say
//! little, endings. It all ends up in the term dictionary.

use rust_stemmers::{Algorithm, Stemmer};

use crate::text;

/// A language's knowledge.
pub struct Language {
    lang: String,
    stemmer: Option<Stemmer>,
    /// Folded words that say little, sorted.
    function_words: Vec<&'static str>,
}

/// Weight of a word that says little, beside 255 of one that says something: it breaks ties
/// between "to" and "from" but never outweighs a noun. Source: ../shared/data, query sets of whole sentences.
pub const FUNCTION_WEIGHT: u8 = 20;

impl Language {
    /// What is known of a language, by its BCP 47 tag; of an unknown one nothing, which works too.
    #[must_use]
    pub fn new(lang: &str) -> Self {
        let primary = lang.split('-').next().unwrap_or_default();
        let algorithm = match primary {
            "ar" => Some(Algorithm::Arabic),
            "da" => Some(Algorithm::Danish),
            "de" => Some(Algorithm::German),
            "el" => Some(Algorithm::Greek),
            "en" => Some(Algorithm::English),
            "es" => Some(Algorithm::Spanish),
            "fi" => Some(Algorithm::Finnish),
            "fr" => Some(Algorithm::French),
            "hu" => Some(Algorithm::Hungarian),
            "it" => Some(Algorithm::Italian),
            "nl" => Some(Algorithm::Dutch),
            "no" | "nb" | "nn" => Some(Algorithm::Norwegian),
            "pt" => Some(Algorithm::Portuguese),
            "ro" => Some(Algorithm::Romanian),
            "ru" => Some(Algorithm::Russian),
            "sv" => Some(Algorithm::Swedish),
            "ta" => Some(Algorithm::Tamil),
            "tr" => Some(Algorithm::Turkish),
            _ => None,
        };
        let words = FUNCTION_WORDS.iter().find(|(lang, _)| *lang == primary).map_or("", |(_, words)| words);
        let mut function_words: Vec<&str> = words.split_whitespace().collect();
        function_words.sort_unstable();
        Self { lang: primary.to_owned(), stemmer: algorithm.map(Stemmer::create), function_words }
    }

    /// The term of a word as it stands in a text.
    #[must_use]
    pub fn term(&self, word: &str) -> String {
        let lower: String =
            word.chars().filter(|c| !matches!(c, '\'' | '\u{2019}' | '\u{ad}')).flat_map(char::to_lowercase).collect();
        // Snowball's Romanian knows the cedilla letters only.
        let lower = if self.lang == "ro" { lower.replace('ș', "ş").replace('ț', "ţ") } else { lower };
        if text::is_code(&lower) {
            return text::fold(&lower);
        }
        let stem = self.stemmer.as_ref().map_or_else(|| lower.clone(), |stemmer| stemmer.stem(&lower).into_owned());
        text::fold(&stem)
    }

    /// Primary tag of the language.
    #[must_use]
    pub fn primary(&self) -> &str {
        &self.lang
    }

    /// The term of a word or of a phrase; a phrase is its own term.
    #[must_use]
    pub fn phrase_term(&self, text: &str) -> String {
        let folded = text::fold(text);
        if folded.contains(' ') { folded } else { self.term(text) }
    }

    /// Whether words of this language are written together: `Versandkosten`.
    #[must_use]
    pub fn has_compounds(&self) -> bool {
        matches!(self.lang.as_str(), "de" | "nl" | "sv" | "da" | "no" | "nb" | "nn" | "fi" | "hu")
    }

    /// How much a folded word says, 1 to 255.
    #[must_use]
    pub fn weight(&self, folded: &str) -> u8 {
        if self.function_words.binary_search(&folded).is_ok() { FUNCTION_WEIGHT } else { super::forms::FULL }
    }

    /// Folded endings of inflected words, longest first.
    #[must_use]
    pub fn suffixes(&self) -> Vec<String> {
        let all = SUFFIXES.iter().find(|(lang, _)| *lang == self.lang).map_or("", |(_, all)| all);
        let mut all: Vec<String> = all.split_whitespace().map(str::to_owned).collect();
        all.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        all
    }
}

/// Words that say little in a shopper's question, folded. Question words, pronouns, auxiliaries,
/// courtesy; not "not", "without", "before", which change the answer.
const FUNCTION_WORDS: &[(&str, &str)] = &[
    (
        "en",
        "a about after again all am an and any are as at be been being but by can cannot cant could couldnt d did didnt do does \
         doesnt doing dont for from get getting give go going got had has have having he hello help her here hey hi him his how \
         hows i id if ill im in into is isnt it its ive just know let like ll m many may maybe me might mine more much must my \
         need needs now of ok okay on one or our out please pls possible re really right s say see shall she should so some \
         something t tell than thank thanks that thats the their them then there these they thing things think this those to too \
         try trying u um up us use using ve very via want wanna was way we well were what whats when where wheres which who whom \
         whose why will wish with wont would you your yours able anyone anything assistance somebody someone wanted gonna gotta \
         also only put make find show shows looking look explain understand question",
    ),
    (
        "de",
        "aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist bitte brauche brauchen da dabei damit \
         danke dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch du durch ein \
         eine einem einen einer eines er es etwas euch euer eure fur gab ganz geben geht gerne gern gibt habe haben hallo hast hat \
         hatte hatten hatte hi hier ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jetzt kann kannst konnen konnte \
         konnten kommt konnt machen mal man mehr mein meine meinem meinen meiner meines mich mir mit mochte mochten muss mussen nach \
         noch nun nur ob oder schon sehr sein seine seit sich sie sind so soll sollen sollte uber um und uns unser unsere unserem \
         unseren unter vom von vor wann war warum was weg weil welche welchem welchen welcher welches wenn wer werde werden wie \
         wieder wieso wieviel wird wissen wo woher wohin wollen will wurde wurden zu zum zur fragen frage hilfe helfen bekomme \
         bekommen mache macht tun lassen lasst sagen finde finden gehen erklaren daruber wurd",
    ),
    (
        "fr",
        "a ai aide aider alors as au aussi autre aux avec avez avoir avons bien bonjour c ca car ce cela ces cet cette ceux chez ci \
         comme comment d dans de des deja dit donc dont du elle elles en encore est et etaient etait etant etc ete etes etre eu \
         eux fait faire faut faut il ils j je jusqu l la le les leur leurs lui m ma mais me meme merci mes moi mon n ne nos notre \
         nous on ont or ou oui par pas peut peux plait plus pour pourquoi pourrai pourrais pouvez puis qu quand que quel quelle \
         quelles quels quelque quelques qui quoi s sa sais savoir se ses si sont sous soit son suis sur svp t ta te tes toi ton tous \
         tout toute toutes tres tu un une va vais veux voudrais vos votre vous vouloir y possible besoin est est-ce dois doit puis-je \
         existe",
    ),
    (
        "pt",
        "a ajuda ajudar algum alguma alguns ao aos aquela aquele aquilo as ate com como da das de dela dele depois do dos duvida \
         duvidas e ela elas ele eles em entre era essa esse esta estao estar estas este estes estou eu existe falar faz fazer \
         favor foi for fosse gostaria ha isso isto ja la lhe mais mas me mesmo meu meus minha minhas muito na nas nem no nos nossa \
         nosso num numa o obrigado obrigada ola onde os ou para pela pelo per pode podem poderia podia por porque posso pra pro \
         precisa preciso qual quais quando quanto quantos que quem quero queria saber se seja sem ser seu seus sim so sobre sou sua \
         suas tal tambem te tem tenho ter teu toda todas todo todos tu tua um uma umas uns vai voce voces vou entender explica \
         explique consigo deve devo oi bom dia",
    ),
    (
        "ro",
        "a ai aia al ale am ar are as asa asta atunci au avea aveti avem azi ba buna ca cam care catre ce cea cel cele ceva chiar cine \
         cu cum da daca dar de deci deja despre din dintr doar dori doresc dupa e ea ei el ele era este esti eu fac face faceti fara \
         fi fie fiind foarte fost i iar ii il imi in inca intr intre io isi iti l la le lor lui m ma mai mea mei mele meu mi mie mine \
         multumesc n ne ni noastra nostru noi noua o ori pana pe pentru poate pot putea puteti poti prin sa salut sau se si sint sub \
         sunt ta tai tale tau te ti tot toate toti trebuie tu un una unde unei unele unii unor unui va vi voi vom vor vreau vreo \
         vrea vreti vrei vs ajutor ajuta cand cat cata cate cati care rog stiu stie exista",
    ),
    (
        "es",
        "a al algo alguna alguno ante antes aqui asi aun ayuda bien buenas cada como con cual cuales cuando cuanto cuantos de del desde \
         donde dos e el ella ellas ellos en entre era eres es esa ese eso esta estan estar este esto estoy favor fue gracias ha hace \
         hacer han has hasta hay he hola la las le les lo los mas me mi mis mucho muy nada necesito no nos nuestra nuestro o os para \
         pero poder podria por porque puede puedo pues que quien quiero quisiera se sea ser si sido sin sobre son soy su sus tal \
         tambien te tener tengo ti tiene toda todo todos tu tus un una uno unos usted ustedes va vamos y ya yo",
    ),
    (
        "it",
        "a ad agli ai aiuto al alla alle allo anche avere c che chi ci ciao come con cosa cui d da dagli dai dal dalla degli dei del \
         della delle dello di dove e ed era essere fa fare favore gli grazie ha hai hanno ho i il in io l la le lei li lo loro lui ma \
         mi mia mie miei mio ne nei nel nella nelle non noi nostra nostro o per perche piu posso puo potrei qual quale quali quando \
         quanto quella quello questa questo qui se sei si sia sono sta su sua sue sugli sui sul sulla suo ti tra tu tua tuo un una uno \
         vi voglio voi vorrei vostra vostro",
    ),
    (
        "nl",
        "aan al alle als ben bij ben dan dat de den der deze die dit doe doen door een en er ga gaan geen graag haar had hallo heb hebben \
         heeft hem het hier hij hoe hoeveel hun ik in is ja je jij jouw jullie kan kun kunnen kunt maar mag me meer men met mij mijn moet \
         moeten na naar nog nu of om ons onze ook op over te tot u uit uw van veel voor waar waarom wat we wel welke wie wil willen wij \
         wordt worden zal ze zich zij zijn zo zou",
    ),
    (
        "pl",
        "a ale bo by byc byl chce chcialbym ci co czy czym dla do gdy gdzie go i ich ile im ja jak jaka jakie jaki jako je jego jej jest \
         jestem juz kiedy kto ktora ktore ktory lub ma mam mi mnie moge moja moje moj moze mozna mozesz my na nam nas nie o od on ona one \
         oni oraz po pod prosze przez przy sa sie sobie ta tak tam te tego tej ten to ty tym u w was wy z za ze",
    ),
];

/// Endings that Snowball would take off, folded: two words that differ by them alone are one word.
const SUFFIXES: &[(&str, &str)] = &[
    (
        "en",
        "s es ed d ing er ers e y ies ied ion ions ation ations able ment ments ly al ance ence t ting ted ling led ning ned ping ped",
    ),
    (
        "de",
        "e n en er es s em t st te ten tet est end ende enden ung ungen et ern eln bar lich keit heit in innen nen ern",
    ),
    (
        "fr",
        "s e es ee ees er ez ons ent ait aient ais ai era erai ir it is ie ies ant ante ants antes ation ations ement ements eur eurs euse \
            euses ables able if ive ifs ives ion ions x aux al ale ales ment re r t",
    ),
    (
        "pt",
        "s a o as os e es ar er ir ei ou am em amos ado ada ados adas ando endo indo ido ida idos idas cao coes ao oes mento mentos avel \
            aveis ivel iveis mente r ram rem ria rei ar-me la lo u i",
    ),
    (
        "ro",
        "a e i o u ul ului le lui lor ilor elor ele ii iile a ei am ati at ata ate ati eaza ez eze are ari arii area ire irea ere erea it \
            ita ite iti ind and tul tei rea rii ia ie ii uri urile urilor ea eam esc este esti este easca ui uit se",
    ),
    (
        "es",
        "s es a o as os e ar er ir ado ada ados adas ido ida idos idas ando iendo cion ciones mente ba an en amos emos arse",
    ),
    ("it", "a e i o are ere ire ato ata ati ate ito ita iti ite ando endo zione zioni mente ano ono iamo"),
    ("nl", "en e s t d de te ten den er ing ingen je jes tje ende"),
    ("pl", "a e i o u y ow owi em ami ach om ie iem am emy ecie ac ic yc al ala ali ny na ne nego nej nym"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_share_a_term() {
        let en = Language::new("en");
        assert_eq!(en.term("returns"), en.term("Returning"));
        let ro = Language::new("ro");
        assert_eq!(ro.term("comenzile"), ro.term("comenzilor"));
        assert_eq!(ro.term("plăţi"), ro.term("plăți"));
        let de = Language::new("de-at");
        assert_eq!(de.term("Bestellungen"), de.term("Bestellung"));
        assert_eq!(Language::new("xx").term("Ärger"), "arger");
    }

    #[test]
    fn lists_are_folded() {
        for (lang, words) in FUNCTION_WORDS.iter().chain(SUFFIXES) {
            for word in words.split_whitespace().filter(|word| !word.contains('-')) {
                assert_eq!(word, text::fold(word), "{lang}");
            }
        }
    }
}
