"""What only admins have, joined; to anybody else there are no such commands and buttons."""

from collections.abc import Mapping

from alertbot.chat.parts.admins.asking import Asking
from alertbot.chat.parts.admins.broadcasting import Broadcasting
from alertbot.chat.parts.admins.former import FormerTopics
from alertbot.chat.parts.admins.glance import Glancing
from alertbot.chat.parts.admins.office import Office, act_of
from alertbot.chat.parts.admins.pausing import Pausing
from alertbot.chat.talk import Command, Desk, Pressed, Speaker, Tap, Who


class AdminsPart:
    """Lets admins look, ask and decide."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self._desk = desk
        self._office = office
        self._former = FormerTopics(desk.book, desk.offer)
        glancing, asking = Glancing(office), Asking(desk, office)
        pausing, broadcasting = Pausing(desk, office), Broadcasting(desk, office)
        self.commands: Mapping[str, Command] = {
            **glancing.commands,
            **asking.commands,
            **pausing.commands,
            **broadcasting.commands,
        }
        self.buttons: Mapping[str, Tap] = {
            **glancing.buttons,
            **pausing.buttons,
            **broadcasting.buttons,
            "former": Tap(handle=self._former_topic, who=Who.ADMINS),
        }

    async def _former_topic(self, speaker: Speaker, data: str) -> Pressed | None:
        async def note(what: str) -> None:
            await self._office.acts.note(act_of(self._desk, speaker, "delete", what))

        return await self._former.press(data, note)
