"""What a letter may read: files of its campaign and the font's, under addresses that are none.

Relative addresses in a template resolve to a host that cannot exist (RFC 6761, ``.invalid``),
and such hosts stand for folders. So no path of this machine gets into a PDF, and no network, no
``file:`` outside and no symbolic link leads anywhere else.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from weasyprint.urls import URLFetcher, URLFetcherResponse

from coalizione_mailer.letter import fonts

FONTS = "https://fonts.invalid/"
_CAMPAIGN = "https://campaign.invalid/"
_TEMPLATE = "https://template.invalid/"


class ResourceError(Exception):
    """A template asked for something it may not read, or that is not there."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """WeasyPrint's fetcher, for the campaign's own files, the font's, and ``data:``."""

    def __init__(self, root: Path, template: Path) -> None:
        # Any refusal stops the letter: better none than one without its emblem.
        super().__init__(allowed_protocols={"data", "file"}, fail_on_errors=True)
        self._folders: Mapping[str, Path] = {
            _CAMPAIGN: root.resolve(),
            _TEMPLATE: template.resolve(),
            FONTS: fonts.folder().resolve(),
        }
        self.strayed = False
        """Whether anything was read outside the folders of the template and the font."""

    @property
    def base(self) -> str:
        """The address of the template's folder, where relative addresses start."""
        root, template = self._folders[_CAMPAIGN], self._folders[_TEMPLATE]
        if not template.is_relative_to(root):
            return _TEMPLATE
        inner = template.relative_to(root).as_posix()
        return f"{_CAMPAIGN}{quote(inner)}/" if inner != "." else _CAMPAIGN

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return what an address stands for; raises ResourceError otherwise."""
        try:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = self._path(url)
            near = (self._folders[_TEMPLATE], self._folders[FONTS])
            self.strayed |= not any(path.is_relative_to(folder) for folder in near)
            response = super().fetch(path.as_uri(), headers)
        except Exception as error:
            raise ResourceError(url) from error
        # Addresses inside this resource start where its virtual address is.
        response.url = url
        return response

    def _path(self, url: str) -> Path:
        """Find the file, links followed, and see that it is in one of the folders."""
        parts = urlsplit(url)
        if parts.scheme == "file":
            from urllib.request import url2pathname

            path = Path(url2pathname(parts.path)).resolve(strict=True)
        else:
            folder = self._folders[f"{parts.scheme}://{parts.netloc}/"]
            path = (folder / unquote(parts.path).lstrip("/")).resolve(strict=True)
        if not any(path.is_relative_to(folder) for folder in self._folders.values()):
            raise PermissionError(path)
        return path
