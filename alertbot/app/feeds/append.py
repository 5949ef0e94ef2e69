"""Appends blocks to a config file, or leaves it exactly as it was."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from alertbot.config import load_config
from alertbot.errors import ConfigError, FeedError, Problem


def append_to_config(path: Path, blocks: Sequence[str], env: Mapping[str, str]) -> None:
    """Append the blocks; what is in the file stays byte for byte, with its owner and its rights.

    Raises:
        ConfigError: with them the config would not be usable; it is as it was.
        FeedError: the file cannot be written.
    """
    try:
        with path.open("r+b") as file:
            before = file.read()
            file.write(_appendix(before, blocks))
            file.flush()
            try:
                load_config(path, env)
            except ConfigError as error:
                file.truncate(len(before))
                raise _restored(path, error) from error
    except OSError as error:
        raise FeedError(f"cannot write {path}: {error.strerror}") from error


def _appendix(before: bytes, blocks: Sequence[str]) -> bytes:
    newline = "\r\n" if b"\r\n" in before else "\n"
    gap = "\n" if not before or before.endswith(b"\n") else "\n\n"
    text = gap + "\n\n".join(blocks) + "\n"
    return text.replace("\n", newline).encode()


def _restored(path: Path, error: ConfigError) -> ConfigError:
    what = Problem(
        file=str(path),
        line=None,
        key="",
        message="not changed, since with these feeds it would not be usable:",
    )
    return ConfigError([what, *error.problems])
