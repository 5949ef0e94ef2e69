"""The command line: reads the arguments and calls one function of `app`.

What a command needs is loaded when it is asked for: the service needs seconds' worth of libraries,
and no report should wait for those.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from alertbot.app import FINE, NOT_FINE, UNUSABLE
from alertbot.app.signals import ignore_hangups
from alertbot.errors import AlertbotError

#: what add_subparsers returns has no public name
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors people can mend end without a traceback."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.command(arguments)
    except AlertbotError as error:
        print(f"alertbot: {error}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return FINE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_FINE
    return code


def _of(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """Return a command that is loaded when it is called."""

    def command(arguments: argparse.Namespace) -> int:
        found: Callable[[argparse.Namespace], int] = getattr(
            import_module(f"alertbot.app.{module}"), name
        )
        return found(arguments)

    return command


def _run(arguments: argparse.Namespace) -> int:
    ignore_hangups()  # before the long loading: SIGHUP asks for a reload, which a start is
    return _of("serve", "run")(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="alertbot",
        description="Sends each new flash brief, with its key figures, "
        "to the chats that follow its subject.",
        epilog="Exit codes: 0 fine, 1 what was looked at is not fine, 2 usage or config error.",
    )
    parser.add_argument("--version", action="version", version=f"alertbot {version('alertbot')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    _service_commands(commands)
    _report_commands(commands)
    _feed_commands(commands)
    _database_commands(commands)
    return parser


def _service_commands(commands: Commands) -> None:
    run = commands.add_parser(
        "run",
        help="run the service",
        description="Polls the feeds and sends alerts until it is told to stop. "
        "Without a Telegram token it talks in the terminal. "
        "An edit of the config file, or SIGHUP, reloads it; a mistake in it changes nothing.",
    )
    run.add_argument(
        "--role",
        choices=["all", "poll", "send", "chat"],
        default="all",
        help="the part of the service this process does (default: all)",
    )
    _config_option(run)
    run.set_defaults(command=_run)

    demo = commands.add_parser(
        "demo",
        help="watch alerts arrive, without any set-up",
        description="The same service on a bundled feed, in this terminal.",
    )
    demo.set_defaults(command=_of("serve", "demo"))


def _report_commands(commands: Commands) -> None:
    check = commands.add_parser("check", help="find every mistake in the config")
    check.set_defaults(command=_of("commands", "check"))

    preview = commands.add_parser("preview", help="show what would be sent for a feed, and why")
    preview.add_argument("source", metavar="SOURCE", help="URL or file: RSS, Atom, JSON Feed, HTML")
    preview.add_argument(
        "--ignore-publisher-tags", action="store_true", help="match by the rules alone"
    )
    preview.add_argument(
        "--topic", metavar="ID", help="why this topic fires on each entry, or why not"
    )
    preview.add_argument(
        "--verbose", action="store_true", help="say also why these figures and not others"
    )
    preview.set_defaults(command=_of("commands", "preview"))

    backtest = commands.add_parser(
        "backtest",
        help="show what the topics would have sent, and what an edit changes",
        description="Tries the topics on every brief that was ever seen, or on those of a feed.",
    )
    backtest.add_argument(
        "--against", type=Path, metavar="PATH", help="the config before the edit, to compare with"
    )
    backtest.add_argument("--topic", metavar="ID", help="only this topic, in full")
    briefs = backtest.add_mutually_exclusive_group()
    briefs.add_argument("--days", type=_days, metavar="N", help="the last N days of the archive")
    briefs.add_argument("--feed", metavar="FILE", help="a feed file instead of the archive")
    backtest.set_defaults(command=_of("commands", "backtest"))

    status = commands.add_parser(
        "status",
        help="show feeds, chats and deliveries at a glance",
        description="Exits with 1 when something needs a person.",
    )
    status.set_defaults(command=_of("commands", "status"))

    for command in (check, preview, backtest, status):
        _config_option(command)
        _format_option(command)


def _feed_commands(commands: Commands) -> None:
    feeds = commands.add_parser(
        "feeds", help="add feeds from other readers or from a page, or pass yours on"
    ).add_subparsers(metavar="COMMAND", required=True)

    imported = feeds.add_parser(
        "import",
        help="turn a list of feeds (OPML) into blocks for the config",
        description="Prints a [[feeds]] block for each feed that the config does not have yet.",
    )
    imported.add_argument("file", type=Path, metavar="FILE", help="an OPML file")
    imported.add_argument(
        "--write", action="store_true", help="append the blocks to the config file"
    )
    imported.set_defaults(command=_of("feeds", "import_feeds"))

    exported = feeds.add_parser("export", help="print the feeds as OPML, for other readers")
    exported.set_defaults(command=_of("feeds", "export_feeds"))

    find = feeds.add_parser(
        "find",
        help="find the feeds of a web page",
        description="Prints each with the block to paste. Exits with 1 when there are none.",
    )
    find.add_argument("url", metavar="URL", help="a page, or a feed")
    _format_option(find)
    find.set_defaults(command=_of("feeds", "find"))

    for command in (imported, exported, find):
        _config_option(command)


def _days(text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= 36_500:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected a number of days such as 90, found {text!r}")


def _database_commands(commands: Commands) -> None:
    database = commands.add_parser("db", help="look after the database")
    actions = database.add_subparsers(metavar="COMMAND", required=True)
    upgrade = actions.add_parser("upgrade", help="apply migrations (run does it too)")
    _config_option(upgrade)
    upgrade.set_defaults(command=_of("commands", "db_upgrade"))
    copy = actions.add_parser(
        "copy",
        help="copy all to another, empty database",
        description="Copies every row of the config's database to another, such as from SQLite to "
        "PostgreSQL. The service must not be running. The config is left as it is.",
    )
    copy.add_argument(
        "--to", metavar="URL", required=True, help="such as postgresql://user@host/name"
    )
    _config_option(copy)
    copy.set_defaults(command=_of("commands", "db_copy"))


def _config_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--config",
        type=Path,
        metavar="PATH",
        default=Path("config.toml"),
        help="the config file (default: config.toml)",
    )


def _format_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--format",
        choices=["text", "jsonl"],
        default="text",
        help="for people, or one JSON object a line (default: text)",
    )


if __name__ == "__main__":
    sys.exit(main())
