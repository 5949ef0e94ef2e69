"""The worker that polls feeds: the clock, one poll from request to commit, and its pace."""

from alertbot.scheduler.cadence import next_poll
from alertbot.scheduler.poll import Poller
from alertbot.scheduler.ticker import Scheduler
from alertbot.scheduler.understand import understand

__all__ = ["Poller", "Scheduler", "next_poll", "understand"]
