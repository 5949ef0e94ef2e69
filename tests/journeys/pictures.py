"""Draws the main journeys into docs/pictures, from the same scripts as the transcripts.

Run: make screenshots
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from journeys.drawing import draw
from journeys.scripts import JOURNEYS, play
from journeys.transcript import Event, Heading, Said, Transcript

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
NEWS = ", published: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What of a journey is drawn."""

    #: without what comes before this is said or published
    since: str = ""
    #: events; None for all
    most: int | None = None


PICTURES = {
    "start": Picture(),
    "choose": Picture(most=12),
    "alert": Picture(since=NEWS),
    "why": Picture(since=NEWS),
    "more": Picture(since=NEWS, most=4),
    "mute": Picture(since=NEWS, most=6),
    "digest": Picture(since=NEWS, most=10),
    "watch": Picture(since="/watch crane", most=8),
    "find": Picture(since="/find missil*", most=4),
    "persian": Picture(),
    "group": Picture(most=13),
    "admin": Picture(since="/admin", most=11),
}


def draw_picture(name: str, transcript: Transcript) -> str:
    """Return the SVG of a journey."""
    return draw(transcript.title, _chosen(PICTURES[name], transcript.events))


def _chosen(picture: Picture, events: Sequence[Event]) -> Sequence[Event]:
    first = next(
        at
        for at, event in enumerate(events)
        if picture.since in (event.text if isinstance(event, Heading | Said) else "")
    )
    return events[first:][: picture.most]


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        drawn = draw_picture(name, asyncio.run(play(name)))
        (FOLDER / f"{name}.svg").write_text(drawn, "utf-8")
        print(f"wrote docs/pictures/{name}.svg: {JOURNEYS[name].title}")  # noqa: T201


if __name__ == "__main__":
    main()
