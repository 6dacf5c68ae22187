"""The steps of `separatrix.dynamics.integration.ensemble` in machine code, for fields that are polynomials.

Each trajectory makes the steps that `Ensemble` makes: the same method, the same control of the error and of
the length, up to the order in which sums are rounded.  Eight are under way at once, and a trajectory that has
ended makes room for the next one.  This file is loaded where a kernel runs, and numba with it.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, sections II.4
(step size), II.5 (DOP853) and II.6 (dense output).

For developers
--------------
All numbers of the eight trajectories lie in one array, `work`, whose parts are named after their offsets; a
part holds eight numbers for each coordinate, product of shares or term. ``form`` holds the contents of
`PolynomialRates` in sequence: see `compiled_ensemble`. Functions that are called often are compiled once;
each use of lanes costs more compile time than run time.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from separatrix.dynamics.integration.simd import (
    WIDTH,
    absolute,
    at_most,
    chosen,
    exponential_parts,
    fifth_root,
    larger,
    load,
    logistic,
    root,
    splat,
    store,
    where_negative,
)
from separatrix.dynamics.integration.step_control import FIRST, GROW, MOST_OF_TRIAL, SAFETY, SHRINK
from separatrix.dynamics.integration.tolerances import LEAST_ERROR, LONGEST_STEP, PACE_AT_LEAST
from separatrix.dynamics.tolerances import NOT_ZERO
from separatrix.run.compilation import compiled

__all__ = ["begin", "pursue"]


@compiled(inline=True)
def _rates(form: Any, work: Any, y: int, share: int, feature: int, weight: int, out: int) -> None:
    """Write the shares and the rates of change at coordinates that begin at `y`."""
    populations, m, features = form[0], form[1], form[2]
    firsts, counts = 3, 3 + populations
    parents = counts + populations
    variables = parents + features
    begins = variables + features
    terms = begins + m + 1
    for k in range(populations):
        first, count = form[firsts + k] * WIDTH, form[counts + k] * WIDTH
        if count == 0:
            store(work, share + first, logistic(load(work, y + first)))
            continue
        top = load(work, y + first)
        for i in range(first + WIDTH, first + count, WIDTH):
            top = larger(top, load(work, y + i))
        total = splat(0.0)
        for i in range(first, first + count, WIDTH):
            scale, q, p = exponential_parts(load(work, y + i) - top)
            raised = scale * (q + p) / (q - p)
            store(work, share + i, raised)
            total = total + raised
        for i in range(first, first + count, WIDTH):
            store(work, share + i, load(work, share + i) / total)
    for f in range(1, features):
        parent, variable = form[parents + f] * WIDTH, form[variables + f] * WIDTH
        store(work, feature + f * WIDTH, load(work, feature + parent) * load(work, share + variable))
    for i in range(m):
        total = splat(0.0)
        for t in range(form[begins + i], form[begins + i + 1]):
            product = load(work, feature + form[terms + t] * WIDTH)
            total = total + load(work, weight + t * WIDTH) * product
        store(work, out + i * WIDTH, total)
    for k in range(populations):
        first, count = form[firsts + k] * WIDTH, form[counts + k] * WIDTH
        if count > 0:
            mean = splat(0.0)
            for i in range(first, first + count, WIDTH):
                mean = mean + load(work, share + i) * load(work, out + i)
            for i in range(first, first + count, WIDTH):
                store(work, out + i, load(work, out + i) - mean)


@compiled(inline=True)
def _combined(work: Any, out: int, base: int, k: int, weights: Any, row: int, count: int, wide: int) -> None:
    """Write a part plus the sum of the slopes that begin at `k`, each times its weight."""
    for i in range(0, wide, WIDTH):
        total = splat(weights[row, 0]) * load(work, k + i)
        for j in range(1, count):
            total = total + splat(weights[row, j]) * load(work, k + j * wide + i)
        store(work, out + i, load(work, base + i) + total)


@compiled(inline=True)
def _added(work: Any, out: int, one: int, other: int, sign: float, wide: int) -> None:
    """Write the sum of two parts, the second one times a number."""
    for i in range(0, wide, WIDTH):
        store(work, out + i, load(work, one + i) + splat(sign) * load(work, other + i))


@compiled(inline=True)
def _times(work: Any, out: int, one: int, lanes: int, wide: int) -> None:
    """Write a part times one number for each lane."""
    for i in range(0, wide, WIDTH):
        store(work, out + i, load(work, one + i) * load(work, lanes))


@compiled(inline=True)
def _largest(work: Any, out: int, doubt: int, one: int, at: int, wide: int) -> None:
    """Write the largest entry of a part relative to the size of coordinates; `doubt` records NaN."""
    worst, unsure = splat(0.0), load(work, doubt)
    for i in range(0, wide, WIDTH):
        relative = absolute(load(work, one + i)) / (splat(1.0) + absolute(load(work, at + i)))
        worst = larger(relative, worst)
        unsure = unsure + relative
    store(work, out, worst)
    store(work, doubt, unsure)


@compiled(inline=True)
def _returning(work: Any, out: int, at: int, slope: int, wide: int) -> None:
    """Write how long a step may be so that no share passes the middle unseen: `longest_length`."""
    fastest = splat(0.0)
    for i in range(0, wide, WIDTH):
        here, pace = load(work, at + i), load(work, slope + i)
        size = splat(1.0) + absolute(here)
        fastest = larger(where_negative(here * pace, absolute(pace) / size), fastest)
    store(work, out, splat(1.0) / fastest)


@compiled(inline=True)
def _judged(
    work: Any,
    good: int,
    worst: int,
    doubt: int,
    tried: int,
    length: int,
    refused: int,
    order: int,
    tolerance: float,
) -> None:
    """Write whether steps are good, how long the next ones are, and whether the last were refused.

    That is `step_size.next_length`, and what `Ensemble.attempt` makes of it.
    """
    first = load(work, worst)
    error = first / splat(tolerance)
    if order == 8:
        # Hairer's combination: of order 8 where the two estimates of orders 5 and 3 behave.
        tenth = splat(0.1) * load(work, worst + WIDTH)
        error = error * (first / larger(root(first * first + tenth * tenth), splat(NOT_ZERO)))
    # What is no number makes no step good.
    error = error + load(work, doubt) * splat(0.0)
    fine = at_most(error, splat(1.0))
    above = larger(splat(LEAST_ERROR), error)
    if order == 8:
        grown = splat(SAFETY) / root(root(root(above)))
    else:
        grown = splat(SAFETY) * fifth_root(above)
    again = chosen(fine, load(work, refused), splat(1.0))
    most = chosen(again, splat(1.0), splat(GROW))
    grown = chosen(grown - most, most, larger(grown, splat(SHRINK)))
    went, before = load(work, tried), load(work, length)
    following = went * grown
    following = chosen(following - splat(LONGEST_STEP), splat(LONGEST_STEP), following)
    # A step that was cut short says nothing against the longer one.
    following = chosen(chosen(fine, before - went, splat(0.0)), larger(following, before), following)
    store(work, good, fine)
    store(work, length, following)
    store(work, refused, splat(1.0) - fine)


@compiled(inline=True)
def _append_good_steps(
    work: Any, good: int, at: int, y: int, slope: int, final: int, sign: int, wide: int
) -> None:
    """Go on to the end of the steps that are good."""
    fine, ahead = load(work, good), load(work, sign)
    for i in range(0, wide, WIDTH):
        store(work, at + i, chosen(fine, load(work, y + i), load(work, at + i)))
        store(work, slope + i, chosen(fine, load(work, final + i) * ahead, load(work, slope + i)))


@compiled(kept=True)
def begin(method: Any, form: Any, games: Any, order: Any, state: Any, rows: Any, limits: Any) -> None:
    """Write the slopes of trajectories where they start, and the lengths of their first steps."""
    m, features = form[1], form[2]
    wide, terms = m * WIDTH, games.coefficients.shape[1]
    at, share, slope, bent = 0, wide, 2 * wide, 3 * wide
    feature = 4 * wide
    weight = feature + features * WIDTH
    work = np.zeros(weight + terms * WIDTH)
    work[feature : feature + WIDTH] = 1.0
    for start in range(0, len(rows), WIDTH):
        own = rows[start : start + WIDTH]
        for turn in range(2):
            for lane in range(len(own)):
                r = own[lane]
                pace, fastest, turned = games.pace[order.game[r]], 0.0, 0.0
                if turn == 0:
                    for i in range(m):
                        work[at + i * WIDTH + lane] = state.at[i, r]
                    for t in range(terms):
                        work[weight + t * WIDTH + lane] = games.coefficients[order.game[r], t]
                    continue
                for i in range(m):
                    work[slope + i * WIDTH + lane] *= order.factor[r]
                    state.slope[i, r] = work[slope + i * WIDTH + lane]
                    fastest = max(fastest, abs(state.slope[i, r]) / (1.0 + abs(state.at[i, r])))
                trial = FIRST / max(fastest, pace * PACE_AT_LEAST)
                state.length[r] = trial
                for i in range(m):
                    work[at + i * WIDTH + lane] += trial * state.slope[i, r]
            _rates(form, work, at, share, feature, weight, slope if turn == 0 else bent)
        for lane in range(len(own)):
            r = own[lane]
            pace, fastest, turned = games.pace[order.game[r]], 0.0, 0.0
            for i in range(m):
                size, before = 1.0 + abs(state.at[i, r]), state.slope[i, r]
                fastest = max(fastest, abs(before) / size)
                turned = max(turned, abs(order.factor[r] * work[bent + i * WIDTH + lane] - before) / size)
            unit = max(pace, NOT_ZERO)  # one is a rate and the other a rate of a rate
            largest = max(fastest / unit, turned / state.length[r] / unit / unit) / limits.tolerance
            wanted = (FIRST / max(largest, NOT_ZERO)) ** (1.0 / method.order) / unit
            first = min(MOST_OF_TRIAL * state.length[r], wanted)
            if not (math.isfinite(first) and first > 0):
                first = PACE_AT_LEAST / pace
            state.length[r] = min(first, limits.longest)


@compiled()
def _interpolate(
    method: Any,
    form: Any,
    work: Any,
    at: int,
    k: int,
    lanes: int,
    spare: int,
    zero: int,
    feature: int,
    weight: int,
    dense: int,
) -> None:
    """Write the coefficients of the polynomial that runs through a step; `spare` has room for two parts."""
    wide, used, count = form[1] * WIDTH, method.used, len(method.stages)
    for stage in range(used + 1, count + 1):
        _combined(work, spare, at, k, method.stages, stage - 1, stage, wide)
        _rates(form, work, spare, spare + wide, feature, weight, k + stage * wide)
        _times(work, k + stage * wide, k + stage * wide, lanes, wide)
    _combined(work, dense, zero, k, method.stages, used - 1, used, wide)
    _added(work, dense + wide, k, dense, -1.0, wide)
    _added(work, spare, k, k + used * wide, 1.0, wide)
    _added(work, spare + wide, dense, dense, 1.0, wide)
    _added(work, dense + 2 * wide, spare + wide, spare, -1.0, wide)
    for d in range(len(method.dense)):
        _combined(work, dense + (3 + d) * wide, zero, k, method.dense, d, count + 1, wide)


@compiled()
def _sample(
    r: int,
    lane: int,
    stop: float,
    begun: float,
    length: float,
    order: Any,
    state: Any,
    work: Any,
    at: int,
    dense: int,
) -> None:
    """Record the coordinates of a trajectory at the requested times up to `stop`."""
    m = state.at.shape[0]
    while state.sampled[r] < len(order.times) and order.times[state.sampled[r]] <= stop:
        fraction = min(max((order.times[state.sampled[r]] - begun) / length, 0.0), 1.0)
        for i in range(m):
            total, place = 0.0, i * WIDTH + lane
            for d in range(order.coefficients - 1, -1, -1):
                total += work[dense + d * m * WIDTH + place]
                total *= 1.0 - fraction if d % 2 == 1 else fraction
            order.samples[r, state.sampled[r], i] = total + work[at + place]
        state.sampled[r] += 1


@compiled(kept=True)
def pursue(
    method: Any, form: Any, games: Any, order: Any, state: Any, rows: Any, limits: Any, regions: Any
) -> None:
    """Follow trajectories `rows` until each has ended, and write down where and why."""
    # Each look into a group of arrays counts references, which takes long: so all are made here.
    stages, weights, used, power_of = method.stages, method.errors, method.used, method.order
    coefficients, paces, paired = games.coefficients, games.pace, games.paired
    game_of, factor, times, pieces = order.game, order.factor, order.times, order.coefficients
    ats, slopes, moments, lengths = state.at, state.slope, state.time, state.length
    refusals, counts, endings, places, sampled = (
        state.refused,
        state.steps,
        state.ended,
        state.region,
        state.sampled,
    )
    first_region, low, high, slowest = regions.first, regions.low, regions.high, regions.slowest
    end, tolerance, longest, shortest = limits.end, limits.tolerance, limits.longest, limits.shortest
    still, every, patience = limits.still, limits.every, limits.most
    m, features, terms, errors = form[1], form[2], coefficients.shape[1], len(weights)
    wide = m * WIDTH
    at, y, slope, final, share, spare = 0, wide, 2 * wide, 3 * wide, 4 * wide, 5 * wide
    zero, k = 7 * wide, 8 * wide
    dense = k + (len(stages) + 1) * wide
    feature = dense + pieces * wide
    weight = feature + features * WIDTH
    # One number for each lane.
    lanes = weight + terms * WIDTH
    time, length, sign, tried = lanes, lanes + WIDTH, lanes + 2 * WIDTH, lanes + 3 * WIDTH
    onward, bound, good, doubt = lanes + 4 * WIDTH, lanes + 5 * WIDTH, lanes + 6 * WIDTH, lanes + 7 * WIDTH
    refused, worst = lanes + 8 * WIDTH, lanes + 9 * WIDTH
    work = np.zeros(lanes + 11 * WIDTH)
    work[feature : feature + WIDTH] = 1.0
    row, steps = np.full(WIDTH, -1), np.zeros(WIDTH, np.int64)
    last = np.zeros(WIDTH, np.bool_)
    coming, active = 0, 0
    while True:
        for lane in range(WIDTH if coming < len(rows) and active < WIDTH else 0):
            if row[lane] < 0 and coming < len(rows):
                r = rows[coming]
                coming, active = coming + 1, active + 1
                row[lane], steps[lane] = r, counts[r]
                work[refused + lane] = 1.0 if refusals[r] else 0.0
                work[time + lane], work[length + lane] = moments[r], lengths[r]
                work[sign + lane] = factor[r]
                for i in range(m):
                    work[at + i * WIDTH + lane] = ats[i, r]
                    work[slope + i * WIDTH + lane] = slopes[i, r]
                for t in range(terms):
                    work[weight + t * WIDTH + lane] = coefficients[game_of[r], t]
        if active == 0:
            return
        # How long the step is.
        _returning(work, bound, at, slope, wide)
        for lane in range(WIDTH):
            own = min(min(work[length + lane], longest), work[bound + lane])
            left = end - work[time + lane]
            last[lane] = own >= left
            work[tried + lane] = left if last[lane] else own
            work[onward + lane] = work[sign + lane] * work[tried + lane]
            work[doubt + lane] = 0.0
        # The step.
        _times(work, k, slope, tried, wide)
        for stage in range(1, used + 1):
            _combined(work, y, at, k, stages, stage - 1, stage, wide)
            _rates(form, work, y, share, feature, weight, k + stage * wide if stage < used else final)
            if stage < used:
                _times(work, k + stage * wide, k + stage * wide, onward, wide)
        # Its error.
        _times(work, k + used * wide, final, onward, wide)
        for e in range(errors):
            _combined(work, spare, zero, k, weights, e, used + 1, wide)
            _largest(work, worst + e * WIDTH, doubt, spare, at, wide)
        _judged(work, good, worst, doubt, tried, length, refused, power_of, tolerance)
        due = False
        for lane in range(WIDTH if len(times) > 0 else 0):
            r = row[lane]
            if r >= 0 and work[good + lane] > 0.0 and sampled[r] < len(times):
                stop = end if last[lane] else work[time + lane] + work[tried + lane]
                due = due or times[sampled[r]] <= stop
        if due:
            _interpolate(method, form, work, at, k, onward, spare, zero, feature, weight, dense)
            for lane in range(WIDTH):
                r = row[lane]
                if r >= 0 and work[good + lane] > 0.0:
                    stop = end if last[lane] else work[time + lane] + work[tried + lane]
                    _sample(
                        r, lane, stop, work[time + lane], work[tried + lane], order, state, work, at, dense
                    )
        _append_good_steps(work, good, at, y, slope, final, sign, wide)
        for lane in range(WIDTH):
            r = row[lane]
            if r < 0:
                continue
            steps[lane] += 1
            game, ended = game_of[r], 0
            if work[good + lane] > 0.0:
                stop = end if last[lane] else work[time + lane] + work[tried + lane]
                work[time + lane] = stop
                if last[lane]:
                    ended = 1
                for q in range(first_region[game], first_region[game + 1]):
                    inside = True
                    for i in range(m):
                        own = work[share + i * WIDTH + lane]
                        inside = own >= low[q, i] and own <= high[q, i]
                        if not inside:
                            break
                        if slowest[q] < math.inf:
                            rest = 1.0 - own if paired[i] else 1.0
                            inside = abs(work[slope + i * WIDTH + lane] * own * rest) <= slowest[q]
                        if not inside:
                            break
                    if inside:
                        ended, places[r] = 2, q
                        break
            elif work[length + lane] < shortest * max(work[time + lane], PACE_AT_LEAST / paces[game]):
                ended = 3
            if ended == 0 and work[good + lane] > 0.0 and still > 0.0 and steps[lane] % every == 0:
                fastest = 0.0
                for i in range(m):
                    place = i * WIDTH + lane
                    if math.isinf(work[at + place]):
                        continue
                    # What has not settled, as in `LogOddsCoordinates.unsettled`.
                    own = 1.0
                    if work[at + place] * work[slope + place] >= 0.0:
                        own = work[share + place]
                        own *= 1.0 - own if paired[i] else 1.0
                    fastest = max(fastest, abs(work[slope + place]) * own)
                if fastest <= still * paces[game]:
                    ended = 4
            if ended == 0 and steps[lane] >= patience:
                ended = 5
            if ended != 0:
                for i in range(m):
                    ats[i, r] = work[at + i * WIDTH + lane]
                    slopes[i, r] = work[slope + i * WIDTH + lane]
                moments[r], lengths[r] = work[time + lane], work[length + lane]
                refusals[r], counts[r], endings[r] = work[refused + lane] > 0.0, steps[lane], ended
                row[lane] = -1
                active -= 1
                work[length + lane] = 0.0
