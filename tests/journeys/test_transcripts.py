"""Conversations from end to end, each compared with a file in tests/data/transcripts.

The main ones are pictures, too, in docs/pictures. UPDATE_TRANSCRIPTS=1 writes all these files anew;
read them and look at them before you commit them.
"""

import os
import re
from pathlib import Path

import pytest

from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import commands_for, offer
from journeys.pictures import FOLDER, PICTURES, draw_picture
from journeys.scripts import JOURNEYS, play

TRANSCRIPTS = Path(__file__).parents[1] / "data" / "transcripts"


@pytest.mark.parametrize("name", JOURNEYS)
async def test_the_conversation_goes_as_its_transcript_and_picture_show(name: str) -> None:
    transcript = await play(name)

    agrees(transcript.text, TRANSCRIPTS / f"{name}.txt")
    if name in PICTURES:
        agrees(draw_picture(name, transcript), FOLDER / f"{name}.svg")


def agrees(said: str, file: Path) -> None:
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        file.write_text(said, "utf-8")
    assert said == file.read_text("utf-8"), f"{file.name}: UPDATE_TRANSCRIPTS=1 writes it anew"


def test_every_transcript_is_one_of_a_journey() -> None:
    assert {file.stem for file in TRANSCRIPTS.glob("*.txt")} == set(JOURNEYS)


def test_every_command_and_every_kind_of_button_is_in_a_transcript() -> None:
    everything = "\n".join(file.read_text("utf-8") for file in TRANSCRIPTS.glob("*.txt"))
    commands = commands_for(MemoryChatBook(), offer())

    typed = set(re.findall(r"^[\w, ']+: /(\w+)", everything, re.MULTILINE))
    tapped = set(re.findall(r"^[\w ]+ taps \[.*\] \((\w+?)\d*[:)]", everything, re.MULTILINE))

    assert set(commands._commands) - typed == set()
    assert set(commands._buttons) - tapped == set()
