"""Variable-data printing (ISO 16612-2): one form for all letters, overprinted with what differs.

``docs/overprint.md`` has the idea and a drawing. ``outline`` splits a letter into what it shares
and its own lines; ``shaping`` sets the lines; ``form`` is the PDF they are printed on; ``proof``
compares a letter so made with one that was set whole.
"""

FEWEST = 16
"""Letters of one outline that are worth a form: fewer are set whole, to the same end."""
