"""The test feeds that feedparser publishes with its source, and our entries under its names.

Each file says in a comment what it expects of a parser, as a Python expression.
"""

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from alertbot.errors import ParseError
from alertbot.feeds.reading import plain, read_feed
from alertbot.model import Entry, FeedId

NAME = "feedparser-6.0.14.tar.gz"
SHA256 = "088679b0c4b543ee211a820dd544698c76a402122eae7473c04a43425f283d06"
_CASE = re.compile(rb"Description:\s*(.*?)\s*Expect:\s*(.*)\s*-->")
#: whether the XML is well-formed, which we do not tell
_BOZO = re.compile(r"^(?:not )?bozo and ")
_CONTENT_TYPE = re.compile(rb"^Header:\s+content-type:\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)


_ENTRY = re.compile(rb"(<((?:[\w.-]+:)?)(?:item|entry)(?:\s[^>]*)?(?<!/)>)", re.IGNORECASE)
_TITLED = rb"\1<\2title>Untitled</\2title>"

FEED = FeedId("published")


class NotAField(Exception):
    """The expression asks for something an entry does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFeed:
    """A file, and what is expected of it."""

    #: its path under tests/
    path: str
    body: bytes
    expression: str
    content_type: str | None

    def entries(self) -> tuple[Entry, ...]:
        """Return our entries; those without any text get a title, so that the rest is seen."""
        return self._read(self.body) or self._read(_ENTRY.sub(_TITLED, self.body))

    def _read(self, body: bytes) -> tuple[Entry, ...]:
        url = "http://127.0.0.1:8097/tests/" + self.path
        try:
            read = read_feed(body, feed=FEED, url=url, content_type=self.content_type)
        except ParseError:
            return ()
        return read.entries

    def agrees(self) -> bool:
        """Tell whether our entries are what is expected; raises NotAField."""
        entries = [named(entry) for entry in self.entries()]
        return bool(eval(_BOZO.sub("", self.expression), {}, _Names({"entries": entries})))


class Seen(str):
    """A text that equals another if readers see the same: we keep markup, and titles plain."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and plain(other) in (str(self), plain(self))

    __hash__ = str.__hash__


class _Names(dict[str, Any]):
    """Names, of which those that are missing are no field of an entry."""

    def __missing__(self, name: str) -> Any:
        raise NotAField(name)

    def __getattr__(self, name: str) -> Any:
        return self[name]

    def get(self, name: str, default: object = None) -> Any:
        return self[name]


def named(entry: Entry) -> _Names:
    """Return an entry under feedparser's names."""
    content = _Names(value=Seen(entry.content))
    author = ", ".join(entry.authors)
    published = entry.published and entry.published.utctimetuple()
    return _Names(
        title=Seen(entry.title),
        title_detail=_Names(value=Seen(entry.title)),
        link=entry.link,
        id=entry.key,
        guid=entry.key,
        content=[content],
        summary=content["value"],
        description=content["value"],
        summary_detail=content,
        author=author,
        author_detail=_Names(name=author),
        authors=[_Names(name=name) for name in entry.authors],
        tags=[_Names(term=tag) for tag in entry.tags],
        published_parsed=published,
        updated_parsed=published,
    )


def archive() -> Path:
    """Return the source archive, from the cache or the package index; skip where neither has it."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = home / "alertbot-tests" / NAME
    if not (kept.exists() and sha256(kept.read_bytes()).hexdigest() == SHA256):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            _download(Path(folder))
            (Path(folder) / NAME).replace(kept)
    return kept


def _download(folder: Path) -> None:
    wanted = folder / "wanted.txt"
    wanted.write_text(f"feedparser==6.0.14 --hash=sha256:{SHA256}\n")
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
        "--require-hashes", "--dest", str(folder), "-r", str(wanted),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        pytest.skip(f"the package index does not give {NAME}: {''.join(last)}")


def published() -> Iterator[PublishedFeed]:
    """Yield every file that says what it expects."""
    with tarfile.open(archive()) as packed:
        for member in packed:
            path = member.name.partition("/tests/")[2]
            file = packed.extractfile(member) if path.endswith(".xml") else None
            if file is None:
                continue
            body = file.read()
            case, header = _CASE.search(body), _CONTENT_TYPE.search(body)
            if case:
                yield PublishedFeed(
                    path=path,
                    body=body,
                    expression=case[2].decode("utf-8", "replace"),
                    content_type=header[1].decode("latin-1") if header else None,
                )
