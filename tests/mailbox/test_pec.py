"""PEC receipts and envelopes are read by what is certified, and no forgery is believed."""

import base64
import quopri
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.authorities import Authorities
from coalizione_mailer.mailbox.pec import read_pec
from coalizione_mailer.mailbox.reading import Cause, Kind, Reading, Severity
from tests.support.pec_provider import (
    ADDRESS,
    IDENTIFIER,
    OURS,
    THEM,
    US,
    Provider,
    Receipt,
    envelope,
    letter,
    lines,
    root,
)

DELIVERY = Receipt()
ACCEPTANCE = Receipt(kind="accettazione", title="Ricevuta di accettazione", delivered="")
FAILURE = Receipt(kind="errore-consegna", title="Avviso di mancata consegna", error="altro")
WARNING = Receipt(
    kind="preavviso-errore-consegna", title="Avviso di mancata consegna", error="altro"
)
TWELVE = "il messaggio non è stato consegnato nelle prime dodici ore dal suo invio"
TWENTY_FOUR = "il messaggio non è stato consegnato nelle ventiquattro ore successive al suo invio"


def ordinary(raw: bytes) -> Reading:
    """Stand in for the rest of the classifier: what a message says is in its subject."""
    tree = mime.parse(raw)
    assert not tree.first("x-ricevuta")
    kinds = {"Undelivered": Kind.BOUNCE, "Assente": Kind.AUTO_REPLY, "Circolare": Kind.OTHER}
    return Reading(
        next((kind for word, kind in kinds.items() if word in tree.first("subject")), Kind.REPLY),
        message_id="da-dentro" if "Undelivered" in tree.first("subject") else "",
        sender=mime.address(tree.first("from")),
    )


def read(raw: bytes, authorities: Authorities | None = None) -> Reading:
    reading = read_pec(mime.parse(raw), authorities, ordinary)
    assert reading is not None
    return reading


def unsigned(receipt: Receipt) -> bytes:
    return lines(receipt.top()) + receipt.content()


