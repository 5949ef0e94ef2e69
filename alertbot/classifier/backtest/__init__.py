"""Compares what topics would have sent before an edit and after it: Briefs -> Trials -> Report.

The app reads the briefs and draws the report.
"""

from alertbot.classifier.backtest.report import (
    Agreement,
    Change,
    Outcome,
    Overlap,
    Report,
    TopicReport,
    report,
)
from alertbot.classifier.backtest.trial import Edition, Fired, Trial, placed_at, tried

__all__ = [
    "Agreement",
    "Change",
    "Edition",
    "Fired",
    "Outcome",
    "Overlap",
    "Report",
    "TopicReport",
    "Trial",
    "placed_at",
    "report",
    "tried",
]
