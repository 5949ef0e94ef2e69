"""The buttons that only admins have."""

from collections.abc import Mapping

from alertbot.chat.parts.admins.former import FormerTopics
from alertbot.chat.talk import Command, Desk, Pressed, Speaker, Tap, Who


class AdminsPart:
    """Lets admins decide."""

    def __init__(self, desk: Desk) -> None:
        self._former = FormerTopics(desk.book, desk.offer)
        self.commands: Mapping[str, Command] = {}
        self.buttons: Mapping[str, Tap] = {
            "former": Tap(handle=self._former_topic, who=Who.ADMINS),
        }

    async def _former_topic(self, _: Speaker, data: str) -> Pressed | None:
        return await self._former.press(data)
