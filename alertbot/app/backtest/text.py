"""The report for a person: its sections one under the other, for a terminal or a pipe."""

from collections.abc import Iterator
from datetime import UTC
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from alertbot.app.backtest.briefs import listing
from alertbot.app.backtest.tables import agreement_table, percent, volume_table
from alertbot.app.wording import counted
from alertbot.classifier.backtest import Change, Outcome, Overlap, Report, TopicReport

#: columns where nobody knows better, and at most
PIPE_WIDTH, WIDEST = 80, 120
#: of each list, in a report on several topics
FEW = 3
#: topics whose disagreements are listed in a report on several: those with the most
WORST = 5
#: overlaps told in a report on several topics: so many, of such a share, of so many alerts
OVERLAPS, SHARE, ALERTS = 10, 0.5, 2


def as_text(report: Report, terminal_width: int | None) -> str:
    """Return the report; coloured where it is for a terminal, which has so many columns."""
    console = Console(
        file=StringIO(),
        width=min(terminal_width or PIPE_WIDTH, WIDEST),
        force_terminal=terminal_width is not None,
        markup=False,
        highlight=False,
        emoji=False,
    )
    with console.capture() as captured:
        for number, section in enumerate(_sections(report)):
            if number:
                console.print()
            console.print(section)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _sections(report: Report) -> Iterator[RenderableType]:
    yield _header(report)
    if not report.briefs or not report.topics:
        return
    full = len(report.topics) == 1
    yield volume_table(report)
    if report.covered_before is not None:
        yield from _changes(report, None if full else FEW)
    elif full:
        yield from _alerts(report.topics[0])
    measured = [one for one in report.topics if one.after and one.after.agreement]
    if measured:
        yield from _agreement(report, measured, None if full else FEW)
    yield from _overlaps(report, full=full)
    if not full:
        yield Text("--topic ID tells all of one topic.", style="dim")


def _header(report: Report) -> Text:
    if not report.briefs:
        return Text("Over 0 briefs: there is nothing yet to try the topics on.")
    times = ""
    if report.first and report.last:
        first, last = report.first.astimezone(UTC), report.last.astimezone(UTC)
        times = f", {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    was = "" if report.covered_before is None else f", before on {report.covered_before:,}"
    text = f"Over {counted(report.briefs, 'brief')}{times}.\n"
    text += f"Some topic fires on {report.covered:,} of them{was}."
    if report.undated:
        text += f"\n{counted(report.undated, 'brief')} without a date: counted, but in no week."
    return Text(text)


def _changes(report: Report, limit: int | None) -> Iterator[RenderableType]:
    moved = [found for found in report.topics if found.gained or found.lost]
    if not moved:
        yield Text("No topic gains or loses a brief.")
    for found in moved:
        change = f", {found.change}" if found.change in {Change.NEW, Change.REMOVED} else ""
        parts: list[RenderableType] = [Text.assemble((found.topic, "bold"), change)]
        if found.gained:
            parts.append(Text(f"  gained {len(found.gained):,}"))
            parts.append(listing("+", found.gained, limit))
        if found.lost:
            parts.append(Text(f"  lost {len(found.lost):,}, with what used to fire"))
            parts.append(listing("-", found.lost, limit))
        yield Group(*parts)


def _alerts(found: TopicReport) -> Iterator[RenderableType]:
    if found.after and found.after.alerts:
        heading = Text(f"{found.topic} would have sent", style="bold")
        yield Group(heading, listing("", found.after.alerts, None))


def _agreement(
    report: Report, measured: list[TopicReport], limit: int | None
) -> Iterator[RenderableType]:
    heading = Text.assemble(
        ("Rules against the publisher's tags", "bold"),
        f", over the {counted(report.tagged, 'brief')} that have any tag",
    )
    legend = Text(
        "Precision: of what the rule finds, the share that is tagged.\n"
        "Recall: of what is tagged, the share that the rule finds.",
        style="dim",
    )
    yield Group(heading, agreement_table(report), legend)
    worst = sorted(measured, key=lambda found: -_disagreements(found.after))
    for found in worst if limit is None else worst[:WORST]:
        yield from _disagreeing(found, limit)


def _disagreements(outcome: Outcome | None) -> int:
    agreement = outcome.agreement if outcome else None
    return len(agreement.rule_only) + len(agreement.tag_only) if agreement else 0


def _disagreeing(found: TopicReport, limit: int | None) -> Iterator[RenderableType]:
    agreement = found.after.agreement if found.after else None
    if agreement is None:
        return
    for words, hits in (
        ("tag but not rule", agreement.tag_only),
        ("rule but not tag", agreement.rule_only),
    ):
        if hits:
            heading = Text.assemble((found.topic, "bold"), f", {words}: {len(hits):,}")
            yield Group(heading, listing("", hits, limit))


def _overlaps(report: Report, *, full: bool) -> Iterator[RenderableType]:
    told = [one for one in report.overlaps if full or (one.share >= SHARE and one.shared >= ALERTS)]
    shown = told if full else told[:OVERLAPS]
    if shown:
        heading = Text("Topics that share alerts", style="bold")
        lines = [_overlap(one) for one in shown]
        left = len(told) - len(shown)
        more = [f"and {left:,} more that share half or more"] if left else []
        yield Group(heading, Padding("\n".join([*lines, *more]), (0, 0, 0, 2)))


def _overlap(overlap: Overlap) -> str:
    alerts = round(overlap.shared / overlap.share)
    return (
        f"{percent(overlap.share)} of {overlap.topic} alerts are also {overlap.other} alerts"
        f" ({overlap.shared:,} of {alerts:,})"
    )
