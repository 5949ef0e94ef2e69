"""How fast thousands of boolean rules are matched: `make bench-match`, or `python bench/match.py`.

Each engine and number of rules has a process of its own, so that memory can be told apart; all see
the same documents and the same rules. The others only find the literals of the rules, which is less
than is asked: no AND, NEAR, NOT, zones or counting, and no evidence. Rates are documents per second
of CPU time. Prints a table, and with --json FILE the same as JSON.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus import Corpus

DOCUMENTS = 400
SIZES = (1_000, 10_000, 100_000)
#: CPU seconds that each engine gets; a slow one sees fewer documents
PATIENCE = 4.0
ROUNDS = 3
LITERAL = re.compile(r'"([^"]+)"')

#: what an engine is given is made before the clock starts
Match = Callable[[Any], object]
Build = Callable[[list[str]], Match]


@dataclass(frozen=True, slots=True)
class Row:
    """What one engine did with one number of rules."""

    engine: str
    rules: int
    #: documents per CPU second; None where the library is not installed
    rate: float | None = None
    build_s: float = 0.0
    #: what it added to the memory of the process, and the most the process ever had
    memory_mb: float = 0.0
    peak_mb: float = 0.0
    literals: int = 0


def ours(rules: list[str]) -> Match:
    from alertbot.classifier import compile_topics
    from alertbot.model import Topic, TopicId

    topics = [Topic(id=TopicId(f"t{at}"), name="T", rule=rule) for at, rule in enumerate(rules)]
    classifier = compile_topics(topics, {})
    return classifier.match


def ours_without_evidence(rules: list[str]) -> Match:
    from alertbot.classifier.engine.rules import Rules

    compiled = Rules(_parsed(rules), {})
    return lambda brief: list(compiled.fired(compiled.scan(brief)))


def ours_without_index(rules: list[str]) -> Match:
    from alertbot.classifier.engine.rules import Rules
    from alertbot.classifier.engine.scan import Scan

    class Everything(Rules):
        def _candidates(self, scan: Scan) -> Collection[int]:
            return range(len(self._rules))

    compiled = Everything(_parsed(rules), {})
    return lambda brief: list(compiled.fired(compiled.scan(brief)))


def bare_ahocorasick_rs(rules: list[str]) -> Match:
    from ahocorasick_rs import AhoCorasick

    automaton = AhoCorasick(_literals(rules))
    return lambda text: automaton.find_matches_as_indexes(text.lower(), overlapping=True)


def pyahocorasick(rules: list[str]) -> Match:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for literal in _literals(rules):
        automaton.add_word(literal, literal)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(text.lower()))


def hyperscan_literals(rules: list[str]) -> Match:
    import hyperscan

    literals = [literal.encode() for literal in _literals(rules)]
    database = hyperscan.Database()
    flags = [hyperscan.HS_FLAG_SOM_LEFTMOST] * len(literals)
    database.compile(
        expressions=literals, ids=list(range(len(literals))), flags=flags, literal=True
    )

    def match(text: str) -> object:
        found: list[tuple[int, int]] = []
        database.scan(
            text.lower().encode(),
            match_event_handler=lambda number, start, end, _, __: found.append((number, end)),
        )
        return found

    return match


def spacy_phrases(rules: list[str]) -> Match:
    import spacy
    from spacy.matcher import PhraseMatcher

    english = spacy.blank("en")
    matcher = PhraseMatcher(english.vocab, attr="LOWER")
    matcher.add("rules", list(english.pipe(_literals(rules))))
    return lambda text: matcher(english(text))


def re_for_each_rule(rules: list[str]) -> Match:
    patterns = [
        re.compile(rf"\b(?:{'|'.join(map(re.escape, LITERAL.findall(rule)))})\b") for rule in rules
    ]

    def match(text: str) -> object:
        lower = text.lower()
        return [pattern.search(lower) for pattern in patterns]

    return match


def one_re(rules: list[str]) -> Match:
    longest_first = sorted(_literals(rules), key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
    return lambda text: pattern.findall(text.lower())


ENGINES: dict[str, Build] = {
    "alertbot": ours,
    "alertbot, no evidence": ours_without_evidence,
    "alertbot, no index": ours_without_index,
    "ahocorasick_rs, bare": bare_ahocorasick_rs,
    "pyahocorasick": pyahocorasick,
    "hyperscan, literals": hyperscan_literals,
    "spaCy PhraseMatcher": spacy_phrases,
    "one re": one_re,
    "one re per rule": re_for_each_rule,
}


def _brief(document: list[str]) -> Any:
    from alertbot.model import Block, Brief, FeedId, Zone

    zones = [Zone.TITLE, Zone.LEAD, Zone.LEAD, *[Zone.BODY] * len(document)]
    blocks, at = [], 0
    for zone, part in zip(zones, document, strict=False):
        blocks.append(Block(zone=zone, start=at, end=at + len(part)))
        at += len(part) + 1
    return Brief(
        feed=FeedId("bench"),
        key="1",
        title=document[0],
        link=None,
        published=None,
        authors=(),
        tags=(),
        text="\n".join(document),
        blocks=tuple(blocks),
        quotes=(),
        truncated=False,
    )


def _parsed(rules: list[str]) -> list[Any]:
    from alertbot.classifier.language.grammar import parse_rule
    from alertbot.model import Prominence

    return [(parse_rule(rule).node, Prominence.MAIN) for rule in rules]


def _literals(rules: list[str]) -> list[str]:
    return list(dict.fromkeys(literal for rule in rules for literal in LITERAL.findall(rule)))


def measure(engine: str, size: int) -> Row:
    """Build and run one engine in this process."""
    corpus = Corpus()
    prepare = _brief if engine.startswith("alertbot") else "\n".join
    documents = [prepare(corpus.document()) for _ in range(DOCUMENTS)]
    rules = corpus.rules(size)
    before = _resident_mb()
    begin = time.process_time()
    try:
        match = ENGINES[engine](rules)
    except ImportError:
        return Row(engine, size)
    build = time.process_time() - begin
    memory = _resident_mb() - before
    rate = max(_rate(match, documents) for _ in range(ROUNDS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Row(engine, size, rate, build, memory, peak, len(_literals(rules)))


def _rate(match: Match, documents: list[Any]) -> float:
    """Return the rate over the documents, or over as many as patience allows."""
    begin = time.process_time()
    done = 0
    while done < len(documents) and time.process_time() - begin < PATIENCE:
        match(documents[done])
        done += 1
    return done / (time.process_time() - begin)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def _in_own_process(engine: str, size: int) -> Row:
    command = [sys.executable, __file__, "--engine", engine, "--rules", str(size)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return Row(**json.loads(ended.stdout))


def _table(rows: list[Row]) -> str:
    head = f"{'rules':>8} {'engine':<22} {'docs/s':>9}"
    lines = [" ".join([head, *(f"{one:>8}" for one in ("of bare", "build s", "MB", "peak MB"))])]
    bare = {row.rules: row.rate for row in rows if row.engine == "ahocorasick_rs, bare"}
    for row in rows:
        if row.rate is None:
            lines.append(f"{row.rules:>8,} {row.engine:<22} not installed")
            continue
        limit = bare.get(row.rules)
        share = f"{row.rate / limit:>8.2f}" if limit else f"{'':>8}"
        lines.append(
            f"{row.rules:>8,} {row.engine:<22} {row.rate:>9,.1f} {share} {row.build_s:>8.2f} "
            f"{row.memory_mb:>8.0f} {row.peak_mb:>8.0f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure what the arguments say and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--engine", choices=ENGINES, help="only this one, in this process, as JSON")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there, too")
    arguments = parser.parse_args()
    if arguments.engine:
        print(json.dumps(asdict(measure(arguments.engine, arguments.rules[0]))))
        return
    rows = [_in_own_process(engine, size) for size in arguments.rules for engine in ENGINES]
    print(_table(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


if __name__ == "__main__":
    main()
