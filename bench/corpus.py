"""Makes documents and boolean rules that look like briefs and analysts' rules, from a seed.

Words follow Zipf's law, so that literals are as rare and as common as in news. Rules follow the mix
of published percolation studies: one to six alternatives; half of the rules with a second required
group, three in ten with an exclusion, one in five with NEAR, one in five with ATLEAST/2.
"""

import random
import re
from collections.abc import Iterator
from itertools import accumulate, islice

ONSETS = "b c d f g h k l m n p r s t v w z br ch cr dr fl gr kh pr sh sl st th tr".split()
VOWELS = "a e i o u ai ea ou".split()
CODAS = ["", "", "n", "r", "s", "t", "l"]
WORDS = 30_000
#: 60 % of the literals stand in other documents, the rest hardly ever occurs
FROM_TEXT = 0.6
#: nobody writes a rule on common words alone; so 10,000 literals are found about sixteen times in
#: a document (ten times, on a collection of news agency stories)
STOP_WORDS = 3_000


class Corpus:
    """Documents and rules from one seed; the same seed gives the same."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.words = sorted(set(islice(self._syllables(), WORDS * 2)), key=len)[:WORDS]
        self._weights = list(accumulate((rank + 3) ** -1.05 for rank in range(len(self.words))))

    def _syllables(self) -> Iterator[str]:
        pick = self.random.choice
        while True:
            size = self.random.choices([1, 2, 3, 4], [2, 5, 4, 1])[0]
            yield "".join(pick(ONSETS) + pick(VOWELS) for _ in range(size)) + pick(CODAS)

    def document(self) -> list[str]:
        """Return a title and eight paragraphs, about 3,000 characters in all."""
        title = " ".join(word.capitalize() for word in self._draw(9))
        return [title, *(" ".join(self._sentence() for _ in range(3)) for _ in range(8))]

    def _draw(self, count: int) -> list[str]:
        return self.random.choices(self.words, cum_weights=self._weights, k=count)

    def _sentence(self) -> str:
        words = self._draw(self.random.randint(16, 40))
        words[0] = words[0].capitalize()
        for at in range(1, len(words)):
            luck = self.random.random()
            if luck < 0.10:
                words[at] = words[at].capitalize()
            elif luck < 0.16:
                words[at] += ","
            elif luck < 0.17:
                words[at] += "’s"
            elif luck < 0.175:
                words[at] = "U.S."
        return " ".join(words) + "."

    def literals(self, count: int) -> list[str]:
        """Return so many different words and phrases."""
        others = [words_of(part) for _ in range(2_000) for part in self.document()]
        stop = frozenset(self.words[:STOP_WORDS])
        found: dict[str, None] = {}
        while len(found) < count:
            if self.random.random() < FROM_TEXT:
                words = self.random.choice(others)
                size = self.random.choices([1, 2, 3], [2, 3, 1])[0]
                start = self.random.randrange(max(1, len(words) - size))
                literal = " ".join(words[start : start + size])
            else:
                size = self.random.choices([1, 2], [1, 2])[0]
                literal = " ".join(self.random.choices(self.words, k=size))
            if not stop.issuperset(literal.split()):
                found[literal] = None
        return list(found)

    def rules(self, count: int) -> list[str]:
        """Return boolean rules; they share at most 20,000 literals, as large rule sets do."""
        literals = self.literals(min(20_000, 2 * count + 2_000))
        return [self._rule(literals) for _ in range(count)]

    def _rule(self, literals: list[str]) -> str:
        def group(most: int) -> str:
            chosen = self.random.choices(literals, k=self.random.randint(1, most))
            terms = [f'"{one}"' for one in chosen]
            return f"({' OR '.join(terms)})" if len(terms) > 1 else terms[0]

        rule = group(6)
        luck = self.random.random()
        if luck < 0.2:
            rule = f"ATLEAST/2 {rule}"
        elif luck < 0.4:
            rule = f"{rule} NEAR/{self.random.randint(3, 20)} {group(6)}"
        if self.random.random() < 0.5:
            rule = f"{rule} AND {group(6)}"
        if self.random.random() < 0.3:
            rule = f"{rule} NOT {group(2)}"
        return rule


def words_of(text: str) -> list[str]:
    """Return the plain words of generated text."""
    return re.findall(r"[a-z]+", text.lower().replace("’s", ""))
