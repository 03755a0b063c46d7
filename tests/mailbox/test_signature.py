"""A provider's signature is good, bad or absent, and never good for another's words."""

import base64
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from coalizione_mailer.mailbox import mime
from coalizione_mailer.mailbox.authorities import Authorities
from coalizione_mailer.mailbox.reading import Signature, SignatureState
from coalizione_mailer.mailbox.signature import verify
from tests.support.pec_provider import (
    ADDRESS,
    NOW,
    Identity,
    Provider,
    Receipt,
    certified,
    key,
    name,
    root,
)

RECEIPT = Receipt()
NOBODY = Authorities()


def verdict(raw: bytes, authorities: Authorities = NOBODY) -> Signature:
    return verify(mime.parse(raw), authorities, NOW).signature


def self_signed(common: str = "Nessuno", email: str | None = ADDRESS, kind: str = "ec") -> Identity:
    own = key(kind, common)
    return Identity(own, certified(None, name(common), own, email=email, authority=False))


def test_a_receipt_as_signed_is_good_and_its_signer_shown(provider: Provider) -> None:
    found = verdict(RECEIPT.by(provider))
    assert found.state is SignatureState.GOOD
    assert found.signer == f"Posta Certificata Prova, Gestore di Prova S.p.A., {ADDRESS}"
    assert found.trusted is None


@pytest.mark.parametrize("pss", [False, True], ids=["PKCS 1", "PSS"])
def test_rsa_signatures_are_verified(pss: bool) -> None:  # noqa: FBT001  a parameter of the test
    found = verdict(RECEIPT.by(Provider(self_signed(kind="rsa"), pss=pss)))
    assert found.state is SignatureState.GOOD


def test_a_signature_around_the_content_is_verified_and_opened(provider: Provider) -> None:
    raw = provider.opaque(RECEIPT.top(), RECEIPT.content())
    signed = verify(mime.parse(raw), NOBODY, NOW)
    assert signed.signature.state is SignatureState.GOOD
    assert [part.filename for part in mime.walk(signed.content)][-1] == "daticert.xml"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_mailbox_may_have_changed_the_line_ends(provider: Provider, end: bytes) -> None:
    assert verdict(RECEIPT.by(provider).replace(b"\r\n", end)).state is SignatureState.GOOD


def test_one_changed_letter_makes_it_bad(provider: Provider) -> None:
    raw = RECEIPT.by(provider).replace(b"--dentro\r\n", b"--dentro\r\nX-Altro: si\r\n", 1)
    found = verdict(raw)
    assert (found.state, found.reason) == (SignatureState.BAD, "content-changed")


def test_the_signature_of_another_receipt_is_bad(provider: Provider) -> None:
    other = RECEIPT.but(identifier="opec2@gestore.example").content()
    der = provider.cms(other, pkcs7.PKCS7Options.DetachedSignature)
    found = verdict(replace_signature(RECEIPT.by(provider), der))
    assert (found.state, found.reason) == (SignatureState.BAD, "content-changed")


def test_attributes_that_were_not_signed_are_bad(provider: Provider) -> None:
    der = bytearray(provider.cms(RECEIPT.content(), pkcs7.PKCS7Options.DetachedSignature))
    der[-1] ^= 1
    found = verdict(replace_signature(RECEIPT.by(provider), bytes(der)))
    assert (found.state, found.reason) == (SignatureState.BAD, "signature-wrong")


def test_a_receipt_that_is_not_signed_is_told_from_a_bad_one() -> None:
    headers = "".join(f"{header}: {value}\r\n" for header, value in RECEIPT.top().items())
    assert verdict(headers.encode() + RECEIPT.content()).state is SignatureState.ABSENT


def test_a_signature_that_was_taken_away_is_absent(provider: Provider) -> None:
    raw = RECEIPT.by(provider).split(b"\r\n------firma\r\nContent-Type: application/x-pkcs7")[0]
    found = verdict(raw)
    assert (found.state, found.reason) == (SignatureState.ABSENT, "no-signature")


