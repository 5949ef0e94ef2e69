"""A feed of invented briefs on this machine, for `alertbot demo` to poll."""

from alertbot.demo.feed import CONFIG, DemoFeed

__all__ = ["CONFIG", "DemoFeed"]
