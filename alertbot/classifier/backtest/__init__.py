"""Compares what topics would have sent before an edit and after it: Briefs -> Trials -> Report.

The app reads the briefs and draws the report; `alertbot check` asks which rules are too broad.
"""

from alertbot.classifier.backtest.breadth import too_broad
from alertbot.classifier.backtest.report import (
    Agreement,
    Change,
    Hit,
    Outcome,
    Overlap,
    Report,
    TopicReport,
    monday,
    report,
)
from alertbot.classifier.backtest.trial import Edition, Trial, placed_at, tried

__all__ = [
    "Agreement",
    "Change",
    "Edition",
    "Hit",
    "Outcome",
    "Overlap",
    "Report",
    "TopicReport",
    "Trial",
    "monday",
    "placed_at",
    "report",
    "too_broad",
    "tried",
]
