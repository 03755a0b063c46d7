"""The PEC providers that ``[smtp] provider`` knows: their servers, and what they allow.

Only what is known with its source; a figure that a provider does not publish is left out, and the
office asks for it. What the campaign file says itself always wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType

NOT_PUBLISHED = "not published"


@unique
class Provider(StrEnum):
    """A provider by its key in the campaign file."""

    ARUBA = "aruba"
    LEGALMAIL = "legalmail"
    NAMIRIAL = "namirial"
    POSTE = "poste"


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known of a provider; ``*_source`` says where a figure comes from.

    ``largest`` is bytes of a message times its recipients; ``by_agreement`` tells that its
    contract forbids automatic programs unless agreed.
    """

    name: str
    host: str
    port: int
    security: str
    server_source: str
    limits: tuple[str, ...] = ()
    limits_source: str = NOT_PUBLISHED
    largest: int | None = None
    largest_source: str = NOT_PUBLISHED
    by_agreement: bool = False

    @property
    def defaults(self) -> dict[str, object]:
        """The keys of ``[smtp]`` that need not be written."""
        return {
            "host": self.host,
            "port": self.port,
            "security": self.security,
            "limits": list(self.limits),
        }


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        Provider.ARUBA: Preset(
            name="Aruba PEC",
            host="smtps.pec.aruba.it",
            port=465,
            security="tls",
            server_source="guide.pec.it, Configurare casella PEC",
            largest=100_000_000,
            largest_source="Aruba's conditions: 100 MB divided by the recipients",
        ),
        Provider.LEGALMAIL: Preset(
            name="Legalmail (InfoCert)",
            host="sendm.cert.legalmail.it",
            port=465,
            security="tls",
            server_source="InfoCert, Configurazione client di posta",
            limits=("6/minute",),
            limits_source="Legalmail's contract",
            by_agreement=True,
        ),
        Provider.NAMIRIAL: Preset(
            name="Namirial",
            host="smtps.sicurezzapostale.it",
            port=465,
            security="tls",
            server_source="the settings in use by programs for Namirial's boxes; not tried here",
        ),
        Provider.POSTE: Preset(
            name="Postecert (Poste Italiane)",
            host="mail.postecert.it",
            port=465,
            security="tls",
            server_source="postecert.poste.it, Configurazione",
        ),
    }
)