class TestReceipts:
    @pytest.mark.parametrize(
        ("value", "title", "kind", "final"),
        [
            ("accettazione", "Ricevuta di accettazione", Kind.PEC_ACCEPTANCE, False),
            ("non-accettazione", "Avviso di non accettazione", Kind.PEC_NON_ACCEPTANCE, True),
            ("presa-in-carico", "Presa in carico", Kind.PEC_TAKEN_IN_CHARGE, False),
            ("avvenuta-consegna", "Ricevuta di avvenuta consegna", Kind.PEC_DELIVERY, True),
            ("errore-consegna", "Avviso di mancata consegna", Kind.PEC_DELIVERY_ERROR, True),
            ("rilevazione-virus", "Problema di sicurezza", Kind.PEC_VIRUS, False),
        ],
    )
    def test_each_kind_is_told_by_its_header(
        self,
        provider: Provider,
        value: str,
        title: str,
        kind: Kind,
        final: bool,  # noqa: FBT001
    ) -> None:
        found = read(DELIVERY.but(kind=value, title=title).by(provider))
        assert (found.kind, found.final, found.verified) == (kind, final, True)

    def test_a_delivery_says_whose_letter_arrived_where_and_when(self, provider: Provider) -> None:
        found = read(DELIVERY.by(provider))
        assert found.message_id == OURS.strip("<>")
        assert found.recipients == (THEM,)
        assert found.pec_id == IDENTIFIER
        assert found.original_sender == US
        assert found.own_id == "ricevuta.1@gestore.example"
        assert found.occurred is not None
        assert found.occurred.isoformat() == "2017-09-20T12:15:00+02:00"
        assert (found.outcome, found.cause, found.status, found.note) == (None, None, "", "")

    def test_an_acceptance_delivers_to_nobody(self, provider: Provider) -> None:
        assert read(ACCEPTANCE.by(provider)).recipients == ()

    def test_all_the_recipients_are_not_the_failed_ones(self, provider: Provider) -> None:
        receipt = FAILURE.but(
            recipients=((THEM, "certificato"), ("altro@pec.example", "certificato"))
        )
        assert read(receipt.by(provider)).recipients == (THEM,)

    def test_the_subject_decides_nothing(self, provider: Provider) -> None:
        headers = {"Subject": "AVVISO DI MANCATA CONSEGNA: Invito"}
        assert read(DELIVERY.but(headers=headers).by(provider)).kind is Kind.PEC_DELIVERY

    def test_a_receipt_of_a_kind_nobody_knows_is_kept_and_changes_nothing(
        self, provider: Provider
    ) -> None:
        found = read(DELIVERY.but(kind="lettura", title="Ricevuta di lettura").by(provider))
        assert (found.kind, found.final, found.outcome) == (Kind.OTHER, False, None)
        assert found.note == "unknown-receipt lettura"
        assert found.message_id == OURS.strip("<>")

    def test_names_of_headers_and_files_come_in_any_case(self, provider: Provider) -> None:
        raw = DELIVERY.but(file_name="DATICERT.XML").by(provider)
        raw = raw.replace(b"X-Ricevuta: avvenuta-consegna", b"x-ricevuta:  Avvenuta-Consegna ")
        found = read(raw.replace(b"X-Riferimento-Message-ID", b"X-RIFERIMENTO-MESSAGE-Id"))
        assert (found.kind, found.message_id) == (Kind.PEC_DELIVERY, OURS.strip("<>"))

    def test_the_certification_of_the_letter_inside_is_another_s(self, provider: Provider) -> None:
        stranger = Receipt(kind="posta-certificata", delivered="altro@pec.example").by(provider)
        found = read(DELIVERY.but(postacert=stranger, with_daticert=False).by(provider))
        assert (found.recipients, found.note) == ((), "daticert-missing")


class TestFailures:
    @pytest.mark.parametrize(
        ("error", "detail", "outcome", "cause", "status"),
        [
            ("no-dest", "5.1.1 - Gestore - indirizzo non valido", "hard", "dead", "5.1.1"),
            ("no-dominio", "5.1.2 - Gestore - dominio non valido", "hard", "dead", "5.1.2"),
            ("altro", "5.1.1 - indirizzo non valido", "hard", "dead", "5.1.1"),
            ("altro", "5.2.2 - casella piena", "soft", "full", "5.2.2"),
            ("virus", "5.5.1 - presenza di un virus", "soft", "content", "5.5.1"),
            ("altro", "5.7.1 - messaggio rifiutato", "soft", "content", "5.7.1"),
            ("altro", "", "soft", "unknown", ""),
        ],
    )
    def test_the_error_says_how_heavy_it_is_and_why(
        self, provider: Provider, error: str, detail: str, outcome: str, cause: str, status: str
    ) -> None:
        found = read(FAILURE.but(error=error, detail=detail).by(provider))
        assert found.outcome == Severity(outcome)
        assert found.cause == Cause(cause)
        assert (found.status, found.diagnostic) == (status, detail)

    def test_a_virus_is_told_by_its_header_where_the_error_does_not_say(
        self, provider: Provider
    ) -> None:
        found = read(FAILURE.but(headers={"X-VerificaSicurezza": "errore"}).by(provider))
        assert found.cause is Cause.CONTENT

    @pytest.mark.parametrize(
        ("detail", "sentence", "final"),
        [
            (f"5.4.1 - {TWELVE}", "", False),
            (f"5.4.1 - {TWENTY_FOUR}", "", True),
            ("", f"{TWELVE}. Un altro avviso seguirà se nelle prossime dodici ore", False),
            ("", TWENTY_FOUR, True),
            ("", f"{TWELVE}. L'avviso definitivo dopo ventiquattro ore", False),
            ("", 'il messaggio "fra 24 ore" non è stato consegnato', False),
            ("5.4.1 - non consegnato in 24 ore", "", True),
        ],
    )
    def test_twelve_hours_are_a_warning_and_twenty_four_a_failure(
        self,
        provider: Provider,
        detail: str,
        sentence: str,
        final: bool,  # noqa: FBT001
    ) -> None:
        found = read(WARNING.but(detail=detail, sentence=sentence).by(provider))
        assert found.kind is Kind.PEC_DELIVERY_WARNING
        assert found.final is final
        assert found.outcome is (Severity.SOFT if final else None)
        assert found.cause is Cause.TEMPORARY

    def test_what_our_own_provider_refuses_is_to_be_sent_otherwise(
        self, provider: Provider
    ) -> None:
        receipt = FAILURE.but(kind="non-accettazione", title="Avviso di non accettazione")
        found = read(receipt.by(provider))
        assert (found.outcome, found.cause) == (Severity.SOFT, Cause.CONTENT)


