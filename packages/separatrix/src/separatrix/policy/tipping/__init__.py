"""Tipping values: levels of an instrument at which the target is stable, alone stable, reached, selected.

For developers
--------------
`level_set` is what every answer is: a union of intervals.  `instrument_levels` writes the game as quotients
of polynomials in one level; `pure_states` tells from the losses at pure states which of them are stable;
`edge_basin` and `square_basin` tell exactly whether today's state comes to the target, `today_basin` asks the
one that can, and else follows trajectories (`bisection`); `selection` speaks of finite populations under
noise. `tipping` asks all of them for one instrument after the other, `surface` for several at once.
"""
