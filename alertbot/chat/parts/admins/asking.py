"""/reload, /check and /test: what admins ask of the config and its topics."""

from collections.abc import Mapping

from alertbot.chat.parts.admins.office import Office, act_of, log_act
from alertbot.chat.talk import Answer, Command, Desk, Speaker, Who, clip, say

#: characters in the log of acts
NOTED = 80


class Asking:
    """Reads the config, and tries its topics."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self._desk = desk
        self._office = office
        self.commands: Mapping[str, Command] = {
            "reload": Command(handle=self._reload, menu="Read the config now", who=Who.ADMINS),
            "check": Command(
                handle=self._check, menu="What is wrong with the config", who=Who.ADMINS
            ),
            "test": Command(
                handle=self._test, menu="What would be sent of a page or text", who=Who.ADMINS
            ),
        }

    async def _reload(self, speaker: Speaker, _: str) -> Answer:
        answer = await self._office.reload(speaker.chat)
        await self._note(speaker, "reload")
        return (answer,)

    async def _check(self, speaker: Speaker, _: str) -> Answer:
        await self._note(speaker, "check")
        return (await self._office.check(),)

    async def _test(self, speaker: Speaker, said: str) -> Answer:
        if not said:
            hint = "Write behind it the address of a page or a feed, or the text of a brief:"
            return (say(f"{hint}\n<code>/test https://example.org/brief</code>"),)
        await self._note(speaker, "test", clip(said, NOTED))
        return await self._office.test(said)

    async def _note(self, speaker: Speaker, what: str, detail: str = "") -> None:
        act = act_of(self._desk, speaker, what, detail)
        await self._office.acts.note(act)
        log_act(act)
