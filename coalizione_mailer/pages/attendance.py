"""The Italian words of who is coming: answers, why one waits, where it comes from."""

from coalizione_mailer.ledger.words import OPERATOR, Answer, Doubt, Word
from coalizione_mailer.mailbox.reply.answer import Why
from coalizione_mailer.pages.times import in_rome

ANSWERS = {Answer.YES: "partecipa", Answer.NO: "non partecipa", Answer.MAYBE: "forse"}
DOUBTS = {
    Why.NO_ANSWER.value: "non dice né sì né no",
    Why.MAYBE.value: "la risposta è «forse»",
    Why.REPLACES.value: "cambia o completa una risposta precedente",
    Why.QUESTION.value: "contiene una domanda o una richiesta",
    Why.WHO_MISSING.value: "non dice chi partecipa",
    Why.WHO_INCOMPLETE.value: "mancano alcuni nomi, o non sono certi",
    Why.CONFLICT.value: "le parole non sono chiare, o si contraddicono",
    Why.MERGED.value: "la risposta è scritta dentro al testo dell'invito",
    Why.NOBODY_READS.value: "nessuno leggerà l'invito prima dell'evento",
    Why.OTHER_MATTER.value: "il Comune chiede altro",
    Why.TOO_LONG.value: "il messaggio è molto lungo",
    Why.COMUNE_UNKNOWN.value: "non si sa di quale Comune sia",
    Why.COMUNE_CONTRADICTED.value: "gli indizi sul Comune si contraddicono",
    Why.STRANGER.value: "scritta da un indirizzo privato, fuori dalla conversazione",
    Doubt.ALTERS.value: "è diversa dalla risposta registrata",
    Doubt.NOT_INVITED.value: "al Comune non è stata mandata la lettera",
    Doubt.UNREADABLE.value: "il messaggio non si lascia leggere",
}
"""Why an answer waits for a person, by the reader's reasons and the register's."""


def answer(word: Word) -> str:
    """Say what was answered; nothing where it is not known."""
    return ANSWERS[word.answer] if word.answer else ""


def people(word: Word) -> str:
    """Name who comes, with their roles."""
    return "; ".join(
        f"{one.name} ({one.role})" if one.name and one.role else one.name or one.role
        for one in word.participants
    )


def doubts(word: Word) -> str:
    """Say why it waits."""
    return "; ".join(DOUBTS[reason] for reason in word.reasons)


def source(word: Word) -> str:
    """Say from whom it is known: the message's sender, or the office."""
    if word.kind == OPERATOR:
        return f"registrata da {word.decided_by}"
    confirmed = f", confermata da {word.decided_by}" if word.by_operator else ""
    return f"{word.sender}{confirmed}"


def day(word: Word) -> str:
    """Write when it was said."""
    moment = in_rome(word.said_at)
    return f"{moment:%d/%m/%Y}" if moment else ""
