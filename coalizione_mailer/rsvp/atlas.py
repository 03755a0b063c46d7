"""The register asked by the names that addresses and letters use for a Comune.

Homonyms are told apart by their province, or by its region, since provinces change.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from coalizione_mailer.model import Comune
from coalizione_mailer.registry.gazetteer import names_of
from coalizione_mailer.registry.names import loose, normal
from coalizione_mailer.registry.register import Register

_MOST_TEXT = 12_000
_MOST_WORDS = 7  # of a Comune's name
_WORDS = re.compile(r"[^\W_]+")
_SAID = re.compile(
    r"\b(?:comun[ei]|citt[aàá]['\u2019]?|municipio|amministrazione(?:\s+comunale)?"
    r"|sindac[oa]|vicesindac[oa]|vice\s+sindac[oa]"
    r"|assessor[ea]|consiglier[ea]|stadtgemeinde|gemeinde|commune"
    r"|giunta(?:\s+comunale)?|municipalit[aà]|town|ente"
    r"|segretari[oa](?:\s+comunale)?)\s+"
    r"(?:comunale\s+)?(?:di|del|della|dell['\u2019]|de|d['\u2019]|dello|dei|degli|von|von\s+der)\s*",
    re.IGNORECASE,
)
_FROM = re.compile(r"\b(?:da|per|di)\s+(?=[A-ZÀ-Ý])")
_PROVINCE = re.compile(
    r"\s{0,2}[(,\-/]\s{0,2}(?:prov(?:incia)?\.?\s(?:di\s)?)?([A-Za-zÀ-ÿ' ]{2,22})\s{0,2}\)?"
)
_LABEL = re.compile(r"[a-z0-9]+")
_OFFICIAL = re.compile(r"^(?:pec|cert|postacert|mail|www|protocollo|posta|sindaco|legalmail)$")
_PREFIXES = (
    "comunedi",
    "comunedel",
    "comunedella",
    "comunedell",
    "comune",
    "cittadi",
    "cittadel",
    "citta",
    "municipiodi",
    "municipio",
)


@dataclass(frozen=True, slots=True)
class Named:
    """Comuni that a stretch of text may mean; ``said``: the writer says that it is his."""

    comuni: tuple[Comune, ...]
    said: bool


class Atlas:
    """A register asked by the names that addresses and letters use; built when first asked."""

    def __init__(self, register: Register) -> None:
        self.register = register

    @cached_property
    def _squeezed(self) -> Mapping[str, tuple[Comune, ...]]:
        """Comuni by their names without blanks, with and without articles: as domains have them."""
        found: dict[str, dict[str, Comune]] = {}
        for comune in self.register.comuni:
            for name in names_of(comune):
                for form in {normal(name), loose(name)}:
                    found.setdefault(form.replace(" ", ""), {})[comune.codice_istat] = comune
        return {key: tuple(all_.values()) for key, all_ in found.items()}

    @cached_property
    def _loosely(self) -> Mapping[str, tuple[Comune, ...]]:
        found: dict[str, dict[str, Comune]] = {}
        for comune in self.register.comuni:
            for name in names_of(comune):
                for form in {loose(name), normal(name)}:
                    found.setdefault(form, {})[comune.codice_istat] = comune
        return {key: tuple(all_.values()) for key, all_ in found.items()}

    @cached_property
    def _regions(self) -> Mapping[str, str]:
        """Regions by sigla and name of province."""
        regions = {
            "ss": "Sardegna",
            "ot": "Sardegna",
            "og": "Sardegna",
            "vs": "Sardegna",
            "ci": "Sardegna",
            "ca": "Sardegna",
            "nu": "Sardegna",
            "su": "Sardegna",
        }
        for comune in self.register.comuni:
            regions[comune.sigla.lower()] = comune.regione
            regions[normal(comune.provincia)] = comune.regione
        return regions

    def of_thread(self, references: Iterable[str], threads: Mapping[str, str]) -> Comune | None:
        """Return whom our message that is answered was written to."""
        for reference in references:
            code = threads.get(reference.strip("<> "))
            found = self.register.follow(code) if code else ()
            if found:
                return found[0].comune
        return None

    def of_address(self, address: str) -> tuple[Comune, ...]:
        """Return the Comuni an address may be of, by its domain or else its local part."""
        local, _, domain = address.lower().rpartition("@")
        labels = domain.split(".")[:-1]
        hosts = self._of_labels(labels)
        return hosts or (self._of_labels(re.split(r"[._]", local), sure=True) if local else ())

    def _of_labels(self, labels: list[str], *, sure: bool = False) -> tuple[Comune, ...]:
        """Find the label that is a Comune's name; the next one, or another, may be its province."""
        official = any(label.startswith(("comune", "citta", "municipio")) for label in labels)
        for place, label in enumerate(labels):
            bare = "".join(_LABEL.findall(label))
            if _OFFICIAL.fullmatch(bare) or len(bare) < 3:  # noqa: PLR2004
                continue
            beyond = labels[place + 1 : place + 2]
            for form, named in self._forms(bare):
                if form in self._squeezed and (
                    named
                    or official
                    or (not sure and place + 1 < len(labels) and labels[place + 1] in self._regions)
                ):
                    found = self._fitting(
                        self._squeezed[form], labels[place + 1 :] + labels[:place]
                    )
                    if here := tuple(one for one in found if self._lies_in(one, beyond)):
                        return here
                if official and beyond and (begun := self._begun(form, beyond[0])):
                    return begun
        return ()

    def _lies_in(self, comune: Comune, province: list[str]) -> bool:
        """Whether a Comune is in the region of the province a domain names, if it names one."""
        region = self._regions.get(province[0]) if province else None
        return region is None or comune.regione == region

    def _begun(self, name: str, province: str) -> tuple[Comune, ...]:
        """Return the one Comune of a province whose name begins so: "comune.quartu.ca"."""
        region = self._regions.get(province)
        if region is None or len(name) < 5:  # noqa: PLR2004
            return ()
        found = {
            one.codice_istat: one
            for key, comuni in self._squeezed.items()
            if key.startswith(name)
            for one in comuni
            if one.regione == region and province in {one.sigla.lower(), normal(one.provincia)}
        }
        return tuple(found.values()) if len(found) == 1 else ()

    @staticmethod
    def _forms(bare: str) -> Iterator[tuple[str, bool]]:
        yield bare, False
        for prefix in _PREFIXES:
            if bare.startswith(prefix) and len(bare) > len(prefix) + 1:
                yield bare.removeprefix(prefix), True

    def _fitting(self, comuni: tuple[Comune, ...], hints: Iterable[str]) -> tuple[Comune, ...]:
        """Keep those of a province that is told, else of its region, since provinces change."""
        if len(comuni) == 1:
            return comuni
        for hint in hints:
            key = normal(hint)
            here = tuple(c for c in comuni if key in {c.sigla.lower(), normal(c.provincia)})
            region = self._regions.get(key)
            near = tuple(c for c in comuni if region and c.regione == region)
            if here or near:
                return here or near
        return comuni

    def named(self, text: str) -> Iterator[Named]:
        """Give the Comuni a text names as the writer's own, in order."""
        text = text[:_MOST_TEXT]
        for found in _SAID.finditer(text):
            yield Named(self.at(text, found.end()), said=True)

    def loosely_named(self, text: str) -> Iterator[Named]:
        """Give the Comuni that a text names in any other way."""
        text = text[:_MOST_TEXT]
        for found in _FROM.finditer(text):
            yield Named(self.at(text, found.end()), said=False)

    def whole_lines(self, text: str) -> Iterator[Named]:
        """Give the Comuni that stand alone at the end of a line or before its dash."""
        for line in text[:_MOST_TEXT].split("\n"):
            for piece in re.split(r"\s[-\u2013|]\s|,\s", line[:200]):
                comuni = self.at(piece, 0, whole=True)
                if comuni:
                    yield Named(comuni, said=False)

    def at(self, text: str, start: int, *, whole: bool = False) -> tuple[Comune, ...]:
        """Return the Comuni whose name begins here: the longest name counts."""
        words: list[re.Match[str]] = []
        for found in _WORDS.finditer(text, start, start + 90):
            between = text[(words[-1].end() if words else start) : found.start()]
            if re.search(
                r"[\n.,;:()|]",
                between.replace("S.", "S ").replace("s.", "s "),
            ) and not re.fullmatch(r"\.\s?", between):
                break
            words.append(found)
            if len(words) >= _MOST_WORDS:
                break
        if not words or not (words[0][0][0].isupper() or len(words[0][0]) == 1 or whole):
            return ()
        for count in range(len(words), 0, -1):
            end = words[count - 1].end()
            name = text[words[0].start() : end]
            comuni = self._loosely.get(normal(name)) or self._loosely.get(loose(name)) or ()
            if comuni and (
                not whole or not text[end:].strip(" ().,-'") or _PROVINCE.match(text, end)
            ):
                told = _PROVINCE.match(text, end)
                return self._fitting(comuni, [told[1]] if told else [])
        return ()
