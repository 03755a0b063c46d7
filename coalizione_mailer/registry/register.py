"""The register of Comuni, read with one population column, and asked for its Comuni."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coalizione_mailer.model import Comune
from coalizione_mailer.registry.gazetteer import Gazetteer
from coalizione_mailer.registry.history import CodeHistory, Found


@dataclass(frozen=True, slots=True)
class Register:
    """All Comuni in the order of the file; ``populations`` are the columns to choose from.

    ``history`` is what is known of codes that are older or newer than the file's.
    """

    comuni: tuple[Comune, ...]
    population: str
    populations: tuple[str, ...] = ()
    history: CodeHistory = field(default=CodeHistory(), repr=False)
    _gazetteer: Gazetteer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_gazetteer", Gazetteer(self.comuni, self.history))

    @property
    def by_istat(self) -> Mapping[str, Comune]:
        """Comuni by ISTAT code, six digits."""
        return self._gazetteer.by_istat

    @property
    def by_catastale(self) -> Mapping[str, Comune]:
        """Comuni by cadastral code."""
        return self._gazetteer.by_catastale

    def follow(self, code: str) -> tuple[Found, ...]:
        """Return the Comuni an ISTAT or cadastral code leads to: its own first (``Found``)."""
        return self.history.find(code, self.by_istat, self.by_catastale)

    def find(self, text: str) -> Comune:
        """Return the one Comune a name, an ISTAT code or a cadastral code means, old or new.

        Raises ProblemsError with COMUNE_UNKNOWN or COMUNE_AMBIGUOUS; ``expected`` has the nearest
        names, or the candidates, each in a form that ``find`` takes back.
        """
        return self._gazetteer.find(text)

    def search(self, text: str) -> list[Comune]:
        """Return the Comuni that answer a search, best first; none when nothing does."""
        return self._gazetteer.search(text)

    def near(self, text: str) -> list[Comune]:
        """Return the Comuni whose names are spelled most alike, to be suggested."""
        return self._gazetteer.near(text)
