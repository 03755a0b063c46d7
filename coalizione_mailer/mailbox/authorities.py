"""Whom to believe: the certificate authorities that the campaign names (RFC 5280, 6.1, in part).

A path leads from the signer through the certificates it brought to one that was named, each link
a signature, each certificate valid at the moment given. Revocation, policies and name constraints
are not looked at: nothing here asks the network, and who is named here is named on purpose.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from coalizione_mailer.errors import Code, Problem, ProblemsError

MOST_BYTES = 4 * 1024 * 1024
MOST_CERTIFICATES = 20  # brought by one message; more are left out

# What the libraries raise on structures that are broken or algorithms that they do not know.
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)

_HASHES = {name.lower(): name for name in ("SHA1", "SHA224", "SHA256", "SHA384", "SHA512")}


@dataclass(frozen=True, slots=True)
class Authorities:
    """The certificates to trust, as DER: authorities, or a provider's own."""

    certificates: tuple[bytes, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What tells these from others, whatever their order: a SHA-256; empty for none."""
        if not self.certificates:
            return ""
        return hashlib.sha256(b"".join(sorted(set(self.certificates)))).hexdigest()

    def vouch(self, der: bytes, brought: Sequence[bytes], moment: datetime | None) -> bool:
        """Whether a path leads from a certificate to one of these, valid at the moment.

        Without a moment validity is not looked at.
        """
        anchors = [certificate(each) for each in self.certificates]
        others = [certificate(each) for each in brought[:MOST_CERTIFICATES]]
        waiting = [certificate(der)]
        seen: set[bytes] = set()
        while waiting:
            current = waiting.pop()
            if not _valid(current, moment) or current.dump() in seen:
                continue
            seen.add(current.dump())
            if current.dump() in self.certificates:
                return True
            if any(_valid(each, moment) and _issued(current, each) for each in anchors):
                return True
            waiting += [each for each in others if _issued(current, each)]
        return False


def load(paths: Iterable[Path]) -> Authorities:
    """Read certificates from PEM or DER files; raises ProblemsError with one problem a file."""
    found: list[bytes] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            with path.open("rb") as file:
                found += read(file.read(MOST_BYTES))
        except FileNotFoundError:
            problems.append(Problem(Code.FILE_MISSING, file=str(path)))
        except OSError as error:
            problems.append(Problem(Code.FILE_UNREADABLE, file=str(path), found=str(error)))
        except ValueError:
            problems.append(Problem(Code.AUTHORITY_WRONG, file=str(path)))
    if problems:
        raise ProblemsError(problems)
    return Authorities(tuple(dict.fromkeys(found)))


def read(data: bytes) -> list[bytes]:
    """Return the certificates in a PEM bundle or a DER file; raises ValueError where none is."""
    from asn1crypto import pem

    if not pem.detect(data):
        certificate(data)
        return [data]
    blocks = [der for name, _, der in pem.unarmor(data, multiple=True) if name == "CERTIFICATE"]
    if not blocks:
        raise ValueError(data[:40])
    for der in blocks:
        certificate(der)
    return blocks


@lru_cache(maxsize=256)
def certificate(der: bytes) -> Any:
    """Read one certificate, whole; raises ValueError."""
    from asn1crypto import x509

    found = x509.Certificate.load(der, strict=True)
    found.native  # noqa: B018  reads all of it, so that what is broken is found here
    return found


def holds(key: bytes, algorithm: Any, digest: str, signature: bytes, data: bytes) -> bool:
    """Whether a signature by this public key (SubjectPublicKeyInfo, DER) is over these bytes.

    ``digest`` counts where the algorithm does not name one. Raises ValueError and the like for
    what cannot be checked.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    scheme = algorithm.signature_algo
    try:
        public = load_der_public_key(key)
        match public:
            case rsa.RSAPublicKey() if scheme == "rsassa_pss":
                hashing = _hash(algorithm["parameters"]["hash_algorithm"]["algorithm"].native)
                salt = algorithm["parameters"]["salt_length"].native
                mask = algorithm["parameters"]["mask_gen_algorithm"]["parameters"]["algorithm"]
                frame = padding.PSS(padding.MGF1(_hash(mask.native)), salt)
                public.verify(signature, data, frame, hashing)
            case rsa.RSAPublicKey() if scheme == "rsassa_pkcs1v15":
                hashing = _hash(_named(algorithm) or digest)
                public.verify(signature, data, padding.PKCS1v15(), hashing)
            case ec.EllipticCurvePublicKey() if scheme == "ecdsa":
                public.verify(signature, data, ec.ECDSA(_hash(_named(algorithm) or digest)))
            case ed25519.Ed25519PublicKey() if scheme == "ed25519":
                public.verify(signature, data)
            case _:
                raise ValueError(scheme)
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as error:
        raise ValueError(scheme) from error
    return True


def _named(algorithm: Any) -> str:
    """Return the digest that a signature algorithm names; empty where it names none."""
    name = str(algorithm["algorithm"].native)
    return name.partition("_")[0] if name.endswith(("_rsa", "_ecdsa")) else ""


def _hash(name: str) -> Any:
    """Return the hash of that name; MD5 and older are refused, being forgeable at will."""
    from cryptography.hazmat.primitives import hashes

    if name not in _HASHES:
        raise ValueError(name)
    return getattr(hashes, _HASHES[name])()


def _valid(found: Any, moment: datetime | None) -> bool:
    """Whether a certificate is valid at a moment (RFC 5280, 4.1.2.5)."""
    if moment is None:
        return True
    validity = found["tbs_certificate"]["validity"]
    return bool(validity["not_before"].native <= moment <= validity["not_after"].native)


def _issued(child: Any, issuer: Any) -> bool:
    """Whether the issuer, being an authority, signed the child."""
    constraints = issuer.basic_constraints_value
    if constraints is not None and not constraints["ca"].native:
        return False
    if constraints is None and issuer["tbs_certificate"]["version"].native == "v3":
        return False
    if child.issuer.dump() != issuer.subject.dump() and child.issuer != issuer.subject:
        return False
    try:
        return holds(
            issuer.public_key.dump(),
            child["signature_algorithm"],
            "",
            child["signature_value"].native,
            child["tbs_certificate"].dump(),
        )
    except BROKEN:
        return False
