"""Certificates of an authority that nobody else knows."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificates:
    """What a server on loopback needs to be believed, and what to believe it by."""

    context: ssl.SSLContext
    ca_file: Path

    @classmethod
    def made(cls, folder: Path, host: str = "127.0.0.1") -> "Certificates":
        """Make an authority, and a certificate for a host."""
        authority = trustme.CA()
        path = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(path))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(context)
        return cls(context, path)
