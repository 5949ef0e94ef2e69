"""What is a figure, how it is meant and what it counts: a table of sentences.

Each expectation reads "value | qualifier | unit | kind"; several are parted by semicolons.
"""

import pytest

from alertbot.model import Figure, Zone
from alertbot.summarizer import summarize


def said(figure: Figure) -> str:
    value = figure.value
    if isinstance(value, tuple):
        number = f"{value[0]:.13g} to {value[1]:.13g}"
    else:
        number = "?" if value is None else f"{value:.13g}"
    return f"{number} | {figure.qualifier or '-'} | {figure.unit} | {figure.kind}"


COUNTS = [
    ("The navy lost two patrol boats.", "2 | - | patrol boats | count"),
    ("It drained three old wells and six deep pits.", "3 | - | old wells | count; "
     "6 | - | deep pits | count"),
    ("Fifty-three trucks crossed.", "53 | - | trucks | count"),
    ("It owns 1,204 railcars.", "1204 | - | railcars | count"),
    ("The port handles 2.3 million containers.", "2300000 | - | containers | count"),
    ("It bought a dozen tugs.", "12 | - | tugs | count"),
    ("Half a dozen tents burned.", "6 | - | tents | count"),
    ("One hundred and fifty crates arrived.", "150 | - | crates | count"),
    ("Half a million homes went dark.", "500000 | - | homes | count"),
    ("A 40-nation fleet gathered.", "40 | - | nation | count"),
    ("They built a four-stage rocket.", "4 | - | stage | count"),
    ("Rows of 800,000-barrel tanks line the quay.", "800000 | - | barrel | count"),
    ("The yard built two 900-megawatt plants.", "2 | - | 900-megawatt plants | count; "
     "900 | - | megawatt | count"),
    ("It flies 22 F-16V and F-5 jets.", "22 | - | f-16v and f-5 jets | count"),
    ("It ordered 40 F-16 Block 70 jets.", "40 | - | f-16 block 70 jets | count"),
    ("The yard took in 90 ships a month.", "90 | - | ships a month | count"),
    ("Output is three times higher.", "3 | - | times | count"),
    ("The flow is more than five times its old rate.", "5 | more than | times | count"),
    ("Bread jumped $6.40 to $91 a crate.", "6.4 | - | usd | money; 91 | - | usd | money"),
    ("It needs 40 to 50 wagons.", "40 to 50 | - | wagons | count"),
]  # fmt: skip
PEOPLE = [
    ("The base holds about 800 U.S. troops.", "800 | about | u.s. troops | people"),
    ("Police held 14 protesters.", "14 | - | protesters | people"),
    ("The raid freed five hostages.", "5 | - | hostages | people"),
    ("The tug has a crew of nine.", "9 | - | crew | people"),
    ("A three-man team went in.", "3 | - | man | people"),
    ("The blast killed seven guards.", "7 | - | guards | casualties"),
    ("The mine blew up, wounding 30 passengers.", "30 | - | passengers | casualties"),
    ("Nine officers were badly hurt.", "9 | - | officers | casualties"),
    ("The clinic counted 40 dead and 12 missing.", "40 | - | dead | casualties; "
     "12 | - | missing | casualties"),
    ("The shelling killed three nurses and hurt 18.", "3 | - | nurses | casualties; "
     "18 | - | nurses | casualties"),
    ("Two medics and six drivers died in the fire.", "2 | - | medics | casualties; "
     "6 | - | drivers | casualties"),
    ("Some 20 people, including four boys, were killed.", "20 | about | people | casualties; "
     "4 | - | boys | casualties"),
    ("Ten militants killed a guard.", "10 | - | militants | people"),
    ("Guards caught 12 smugglers and shot five of them.", "12 | - | smugglers | people; "
     "5 | - | smugglers | casualties"),
    ("Of 30 sailors aboard, 11 drowned.", "30 | - | sailors | people; "
     "11 | - | sailors | casualties"),
    ("One soldier was killed.", "1 | - | soldier | casualties"),
]  # fmt: skip
ARMS = [
    ("The group fired six cruise missiles.", "6 | - | cruise missiles | munitions"),
    ("Gunners stopped all but one of the 15 rockets.", "1 | all but | rockets | munitions; "
     "15 | - | rockets | munitions"),
    ("All but four of the Kh-59 missiles fell short.", "4 | all but | kh-59 missiles | munitions"),
    ("A frigate stopped four Samad-2 drones.", "4 | - | samad-2 drones | munitions"),
    ("It launched 30 drones, 12 of which got through.", "30 | - | drones | munitions; "
     "12 | - | drones | munitions"),
    ("It makes 700 shells a day, up from 90 in March.", "700 | - | shells a day | munitions; "
     "90 | - | shells a day | munitions"),
    ("Eight Su-34 and two Su-35 jets took off.", "8 | - | su-34 jets | count; "
     "2 | - | su-35 jets | count"),
    ("The outpost came under attack 17 times.", "17 | - | times | attacks"),
    ("The sect claimed 31 attacks.", "31 | - | attacks | attacks"),
]  # fmt: skip
MEASURES = [
    ("The loan is worth $3.5 billion.", "3500000000 | - | usd | money"),
    ("It paid €87 million for the rig.", "87000000 | - | eur | money"),
    ("Taipei set aside NT$2.5 trillion.", "2500000000000 | - | twd | money"),
    ("The deal cost 9 billion zloty.", "9000000000 | - | zloty | money"),
    ("Eggs cost 79 cents apiece.", "0.79 | - | usd | money"),
    ("Fines ran from $6 to $9.", "6 to 9 | - | usd | money"),
    ("A shot costs $1-2 million.", "1000000 to 2000000 | - | usd | money"),
    ("Hundreds of millions of dollars vanished.", "? | hundreds | usd | money"),
    ("Turnout fell to 41 percent.", "41 | - | percent | percent"),
    ("Prices rose 3.2%.", "3.2 | - | percent | percent"),
    ("It rose from 12 to 19 percent.", "12 | - | percent | percent; 19 | - | percent | percent"),
    ("Fees run from 2 to 3 percent.", "2 to 3 | - | percent | percent"),
    ("A third of the fleet is in dock.", "0.3333333333333 | - | fleet | percent"),
    ("Nearly half its pilots quit.", "0.5 | nearly | pilots | percent"),
    ("It lost two-thirds of its 90 tugs.", "0.6666666666667 | - | tugs | percent; "
     "90 | - | tugs | count"),
    ("One in five families moved.", "0.2 | - | families | percent"),
    ("The wreck lies 30 km away.", "30 | - | kilometers | distance"),
    ("It sank 12 nautical miles off Aden.", "12 | - | nautical miles | distance"),
    ("The miss was half a mile.", "0.5 | - | mile | distance"),
    ("It holds 2.4 metric tons of ore.", "2.4 | - | metric tons | weight"),
    ("The vest had eight to 10 kilograms in it.", "8 to 10 | - | kilograms | weight"),
    ("Talks lasted six hours.", "6 | - | hours | duration"),
    ("A seven-month siege began.", "7 | - | month | duration"),
    ("It took two and a half years.", "2.5 | - | years | duration"),
]  # fmt: skip
QUALIFIED = [
    ("It has at least 70 tanks.", "70 | at least | tanks | count"),
    ("No fewer than nine huts burned.", "9 | at least | huts | count"),
    ("A dozen or more buses left.", "12 | at least | buses | count"),
    ("It owns 200-plus barges.", "200 | at least | barges | count"),
    ("No more than 300 visas were given.", "300 | at most | visas | count"),
    ("It fell within 20 meters of the gate.", "20 | at most | meters | distance"),
    ("Over 400 shops closed.", "400 | more than | shops | count"),
    ("Perhaps more than 90 kiosks shut.", "90 | more than | kiosks | count"),
    ("Fewer than 60 vans came.", "60 | less than | vans | count"),
    ("Not quite 80 cranes work.", "80 | nearly | cranes | count"),
    ("As much as $32 million is gone.", "32000000 | up to | usd | money"),
    ("It needs up to eight docks.", "8 | up to | docks | count"),
    ("Some 60-odd carts came, 40 or so carts left.", "60 | about | carts | count; "
     "40 | about | carts | count"),
    ("Between 40 and 50 silos stand.", "40 to 50 | between | silos | count"),
    ("It lost 20 to 25 barges.", "20 to 25 | - | barges | count"),
    ("Dozens of cabins burned.", "? | dozens | cabins | count"),
    ("Several hundred carts came.", "? | hundreds | carts | count"),
    ("Tens of thousands of homes flooded.", "? | thousands | homes | count"),
    ("The march lasted over two days; over three weeks it grew.",
     "2 | more than | days | duration; 3 | - | weeks | duration"),
]  # fmt: skip
BORROWED = [
    ("Six of the 21 valves leak.", "6 | - | valves | count; 21 | - | valves | count"),
    ("None of the 14 gauges was read.", "14 | - | gauges | count"),
    (
        "Fewer than 450 of the promised 600 tents came.",
        "450 | less than | tents | count; 600 | - | tents | count",
    ),
    ("It has 11 cutters; five are in dock.", "11 | - | cutters | count; 5 | - | cutters | count"),
    (
        "It once ran 31 ferries a day and now runs 44.",
        "31 | - | ferries a day | count; 44 | - | ferries a day | count",
    ),
]
BORROWED += [
    ("Of the 40 men aboard, 22 sailors swam ashore; the toll rose to nine.",
     "40 | - | men | people; 22 | - | sailors | people; 9 | - | people | casualties"),
    ("Two tunnels, one of which was 900 meters long, and four sheds; two were full.",
     "2 | - | tunnels | count; 900 | - | meters | distance; 4 | - | sheds | count; "
     "2 | - | sheds | count"),
    ("It has 12 tugs, two of them more than 40 meters long.", "12 | - | tugs | count; "
     "2 | - | tugs | count; 40 | more than | meters | distance"),
    ("Some 900 huts were hit, a fifth of them beyond repair.", "900 | about | huts | count; "
     "0.2 | - | huts | percent"),
    ("It bought 300 mules, of which nearly nine in 10 are female.", "300 | - | mules | count; "
     "0.9 | nearly | mules | percent"),
    ("Of 18 drones fired, 15 were shot down and three fell short.", "18 | - | drones | munitions; "
     "15 | - | drones | munitions; 3 | - | drones | munitions"),
]  # fmt: skip
TRAPS = [
    "It began on July 20-21 and ended on Nov. 3, 2024.",
    "Inspectors came on or about Feb. 11 and on July 26 and 27.",
    "The pact of 12 March 2019 lapsed in mid-2025, after the winter of 2022-23.",
    "The record, dated 1403 in the Iranian calendar, is from the 1990s.",
    "A 71-year-old, Ali Zakaria, 27, and a man in his 30s fled.",
    "Children as young as 12 and people aged 17 to 22 marched.",
    "At 3:40 a.m., then from 4 to 6 p.m., then at 0400 GMT, the siren rang.",
    "The F-35, AC-130, IR-6, DF-17, TB2, 2A4 and S-400 were shown.",
    "The flaw, CVE-2025-30811, and the H5N1 virus spread.",
    "Resolution 2231 (2015) and Executive Orders 13902 and 13224 apply.",
    "Kosten von 1,5 Mrd. fielen an, oder €2,75 pro Kopf.",
    "The bank cited Circular 170 and Notice 12.",
    "The recruits, most of them under 21, went home.",
    "Article 40, Section 231 of Title 10, and S. 2296 were cited in Advisory 014.",
    "Units 1 and 2 hum near Tower 22, by the No. 3 cable and Highway 9.",
    "The 98th Division, the 5th Fleet and Task Force 153 met CVN-77 and DDG 107.",
    "It was shelled with 122mm and 155-millimeter guns.",
    "It was the second time, on the 9th day, in the 21st century.",
    "No one saw it; one of them, one way or another, left one day.",
    "The one-way craft used a zero-day flaw in a one-page note.",
    "It was struck once, then twice, and the toll doubled.",
    "“It sold one idea,” one official said at one point.",
    "Call +1 202 555 0147 or 202-555-0147, or write to a9@b7.example.",
    "The house voted 312-118 for it and 220 to 198 against.",
    "Five Eyes spies flew Air Force One to the Group of Seven.",
    "The list: (1) ink and (2) paper.",
    "It is a two-state plan for a fifty-fifty split.",
]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [*COUNTS, *PEOPLE, *ARMS, *MEASURES, *QUALIFIED, *BORROWED],
)
def test_a_sentence_says_these_figures(brief_of, sentence, expected):
    figures = summarize(brief_of((Zone.LEAD, sentence))).figures

    assert expected.split("; ") == [said(figure) for figure in figures]