class TestWithoutCertification:
    SENTENCE = f'e destinato all\'utente "{THEM}" è stato rilevato un errore: 5.1.1 - sconosciuto'

    def test_the_text_stands_in_for_a_missing_file(self, provider: Provider) -> None:
        found = read(FAILURE.but(with_daticert=False, sentence=self.SENTENCE).by(provider))
        assert (found.recipients, found.pec_id) == ((THEM,), IDENTIFIER)
        assert (found.status, found.outcome) == ("5.1.1", Severity.HARD)
        assert found.message_id == OURS.strip("<>")
        assert (found.note, found.verified) == ("daticert-missing", True)

    def test_a_subject_cannot_name_the_recipient(self, provider: Provider) -> None:
        trap = f'Oggetto: destinato all\'utente "altro@pec.example"\n{self.SENTENCE}'
        found = read(FAILURE.but(with_daticert=False, sentence=trap).by(provider))
        assert found.recipients == (THEM,)

    @pytest.mark.parametrize("cut", [110, 200, 420, 600])
    def test_a_file_cut_anywhere_never_gives_half_a_value(
        self, provider: Provider, cut: int
    ) -> None:
        receipt = FAILURE.but(sentence=self.SENTENCE)
        found = read(receipt.but(daticert=receipt.xml()[:cut]).by(provider))
        assert (found.message_id, found.pec_id) == (OURS.strip("<>"), IDENTIFIER)
        assert (found.recipients, found.note) == ((THEM,), "daticert-cut")

    def test_the_id_is_certified_where_the_header_is_missing(self, provider: Provider) -> None:
        raw = DELIVERY.by(provider).replace(b"X-Riferimento-Message-ID", b"X-Altro", 1)
        assert read(raw).message_id == OURS.strip("<>")


