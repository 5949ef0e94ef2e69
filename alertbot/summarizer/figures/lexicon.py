"""The words the figure grammar knows: plain data, read by every other module of this room.

Sets are lower case. A word goes here when a rule needs to know it and its shape does not tell.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


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
DURATIONS = _words(
    "second seconds minute minutes hour hours day days night nights week weeks weekend weekends "
    "fortnight month months year years decade decades century centuries"
)

MUNITIONS = _words(
    "missile missiles drone drones rocket rockets warhead warheads interceptor interceptors bomb "
    "bombs projectile projectiles shell shells torpedo torpedoes mine mines grenade grenades "
    "munition munitions round rounds mortar mortars uav uavs airframe airframes quadcopter "
    "quadcopters ammunition bomblet bomblets cartridge cartridges salvo salvos icbm icbms sam "
    "sams mlrs uas bullets shots usv usvs landmine landmines ied ieds"
)
ATTACKS = _words(
    "attack attacks strike strikes raid raids assault assaults bombing bombings ambush ambushes "
    "airstrike airstrikes barrage barrages shelling shellings incursion incursions hijacking "
    "hijackings cyberattack cyberattacks bombardment bombardments sabotage shooting shootings "
    "stabbing stabbings kidnapping kidnappings"
)
PEOPLE = _words(
    "people person persons troops troop soldier soldiers sailor sailors marine marines airman "
    "airmen personnel servicemember servicemembers serviceman servicemen man men woman women "
    "child children boy boys girl girls baby babies civilian civilians crew crews crewman crewmen "
    "patient patients fighter fighters militant militants hostage hostages captive captives "
    "prisoner prisoners detainee detainees refugee refugees migrant migrants resident residents "
    "citizen citizens employee employees worker workers official officials officer officers "
    "paramedic paramedics medic medics doctor doctors nurse nurses pilot pilots police policeman "
    "policemen journalist journalists student students teacher teachers passenger passengers "
    "guard guards engineer engineers scientist scientists commander commanders general generals "
    "conscript conscripts recruit recruits reservist reservists volunteer volunteers protester "
    "protesters demonstrator demonstrators activist activists senator senators lawmaker lawmakers "
    "deputy deputies minister ministers adviser advisers advisor advisors expert experts "
    "inspector inspectors victim victims survivor survivors relative relatives grandchild "
    "grandchildren son sons daughter daughters brother brothers family staff staffer staffers "
    "farmer farmers peacekeeper peacekeepers contractor contractors mercenary mercenaries gunman "
    "gunmen attacker attackers bomber bombers rescuer rescuers villager villagers worshiper "
    "worshipers shopper shoppers national nationals israelis palestinians iranians americans "
    "iraqis syrians ukrainians russians afghans lebanese turks kurds yemenis houthis koreans "
    "chinese taiwanese somalis egyptians jordanians saudis pakistanis indians poles britons "
    "germans kenyans dead killed wounded injured missing casualties fatalities deaths suspect "
    "suspects terrorist terrorists insurgent insurgents rebel rebels settler settlers bystander "
    "bystanders infant infants adult adults minor minors teenager teenagers clerk clerks driver "
    "drivers guest guests colonel colonels laborer laborers operative operatives agent agents spy "
    "spies voter voters user users firefighter firefighters defendant defendants inmate inmates "
    "merchant merchants speaker speakers executive executives delegate delegates candidate "
    "candidates ambassador ambassadors bodyguard bodyguards gazans combatant combatants immigrant "
    "immigrants occupant occupants participant participants inhabitant inhabitants assailant "
    "assailants servant servants representative representatives individual individuals trader "
    "traders trainee trainees cadet cadets diplomat diplomats legionnaires"
)
#: people by what happened to them
CASUALTY_NOUNS = _words(
    "killed wounded injured dead missing casualties casualty fatalities fatality deaths death "
    "hurt slain injuries"
)
#: after these a bare number counts people
HARM_VERBS = _words(
    "kill kills killed killing wound wounds wounded wounding injure injures injured injuring "
    "maimed maiming hurt drown drowned drowning"
)
#: "-ers", "-ors" and "-ees" that are not people
NOT_PEOPLE = _words(
    "anchors answers barriers blockers boilers boosters borders boulders breakers bulldozers "
    "bunkers burners canisters carriers centers chambers chapters chargers charters choppers "
    "clusters colors committees computers containers converters corners corridors counters covers "
    "craters cruisers cutters cylinders degrees destroyers detectors disasters dollars doors "
    "drawers dredgers elevators errors excavators factors feeders fees filters fingers floors "
    "flyers folders freezers freighters frontiers generators gliders guarantees harbors heaters "
    "helicopters icebreakers indicators jammers kilometers knees ladders launchers layers letters "
    "levees liners liters loaders matters meters minesweepers mirrors mixers monitors motors "
    "newspapers numbers orders papers parameters perimeters piers pointers posters powers "
    "printers processors propellers quarters radars reactors receivers registers rivers rollers "
    "rotors routers rudders scanners sectors semesters semiconductors sensors servers shelters "
    "shoulders simulators steamers stickers tankers tenders theaters thermometers thrusters tiers "
    "timers towers trackers tractors trailers transformers transistors transmitters transponders "
    "trawlers trees vectors waters"
)
#: plurals without an s
BARE_PLURALS = _words(
    "people troops men women children personnel aircraft police crew staff dead wounded injured "
    "missing killed infantry spacecraft hovercraft watercraft servicemen crewmen gunmen airmen "
    "seamen fishermen policemen militiamen congressmen lawmen businessmen tribesmen grandchildren "
    "cattle sheep fish offspring feet teeth mice media data criteria phenomena centrifuges hertz "
    "israelis iraqis saudis yemenis somalis pakistanis kuwaitis emiratis omanis qataris azeris "
    "bangladeshis houthis yazidis sunnis jobs poultry livestock ammunition munitions"
)
#: plurals that go on to another noun: "arms shipments", "customs officers", "human rights groups"
ATTRIBUTIVE_PLURALS = _words(
    "arms customs rights forces sales systems operations goods sports services weapons sanctions "
    "communications logistics special munitions defense air police troops crew staff infantry "
    "women men children armed corps aircraft intelligence states nations reserves veterans "
    "affairs personnel news us united people's missing injured wounded media data"
)

#: no noun phrase goes on across these
STOP = _words(
    "a an the this that these those its his her their our my your it he she they we you i him "
    "them us who whom whose which what where when why how of in on at to from by for with without "
    "within under over above below between among against across along around near off onto into "
    "out up down through throughout during before after since until till than as per via despite "
    "amid amidst toward towards upon inside outside beyond behind beneath beside besides except "
    "including regarding concerning following and or but nor so yet if because while although "
    "though unless whereas whether not never no is are was were be been being am has have had "
    "having do does did will would can could may might must shall should ought cannot there here "
    "then now also just only even still already again once twice ago later earlier apiece each "
    "every either neither both all any some most many few several such overnight yesterday today "
    "tomorrow tonight together altogether apart abroad alive alone away back aboard ashore said "
    "quit sat spoke chose drove wrote wore slept felt heard sought thought caught fought brought "
    "spent lent join joins own owns want wants need needs serve serves exist belong depend arrive "
    "survive agree says say told tells tell fell fall falls hit hits struck sank sink went go "
    "goes came come comes got gets took take takes lost lose loses fled flee landed broke flew "
    "fly flies made make makes blew left leave leaves leaving shot stood stand stands gave give "
    "gives won rose rise rises began begin begins ran held hold holds saw sees led leads set sets "
    "put puts sent send sends kept keep keeps met paid pay pays built build builds bought sold "
    "drew grew knew became become becomes remain remains die dies vote crossed carried moved "
    "started ended followed according due strong too very almost nearly about roughly apparently "
    "reportedly allegedly annually daily weekly monthly yearly nationwide worldwide else whatever "
    "whoever versus vs instead rather therefore thus hence however meanwhile minus plus last "
    "next it's"
)
#: skipped between the number and what it counts
SKIP = _words("more other additional another further such new fewer")
#: an adjective that may be followed by a comma and another one
COMMA_ADJECTIVES = _words(
    "small large big new old fast slow heavy light long short low high young cheap armed unarmed "
    "tall thin thick deep narrow wide hard soft rich poor hot cold early late"
)

#: what only people do or undergo
HUMAN_FATES = _words(
    "killed wounded injured hurt dead missing arrested detained captured hospitalized rescued "
    "evacuated burned died perished survived surrendered escaped fled deserted drowned abducted "
    "kidnapped freed released executed convicted jailed sentenced"
)
#: "one" says nothing with these: one day, one thing, one official said
ONE_IDIOMS = _words(
    "of another day thing side way hand sense step instance place estimate account reason example "
    "word case occasion point time moment more who that which is was can cannot could would to in "
    "at on and or by for from with as respect version observer analyst expert end eye man's "
    "nation's country's big minute measure count reading theory view exception question hint "
    "problem lesson clue sign caveat answer has had may might should will must after before until"
)
#: "one" says nothing after these
ONE_BEFORE = _words(
    "no any every each this that the which another number only on at by in some not if as day "
    "year square phase like such from than for"
)
SPEECH = _words(
    "said says told tells recalled recalls noted notes added adds wrote writes warned warns "
    "argued argues called calls asked asks described put explained"
)

#: "one seriously" after two soldiers were hurt
HARM_ADVERBS = _words(
    "seriously critically fatally badly severely gravely lightly slightly mortally"
)
#: nouns in -ing and -ed: "one training camp", "10 living captives"
ING_NOUNS = _words(
    "airing bearing beijing bombing breeding briefing building casing ceiling clearing clothing "
    "crossing drawing drilling dwelling engineering evening filing finding firing fishing funding "
    "gathering hearing holding housing killing landing leading living manufacturing mapping "
    "meeting mining missing morning offering opening painting parking patrolling planning pumping "
    "ranking refining remaining reporting ruling sailing screening serving sewing shelling "
    "shipping shooting siding sitting spending spring standing stepping string surviving "
    "targeting testing towing trading training uprising warning wedding wing working writing "
    "milling mercedes speed breed seed shed sled creed hundred armed"
)
#: nouns in -ly
LY_NOUNS = _words("ally assembly family supply anomaly reply bully belly july italy monopoly only")

#: their members are people
CREW_LIKE = _words(
    "crew family staff service team gang cell militia guard squad unit household clan tribe union "
    "cabinet parliament"
)
