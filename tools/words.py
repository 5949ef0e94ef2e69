"""Brings the catalogues up to date with the texts in the code, and compiles them.

What is new waits there for its translation, what is gone is dropped, and what a speaker corrected
stays. `--check` changes nothing, and says what is behind. Run: make words
"""

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "alertbot" / "words" / "locale"
DOMAIN = "alertbot"
ROOMS = ("chat", "dispatcher")
#: the calls that hold a text, and how many of their arguments are one
CALLS = {"words": 1, "_words": 1, "msgid": 1, "plural": 2}
#: what a translation has to hold, too: a command, a tag
FIXED = re.compile(r"(?<![\w/<])/[a-z]+|</?[a-z]+>")


def main(given: Sequence[str] | None = None) -> int:
    """Renew the catalogues, or check them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if behind")
    parser.add_argument("--locale", type=Path, default=LOCALE, help="where the catalogues are")
    arguments = parser.parse_args(given)
    template = in_the_code()
    problems = []
    for folder in sorted(arguments.locale.glob("*/LC_MESSAGES")):
        if not arguments.check:
            renew(folder, template)
        problems += [f"{folder.parent.name}: {problem}" for problem in behind(folder, template)]
    print("\n".join(problems) or "all texts are there in every language")
    return int(bool(problems))


def in_the_code() -> Catalog:
    """Return all texts that the code says."""
    catalog = Catalog(domain=DOMAIN)
    for room in ROOMS:
        for file in sorted((ROOT / "alertbot" / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if text := _said(node):
                    catalog.add(text)
    return catalog


def _said(node: ast.AST) -> tuple[str, ...] | str | None:
    """Return the text of a call, both forms of a plural; None where it is no text of ours.

    Babel's own extraction does not see what stands inside an f-string.
    """
    if not isinstance(node, ast.Call):
        return None
    name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
    texts = [
        each.value
        for each in node.args[: CALLS.get(str(name), 0)]
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    if not texts or len(texts) < CALLS[str(name)]:
        return None
    return tuple(texts) if len(texts) > 1 else texts[0]


def renew(folder: Path, template: Catalog) -> None:
    """Take over the texts of the code into a language's catalogue, and compile it."""
    catalog = _read(folder)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    with (folder / f"{DOMAIN}.po").open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True, ignore_obsolete=True)
    with (folder / f"{DOMAIN}.mo").open("wb") as file:
        write_mo(file, catalog)


def behind(folder: Path, template: Catalog) -> Iterator[str]:
    """Yield what is wrong with a language's catalogue."""
    catalog = _read(folder)
    known, wanted = set(_texts(catalog)), set(_texts(template))
    yield from (f"not in the catalogue: {text[0]!r}" for text in sorted(wanted - known))
    yield from (f"in the code no more: {text[0]!r}" for text in sorted(known - wanted))
    for message in catalog:
        if message.id:
            yield from _mistakes(message)
    compiled = folder / f"{DOMAIN}.mo"
    if not compiled.exists() or _texts(read_mo(io.BytesIO(compiled.read_bytes()))) != _texts(
        catalog
    ):
        yield "not compiled: run make words"


def _mistakes(message: Message) -> Iterator[str]:
    one, *_ = originals = _all(message.id)
    for told in _all(message.string):
        if not told.strip():
            yield f"not translated: {one!r}"
        elif not any(_placeholders(told) == _placeholders(each) for each in originals) and not (
            message.pluralizable and _placeholders(told) | {"n"} == _placeholders(one)
        ):
            yield f"other placeholders than the original: {told!r}"
        elif sorted(FIXED.findall(told)) != sorted(FIXED.findall(one)):
            yield f"other commands or tags than the original: {told!r}"
        elif told.count("\n") != one.count("\n"):
            yield f"other lines than the original: {told!r}"


def _all(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _texts(catalog: Catalog) -> dict[object, list[str]]:
    return {tuple(_all(one.id)): _all(one.string or "") for one in catalog if one.id}


def _read(folder: Path) -> Catalog:
    with (folder / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=folder.parent.name, domain=DOMAIN)


if __name__ == "__main__":
    sys.exit(main())
