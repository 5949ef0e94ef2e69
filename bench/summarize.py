"""How well and how fast briefs are summarized: `make bench-summarize`.

Everyone reads the same 24 labelled briefs (tests/data/dev.json) in the same run. Figures are scored
in three steps: found at all, right value, and the full tuple of value,
qualifier and unit, which no library gives. Summaries are scored by the salient figures they tell.
Times are CPU time, the best of five rounds. Prints tables, and with --json FILE the same as JSON.
"""

import argparse
import json
import re
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from scoring import Figure, Reading, scored

from alertbot.briefs import make_brief
from alertbot.briefs.sentences import split
from alertbot.feeds.reading import parse_feed
from alertbot.model import Block, Brief, Entry, FeedId, Zone
from alertbot.summarizer import summarize
from alertbot.summarizer.guard import guarded

DATA = Path(__file__).parents[1] / "tests" / "data"
GOLD: dict[str, Any] = json.loads((DATA / "dev.gold.json").read_text("utf-8"))
ROUNDS = 5
MEGABYTE = 1_000_000
#: CPU seconds that anyone gets for the megabyte
PATIENCE = 30.0
UNTOLD = {Zone.TITLE, Zone.BYLINE, Zone.RELATED}
#: repeated to a megabyte each; none may cost more than 50 ms per 10 KB
HOSTILE = (
    "1", "1 ", "1-", "1,000,", "about 3 ", "one hundred and twenty-five thousand ", "5% ", "12\n",
    "May 3, 2024, ", "killed 3 and wounded ", "rose from 3 to ", "all but one of the 12 ",
    "Two Of ", "Resolution 1 and ", "“", "(", ".", "a", "😀", "\u0661\u0662 ",
    "<p>12 men</p>", "&amp;", "<li>at least 12 of the 40 men, ",
)  # fmt: skip


Read = Callable[[Brief], Reading]


@dataclass(frozen=True, slots=True)
class Row:
    """How one did; None where it does no such thing or is not installed."""

    name: str
    median_ms: float | None = None
    briefs_per_second: float | None = None
    us_per_kb: float | None = None
    megabyte_s: float | None = None
    detection: float | None = None
    value: float | None = None
    full_tuple: float | None = None
    salient_told: float | None = None


def ours() -> Read:
    def read(brief: Brief) -> Reading:
        checked = guarded(brief, summarize(brief)).summary
        return [Figure(f.text, f.value, f.qualifier, f.unit) for f in checked.figures]

    return read


def our_summary() -> Read:
    def read(brief: Brief) -> Reading:
        checked = guarded(brief, summarize(brief)).summary
        return " ".join(told.text for told in (*checked.sentences, *checked.key_figures))

    return read


def first_three_sentences() -> Read:
    return lambda brief: " ".join(sentences(brief)[:3])


def quantulum3() -> Read:
    warnings.simplefilter("ignore")
    parser = import_module("quantulum3.parser")

    def read(brief: Brief) -> Reading:
        found = parser.parse(plain(brief))
        return [Figure(q.surface, q.value, None, q.unit.name) for q in found]

    return read


def text2num() -> Read:
    find_numbers = import_module("text_to_num").find_numbers

    class Token:
        def __init__(self, text: str) -> None:
            self._text = text

        def text(self) -> str:
            return self._text

        def nt_separated(self, _: object) -> bool:
            return False

        def not_a_number_part(self) -> bool:
            return False

    def read(brief: Brief) -> Reading:
        words = re.findall(r"[\w’'-]+(?:[.,]\d+)*|[^\w\s]", plain(brief))
        found = find_numbers([Token(word) for word in words], "en")
        return [Figure(" ".join(words[n.start : n.end]), n.value) for n in found]

    return read


def lexrank() -> Read:
    dom = import_module("sumy.models.dom")
    summarizer = import_module("sumy.summarizers.lex_rank").LexRankSummarizer()

    class Words:
        """What NLTK's tokenizer would do; its data is downloaded at run time."""

        def to_words(self, text: str) -> tuple[str, ...]:
            return tuple(re.findall(r"[^\W\d_]+", text.lower()))

    def read(brief: Brief) -> Reading:
        told = [dom.Sentence(text, Words()) for text in sentences(brief)]
        chosen = summarizer(dom.ObjectDocumentModel([dom.Paragraph(told)]), 3)
        return " ".join(str(sentence) for sentence in chosen)

    return read


READERS: dict[str, Callable[[], Read]] = {
    "alertbot": ours,
    "quantulum3": quantulum3,
    "text2num": text2num,
    "alertbot, sentences and lines": our_summary,
    "first three sentences": first_three_sentences,
    "sumy LexRank, three sentences": lexrank,
}


def plain(brief: Brief) -> str:
    """Return the text in which figures are looked for."""
    blocks = [block for block in brief.blocks if block.zone not in UNTOLD]
    return "\n".join(brief.text[block.start : block.end] for block in blocks)


