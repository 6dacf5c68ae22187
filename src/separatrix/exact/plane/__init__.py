"""Where polynomials in two variables vanish in a window of the plane, and their signs between.

A cylindrical decomposition (Collins 1975), without its cells on vertical lines: at finitely many *critical*
values of the first variable curves cross, turn, begin, or cross the window's edge.  Between two of these all
curves run beside each other as graphs over the first variable, in one order, so that one column of exact
roots tells everything about the whole slab.
"""
