"""Imports of official files: what would change, shown first; then written, all or nothing.

``plan_*`` return an ``Update`` and write nothing; ``apply`` writes one.
"""

from coalizione_mailer.updates.addresses import plan_addresses
from coalizione_mailer.updates.collector import uncollected
from coalizione_mailer.updates.comuni import plan_comuni
from coalizione_mailer.updates.mayors import plan_mayors
from coalizione_mailer.updates.population import plan_population
from coalizione_mailer.updates.store import apply, write
from coalizione_mailer.updates.update import Change, Topic, Update, Written

__all__ = [
    "Change",
    "Topic",
    "Update",
    "Written",
    "apply",
    "plan_addresses",
    "plan_comuni",
    "plan_mayors",
    "plan_population",
    "uncollected",
    "write",
]
