"""Which Comune answers: from the thread, the sender's address, the text, in this order.

A name is a Comune's only where the writer says so ("il Comune di …", "Sindaco di …", his
signature); homonyms are told apart by their province. What disagrees is told, never decided.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from coalizione_mailer.mailbox.reply.answer import Answer, Occasion, ReplyKind, Why
from coalizione_mailer.mailbox.reply.vocabulary import vocabulary
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
class Place:
    """The Comune that answers, if it can be known, and why a person should look."""

    comune: Comune | None = None
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
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
            for form, named in self._forms(bare):
                if form in self._squeezed and (
                    named
                    or official
                    or (not sure and place + 1 < len(labels) and labels[place + 1] in self._regions)
                ):
                    return self._fitting(self._squeezed[form], labels[place + 1 :] + labels[:place])
        return ()

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

    def named(self, text: str) -> Iterator[_Named]:
        """Give the Comuni a text names as the writer's own, in order."""
        text = text[:_MOST_TEXT]
        for found in _SAID.finditer(text):
            yield _Named(self.at(text, found.end()), said=True)

    def loosely_named(self, text: str) -> Iterator[_Named]:
        """Give the Comuni that a text names in any other way."""
        text = text[:_MOST_TEXT]
        for found in _FROM.finditer(text):
            yield _Named(self.at(text, found.end()), said=False)

    def whole_lines(self, text: str) -> Iterator[_Named]:
        """Give the Comuni that stand alone at the end of a line or before its dash."""
        for line in text[:_MOST_TEXT].split("\n"):
            for piece in re.split(r"\s[-\u2013|]\s|,\s", line[:200]):
                comuni = self.at(piece, 0, whole=True)
                if comuni:
                    yield _Named(comuni, said=False)

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


def place_of(answer: Answer, atlas: Atlas, threads: Mapping[str, str], occasion: Occasion) -> Place:
    """Say which Comune answers, and whether that is sure."""
    thread = atlas.of_thread(answer.references, threads)
    address = atlas.of_address(answer.sender)
    said, hinted = _in_text(answer, atlas, occasion)
    own = _agreed(said, address, thread)
    if thread is not None:
        return _with_thread(thread, address, own)
    found = address or own or hinted
    if address and own and not set(own) & set(address):
        return Place(own[0] if len(own) == 1 else None, (Why.COMUNE_CONTRADICTED,))
    if len(found) > 1:
        found = _only(found, own or hinted, address)
    comune = found[0] if len(found) == 1 else None
    return Place(comune, _doubts(answer, comune, address))


def _agreed(
    said: list[tuple[Comune, ...]],
    address: tuple[Comune, ...],
    thread: Comune | None,
) -> tuple[Comune, ...]:
    """Return what the text says: what agrees with thread or address, else the last it says."""
    known = {comune for comune in (*address, thread) if comune is not None}
    for comuni in said:
        both = tuple(comune for comune in comuni if comune in known)
        if both:
            return both
    return said[0] if said else ()


def _only(
    found: tuple[Comune, ...],
    other: tuple[Comune, ...],
    address: tuple[Comune, ...],
) -> tuple[Comune, ...]:
    """Tell homonyms apart by what else is known."""
    both = tuple(comune for comune in found if comune in other or comune in address)
    return both if len(both) == 1 else found


def _with_thread(thread: Comune, address: tuple[Comune, ...], own: tuple[Comune, ...]) -> Place:
    """Hold the thread against the address and the text."""
    if address and thread not in address:
        comune = own[0] if len(own) == 1 else address[0] if len(address) == 1 else None
        return Place(comune or thread, (Why.COMUNE_CONTRADICTED,))
    if own and thread not in own and not address:
        return Place(own[0] if len(own) == 1 else thread, (Why.COMUNE_CONTRADICTED,))
    return Place(thread)


def _doubts(answer: Answer, comune: Comune | None, address: tuple[Comune, ...]) -> tuple[Why, ...]:
    """Say why a Comune that no thread tells is not sure; only a person's mail matters."""
    if answer.kind is not ReplyKind.REPLY:
        return ()
    if is_private(answer.sender):
        return (Why.COMUNE_UNKNOWN, Why.STRANGER) if comune is None else (Why.STRANGER,)
    if comune is None:
        return (Why.COMUNE_UNKNOWN,)
    return () if address else (Why.STRANGER,)


def is_private(address: str) -> bool:
    """Whether an address is of a provider at which anybody can have one."""
    labels = address.rpartition("@")[2].lower().split(".")
    return any(label in vocabulary().lists["consumer"] for label in labels[:-1][-1:])


def _in_text(
    answer: Answer,
    atlas: Atlas,
    occasion: Occasion,
) -> tuple[list[tuple[Comune, ...]], tuple[Comune, ...]]:
    """Return what the writer says his Comune is, most telling first, and what is only hinted."""
    letter, signature = answer.body or answer.own_text, answer.signature
    said = [
        named.comuni
        for text in (signature, letter, answer.subject)
        for named in atlas.named(text)
        if named.comuni and not _venue(named.comuni, occasion)
    ]
    keyed = [
        comuni
        for found in re.finditer(
            r"(?im)^[\s*•-]{0,6}(?:comune|ente)(?: di appartenenza)?\s{0,3}[:|=]\s{0,4}",
            answer.own_text[:_MOST_TEXT],
        )
        if (
            comuni := atlas.at(
                re.sub(
                    r"(?i)^comune\s(?:di\s)?",
                    "",
                    answer.own_text[found.end() : found.end() + 100].split("\n")[0],
                ),
                0,
            )
        )
    ]
    hints = [
        *(named for named in atlas.whole_lines(signature)),
        *(named for text in (letter, signature) for named in atlas.loosely_named(text)),
    ]
    hinted = [each.comuni for each in hints if each.comuni and not _venue(each.comuni, occasion)]
    return [*keyed, *said], hinted[0] if hinted else ()


def _venue(comuni: tuple[Comune, ...], occasion: Occasion) -> bool:
    """Whether the name is that of the town where the event is."""
    return all(normal(comune.denominazione) in occasion.words for comune in comuni)
