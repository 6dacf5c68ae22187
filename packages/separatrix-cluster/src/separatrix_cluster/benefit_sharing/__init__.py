"""Fair shares of what only cooperation brings: Shapley value, core, nucleolus, support that keeps all in."""
