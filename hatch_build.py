"""The build's own part: the catalogues compiled, the shipped campaign put into the wheel.

Run as a script it compiles the catalogues where they lie, which is all that `make messages` needs.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent


class BuildHook(BuildHookInterface[BuilderConfig]):
    """Called by hatchling for every wheel, the editable one included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues and say which further files the wheel carries."""
        compiled = compile_catalogues(ROOT)
        build_data["artifacts"] += [f"/{path.relative_to(ROOT).as_posix()}" for path in compiled]
        # An editable install finds the campaign in the checkout itself.
        if version != "editable":
            build_data["force_include"].update(shipped(ROOT))


def compile_catalogues(root: Path) -> list[Path]:
    """Compile every catalogue beside its source and return the compiled ones."""
    sources = sorted(root.glob("coalizione_mailer/cli/locale/*/LC_MESSAGES/*.po"))
    return [_compile(source) for source in sources]


def _compile(source: Path) -> Path:
    with source.open("rb") as file:
        catalogue = read_po(file, domain=source.stem, abort_invalid=True)
    # A program that runs meanwhile must find the old catalogue or the new one, never half of it.
    with tempfile.NamedTemporaryFile(dir=source.parent, suffix=".tmp", delete=False) as aside:
        write_mo(aside, catalogue)
    Path(aside.name).chmod(source.stat().st_mode)
    return Path(aside.name).replace(source.with_suffix(".mo"))


def shipped(root: Path) -> dict[str, str]:
    """Return where each path of the shipped campaign goes in the wheel."""
    sys.path.insert(0, os.fspath(root))
    try:
        from coalizione_mailer.shipped import FOLDER, PATHS  # noqa: PLC0415  found by that path
    finally:
        sys.path.pop(0)
    return {os.fspath(root / path): f"coalizione_mailer/{FOLDER}/{path}" for path in PATHS}


if __name__ == "__main__":
    compile_catalogues(ROOT)
