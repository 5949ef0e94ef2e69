"""The rooms behind the admins' commands, in memory, for tests of chats."""

from alertbot.chat import Glance
from alertbot.model import ChatId, FeedId, Message
from alertbot.ports import Act, Broadcast, BroadcastId, Pausable, Pause, Progress, Stage

WELL = Glance(complaints=(), service=(), feeds=(), topics=(), acts=())


class MemoryActs:
    """Keeps the promises of `ports.ActBook`."""

    def __init__(self) -> None:
        #: oldest first
        self.done: list[Act] = []
        self.paused: dict[tuple[Pausable, str], Pause] = {}

    async def note(self, act: Act) -> None:
        self.done.append(act)

    async def acts(self, limit: int) -> tuple[Act, ...]:
        return tuple(self.done[::-1][:limit])

    async def pauses(self) -> tuple[Pause, ...]:
        return tuple(self.paused[key] for key in sorted(self.paused))

    async def pause(self, kind: Pausable, id_: str, act: Act) -> bool:
        if (kind, id_) in self.paused:
            return False
        self.paused[kind, id_] = Pause(kind=kind, id=id_, since=act.at)
        self.done.append(act)
        return True

    async def resume(self, kind: Pausable, id_: str, act: Act) -> bool:
        if self.paused.pop((kind, id_), None) is None:
            return False
        self.done.append(act)
        return True


class MemoryBroadcasts:
    """Keeps the promises of `ports.BroadcastBook`, but for making deliveries."""

    def __init__(self, acts: MemoryActs) -> None:
        self._acts = acts
        self.chats = 2
        self.all: list[Broadcast] = []

    async def reachable(self) -> int:
        return self.chats

    async def draft(self, message: Message, act: Act) -> BroadcastId:
        number = BroadcastId(len(self.all) + 1)
        self.all.append(Broadcast(id=number, message=message, stage=Stage.DRAFT, made_at=act.at))
        self._acts.done.append(act)
        return number

    async def find(self, id_: BroadcastId) -> Broadcast | None:
        return next((one for one in self.all if one.id == id_), None)

    async def approve(self, id_: BroadcastId, act: Act) -> bool:
        return self._decide(id_, act, Stage.UNDER_WAY)

    async def cancel(self, id_: BroadcastId, act: Act) -> bool:
        return self._decide(id_, act, Stage.CANCELLED)

    async def latest(self) -> Progress | None:
        return None

    async def go_on(self, _: object) -> int | None:
        return None

    def _decide(self, id_: BroadcastId, act: Act, stage: Stage) -> bool:
        for place, one in enumerate(self.all):
            if one.id == id_ and one.stage is Stage.DRAFT:
                self.all[place] = Broadcast(
                    id=id_, message=one.message, stage=stage, made_at=one.made_at
                )
                self._acts.done.append(act)
                return True
        return False


class MemoryOffice:
    """Keeps the promises of `chat.Office`; what it shows is set by tests."""

    def __init__(self) -> None:
        self.acts = MemoryActs()
        self.broadcasts = MemoryBroadcasts(self.acts)
        self.named = {FeedId("fdd"): "FDD <briefs>", FeedId("isw"): "ISW"}
        self.seen = WELL
        self.tested: list[str] = []
        self.asked_by: list[ChatId] = []

    def feeds(self) -> dict[FeedId, str]:
        return self.named

    async def glance(self) -> Glance:
        return self.seen

    async def reload(self, asker: ChatId) -> Message:
        self.asked_by.append(asker)
        return Message(html="read", text="read")

    async def check(self) -> Message:
        return Message(html="checked", text="checked")

    async def test(self, said: str) -> tuple[Message, ...]:
        self.tested.append(said)
        return (Message(html="tested", text="tested"),)
