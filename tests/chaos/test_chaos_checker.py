"""The checker sees each kind of break, and none where there is none; on hand-made ledgers."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from chaos import checker
from chaos.checker import judge
from chaos.findings import MARK
from chaos.trial import Allowed, Trial, read_trial

ANNA, BORIS, NEWSROOM = 1, 2, -3
SUBSCRIBERS = {ANNA: frozenset({"iran"}), BORIS: frozenset({"iran", "cyber"})}


def entry(number: int, *, at: float = 0.0, **more: Any) -> dict[str, Any]:
    told = {"id": f"id-{number}", "title": f"Brief {number}", "topics": ["iran"], "at": at}
    return told | {"feed": "meridian", "quiet": False} | more


def message(number: int, chat: int, at: float, **more: Any) -> dict[str, Any]:
    told = {"kind": "message", "chat": chat, "text": f"Brief {number}\n\nTold.", "at": at}
    return told | {"message_id": round(at * 1000), "silent": False} | more


def row(
    number: int, chat: int, state: str = "sent", message_id: int | None = None
) -> dict[str, Any]:
    return {"entry": f"id-{number}", "chat": chat, "state": state, "message_id": message_id}


#: one entry, both told, all recorded
GOOD = Trial(
    allowed=Allowed(scenario="by hand"),
    origin=[entry(0, at=-1.0, quiet=True), entry(1)],
    subscribers=SUBSCRIBERS,
    ledger=[message(1, ANNA, 1.0), message(1, BORIS, 2.0)],
    rows=[row(1, ANNA, message_id=1000), row(1, BORIS, message_id=2000)],
)


def with_(*events: dict[str, Any], **allowed: Any) -> Trial:
    ledger = sorted([*GOOD.ledger, *events], key=lambda event: event["at"])
    return replace(GOOD, ledger=ledger, allowed=replace(GOOD.allowed, **allowed))


def test_where_all_is_told_once_nothing_is_broken() -> None:
    line = judge(GOOD)

    assert (line["deliveries"], line["lost"], line["repeated"], line["broken"]) == (2, 0, 0, [])


def test_what_was_published_for_a_chat_and_never_arrived_is_lost() -> None:
    line = judge(replace(GOOD, ledger=GOOD.ledger[:1], rows=GOOD.rows[:1]))

    assert (line["lost"], line["broken"]) == (1, ["1 lost, 0 of them still due"])


def test_what_is_still_due_at_the_end_is_not_delivered_either() -> None:
    due = replace(GOOD, ledger=GOOD.ledger[:1], rows=[GOOD.rows[0], row(1, BORIS, "pending")])

    line = judge(due)

    assert (line["lost"], line["waiting"]) == (1, 1)
    assert line["broken"]


def test_a_silent_marked_repeat_is_counted_and_broken_only_beyond_what_is_allowed() -> None:
    again = message(1, ANNA, 3.0, text=f"Brief 1\n\nTold.\n\n{MARK}", silent=True)

    assert judge(with_(again))["broken"] == ["1 repeated, 0 allowed"]
    allowed = judge(with_(again, repeats=1))
    assert (allowed["repeated"], allowed["most_of_one"], allowed["broken"]) == (1, 2, [])


def test_a_repeat_that_makes_a_sound_is_broken() -> None:
    again = message(1, ANNA, 3.0)

    assert judge(with_(again, repeats=1))["broken"] == ["1 repeats made a sound"]


def test_a_repeat_that_says_something_else_is_broken() -> None:
    again = message(1, ANNA, 3.0, text="Brief 1\n\nTold otherwise.", silent=True)

    assert judge(with_(again, repeats=1))["broken"] == ["1 repeats say something else"]


@pytest.mark.parametrize(
    "stray",
    [
        message(7, ANNA, 3.0),
        message(0, ANNA, 3.0),
        message(1, NEWSROOM, 3.0),
        message(1, ANNA, -0.5),
    ],
    ids=["never published", "old at the first poll", "follows nothing", "before it was published"],
)
def test_what_nobody_asked_for_is_unexpected(stray: dict[str, Any]) -> None:
    line = judge(with_(stray, repeats=1))

    assert line["unexpected"] == 1
    assert "1 unexpected" in line["broken"]


def test_an_entry_published_anew_under_another_id_may_come_as_often() -> None:
    anew = with_(message(1, ANNA, 3.0), message(1, BORIS, 4.0))
    anew = replace(anew, origin=[*anew.origin, entry(1, id="id-1-anew")])

    assert judge(anew)["broken"] == []


def test_what_is_missing_but_listed_as_unknown_is_broken_only_beyond_what_is_allowed() -> None:
    listed = replace(GOOD, ledger=GOOD.ledger[:1], rows=[GOOD.rows[0], row(1, BORIS, "unknown")])

    line = judge(listed)

    assert (line["lost"], line["unknown"], line["unknown_lost"]) == (0, 1, 1)
    assert line["broken"] == ["1 missing as unknown, 0 allowed"]
    assert judge(replace(listed, allowed=replace(GOOD.allowed, unknown=1)))["broken"] == []


def test_a_row_that_says_sent_without_an_acceptance_is_broken() -> None:
    rows = [GOOD.rows[0], row(1, BORIS, message_id=4711)]

    line = judge(replace(GOOD, rows=rows))

    assert line["sent_but_not_in_ledger"] == 1
    assert line["broken"] == ["1 said to be sent that never arrived"]


def test_an_earlier_entry_after_a_later_one_in_the_same_chat_is_out_of_order() -> None:
    swapped = replace(
        GOOD,
        origin=[entry(1), entry(2)],
        subscribers={ANNA: frozenset({"iran"})},
        ledger=[message(2, ANNA, 1.0), message(1, ANNA, 2.0)],
        rows=[],
    )

    assert judge(swapped)["broken"] == ["1 out of order"]
    loose = replace(swapped, allowed=replace(GOOD.allowed, ordered=False))
    assert judge(loose)["broken"] == []


def test_a_late_delivery_is_counted() -> None:
    line = judge(with_(late_after=1.5))

    assert (line["late"], line["broken"]) == (1, [])


@pytest.mark.parametrize(("scope", "broken"), [(None, 1), (ANNA, 1), (BORIS, 0)])
def test_a_request_inside_a_pause_of_its_scope_is_broken(scope: int | None, broken: int) -> None:
    pause = {"kind": "pause", "chat": scope, "at": 5.0, "until": 8.0}
    under_way, inside, after = (
        {"kind": "request", "chat": ANNA, "at": at} for at in (5.2, 7.0, 8.1)
    )

    line = judge(with_(pause, under_way, inside, after))

    assert line["in_pause"] == broken
    assert line["broken"] == ["1 requests inside a pause"] * broken


def test_more_in_a_second_than_allowed_is_broken() -> None:
    assert judge(with_(per_second=1))["broken"] == []
    close = replace(GOOD, ledger=[message(1, ANNA, 1.5), message(1, BORIS, 2.0)], rows=[])
    close = replace(close, allowed=replace(GOOD.allowed, per_second=1))
    assert judge(close)["broken"] == ["2 in one second, 1 allowed"]


@pytest.mark.parametrize(("chat", "gap", "over"), [(ANNA, 1.0, 0), (ANNA, 0.5, 4), (-3, 1.0, 35)])
def test_more_to_one_chat_than_telegram_takes_is_broken(chat: int, gap: float, over: int) -> None:
    numbers = range(60)
    flood = replace(
        GOOD,
        origin=[entry(number) for number in numbers],
        subscribers={chat: frozenset({"iran"})},
        ledger=[message(number, chat, 1 + number * gap) for number in numbers],
        rows=[],
    )

    line = judge(flood)

    assert (line["over_chat_limit"] > 0, bool(line["broken"])) == (over > 0, over > 0)


def test_a_late_finish_that_was_not_refused_is_broken() -> None:
    line = judge(with_(late_finishes=3, late_refused=2))

    assert line["broken"] == ["2 of 3 late finishes refused"]


def test_kills_that_hit_nothing_prove_nothing() -> None:
    line = judge(with_(kills=10, hits=1, hits_wanted=5))

    assert line["broken"] == ["proves too little: 1 of 10 kills hit something"]


def test_a_round_without_deliveries_proves_nothing() -> None:
    assert judge(replace(GOOD, origin=[], ledger=[], rows=[]))["broken"] == [
        "nothing was delivered"
    ]


def test_a_damaged_database_and_other_mishaps_are_broken() -> None:
    line = judge(with_(integrity="row 3 missing from index", mishaps=("exit code 1",)))

    assert line["broken"] == ["the database: row 3 missing from index", "exit code 1"]


def test_a_folder_is_judged_as_it_was_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trial.json").write_text(json.dumps(asdict(GOOD.allowed)))
    (tmp_path / "rows.json").write_text(json.dumps(GOOD.rows))
    following = {chat: sorted(topics) for chat, topics in SUBSCRIBERS.items()}
    (tmp_path / "subscribers.json").write_text(json.dumps(following))
    for name, events in (("origin", GOOD.origin), ("ledger", GOOD.ledger[:1])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(e) + "\n" for e in events))

    assert read_trial(tmp_path).subscribers == SUBSCRIBERS
    assert checker.main([str(tmp_path)]) == 1
    assert json.loads(capsys.readouterr().out)["lost"] == 1


def test_the_checker_runs_where_alertbot_cannot_be_imported() -> None:
    alone = "import sys; sys.modules['alertbot'] = None; from chaos import checker"
    tests = Path(checker.__file__).parent.parent

    subprocess.run([sys.executable, "-c", alone], env={"PYTHONPATH": str(tests)}, check=True)
