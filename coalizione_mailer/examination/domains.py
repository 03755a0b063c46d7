"""Domains that were meant otherwise, and those of PEC that many Comuni use."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from coalizione_mailer.registry.mailboxes import ORDINARY

CERTIFIED = frozenset(
    {
        "pec.it", "arubapec.it", "pec.aruba.it", "legalmail.it", "cert.legalmail.it",
        "postecert.it", "sicurezzapostale.it", "halleypec.it", "postacert.toscana.it",
        "cert.ruparpiemonte.it",
    }
)  # fmt: skip
"""Domains under which many have their PEC box."""

_MISTYPED: Mapping[str, str] = MappingProxyType(
    {
        # Slips of the finger; whoever owns these domains now would get the letter.
        "gmial.com": "gmail.com",
        "gmai.com": "gmail.com",
        "gmail.it": "gmail.com",  # Google gives no addresses there
        "hotmial.com": "hotmail.com",
        "lbero.it": "libero.it",
        "libero.com": "libero.it",
        "legalmial.it": "legalmail.it",
        "legamail.it": "legalmail.it",
        "pec.arruba.it": "pec.aruba.it",
    }
)

_MISTYPED_ENDS: Mapping[str, str] = MappingProxyType(
    # None of these exists as a top-level domain (IANA root zone).
    {"iit": "it", "itt": "it", "ti": "it", "con": "com", "cmo": "com", "comm": "com"}
)

_SHORTEST_ALIKE = 8
"""Shorter domains are one letter away from somebody else's all too often."""


@lru_cache
def meant(domain: str) -> tuple[str, bool] | None:
    """Return the domain that a mistyped one stands for, and whether that is certain."""
    if domain in ORDINARY or domain in CERTIFIED:
        return None
    if domain in _MISTYPED:
        return _MISTYPED[domain], True
    before, _, end = domain.rpartition(".")
    if end in _MISTYPED_ENDS:
        return f"{before}.{_MISTYPED_ENDS[end]}", True
    alike = _alike(domain)
    return (alike, False) if alike else None


def _alike(domain: str) -> str | None:
    """Return a known domain that is one slip of the finger away."""
    from rapidfuzz.distance import OSA

    for known in sorted(ORDINARY | CERTIFIED):
        if len(known) < _SHORTEST_ALIKE or abs(len(known) - len(domain)) > 1:
            continue
        if OSA.distance(domain, known, score_cutoff=1) == 1:
            return known
    return None
