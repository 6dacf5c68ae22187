"""What is played: the model, its forms of payoff, parameters, files and the catalogue."""
