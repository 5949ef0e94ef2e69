"""What a scenario needs, and the config of alertbot that follows from it."""

from dataclasses import dataclass

from chaos.parts.publisher import host, town

CONFIG = """
[store]
url = "{store}"

[telegram]
base_url = "{telegram}/bot"
{telegram_more}

[network]
allow_private = true
{feeds}
{topics}
"""
FEED = """
[[feeds]]
id = "{feed}"
url = "{address}"
interval = "1s"
min_interval = "1s"
"""
TOPIC = """
[[topics]]
id = "{topic}"
name = "{town}"
rule = '"{town}"'
{more}
"""
#: one more than Telegram's free rate is the least that may be paid for
FREE_RATE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a scenario needs."""

    name: str
    seed: int
    #: each takes one message a second
    private_chats: int
    groups: int = 0
    feeds: int = 1
    #: of the feeds, which are asked for one a second of each
    hosts: int = 1
    topics: int = 2
    slots: int = 8
    #: seconds
    lease: float = 60.0
    #: messages a second, overall
    rate: int = FREE_RATE
    at_most_once: bool = False
    #: seconds at the end in which nothing gets done
    patience: float = 180.0
    mutant: str | None = None

    def chats(self) -> list[int]:
        """Return the chats: private ones and groups."""
        return [*range(1, self.private_chats + 1), *range(-self.groups, 0)]

    def subscribers(self) -> dict[int, list[str]]:
        """Return the topics of each chat: one of them, and for every other chat one more."""
        return {
            chat: [f"topic-{n % self.topics}" for n in range(chat, chat + 1 + chat % 2)]
            for chat in self.chats()
        }

    def config(self, store: str, telegram: str, publisher: str) -> str:
        """Return the config file, given where database, Bot API and publisher are."""
        paid = f"paid_broadcast = {self.rate}" if self.rate > FREE_RATE else ""
        promise = 'delivery = "at_most_once"' if self.at_most_once else ""
        feeds = {f"feed-{n}": host(n % self.hosts) for n in range(self.feeds)}
        topics = [f"topic-{n}" for n in range(self.topics)]
        return CONFIG.format(
            store=store,
            telegram=telegram,
            telegram_more=paid,
            feeds="".join(
                FEED.format(feed=feed, address=f"{publisher.replace(host(0), at)}/feeds/{feed}")
                for feed, at in feeds.items()
            ),
            topics="".join(
                TOPIC.format(topic=topic, town=town(topic), more=promise) for topic in topics
            ),
        )