def sentences(brief: Brief) -> list[str]:
    """Return the sentences of the report, without headings and experts' words."""
    blocks = [b for b in brief.blocks if b.zone not in {*UNTOLD, Zone.QUOTE} and not b.heading]
    texts = [brief.text[block.start : block.end] for block in blocks]
    return [text[start:end] for text in texts for start, end in split(text)]


def briefs() -> list[Brief]:
    feed = (DATA / "dev.json").read_bytes()
    entries = parse_feed(feed, feed=FeedId("dev"), url="https://example.org/", content_type=None)
    return [make_brief(entry) for entry in entries]


def measured(texts: Sequence[Brief]) -> list[Row]:
    """Return how each does; they take turns, so that a busy machine is unfair to nobody."""
    readers: dict[str, Read] = {}
    for name, load in READERS.items():
        with suppress(ImportError):
            readers[name] = load()
    spent = {name: [float("inf")] * len(texts) for name in readers}
    for _ in range(ROUNDS):
        for name, read in readers.items():
            times = [_seconds(read, brief) for brief in texts]
            spent[name] = [min(pair) for pair in zip(times, spent[name], strict=True)]
    return [_row(name, readers.get(name), spent.get(name, []), texts) for name in READERS]


def _row(name: str, read: Read | None, spent: Sequence[float], texts: Sequence[Brief]) -> Row:
    if read is None:
        return Row(name)
    size = sum(len(plain(brief).encode()) for brief in texts) / 1024
    whole = one_brief("\n".join(map(plain, texts)))
    affordable = sum(spent) * MEGABYTE / 1024 / size < PATIENCE and "LexRank" not in name
    return Row(
        name,
        median_ms=1000 * statistics.median(spent),
        briefs_per_second=len(texts) / sum(spent),
        us_per_kb=1e6 * sum(spent) / size,
        megabyte_s=_seconds(read, whole) if affordable else None,
        **scored([(GOLD[brief.key]["figures"], read(brief)) for brief in texts]),
    )


def one_brief(text: str) -> Brief:
    """Return a brief of a megabyte: a text over and over, a paragraph a line."""
    lines = ["Title"]
    length = 0
    while length < MEGABYTE:
        lines += text.split("\n")
        length += len(text)
    blocks, at = [], 0
    for line in lines:
        zone = Zone.BODY if blocks else Zone.TITLE
        blocks.append(Block(zone=zone, start=at, end=at + len(line)))
        at += len(line) + 1
    return Brief(
        feed=FeedId("dev"), key="", title="Title", link=None, published=None, authors=(), tags=(),
        text="\n".join(lines), blocks=tuple(blocks), quotes=(), truncated=False,
    )  # fmt: skip


def _seconds(read: Callable[[Any], object], given: object) -> float:
    start = time.process_time()
    read(given)
    return time.process_time() - start


def hostile() -> dict[str, float]:
    """Return the CPU milliseconds per 10 KB that each hostile megabyte costs, markup and all."""

    def read(entry: Entry) -> object:
        brief = make_brief(entry)
        return guarded(brief, summarize(brief))

    costs = {}
    for unit in HOSTILE:
        content = (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
        is_html = unit.startswith(("<", "&"))
        entry = Entry(
            feed=FeedId("dev"), key="", title="", link=None, published=None, content=content,
            is_html=is_html,
        )  # fmt: skip
        costs[unit] = 1000 * _seconds(read, entry) / (len(content.encode()) / 10_240)
    return costs


def _cell(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _table(rows: Sequence[Row]) -> str:
    head = f"{'':32}{'ms':>7}{'briefs/s':>10}{'us/KB':>8}{'1 MB, s':>9}"
    head += f"{'found':>8}{'value':>7}{'tuple':>7}{'told':>7}"
    lines = [head]
    lines += [
        f"{row.name:32}{_cell(row.median_ms, 2):>7}{_cell(row.briefs_per_second, 0):>10}"
        f"{_cell(row.us_per_kb, 0):>8}{_cell(row.megabyte_s, 1):>9}"
        f"{_cell(row.detection, 3):>8}{_cell(row.value, 3):>7}{_cell(row.full_tuple, 3):>7}"
        f"{_cell(row.salient_told, 2):>7}"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--json", type=Path, metavar="FILE")
    file = arguments.parse_args().json
    rows = measured(briefs())
    print(_table(rows))
    print(
        "\nms: median of a brief; found, value, tuple: F1 of figures; told: salient figures told."
    )
    print(f"1 MB: of which alertbot reads 200 KB; - where it would take over {PATIENCE:.0f} s.")
    costs = hostile()
    worst = max(costs, key=lambda unit: costs[unit])
    print(f"\n{len(costs)} hostile megabytes: at most {costs[worst]:.1f} ms per 10 KB ({worst!r})")
    if file:
        report = {"rows": [asdict(row) for row in rows], "hostile_ms_per_10_kb": costs}
        file.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
