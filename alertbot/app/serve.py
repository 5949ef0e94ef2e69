"""The commands that talk: the service, and its demo. They need everything, so they load apart."""

import asyncio
import logging
import os
import sys
from argparse import Namespace
from importlib.metadata import version

from alertbot import log
from alertbot.app import FINE, NOT_FINE
from alertbot.app.demo import demo as run_demo
from alertbot.app.service import Role, Terminal
from alertbot.app.service import run as run_service
from alertbot.app.wording import size_of
from alertbot.config import Config, load_config

logger = logging.getLogger(__name__)


def run(arguments: Namespace) -> int:
    """Run the service."""
    config = load_config(arguments.config, os.environ)
    log.configure(sys.stderr, secrets=_secrets(config))
    logger.info("alertbot %s: %s, %s", version("alertbot"), size_of(config), config.store_url)
    asyncio.run(run_service(config, _terminal(), Role(arguments.role)))
    logger.info("stopped")
    return FINE


def demo(_: Namespace) -> int:
    """Run the demo."""
    log.configure(sys.stderr, level=logging.WARNING)
    return FINE if asyncio.run(run_demo(_terminal())) else NOT_FINE


def _secrets(config: Config) -> list[str]:
    held = (config.token, config.store_password, config.llm.key if config.llm else None)
    return [secret.reveal() for secret in held if secret]


def _terminal() -> Terminal:
    return Terminal(shown=sys.stdout, typed=sys.stdin if sys.stdin.isatty() else None)