class TestForgeries:
    def test_an_unsigned_receipt_is_not_verified(self) -> None:
        found = read(unsigned(DELIVERY))
        assert (found.kind, found.verified) == (Kind.PEC_DELIVERY, None)

    def test_a_changed_receipt_is_not_verified(self, provider: Provider) -> None:
        changed = DELIVERY.by(provider).replace(b"--dentro\r\n", b"--dentro\r\nX: y\r\n", 1)
        assert read(changed).verified is False

    def test_an_acceptance_does_not_become_a_delivery_by_its_headers(
        self, provider: Provider
    ) -> None:
        raw = ACCEPTANCE.by(provider).replace(
            b"Ricevuta: accettazione", b"Ricevuta: avvenuta-consegna"
        )
        found = read(raw)
        assert found.verified is False
        assert found.signature is not None
        assert found.signature.reason == "headers-differ"

    def test_nor_without_certification(self, provider: Provider) -> None:
        raw = ACCEPTANCE.but(with_daticert=False).by(provider)
        assert read(raw).verified is True
        raw = raw.replace(b"Ricevuta: accettazione", b"Ricevuta: avvenuta-consegna")
        assert read(raw).verified is False

    def test_the_receipt_of_one_letter_is_not_another_s(self, provider: Provider) -> None:
        raw = DELIVERY.by(provider).replace(b"<0a1b2c3d@spedizioni", b"<ffffffff@spedizioni", 1)
        assert read(raw).verified is False

    def test_a_provider_may_rewrite_the_domain_of_our_id(self, provider: Provider) -> None:
        raw = DELIVERY.by(provider).replace(
            b"<0a1b2c3d@spedizioni.example", b"<0a1b2c3d@mx.example"
        )
        assert read(raw).verified is True

    def test_an_error_and_a_warning_may_stand_for_each_other(self, provider: Provider) -> None:
        raw = WARNING.by(provider).replace(b"Ricevuta: preavviso-", b"Ricevuta: ")
        assert (read(raw).kind, read(raw).verified) == (Kind.PEC_DELIVERY_ERROR, True)

    def test_an_envelope_s_signature_is_no_receipt_s(self, provider: Provider) -> None:
        raw = envelope(provider, letter()).replace(
            b"X-Trasporto: posta-certificata", b"X-Ricevuta: avvenuta-consegna"
        )
        assert read(raw).verified is False

    def test_a_receipt_that_arrives_in_an_envelope_was_sent_by_a_stranger(
        self, provider: Provider
    ) -> None:
        for transport in ("errore", "posta-certificata"):
            found = read(envelope(provider, DELIVERY.by(provider), transport))
            assert (found.kind, found.note) == (Kind.OTHER, "receipt-inside-envelope")
            assert (found.final, found.outcome, found.message_id) == (False, None, "")

    def test_a_provider_without_its_headers_is_nothing(self) -> None:
        found = read(letter(ADDRESS, Subject="AVVISO DI MANCATA CONSEGNA: Invito"))
        assert (found.kind, found.verified) == (Kind.OTHER, None)
        assert found.note == "provider-without-headers"

    def test_an_authority_decides_where_one_is_named(
        self, provider: Provider, trusted: Authorities
    ) -> None:
        assert read(DELIVERY.by(provider), trusted).verified is True
        stranger = Provider(root("Altra Autorità").issue("Posta Certificata Falsa"))
        assert read(DELIVERY.by(stranger)).verified is True
        assert read(DELIVERY.by(stranger), trusted).verified is False


