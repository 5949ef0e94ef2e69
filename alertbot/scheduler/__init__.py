"""The worker that polls feeds: the clock, one poll from request to commit, and its pace."""

from alertbot.scheduler.cadence import next_poll
from alertbot.scheduler.entries.fulltext import with_pages
from alertbot.scheduler.entries.understand import DroppedLines, understand
from alertbot.scheduler.orders import Orders
from alertbot.scheduler.poll import Poller
from alertbot.scheduler.pushes import Pushes
from alertbot.scheduler.ticker import Scheduler

__all__ = [
    "DroppedLines",
    "Orders",
    "Poller",
    "Pushes",
    "Scheduler",
    "next_poll",
    "understand",
    "with_pages",
]
