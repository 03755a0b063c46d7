"""A Comune becomes a letter, and a letter a message.

``context`` says what a template may speak of, ``italian`` how it is written, ``templates`` turns
both into texts, ``pdf`` turns the text into the PDF, ``message`` packs all of it (RFC 5322).
"""
