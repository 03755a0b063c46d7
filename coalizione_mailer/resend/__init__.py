"""Sending again what came back: who, why, to which better address, and the round that does it.

The letter is the same, with its number and date: only an address that was printed in it changes.
Nobody who has it, or may have it, is ever written to again.
"""

from coalizione_mailer.resend.cases import Case, cases
from coalizione_mailer.resend.decision import Decision, Held, Hold, Sending, Wishes
from coalizione_mailer.resend.letter import Again
from coalizione_mailer.resend.plan import Outlook, outlook
from coalizione_mailer.resend.proposals import Proposal, Source
from coalizione_mailer.resend.round import Opening, open_round, prepared, withdraw

__all__ = [
    "Again",
    "Case",
    "Decision",
    "Held",
    "Hold",
    "Opening",
    "Outlook",
    "Proposal",
    "Sending",
    "Source",
    "Wishes",
    "cases",
    "open_round",
    "outlook",
    "prepared",
    "withdraw",
]
