"""A PEC provider nobody else knows: it signs receipts and envelopes as RFC 6109 has them.

Written apart from the reader and from the rehearsal's provider, with another library's CMS.
"""

import base64
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

ADDRESS = "posta-certificata@gestore.example"
OURS = "<0a1b2c3d@spedizioni.example>"
IDENTIFIER = "opec1.20170920101500.1@gestore.example"
US = "protocollo@pec.associazione.example"
THEM = "protocollo@pec.comune.example"
NOW = datetime(2017, 9, 20, 10, 15, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)  # the builder signs with the clock of the machine

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def key(kind: str, whose: str) -> Key:
    """Return a key, the same one for the same person in one run."""
    assert whose
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Gestore di Prova S.p.A."),
        ]
    )


@dataclass(frozen=True)
class Identity:
    """A key and its certificate."""

    key: Key
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self,
        common: str,
        *,
        email: str | None = ADDRESS,
        authority: bool = False,
        own: Key | None = None,
        since: datetime = NOW - timedelta(days=365),
        until: datetime = FAR,
    ) -> "Identity":
        own = own or key("ec", common)
        return Identity(
            own,
            certified(
                self, name(common), own, email=email, authority=authority, since=since, until=until
            ),
        )


def certified(
    issuer: Identity | None,
    subject: x509.Name,
    own: Key,
    *,
    email: str | None,
    authority: bool,
    since: datetime = NOW - timedelta(days=365),
    until: datetime = FAR,
) -> x509.Certificate:
    """Make a certificate; without an issuer it signs itself."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )
    if email:
        names = x509.SubjectAlternativeName([x509.RFC822Name(email)])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer.key if issuer else own, hashes.SHA256())


def root(common: str = "Autorità di Prova") -> Identity:
    """Return an authority that signs itself."""
    own = key("ec", common)
    return Identity(own, certified(None, name(common), own, email=None, authority=True))


@dataclass(frozen=True)
class Provider:
    """Signs as one identity, bringing other certificates along."""

    identity: Identity
    brought: tuple[Identity, ...] = ()
    pss: bool = False

    def cms(self, data: bytes, *options: pkcs7.PKCS7Options) -> bytes:
        builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
        frame = (
            padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
            if self.pss
            else None
        )
        builder = builder.add_signer(
            self.identity.certificate, self.identity.key, hashes.SHA256(), rsa_padding=frame
        )
        for each in self.brought:
            builder = builder.add_certificate(each.certificate)
        return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])

    def sealed(self, headers: dict[str, str], content: bytes) -> bytes:
        """Return multipart/signed around one part, which is signed as it stands."""
        signature = base64.encodebytes(
            self.cms(content, pkcs7.PKCS7Options.DetachedSignature)
        ).replace(b"\n", b"\r\n")
        top = {
            **headers,
            "MIME-Version": "1.0",
            "Content-Type": (
                'multipart/signed; protocol="application/x-pkcs7-signature"; '
                'micalg="sha-256"; boundary="----firma"'
            ),
        }
        return (
            lines(top)
            + b"\r\nThis is an S/MIME signed message\r\n\r\n------firma\r\n"
            + content
            + b"\r\n------firma\r\n"
            + b'Content-Type: application/x-pkcs7-signature; name="smime.p7s"\r\n'
            + b"Content-Transfer-Encoding: base64\r\n\r\n"
            + signature
            + b"\r\n------firma--\r\n"
        )

    def opaque(self, headers: dict[str, str], content: bytes) -> bytes:
        """Return application/pkcs7-mime with the part inside the signature."""
        top = {
            **headers,
            "MIME-Version": "1.0",
            "Content-Type": 'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"',
            "Content-Transfer-Encoding": "base64",
        }
        return lines(top) + b"\r\n" + base64.encodebytes(self.cms(content))


def lines(headers: dict[str, str]) -> bytes:
    return "".join(f"{key}: {value}\r\n" for key, value in headers.items()).encode()


@dataclass(frozen=True)
class Receipt:
    """What a receipt says; every field can be changed, ``daticert`` as a whole too."""

    kind: str = "avvenuta-consegna"
    title: str = "Ricevuta di avvenuta consegna"
    error: str = "nessuno"
    detail: str = ""
    delivered: str = THEM
    recipients: tuple[tuple[str, str], ...] = ((THEM, "certificato"),)
    message_id: str = OURS
    identifier: str = IDENTIFIER
    writer: str = US
    sentence: str = ""
    daticert: bytes | None = None
    with_daticert: bool = True
    file_name: str = "daticert.xml"
    postacert: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def but(self, **changes: object) -> "Receipt":
        return replace(self, **changes)  # type: ignore[arg-type]

    def xml(self) -> bytes:
        inside = "".join(
            f'<destinatari tipo="{kind}">{escape(each)}</destinatari>'
            for each, kind in self.recipients
        )
        optional = f"<consegna>{escape(self.delivered)}</consegna>" if self.delivered else ""
        optional += f"<errore-esteso>{escape(self.detail)}</errore-esteso>" if self.detail else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<postacert tipo="{self.kind}" errore="{self.error}">\n<intestazione>'
            f"<mittente>{self.writer}</mittente>{inside}<risposte>{self.writer}</risposte>"
            "<oggetto>Invito</oggetto></intestazione>\n<dati>"
            "<gestore-emittente>Gestore di Prova S.p.A.</gestore-emittente>"
            '<data zona="+0200"><giorno>20/09/2017</giorno><ora>12:15:00</ora></data>'
            f"<identificativo>{self.identifier}</identificativo>"
            f"<msgid>{escape(self.message_id)}</msgid>{optional}</dati></postacert>\n"
        ).encode()

    def text(self) -> str:
        return (
            f'{self.title}\n\nIl messaggio "Invito" proveniente da "{self.writer}"\n'
            f"{self.sentence}\nIdentificativo messaggio: {self.identifier}\n"
        )

    def content(self) -> bytes:
        """Return the part that is signed."""
        parts = [
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(self.text().encode()),
        ]
        if self.with_daticert:
            parts.append(
                f'Content-Type: application/xml; name="{self.file_name}"\r\n'
                f'Content-Disposition: inline; filename="{self.file_name}"\r\n'
                "Content-Transfer-Encoding: base64\r\n\r\n".encode()
                + base64.encodebytes(self.xml() if self.daticert is None else self.daticert)
            )
        if self.postacert is not None:
            parts.append(
                b'Content-Type: message/rfc822; name="postacert.eml"\r\n\r\n' + self.postacert
            )
        content = (
            b'Content-Type: multipart/mixed; boundary="dentro"\r\n\r\n'
            + b"".join(b"--dentro\r\n" + part + b"\r\n" for part in parts)
            + b"--dentro--\r\n"
        )
        return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def top(self, sender: str = ADDRESS) -> dict[str, str]:
        return {
            "X-Ricevuta": self.kind,
            "X-Riferimento-Message-ID": self.message_id,
            "From": sender,
            "To": US,
            "Subject": "CONSEGNA: Invito",
            "Message-ID": "<ricevuta.1@gestore.example>",
            "Date": "Wed, 20 Sep 2017 12:15:00 +0200",
            **self.headers,
        }

    def by(self, provider: Provider) -> bytes:
        return provider.sealed(self.top(), self.content())


def envelope(
    provider: Provider, inner: bytes, transport: str = "posta-certificata", writer: str = THEM
) -> bytes:
    """Wrap a message as a provider does; the anomaly envelope (``errore``) has no daticert."""
    certified_ = transport == "posta-certificata"
    title = "Messaggio di posta certificata" if certified_ else "Anomalia nel messaggio"
    content = Receipt(
        kind=transport,
        title=title,
        writer=writer,
        delivered="",
        message_id="<il-loro@pec.comune.example>",
        with_daticert=certified_,
        postacert=inner,
    ).content()
    return provider.sealed(
        {
            "X-Trasporto": transport,
            "X-Riferimento-Message-ID": "<il-loro@pec.comune.example>",
            "From": f'"Per conto di: {writer}" <{ADDRESS}>',
            "Reply-To": writer,
            "To": US,
            "Subject": "POSTA CERTIFICATA: Avviso di mancata consegna",
            "Message-ID": f"<{IDENTIFIER}>",
            "Date": "Wed, 20 Sep 2017 12:15:00 +0200",
        },
        content,
    )


def letter(sender: str = THEM, text: str = "Il Sindaco sarà presente.\n", **headers: str) -> bytes:
    """Return an ordinary message."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = US
    message["Subject"] = "R: Invito"
    message["Message-ID"] = "<risposta.1@comune.example>"
    message["Date"] = "Wed, 20 Sep 2017 12:00:00 +0200"
    for header, value in headers.items():
        del message[header.replace("_", "-")]
        message[header.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()
