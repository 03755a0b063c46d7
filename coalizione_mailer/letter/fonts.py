"""The letter's font: Source Serif Pro (OFL) from its own package, never the machine's.

The machine's fonts are hidden from fontconfig while the engine reads its configuration, so that
the same letter looks the same, and has the same bytes, wherever it is made.
"""

import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

FAMILY = "Source Serif Pro"

# TrueType rather than OpenType/CFF: the subsets are 10 kB smaller in each letter.
FACES = {
    "SourceSerifPro-Regular.ttf": (400, "normal"),
    "SourceSerifPro-It.ttf": (400, "italic"),
    "SourceSerifPro-Semibold.ttf": (600, "normal"),
    "SourceSerifPro-SemiboldIt.ttf": (600, "italic"),
    "SourceSerifPro-Bold.ttf": (700, "normal"),
    "SourceSerifPro-BoldIt.ttf": (700, "italic"),
}
"""File name of each face, with its CSS weight and style."""


@cache
def folder() -> Path:
    """Return where the font's package keeps its files."""
    from font_source_serif_pro import font_directory

    return Path(font_directory)


def stylesheet(base: str) -> str:
    """Return the ``@font-face`` rules, with the files under the address ``base``."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-style: {style};'
        f' src: url("{base}{name}") }}'
        for name, (weight, style) in FACES.items()
    )


def missing(text: str) -> tuple[str, ...]:
    """Return the characters of a text that some face cannot set, each once, in their order.

    An accented letter that the font lacks is set as letter and accent (Unicode NFD).
    """
    return tuple(
        character
        for character in dict.fromkeys(text)
        if character.isprintable() and not _common_characters().issuperset(_parts(character))
    )


def _parts(character: str) -> set[int]:
    """Return a character alone or, failing that, what it is made of."""
    whole = {ord(character)}
    if _common_characters().issuperset(whole):
        return whole
    return {ord(part) for part in unicodedata.normalize("NFD", character)}


@cache
def _common_characters() -> frozenset[int]:
    """Code points that every face has."""
    return frozenset.intersection(*(_characters(folder() / name) for name in FACES))


def _characters(face: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(face, lazy=True) as font:
        return frozenset(font.getBestCmap())


@contextmanager
def machine_fonts_hidden() -> Iterator[None]:
    """Let fontconfig see no font of the machine while it starts; then as before."""
    # fontconfig takes its file from the environment only, each time a configuration is made.
    environment = os.environ  # noqa: TID251  written for the C library, not read for ourselves
    before = environment.get("FONTCONFIG_FILE")
    with as_file(files(__package__) / "fonts.conf") as configuration:
        environment["FONTCONFIG_FILE"] = str(configuration)
        try:
            yield
        finally:
            if before is None:
                del environment["FONTCONFIG_FILE"]
            else:
                environment["FONTCONFIG_FILE"] = before
