"""The HTTP face for operators: /health for probes, /metrics for Prometheus."""

from alertbot.web.server import Health, WebServer, metrics

__all__ = ["Health", "WebServer", "metrics"]
