"""The tables of the report: one row a topic, with the bars beside the numbers."""

from collections.abc import Callable, Mapping
from datetime import date
from math import ceil

from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from alertbot.classifier.backtest import Agreement, Outcome, Report, TopicReport, monday

#: the most marks that show the weeks, alone and beside what is compared
MARKS, FEWER_MARKS = 16, 12
LEVELS = "▁▂▃▄▅▆▇█"
NOTHING = "·"
#: what is longer takes two lines
LONG_ID = 24


def volume_table(report: Report) -> Table:
    """Return how much each topic sends, before and after where that is compared."""
    compared = report.covered_before is not None
    table = _table(report)
    table.add_column("Alerts", justify="right", no_wrap=True)
    table.add_column("A week", justify="right", no_wrap=True)
    if compared:
        table.add_column("Gained", justify="right", no_wrap=True, style="green")
        table.add_column("Lost", justify="right", no_wrap=True, style="red")
    else:
        table.add_column("By tag only", justify="right", no_wrap=True)
    table.add_column(_by_weeks(report, compared=compared), no_wrap=True)
    table.add_column("", ratio=1, min_width=6)
    largest = max((_alerts(found.after) for found in report.topics), default=0)
    for found in report.topics:
        table.add_row(
            found.topic,
            _before_after(found, lambda outcome: f"{_alerts(outcome):,}"),
            _before_after(found, _per_week),
            *(_gained_and_lost(found) if compared else [_some(_by_tag_only(found.after))]),
            _marks(found.after, report, compared=compared),
            Bar(max(largest, 1), 0, _alerts(found.after), color="cyan"),
        )
    return table


def agreement_table(report: Report) -> Table:
    """Return how well each rule agrees with the publisher's tags."""
    table = _table(report)
    for name in ("Precision", "Recall", "Both", "Rule only", "Tag only"):
        table.add_column(name, justify="right", no_wrap=True)
    for found in report.topics:
        if found.after and (now := found.after.agreement):
            table.add_row(
                found.topic,
                _before_after(found, _measured(lambda agreement: agreement.precision)),
                _before_after(found, _measured(lambda agreement: agreement.recall)),
                f"{now.both:,}",
                _some(len(now.rule_only)),
                _some(len(now.tag_only)),
            )
    return table


def percent(share: float | None) -> str:
    """Return a share such as "80 %"; "–" where there is none."""
    return "–" if share is None else f"{100 * share:.0f} %"


def _table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    longest = max(len(found.topic) for found in report.topics)
    table.add_column("Topic", overflow="fold", width=max(len("Topic"), min(longest, LONG_ID)))
    return table


def _before_after(found: TopicReport, shown: Callable[[Outcome], str]) -> Text:
    """Return "12 → 15", or what stands for both where they are alike."""
    after = shown(found.after) if found.after else "–"
    if found.change is None:
        return Text(after)
    before = shown(found.before) if found.before else "–"
    return Text(after if before == after else f"{before} → {after}")


def _gained_and_lost(found: TopicReport) -> list[str]:
    return [_some(len(found.gained), "+"), _some(len(found.lost), "-")]


def _some(number: int, sign: str = "") -> str:
    return f"{sign}{number:,}" if number else NOTHING


def _alerts(outcome: Outcome | None) -> int:
    return len(outcome.alerts) if outcome else 0


def _by_tag_only(outcome: Outcome | None) -> int:
    return len(outcome.alerts) - outcome.by_rule if outcome else 0


def _per_week(outcome: Outcome) -> str:
    rate = outcome.per_week
    if rate is None:
        return "–"
    return f"{rate:.2f}" if 0 < rate < 0.1 else f"{rate:.1f}"


def _measured(measure: Callable[[Agreement], float | None]) -> Callable[[Outcome], str]:
    return lambda outcome: percent(measure(outcome.agreement) if outcome.agreement else None)


def _by_weeks(report: Report, *, compared: bool) -> str:
    """Return the heading of the marks: how many weeks each of them stands for."""
    weeks, step = _weeks(report, compared=compared)
    return "Week by week" if step == 1 else f"Per {step} weeks" if weeks else ""


def _weeks(report: Report, *, compared: bool) -> tuple[int, int]:
    """Return how many weeks the report is on, and how many of them make a mark."""
    if report.first is None or report.last is None:
        return 0, 0
    weeks = (monday(report.last) - monday(report.first)).days // 7 + 1
    return weeks, ceil(weeks / (FEWER_MARKS if compared else MARKS))


def _marks(outcome: Outcome | None, report: Report, *, compared: bool) -> str:
    """Return one mark for each week or few, the newest last, scaled to the highest."""
    weeks, step = _weeks(report, compared=compared)
    if outcome is None or report.last is None or not weeks:
        return ""
    counts = _by_age(outcome.weekly, monday(report.last), step)
    highest = max(counts.values(), default=0)
    return "".join(
        LEVELS[ceil(counts[age] / highest * len(LEVELS)) - 1] if age in counts else NOTHING
        for age in reversed(range(ceil(weeks / step)))
    )


def _by_age(weekly: Mapping[date, int], last: date, step: int) -> dict[int, int]:
    """Add up weeks: 0 is the newest `step` of them, 1 those before, and so on."""
    counts: dict[int, int] = {}
    for week, count in weekly.items():
        age = (last - week).days // 7 // step
        counts[age] = counts.get(age, 0) + count
    return counts
