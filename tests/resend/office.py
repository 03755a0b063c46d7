"""An office whose letters came back: a campaign in a folder, frozen, sent, answered."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from coalizione_mailer.campaign import Campaign, load
from coalizione_mailer.freeze import freeze
from coalizione_mailer.ledger import deliveries, receipts, reports
from coalizione_mailer.ledger.deliveries import Choice, Claim, Settlement
from coalizione_mailer.ledger.receipts import Receipt
from coalizione_mailer.ledger.reports import Standing
from coalizione_mailer.ledger.rounds import Round
from coalizione_mailer.ledger.store import Ledger
from coalizione_mailer.lifecycle import Event, Outcome, Phase, State, Strength
from coalizione_mailer.mailbox.reading import Cause
from coalizione_mailer.plan import plan
from coalizione_mailer.resend import Opening, Outlook, Wishes, open_round, outlook
from tests.support import campaign as small
from tests.support import letters

HOUR = 3600.0
DAY = 24 * HOUR
_WORDS = {
    Cause.DEAD: "5.1.1 - indirizzo non valido",
    Cause.FULL: "5.2.2 - casella piena",
    Cause.CONTENT: "5.7.1 - rifiutato",
    Cause.CLOSED: "5.7.1 - non accetta posta ordinaria",
    Cause.TEMPORARY: "4.4.7 - tempo scaduto",
    Cause.UNKNOWN: "",
}


@dataclass
class Office:
    """A campaign with its ledger, in a time of its own."""

    campaign: Campaign
    ledger: Ledger
    round: Round
    now: float = letters.FROZEN_AT + HOUR

    def standing(self, number: int) -> Standing:
        """Where a Comune stands, whatever rounds there were."""
        code = letters.comune(number).codice_catastale
        return next(one for one in self.overall() if one.codice_catastale == code)

    def overall(self) -> list[Standing]:
        with self.ledger.reading() as connection:
            return reports.overall(connection)

    def claims(self, opened: Round | None = None) -> list[Claim]:
        """Claim all that may leave in a round."""
        with self.ledger.writing() as connection:
            return deliveries.claim(
                connection, Choice((opened or self.round).id), 1000, now=self.now
            )

    def sent(self, opened: Round | None = None, answers: dict[int, Outcome] | None = None) -> None:
        """Send what may leave in a round; the server takes all but what it answers otherwise."""
        taken = Outcome(Event.TAKEN, Phase.END_OF_DATA, 250, "ok")
        by_code = {letters.comune(n).codice_catastale: one for n, one in (answers or {}).items()}
        claims = self.claims(opened)
        with self.ledger.writing() as connection:
            deliveries.settle(
                connection,
                [
                    Settlement(
                        one.delivery_id,
                        one.attempt,
                        by_code.get(one.codice_catastale, taken),
                        self.now,
                    )
                    for one in claims
                ],
            )

    def bounced(self, number: int, cause: Cause, delivery_id: int | None = None) -> None:
        """Let the letter to a Comune come back."""
        self._heard(number, Event.FAILURE, cause, delivery_id)

    def delivered(self, number: int, delivery_id: int | None = None) -> None:
        """Let the letter to a Comune be delivered."""
        self._heard(number, Event.DELIVERY, None, delivery_id)

    def _heard(
        self, number: int, event: Event, cause: Cause | None, delivery_id: int | None
    ) -> None:
        about = delivery_id or self.standing(number).delivery_id
        raw = f"{about} {event} {self.now}".encode()
        receipt = Receipt(
            sha256=hashlib.sha256(raw).hexdigest(),
            identity=hashlib.sha256(raw).hexdigest(),
            size=len(raw),
            kind="pec-errore-consegna" if event is Event.FAILURE else "pec-avvenuta-consegna",
            received_at=self.now,
            occurred_at=self.now,
            delivery_id=about,
            strength=Strength.STRONG,
            event=event,
            cause=cause.value if cause else None,
            diagnostic=_WORDS[cause] if cause else "",
        )
        with self.ledger.writing() as connection:
            receipts.keep(connection, [(receipt, raw)])
            deliveries.told(connection, {about: event}, now=self.now)

    def outlook(self, **wishes: object) -> Outlook:
        return outlook(self.ledger, self.campaign, Wishes(now=self.now, **wishes))  # type: ignore[arg-type]

    def again(self, **wishes: object) -> Round | None:
        """Open a round for all that may go again."""
        view = self.outlook(**wishes)
        return open_round(
            self.ledger, self.campaign, view.sendings, Opening(self.now, note="prova")
        )

    def corrects(
        self, number: int, address: str, day: str = "2017-09-30", channel: str = "pec"
    ) -> None:
        """Write an address of the office's own."""
        path = self.campaign.root / "data" / "correzioni.csv"
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.write_text("codice_istat,canale,indirizzo,fonte,data,nota\n", encoding="utf-8")
        with path.open("a", encoding="utf-8") as file:
            code = letters.comune(number).codice_istat
            file.write(f"{code},{channel},{address},correzione,{day},telefonata\n")

    def imports(self, number: int, address: str) -> None:
        """Let a newer file of IPA have another address."""
        self._rewrite(letters.address(number), address)

    def imports_back(self, number: int, address: str) -> None:
        """Let a newer file of IPA have the first address again."""
        self._rewrite(address, letters.address(number))

    def _rewrite(self, before: str, after: str) -> None:
        path = self.campaign.path(self.campaign.configuration.recipients.addresses)
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    def states(self) -> list[State]:
        """Where the Comuni stand, in the order of their numbers."""
        return [one.state for one in sorted(self.overall(), key=lambda one: one.codice_catastale)]


def opened(folder: Path, count: int, template: str = "") -> Office:
    """Freeze so many letters; ``template`` is the letter's, where it matters."""
    small.written(folder, count, 2525)
    if template:
        (folder / "invito" / "letter.html").write_text(template, encoding="utf-8")
    campaign = load(folder)
    ledger = Ledger.open(campaign.configuration.ledger.url, folder, now=letters.FROZEN_AT)
    first = freeze(
        ledger,
        campaign,
        plan(campaign).recipients,
        jobs=1,
        now=letters.FROZEN_AT,
        seen=lambda _prepared: None,
    )
    return Office(campaign, ledger, first)
