"""`alertbot backtest` as admins and other programs meet it: before an edit goes live."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from archive_samples import archive, entry

from alertbot.__main__ import main
from alertbot.app.backtest import progress

OLD = """
[[topics]]
id = "iran"
name = "Iran"
publisher_tags = ["Iran"]
rule = 'Iran'

[[topics]]
id = "iran-missiles"
name = "Iran missiles"
rule = 'Iran AND missile*'
"""
NEW = OLD.replace("'Iran'", "'Iran OR Tehran'").replace("AND missile*", "AND rocket*")
ITEMS = [
    {
        "id": "1",
        "url": "https://example.org/1",
        "title": "Iran Fires Missiles",
        "date_published": "2026-03-01T22:00:00-05:00",
        "tags": ["Iran"],
    },
    {"id": "2", "title": "Tehran Votes", "date_published": "2026-03-12T08:00:00Z", "tags": ["Oil"]},
    {"id": "3", "title": "Frost", "tags": ["Iran"]},
]
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder with two configs and a feed file."""
    monkeypatch.chdir(tmp_path)
    Path("old.toml").write_text(OLD)
    Path("new.toml").write_text(NEW)
    write_feed(ITEMS)


def write_feed(items: list[dict[str, object]]) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Briefs", "items": items}
    Path("feed.json").write_text(json.dumps(feed))


