"""The 92 cases of polite and safe polling that docs/polling.md refers to by their numbers."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
#: of a test's name, or of the id of one of its parameters
NUMBERS = re.compile(r"\bcase((?:_\d+)+)_|\btest_case((?:_\d+)+)_")


def test_each_case_is_a_test_with_its_number_in_the_name() -> None:
    texts = [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")]
    found = [match[1] or match[2] for text in texts for match in NUMBERS.finditer(text)]
    numbers = {int(number) for each in found for number in each.split("_") if number}

    assert set(range(1, 93)) - numbers == set()
