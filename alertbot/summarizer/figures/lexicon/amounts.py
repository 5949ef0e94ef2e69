"""How numbers, currencies and measures are written."""

from alertbot.summarizer.figures.lexicon import words

UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
#: denominators, singular
PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "hundredth": 100,
}
#: currency signs, longest first
CURRENCY_SIGNS = {
    "US$": "usd",
    "NT$": "twd",
    "HK$": "hkd",
    "A$": "aud",
    "C$": "cad",
    "S$": "sgd",
    "R$": "brl",
    "$": "usd",
    "€": "eur",
    "£": "gbp",
    "¥": "jpy",
    "₹": "inr",
    "₪": "ils",
    "₩": "krw",
    "₽": "rub",
    "₺": "try",
    "₴": "uah",
}
#: currency words; one without a sign of its own keeps its word
CURRENCY_WORDS = {
    "dollar": "usd",
    "dollars": "usd",
    "euro": "eur",
    "euros": "eur",
    "usd": "usd",
    "eur": "eur",
    "gbp": "gbp",
    "cent": "usd",
    "cents": "usd",
} | {
    word: word
    for word in (
        "zloty zlotys yen yuan renminbi ruble rubles rouble roubles rial rials toman tomans riyal "
        "riyals dirham dirhams shekel shekels lira liras rupee rupees rupiah won baht dong franc "
        "francs krona kronor krone kroner koruna korunas forint forints leu lei hryvnia hryvnias "
        "peso pesos real reais dinar dinars afghani afghanis tenge naira rand birr taka manat lari"
    ).split()
}
WEIGHTS = {
    "kg": "kilograms",
    "kgs": "kilograms",
    "lb": "pounds",
    "lbs": "pounds",
} | {
    word: word
    for word in (
        "kilogram kilograms kilo kilos gram grams milligram milligrams ton tons tonne tonnes "
        "pound pounds ounce ounces kiloton kilotons megaton megatons"
    ).split()
}
DISTANCES = {
    "km": "kilometers",
    "m": "meters",
    "kilometer": "kilometer",
    "kilometers": "kilometers",
    "kilometre": "kilometers",
    "kilometres": "kilometers",
    "mi": "miles",
    "ft": "feet",
    "cm": "centimeters",
} | {
    word: word
    for word in (
        "meter meters metre metres mile miles foot feet yard yards inch inches centimeter "
        "centimeters"
    ).split()
}
DURATIONS = words(
    "second seconds minute minutes hour hours day days night nights week weeks weekend weekends "
    "fortnight month months year years decade decades century centuries"
)