class TestEnvelopes:
    def test_ordinary_mail_is_no_business_of_pec(self) -> None:
        assert read_pec(mime.parse(letter()), None, ordinary) is None

    def test_a_person_s_reply_is_unwrapped(self, provider: Provider) -> None:
        inner = letter(
            In_Reply_To=f"<{IDENTIFIER}>", References=f"<primo@x.example> <{IDENTIFIER}>"
        )
        found = read(envelope(provider, inner))
        assert (found.kind, found.sender, found.verified) == (Kind.REPLY, THEM, True)
        assert found.references == (IDENTIFIER, "primo@x.example")
        assert found.inner is not None
        assert mime.text_body(mime.parse(found.inner)).strip() == "Il Sindaco sarà presente."

    def test_the_replier_s_own_id_is_never_ours(self, provider: Provider) -> None:
        assert read(envelope(provider, letter())).message_id == ""

    @pytest.mark.parametrize(
        ("subject", "kind"),
        [
            ("Assente", Kind.AUTO_REPLY),
            ("Undelivered", Kind.REPLY),
            ("Circolare", Kind.REPLY),
            ("ACCETTAZIONE: Invito", Kind.REPLY),
        ],
    )
    def test_what_comes_by_certified_mail_is_an_answer(
        self, provider: Provider, subject: str, kind: Kind
    ) -> None:
        found = read(envelope(provider, letter(Subject=subject)))
        assert (found.kind, found.final, found.outcome) == (kind, False, None)

    @pytest.mark.parametrize(
        ("declared", "kind"), [("no", Kind.REPLY), ("auto-replied", Kind.AUTO_REPLY)]
    )
    def test_a_letter_that_a_program_sends_is_for_a_person_to_read(
        self, provider: Provider, declared: str, kind: Kind
    ) -> None:
        message = message_from_bytes(
            letter(Subject="Assente", Auto_Submitted=declared), policy=default
        )
        assert isinstance(message, EmailMessage)
        message.add_attachment(b"%PDF-", "application", "pdf", filename="delega.pdf")
        assert read(envelope(provider, message.as_bytes())).kind is kind

    @pytest.mark.parametrize(
        ("subject", "kind"),
        [("Undelivered", Kind.BOUNCE), ("Assente", Kind.AUTO_REPLY), ("R: Invito", Kind.REPLY)],
    )
    def test_an_anomaly_is_what_is_inside(
        self, provider: Provider, subject: str, kind: Kind
    ) -> None:
        found = read(envelope(provider, letter(Subject=subject), "errore"))
        assert (found.kind, found.verified) == (kind, True)
        assert found.message_id == ("da-dentro" if kind is Kind.BOUNCE else "")

    @pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
    def test_the_letter_inside_comes_in_any_encoding_and_as_a_file(self, encoding: str) -> None:
        inner = letter()
        body = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(
            encoding, bytes
        )(inner)
        raw = (
            b"X-Trasporto: posta-certificata\r\nFrom: a@b.example\r\nReply-To: c@d.example\r\n"
            b"Content-Type: application/octet-stream; name=postacert.eml\r\n"
            b"Content-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + body
        )
        found = read(raw)
        assert found.inner == inner
        assert (found.sender, found.verified) == ("c@d.example", None)

    def test_an_empty_envelope_is_kept(self, provider: Provider) -> None:
        content = Receipt(kind="errore", title="Anomalia", with_daticert=False).content()
        raw = provider.sealed({"X-Trasporto": "errore", "From": ADDRESS}, content)
        assert (read(raw).kind, read(raw).note) == (Kind.OTHER, "envelope-empty")

    def test_an_envelope_of_a_kind_nobody_knows_is_kept(self, provider: Provider) -> None:
        found = read(envelope(provider, letter(), "prova"))
        assert (found.kind, found.note) == (Kind.OTHER, "unknown-envelope prova")

    def test_envelopes_in_envelopes_are_opened_and_too_many_are_not(self) -> None:
        def wrapped(inner: bytes) -> bytes:
            return (
                b"X-Trasporto: errore\r\nFrom: a@b.example\r\n"
                b"Content-Type: message/rfc822; name=postacert.eml\r\n\r\n" + inner
            )

        raw = letter()
        for _ in range(5):
            raw = wrapped(raw)
        assert read(raw).kind is Kind.REPLY
        for _ in range(2000):
            raw = wrapped(raw)
        assert (read(raw).kind, read(raw).note) == (Kind.OTHER, "envelope-empty")


@given(
    st.sampled_from([DELIVERY, ACCEPTANCE, FAILURE, WARNING]),
    st.binary(max_size=40),
    st.integers(0, 4000),
    st.integers(0, 60),
)
@settings(max_examples=300, deadline=None)
def test_no_broken_receipt_raises_or_is_believed(
    provider: Provider, receipt: Receipt, junk: bytes, place: int, length: int
) -> None:
    raw = receipt.by(provider)
    place %= len(raw)
    tree = mime.parse(raw[:place] + junk + raw[place + length :])
    found = read_pec(tree, None, lambda inner: Reading(Kind.OTHER, note=str(len(inner))))
    whole = read(raw)
    if found is not None and found.verified:
        assert found.kind in {whole.kind, Kind.OTHER, Kind.PEC_DELIVERY_ERROR}
        assert found.recipients in {whole.recipients, ()}
        assert found.pec_id == whole.pec_id
