"""The verbs of finite populations and networks: fixation, long run, spread, and whom to win first."""
