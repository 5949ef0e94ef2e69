"""What is kept of a chat, and how it ends."""

from collections.abc import Mapping

from alertbot.chat.talk import Answer, Command, Desk, Speaker, Tap, Who, say
from alertbot.words import msgid


class PrivacyPart:
    """Ends what there is between a chat and us."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.commands: Mapping[str, Command] = {
            "stop": Command(
                handle=self._stop,
                menu=msgid("End all alerts and delete your data"),
                who=Who.CHANGES,
                always=True,
            ),
        }
        self.buttons: Mapping[str, Tap] = {}

    async def _stop(self, speaker: Speaker, _: str) -> Answer:
        await self._desk.book.forget(speaker.chat)
        goodbye = speaker.words(
            "Done: no more alerts, and all I knew of this chat is deleted. "
            "If you want me back, send /start."
        )
        return (say(goodbye),)
