"""Arms and attacks: things that are counted under a kind of their own."""

from alertbot.summarizer.figures.lexicon import words

MUNITIONS = words(
    "missile missiles drone drones rocket rockets warhead warheads interceptor interceptors bomb "
    "bombs projectile projectiles shell shells torpedo torpedoes mine mines grenade grenades "
    "munition munitions round rounds mortar mortars uav uavs airframe airframes quadcopter "
    "quadcopters ammunition bomblet bomblets cartridge cartridges salvo salvos icbm icbms sam "
    "sams mlrs uas bullets shots usv usvs landmine landmines ied ieds"
)
ATTACKS = words(
    "attack attacks strike strikes raid raids assault assaults bombing bombings ambush ambushes "
    "airstrike airstrikes barrage barrages shelling shellings incursion incursions hijacking "
    "hijackings cyberattack cyberattacks bombardment bombardments sabotage shooting shootings "
    "stabbing stabbings kidnapping kidnappings"
)
