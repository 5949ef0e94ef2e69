"""People, what befalls them, and what looks like them and is not."""

from alertbot.summarizer.figures.lexicon import words

PEOPLE = words(
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
    "traders trainee trainees cadet cadets diplomat diplomats legionnaires witness witnesses judge "
    "judges juror jurors lawyer lawyers monk monks nun nuns priest priests bishop bishops imam "
    "imams sheikh sheikhs leader leaders member members chief chiefs mayor mayors governor "
    "governors boss bosses captain captains sergeant sergeants lieutenant lieutenants admiral "
    "admirals crewmember crewmembers parents mother mothers father fathers sister sisters widow "
    "widows orphan orphans toddler toddlers youth youths teen teens pupil pupils guy "
    "guys kid kids homeless druze bedouin rohingya taliban hutu tutsi inuit jews arabs muslims "
    "sikhs hindus uyghurs alawites shiites sunnis yazidis maronites serbs croats kurds czechs "
    "danes dutch swedes finns greeks filipinos thais swiss emiratis omanis qataris kuwaitis "
    "bahrainis azeris commando commandos aide aides cop cops spouse spouses nephew nephews cousin "
    "cousins uncle uncles heir heirs vip vips patron patrons tajiks uzbeks kazakhs chechens "
    "armenians nepalis bangladeshis sudanese "
    "vietnamese burmese japanese maltese spaniards argentines britons scots irish french lives"
)
#: people by what happened to them
CASUALTY_NOUNS = words(
    "killed wounded injured dead missing casualties casualty fatalities fatality deaths death "
    "hurt slain injuries"
)
#: after these a bare number counts people
HARM_VERBS = words(
    "kill kills killed killing wound wounds wounded wounding injure injures injured injuring "
    "maimed maiming hurt drown drowned drowning"
)
#: after these a bare number counts people, alive
GATHERED = words(
    "arrested detained displaced evacuated sickened infected hospitalized abducted kidnapped "
    "employs employed employing deported expelled evicted uprooted sheltering houses jailed"
)
#: what people in numbers that nobody counted do: "Thousands fled"
CROWD_VERBS = words(
    "fled marched gathered protested rallied demonstrated attended mourned queued celebrated "
    "camped starved flocked"
)
#: "-ers", "-ors", "-ees" and the like that are not people
NOT_PEOPLE = words(
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
    "trawlers trees vectors waters grants plants pollutants restaurants variants warrants giants "
    "elephants determinants coolants implants antioxidants disinfectants lubricants pants beans "
    "jeans oceans means pheasants"
)
#: what only people do or undergo
HUMAN_FATES = words(
    "killed wounded injured hurt dead missing arrested detained captured hospitalized rescued "
    "evacuated burned died perished survived surrendered escaped fled deserted drowned abducted "
    "kidnapped freed released executed convicted jailed sentenced displaced"
)
#: what nothing else undergoes
ONLY_HUMAN_FATES = words(
    "killed wounded injured hurt dead arrested hospitalized died perished survived drowned "
    "abducted kidnapped convicted jailed sentenced displaced"
)
SPEECH = words(
    "said says told tells recalled recalls noted notes added adds wrote writes warned warns "
    "argued argues called calls asked asks described put explained"
)
#: "one seriously" after two soldiers were hurt
HARM_ADVERBS = words(
    "seriously critically fatally badly severely gravely lightly slightly mortally"
)
#: their members are people
CREW_LIKE = words(
    "crew family staff service team gang cell militia guard squad unit household clan tribe union "
    "cabinet parliament"
)
