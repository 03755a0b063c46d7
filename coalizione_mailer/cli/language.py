"""The language of the screen: English in the source, Italian in the catalogue (gettext)."""

import gettext
import locale
import os
import sys
from pathlib import Path

DOMAIN = "coalizione_mailer"
VARIABLE = "MAILER_LANG"
FOLDER = Path(__file__).parent / "locale"


def wanted() -> str:
    """Return the language asked for: MAILER_LANG, else the locale's, as the system knows it."""
    for name in (VARIABLE, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name, "").strip():  # noqa: TID251  cli reads the environment
            return value
    return _system()


def _system() -> str:
    """Ask a desktop that sets no variables: Windows knows its own language."""
    if sys.platform == "win32":  # pragma: no cover
        import ctypes

        code = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return locale.windows_locale.get(code, "")
    return locale.getlocale()[0] or ""


def translations(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language such as ``it``, ``it_IT.UTF-8`` or ``it:en``."""
    names = [part.partition(".")[0].partition("@")[0] for part in language.split(":")]
    return gettext.translation(DOMAIN, FOLDER, languages=names, fallback=True)


_catalogue = translations(wanted())


def _(message: str) -> str:
    """Translate a sentence."""
    return _catalogue.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a sentence that counts something."""
    return _catalogue.ngettext(singular, plural, count)
