"""Numbers and times in words, as the reports for people write them."""

from datetime import datetime, timedelta


def counted(number: int, thing: str) -> str:
    """Return the number and what it counts, such as "2 feeds"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def ago(then: datetime, now: datetime) -> str:
    """Return the time since `then` in one unit, such as "5 min ago"."""
    return f"{span(now - then)} ago"


def span(length: timedelta) -> str:
    """Return a length of time in its largest fitting unit."""
    seconds = max(0, round(length.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
