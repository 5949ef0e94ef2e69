"""Small words, and nouns whose shape misleads: where a noun phrase begins and ends."""

from alertbot.summarizer.figures.lexicon import words

#: plurals without an s
BARE_PLURALS = words(
    "people troops men women children personnel aircraft police crew staff dead wounded injured "
    "missing killed infantry spacecraft hovercraft watercraft servicemen crewmen gunmen airmen "
    "seamen fishermen policemen militiamen congressmen lawmen businessmen tribesmen grandchildren "
    "cattle sheep fish offspring feet teeth mice media data criteria phenomena centrifuges hertz "
    "israelis iraqis saudis yemenis somalis pakistanis kuwaitis emiratis omanis qataris azeris "
    "bangladeshis houthis yazidis sunnis jobs poultry livestock ammunition munitions homeless "
    "druze bedouin rohingya taliban hutu tutsi inuit sudanese vietnamese burmese japanese chinese "
    "taiwanese lebanese maltese"
)
#: plurals that go on to another noun: "arms shipments", "customs officers", "human rights groups"
ATTRIBUTIVE_PLURALS = words(
    "arms customs rights forces sales systems operations goods sports services weapons sanctions "
    "communications logistics special munitions defense air police troops crew staff infantry "
    "women men children armed corps aircraft intelligence states nations reserves veterans "
    "affairs personnel news us united people's missing injured wounded media data"
)
#: no noun phrase goes on across these
STOP = words(
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
    "next it's counting"
)
#: skipped between the number and what it counts
SKIP = words("more other additional another further such new fewer")
#: an adjective that may be followed by a comma and another one
COMMA_ADJECTIVES = words(
    "small large big new old fast slow heavy light long short low high young cheap armed unarmed "
    "tall thin thick deep narrow wide hard soft rich poor hot cold early late"
)
#: "one" says nothing with these: one day, one thing, one official said
ONE_IDIOMS = words(
    "of another day thing side way hand sense step instance place estimate account reason example "
    "word case occasion point time moment more who that which is was can cannot could would to in "
    "at on and or by for from with as respect version observer analyst expert end eye man's "
    "nation's country's big minute measure count reading theory view exception question hint "
    "problem lesson clue sign caveat answer has had may might should will must after before until"
)
#: "one" says nothing after these
ONE_BEFORE = words(
    "no any every each this that the which another number only on at by in some not if as day "
    "year square phase like such from than for his her its their our my your"
)
#: nouns in -ing and -ed: "one training camp", "10 living captives"
ING_NOUNS = words(
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
LY_NOUNS = words("ally assembly family supply anomaly reply bully belly july italy monopoly only")
