"""Agreement: mean-field equations, exact finite chains and simulated networks, held against each other."""
