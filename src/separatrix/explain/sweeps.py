"""What the errors of sweeps mean."""

from __future__ import annotations

from separatrix.explain.explanation import explained as _e

__all__ = ["SWEEPS"]

SWEEPS = {
    "D671": _e(
        "values that make no axis of a sweep",
        "A sweep goes over one parameter or several, each with values of its own: LOW:HIGH:COUNT is COUNT "
        "values, equally spaced and exact, the first LOW and the last HIGH; LOW:HIGH:COUNT:log multiplies "
        "from each to the next; V1,V2,V3 are these. A parameter is swept or set, not both, and each value "
        "occurs once.",
        "separatrix sweep shi-chen-2018 --over C1=4:0:81      # upside down",
        "write the range from the smallest to the largest value, as in --over C1=0:4:81.",
    ),
    "D672": _e(
        "a measure that does not exist, or that fails",
        "Measures are stable, basin, time, shock and rest. From Python any function serves that takes a "
        "mapping of all parameters to exact numbers, and returns a number, None, or a mapping of names to "
        "numbers.",
        "separatrix sweep shi-chen-2018 --over C1=0:4:81 --measure stabel",
        "correct the name; or let the function return None where it has no value.",
    ),
    "D673": _e(
        "finished blocks of another sweep",
        "While a sweep runs, finished blocks lie in a folder beside the file that will be written, "
        "FILE.parts. The same command goes on from there. This one is not the same: another version, model,"
        " axis, measure, start or seed, and blocks of both in one file would be wrong. Nor do two processes "
        "work on the same file at a time.",
        "separatrix sweep game.yaml --over C1=0:4:81 --out map.nc      # interrupted\n"
        "separatrix sweep game.yaml --over C1=0:8:81 --out map.nc",
        "finish the earlier sweep, choose another file, or remove the folder.",
    ),
    "D674": _e(
        "a sweep that is larger than most people mean",
        "Before a sweep begins a few points are measured; the time and the size of the whole follow. What "
        "would take more than 10 minutes or 1 GB has to be asked for twice, and what does not fit into "
        "memory needs a file.",
        "separatrix sweep game.yaml --over a=0:1:100000 --over b=0:1:10000 --out map.nc",
        "give fewer values; or add --yes, which goes ahead: finished blocks are kept, so that an "
        "interruption costs little.",
    ),
    "D675": _e(
        "workers that cannot be had",
        "Points are measured here, by processes on this machine, or by the workers of a Dask cluster, which"
        " need the extra `scale` and the same version of separatrix. A worker that dies is replaced, and "
        "its block done again; a block that kills several workers stops the sweep.",
        "separatrix sweep game.yaml --over C1=0:4:81 --scheduler tcp://10.0.0.5:8786 --out map.nc",
        "follow the message; --scheduler processes needs nothing but this machine.",
    ),
}
