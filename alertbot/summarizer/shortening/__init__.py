"""What a language model may do to the sentences of a summary: leave out words, and nothing else.

`slots` gives out sentences with slots and takes back shorter ones, `faithful` compares the two word
by word, `words` says what each word does. The `llm` room asks the model.
"""

from alertbot.summarizer.shortening.slots import Checked, Slotted, filled, slotted

__all__ = ["Checked", "Slotted", "filled", "slotted"]
