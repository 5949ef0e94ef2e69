"""The tables of a config file, as pydantic models: their keys, defaults and sorts of value.

One model per table; what needs two tables to judge is in `checks`. Values are strict: TOML has
types, so `"5"` is never a number.
"""

import re
from datetime import timedelta
from ipaddress import IPv6Address
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
)

from alertbot.config.explain import shown
from alertbot.model import Content, Feed, FeedId, Prominence, Promise, Topic, TopicId

INTERVAL = timedelta(minutes=5)
MIN_INTERVAL = timedelta(minutes=2)
SHELF_LIFE = timedelta(days=7)

#: messages a second, free and paid (core.telegram.org/bots/api#sendmessage, allow_paid_broadcast)
FREE_BROADCAST, PAID_BROADCAST = 30, 1000

#: what happened within a day is what `alertbot status` judges by
SHORTEST_KEEPING = timedelta(days=1)
#: a hundred years are for good
LONGEST_KEEPING = timedelta(days=36500)

_DURATION = re.compile(r"([0-9]{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
#: an id
SLUG = re.compile(r"[a-z0-9-]{1,48}")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
_LISTEN = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})")
_DATABASE = re.compile(r"/[^/]+")
#: what may stand in a comment of a User-Agent header (RFC 9110 5.6.5)
_CONTACT = re.compile(r"[ !-'*-\[\]-~]{1,200}")


def duration(value: object) -> timedelta:
    """Read "30s", "5m", "2h" or "1d"; a ValueError says what was expected."""
    if isinstance(value, str) and (parts := _DURATION.fullmatch(value)) and int(parts[1]):
        return timedelta(**{_UNITS[parts[2]]: int(parts[1])})
    raise ValueError(f'expected a duration such as "30s", "5m", "2h" or "1d", found {shown(value)}')


def keeping(value: object) -> timedelta:
    """Read how long to keep something; a ValueError says what was expected."""
    length = duration(value)
    if not SHORTEST_KEEPING <= length <= LONGEST_KEEPING:
        raise ValueError(
            f'expected "{SHORTEST_KEEPING.days}d" to "{LONGEST_KEEPING.days}d", '
            f"found {shown(value)}"
        )
    return length


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise ValueError("an id is 1 to 48 small letters a-z, digits and hyphens")
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        usable = False
    if not usable or _BLANK.search(value):
        raise ValueError("expected a web address: http:// or https://, a host, and no blanks")
    return value


def _llm_address(value: str) -> str:
    parts = urlsplit(_web_address(value))
    if "@" in parts.netloc:
        raise ValueError("no user name or password here; key_file names the file with the key")
    if parts.query or parts.fragment or parts.path.rstrip("/").endswith("/completions"):
        raise ValueError(
            'expected the base address, such as "http://127.0.0.1:11434/v1"; '
            "/chat/completions is put behind it"
        )
    return value


def _callback_address(value: str) -> str:
    parts = urlsplit(_web_address(value))
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            'expected an address such as "https://example.org/websub", without a user name, ? or #'
        )
    return value.rstrip("/")


def _feed_address(value: str) -> str:
    if "@" in urlsplit(_web_address(value)).netloc:
        raise ValueError("no user name or password in a feed's address: status and logs show it")
    return value


def _store_address(value: str) -> str:
    # no message here quotes the address, for a password may be in it
    if value.startswith(("postgresql:", "postgresql+asyncpg:", "postgres:")):
        return _postgresql_address(value)
    if not value.startswith("sqlite:///") or value in {"sqlite:///", "sqlite:///:memory:"}:
        raise ValueError(
            "expected the address of a database, such as "
            '"sqlite:///alertbot.db" or "postgresql://user@host/name"'
        )
    return value


def _postgresql_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        options = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
        usable = parts.port != 0 and _DATABASE.fullmatch(parts.path) and not parts.fragment
    except ValueError:  # a port or an option that is none
        usable, options = None, {}
    if not usable or _BLANK.search(value) or "//" not in value:
        raise ValueError(
            'expected the address of a PostgreSQL database, such as "postgresql://user@host/name" '
            'or "postgresql://user@host:5432/name?sslmode=require"; in a name or password, '
            "@ : / ? # % and blanks are written as % and two hexadecimal digits"
        )
    if "password" in options:
        raise ValueError("a password belongs before the @, or better into PGPASSWORD or ~/.pgpass")
    return value


