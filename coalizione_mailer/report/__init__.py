"""What a campaign came to: the figures, computed once, and the forms in which they are told.

``record.read`` asks the ledger, ``figures.figures`` computes; ``page`` is for people, ``account``
for programs. No figure is computed anywhere else.
"""
