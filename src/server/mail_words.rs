//! What e-mails say, by language.

/// The words of one language.
#[derive(Debug)]
pub struct Words {
    lang: &'static str,
    /// Subject of an e-mail to the shop; a page follows.
    pub waits: &'static str,
    /// Before the address of the conversation.
    pub answer_at: &'static str,
    /// That an answer to this e-mail reaches the shopper.
    pub reply_reaches: &'static str,
    /// That it does not.
    pub no_address: &'static str,
    /// Subject of an e-mail to the shopper.
    pub answered: &'static str,
    /// That the shopper may answer by e-mail.
    pub you_may_reply: &'static str,
    /// Before the address of the page.
    pub go_on: &'static str,
}

/// The words of a language, of its first part, or English ones.
#[must_use]
pub fn words(lang: &str) -> &'static Words {
    let short = lang.split('-').next().unwrap_or_default().to_ascii_lowercase();
    WORDS.iter().find(|words| words.lang == short).unwrap_or(&WORDS[0])
}

const WORDS: [Words; 5] = [
    Words {
        lang: "en",
        waits: "A shopper is waiting",
        answer_at: "Answer in the inbox",
        reply_reaches: "An answer to this e-mail goes to the shopper.",
        no_address: "The shopper left no e-mail address: please answer in the inbox.",
        answered: "Our answer to your message",
        you_may_reply: "You can simply answer this e-mail.",
        go_on: "Or go on in the chat",
    },
    Words {
        lang: "de",
        waits: "Jemand wartet im Shop",
        answer_at: "Im Posteingang antworten",
        reply_reaches: "Eine Antwort auf diese E-Mail geht an die Person, die geschrieben hat.",
        no_address: "Es wurde keine E-Mail-Adresse hinterlassen: bitte im Posteingang antworten.",
        answered: "Unsere Antwort auf Ihre Nachricht",
        you_may_reply: "Sie können einfach auf diese E-Mail antworten.",
        go_on: "Oder im Chat weiterschreiben",
    },
    Words {
        lang: "fr",
        waits: "Une personne attend dans la boutique",
        answer_at: "Répondre dans la messagerie",
        reply_reaches: "Une réponse à cet e-mail arrive à la personne qui a écrit.",
        no_address: "Aucune adresse e-mail n’a été laissée : merci de répondre dans la messagerie.",
        answered: "Notre réponse à votre message",
        you_may_reply: "Vous pouvez simplement répondre à cet e-mail.",
        go_on: "Ou continuer dans le chat",
    },
    Words {
        lang: "pt",
        waits: "Alguém está à espera na loja",
        answer_at: "Responder na caixa de entrada",
        reply_reaches: "Uma resposta a este e-mail chega a quem escreveu.",
        no_address: "Não foi deixado nenhum endereço de e-mail: responda na caixa de entrada.",
        answered: "A nossa resposta à sua mensagem",
        you_may_reply: "Pode simplesmente responder a este e-mail.",
        go_on: "Ou continuar no chat",
    },
    Words {
        lang: "ro",
        waits: "Cineva așteaptă în magazin",
        answer_at: "Răspundeți în inbox",
        reply_reaches: "Un răspuns la acest e-mail ajunge la persoana care a scris.",
        no_address: "Nu a fost lăsată nicio adresă de e-mail: vă rugăm să răspundeți în inbox.",
        answered: "Răspunsul nostru la mesajul dumneavoastră",
        you_may_reply: "Puteți răspunde pur și simplu la acest e-mail.",
        go_on: "Sau continuați în chat",
    },
];
