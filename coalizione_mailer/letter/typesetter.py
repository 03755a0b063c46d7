"""One HTML letter becomes one PDF (WeasyPrint); what letters share is prepared once.

Prepared once: the font configuration, the parsed style sheets, the decoded images. Imported only
where letters are set, since WeasyPrint takes half a second to import and needs Pango.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from weasyprint import CSS, HTML, LOGGER, Document
from weasyprint.pdf import VARIANTS
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from coalizione_mailer.errors import Code, Problem, ProblemsError, Severity
from coalizione_mailer.letter import fonts
from coalizione_mailer.letter.document import Pdf, PdfSettings
from coalizione_mailer.letter.resources import FONTS, OwnFiles, ResourceError

# At-rules whose effect is not kept in a parsed sheet.
_UNSHAREABLE = ("@import", "@counter-style", "@color-profile")


class Typesetter:
    """Sets letters of one campaign, one after the other."""

    def __init__(self, settings: PdfSettings) -> None:
        if settings.variant not in VARIANTS:
            raise ProblemsError([_unknown_variant(settings.variant)])
        self._settings = settings
        self._fetcher = OwnFiles(settings.root, settings.template)
        with fonts.machine_fonts_hidden():
            self._fonts = FontConfiguration()
        self._faces = self._sheet(fonts.stylesheet(FONTS))
        self._sheets: dict[str, Any] = {}
        self._images: dict[str, Any] = {}

    def set(self, html: str) -> Pdf:
        """Return the PDF of a letter; the same HTML gives the same bytes in any process.

        More than one page and missing glyphs are problems of the letter, returned with it.
        Raises ProblemsError for a resource that the template may not read.
        """
        return self._set(html)[0]

    def _set(self, html: str) -> tuple[Pdf, Document]:
        try:
            with _complaints() as complaints:
                document, data = self._written(html)
        except FatalURLFetchingError as error:
            found = error.__cause__.url if isinstance(error.__cause__, ResourceError) else None
            raise ProblemsError([Problem(Code.TEMPLATE_RESOURCE, found=found)]) from error
        pages = len(document.pages)
        problems = (*complaints, *_page_problems(pages), *_glyph_problems(document))
        return Pdf(data, pages, problems, lasting=not self._fetcher.strayed), document

    def measured(self, html: str) -> tuple[Pdf, float]:
        """Return the PDF of a letter, and how wide its first page is (CSS pixels)."""
        pdf, document = self._set(html)
        return pdf, document.pages[0].width

    def document(self, html: str, css: str) -> bytes:
        """Return any document in the letter's styles and fonts, as a plain, uncompressed PDF.

        ``css`` is added to its styles. What cannot be used in it is not told.
        """
        source = HTML(string=html, base_url=self._fetcher.base, url_fetcher=self._fetcher)
        with _complaints(), warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            document = source.render(
                font_config=self._fonts,
                stylesheets=[self._faces, *self._shared_sheets(source), self._sheet(css)],
                cache=self._images,
            )
            data: bytes = document.write_pdf(uncompressed_pdf=True)
            return data

    def _written(self, html: str) -> tuple[Document, bytes]:
        source = HTML(string=html, base_url=self._fetcher.base, url_fetcher=self._fetcher)
        document = source.render(
            font_config=self._fonts,
            stylesheets=[self._faces, *self._shared_sheets(source)],
            pdf_variant=self._settings.variant,
            cache=self._images,
        )
        self._describe(document)
        with warnings.catch_warnings():
            # WeasyPrint 70 leaves the colour profile's file for the interpreter to close.
            warnings.simplefilter("ignore", ResourceWarning)
            return document, document.write_pdf(pdf_variant=self._settings.variant)

    def _describe(self, document: Document) -> None:
        """Give the PDF the letter's date, never the clock's, and its protocol number."""
        metadata, day = document.metadata, self._settings.date.isoformat()
        metadata.created = metadata.created or day
        metadata.modified = metadata.modified or day
        metadata.keywords += [
            word for word in self._settings.keywords if word not in ", ".join(metadata.keywords)
        ]

    def _shared_sheets(self, source: HTML) -> list[CSS]:
        """Take the style sheets out of a letter whose head has plain ones only, parsed once.

        They move from the author's to the user's origin together, which changes nothing among
        them; a letter that mixes kinds of sheets is left as it is.
        """
        root = source.etree_element
        styles = list(root.iter("style"))
        head = root.find("head")
        if not all(_shareable(style) and style in list(head) for style in styles):
            return []
        if any("stylesheet" in link.get("rel", "") for link in root.iter("link")):
            return []
        for style in styles:
            head.remove(style)
        return [self._parsed(style.text or "") for style in styles]

    def _parsed(self, css: str) -> CSS:
        if css not in self._sheets:
            self._sheets[css] = self._sheet(css)
        return self._sheets[css]

    def _sheet(self, css: str) -> CSS:
        return CSS(
            string=css,
            base_url=self._fetcher.base,
            url_fetcher=self._fetcher,
            font_config=self._fonts,
        )


def _shareable(style: Any) -> bool:
    """Whether a style element has no conditions and nothing that a parsed sheet would lose."""
    return not style.attrib and not any(rule in (style.text or "") for rule in _UNSHAREABLE)


@contextmanager
def _complaints() -> Iterator[list[Problem]]:
    """Collect what WeasyPrint could not use, such as a broken image; it logs that as an error."""
    found: list[Problem] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: found.append(  # type: ignore[method-assign]
        Problem(Code.TEMPLATE_RESOURCE, found=record.getMessage())
    )
    LOGGER.addHandler(handler)
    try:
        yield found
    finally:
        LOGGER.removeHandler(handler)


def _page_problems(pages: int) -> list[Problem]:
    if pages == 1:
        return []
    return [Problem(Code.LETTER_PAGES, Severity.WARNING, found=str(pages), expected=("1",))]


def _glyph_problems(document: Document) -> list[Problem]:
    """Name the characters that were set as empty boxes."""
    missing = {codepoint for font in document.fonts.values() for codepoint in font.missing}
    return [Problem(Code.GLYPH_MISSING, found=chr(codepoint)) for codepoint in sorted(missing)]


def _unknown_variant(variant: str) -> Problem:
    return Problem(
        Code.VALUE_NOT_ALLOWED,
        key="letter.pdf_variant",
        found=variant,
        expected=tuple(sorted(VARIANTS)),
    )
