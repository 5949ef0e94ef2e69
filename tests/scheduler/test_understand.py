"""What an entry becomes, and what happens to a line that its brief does not bear out."""

import logging
import sys
from dataclasses import replace

import pytest

from alertbot.classifier import compile_topics
from alertbot.model import Brief, Entry, FeedId, Summary, Topic, TopicId
from alertbot.scheduler import DroppedLines, understand
from alertbot.summarizer import summarize

ENTRY = Entry(
    feed=FeedId("fdd"),
    key="brief-1",
    title="Rebels Shell Marsa",
    link=None,
    published=None,
    content="Rebels fired 17 rockets at the port of Marsa. Guards held 12 men.",
    is_html=False,
)
MARSA = compile_topics([Topic(id=TopicId("marsa"), name="Marsa", rule="Marsa")], {})


def lying(brief: Brief) -> Summary:
    """Summarize with a bug: every 17 is told as 71."""
    summary = summarize(brief)
    return replace(
        summary,
        sentences=tuple(
            replace(each, text=each.text.replace("17", "71")) for each in summary.sentences
        ),
    )


def test_an_entry_becomes_an_alert() -> None:
    alert = understand(ENTRY, MARSA)

    assert [match.topic for match in alert.matches] == ["marsa"]
    assert [sentence.text for sentence in alert.summary.sentences] == [
        "Rebels fired 17 rockets at the port of Marsa.",
        "Guards held 12 men.",
    ]


def test_a_wrong_line_is_left_out_logged_and_counted_and_the_alert_goes_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys.modules["alertbot.scheduler.entries.understand"], "summarize", lying)
    dropped = DroppedLines()

    with caplog.at_level(logging.WARNING):
        alert = understand(ENTRY, MARSA, on_dropped=dropped.note)

    assert [sentence.text for sentence in alert.summary.sentences] == ["Guards held 12 men."]
    assert alert.matches
    assert dropped.count == 1
    (record,) = caplog.records
    assert "'brief-1' of feed fdd" in record.getMessage()
    assert "'71 rockets': the brief has no such number" in record.getMessage()
