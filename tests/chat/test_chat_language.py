"""In which language a chat is spoken to, and that every text fits in all of them."""

import pytest

from alertbot.chat import Commands
from alertbot.errors import StoreError
from alertbot.model import ChatId, Message, TopicId
from alertbot.ports import ChatLanguage
from alertbot.words import END, ISOLATE, LANGUAGES, words_in
from fakes.bot_api import FakeBotApi
from fakes.chat_book import MemoryChatBook
from fakes.chat_samples import TOPICS, commands_for, offer, speaker, told_alert
from fakes.telegram_parser import parse_html, utf16_length

ADA = 42
CHAT = ChatId(ADA)
GROUP = -1000
YOU_FOLLOW = {"en": "You follow:", "he": "אתם עוקבים אחרי:", "ar": "أنت تتابع:"}


class TestChoosing:
    async def test_language_names_the_one_in_use_and_the_others_by_their_own_names(
        self, commands: Commands
    ) -> None:
        [answer] = await commands.answer(speaker(CHAT), "/language")

        assert answer.text.startswith("I speak English. Choose another here:")
        assert labels(answer) == [
            "English",
            "العربية",
            "فارسی",
            "עברית",
            "✓ The language of my app",
        ]

    async def test_a_tap_changes_the_language_of_the_answer_itself(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        pressed = await commands.press(speaker(CHAT), "lang:he")

        assert pressed.notice == f"מעכשיו אני מדבר {ISOLATE}עברית{END}."
        assert labels(pressed.message)[3] == "✓ עברית"
        assert book.languages[CHAT].chosen == "he"

    @pytest.mark.parametrize("said", ["fa", "فارسی", "FA", "fa-IR"])
    async def test_it_can_be_typed(
        self, commands: Commands, book: MemoryChatBook, said: str
    ) -> None:
        await commands.answer(speaker(CHAT), f"/language {said}")

        assert book.languages[CHAT].chosen == "fa"

    async def test_one_that_we_do_not_speak_is_answered_with_those_we_do(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        [answer] = await commands.answer(speaker(CHAT), "/language Klingon")

        assert "עברית" in labels(answer)
        assert book.languages == {}

    async def test_the_language_of_the_app_counts_again_when_asked_for(
        self, commands: Commands, book: MemoryChatBook
    ) -> None:
        book.languages[CHAT] = ChatLanguage(chosen="he", spoken="ar")

        pressed = await commands.press(speaker(CHAT), "lang:auto")

        assert book.languages[CHAT] == ChatLanguage(chosen=None, spoken="ar")
        assert pressed.notice == words_in("ar")(
            "From now on I speak {language}.", language="العربية"
        )

    @pytest.mark.parametrize("data", ["lang:", "lang:de", "lang:he:1", "lang:HE"])
    async def test_data_that_is_not_ours_changes_nothing(
        self, commands: Commands, book: MemoryChatBook, data: str
    ) -> None:
        pressed = await commands.press(speaker(CHAT), data)

        assert pressed.notice.startswith("That button is out of date")
        assert book.languages == {}

    async def test_a_group_has_no_app_to_follow(self, commands: Commands) -> None:
        [answer] = await commands.answer(speaker(ChatId(GROUP)), "/language")

        assert labels(answer) == list(LANGUAGES.values())


@pytest.mark.usefixtures("bot")
class TestOnTelegram:
    async def test_somebody_is_spoken_to_in_the_language_of_the_app(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.chats.languages[ADA] = "ar-EG"
        telegram.user_sends(ADA, "/subscribe houthis")
        telegram.user_sends(ADA, "/mytopics")
        await telegram.settled()

        assert telegram.ledger[-1].text.splitlines()[0] == YOU_FOLLOW["ar"]
        assert book.languages[CHAT] == ChatLanguage(spoken="ar")

    async def test_unless_another_was_chosen(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.chats.languages[ADA] = "ar"
        telegram.user_sends(ADA, "/subscribe houthis")
        telegram.user_sends(ADA, "/language he")
        telegram.user_sends(ADA, "/mytopics")
        await telegram.settled()

        assert telegram.ledger[-1].text.splitlines()[0] == YOU_FOLLOW["he"]
        assert book.languages[CHAT] == ChatLanguage(chosen="he", spoken="ar")

    async def test_a_group_is_spoken_to_in_english_whoever_asks_until_it_chooses(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        book.chats[ChatId(GROUP)] = {TopicId("houthis")}
        telegram.chats.languages[777] = "ar"
        for text in ("/mytopics", "/language he", "/mytopics"):
            telegram.user_sends(GROUP, text)
        await telegram.settled()

        firsts = [posted.text.splitlines()[0] for posted in telegram.ledger]
        assert (firsts[0], firsts[2]) == (YOU_FOLLOW["en"], YOU_FOLLOW["he"])

    async def test_what_goes_wrong_is_said_in_the_language_of_the_app(
        self, telegram: FakeBotApi, book: MemoryChatBook
    ) -> None:
        telegram.chats.languages[ADA] = "he"
        book.broken = StoreError("the disk is full")
        telegram.user_sends(ADA, "/mytopics")
        telegram.user_sends(ADA, "/help")
        await telegram.settled()

        assert [posted.text.split()[0] for posted in telegram.ledger] == ["משהו", "אלה"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_answer_is_taken_by_telegram_in_every_language(
    book: MemoryChatBook, language: str
) -> None:
    book.past = [told_alert(1, "houthis")]
    commands = commands_for(book, offer(*TOPICS, former_names={TopicId("former"): "Former"}))
    who = speaker(CHAT, words_in(language))
    for text in (
        "/start",
        "missile",
        "qqqq",
        "/topics",
        "/subscribe",
        "/subscribe hutis",
        "/subscribe qqqq",
        "/subscribe research",
        "/subscribe research",
        "/mytopics",
        "/latest",
        "/latest houthis",
        "/language",
        "/privacy",
        "/mydata",
        "/help",
        "/unsubscribe research",
        "/unsubscribe research",
        "/stop",
    ):
        for answer in await commands.answer(who, text):
            assert_fit_for_telegram(answer)
    for data in ("s:research:0", "p:1", "u:research:0", "s:gone:0", "old", f"lang:{language}"):
        pressed = await commands.press(who, data)
        assert len(pressed.notice) <= 200
        for message in (pressed.message, *pressed.more):
            if message:
                assert_fit_for_telegram(message)


def assert_fit_for_telegram(message: Message) -> None:
    assert parse_html(message.html).text == message.text
    assert 0 < utf16_length(message.text) <= (1024 if message.document else 4096)


def labels(message: Message | None) -> list[str]:
    assert message
    return [button.label for row in message.buttons for button in row]
