"""The command line as other programs and newcomers meet it: output, exit codes, no tracebacks."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archive_samples import archive, entry

from alertbot.__main__ import main

GOOD = """
[[feeds]]
id = "fdd"
url = "https://www.fdd.org/feed/"

[[topics]]
id = "iran-missiles"
name = "Iran missiles"
publisher_tags = ["Iran Missiles"]
rule = 'Iran* AND missile*'
"""
FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Briefs",
    "items": [
        {
            "id": "1",
            "url": "https://example.org/1",
            "title": "Iran Fires Missiles",
            "content_html": "<p>Iran fired at least 12 missiles on March 1, killing two.</p>",
            "date_published": "2026-03-01T22:00:00-05:00",
        },
        {"id": "2", "title": "Frost", "content_text": "Cold.", "tags": ["Iran Missiles"]},
    ],
}


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder with a good config and a feed file, without a token."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALERTBOT_TELEGRAM_TOKEN", raising=False)
    Path("config.toml").write_text(GOOD)
    Path("feed.json").write_text(json.dumps(FEED))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_preview_prints_one_json_line_per_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "feed.json", "--format", "jsonl"]) == 0

    first, second = lines(capsys)
    assert first["id"] == "1"
    assert first["published"] == "2026-03-01T22:00:00-05:00"
    assert first["topics"] == [
        {
            "id": "iran-missiles",
            "via": "rule",
            "evidence": [
                {"zone": "title", "text": "Iran"},
                {"zone": "title", "text": "Missiles"},
                {"zone": "lead", "text": "Iran"},
                {"zone": "lead", "text": "missiles"},
            ],
            "branches": ["Iran* AND missile*"],
        }
    ]
    assert first["summary"] == ["Iran fired at least 12 missiles on March 1, killing two."]
    assert {
        "text": "at least 12 missiles",
        "value": 12,
        "qualifier": "at least",
        "unit": "missiles",
        "kind": "munitions",
    } in first["figures"]  # type: ignore[operator]
    assert set(first["message"]) == {"html", "text"}  # type: ignore[call-overload]
    assert [topic["via"] for topic in second["topics"]] == ["publisher_tag"]  # type: ignore[attr-defined]


def test_preview_can_leave_the_publishers_tags_aside(capsys: pytest.CaptureFixture[str]) -> None:
    main(["preview", "feed.json", "--format", "jsonl", "--ignore-publisher-tags"])

    assert [row["topics"] != [] for row in lines(capsys)] == [True, False]


def test_preview_explains_each_figure_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    main(["preview", "feed.json", "--format", "jsonl"])
    assert not any("salience" in line for line in lines(capsys))

    main(["preview", "feed.json", "--format", "jsonl", "--verbose"])
    first, second = lines(capsys)

    scores = first["salience"]
    assert [each["figure"] for each in scores] == first["key_figures"]
    assert [each["score"] for each in scores] == [sum(each["parts"].values()) for each in scores]
    assert second["salience"] == []


def test_preview_explains_each_figure_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    main(["preview", "feed.json", "--verbose"])

    shown = capsys.readouterr().out
    assert "▪️   8.0  “at least 12 missiles”: kind (munitions) +1, place (lead) +5" in shown
    assert "qualifier (at least) +1.5" in shown
    assert "No figures." in shown


def test_preview_for_people_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "feed.json"]) == 0

    shown = capsys.readouterr().out
    assert "iran-missiles: “Iran”, “Missiles” in the title; “Iran”, “missiles” in the lead" in shown
    assert "    by Iran* AND missile*\n" in shown
    assert "iran-missiles: tagged “Iran Missiles” by the publisher" in shown


def test_preview_of_a_topic_says_of_each_part_of_its_rule_what_was_found(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("config.toml").write_text(GOOD.replace("AND missile*", "NEAR/2 drone*"))

    assert main(["preview", "feed.json", "--topic", "iran-missiles"]) == 0

    assert capsys.readouterr().out.split("─" * 72 + "\n")[1].splitlines() == [
        "Iran Fires Missiles",
        "✗ iran-missiles does not fire.",
        "  ✗ Iran* NEAR/2 drone*",
        "      nowhere with at most 2 words between them",
        "    ✓ Iran*",
        "        “Iran” in the title; “Iran” in the lead",
        "    ✗ drone*",
        "        nowhere",
        "",
    ]


def test_preview_of_a_topic_is_as_the_manual_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
    Path("config.toml").write_text(manual.split("```toml\n")[1].split("```")[0])
    lead = "The IRGC gave 40 tanks and a jet to the hall."
    item = {"id": "1", "title": "Tehran Opens a Museum", "content_text": lead}
    Path("feed.json").write_text(json.dumps({**FEED, "items": [item]}))

    main(["preview", "feed.json", "--topic", "iran-missiles"])

    assert (
        capsys.readouterr().out.split("\n", 1)[1] == (manual.split("```why\n")[1].split("```")[0])
    )


def test_preview_of_a_topic_for_programs_holds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    main(["preview", "feed.json", "--topic", "iran-missiles", "--format", "jsonl"])

    explanation = lines(capsys)[0]["explanation"]
    assert explanation["fires"]  # type: ignore[index]
    assert [part["rule"] for part in explanation["parts"]] == ["Iran*", "missile*"]  # type: ignore[index]


def test_preview_of_an_unknown_topic_offers_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "feed.json", "--topic", "iran-misiles"]) == 2

    assert capsys.readouterr().err == (
        "alertbot: no topic has the id 'iran-misiles'; did you mean 'iran-missiles'?\n"
    )


def test_check_praises_a_good_config(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0

    assert capsys.readouterr().out == "config.toml: 1 feed, 1 topic, usable\n"


def test_check_tells_every_mistake_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    bad = GOOD.replace("publisher_tags", "publisher_tag").replace("Iran* AND", "Iran* AND AND")
    Path("config.toml").write_text(bad)

    assert main(["check"]) == 2

    assert capsys.readouterr().out.splitlines() == [
        "config.toml:9: topics[0].publisher_tag (iran-missiles): error: "
        'unknown key; did you mean "publisher_tags"?',
        "config.toml:10: topics[0].rule (iran-missiles): error: AND needs something before it",
        "    Iran* AND AND missile*",
        "              ^",
        "config.toml: 2 errors: not usable",
    ]


def test_check_counts_what_it_tells_of_a_config_that_is_not_usable(
    capsys: pytest.CaptureFixture[str],
) -> None:
    doubtful = GOOD.replace("missile*'", "missile* OR drone*'").replace("[[", 'x = "30s"\n[[', 1)
    Path("config.toml").write_text(doubtful)

    assert main(["check"]) == 2

    assert [line for line in capsys.readouterr().out.splitlines() if line[0] != " "] == [
        "config.toml:2: x: error: unknown key; known here: "
        "store, telegram, network, web, websub, chats, retention, llm, feeds, terms, topics",
        "config.toml:11: topics[0].rule (iran-missiles): warning: "
        "AND and NOT bind before OR here; put parentheses around what belongs together",
        "config.toml: 1 error, 1 warning: not usable",
    ]


def test_check_counts_the_warnings_of_a_config_that_is_usable(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("config.toml").write_text(GOOD + '[terms]\na = ["a"]\nb = ["b"]\n')

    assert main(["check"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "config.toml:12: terms.a: warning: no rule uses this list",
        "config.toml:13: terms.b: warning: no rule uses this list",
        "config.toml: 1 feed, 1 topic, usable, with 2 warnings",
    ]


def test_check_can_print_json(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.toml").write_text("[stor]\n")

    assert main(["check", "--format", "jsonl"]) == 2

    problems = lines(capsys)
    assert {"file": "config.toml", "line": 1, "key": "stor"}.items() <= problems[0].items()
    assert problems[0]["id"] is None


def archive_of(count: int, title: str, *tags: str) -> None:
    briefs = [replace(entry(title, None, tags), key=str(number)) for number in range(count)]
    archive("sqlite:///alertbot.db", datetime.now(UTC), *briefs)


@pytest.mark.parametrize(
    ("missiles", "others", "warned"), [(31, 29, True), (30, 30, False), (49, 0, False)]
)
def test_check_warns_of_a_rule_that_fires_on_more_than_half_of_the_archive(
    missiles: int, others: int, warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    archive_of(missiles, "Iran Fires Missile")
    archive_of(missiles + others, "Frost", "Iran Missiles")

    assert main(["check"]) == 0

    rule = "config.toml:10: topics[0].rule (iran-missiles)"
    told = f"{rule}: warning: fires on 31 of the last 60 briefs"
    assert (told in capsys.readouterr().out) is warned


def test_check_can_print_that_warning_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    archive_of(50, "Iran Fires Missile")

    assert main(["check", "--format", "jsonl"]) == 0

    [problem] = lines(capsys)
    assert (problem["key"], problem["line"], problem["warning"]) == ("topics[0].rule", 10, True)
    assert problem["id"] == "iran-missiles"


def test_check_needs_no_archive_that_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("alertbot.db").write_text("no database")

    assert main(["check"]) == 0

    assert capsys.readouterr().out == "config.toml: 1 feed, 1 topic, usable\n"


@pytest.mark.parametrize(
    ("config", "command", "words"),
    [
        (
            GOOD + "[chats]\nmax_subscription = 3\n",
            ["run"],
            "config.toml:12: chats.max_subscription",
        ),
        (GOOD, ["run"], "no Telegram token, and no terminal to talk in"),
        (
            GOOD + '[telegram]\ntoken_file = "nowhere"\n',
            ["run"],
            "config.toml:12: telegram.token_file",
        ),
        (GOOD, ["preview", "nowhere.xml"], "no such file: nowhere.xml"),
        (GOOD, ["preview", "config.toml"], "not a feed"),
        (GOOD, ["status"], "alertbot.db"),
        (GOOD, ["status", "--config", "nowhere.toml"], "nowhere.toml"),
        ('[store]\nurl = "sqlite:///config.toml"\n' + GOOD, ["db", "upgrade"], "config.toml"),
        (GOOD, ["db", "copy", "--to", "mysql://me:hush@db/x"], "--to: expected the address of a"),
        (GOOD, ["db", "copy", "--to", "sqlite:///new.db"], "alertbot.db: no such file"),
        ('[store]\nurl = "sqlite:///no/folder/a.db"\n' + GOOD, ["db", "upgrade"], "no/folder"),
    ],
)
def test_what_people_can_mend_is_told_in_words_with_exit_code_2(
    config: str, command: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("config.toml").write_text(config)

    assert main(command) == 2

    shown = capsys.readouterr().err
    assert words in shown
    assert "Traceback" not in shown
    assert "hush" not in shown


def test_a_copy_says_what_came_over_and_what_to_do_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("config.toml").write_text(GOOD)
    archive("sqlite:///alertbot.db", datetime.now(UTC), entry("one", None), entry("two", None))

    assert main(["db", "copy", "--to", "sqlite:///new.db"]) == 0

    first, second, *rows, last = capsys.readouterr().out.splitlines()
    assert first.startswith("Copied sqlite:///")
    assert second == "to sqlite:///new.db:"
    assert "            2  briefs" in rows
    assert last == "Every row has arrived. Now name the new address under [store] in the config."


def test_status_after_an_upgrade_says_that_the_service_never_ran(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["db", "upgrade"]) == 0

    assert main(["status", "--format", "jsonl"]) == 1

    status = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert status["complaints"] == ["the service has never run on this database"]


@pytest.mark.parametrize("command", [[], ["run"], ["preview"], ["check"], ["status"], ["db"]])
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([*command, "--help"])

    assert exit_.value.code == 0
    assert "usage: alertbot" in capsys.readouterr().out
