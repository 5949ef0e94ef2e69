"""How well the whole product reads 24 labelled briefs, with the topics of the example config.

The labels (tests/data/dev.gold.json) say what an editor would: topics by subject, every figure, and
the sentence to lead with. These are floors, below what is reached, so that a rule that is right in
general may cost a point here; what must be perfect is perfect.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alertbot.app.preview import Preview, as_json
from alertbot.config import load_config
from alertbot.feeds.reading import parse_feed
from alertbot.model import FeedId
from fakes.telegram_parser import parse_html

TESTS = Path(__file__).parents[1]
BRIEFS = TESTS / "data" / "dev.json"
GOLD: dict[str, Any] = json.loads((TESTS / "data" / "dev.gold.json").read_text("utf-8"))
CONFIG = TESTS.parent / "config.example.toml"


@dataclass
class Count:
    """What was found, wanted and wrong."""

    right: int = 0
    guessed: int = 0
    wanted: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.guessed + self.wanted)


@cache
def rows(*, publisher_tags: bool = True) -> dict[str, Any]:
    entries = parse_feed(
        BRIEFS.read_bytes(), feed=FeedId("dev"), url="https://example.org/", content_type=None
    )
    preview = Preview(load_config(CONFIG, {}), publisher_tags=publisher_tags)
    read = [json.loads(as_json(one, None)) for one in preview.show(entries)]
    return {row["id"]: row for row in read}


def topics(*, publisher_tags: bool) -> Count:
    count = Count()
    for key, row in rows(publisher_tags=publisher_tags).items():
        wanted = set(GOLD[key]["topics"])
        guessed = {topic["id"] for topic in row["topics"]} - (
            set(GOLD[key]["near_topics"]) - wanted
        )
        count.right += len(wanted & guessed)
        count.guessed += len(guessed)
        count.wanted += len(wanted)
    return count


def same_figure(gold: dict[str, Any], guess: dict[str, Any]) -> bool:
    """Tell whether two figures agree on words, value, qualifier and the head of what is counted."""

    def words(text: str) -> list[str]:
        return [word.rstrip("s") for word in re.findall(r"[a-z0-9]+", text.lower())]

    def values(value: Any) -> list[float]:
        return [round(each, 2) for each in (value if isinstance(value, list) else [value])]

    if (gold["value"] is None) != (guess["value"] is None):
        return False
    if gold["value"] is not None and values(gold["value"]) != values(guess["value"]):
        return False
    ranges = isinstance(gold["value"], list)
    qualifiers = {gold["qualifier"], guess["qualifier"]}
    heads = words(gold["unit"])[-1:], words(guess["unit"])[-1:]
    return (
        bool(set(words(gold["text"])) & set(words(guess["text"])))
        and (len(qualifiers) == 1 or (ranges and qualifiers <= {None, "between"}))
        and (heads[0] == heads[1] or heads[0][0] in words(guess["unit"]))
    )


def test_topics_with_publisher_tags() -> None:
    assert topics(publisher_tags=True).f1 >= 0.93


def test_topics_by_the_rules_alone() -> None:
    assert topics(publisher_tags=False).f1 >= 0.88


def test_figures_with_value_qualifier_and_unit() -> None:
    count = Count()
    for key, row in rows().items():
        left = list(row["figures"])
        count.wanted += len(GOLD[key]["figures"])
        count.guessed += len(left)
        for figure in GOLD[key]["figures"]:
            found = next((guess for guess in left if same_figure(figure, guess)), None)
            if found:
                left.remove(found)
                count.right += 1
    assert count.f1 >= 0.94


def test_key_figures_are_those_an_editor_would_show() -> None:
    shown = right = 0
    for key, row in rows().items():
        salient = [figure for figure in GOLD[key]["figures"] if figure["salient"]]
        chosen = [row["figures"][index] for index in row["key_figures"]]
        shown += len(chosen)
        right += sum(any(same_figure(gold, figure) for gold in salient) for figure in chosen)
    assert right / shown >= 0.84


def test_the_editors_lead_comes_first() -> None:
    first = [GOLD[key]["lead"] in row["summary"][0] for key, row in rows().items()]

    assert sum(first) / len(first) >= 0.95


def test_no_message_is_longer_than_900_characters() -> None:
    assert max(len(row["message"]["text"]) for row in rows().values()) <= 900


def test_every_message_is_one_that_telegram_accepts() -> None:
    for row in rows().values():
        assert parse_html(row["message"]["html"]).text == row["message"]["text"]
