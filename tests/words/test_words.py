"""What we say in other languages, and how it stands beside words that run the other way."""

import runpy
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertbot.words import (
    END,
    ISOLATE,
    LOCALE,
    RIGHT,
    known_language,
    msgid,
    words_in,
)

MAKE_WORDS = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "words.py"))["main"]
OTHERS = ["ar", "fa", "he"]


class TestCatalogues:
    """`make words` keeps them; a text that is not in all of them fails here."""

    def test_hold_every_text_of_the_code_translated_and_compiled(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code = MAKE_WORDS(["--check"])

        assert capsys.readouterr().out == "all texts are there in every language\n"
        assert code == 0

    @pytest.mark.parametrize("language", OTHERS)
    def test_say_that_no_speaker_has_read_them(self, language: str) -> None:
        text = (LOCALE / language / "LC_MESSAGES" / "alertbot.po").read_text("utf-8")

        assert "\n# Machine-made: no speaker of the language has read them yet.\n" in text

    @pytest.mark.parametrize(
        ("before", "after", "complaint"),
        [
            ('msgid "You follow:"', 'msgid "You followed:"', "not in the catalogue: 'You follow:'"),
            ('"אתם עוקבים אחרי:"', '""', "not translated: 'You follow:'"),
            ("אחרי {topic}", "אחרי", "other placeholders than the original"),
            ("לשינוי: /topics", "לשינוי", "other commands or tags than the original"),
            ("אתם עוקבים אחרי:", "עוקבים אחרי:", "not compiled"),
        ],
    )
    def test_that_are_behind_are_named(
        self,
        locale: Path,
        capsys: pytest.CaptureFixture[str],
        before: str,
        after: str,
        complaint: str,
    ) -> None:
        catalogue = locale / "he" / "LC_MESSAGES" / "alertbot.po"
        text = catalogue.read_text("utf-8")
        assert before in text
        catalogue.write_text(text.replace(before, after), "utf-8")

        assert MAKE_WORDS(["--check", "--locale", str(locale)]) == 1
        assert f"he: {complaint}" in capsys.readouterr().out

    def test_are_brought_up_to_date_without_losing_what_a_speaker_corrected(
        self, locale: Path
    ) -> None:
        catalogue = locale / "he" / "LC_MESSAGES" / "alertbot.po"
        text = catalogue.read_text("utf-8").replace("אתם עוקבים אחרי:", "במעקב:")
        catalogue.write_text(text.replace("# Machine-made: no", "# Read by Dana: no"), "utf-8")

        assert MAKE_WORDS(["--locale", str(locale)]) == 0
        assert "במעקב:" in catalogue.read_text("utf-8")
        assert "# Read by Dana" in catalogue.read_text("utf-8")
        assert MAKE_WORDS(["--check", "--locale", str(locale)]) == 0

    @pytest.fixture
    def locale(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(LOCALE, tmp_path / "locale"))


class TestWords:
    def test_are_those_of_the_code_in_english(self) -> None:
        words = words_in("en")

        assert words("You now follow {topic}.", topic="X") == "You now follow X."
        assert words.plural("{n} topic", "{n} topics", 1) == "1 topic"
        assert words.plural("{n} topic", "{n} topics", 2) == "2 topics"

    def test_stay_english_where_there_is_no_translation(self) -> None:
        assert words_in("he")("No such text in any catalogue.") == "No such text in any catalogue."

    @pytest.mark.parametrize("language", OTHERS)
    def test_are_others_in_another_language(self, language: str) -> None:
        words = words_in(language)

        assert words.language == language
        assert words("You follow:") != "You follow:"

    def test_of_a_language_we_have_none_of_are_english(self) -> None:
        assert words_in("tlh").language == "en"
        assert words_in(None).language == "en"

    @pytest.mark.parametrize(
        ("number", "told"), [(1, "יום אחד"), (2, "{n} ימים"), (30, "{n} ימים")]
    )
    def test_take_the_form_that_the_number_asks_for(self, number: int, told: str) -> None:
        one, many = (
            "Of this chat I keep its number at Telegram, its language and settings, "
            f"what you follow, and for {{n}} {days} which alerts you were sent."
            for days in ("day", "days")
        )

        assert told.format(n=number) in words_in("he").plural(one, many, number)

    @pytest.mark.parametrize(
        ("code", "language"),
        [
            ("en", "en"),
            ("ar", "ar"),
            ("ar-EG", "ar"),
            ("fa_IR", "fa"),
            ("HE", "he"),
            ("iw", "he"),
            ("prs", "fa"),
            ("de", None),
            ("", None),
            (None, None),
        ],
    )
    def test_follow_the_language_code_of_telegram(
        self, code: str | None, language: str | None
    ) -> None:
        assert known_language(code) == language

    def test_are_marked_for_the_catalogue_without_a_change(self) -> None:
        assert msgid("Choose your topics") == "Choose your topics"


class TestRightToLeft:
    def test_a_name_is_set_apart_from_the_sentence_around_it(self) -> None:
        said = words_in("he")("You now follow {topic}.", topic="<b>Iran missiles</b>")

        assert f"{ISOLATE}<b>Iran missiles</b>{END}." in said

    def test_a_command_keeps_its_slash_in_front(self) -> None:
        said = words_in("he")("You follow no topics yet. /topics shows what there is.")

        assert f" {ISOLATE}/topics{END} " in said

    def test_a_line_that_begins_with_a_command_runs_from_the_right_all_the_same(self) -> None:
        words = words_in("ar")

        said = words("{command} – {does}", command="/topics", does=words("Choose your topics"))

        assert said.startswith(f"{RIGHT}{ISOLATE}/topics{END} – ")

    def test_english_has_no_marks(self) -> None:
        said = words_in("en")("You now follow {topic}.", topic="حزب الله /topics")

        assert said == "You now follow حزب الله /topics."

    @given(value=st.text(), language=st.sampled_from(OTHERS))
    def test_whatever_stands_inside_the_marks_are_paired(self, value: str, language: str) -> None:
        said = words_in(language)("You now follow {topic}.", topic=value)

        assert said.count(ISOLATE) == said.count(END) == 1
