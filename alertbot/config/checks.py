"""Finds what no single table can tell: duplicates, intervals at odds, rules that do not parse.

Works on the document as written, next to `tables`, so that both sorts of mistake come at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from alertbot.classifier import lint
from alertbot.config.document import Document, Row
from alertbot.config.explain import is_misspelt
from alertbot.config.models import TopicTable, WebsubTable, duration
from alertbot.config.tables import NAMES, Tables
from alertbot.config.toml.lines import KeyPath, line_of
from alertbot.errors import Problem
from alertbot.model import Topic, TopicId


def check_document(document: Document, tables: Tables) -> Iterator[Problem]:
    """Yield errors and warnings, in no order."""
    yield from _duplicates(document, "feeds", "id")
    yield from _duplicates(document, "feeds", "url")
    yield from _duplicates(document, "topics", "id")
    for index, row in enumerate(document.tables("feeds")):
        yield from _check_intervals(document, index, row)
        yield from _check_hints(document, index, row)
        if not tables.network.allow_private:
            yield from _check_reach(document, index, row)
    yield from _check_base_url(document, tables)
    yield from _check_llm(document)
    yield from _check_websub(document, tables)
    yield from _check_nothing_to_do(document)
    yield from _check_topics(document)
    yield from _check_rules(document)


def _duplicates(document: Document, name: str, key: str) -> Iterator[Problem]:
    first: dict[object, int] = {}
    for index, row in enumerate(document.tables(name)):
        value = row.get(key)
        if not isinstance(value, str):
            continue
        other = first.setdefault(value, index)
        if other != index:
            line = line_of(document.lines, (name, other, key))
            message = f"the same {key} as {name}[{other}] in line {line}"
            yield document.problem((name, index, key), message)


def _check_intervals(document: Document, index: int, row: Row) -> Iterator[Problem]:
    found = {key: _duration(row.get(key)) for key in ("interval", "min_interval")}
    for key, value in found.items():
        if value and value < timedelta(minutes=1):
            message = "under a minute; publishers may take this for an attack and shut you out"
            yield document.problem(("feeds", index, key), message, warning=True)
    longest, shortest = found["interval"], found["min_interval"]
    if longest and shortest and shortest > longest:
        message = "must not be longer than interval"
        yield document.problem(("feeds", index, "min_interval"), message)


def _check_hints(document: Document, index: int, row: Row) -> Iterator[Problem]:
    if row.get("obey_hints") is False:
        message = (
            "the publisher's wishes for fewer requests count for nothing, but for Retry-After; "
            "only for a publisher who has agreed to that"
        )
        yield document.problem(("feeds", index, "obey_hints"), message, warning=True)


def _duration(value: object) -> timedelta | None:
    try:
        return duration(value)
    except ValueError:
        return None


def _check_reach(document: Document, index: int, row: Row) -> Iterator[Problem]:
    try:
        parts = urlsplit(str(row.get("url")))
        public = parts.port in {None, 80, 443} and _is_public(parts.hostname or "")
    except ValueError:  # no address at all, which is reported elsewhere
        public = True
    if not public:
        message = (
            "only public addresses, on ports 80 and 443, are asked; "
            "for others set allow_private = true under [network]"
        )
        yield document.problem(("feeds", index, "url"), message, warning=True)


def _is_public(host: str) -> bool:
    """Return False for what cannot be; what a name stands for is known when it is asked."""
    try:
        return ip_address(host).is_global
    except ValueError:
        return host != "localhost"


def _check_base_url(document: Document, tables: Tables) -> Iterator[Problem]:
    if not tables.telegram.base_url.endswith("/bot"):
        message = "the token is put right behind this address, which therefore should end in /bot"
        yield document.problem(("telegram", "base_url"), message, warning=True)


def _check_llm(document: Document) -> Iterator[Problem]:
    table = document.data.get("llm")
    if not isinstance(table, Mapping) or not table:
        return
    for key, purpose in (("url", "where the language model is"), ("model", "which one to ask")):
        if key not in table:
            yield document.problem(("llm", key), f"missing; it says {purpose}")


def _check_websub(document: Document, tables: Tables) -> Iterator[Problem]:
    table = document.data.get("websub")
    if not isinstance(table, Mapping) or not table:
        return
    for key, purpose in (
        ("callback", "where hubs reach us"),
        ("listen", "the address and port that the web server in front leads to"),
    ):
        if key not in table and not is_misspelt(key, table, WebsubTable.model_fields):
            yield document.problem(("websub", key), f"missing; it says {purpose}")
    if tables.websub.listen and tables.websub.listen == tables.web.listen:
        message = "the same as under [web], which is not for everybody; take another port"
        yield document.problem(("websub", "listen"), message)
    host = urlsplit(tables.websub.callback or "").hostname
    if host and not _is_public(host) and not tables.network.allow_private:
        message = "hubs cannot reach this address: it is not public"
        yield document.problem(("websub", "callback"), message, warning=True)


def _check_nothing_to_do(document: Document) -> Iterator[Problem]:
    for name, purpose in (("feeds", "read"), ("topics", "tell anyone about")):
        if not document.data.get(name) and not is_misspelt(name, document.data, NAMES):
            message = f"there are no [[{name}]], so there is nothing to {purpose}"
            yield document.problem((name,), message, warning=True)


def _check_topics(document: Document) -> Iterator[Problem]:
    for index, row in enumerate(document.tables("topics")):
        named = "rule" in row or row.get("publisher_tags")
        if "id" in row and not named and not _is_rule_misspelt(row):
            message = "a topic needs a rule, or publisher_tags, or both"
            yield document.problem(("topics", index), message)


def _is_rule_misspelt(row: Row) -> bool:
    keys = TopicTable.model_fields
    return any(is_misspelt(key, row, keys) for key in ("rule", "publisher_tags"))


def _are_rules_complete(rows: Sequence[Row]) -> bool:
    """Tell whether every topic says what it wants in a way that can be read."""
    return bool(rows) and not any(
        _is_rule_misspelt(row)
        or not isinstance(row.get("rule", ""), str)
        or not ("rule" in row or row.get("publisher_tags"))
        for row in rows
    )


def _check_rules(document: Document) -> Iterator[Problem]:
    terms, spoiled = _terms_as_written(document)
    paths: dict[str, KeyPath] = {}
    topics = []
    rows = document.tables("topics")
    for index, row in enumerate(rows):
        rule = row.get("rule")
        if not isinstance(rule, str):
            continue
        # unique even where ids are not, which is a mistake reported elsewhere
        topic = TopicId(f"topics[{index}]")
        paths[topic] = ("topics", index, "rule")
        topics.append(Topic(id=topic, name="", rule=rule))
    for problem in lint(topics, terms, complete=_are_rules_complete(rows)):
        if problem.term in spoiled:
            continue
        path = paths[problem.topic] if problem.topic else ("terms", problem.term or "")
        path += () if problem.index is None else (problem.index,)
        yield document.problem(path, problem.message, within=problem.line, warning=problem.warning)


def _terms_as_written(document: Document) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """Return the terms, and the names of those that are no lists of texts."""
    terms: dict[str, tuple[str, ...]] = {}
    spoiled = set()
    table = document.data.get("terms")
    for name, words in table.items() if isinstance(table, Mapping) else ():
        written = words if isinstance(words, list) else [words]
        terms[name] = tuple(word for word in written if isinstance(word, str))
        if len(terms[name]) < len(written) or not isinstance(words, list):
            spoiled.add(name)
    return terms, spoiled
