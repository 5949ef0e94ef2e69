"""Judges a round of chaos by what was published, who follows what, and what Telegram accepted.

It knows nothing of alertbot: it reads the files that the publisher, the fake Bot API and the
runner left in a folder, and says what broke. `python -m chaos.checker FOLDER` judges a folder anew.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chaos.findings import Findings, examine
from chaos.trial import Allowed, Trial, read_trial


def broken_promises(found: Findings, allowed: Allowed) -> list[str]:
    """Return what must not be, in words; empty if every promise was kept."""
    return [
        words
        for words, broken in (
            (f"{found.lost} lost, {found.waiting} of them still due", found.lost),
            (
                f"{found.repeated} repeated, {allowed.repeats} allowed",
                found.repeated > allowed.repeats,
            ),
            (f"{found.unexpected} unexpected", found.unexpected),
            (
                f"{found.unknown_lost} missing as unknown, {allowed.unknown} allowed",
                found.unknown_lost > allowed.unknown,
            ),
            (
                f"{found.sent_but_not_in_ledger} said to be sent that never arrived",
                found.sent_but_not_in_ledger,
            ),
            (f"{found.loud_repeats} repeats made a sound", found.loud_repeats),
            (f"{found.changed_repeats} repeats say something else", found.changed_repeats),
            (f"{found.out_of_order} out of order", allowed.ordered and found.out_of_order),
            (f"{found.in_pause} requests inside a pause", found.in_pause),
            (
                f"{found.most_in_a_second} in one second, {allowed.per_second} allowed",
                allowed.per_second and found.most_in_a_second > allowed.per_second,
            ),
            (f"{found.over_chat_limit} beyond a chat's limit", found.over_chat_limit),
            (
                f"{allowed.late_refused} of {allowed.late_finishes} late finishes refused",
                allowed.late_refused < allowed.late_finishes,
            ),
            (f"the database: {allowed.integrity}", allowed.integrity != "ok"),
            (
                f"proves too little: {allowed.hits} of {allowed.kills} kills hit something",
                allowed.hits < allowed.hits_wanted,
            ),
            ("nothing was delivered", not found.deliveries),
            ("; ".join(allowed.mishaps), allowed.mishaps),
        )
        if broken
    ]


def judge(trial: Trial) -> dict[str, Any]:
    """Return the line that is printed: what was done, what was found, what broke."""
    found = examine(trial)
    done = ("scenario", "kills", "hits", "late_finishes", "late_refused")
    return {
        **{name: getattr(trial.allowed, name) for name in done},
        **asdict(found),
        "repeats_allowed": trial.allowed.repeats,
        "broken": broken_promises(found, trial.allowed),
    }


def main(folders: Sequence[str]) -> int:
    """Judge folders; return 1 if a promise broke."""
    lines = [judge(read_trial(Path(folder))) for folder in folders]
    for line in lines:
        sys.stdout.write(json.dumps(line) + "\n")
    return int(any(line["broken"] for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
