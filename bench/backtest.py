"""How long a backtest takes: 10,000 archived briefs against the starter topics, phase by phase.

    python bench/backtest.py [--briefs 10000] [--json PATH]

The briefs are made of sentences of tests/data/dev.json, recombined with a fixed seed and with
other names in them, and stored in a real SQLite file. The baseline is one compiled `re` alternation
of each topic's terms, searched in the same texts: what one would write in an afternoon. It knows no
zones, no NEAR, no NOT, no prominence and no evidence, so it does much less.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from alertbot.app.backtest import as_json, as_text
from alertbot.briefs import make_brief
from alertbot.classifier.backtest import Edition, placed_at, report, tried
from alertbot.config import Config, load_config
from alertbot.feeds.source import load_source
from alertbot.model import Alert, Entry, Feed, FeedId, Summary
from alertbot.ports import ArchivedBrief, PolledFeed
from alertbot.store import open_store, open_store_readonly

ROOT = Path(__file__).resolve().parent.parent
SEED = 7
END = datetime(2026, 11, 25, tzinfo=UTC)
TWO_YEARS = timedelta(days=730)
TARGET = 3.0
FEED = FeedId("meridian")
NO_SUMMARY = Summary(sentences=(), figures=(), key_figures=())
PARAGRAPH = re.compile(r"<(p|li)>(.*?)</\1>", re.DOTALL)
SENTENCE_END = re.compile(r"(?<=[.!?”])\s+(?=[A-Z“])")
#: names of one sort, swapped for each other so that no two briefs are alike
NAMES = [
    ["Iran", "Iraq", "Syria", "Yemen", "Lebanon", "Turkey", "Qatar", "Jordan", "Egypt", "Oman"],
    ["Tehran", "Baghdad", "Damascus", "Beirut", "Ankara", "Doha", "Amman", "Cairo"],
    ["China", "Russia", "Japan", "India", "Poland", "Ukraine", "Taiwan", "Norway", "Peru"],
    ["Hezbollah", "Hamas", "al-Shabaab", "Boko Haram", "Wagner", "Solidarity"],
    ["January", "February", "March", "April", "June", "July", "September", "October", "November"],
]
SORT_OF = {name: names for names in NAMES for name in names}
NAME = re.compile(rf"\b(?:{'|'.join(SORT_OF)})\b")
POLL = 500
#: sentences that a brief needs to lend some
ENOUGH = 7

T = TypeVar("T")


def entries(count: int) -> Iterator[Entry]:
    """Yield flash briefs of two to three kilobytes, oldest first, spread over two years."""
    dev = str(ROOT / "tests/data/dev.json")
    loaded = asyncio.run(load_source(dev, allow_private=False, contact=None))
    source = [entry for entry in loaded if len(sentences_of(entry)) >= ENOUGH]
    sentences = [sentences_of(entry) for entry in source]
    chance = random.Random(SEED)
    for number in range(count):
        main, other = chance.sample(range(len(source)), 2)
        written = [
            renamed(sentence, chance)
            for at, most in ((main, 14), (other, 10))
            for sentence in chance.sample(sentences[at], min(most, len(sentences[at])))
        ]
        lead, quote, rest, past = written[:6], written[6], written[7:14], written[14:]
        yield Entry(
            feed=FEED,
            key=f"https://meridian-briefs.example/{number}/",
            title=renamed(source[main].title, chance),
            link=f"https://meridian-briefs.example/{number}/",
            published=END - TWO_YEARS * (count - number) / count,
            content=f"<h2>Latest Developments</h2><p>{' '.join(lead)}</p><h2>Expert Analysis</h2>"
            f"<p>“{quote}” <strong>Jo Doe</strong>, Senior Fellow</p>"
            f"<p>{' '.join(rest)}</p><h2>Background</h2><p>{' '.join(past)}</p>",
            is_html=True,
            tags=source[main].tags if chance.random() < 0.8 else (),
        )


def unmatched(count: int) -> Iterator[Alert]:
    for entry in entries(count):
        yield Alert(brief=make_brief(entry), summary=NO_SUMMARY, matches=())


def sentences_of(entry: Entry) -> list[str]:
    return [
        sentence
        for _, paragraph in PARAGRAPH.findall(entry.content)
        for sentence in SENTENCE_END.split(paragraph)
        if "<" not in sentence
    ]


def renamed(text: str, chance: random.Random) -> str:
    """Swap one name in three for another of its sort."""
    return NAME.sub(
        lambda found: chance.choice(SORT_OF[found[0]]) if chance.random() < 1 / 3 else found[0],
        text,
    )


async def fill(store_url: str, alerts: Sequence[Alert]) -> None:
    """Store the briefs as polls would."""
    store = await open_store(store_url)
    feed = Feed(
        id=FEED,
        name="Meridian",
        url="https://meridian-briefs.example/feed.json",
        interval=timedelta(minutes=5),
        min_interval=timedelta(minutes=2),
    )
    await store.feeds.register_feeds([feed], END)
    for at in range(0, len(alerts), POLL):
        [due] = await store.feeds.claim_feeds(END, 1, timedelta(minutes=1))
        poll = PolledFeed(
            feed=FEED, token=due.token, next_poll_at=END, alerts=tuple(alerts[at : at + POLL])
        )
        await store.feeds.save_poll(poll, END)
    await store.close()


async def load(store_url: str) -> list[ArchivedBrief]:
    store = await open_store_readonly(store_url)
    try:
        return [archived async for batch in store.feeds.archive() for archived in batch]
    finally:
        await store.close()


def alternations(config: Config) -> list[re.Pattern[str]]:
    """Return the baseline: every term that a topic's rule names, in one pattern for each topic."""
    return [
        re.compile(rf"\b(?:{'|'.join(sorted(terms_of(topic.rule, config)))})\b", re.IGNORECASE)
        for topic in config.topics
        if topic.rule
    ]


