"""Damage done to a file on its way: bits, pieces lost or doubled, cells swapped, ends cut off."""

from collections.abc import Callable
from random import Random

_TOKENS = (
    b'"',
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"\xff\xfe",
    b"\xc3",
    b"=1+1",
    b"999",
    b"-1",
    b"9" * 30,
    b"1e400",
    b"NA",
    b"null",
    b"31/02/2024",
    b"0000-00-00",
    b"<html>",
    b"PK\x03\x04",
    b"]]>",
    b"&#0;",
    b"\xe2\x80\xa8",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"{",
    b"}",
)
_MOST = 6


def mutated(content: bytes, random: Random) -> bytes:
    """Return bytes with up to six damages; the same for the same state of ``random``."""
    damaged = bytearray(content)
    for _ in range(min(random.randint(1, _MOST), random.randint(1, _MOST))):
        random.choice(_DAMAGES)(damaged, random)
    return bytes(damaged)


def _place(content: bytearray, random: Random) -> int:
    # Half of all damage is where formats are told apart: at the beginning.
    most = min(len(content), 400) if random.random() < 0.5 else len(content)
    return random.randint(0, most)


def _flip(content: bytearray, random: Random) -> None:
    if content:
        content[_place(content, random) % len(content)] ^= 1 << random.randrange(8)


def _insert(content: bytearray, random: Random) -> None:
    place = _place(content, random)
    content[place:place] = random.choice(_TOKENS)


def _replace(content: bytearray, random: Random) -> None:
    place = _place(content, random)
    token = random.choice(_TOKENS)
    content[place : place + len(token)] = token


def _lose(content: bytearray, random: Random) -> None:
    place = _place(content, random)
    del content[place : place + random.choice((1, 2, 10, 100, 1000))]


def _double(content: bytearray, random: Random) -> None:
    place = _place(content, random)
    content[place:place] = content[place : place + random.choice((1, 10, 100, 1000))]


def _cut(content: bytearray, random: Random) -> None:
    del content[_place(content, random) :]


def _shuffle(content: bytearray, random: Random) -> None:
    lines = bytes(content).splitlines(keepends=True)
    random.shuffle(lines)
    content[:] = b"".join(lines)


_DAMAGES: tuple[Callable[[bytearray, Random], None], ...] = (
    _flip,
    _flip,
    _insert,
    _insert,
    _replace,
    _lose,
    _double,
    _cut,
    _shuffle,
)
