"""Feeds that others name become [[feeds]] blocks of a config; pure."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from alertbot.model import Feed, FeedId

#: characters of an id
LONGEST = 48
_NOT_ID = re.compile(r"[^a-z0-9]+")
#: letters that no decomposition turns into ASCII
_SPELT = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A feed to be added."""

    id: FeedId
    name: str
    url: str

    @property
    def block(self) -> str:
        """Return its block of TOML."""
        pairs = (("id", self.id), ("name", self.name), ("url", self.url))
        return "\n".join(["[[feeds]]", *(f"{key} = {quoted(text)}" for key, text in pairs)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A feed that is not added."""

    name: str
    url: str
    #: such as "already there, as fdd"
    reason: str


def plan(
    listed: Iterable[tuple[str, str]], known: Collection[Feed]
) -> tuple[tuple[Wanted, ...], tuple[Skipped, ...]]:
    """Return what is to be added to the feeds of a config, and what is not.

    listed: names, which may be empty, and URLs.
    """
    wanted: list[Wanted] = []
    skipped: list[Skipped] = []
    ids = {feed.id for feed in known}
    there = {same(feed.url): f"already there, as {feed.id}" for feed in known}
    for name, url in listed:
        reason = there.get(same(url)) or _unfit(url)
        if reason:
            skipped.append(Skipped(name=name, url=url, reason=reason))
            continue
        called = name or urlsplit(url).hostname or url
        feed = Wanted(id=_free_id(called, url, ids), name=called, url=url)
        ids.add(feed.id)
        there[same(url)] = f"listed twice, taken as {feed.id}"
        wanted.append(feed)
    return tuple(wanted), tuple(skipped)


def same(url: str) -> str:
    """Return what two spellings of an address share: http or https, with a slash or without."""
    rest = url.partition("://")[2]
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def quoted(text: str) -> str:
    """Return a text as a TOML string (https://toml.io/en/v1.0.0#string)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _unfit(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f\x7f]", url):
        return "not an http or https address"
    if "@" in parts.netloc:
        return "a user name or password in the address"
    return ""


def _free_id(name: str, url: str, taken: Collection[str]) -> FeedId:
    wish = _slug(name) or _slug(urlsplit(url).hostname or "") or "feed"
    found, number = wish, 1
    while found in taken:
        number += 1
        end = f"-{number}"
        found = wish[: LONGEST - len(end)].rstrip("-") + end
    return FeedId(found)


def _slug(text: str) -> str:
    """Return a text in the letters of an id: "Crisis Group: Alerts" is "crisis-group-alerts"."""
    spelt = unicodedata.normalize("NFKD", text.lower().translate(_SPELT))
    ascii_ = spelt.encode("ascii", "ignore").decode("ascii")
    slug = _NOT_ID.sub("-", ascii_.replace("'", "")).strip("-")
    if len(slug) > LONGEST:
        slug = slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]
    return slug
