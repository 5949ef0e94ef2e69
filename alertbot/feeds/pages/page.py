"""An article page as an entry: for what a feed leaves out, and for `alertbot preview` of a page.

One pass over the tags finds what the page says of itself; the text comes from `article`.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser

from alertbot.errors import ParseError
from alertbot.feeds.pages.article import article_of
from alertbot.feeds.pages.markup import bare_markup
from alertbot.feeds.reading import (
    Passage,
    RawEntry,
    http_link,
    instant,
    make_entry,
    plain,
)
from alertbot.model import Entry, FeedId

#: the feed of entries that come from no configured feed
PREVIEW = FeedId("preview")

#: rules for robots under which we keep to the excerpt: copies, passages and use by models are not
#: wanted (https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag)
_UNWANTED_USES = frozenset({"noarchive", "nosnippet", "max-snippet:0", "noai"})
#: what stands between the title of an article and the name of its site
_BETWEEN = re.compile(r"\s+[|–—·»:-]+\s+")
_ROBOTS = frozenset({"robots", "alertbot"})

_Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article page."""

    entry: Entry
    #: why its text is not for us, such as "noarchive" or "paywall"; "" if it is
    closed: str


def parse_page(body: bytes, *, url: str, content_type: str | None) -> Entry:
    """Return an HTML page as an entry of the feed "preview".

    url: where it came from; becomes the link only if it is http or https.

    Raises:
        ParseError: there is no text in it.
    """
    return read_page(body, url=url, content_type=content_type).entry


def read_page(body: bytes, *, url: str, content_type: str | None, known_as: str = "") -> Page:
    """Do what `parse_page` does, and tell whether the page is closed to us.

    known_as: a title under which the article is known; the page may have others for itself.
    """
    markup = bare_markup(body, content_type)
    about = _About()
    about.feed(markup)
    about.close()
    link = about.canonical or about.meta.get("og:url", "") or url
    raw = RawEntry(
        id=http_link(link, url) or url,
        link=link,
        title=about.title(),
        published=about.published(),
        passages=(Passage(text=article_of(markup, {*about.titles(), known_as} - {""}), html=True),),
        tags=tuple(about.tags),
        authors=(about.meta.get("author", ""),),
    )
    entry = make_entry(raw, feed=PREVIEW, base=url)
    if entry is None:
        raise ParseError("an HTML page without text")
    return Page(entry=entry, closed=about.closed())


def unwanted_use(rules: Iterable[str]) -> str:
    """Return the first rule for robots that closes a page to us, or "".

    rules: contents of robots meta tags, or of X-Robots-Tag headers, which may begin with the name
    of the robot that is meant.
    """
    for said in rules:
        agent, colon, rest = said.lower().partition(":")
        named = colon and "," not in agent and agent.strip() != "max-snippet"
        if named and agent.strip() not in _ROBOTS:
            continue
        listed = [rule.replace(" ", "") for rule in (rest if named else said.lower()).split(",")]
        found = next((rule for rule in listed if rule in _UNWANTED_USES), "")
        if found:
            return found
    return ""


class _About(HTMLParser):
    """Collects what a page says of itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, str] = {}
        self.tags: list[str] = []
        self.canonical = ""
        self._robots: list[str] = []
        #: the first <title> and <h1>, and each block of JSON-LD
        self._texts: dict[str, str] = {}
        self._data: list[str] = []
        self._reading = ""
        self._time = ""

    def title(self) -> str:
        """Return the heading, where og:title or <title> only adds the site's name to it."""
        heading = plain(self._texts.get("h1", ""))
        given = plain(self.meta.get("og:title", ""))
        title = given or heading or plain(self._texts.get("title", ""))
        return heading if heading and title.startswith(heading) else title

    def titles(self) -> Collection[str]:
        """Return the forms in which the title may stand above the article."""
        parts = _BETWEEN.split(plain(self._texts.get("title", "")))
        return {self.title(), plain(self._texts.get("h1", "")), max(parts, key=len)} - {""}

    def published(self) -> datetime | None:
        """Return when the page says it was published."""
        said = (
            self.meta.get("article:published_time", ""),
            *(str(date) for date in self._linked_data("datePublished")),
            self._time,
        )
        return next((moment for moment in map(instant, said) if moment), None)

    def closed(self) -> str:
        """Return why the text is not for us, or "" if it is.

        A paywall is told by schema.org's isAccessibleForFree, of the article or of a part of it
        (https://developers.google.com/search/docs/appearance/structured-data/paywalled-content).
        """
        free = map(str, self._linked_data("isAccessibleForFree"))
        marks = (*free, self.meta.get("isaccessibleforfree", ""))
        locked = self.meta.get("article:content_tier", "").lower() == "locked"
        if locked or any(mark.lower().rpartition("/")[2] == "false" for mark in marks):
            return "paywall"
        return unwanted_use(self._robots)

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "meta":
            self._read_meta(given)
        elif tag == "link" and "canonical" in given.get("rel", "").lower().split():
            self.canonical = self.canonical or given.get("href", "")
        elif tag == "time":
            self._time = self._time or given.get("datetime", "")
        elif tag == "script" and given.get("type", "").strip().lower() == "application/ld+json":
            self._data.append("")
            self._reading = "json"
        elif tag in ("title", "h1") and not self._texts.get(tag, "").strip():
            self._texts[tag] = ""
            self._reading = tag

    def handle_endtag(self, tag: str) -> None:
        if self._reading == ("json" if tag == "script" else tag):
            self._reading = ""

    def handle_data(self, data: str) -> None:
        if self._reading == "json":
            self._data[-1] += data
        elif self._reading:
            self._texts[self._reading] += data

    def _read_meta(self, given: dict[str, str]) -> None:
        name = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
        content = given.get("content", "")
        if name in ("article:tag", "article:section"):
            self.tags.append(content)
        elif name in _ROBOTS:
            self._robots.append(content)
        elif name:
            self.meta.setdefault(name, content)

    def _linked_data(self, key: str) -> Iterator[object]:
        """Find every value of a key in JSON-LD (schema.org), wherever it is nested."""
        for text in self._data:
            try:
                waiting: list[object] = [json.loads(text)]
            except (ValueError, RecursionError):
                continue
            while waiting:
                value = waiting.pop()
                if isinstance(value, dict):
                    if isinstance(value.get(key), str | bool):
                        yield value[key]
                    waiting.extend(value.values())
                elif isinstance(value, list):
                    waiting.extend(value)
