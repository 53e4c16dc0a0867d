//! What shoppers hear when nobody knows whether their words arrived.

/// By language.
const UNCONFIRMED: &[(&str, &str)] = &[
    ("en", "We could not confirm that this message reached our team. It is kept here, and we will look into it."),
    (
        "de",
        "Wir konnten nicht bestätigen, dass diese Nachricht unser Team erreicht hat. Sie ist hier gespeichert, und wir sehen nach.",
    ),
    (
        "fr",
        "Nous n’avons pas pu confirmer que ce message est arrivé à notre équipe. Il est conservé ici et nous allons vérifier.",
    ),
    (
        "es",
        "No hemos podido confirmar que este mensaje haya llegado a nuestro equipo. Queda guardado aquí y lo comprobaremos.",
    ),
    (
        "it",
        "Non abbiamo potuto confermare che questo messaggio sia arrivato al nostro team. È conservato qui e verificheremo.",
    ),
    ("pt", "Não foi possível confirmar que esta mensagem chegou à nossa equipa. Fica guardada aqui e vamos verificar."),
    (
        "nl",
        "We konden niet bevestigen dat dit bericht ons team heeft bereikt. Het is hier bewaard en we kijken het na.",
    ),
    (
        "pl",
        "Nie udało się potwierdzić, że ta wiadomość dotarła do naszego zespołu. Jest tu zapisana, a my to sprawdzimy.",
    ),
    ("ro", "Nu am putut confirma că acest mesaj a ajuns la echipa noastră. Este păstrat aici și vom verifica."),
    ("ar", "لم نتمكن من تأكيد وصول هذه الرسالة إلى فريقنا. هي محفوظة هنا وسنتحقق من الأمر."),
];

/// That a message may not have arrived, in a language, its first part, or English.
#[must_use]
pub fn unconfirmed(lang: &str) -> &'static str {
    let short = lang.split('-').next().unwrap_or_default().to_ascii_lowercase();
    UNCONFIRMED.iter().find(|(known, _)| *known == short).map_or(UNCONFIRMED[0].1, |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_interface_has_its_words() {
        for lang in ["ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ro"] {
            assert!(lang == "en" || unconfirmed(lang) != unconfirmed("en"), "{lang}");
        }
        assert_eq!(unconfirmed("pt-BR"), unconfirmed("pt"));
    }
}
