"""`alertbot feeds import|export|find`: lists of feeds in and out, and the feeds of a page."""

import asyncio
import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from alertbot.app import FINE, NOT_FINE
from alertbot.app.feeds.append import append_to_config
from alertbot.app.feeds.blocks import Skipped, Wanted, plan, same
from alertbot.app.wording import counted
from alertbot.config import Config, load_config
from alertbot.errors import FeedError
from alertbot.feeds.lists import LARGEST_LIST, FoundFeed, find_feeds, read_opml, write_opml


def import_feeds(arguments: Namespace) -> int:
    """Print the blocks that add an OPML file's feeds, or append them; not fine if it has none."""
    config = load_config(arguments.config, os.environ)
    listed = read_opml(_content(arguments.file))
    wanted, skipped = plan([(one.name, one.url) for one in listed], config.feeds)
    _say(sys.stderr, [f"skipped {one.name or one.url}: {one.reason}" for one in skipped])
    if arguments.write:
        if wanted:
            append_to_config(arguments.config, [feed.block for feed in wanted], os.environ)
        _say(sys.stdout, [_summary(wanted, skipped, arguments.config)])
    else:
        _say(sys.stdout, _pasted(feed.block for feed in wanted))
        _say(sys.stderr, [_summary(wanted, skipped, None)])
    return FINE if listed else NOT_FINE


def export_feeds(arguments: Namespace) -> int:
    """Print the feeds of the config as OPML."""
    config = load_config(arguments.config, os.environ)
    _say(sys.stdout, [write_opml(config.feeds, "Feeds of alertbot")])
    return FINE


def find(arguments: Namespace) -> int:
    """Print the feeds of a page, each with the block that adds it; not fine if there are none."""
    config = load_config(arguments.config, os.environ)
    url = arguments.url if "://" in arguments.url else f"https://{arguments.url}"
    found = asyncio.run(find_feeds(url, allow_private=config.allow_private, contact=config.contact))
    wanted, _ = plan([(feed.title, feed.url) for feed in found if not feed.error], config.feeds)
    by_url = {feed.url: feed for feed in wanted}
    if arguments.format == "jsonl":
        _say(sys.stdout, [_as_json(feed, by_url.get(feed.url), config) for feed in found])
    elif found:
        _say(sys.stdout, _pasted(_as_text(feed, by_url.get(feed.url), config) for feed in found))
    else:
        _say(sys.stdout, [f"No feed found at {url}, nor in the usual places there."])
    return FINE if any(not feed.error for feed in found) else NOT_FINE


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_LIST + 1)
    except OSError as error:
        raise FeedError(f"cannot read {file}: {error.strerror}") from error


def _summary(wanted: Sequence[Wanted], skipped: Sequence[Skipped], config: Path | None) -> str:
    """Return in a line what became of a list; config: where it was written, if it was."""
    if not wanted and not skipped:
        return "There is no feed in this list."
    done = f"added to {config}" if config else "to add; --write appends them to the config"
    kept = f", {len(skipped):,} skipped" if skipped else ""
    return f"{counted(len(wanted), 'feed')} {done}{kept}." if wanted else f"Nothing to add{kept}."


def _as_text(feed: FoundFeed, wanted: Wanted | None, config: Config) -> str:
    """Return what is known of a feed as a comment, and the block that adds it."""
    if feed.error:
        return f"# {feed.url}\n# cannot be read: {feed.error}"
    newest = f", the newest of {feed.newest:%Y-%m-%d}" if feed.newest else ""
    entries = f"{feed.entries:,} {'entry' if feed.entries == 1 else 'entries'}"
    head = f"# {feed.title or 'no title'}: {entries}{newest}"
    if wanted:
        return f"{head}\n{wanted.block}"
    return f"{head}\n# {feed.url}\n# already in {config.path.name}, as {_known_id(feed, config)}"


def _as_json(feed: FoundFeed, wanted: Wanted | None, config: Config) -> str:
    return json.dumps(
        {
            "url": feed.url,
            "title": feed.title,
            "entries": feed.entries,
            "newest": feed.newest.isoformat() if feed.newest else None,
            "error": feed.error or None,
            "known_as": _known_id(feed, config),
            "toml": wanted.block if wanted else None,
        },
        ensure_ascii=False,
    )


def _known_id(feed: FoundFeed, config: Config) -> str | None:
    return next((known.id for known in config.feeds if same(known.url) == same(feed.url)), None)


def _pasted(blocks: Iterable[str]) -> list[str]:
    """Return blocks with blank lines between them, as they go into a config."""
    return [f"{block}\n" for block in blocks]


def _say(stream: TextIO, lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=stream)