def test_a_signed_receipt_inside_an_unsigned_message_does_not_sign_it(provider: Provider) -> None:
    inner = RECEIPT.by(provider)
    start = inner.index(b"Content-Type: multipart/signed")
    raw = (
        b"X-Ricevuta: avvenuta-consegna\r\nFrom: posta-certificata@gestore.example\r\n"
        b'Content-Type: multipart/mixed; boundary="fuori"\r\n\r\n--fuori\r\n'
        + inner[start:]
        + b"\r\n--fuori--\r\n"
    )
    found = verdict(raw)
    assert (found.state, found.reason) == (SignatureState.ABSENT, "not-at-top")


@pytest.mark.parametrize(
    "junk", [b"", b"0", b"0\x80", b"MIIG", b"\x30\x82\xff\xff\x06\x09", b"\xff" * 99]
)
def test_a_signature_that_cannot_be_read_is_bad(provider: Provider, junk: bytes) -> None:
    head = RECEIPT.by(provider).split(b"Content-Transfer-Encoding: base64\r\n\r\nMI")[0]
    found = verdict(head + b"\r\n\r\n" + junk + b"\r\n------firma--\r\n")
    assert found.state is SignatureState.BAD


class TestWhoSigned:
    def test_another_provider_cannot_sign_for_this_one(self, authority: Identity) -> None:
        other = Provider(authority.issue("Altro Gestore", email="posta-certificata@altro.example"))
        found = verdict(RECEIPT.by(other))
        assert (found.trusted, found.reason) == (False, "other-signer")

    def test_a_person_s_certificate_makes_no_receipt(self, authority: Identity) -> None:
        person = Provider(authority.issue("Mario Bianchi", email="m.bianchi@gestore.example"))
        raw = person.sealed(RECEIPT.top("m.bianchi@gestore.example"), RECEIPT.content())
        found = verdict(raw)
        assert (found.trusted, found.reason) == (False, "not-a-provider")

    def test_a_certificate_without_an_address_is_left_to_the_authorities(
        self, authority: Identity, trusted: Authorities
    ) -> None:
        raw = RECEIPT.by(Provider(authority.issue("Senza Indirizzo", email=None)))
        assert verdict(raw).trusted is None
        assert verdict(raw, trusted).trusted is True


class TestAuthorities:
    def test_an_authority_vouches_for_its_provider(
        self, provider: Provider, trusted: Authorities
    ) -> None:
        assert verdict(RECEIPT.by(provider), trusted).trusted is True

    def test_whoever_signs_himself_is_not_believed(self, trusted: Authorities) -> None:
        found = verdict(RECEIPT.by(Provider(self_signed())), trusted)
        assert (found.state, found.trusted) == (SignatureState.GOOD, False)
        assert found.reason == "unknown-authority"

    def test_an_authority_of_the_same_name_is_not_the_same(self, trusted: Authorities) -> None:
        own = key("ec", "un impostore")
        false_root = Identity(
            own, certified(None, name("Autorità di Prova"), own, email=None, authority=True)
        )
        raw = RECEIPT.by(Provider(false_root.issue("Posta Certificata Prova"), (false_root,)))
        assert verdict(raw, trusted).trusted is False

    def test_authorities_in_between_come_with_the_message(
        self, authority: Identity, trusted: Authorities
    ) -> None:
        between = authority.issue("Intermedia", email=None, authority=True)
        signer = between.issue("Posta Certificata Intermedia")
        assert verdict(RECEIPT.by(Provider(signer, (between,))), trusted).trusted is True
        assert verdict(RECEIPT.by(Provider(signer)), trusted).trusted is False

    def test_a_provider_is_no_authority(self, authority: Identity, trusted: Authorities) -> None:
        provider = authority.issue("Posta Certificata Prova")
        forged = provider.issue("Posta Certificata Falsa")
        assert verdict(RECEIPT.by(Provider(forged, (provider,))), trusted).trusted is False

    def test_a_provider_s_own_certificate_can_be_named(self) -> None:
        own = self_signed()
        assert verdict(RECEIPT.by(Provider(own)), Authorities((own.der,))).trusted is True

    def test_the_certificate_had_to_be_valid_when_it_signed(
        self, authority: Identity, trusted: Authorities
    ) -> None:
        expired = authority.issue("Scaduta", until=NOW + timedelta(days=30))
        found = verdict(RECEIPT.by(Provider(expired)), trusted)
        assert (found.state, found.trusted) == (SignatureState.GOOD, False)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
