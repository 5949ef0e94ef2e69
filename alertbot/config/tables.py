"""Turns the data of a document into checked tables, one by one.

Each table and each element of [[feeds]] and [[topics]] is checked on its own, so that a mistake in
one hides none in another.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from pydantic import ValidationError

from alertbot.config.document import Document
from alertbot.config.explain import explain, found, is_misspelt, unknown_key
from alertbot.config.models import (
    TERMS,
    ChatsTable,
    FeedTable,
    LlmTable,
    NetworkTable,
    RetentionTable,
    StoreTable,
    Table,
    TelegramTable,
    TopicTable,
    WebsubTable,
    WebTable,
)
from alertbot.config.toml.lines import KeyPath
from alertbot.errors import Problem

_Table = TypeVar("_Table", bound=Table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What could be understood: the rest is in the problems."""

    store: StoreTable
    telegram: TelegramTable
    network: NetworkTable
    web: WebTable
    websub: WebsubTable
    chats: ChatsTable
    retention: RetentionTable
    llm: LlmTable
    feeds: tuple[FeedTable, ...]
    terms: Mapping[str, tuple[str, ...]]
    topics: tuple[TopicTable, ...]


NAMES = tuple(field.name for field in fields(Tables))


def read_tables(document: Document) -> tuple[Tables, list[Problem]]:
    """Check each table by itself."""
    reading = _Reading(document)
    tables = Tables(
        store=reading.table("store", StoreTable),
        telegram=reading.table("telegram", TelegramTable),
        network=reading.table("network", NetworkTable),
        web=reading.table("web", WebTable),
        websub=reading.table("websub", WebsubTable),
        chats=reading.table("chats", ChatsTable),
        retention=reading.table("retention", RetentionTable),
        llm=reading.table("llm", LlmTable),
        feeds=reading.rows("feeds", FeedTable),
        terms=reading.terms(),
        topics=reading.rows("topics", TopicTable),
    )
    unknown = [
        document.problem((key,), unknown_key(key, NAMES))
        for key in document.data
        if key not in NAMES
    ]
    return tables, reading.problems + unknown


class _Reading:
    """Collects the problems of one pass over a document."""

    def __init__(self, document: Document) -> None:
        self.problems: list[Problem] = []
        self._document = document

    def table(self, name: str, model: type[_Table]) -> _Table:
        data = _with_tuples(self._document.data.get(name, {}))
        wrong = self._wrong_keys((name,), data, model)
        kept = data.items() if isinstance(data, dict) else ()
        return model.model_validate({key: value for key, value in kept if key not in wrong})

    def rows(self, name: str, model: type[_Table]) -> tuple[_Table, ...]:
        data = _with_tuples(self._document.data.get(name, []))
        if not isinstance(data, tuple):
            message = f"expected [[{name}]], in two brackets, found {found(data)}"
            self.problems.append(self._document.problem((name,), message))
            return ()
        return tuple(
            model.model_validate(row)
            for index, row in enumerate(data)
            if not self._wrong_keys((name, index), row, model)
        )

    def terms(self) -> Mapping[str, tuple[str, ...]]:
        try:
            return TERMS.validate_python(_with_tuples(self._document.data.get("terms", {})))
        except ValidationError as error:
            self._note(("terms",), error, ())
            return {}

    def _wrong_keys(self, path: KeyPath, data: object, model: type[Table]) -> Collection[str | int]:
        try:
            model.model_validate(data)
        except ValidationError as error:
            self._note(path, error, tuple(model.model_fields))
            return {(*detail["loc"], "")[0] for detail in error.errors()}
        return ()

    def _note(self, path: KeyPath, error: ValidationError, known: Collection[str]) -> None:
        details = error.errors(include_url=False)
        unknown = [str(one["loc"][-1]) for one in details if one["type"] == "extra_forbidden"]
        thing = str(path[0]).removesuffix("s")
        self.problems += [
            self._document.problem((*path, *one["loc"]), explain(one, known, thing))
            for one in details
            if one["type"] != "missing" or not is_misspelt(str(one["loc"][-1]), unknown, known)
        ]


def _with_tuples(value: object) -> object:
    """Return the value with tuples for lists, which is what frozen models are made of."""
    if isinstance(value, list):
        return tuple(_with_tuples(element) for element in value)
    if isinstance(value, dict):
        return {key: _with_tuples(element) for key, element in value.items()}
    return value
