"""An article page as an entry, for `alertbot preview` of a link or a saved page.

Two passes over the tags, no tree: one for what the page says of itself, one that weighs the
running text of each <article>, <main> and <body> and takes the markup of the best of them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from html.parser import HTMLParser

from alertbot.errors import ParseError
from alertbot.feeds.reading import (
    Passage,
    RawEntry,
    byte_order,
    charset_of,
    http_link,
    instant,
    make_entry,
    plain,
)
from alertbot.model import Entry, FeedId

#: the feed of entries that come from no configured feed
PREVIEW = FeedId("preview")

#: where an article may be, best first
_REGIONS = ("article", "main", "body")
#: running text that makes a region the article rather than a teaser, in characters
_ENOUGH = 400
_DROPPED = frozenset(
    "button iframe nav noscript object script select style svg template textarea title".split()
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARATION = re.compile(r"<[!?][^>]*>?")

_Attributes = list[tuple[str, str | None]]


def parse_page(body: bytes, *, url: str, content_type: str | None) -> Entry:
    """Return an HTML page as an entry of the feed "preview".

    url: where it came from; becomes the link only if it is http or https.

    Raises:
        ParseError: there is no text in it.
    """
    # HTMLParser raises for some declarations and is slow with open comments
    markup = _DECLARATION.sub("", _COMMENT.sub("", _decoded(body, content_type)))
    about = _About()
    about.feed(markup)
    about.close()
    text = _Text(without_heading=about.title())
    text.feed(markup)
    text.close()
    link = about.canonical or about.meta.get("og:url", "") or url
    raw = RawEntry(
        id=http_link(link, url) or url,
        link=link,
        title=about.title(),
        published=about.published(),
        passages=(Passage(text=text.article(), html=True),),
        tags=tuple(about.tags),
        authors=(about.meta.get("author", ""),),
    )
    entry = make_entry(raw, feed=PREVIEW, base=url)
    if entry is None:
        raise ParseError("an HTML page without text")
    return entry


def _decoded(body: bytes, content_type: str | None) -> str:
    """Decode as a browser would: byte order mark, header, meta tag, else UTF-8 or Windows-1252."""
    meta = charset_of(body[:2048].decode("latin-1"))
    for name in (byte_order(body), charset_of(content_type), meta, "utf-8"):
        if name:
            try:
                return body.decode(name)
            except (LookupError, ValueError):
                continue
    return body.decode("windows-1252", "replace")


class _About(HTMLParser):
    """Collects what a page says of itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, str] = {}
        self.tags: list[str] = []
        self.canonical = ""
        #: the first <title>, <h1> and block of JSON-LD
        self._texts: dict[str, str] = {}
        self._reading = ""
        self._time = ""

    def title(self) -> str:
        """Return the heading, where og:title or <title> only adds the site's name to it."""
        heading = plain(self._texts.get("h1", ""))
        given = plain(self.meta.get("og:title", ""))
        title = given or heading or plain(self._texts.get("title", ""))
        return heading if heading and title.startswith(heading) else title

    def published(self) -> datetime | None:
        """Return when the page says it was published."""
        said = (
            self.meta.get("article:published_time", ""),
            *_published_dates(self._texts.get("json", "")),
            self._time,
        )
        return next((moment for moment in map(instant, said) if moment), None)

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "meta":
            self._read_meta(given)
        elif tag == "link" and "canonical" in given.get("rel", "").lower().split():
            self.canonical = self.canonical or given.get("href", "")
        elif tag == "time":
            self._time = self._time or given.get("datetime", "")
        elif tag == "script" and given.get("type", "").strip().lower() == "application/ld+json":
            self._start("json")
        elif tag in ("title", "h1"):
            self._start(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._reading == ("json" if tag == "script" else tag):
            self._reading = ""

    def handle_data(self, data: str) -> None:
        if self._reading:
            self._texts[self._reading] += data

    def _start(self, name: str) -> None:
        if not self._texts.get(name, "").strip():
            self._texts[name] = ""
            self._reading = name

    def _read_meta(self, given: dict[str, str]) -> None:
        name = (given.get("property") or given.get("name") or "").lower()
        if name in ("article:tag", "article:section"):
            self.tags.append(given.get("content", ""))
        elif name:
            self.meta.setdefault(name, given.get("content", ""))


def _published_dates(text: str) -> Iterator[str]:
    """Find every `datePublished` in JSON-LD (schema.org), wherever it is nested."""
    try:
        waiting: list[object] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            date = value.get("datePublished")
            if isinstance(date, str):
                yield date
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


@dataclass(slots=True)
class _Region:
    """A stretch of markup, `pieces[start:end]`, and how much running text is in it."""

    start: int
    end: int = 0
    weight: int = 0


class _Text(HTMLParser):
    """Collects the markup of a page, and where its regions begin and end.

    Running text is what stands outside links: menus and teasers are mostly links.
    """

    def __init__(self, *, without_heading: str) -> None:
        super().__init__(convert_charrefs=True)
        self._title = without_heading
        self._pieces: list[str] = []
        self._weight = 0
        self._open: dict[str, list[_Region]] = {name: [] for name in _REGIONS}
        self._best: dict[str, _Region] = {}
        self._dropped = ""
        self._depth = 0
        self._in_link = False
        self._heading_at: int | None = None

    def article(self) -> str:
        """Return the markup of the region that holds the article."""
        for name in _REGIONS:
            self._close_region(name)
        whole = _Region(start=0, end=len(self._pieces), weight=self._weight)
        found = [self._best[name] for name in _REGIONS[:-1] if name in self._best]
        enough = min(_ENOUGH, whole.weight / 2)
        chosen = next(
            (region for region in found if region.weight >= enough), self._best.get("body", whole)
        )
        return "".join(self._pieces[chosen.start : chosen.end])

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        if tag in _REGIONS:
            self._dropped = ""
            self._open[tag].append(_Region(start=len(self._pieces), weight=self._weight))
        elif self._dropped:
            self._depth += tag == self._dropped
            return
        elif tag in _DROPPED:
            self._dropped, self._depth = tag, 1
            return
        elif tag == "h1":
            self._heading_at = len(self._pieces)
        self._in_link = self._in_link or tag == "a"
        if tag != "form":  # some sites put the whole page into one
            self._pieces.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: _Attributes) -> None:
        if not self._dropped and tag not in _DROPPED:
            self._pieces.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            self._depth -= tag == self._dropped
            if not self._depth:
                self._dropped = ""
            return
        if tag == "a":
            self._in_link = False
        if tag != "form":
            self._pieces.append(f"</{tag}>")
        if tag == "h1":
            self._close_heading()
        if tag in _REGIONS and len(self._open[tag]) > 1:
            self._open[tag].pop()
        elif tag in _REGIONS:
            self._close_region(tag)

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        self._pieces.append(escape(data, quote=False))
        if not self._in_link:
            self._weight += len(data.strip())

    def _close_heading(self) -> None:
        """Take the heading out again if it is the title."""
        if self._heading_at is not None:
            if plain("".join(self._pieces[self._heading_at :])) == self._title:
                del self._pieces[self._heading_at :]
            self._heading_at = None

    def _close_region(self, name: str) -> None:
        """End the outermost open region of that name, and keep the heaviest."""
        if not self._open[name]:
            return
        region = self._open[name][0]
        self._open[name].clear()
        region.end = len(self._pieces)
        region.weight = self._weight - region.weight
        if name not in self._best or self._best[name].weight < region.weight:
            self._best[name] = region