def test_what_openssl_signs_is_good_and_what_we_call_good_openssl_does_too(
    tmp_path: Path, digest: str
) -> None:
    signer = self_signed("Con openssl", kind="rsa")
    made = signed_by_openssl(tmp_path, signer, "-md", digest)
    raw = replace_signature(RECEIPT.by(Provider(signer)), made)
    found = verdict(raw)
    assert found.state is SignatureState.GOOD
    assert found.reason == ("sha1" if digest == "sha1" else "")
    (tmp_path / "ours.eml").write_bytes(RECEIPT.by(Provider(signer)))
    checked = subprocess.run(
        ["openssl", "cms", "-verify", "-noverify", "-in", "ours.eml"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_digest_that_can_be_forged_proves_nothing(tmp_path: Path) -> None:
    signer = self_signed("Con openssl", kind="rsa")
    made = signed_by_openssl(tmp_path, signer, "-md", "md5")
    found = verdict(replace_signature(RECEIPT.by(Provider(signer)), made))
    assert (found.state, found.reason) == (SignatureState.BAD, "weak-digest")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_signature_without_attributes_is_over_the_content_itself(tmp_path: Path) -> None:
    signer = self_signed("Con openssl", kind="rsa")
    made = signed_by_openssl(tmp_path, signer, "-noattr")
    raw = replace_signature(RECEIPT.by(Provider(signer)), made)
    assert verdict(raw).state is SignatureState.GOOD
    changed = verdict(raw.replace(b"--dentro\r\n", b"--dentro\r\nX: y\r\n", 1))
    assert (changed.state, changed.reason) == (SignatureState.BAD, "content-changed")


def signed_by_openssl(folder: Path, signer: Identity, *options: str) -> bytes:
    (folder / "cert.pem").write_bytes(signer.pem)
    (folder / "key.pem").write_bytes(
        signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "content").write_bytes(RECEIPT.content())
    files = ["-signer", "cert.pem", "-inkey", "key.pem", "-in", "content", "-outform", "DER"]
    made = subprocess.run(
        ["openssl", "cms", "-sign", "-binary", *options, *files],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    return made.stdout


def replace_signature(raw: bytes, der: bytes) -> bytes:
    head = raw.split(b"Content-Transfer-Encoding: base64\r\n\r\nMI")[0]
    return (
        head
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(der)
        + b"\r\n------firma--\r\n"
    )


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_change_inside_what_is_signed_stays_good(data: st.DataObject) -> None:
    raw = RECEIPT.by(Provider(self_signed()))
    start = raw.index(b"------firma\r\n") + len(b"------firma\r\n")
    end = raw.index(b"\r\n------firma\r\nContent-Type: application/x-pkcs7")
    place = data.draw(st.integers(start, end - 1))
    byte = data.draw(st.integers(33, 126).filter(lambda each: each != raw[place]))
    changed = raw[:place] + bytes([byte]) + raw[place + 1 :]
    assert verdict(changed).state is not SignatureState.GOOD


@given(st.binary(max_size=300), st.integers(0, 10_000))
@settings(max_examples=150, deadline=None)
def test_no_broken_signature_raises(junk: bytes, place: int) -> None:
    provider = Provider(self_signed())
    der = provider.cms(RECEIPT.content())
    place %= len(der)
    broken = der[:place] + junk + der[place + len(junk) :]
    raw = replace_signature(RECEIPT.by(provider), broken)
    assert isinstance(verdict(raw, Authorities((root().der,))), Signature)
