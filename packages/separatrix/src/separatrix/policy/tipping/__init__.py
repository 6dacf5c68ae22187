"""Tipping values: levels of an instrument at which the target is stable, alone stable, reached, selected.

For developers
--------------
Every answer is a `level_set`: a union of intervals. `instrument_levels` writes the game as quotients of
polynomials in one level. `pure_states` decides the stability of pure states from the losses of deviations.
`edge_basin` and `square_basin` decide exactly whether today's state converges to the target; `today_basin`
selects the one that applies, and otherwise follows trajectories (`bisection`). `selection` treats finite
populations under noise. `tipping` combines all of them for one instrument after the other, `surface` for
several at once.
"""
