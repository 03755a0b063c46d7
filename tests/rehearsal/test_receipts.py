"""What the world's PEC providers write: signed as openssl wants it, certified as the rules say."""

import shutil
import subprocess
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from hashlib import sha1
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coalizione_mailer.rehearsal import mime
from coalizione_mailer.rehearsal.authority import Authority
from coalizione_mailer.rehearsal.certified import Posting, Provider, Ricevuta
from coalizione_mailer.rehearsal.daticert import Errore, Fact, Tipo, daticert
from coalizione_mailer.rehearsal.envelopes import anomaly, envelope
from coalizione_mailer.rehearsal.forgeries import _WAYS
from coalizione_mailer.rehearsal.providers import impostor, providers
from coalizione_mailer.rehearsal.receipts import receipt

NOW = 1_505_721_662.0
AT = datetime.fromtimestamp(NOW, tz=ZoneInfo("Europe/Rome"))
AUTHORITY = Authority("Autorità di prova", NOW)
PROVIDERS = providers(AUTHORITY)
LETTER = mime.message(
    (
        ("From", "segreteria@ente.example"),
        ("To", "protocollo@pec.borgo.example"),
        ("Subject", "Invito"),
        ("Message-ID", "<r1.a001.5eed@ente.example>"),
    ),
    mime.multipart(
        "mixed",
        "=_letter",
        (
            mime.text("Caro Sindaco, è un invito.\n"),
            mime.attached("application/pdf", "lettera.pdf", b"%PDF letter"),
        ),
    ),
)
POSTING = Posting(
    sender="segreteria@ente.example",
    recipient="protocollo@pec.borgo.example",
    external=False,
    subject="Invito <più> & altro",
    message_id="<r1.a001.5eed@ente.example>",
    identificativo="opec.1@pec.postacerta.example",
    content=LETTER,
)
DELIVERED = Fact(Tipo.AVVENUTA_CONSEGNA, AT)
DEAD = Fact(Tipo.ERRORE_CONSEGNA, AT, Errore.NO_DEST, "5.1.1 - Posta Certa - indirizzo non valido")

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is missing")


