"""A bar for whoever waits at a terminal; nothing for pipes and logs, nor for what is quick."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: seconds; what takes longer is worth a bar
LONG = 1.0


@contextmanager
def progress(total: int) -> Iterator[Callable[[], None]]:
    """Yield what to call when one more of `total` briefs is done; the bar is drawn on stderr."""
    bar = Progress(
        TextColumn("Trying the topics on"),
        MofNCompleteColumn(),
        TextColumn("briefs"),
        BarColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    task = bar.add_task("", total=total)
    begun = monotonic()
    shown = False

    def done() -> None:
        nonlocal shown
        bar.advance(task)
        if not shown and monotonic() - begun > LONG:
            shown = True
            bar.start()

    try:
        yield done
    finally:
        if shown:
            bar.stop()
