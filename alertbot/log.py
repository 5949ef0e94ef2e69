"""Logging to one stream, one event a line, with every secret taken out.

The redaction sits in the formatter, because a filter never sees the text of a traceback.
"""

import logging
import re
from collections.abc import Collection
from typing import TextIO

#: a bot token anywhere, also glued to a path as in `/bot123456:...`
TOKEN = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}")
HIDDEN = "[hidden]"
#: libraries that log a line per request, and with it the token
QUIETER = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.WARNING,
    # a traceback for each answer of a proxy; chat logs an outage once, and its end
    "telegram.request": logging.CRITICAL,
    # whole updates, with what people wrote, when one cannot be read
    "telegram.ext.ExtBot": logging.CRITICAL + 1,
    "telegram.ext.Application": logging.CRITICAL + 1,
    "apscheduler": logging.ERROR,
    "alembic": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    # a line for each write of the database beside the config
    "watchfiles": logging.WARNING,
}


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, without secrets and on one line per message."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        self._secrets = tuple(secret for secret in secrets if secret)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        """Fold the message into one line: what a feed wrote must not forge a second event."""
        record.message = " ".join(record.message.splitlines())
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback below it if there is one."""
        line = TOKEN.sub(HIDDEN, super().format(record))
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line


def configure(stream: TextIO, *, secrets: Collection[str] = (), level: int = logging.INFO) -> None:
    """Send every log record to `stream`, replacing what was configured before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, quiet in QUIETER.items():
        logging.getLogger(name).setLevel(quiet)