def verified(content: bytes, folder: Path, *, trusting: bytes | None = None) -> bool:
    """Ask openssl: is the signature right, and by whom we trust, if that is asked?"""
    (folder / "message.eml").write_bytes(content)
    (folder / "ca.pem").write_bytes(trusting or b"")
    trust = ("-CAfile", "ca.pem", "-attime", f"{NOW:.0f}") if trusting else ("-noverify",)
    command = ["openssl", "smime", "-verify", *trust, "-in", "message.eml", "-out", "said"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def parts(content: bytes) -> dict[str, Message]:
    """The named parts of a message, those of a message within it left out."""
    found: dict[str, Message] = {}

    def look(inside: Message) -> None:
        if name := inside.get_filename():
            found[name] = inside
        if inside.get_content_maintype() == "multipart":
            for part in inside.get_payload():
                assert isinstance(part, Message)
                look(part)

    look(message_from_bytes(content))
    return found


@needs_openssl
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_openssl_believes_what_every_provider_signs(provider: Provider, tmp_path: Path) -> None:
    for fact in (DELIVERED, DEAD):
        assert verified(receipt(provider, POSTING, fact), tmp_path, trusting=AUTHORITY.pem)
    wrapped = (envelope(provider, POSTING, AT), anomaly(provider, LETTER, "a@b.example", AT))
    assert all(verified(content, tmp_path, trusting=AUTHORITY.pem) for content in wrapped)


@needs_openssl
def test_openssl_believes_no_forged_signature(tmp_path: Path) -> None:
    stranger = impostor(Authority("Autorità di nessuno", NOW))
    forged = [way(PROVIDERS[0], stranger, POSTING, DEAD) for way in _WAYS]
    believed = [verified(content, tmp_path, trusting=AUTHORITY.pem) for content in forged]
    # The last is a true receipt, of another letter than its header says.
    assert believed == [False, False, False, False, True]
    # Of the others only the impostor's is a whole signature: it takes the authority to know better.
    assert [verified(content, tmp_path) for content in forged[:4]] == [False, True, False, False]


def test_the_certification_data_of_a_failure_is_written_as_the_rules_say() -> None:
    assert daticert(PROVIDERS[0], POSTING, DEAD).decode() == (
        """<?xml version="1.0" encoding="UTF-8"?>
<postacert tipo="errore-consegna" errore="no-dest">
  <intestazione>
    <mittente>segreteria@ente.example</mittente>
    <destinatari tipo="certificato">protocollo@pec.borgo.example</destinatari>
    <risposte>segreteria@ente.example</risposte>
    <oggetto>Invito &lt;più&gt; &amp; altro</oggetto>
  </intestazione>
  <dati>
    <gestore-emittente>Posta Certa S.p.A.</gestore-emittente>
    <data zona="+0200">
      <giorno>18/09/2017</giorno>
      <ora>10:01:02</ora>
    </data>
    <identificativo>opec.1@pec.postacerta.example</identificativo>
    <msgid>&lt;r1.a001.5eed@ente.example&gt;</msgid>
    <consegna>protocollo@pec.borgo.example</consegna>
    <errore-esteso>5.1.1 - Posta Certa - indirizzo non valido</errore-esteso>
  </dati>
</postacert>
"""
    )


def test_an_acceptance_names_all_and_no_one_recipient() -> None:
    text = daticert(PROVIDERS[0], POSTING, Fact(Tipo.ACCETTAZIONE, AT)).decode()
    assert "<consegna>" not in text
    assert "<destinatari" in text


@pytest.mark.parametrize(("share", "length"), [(1.0, None), (0.5, 0.5), (0.0, None)])
def test_certification_data_may_come_in_part_or_not_and_openssl_believes_it_all_the_same(
    share: float, length: float | None, tmp_path: Path
) -> None:
    written = receipt(PROVIDERS[0], POSTING, DELIVERED, share)
    whole = daticert(PROVIDERS[0], POSTING, DELIVERED)
    assert ("daticert.xml" in parts(written)) is bool(share)
    if share:
        data = parts(written)["daticert.xml"].get_payload(decode=True)
        assert data == whole[: int(len(whole) * (length or 1))]
    if shutil.which("openssl"):
        assert verified(written, tmp_path)


def test_a_notice_between_providers_names_who_took_it_and_no_delivery() -> None:
    text = daticert(PROVIDERS[0], POSTING, Fact(Tipo.PRESA_IN_CARICO, AT)).decode()
    assert "<ricezione>protocollo@pec.borgo.example</ricezione>" in text
    assert "<consegna>" not in text


@pytest.mark.parametrize("tipo", Tipo)
def test_a_receipt_says_in_its_header_what_it_is_and_of_which_letter(tipo: Tipo) -> None:
    if tipo is Tipo.POSTA_CERTIFICATA:
        head = message_from_bytes(envelope(PROVIDERS[0], POSTING, AT), policy=default)
        assert head["X-Trasporto"] == "posta-certificata"
        assert head["Message-ID"] == "<opec.1@pec.postacerta.example>"
        assert head["Reply-To"] == "segreteria@ente.example"
        return
    head = message_from_bytes(receipt(PROVIDERS[0], POSTING, Fact(tipo, AT)), policy=default)
    assert head["X-Ricevuta"] == tipo
    assert head["X-Riferimento-Message-ID"] == "<r1.a001.5eed@ente.example>"
    assert head["Subject"].endswith(": Invito <più> & altro")
    assert head["To"] == "segreteria@ente.example"
    assert head.get_content_type() == "multipart/signed"


def test_a_delivery_gives_the_letter_back_whole_in_short_or_not_at_all() -> None:
    given = {}
    for provider in PROVIDERS:
        found = parts(receipt(provider, POSTING, DELIVERED))
        assert {"daticert.xml", "smime.p7s"} <= found.keys()
        if not provider.habits.original_in_base64:  # which Python's own reader does not open
            given[provider.habits.ricevuta] = found.get("postacert.eml")
    assert given.keys() == set(Ricevuta)
    assert given[Ricevuta.SINTETICA] is None
    whole, short = given[Ricevuta.COMPLETA], given[Ricevuta.BREVE]
    assert whole is not None
    assert short is not None
    assert b"%PDF letter" in [part.get_payload(decode=True) for part in whole.walk()]
    named = [part for part in short.walk() if str(part.get_filename()).startswith("lettera")]
    assert [part.get_filename() for part in named] == ["lettera.pdf.hash"]
    digest = sha1(b"%PDF letter", usedforsecurity=False).hexdigest()
    assert str(named[0].get_payload()).strip() == digest


def test_failures_and_acceptances_give_nothing_back() -> None:
    for provider, fact in product(PROVIDERS, (DEAD, Fact(Tipo.ACCETTAZIONE, AT))):
        assert "postacert.eml" not in parts(receipt(provider, POSTING, fact))


def test_an_anomaly_envelope_has_no_certification_data_of_its_own() -> None:
    wrapped = anomaly(PROVIDERS[0], envelope(PROVIDERS[0], POSTING, AT), "a@b.example", AT)
    assert "daticert.xml" not in parts(wrapped)
    assert b"X-Trasporto: errore\r\n" in mime.head_of(wrapped)


def test_lines_end_and_fit_as_mail_wants_it() -> None:
    for provider in PROVIDERS:
        content = receipt(provider, POSTING, DELIVERED)
        assert content.count(b"\n") == content.count(b"\r\n")
        assert max(map(len, content.split(b"\r\n"))) <= 998
