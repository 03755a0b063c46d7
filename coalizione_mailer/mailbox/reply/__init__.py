"""What a person answers to the invitation: own words, the answer, who comes. Bytes to values.

``reader.read`` is the way in. Nothing here knows the register or the ledger: which Comune answers
is found in ``rsvp``.
"""
