"""The same rounds against a service that is broken on purpose: the checker must turn red."""

from pathlib import Path

import pytest

from chaos.__main__ import play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


async def test_a_sound_service_stays_green(tmp_path: Path) -> None:
    line = await play("kill", rounds=6, seed=1, folder=tmp_path)

    assert line["broken"] == []


async def test_answers_recorded_in_batches_come_again_by_the_dozen(tmp_path: Path) -> None:
    line = await play("kill", rounds=6, seed=1, folder=tmp_path, mutant="records in batches")

    assert line["repeated"] > line["repeats_allowed"]


async def test_what_is_recorded_before_it_is_sent_gets_lost(tmp_path: Path) -> None:
    line = await play("kill", rounds=6, seed=1, folder=tmp_path, mutant="records before it sends")

    assert line["lost"] > 0
    assert line["sent_but_not_in_ledger"] > 0


async def test_a_brief_is_lost_where_validators_are_saved_before_it(tmp_path: Path) -> None:
    line = await play(
        "feed-faults", rounds=6, seed=1, folder=tmp_path, mutant="saves validators first"
    )

    assert line["lost"] > 0
