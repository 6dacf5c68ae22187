"""How English pages write dates and numbers: the British way, hours from 0 to 24."""
