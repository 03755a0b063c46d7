"""Names in forms filled in and in tables: "Cognome: Verdi", "Nominativo | Carica"."""

import re

from coalizione_mailer.mailbox.reply.mention import Mention
from coalizione_mailer.mailbox.reply.names import mentions_of
from coalizione_mailer.mailbox.reply.vocabulary import folded

_KEY = re.compile(
    r"^[\s*•-]{0,6}(?P<key>nome e cognome|cognome e nome|nome|cognome|nominativo"
    r"|partecipante|delegato|delegata|carica|ruolo|qualifica|funzione"
    r"|incarico)\s{0,3}(?:\([^)\n]{1,30}\)\s{0,2})?[:=|]\s{0,4}(?P<value>[^\n"
    r"|]{1,100})",
    re.IGNORECASE | re.MULTILINE,
)

_HEADINGS = {
    "nome": "given", "cognome": "family", "nominativo": "whole", "nominativi": "whole",
    "nome e cognome": "whole", "cognome e nome": "whole", "cognome nome": "whole",
    "nome cognome": "whole", "nome/cognome": "whole", "partecipante": "whole",
    "partecipanti": "whole", "delegato": "whole", "carica": "role", "ruolo": "role",
    "qualifica": "role", "funzione": "role", "incarico": "role", "telefono": "other",
    "cellulare": "other", "tel": "other", "email": "other", "e-mail": "other", "mail": "other",
    "recapito": "other", "comune": "other", "ente": "other", "n": "other", "nr": "other",
    "titolo": "other", "note": "other", "contatti": "other", "settore": "other", "#": "other",
}  # fmt: skip


def filled_in(letter: str) -> list[Mention]:
    """Read a form filled in: "Nome: Anna", "Cognome: Verdi", "Carica: sindaca"."""
    people: list[dict[str, str]] = []
    for found in _KEY.finditer(letter):
        key = folded(found["key"])
        value = " ".join(found["value"].split()).strip(" .,;*_")
        kind = {
            "carica": "role",
            "ruolo": "role",
            "qualifica": "role",
            "funzione": "role",
            "incarico": "role",
            "nome": "given",
            "cognome": "family",
        }.get(key, "whole")
        if (
            not people
            or (kind in people[-1] and kind != "role")
            or (kind == "whole" and people[-1])
        ):
            people.append({})
        people[-1].setdefault(kind, value)
    return [mention for each in people if (mention := _from_form(each)) is not None]


def tabled(letter: str) -> list[Mention]:
    """Read a table by its heading: "Cognome | Nome | Carica", or columns parted by blanks."""
    found: list[Mention] = []
    kinds: list[str] = []
    for line in letter.split("\n"):
        cells = _cells(line)
        named = [_HEADINGS.get(folded(cell).strip(" :.*"), "") for cell in cells]
        if sum(bool(kind) for kind in named) >= 2:  # noqa: PLR2004
            kinds = named
        elif kinds and len(cells) == len(kinds):
            person: dict[str, str] = {}
            for kind, cell in zip(kinds, cells, strict=True):
                if kind and cell:
                    person.setdefault(kind, cell)
            if (mention := _from_form(person)) is not None:
                found.append(mention)
        elif line.strip():
            kinds = []
    return found


def _cells(line: str) -> list[str]:
    """Return the cells of a line of a table; one for any other line."""
    parts = (
        line.strip().strip("|").split("|")
        if "|" in line
        else re.split(r"\t|\s{3,60}", line.strip())
    )
    return [part.strip() for part in parts]


def _from_form(each: dict[str, str]) -> Mention | None:
    whole = each.get("whole") or " ".join(
        part for part in (each.get("given"), each.get("family")) if part
    )
    if not whole:
        return None
    found = mentions_of(f"sig. {whole.title() if whole.islower() or whole.isupper() else whole}")
    if not found:
        return None
    role = each.get("role", "").lower() or found[0].role
    return Mention(found[0].name, role, 0, 0, 0, whole=found[0].whole)
