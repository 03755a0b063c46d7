"""What a template may speak of: the campaign file and, in the individual form, one Comune.

``campaign``, ``event``, ``protocol``, ``sender``, ``recipients`` and ``letter`` carry the keys of
``campaign.toml``; ``comune`` the columns of the register; ``destinatario`` the address used and who
heads the Comune.
"""

from dataclasses import fields
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from coalizione_mailer.model import Address, Channel, Comune, Recipient

if TYPE_CHECKING:
    from coalizione_mailer.campaign.configuration import Configuration

# The order in which they are offered to whoever mistypes one.
SECTIONS = ("campaign", "event", "protocol", "sender", "recipients", "letter")

SAMPLE = Recipient(
    Comune(
        codice_istat="000000",
        codice_catastale="X000",
        denominazione="Esempio",
        denominazione_altra_lingua="",
        provincia="Esempio",
        sigla="XX",
        regione="Esempio",
        ripartizione="Esempio",
        popolazione=5000,
        latitudine=0.0,
        longitudine=0.0,
    ),
    Address(Channel.PEC, "comune@pec.esempio.example"),
)
"""A Comune that is none, for checks that come before the register is read."""


def context(configuration: "Configuration", recipient: Recipient) -> dict[str, Any]:
    """Return what the templates see for this recipient.

    The circular form has neither ``comune`` nor ``destinatario``: one text for all cannot
    depend on who reads it.
    """
    from coalizione_mailer.campaign.configuration import Form

    if configuration.letter.form is Form.CIRCULAR:
        return shared(configuration)
    return shared(configuration) | personal(recipient, names=configuration.letter.names)


def shared(configuration: "Configuration") -> dict[str, Any]:
    """Return the part that is the same for every recipient."""
    written = {name: getattr(configuration, name).model_dump(by_alias=True) for name in SECTIONS}
    written["protocol"]["label"] = configuration.protocol.label
    written |= _reminded(configuration)
    return {name: _record(section) for name, section in written.items()}


def _reminded(configuration: "Configuration") -> dict[str, dict[str, Any]]:
    """Return what a reminder says of the letter before it, and of its own number."""
    from coalizione_mailer.campaign.configuration import Reminding

    if not isinstance(configuration, Reminding):
        return {}
    letter = configuration.invitation
    told = letter.model_dump() | {"label": letter.label}
    return {"invitation": told, "reminder": {"own_number": configuration.own_number}}


def personal(recipient: Recipient, *, names: bool = False) -> dict[str, Any]:
    """Return the part that belongs to one recipient; no person is named unless ``names`` says so.

    ``destinatario.nome`` is empty where nobody is to be named, or the name is not sure.
    """
    comune, address, holder = recipient.comune, recipient.address, recipient.officeholder
    return {
        "comune": SimpleNamespace(**{f.name: getattr(comune, f.name) for f in fields(comune)}),
        "destinatario": SimpleNamespace(
            carica=recipient.office.value,
            prefettizio=holder.prefectural if holder else False,
            nome=holder.name if holder and names else "",
            indirizzo=address.address,
            canale=address.channel.value,
        ),
    }


def _record(value: Any) -> Any:
    """Turn tables into records with attributes, all the way down.

    Plain dictionaries would let ``event.items`` mean a method where the file has a key.
    """
    if isinstance(value, dict):
        return SimpleNamespace(**{key: _record(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return [_record(item) for item in value]
    return value
