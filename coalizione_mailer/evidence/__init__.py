"""Evidence handed over: the letters as sent, their messages, what came back, and the proof of each.

``sheaf`` names what there is, ``vault`` takes the bytes out of the ledger and holds them against
their hashes, ``binder`` writes a folder or a zip, ``handover`` does it in order.
"""

from coalizione_mailer.evidence.handover import Handed, Part, archive, folder, measure

__all__ = ["Handed", "Part", "archive", "folder", "measure"]
