"""Lists of feeds as other readers keep them: OPML 2.0 (http://opml.org/spec2.opml).

`alertbot feeds import` and `export` call it. Read as a stream of tags, so that depth costs nothing;
a document that declares entities is refused before it can use them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from alertbot.errors import ParseError
from alertbot.feeds.reading import clean
from alertbot.model import Feed

LARGEST_LIST = 5 * 1024 * 1024
MAX_FEEDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A feed in a list."""

    #: one line; empty if the list has no name for it
    name: str
    #: as it stands there
    url: str


def read_opml(body: bytes) -> tuple[Listed, ...]:
    """Return the feeds of a list in their order, those in folders too.

    What is commented out, and outlines that are no feeds, are passed over.

    Raises:
        ParseError: no OPML, larger than 5 MiB, or more than 10,000 feeds.
    """
    if len(body) > LARGEST_LIST:
        raise ParseError("not read: larger than 5 MB")
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.EntityDeclHandler = _refuse_entities
    try:
        parser.Parse(body, True)
    except expat.ExpatError as exc:
        reason = expat.errors.messages[exc.code]
        raise ParseError(f"no OPML: broken XML ({reason}, line {exc.lineno})") from exc
    except (ValueError, LookupError) as exc:  # an encoding that Python does not have
        raise ParseError(f"no OPML: {exc}") from exc
    return tuple(reading.found)


def write_opml(feeds: Iterable[Feed], title: str) -> str:
    """Return the feeds as a list that other readers import."""
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<opml version="2.0">',
            f"  <head><title>{escape(clean(title))}</title></head>",
            "  <body>",
            *map(_outline, feeds),
            "  </body>",
            "</opml>",
        )
    )


def _outline(feed: Feed) -> str:
    name = quoteattr(clean(feed.name))
    return f'    <outline type="rss" text={name} title={name} xmlUrl={quoteattr(feed.url)}/>'


@dataclass(slots=True)
class _Reading:
    """Collects feeds while tags go by."""

    found: list[Listed] = field(default_factory=list)
    _depth: int = 0
    #: how deep the outline is that comments out all in it
    _comment: int | None = None

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if self._depth == 0 and tag.lower() != "opml":
            raise ParseError(f"no OPML: XML with the root <{tag[:40]}>")
        self._depth += 1
        if tag.lower() != "outline" or self._comment is not None:
            return
        about = {name.lower(): value for name, value in given.items()}
        if about.get("iscomment", "").lower() == "true":
            self._comment = self._depth
        elif url := about.get("xmlurl", "").strip():
            self._add(about.get("title") or about.get("text") or "", url)

    def end(self, _: str) -> None:
        if self._comment == self._depth:
            self._comment = None
        self._depth -= 1

    def _add(self, name: str, url: str) -> None:
        if len(self.found) == MAX_FEEDS:
            raise ParseError(f"not read: more than {MAX_FEEDS:,} feeds")
        self.found.append(Listed(name=" ".join(clean(name).split()), url=url))


def _refuse_entities(*_: object) -> None:
    raise ParseError("not read: it declares entities, which no list of feeds needs")
