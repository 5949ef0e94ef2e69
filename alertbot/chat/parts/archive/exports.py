"""Alerts as files to take along: a page that cites, a table, and data for programs.

Everything in them is the brief's: sentences and figures as they stand there, with its link.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alertbot.chat.talk import date_of
from alertbot.model import Alert, Document, FeedId, Match, TopicId
from alertbot.ports import ToldAlert

LONGEST = timedelta(days=365)
USUAL = timedelta(days=30)
MOST = 1_000
_DAYS = {"d": 1, "w": 7, "y": 365}
_PERIOD = re.compile(r"(?P<number>[0-9]{1,4})(?P<unit>[dwy])", re.ASCII)
#: https://owasp.org/www-community/attacks/CSV_Injection, full-width forms too
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
#: what begins a list or underlines a heading, only at the start of a line
_STARTING = re.compile(r"^(\d*)([-+=.)])")


class Format(StrEnum):
    """What sort of file."""

    MARKDOWN = "md"
    CSV = "csv"
    JSON = "json"


#: what they are called in the chat and in a command
FORMATS: Mapping[Format, str] = {
    Format.MARKDOWN: "Markdown",
    Format.CSV: "CSV",
    Format.JSON: "JSON",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What `/export` asks for."""

    topic: str
    period: timedelta = USUAL
    #: None: to be asked for
    kind: Format | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What is behind the ids."""

    topics: Mapping[TopicId, str]
    feeds: Mapping[FeedId, str]


def read_wish(said: str) -> Wish:
    """Return what is asked for by a text such as "iran missiles 30d csv"; a year at most."""
    words = said.split()
    kind: Format | None = None
    period = USUAL
    by_name = {name.casefold(): each for each, name in FORMATS.items()} | {
        each.value: each for each in Format
    }
    if words and words[-1].casefold() in by_name:
        kind = by_name[words.pop().casefold()]
    if words and (found := _PERIOD.fullmatch(words[-1].lower())):
        days = max(1, int(found["number"])) * _DAYS[found["unit"]]
        period = min(LONGEST, timedelta(days=days))
        words.pop()
    return Wish(topic=" ".join(words), period=period, kind=kind)


def export(
    kind: Format, topic: str, told: Sequence[ToldAlert], names: Names, today: datetime
) -> Document:
    """Return the file; topic: the id of the one that was asked for, which names it."""
    title = names.topics.get(TopicId(topic), topic)
    stem = re.sub(r"[^\w-]+", "-", topic, flags=re.ASCII).strip("-") or "alerts"
    written = {
        Format.MARKDOWN: lambda: as_markdown(title, told, names),
        Format.CSV: lambda: as_csv(told, names),
        Format.JSON: lambda: as_json(told, names),
    }[kind]()
    return Document(name=f"{stem}-{today:%Y-%m-%d}.{kind}", content=written)


def as_csv(told: Sequence[ToldAlert], names: Names) -> bytes:
    """Return a table for a spreadsheet: UTF-8 with its mark, commas, RFC 4180.

    A cell that a spreadsheet might take for a formula begins with an apostrophe.
    """
    file = io.StringIO(newline="")
    rows = csv.writer(file, quoting=csv.QUOTE_ALL)
    rows.writerow(["date", "title", "feed", "link", "topics", "evidence", "summary", "figures"])
    for one in told:
        alert = one.alert
        cells = (
            _when(one).date().isoformat(),
            alert.brief.title,
            names.feeds.get(alert.brief.feed, alert.brief.feed),
            alert.brief.link or "",
            "; ".join(names.topics.get(match.topic, match.topic) for match in alert.matches),
            "; ".join(dict.fromkeys(map(_because, alert.matches))),
            " ".join(sentence.text for sentence in alert.summary.sentences),
            "; ".join(dict.fromkeys(figure.text for figure in alert.summary.figures)),
        )
        rows.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return file.getvalue().encode("utf-8-sig")


def as_json(told: Sequence[ToldAlert], names: Names) -> bytes:
    """Return a JSON array, an object on a line for each alert, in the words of `preview`."""
    lines = [json.dumps(_object(one, names), ensure_ascii=False) for one in told]
    return "[\n{}\n]\n".format(",\n".join(lines)).encode()


def as_markdown(title: str, told: Sequence[ToldAlert], names: Names) -> bytes:
    """Return a page (CommonMark) that cites each brief: title, feed, date and link."""
    entries = [f"# {_escaped(title)}"]
    for one in told:
        alert = one.alert
        figures = dict.fromkeys(key.text for key in alert.summary.key_figures)
        entries += [
            f"## {_escaped(alert.brief.title)}",
            _escaped(" ".join(sentence.text for sentence in alert.summary.sentences)),
            "\n".join(f"- {_escaped(text)}" for text in figures),
            *(
                _escaped(f"{names.topics.get(match.topic, match.topic)}: {_because(match)}")
                for match in alert.matches
            ),
            _cited(one, names),
        ]
    return ("\n\n".join(entry for entry in entries if entry) + "\n").encode()


def _object(one: ToldAlert, names: Names) -> dict[str, object]:
    brief, summary = one.alert.brief, one.alert.summary
    return {
        "id": brief.key,
        "title": brief.title,
        "published": brief.published.isoformat() if brief.published else None,
        "alerted": one.made_at.isoformat(),
        "feed": names.feeds.get(brief.feed, brief.feed),
        "link": brief.link,
        "topics": [
            {
                "id": match.topic,
                "name": names.topics.get(match.topic, match.topic),
                "via": match.via.value,
                "evidence": [{"zone": each.zone, "text": each.text} for each in match.evidence],
            }
            for match in one.alert.matches
        ],
        "summary": [sentence.text for sentence in summary.sentences],
        "figures": [
            {
                "text": figure.text,
                "value": figure.value,
                "qualifier": figure.qualifier,
                "unit": figure.unit,
                "kind": figure.kind,
            }
            for figure in summary.figures
        ],
        "key_figures": [key.figure for key in summary.key_figures],
    }


def _cited(one: ToldAlert, names: Names) -> str:
    alert = one.alert
    feed = names.feeds.get(alert.brief.feed, alert.brief.feed)
    cited = _escaped(f"“{alert.brief.title}”, {feed}, {date_of(_when(one))}")
    return f"{cited}, {_address(alert)}" if alert.brief.link else cited


def _address(alert: Alert) -> str:
    """Return the link between angle brackets, in which blanks and brackets have to be written so.

    https://spec.commonmark.org/0.31.2/#autolinks
    """
    written = re.sub(r"[\s<>]", lambda found: f"%{ord(found[0]):02X}", alert.brief.link or "")
    return f"<{written}>"


def _because(match: Match) -> str:
    """Return the words that made a topic fire, each with its place."""
    there = dict.fromkeys(f"“{each.text}” ({_place(each.zone)})" for each in match.evidence)
    return ", ".join(there)


def _place(zone: str) -> str:
    return zone.replace("_", " ")


def _when(one: ToldAlert) -> datetime:
    return one.alert.brief.published or one.made_at


def _escaped(text: str) -> str:
    flat = " ".join(text.split())
    return _STARTING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", flat))
