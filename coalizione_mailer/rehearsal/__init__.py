"""The built-in, hostile mail world: a server on this machine that misbehaves on a script.

What it truly took stands in its ``record``, so that a ledger can be held against it.
"""
