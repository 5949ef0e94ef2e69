"""/admin: how all is doing in one message, and pages of feeds, of topics, of what admins did.

Callback data is `admin:home`, or `admin:<list>:<page>` with the list `feeds`, `topics` or `acts`.
"""

import re
from collections.abc import Iterator, Mapping

from alertbot.chat.parts.admins.office import Glance, Office, paged
from alertbot.chat.talk import (
    Answer,
    Buttons,
    Command,
    Pressed,
    Speaker,
    Tap,
    Who,
    bold,
    escaped,
    fit,
    say,
)
from alertbot.model import Button, Message

#: lines of a list on its own page, and on the first one
PAGE = 10
SHOWN = 4
ACTS_SHOWN = 3
COMPLAINTS = 6
#: characters of a line
WIDTH = 180
HEADINGS = {"feeds": "Feeds", "topics": "Topics", "acts": "What admins did"}
_PRESS = re.compile(r"admin:(?:home|(?P<list>feeds|topics|acts):(?P<page>[0-9]{1,4}))", re.ASCII)


class Glancing:
    """Shows how all is doing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.commands: Mapping[str, Command] = {
            "admin": Command(handle=self._show, menu="How all is doing", who=Who.ADMINS)
        }
        self.buttons: Mapping[str, Tap] = {"admin": Tap(handle=self._press, who=Who.ADMINS)}

    async def _show(self, _: Speaker, __: str) -> Answer:
        return (front_page(await self._office.glance()),)

    async def _press(self, _: Speaker, data: str) -> Pressed | None:
        found = _PRESS.fullmatch(data)
        if not found:
            return None
        glance = await self._office.glance()
        if found["list"] is None:
            return Pressed(message=front_page(glance))
        return Pressed(message=list_page(found["list"], glance, int(found["page"])))


def front_page(glance: Glance) -> Message:
    """Write what an admin sees first."""
    return say(fit(_front(glance)), _front_buttons(glance))


def list_page(name: str, glance: Glance, page: int) -> Message:
    """Write a page of the list of this name, counted from 0; the last one if there are fewer."""
    lines = {"feeds": glance.feeds, "topics": glance.topics, "acts": glance.acts}[name]
    shown = paged(lines, page, PAGE, f"admin:{name}")
    head = f"{bold(HEADINGS[name])}, page {shown.number} of {shown.of}"
    back = (Button(label="Back", data="admin:home"),)
    rows = (shown.turns, back) if shown.turns else (back,)
    return say(fit([head, *map(_item, shown.items)]), rows)


def _front(glance: Glance) -> Iterator[str]:
    if glance.complaints:
        yield bold("Needs a person")
        yield from map(_item, glance.complaints[:COMPLAINTS])
        if (more := len(glance.complaints) - COMPLAINTS) > 0:
            yield f"… and {more} more"
    else:
        yield bold("All is well")
    yield ""
    for heading, said in glance.service:
        yield f"{bold(heading)}: {escaped(said, WIDTH)}"
    for name, lines in (("feeds", glance.feeds), ("topics", glance.topics)):
        yield ""
        yield f"{bold(HEADINGS[name])}: {len(lines):,}"
        yield from map(_item, lines[:SHOWN])
    if glance.acts:
        yield ""
        yield bold(HEADINGS["acts"])
        yield from map(_item, glance.acts[:ACTS_SHOWN])


def _front_buttons(glance: Glance) -> Buttons:
    lists = (("feeds", glance.feeds), ("topics", glance.topics))
    more = tuple(
        Button(label=f"All {len(lines):,} {name}", data=f"admin:{name}:0")
        for name, lines in lists
        if len(lines) > SHOWN
    )
    acts = (Button(label=HEADINGS["acts"], data="admin:acts:0"),)
    again = (Button(label="Look again", data="admin:home"),)
    rows = (more, acts if len(glance.acts) > ACTS_SHOWN else (), again)
    return tuple(row for row in rows if row)


def _item(line: str) -> str:
    return f"• {escaped(line, WIDTH)}"
