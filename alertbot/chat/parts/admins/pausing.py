"""Pauses feeds and topics, and ends pauses.

Callback data is `pause:<kind>:<id>` or `resume:<kind>:<id>`, and `pauses:<page>` for a page of all
that can be paused; the limit on ids keeps it under Telegram's 64 bytes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alertbot.chat.parts.admins.office import Office, act_of, log_act, paged
from alertbot.chat.talk import (
    Answer,
    Buttons,
    Command,
    Desk,
    Pressed,
    Speaker,
    Tap,
    Who,
    bold,
    clip,
    escaped,
    fit,
    say,
)
from alertbot.model import Button, Message
from alertbot.ports import Pausable

PAGE = 8
#: characters of a name on a button
LABEL = 40
_PRESS = re.compile(r"(?P<do>pause|resume):(?P<kind>feed|topic):(?P<id>[a-z0-9-]{1,48})", re.ASCII)
_TURN = re.compile(r"pauses:(?P<page>[0-9]{1,4})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What can be paused, or is."""

    kind: Pausable
    id: str
    name: str
    paused: bool

    @property
    def said(self) -> str:
        return f"{self.kind.capitalize()} {bold(self.name)}"


class Pausing:
    """Pauses feeds and topics for all processes."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self._desk = desk
        self._office = office
        self.commands: Mapping[str, Command] = {
            "pause": Command(handle=self._pause, menu="Pause a feed or a topic", who=Who.ADMINS),
            "resume": Command(handle=self._resume, menu="End a pause", who=Who.ADMINS),
        }
        self.buttons: Mapping[str, Tap] = {
            "pause": Tap(handle=self._press, who=Who.ADMINS),
            "resume": Tap(handle=self._press, who=Who.ADMINS),
            "pauses": Tap(handle=self._turn, who=Who.ADMINS),
        }

    async def _pause(self, speaker: Speaker, said: str) -> Answer:
        return (await self._asked(speaker, "pause", said),)

    async def _resume(self, speaker: Speaker, said: str) -> Answer:
        return (await self._asked(speaker, "resume", said),)

    async def _asked(self, speaker: Speaker, do: str, said: str) -> Message:
        if not said:
            return await self._page(0, only_paused=do == "resume")
        meant = [item for item in await self._all() if _is_called(item, said)]
        match meant:
            case []:
                return say(f"No feed or topic is called {bold(said)}; /pause shows them all.")
            case [item]:
                return say(await self._do(speaker, do, item))
        rows = tuple((_button(do, item),) for item in meant)
        return say(f"Which one is {bold(said)}?", rows)

    async def _press(self, speaker: Speaker, data: str) -> Pressed | None:
        found = _PRESS.fullmatch(data)
        if not found:
            return None
        items = await self._all()
        key = found["kind"], found["id"]
        item = next((one for one in items if (one.kind, one.id) == key), None)
        if item is None:
            return None
        done = await self._do(speaker, found["do"], item)
        page = await self._page(items.index(item) // PAGE)
        return Pressed(notice=clip(say(done).text, 200), message=page)

    async def _turn(self, _: Speaker, data: str) -> Pressed | None:
        found = _TURN.fullmatch(data)
        return Pressed(message=await self._page(int(found["page"]))) if found else None

    async def _do(self, speaker: Speaker, do: str, item: _Item) -> str:
        """Pause or resume, and say what that means, in our own HTML."""
        act = act_of(self._desk, speaker, do, f"{item.kind} {item.id}")
        change = self._office.acts.pause if do == "pause" else self._office.acts.resume
        if not await change(item.kind, item.id, act):
            return f"{item.said} is {'paused already' if do == 'pause' else 'not paused'}."
        log_act(act)
        if do == "resume":
            return f"{item.said} goes on."
        if item.kind is Pausable.FEED:
            return f"{item.said} is paused: nothing is asked of it until you resume it."
        return f"{item.said} is paused: its briefs are stored, and nobody is told of them."

    async def _all(self) -> Sequence[_Item]:
        """Return what can be paused, and what is though it left the config."""
        paused = [(pause.kind, pause.id) for pause in await self._office.acts.pauses()]
        names: dict[tuple[Pausable, str], str] = {
            (Pausable.FEED, id_): name for id_, name in self._office.feeds().items()
        }
        names |= {(Pausable.TOPIC, topic.id): topic.name for topic in self._desk.topics}
        names |= {key: key[1] for key in paused if key not in names}
        return [
            _Item(kind=kind, id=id_, name=name, paused=(kind, id_) in paused)
            for (kind, id_), name in names.items()
        ]

    async def _page(self, page: int, *, only_paused: bool = False) -> Message:
        """Show what is paused, with a button for each thing that can be or, if wished, that is."""
        items = await self._all()
        those = [item for item in items if item.paused]
        named = ", ".join(escaped(f"{item.kind} {item.name}", LABEL) for item in those[:20])
        head = f"Paused: {named}" if those else "Nothing is paused."
        return say(fit([head]), _rows(those if only_paused else items, page))


def _is_called(item: _Item, said: str) -> bool:
    return said.casefold() in (item.id, item.name.casefold(), f"{item.kind} {item.id}")


def _rows(items: Sequence[_Item], page: int) -> Buttons:
    shown = paged(items, page, PAGE, "pauses")
    rows = tuple((_button("resume" if item.paused else "pause", item),) for item in shown.items)
    return (*rows, shown.turns) if shown.turns else rows


def _button(do: str, item: _Item) -> Button:
    label = f"{do.capitalize()} {item.kind} {clip(item.name, LABEL)}"
    return Button(label=label, data=f"{do}:{item.kind}:{item.id}")