@pytest.mark.parametrize("sentence", TRAPS)
def test_a_number_that_counts_nothing_is_no_figure(brief_of, sentence):
    figures = summarize(brief_of((Zone.LEAD, sentence))).figures

    assert not [said(figure) for figure in figures]


@pytest.mark.parametrize("zone", [Zone.BYLINE, Zone.RELATED])
def test_bylines_and_related_links_have_no_figures(brief_of, zone):
    assert not summarize(brief_of((zone, "Twelve reports on 40 raids"))).figures


def test_the_title_has_no_figures(brief_of):
    assert not summarize(brief_of((Zone.LEAD, "It rained."), title="Raid Kills 16")).figures


def test_a_figure_keeps_qualifier_number_and_noun_as_they_stand(brief_of):
    brief = brief_of((Zone.LEAD, "It fired at least 17 heavy rockets at dawn."))

    (figure,) = summarize(brief).figures

    assert figure.text == "at least 17 heavy rockets"
    assert figure.text == brief.text[figure.start : figure.end]


def test_a_part_holds_the_whole_it_is_taken_from(brief_of):
    part, whole = summarize(brief_of((Zone.LEAD, "Six of the 21 valves leak."))).figures

    assert (part.text, whole.text) == ("Six of the 21 valves", "21 valves")


def test_a_heading_and_a_quote_have_figures_too(brief_of):
    summary = summarize(
        brief_of(
            (Zone.BACKGROUND, "# More Than 150 Raids"),
            (Zone.QUOTE, "“Forty ships is not a fleet.”"),
        )
    )

    assert [(figure.zone, figure.value) for figure in summary.figures] == [
        (Zone.BACKGROUND, 150),
        (Zone.QUOTE, 40),
    ]
