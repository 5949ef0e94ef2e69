"""Lists briefs for a person: a sign, the date, the title, and below it why the topic fires."""

from collections.abc import Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from alertbot.app.wording import because
from alertbot.classifier.backtest import Hit, Trial

#: how what was gained and what was lost are drawn
STYLES = {"+": "green", "-": "red"}


def listing(sign: str, hits: Sequence[Hit], limit: int | None) -> Table:
    """Return the briefs one under the other; limit: the first so many, and no line wrapped."""
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False, expand=True)
    grid.add_column(width=3, justify="right", style=STYLES.get(sign, ""))
    grid.add_column(width=len("2026-03-01"))
    whole = limit is None
    grid.add_column(ratio=1, no_wrap=not whole, overflow="fold" if whole else "ellipsis")
    for hit in hits[:limit]:
        why = Text(because(hit.fired.match), style="dim")
        grid.add_row(sign, _date(hit.trial), Group(Text(hit.trial.title), why))
    if limit is not None and len(hits) > limit:
        grid.add_row("", "", f"and {len(hits) - limit:,} more")
    return grid


def _date(trial: Trial) -> str:
    """Return the date as published, else the one that places the brief."""
    when = trial.published or trial.at
    return f"{when:%Y-%m-%d}" if when else "no date"
