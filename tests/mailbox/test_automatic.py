"""Answers no person wrote: absences, protocol offices, complaints; and those a person did write."""

import base64

import pytest

from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Kind
from tests.mailbox.letters_back import OURS, RETURNED, THEY, WE, message, mixed

OFFICE = f"Ufficio Protocollo <{THEY}>"
ANSWER = f"In-Reply-To: <{OURS}>\n"

ABSENCES = [
    ("Risposta automatica: Invito", "Buongiorno, torno lunedì.", ""),
    ("Re: Invito", "Sono assente dall'ufficio fino al 25 settembre.", ANSWER),
    ("R: Invito", "Questa casella non è più attiva: scriva a info@b.example.", ANSWER),
    ("Out of office", "I will be back on Monday.", ""),
    ("Automatic reply: Invito", "Thank you.", ""),
    ("Invito", "Grazie.", "Auto-Submitted: auto-replied\n"),
    ("Invito", "Grazie.", "X-Autoreply: yes\n"),
    ("Invito", "Grazie.", "Precedence: auto_reply\n"),
    ("Letto: Invito", "Il messaggio è stato letto.", ""),
]


@pytest.mark.parametrize(("subject", "text", "more"), ABSENCES)
def test_an_answering_machine_is_known_by_header_subject_or_first_words(
    subject: str, text: str, more: str
) -> None:
    raw = message(text, sender=OFFICE, subject=subject, more=more)
    assert classify(raw).kind is Kind.AUTO_REPLY


NUMBERS = [
    (
        "La Sua comunicazione è stata acquisita al protocollo n. 12345/2017 del 18/09/2017.",
        "12345/2017",
    ),
    ("Il documento è stato acquisito al protocollo generale con il numero 0041988", "0041988"),
    ("Registrato al protocollo. Numero di protocollo: 2017/0008812", "2017/0008812"),
    ("Acquisito agli atti, prot. n° 771", "771"),
    ("Acquisito al protocollo.", ""),
    ("La Vs. nota prot. 166 è stata acquisita al protocollo n. 5120.", "5120"),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_protocol_office_gives_its_number(text: str, number: str) -> None:
    reading = classify(message(text, sender=OFFICE, subject="Prot. 166 - Invito"))
    assert (reading.kind, reading.protocol) == (Kind.PROTOCOL_ACK, number)


def confirmation(xml: bytes) -> bytes:
    encoded = base64.encodebytes(xml).decode()
    return (
        f"From: {OFFICE}\nTo: {WE}\nSubject: Conferma\n"
        'Content-Type: multipart/mixed; boundary="=_c"\n\n--=_c\nContent-Type: text/plain\n\n'
        "In allegato.\n--=_c\nContent-Type: text/xml; name=Conferma.xml\n"
        f"Content-Transfer-Encoding: base64\n\n{encoded}\n--=_c--\n"
    ).encode()


XML = """<?xml version="1.0"?>
<ConfermaRicezione xmlns="http://www.digitPa.gov.it/protocollo/"><Identificatore>
<CodiceAmministrazione>c_x</CodiceAmministrazione><NumeroRegistrazione>0004711</NumeroRegistrazione>
</Identificatore><MessaggioRicevuto><Identificatore><NumeroRegistrazione>0000166
</NumeroRegistrazione></Identificatore></MessaggioRicevuto></ConfermaRicezione>"""


def test_conferma_xml_gives_the_number_of_the_office_not_ours() -> None:
    reading = classify(confirmation(XML.encode()))
    assert (reading.kind, reading.protocol) == (Kind.PROTOCOL_ACK, "0004711")


def test_conferma_xml_with_entities_is_not_opened() -> None:
    bomb = XML.replace("<Conf", '<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;">]><Conf')
    reading = classify(confirmation(bomb.encode()))
    assert (reading.kind, reading.protocol) == (Kind.PROTOCOL_ACK, "")


def test_conferma_xml_that_is_cut_is_an_acknowledgement_without_a_number() -> None:
    assert classify(confirmation(XML.encode()[:150])).protocol == ""


def test_a_complaint_is_feedback_and_no_bounce() -> None:
    raw = (
        f"From: fbl@provider.example\nTo: {WE}\nSubject: Email feedback report\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="=_f"\n\n'
        "--=_f\nContent-Type: text/plain\n\nAbuse report.\n"
        "--=_f\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
        f"Original-Rcpt-To: {THEY}\n\n--=_f\nContent-Type: message/rfc822\n\n{RETURNED}\n--=_f--\n"
    ).encode()
    reading = classify(raw)
    assert (reading.kind, reading.recipients, reading.message_id) == (Kind.FEEDBACK, (THEY,), OURS)
    assert reading.outcome is None


PEOPLE = [
    ("Re: Invito", "Buongiorno, il Sindaco parteciperà. Cordiali saluti"),
    ("R: Invito", "Purtroppo quel giorno siamo assenti per altri impegni."),
    ("Invito", "Parteciperò con l'assessore. Ho già protocollato la richiesta di missione."),
    ("Conferma partecipazione", "Confermo la presenza."),
]


@pytest.mark.parametrize(("subject", "text"), PEOPLE)
def test_what_a_person_writes_is_a_reply(subject: str, text: str) -> None:
    reading = classify(message(text, sender=f"Anna Verdi <{THEY}>", subject=subject, more=ANSWER))
    assert reading.kind is Kind.REPLY
    assert reading.references == (OURS,)
    assert reading.sender == THEY
    assert reading.subject == subject


def test_an_answering_machine_that_sends_the_letter_back_is_no_bounce() -> None:
    raw = mixed(
        f"L'indirizzo {THEY} non è più attivo. Scriva all'ufficio relazioni.",
        sender=OFFICE,
        subject="Risposta automatica: Invito",
        more="Return-Path: <>\nAuto-Submitted: auto-replied\n",
    )
    assert classify(raw).kind is Kind.AUTO_REPLY


def test_a_person_who_writes_of_a_failure_in_sentences_is_no_mail_system() -> None:
    text = "La mail a sindaco@b.example risulta respinta: user unknown. Potete reinviarla?"
    raw = message(text, sender=f"Anna Verdi <{THEY}>", subject="Errore di consegna")
    assert classify(raw).kind is Kind.REPLY


def test_a_mailing_to_many_is_other() -> None:
    raw = message(
        "Offerta",
        sender="Toner <x@toner.example>",
        subject="Sconti",
        more="List-Unsubscribe: <https://toner.example/u>\n",
    )
    assert classify(raw).kind is Kind.OTHER


def test_a_quoted_absence_does_not_make_a_person_a_machine() -> None:
    text = "Sì, veniamo in due.\n\n> Risposta automatica\n> sono in ferie\n"
    raw = message(text, sender=f"Anna Verdi <{THEY}>", subject="R: Invito", more=ANSWER)
    assert classify(raw).kind is Kind.REPLY