@pytest.fixture
def backtest(capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Run a backtest of the new config that goes well, and return what it prints."""

    def backtest(options: str) -> str:
        assert main(["backtest", "--config", "new.toml", *options.split()]) == 0
        shown = capsys.readouterr()
        assert shown.err == ""
        return shown.out

    return backtest


@pytest.fixture
def lines(backtest: Callable[[str], str]) -> Callable[[str], dict[str, dict[str, object]]]:
    """Run a backtest that prints JSON, and return its lines by topic."""

    def lines(options: str) -> dict[str, dict[str, object]]:
        found = [json.loads(line) for line in backtest(f"{options} --format jsonl").splitlines()]
        return {line["topic"]: line for line in found}

    return lines


Lines = Callable[[str], dict[str, dict[str, object]]]


def test_each_topic_is_one_line_of_json(lines: Lines) -> None:
    tag = [{"zone": "publisher_tag", "text": "Iran"}]
    frost = {"id": "3", "title": "Frost", "link": None, "published": None}
    votes = {
        "id": "2",
        "title": "Tehran Votes",
        "link": None,
        "published": "2026-03-12T08:00:00+00:00",
    }

    assert lines("--feed feed.json --topic iran")["iran"] == {
        "topic": "iran",
        "briefs": 3,
        "undated": 1,
        "tagged": 3,
        "first": "2026-03-01T22:00:00-05:00",
        "last": "2026-03-12T08:00:00+00:00",
        "alerts": 3,
        "by_rule": 2,
        "by_publisher_tag": 1,
        "per_week": pytest.approx(2 / (10.2083333 / 7)),
        "weekly": [
            {"week": "2026-03-02", "alerts": 1},
            {"week": "2026-03-09", "alerts": 1},
        ],
        "titles": ["Iran Fires Missiles", "Tehran Votes", "Frost"],
        "agreement": {
            "precision": 0.5,
            "recall": 0.5,
            "both": 1,
            "rule_only": [
                votes | {"via": "rule", "evidence": [{"zone": "title", "text": "Tehran"}]}
            ],
            "tag_only": [frost | {"via": "publisher_tag", "evidence": tag}],
        },
        "change": None,
        "before": None,
        "gained": [],
        "lost": [],
        "overlaps": [],
    }


def test_an_edit_is_compared_with_what_was_before(lines: Lines) -> None:
    found = lines("--feed feed.json --against old.toml")

    iran, missiles = found["iran"], found["iran-missiles"]
    assert (iran["change"], missiles["change"]) == ("changed", "changed")
    assert [brief["title"] for brief in iran["gained"]] == ["Tehran Votes"]  # type: ignore[attr-defined]
    assert (iran["alerts"], iran["before"]["alerts"]) == (3, 2)  # type: ignore[index]
    [lost] = missiles["lost"]  # type: ignore[misc]
    assert lost["title"] == "Iran Fires Missiles"
    assert [words["text"] for words in lost["evidence"]] == ["Iran", "Missiles"]


def test_a_person_sees_what_an_edit_gains_and_loses_and_why(
    backtest: Callable[[str], str],
) -> None:
    shown = backtest("--feed feed.json --against old.toml").splitlines()

    assert shown[0] == "Over 3 briefs, 2026-03-02 to 2026-03-12."
    [iran] = [line.split() for line in shown if line.startswith("iran  ")][:1]
    assert iran[1:4] == ["2", "→", "3"]
    at = shown.index("  +  2026-03-12  Tehran Votes")
    assert shown[at + 1].strip() == "“Tehran” in the title"
    at = shown.index("  -  2026-03-01  Iran Fires Missiles")
    assert shown[at + 1].strip() == "“Iran”, “Missiles” in the title"


def test_a_person_sees_where_rule_and_tags_disagree(backtest: Callable[[str], str]) -> None:
    shown = backtest("--feed feed.json --against old.toml")

    assert "over the 3 briefs that have any tag" in shown
    assert "50 %" in shown
    assert "iran, tag but not rule: 1\n     no date     Frost" in shown
    assert "iran, rule but not tag: 1\n     2026-03-12  Tehran Votes" in shown


def test_a_person_sees_which_topics_share_alerts(backtest: Callable[[str], str]) -> None:
    write_feed([{"id": str(n), "title": "Iran Fires Rocket"} for n in range(2)])

    shown = backtest("--feed feed.json")

    assert "100 % of iran alerts are also iran-missiles alerts (2 of 2)" in shown


def test_a_report_on_all_topics_is_short_and_one_on_a_topic_is_complete(
    backtest: Callable[[str], str],
) -> None:
    write_feed([{"id": str(n), "title": f"Tehran {n}"} for n in range(9)])

    short = backtest("--feed feed.json --against old.toml")
    full = backtest("--feed feed.json --against old.toml --topic iran")
    sent = backtest("--feed feed.json --topic iran")

    assert ("and 6 more" in short, short.count("Tehran 8")) == (True, 0)
    assert ("more" in full, full.count("Tehran 8")) == (False, 1)
    assert "iran would have sent" in sent
    assert sent.count("“Tehran” in the title") == 9


@pytest.mark.parametrize("options", ["", "--topic iran", "--against old.toml"])
def test_what_is_piped_is_plain_and_80_columns_wide(
    options: str, backtest: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    Path("new.toml").write_text(NEW.replace('"iran-missiles"', f'"{"long-" * 9}"'))
    title = "Tehran Fires Rockets Into the Sea " * 5
    write_feed([*ITEMS, {"id": "4", "title": title, "tags": ["Oil"]}])

    shown = backtest(f"--feed feed.json {options}")

    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert all(line == line.rstrip() for line in shown.splitlines())


def test_a_terminal_gets_colours_and_its_own_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)

    main(["backtest", "--config", "new.toml", "--feed", "feed.json", "--against", "old.toml"])

    assert "\x1b[32m" in capsys.readouterr().out


def test_without_a_feed_the_archive_of_the_new_config_is_read(lines: Lines) -> None:
    Path("old.toml").write_text('[store]\nurl = "sqlite:///old.db"\n' + OLD)
    archive("sqlite:///alertbot.db", NOW, entry("Iran Fires Rocket", NOW))
    archive("sqlite:///old.db", NOW, entry("Iran", NOW), entry("Iran again", NOW))

    found = lines("--against old.toml")

    assert found["iran"]["briefs"] == 1


def test_days_begin_where_a_brief_was_published_whenever_it_was_seen(lines: Lines) -> None:
    archive(
        "sqlite:///alertbot.db",
        NOW - timedelta(days=5),
        entry("old", NOW - timedelta(days=40)),
        entry("Iran", NOW - timedelta(days=6)),
    )
    archive("sqlite:///alertbot.db", NOW, entry("today", None))

    assert lines("--days 10")["iran"]["briefs"] == 2
    assert lines("--days 3")["iran"]["briefs"] == 1
    assert lines("")["iran"]["briefs"] == 3


def test_an_empty_archive_is_no_error(backtest: Callable[[str], str]) -> None:
    archive("sqlite:///alertbot.db", NOW)

    assert backtest("").startswith("Over 0 briefs")
    assert backtest("--against old.toml --topic iran").startswith("Over 0 briefs")


def test_a_config_without_topics_is_no_error(backtest: Callable[[str], str]) -> None:
    Path("new.toml").write_text("")

    assert "Some topic fires on 0 of them." in backtest("--feed feed.json")


def test_undated_briefs_are_counted_but_in_no_week(backtest: Callable[[str], str]) -> None:
    assert "1 brief without a date: counted, but in no week." in backtest("--feed feed.json")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--topic irn --feed feed.json", "no topic has the id 'irn'; did you mean 'iran'?"),
        ("--topic tundra --feed feed.json", "no topic has the id 'tundra'\n"),
        ("--against nowhere.toml", "nowhere.toml: there is no such file"),
        ("--feed nowhere.json", "no such file: nowhere.json"),
        ("", "alertbot.db: no such file"),
    ],
)
def test_what_cannot_be_is_told_in_words(
    options: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", "--config", "new.toml", *options.split()]) == 2

    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--days 90 --feed feed.json", "argument --feed: not allowed with argument --days"),
        ("--days 0", "argument --days: expected a number of days such as 90, found '0'"),
        ("--days week", "expected a number of days such as 90, found 'week'"),
    ],
)
def test_days_are_a_number_and_of_the_archive(
    options: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["backtest", *options.split()])

    assert exit_.value.code == 2
    assert words in capsys.readouterr().err


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "long", "shown"),
    [(Terminal(), 0, True), (Terminal(), 60, False), (StringIO(), 0, False)],
)
def test_a_bar_is_for_a_long_wait_at_a_terminal(
    stream: StringIO, long: float, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "LONG", long)

    with progress.progress(2) as done:
        done()
        done()

    assert ("2/2" in stream.getvalue()) is shown
