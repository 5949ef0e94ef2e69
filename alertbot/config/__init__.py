"""TOML and environment become one frozen `Config`, or every mistake at once with file and line.

The app calls `load_config` before anything else, and again when `watch_config` or a signal says so;
`alertbot check` prints what `check_config` finds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from alertbot.config.checks import check_document
from alertbot.config.document import Document, read_document
from alertbot.config.models import LlmTable, StoreTable, WebsubTable
from alertbot.config.secret import Secret, find_llm_key, find_token, split_password
from alertbot.config.tables import Tables, read_tables
from alertbot.config.watch import watch_config
from alertbot.errors import ConfigError, Problem
from alertbot.model import Feed, Topic, TopicId
from alertbot.ports import Retention

__all__ = [
    "Config",
    "Llm",
    "Secret",
    "Websub",
    "check_config",
    "load_config",
    "read_store_address",
    "warn_of_rules",
    "watch_config",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Llm:
    """The language model that shortens sentences."""

    #: base address; /chat/completions is put behind it
    url: str
    model: str
    key: Secret | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Websub:
    """Where hubs push what is new in feeds."""

    #: public address, without a slash at its end, below which each feed has its callback
    callback: str
    #: host and port
    listen: tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All that the operator decided."""

    #: the file it came from, as given
    path: Path
    #: sqlite:/// and an absolute path, or a PostgreSQL database, without its password
    store_url: str
    #: None: none is needed, or PGPASSWORD or the password file has it
    store_password: Secret | None
    #: None: talk in the terminal
    token: Secret | None
    #: the token is appended
    telegram_base_url: str
    #: Telegram user ids
    admins: frozenset[int]
    #: messages a second that Telegram is paid for; None: what is free
    paid_broadcast: int | None
    #: whether feeds may be on loopback and private addresses
    allow_private: bool
    #: shown to publishers in the User-Agent
    contact: str | None
    #: host and port; None: no web server
    web_listen: tuple[str, int] | None
    #: None: feeds are only polled
    websub: Websub | None
    #: how many topics one chat may follow
    max_subscriptions: int
    #: how many rules of its own one chat may have
    max_watches: int
    retention: Retention
    #: None: no language model is asked
    llm: Llm | None
    feeds: tuple[Feed, ...]
    #: the named lists of the rule language
    terms: Mapping[str, tuple[str, ...]]
    topics: tuple[Topic, ...]

    def store(self) -> tuple[str, str | None]:
        """Return what opens the store: its address, and its password if the config has one."""
        return self.store_url, self.store_password.reveal() if self.store_password else None


def load_config(path: Path, env: Mapping[str, str]) -> Config:
    """Read the config file, and the token and key that `env` or files beside it hold.

    Raises:
        ConfigError: there is a mistake; it holds every one there is, and the warnings.
    """
    config, problems = _read(path, env)
    if config is None:
        raise ConfigError(problems)
    return config


def check_config(path: Path, env: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return every error and warning, in file order; those of no line come last."""
    return _read(path, env)[1]


def warn_of_rules(path: Path, messages: Mapping[TopicId, str]) -> tuple[Problem, ...]:
    """Return what is known against the rules of topics as warnings, each with its line.

    For what shows only when the rules are run. A problem alone if the file is gone by now.
    """
    document = read_document(path)
    if isinstance(document, Problem):
        return (document,)
    ids = [TopicId(str(row.get("id"))) for row in document.tables("topics")]
    return tuple(
        document.problem(("topics", index, "rule"), messages[topic], warning=True)
        for index, topic in enumerate(ids)
        if topic in messages
    )


def read_store_address(text: str) -> tuple[str, Secret | None]:
    """Return the address of a database and its password, as under [store]; raises ConfigError."""
    try:
        return split_password(StoreTable(url=text).url)
    except ValidationError as error:
        message = str(error.errors()[0]["ctx"]["error"])
        raise ConfigError([Problem(file="--to", line=None, key="", message=message)]) from None


def _read(path: Path, env: Mapping[str, str]) -> tuple[Config | None, tuple[Problem, ...]]:
    document = read_document(path)
    if isinstance(document, Problem):
        return None, (document,)
    tables, problems = read_tables(document)
    token, token_problems = find_token(document, tables.telegram.token_file, env)
    llm_key, key_problems = find_llm_key(document, tables.llm.key_file, env)
    problems += [*token_problems, *key_problems, *check_document(document, tables)]
    problems.sort(key=lambda problem: (problem.line is None, problem.line or 0))
    fine = all(problem.warning for problem in problems)
    if not fine:
        return None, tuple(problems)
    return _config(document, tables, token, llm_key), tuple(problems)


def _config(
    document: Document, tables: Tables, token: Secret | None, llm_key: Secret | None
) -> Config:
    store_url, store_password = split_password(tables.store.url)
    return Config(
        path=document.path,
        store_url=_absolute(store_url, document.path.parent),
        store_password=store_password,
        token=token,
        telegram_base_url=tables.telegram.base_url,
        admins=frozenset(tables.telegram.admins),
        paid_broadcast=tables.telegram.paid_broadcast,
        allow_private=tables.network.allow_private,
        contact=tables.network.contact,
        web_listen=tables.web.listen,
        websub=_websub(tables.websub),
        max_subscriptions=tables.chats.max_subscriptions,
        max_watches=tables.chats.max_watches,
        retention=Retention(
            briefs=tables.retention.briefs,
            deliveries=tables.retention.deliveries,
            lost_chats=tables.retention.lost_chats,
            acts=tables.retention.acts,
        ),
        llm=_llm(tables.llm, llm_key),
        feeds=tuple(row.feed() for row in tables.feeds),
        terms=MappingProxyType(tables.terms),
        topics=tuple(row.topic() for row in tables.topics),
    )


def _websub(table: WebsubTable) -> Websub | None:
    if table.callback is None or table.listen is None:
        return None
    return Websub(callback=table.callback, listen=table.listen)


def _llm(table: LlmTable, key: Secret | None) -> Llm | None:
    if table.url is None or table.model is None:
        return None
    return Llm(url=table.url, model=table.model, key=key)


def _absolute(store_url: str, folder: Path) -> str:
    if not store_url.startswith("sqlite:"):
        return store_url
    path = folder.absolute() / store_url.removeprefix("sqlite:///")
    return f"sqlite:///{path.as_posix()}"
