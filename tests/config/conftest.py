from collections.abc import Callable
from pathlib import Path

import pytest

from alertbot.config import check_config


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a config file and return its path."""

    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def complaints(write: Callable[[str], Path]) -> Callable[[str], list[tuple[int | None, str, str]]]:
    """Return line, key and message of every error in a config text."""

    def complaints(text: str) -> list[tuple[int | None, str, str]]:
        found = check_config(write(text), {})
        return [(one.line, one.key, one.message) for one in found if not one.warning]

    return complaints


@pytest.fixture
def warnings(write: Callable[[str], Path]) -> Callable[[str], list[tuple[int | None, str, str]]]:
    """Return line, key and message of every warning about a config text that has no error."""

    def warnings(text: str) -> list[tuple[int | None, str, str]]:
        found = check_config(write(text), {})
        assert all(one.warning for one in found), found
        return [(one.line, one.key, one.message) for one in found]

    return warnings
