"""`alertbot backtest`: what the topics would have sent, over the archive or a feed file."""

from alertbot.app.backtest.lines import as_json
from alertbot.app.backtest.run import Backtest
from alertbot.app.backtest.text import as_text

__all__ = ["Backtest", "as_json", "as_text"]