def _paid_broadcast(value: int | None) -> int | None:
    if value is not None and not FREE_BROADCAST < value <= PAID_BROADCAST:
        raise ValueError(
            f"expected {FREE_BROADCAST + 1} to {PAID_BROADCAST} messages a second; "
            f"the first {FREE_BROADCAST} are free: leave the key out for those"
        )
    return value


def _contact(value: str) -> str:
    if not _CONTACT.fullmatch(value):
        raise ValueError(
            "expected a web or e-mail address: at most 200 ASCII characters, no parentheses, "
            "backslashes or line breaks"
        )
    return value


def _listen(value: object) -> tuple[str, int]:
    parts = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if not parts or int(parts[3]) > 65535 or (parts[1] and not _is_ipv6(parts[1])):
        raise ValueError('expected an address and a port, such as "127.0.0.1:8080"')
    return parts[1] or parts[2], int(parts[3])


def _is_ipv6(text: str) -> bool:
    try:
        return bool(IPv6Address(text))
    except ValueError:
        return False


Duration = Annotated[timedelta, BeforeValidator(duration)]
Keeping = Annotated[timedelta, BeforeValidator(keeping)]
Slug = Annotated[str, AfterValidator(_slug)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class Table(BaseModel):
    """What all tables share: strict, closed, unchanging."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class StoreTable(Table):
    """[store]."""

    url: Annotated[str, AfterValidator(_store_address)] = "sqlite:///alertbot.db"


class TelegramTable(Table):
    """[telegram]."""

    token_file: Words | None = None
    base_url: WebAddress = "https://api.telegram.org/bot"
    admins: tuple[Annotated[int, Field(gt=0)], ...] = ()
    paid_broadcast: Annotated[int | None, AfterValidator(_paid_broadcast)] = None


class NetworkTable(Table):
    """[network]."""

    allow_private: bool = False
    contact: Annotated[str, AfterValidator(_contact)] | None = None


class WebTable(Table):
    """[web]."""

    listen: Annotated[tuple[str, int], BeforeValidator(_listen)] | None = None


class WebsubTable(Table):
    """[websub]."""

    callback: Annotated[str, AfterValidator(_callback_address)] | None = None
    listen: Annotated[tuple[str, int], BeforeValidator(_listen)] | None = None


class ChatsTable(Table):
    """[chats]."""

    max_subscriptions: Annotated[int, Field(gt=0)] = 50
    max_watches: Annotated[int, Field(ge=0)] = 10


class RetentionTable(Table):
    """[retention]."""

    briefs: Keeping = timedelta(days=365)
    deliveries: Keeping = timedelta(days=30)
    lost_chats: Keeping = timedelta(days=30)
    acts: Keeping = timedelta(days=365)


class LlmTable(Table):
    """[llm]."""

    url: Annotated[str, AfterValidator(_llm_address)] | None = None
    model: Words | None = None
    key_file: Words | None = None


class FeedTable(Table):
    """One of [[feeds]]."""

    id: Slug
    name: Words | None = None
    url: Annotated[str, AfterValidator(_feed_address)]
    interval: Duration | None = None
    min_interval: Duration | None = None
    obey_hints: bool = True
    content: Literal["feed", "page", "auto"] = "auto"

    def feed(self) -> Feed:
        """Return the feed; of the two intervals, one alone moves the default of the other."""
        interval = self.interval or max(INTERVAL, self.min_interval or INTERVAL)
        return Feed(
            id=FeedId(self.id),
            name=self.name or self.id,
            url=self.url,
            interval=interval,
            min_interval=self.min_interval or min(MIN_INTERVAL, interval),
            obey_hints=self.obey_hints,
            content=Content(self.content),
        )


class TopicTable(Table):
    """One of [[topics]]."""

    id: Slug
    name: Words
    group: Words | None = None
    publisher_tags: tuple[Words, ...] = ()
    #: as written: columns in the messages of the rule language count from its first character
    rule: str | None = None
    prominence: Literal["main", "any"] = "main"
    delivery: Literal["at_least_once", "at_most_once"] = "at_least_once"
    urgent: bool = False
    shelf_life: Duration = SHELF_LIFE

    def topic(self) -> Topic:
        """Return the topic."""
        return Topic(
            id=TopicId(self.id),
            name=self.name,
            group=self.group,
            publisher_tags=self.publisher_tags,
            rule=self.rule,
            prominence=Prominence(self.prominence),
            delivery=Promise(self.delivery),
            urgent=self.urgent,
            shelf_life=self.shelf_life,
        )


#: [terms]: every key is a name
TERMS = TypeAdapter(dict[str, tuple[str, ...]], config=ConfigDict(strict=True))
