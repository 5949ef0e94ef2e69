"""What is known of a round of chaos: the files that everyone left in its folder.

origin.jsonl      each entry as it was published: id, title, topics, at, feed, quiet
subscribers.json  chat -> topics
ledger.jsonl      what the Bot API saw, in order: request, message (accepted), pause (a 429)
rows.json         the deliveries as the database has them at the end
trial.json        what was done (kills, hits) and what is allowed (`Allowed`)
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: an accepted message: the title of its entry and its chat
Pair = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What a scenario does, and what may come of it."""

    scenario: str
    #: processes killed or frozen
    kills: int = 0
    #: of those, how many had a message on the wire, or what else the scenario means to hit
    hits: int = 0
    hits_wanted: int = 0
    repeats: int = 0
    #: wanted deliveries that may be missing if the rows say `unknown`
    unknown: int = 0
    #: messages accepted in any second
    per_second: float | None = None
    #: a chat gets the entries of a feed in the order they were published
    ordered: bool = True
    #: seconds from publication to the first acceptance, beyond which a delivery counts as late
    late_after: float = 60.0
    #: seconds after a 429 in which what was under way may still come
    pause_grace: float = 0.5
    #: finishes that came after another took over, and how many of them were refused
    late_finishes: int = 0
    late_refused: int = 0
    #: what the database says of itself
    integrity: str = "ok"
    #: what went wrong outside of the deliveries, such as an exit code
    mishaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """All that is known of a round."""

    allowed: Allowed
    origin: Sequence[Mapping[str, Any]]
    #: chat -> topics
    subscribers: Mapping[int, frozenset[str]]
    ledger: Sequence[Mapping[str, Any]]
    rows: Sequence[Mapping[str, Any]]

    def events(self, kind: str) -> list[Mapping[str, Any]]:
        """Return one kind of what the Bot API saw, in order."""
        return [event for event in self.ledger if event["kind"] == kind]

    def accepted(self) -> list[tuple[Pair, Mapping[str, Any]]]:
        """Return what was accepted, in order, each with its pair."""
        return [((title_of(m["text"]), m["chat"]), m) for m in self.events("message")]


def read_trial(folder: Path) -> Trial:
    """Read what a round left."""
    subscribers = json.loads((folder / "subscribers.json").read_text())
    return Trial(
        allowed=Allowed(**json.loads((folder / "trial.json").read_text())),
        origin=_lines(folder / "origin.jsonl"),
        subscribers={int(chat): frozenset(topics) for chat, topics in subscribers.items()},
        ledger=_lines(folder / "ledger.jsonl"),
        rows=json.loads((folder / "rows.json").read_text()),
    )


def title_of(text: str) -> str:
    """Return the headline of a message."""
    return text.partition("\n")[0].strip()


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]