def terms_of(rule: str, config: Config) -> set[str]:
    found = {part for name in re.findall(r"@(\w+)", rule) for part in listed(name, config)}
    bare = re.sub(r"@\w+|\b(?:AND|OR|NOT|O?NEAR/\d+|ATLEAST/\d+)\b|\w+:", " ", rule)
    for quoted, word in re.findall(r'"([^"]+)"|([\w*-]+)', bare):
        found.add(pattern(quoted or word))
    return found


def listed(name: str, config: Config) -> Iterator[str]:
    for term in config.terms[name]:
        if term.startswith("@"):
            yield from listed(term[1:], config)
        else:
            yield pattern(term)


def pattern(term: str) -> str:
    words = re.split(r"[\s-]+", term.removeprefix("=").strip('"'))
    return r"[\s-]+".join(re.escape(word).replace(r"\*", r"\w*") for word in words)


class Clock:
    """CPU seconds by phase."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}

    def time(self, phase: str, work: Callable[[], T]) -> T:
        begun = time.process_time()
        done = work()
        self.phases[phase] = time.process_time() - begun
        return done


def command(*arguments: str) -> dict[str, float]:
    """Run the command line as a user would; return its seconds."""
    before, begun = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-m", "alertbot", *arguments], check=True, capture_output=True)
    wall, after = time.perf_counter() - begun, os.times()
    cpu = after.children_user + after.children_system
    return {"wall": wall, "cpu": cpu - before.children_user - before.children_system}


def measure(folder: Path, count: int) -> dict[str, object]:
    path = folder / "config.toml"
    path.write_text((ROOT / "config.example.toml").read_text(encoding="utf-8"), encoding="utf-8")
    config = load_config(path, {})
    asyncio.run(fill(config.store_url, list(unmatched(count))))
    start = command("--version")
    whole = command("backtest", "--config", str(path), "--format", "jsonl")

    clock = Clock()
    archived = clock.time("load", lambda: asyncio.run(load(config.store_url)))
    edition = clock.time("compile", lambda: Edition(config.topics, config.terms))
    trials = clock.time(
        "match",
        lambda: [
            tried(one.brief, placed_at(one.brief, one.seen_at), edition, None) for one in archived
        ],
    )
    found = clock.time("report", lambda: report(trials, edition, None))
    clock.time("draw", lambda: as_text(found, None))
    clock.time("jsonl", lambda: list(as_json(found)))

    patterns = alternations(config)
    texts = [one.brief.text for one in archived]
    clock.time(
        "baseline: re per topic",
        lambda: sum(bool(one.search(text)) for text in texts for one in patterns),
    )
    return {
        "briefs": len(archived),
        "characters": round(sum(map(len, texts)) / len(texts)),
        "topics": len(config.topics),
        "alerts": sum(len(one.after.alerts) for one in found.topics if one.after),
        "cpu_seconds": clock.phases,
        "match_to_baseline": clock.phases["match"] / clock.phases["baseline: re per topic"],
        "start": start,
        "command": whole,
        "target_seconds": TARGET,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def show(result: dict[str, object]) -> None:
    print(
        f"{result['briefs']:,} briefs of {result['characters']:,} characters, "
        f"{result['topics']} topics, {result['alerts']:,} alerts\n"
    )
    phases: dict[str, float] = result["cpu_seconds"]
    print(f"{'phase':<26}{'CPU s':>8}{'µs a brief':>14}")
    for phase, seconds in phases.items():
        print(f"{phase:<26}{seconds:>8.2f}{seconds / result['briefs'] * 1e6:>14.0f}")
    print(f"\nmatch takes {result['match_to_baseline']:.2f} of the baseline's time")
    for name in ("start", "command"):
        run = result[name]
        print(f"{name:<9}{run['wall']:6.2f} s wall, {run['cpu']:.2f} s CPU")
    print(f"target   {result['target_seconds']:6.2f} s for the command")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--briefs", type=int, default=10_000)
    parser.add_argument("--json", type=Path, help="write the result to this file as well")
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="alertbot-bench-") as folder:
        result = measure(Path(folder), arguments.briefs)
    show(result)
    print(json.dumps(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
