"""Who plays: finite populations, networks of unequal enterprises, what spreads along their links."""
