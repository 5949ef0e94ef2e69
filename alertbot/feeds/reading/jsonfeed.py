"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/) as raw entries.

feedparser does not know this format. Called by `parse` for a body that starts like JSON.
"""

import json

from alertbot.errors import ParseError
from alertbot.feeds.reading.entry import Passage, RawEntry, RawFeed, instant
from alertbot.feeds.websub.discovery import Links, links_of


def read_json_feed(body: bytes) -> RawFeed:
    """Return the items; what is not an object among them is passed over.

    Raises:
        ParseError: not JSON, or not a JSON Feed.
    """
    try:
        document = json.loads(body)
    except RecursionError:
        raise ParseError("not a feed: JSON nested too deep") from None
    except ValueError as exc:
        raise ParseError(f"not a feed: broken JSON ({exc})") from exc
    items = document.get("items") if _is_json_feed(document) else None
    if not isinstance(items, list):
        raise ParseError("not a feed: JSON, but no JSON Feed")
    authors = _authors(document)
    return RawFeed(
        entries=(_entry(item, authors) for item in items if isinstance(item, dict)),
        title=_text(document, "title"),
        links=_links(document),
        expired=document.get("expired") is True,
    )


def _links(document: dict[str, object]) -> Links:
    """Return the hubs of the type "WebSub", and the feed's own address."""
    hubs = document.get("hubs")
    known = [hub for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    return links_of(
        [
            *(
                ("hub", _text(hub, "url"))
                for hub in known
                if _text(hub, "type").lower() == "websub"
            ),
            ("self", _text(document, "feed_url")),
        ]
    )


def _is_json_feed(document: object) -> bool:
    return isinstance(document, dict) and "jsonfeed.org/version/" in _text(document, "version")


def _entry(item: dict[str, object], feed_authors: tuple[str, ...]) -> RawEntry:
    tags = item.get("tags")
    return RawEntry(
        id=_identity(item.get("id")),
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        published=instant(_text(item, "date_published")) or instant(_text(item, "date_modified")),
        passages=(
            Passage(text=_text(item, "content_html"), html=True),
            Passage(text=_text(item, "content_text"), html=False),
            Passage(text=_text(item, "summary"), html=False),
        ),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        authors=_authors(item) or feed_authors,
    )


def _identity(value: object) -> str:
    """Return the id as a string: a number or another type is coerced, as the format demands."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, sort_keys=True)


def _authors(holder: dict[str, object]) -> tuple[str, ...]:
    """Return the names in `authors` (1.1), else in `author` (1.0)."""
    authors = holder.get("authors")
    if not isinstance(authors, list):
        authors = [holder.get("author")]
    names = [_text(author, "name") for author in authors if isinstance(author, dict)]
    return tuple(name for name in names if name)


def _text(holder: dict[str, object], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""
