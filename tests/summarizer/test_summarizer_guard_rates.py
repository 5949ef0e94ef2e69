"""How many false sentences the guard finds, by what is false in them, on 24 labelled briefs.

Each number of each brief is made false in nine ways, one at a time. Floors, below what is reached;
that a true sentence is never dropped is no floor.
"""

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from guard_mutations import mutants, sentences

from alertbot.briefs import make_brief
from alertbot.feeds.reading import parse_feed
from alertbot.model import Brief, FeedId, Sentence, Summary
from alertbot.summarizer import summarize
from alertbot.summarizer.guard import guarded

BRIEFS = Path(__file__).parents[1] / "data" / "dev.json"
FLOORS = {
    "number + 1": 0.98,
    "number x 10": 0.99,
    "digits reversed": 0.97,
    "swapped": 0.86,
    "qualifier dropped": 0.96,
    "noun replaced": 0.97,
    "killed for wounded": 1.0,
    "million for billion": 1.0,
    "sum of two": 0.96,
}


def briefs() -> list[Brief]:
    entries = parse_feed(
        BRIEFS.read_bytes(), feed=FeedId("dev"), url="https://example.org/", content_type=None
    )
    return [make_brief(entry) for entry in entries]


def dropped(brief: Brief, lines: list[str]) -> set[str]:
    told = tuple(Sentence(text=line, start=0, end=len(line)) for line in lines)
    found = guarded(brief, Summary(sentences=told, figures=(), key_figures=()))
    return {each.line for each in found.dropped}


@cache
def rates() -> dict[str, tuple[int, int]]:
    """Return (found, made) for each kind of mutation."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for brief in briefs():
        made = list(mutants(brief))
        wrong = dropped(brief, [line for _, line in made])
        for kind, line in made:
            counts[kind][0] += line in wrong
            counts[kind][1] += 1
    return {kind: (found, made) for kind, (found, made) in counts.items()}


@pytest.mark.parametrize("kind", FLOORS)
def test_a_false_number_is_found(kind: str) -> None:
    found, made = rates()[kind]

    assert made >= 15
    assert found / made >= FLOORS[kind], f"{found} of {made}"


def test_a_true_sentence_is_never_dropped() -> None:
    for brief in briefs():
        assert not dropped(brief, sentences(brief))


def test_no_line_of_an_alert_is_dropped() -> None:
    assert [guarded(brief, summarize(brief)).dropped for brief in briefs()] == [()] * 24


def test_a_true_sentence_told_by_another_is_seldom_dropped() -> None:
    told = wrong = 0
    for brief in briefs():
        lines = [f"Officials say: {line}" for line in sentences(brief)]
        told += len(lines)
        wrong += len(dropped(brief, lines))

    assert wrong / told <= 0.03
