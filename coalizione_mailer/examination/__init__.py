"""Everything that can be known before the first letter leaves; nothing is written or sent."""

from coalizione_mailer.examination.offline import (
    PEC_LIMIT,
    Examination,
    examine,
    standing_in_the_way,
)
from coalizione_mailer.examination.policy import sender_policy, txt_records
from coalizione_mailer.examination.server import Greeting, greet

__all__ = [
    "PEC_LIMIT",
    "Examination",
    "Greeting",
    "examine",
    "greet",
    "sender_policy",
    "standing_in_the_way",
    "txt_records",
]
