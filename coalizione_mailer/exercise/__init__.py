"""A whole campaign played on this machine, against the world of ``rehearsal``.

``stage`` makes the campaign, ``office`` does what an office does with the product's own use cases,
``play`` puts it in order, ``score`` holds the ledger against what truly happened.
"""

from coalizione_mailer.exercise.office import Act, Onlooker
from coalizione_mailer.exercise.play import Wishes, play
from coalizione_mailer.exercise.score import Fault, Score, Wrong

__all__ = ["Act", "Fault", "Onlooker", "Score", "Wishes", "Wrong", "play"]
