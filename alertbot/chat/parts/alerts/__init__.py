"""What every alert answers for itself, by the buttons under it."""

from alertbot.chat.parts.alerts.answering import AlertsPart

__all__ = ["AlertsPart"]
