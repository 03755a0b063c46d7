"""A throw-away certificate authority, and the seals that the providers of the world sign with.

Every world has its own: what one provider signs nobody outside the rehearsal believes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_BITS = 2048
_VALID = timedelta(days=400)
_HASHES: Mapping[str, hashes.SHA256 | hashes.SHA512] = {
    "sha-256": hashes.SHA256(),
    "sha-512": hashes.SHA512(),
}
_DETACHED = (pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary)


@dataclass(frozen=True, slots=True)
class Seal:
    """A provider's key and certificate: what signs its receipts (RFC 6109, section 4.4)."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def sign(self, content: bytes, micalg: str = "sha-256") -> bytes:
        """Return the detached signature of these bytes, as DER (RFC 5652, section 5)."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
        builder = builder.add_signer(self.certificate, self.key, _HASHES[micalg])
        return builder.sign(serialization.Encoding.DER, _DETACHED)


class Authority:
    """Certifies providers; ``now`` (epoch seconds) is about when their seals are good."""

    def __init__(self, name: str, now: float) -> None:
        moment = datetime.fromtimestamp(now, tz=UTC)
        self._from, self._to = moment - _VALID, moment + _VALID
        self._key = rsa.generate_private_key(65537, _BITS)
        self._name = _name(name)
        builder = self._builder(self._name, self._key, x509.BasicConstraints(True, 0))  # noqa: FBT003
        usage = _usage(signs_certificates=True)
        self._certificate = builder.add_extension(usage, critical=True).sign(
            self._key, hashes.SHA256()
        )

    @property
    def pem(self) -> bytes:
        """The authority's own certificate: what those who trust it put into a file."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def seal(self, provider: str, address: str) -> Seal:
        """Certify a provider, whose certificate names the address that its receipts come from."""
        key = rsa.generate_private_key(65537, _BITS)
        builder = self._builder(_name(provider), key, x509.BasicConstraints(False, None))  # noqa: FBT003
        certificate = (
            builder.add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)  # noqa: FBT003
            .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), False)  # noqa: FBT003
            .sign(self._key, hashes.SHA256())
        )
        return Seal(certificate, key)

    def _builder(
        self, subject: x509.Name, key: rsa.RSAPrivateKey, constraints: x509.BasicConstraints
    ) -> x509.CertificateBuilder:
        """Begin a certificate (RFC 5280, section 4.2), with what all of them have."""
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._from)
            .not_valid_after(self._to)
            .add_extension(constraints, critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "IT"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, common),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
