"""Starting up costs little: what is heavy is loaded when it is needed, and sympy never."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "sympy",
    "scipy",
    "pandas",
    "matplotlib",
    "numba",
    "z3",
    "numpy",
    "flint",
    "yaml",
    "openpyxl",
    "python_calamine",
    "xarray",
    "h5py",
    "distributed",
)

REPORT = (
    "import json, sys; print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})), file=sys.stderr)"
)


def loaded_by(code: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{REPORT}"], capture_output=True, encoding="utf-8", check=True
    )
    return set(json.loads(done.stderr.strip().splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import separatrix",
        "import separatrix; dir(separatrix)",
        "import sys; sys.argv = ['separatrix', '--help']\n"
        "from separatrix.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass",
    ],
    ids=["import", "dir", "help"],
)
def test_starting_up_loads_nothing_heavy(code: str) -> None:
    """`import separatrix` and `separatrix --help` load no numerical, symbolic or plotting library."""
    assert loaded_by(code).isdisjoint(HEAVY)


def test_an_analysis_needs_no_sympy() -> None:
    """An analysis, numeric and symbolic, succeeds where sympy cannot be imported."""
    code = (
        "import sys; sys.modules['sympy'] = None\n"
        "import separatrix\n"
        "game = separatrix.load('shi-chen-2018')\n"
        "assert separatrix.analyze(game).to_dict()['completeness']['status'] == 'complete'\n"
        "assert len(separatrix.analyze(game, symbolic=True).to_dict()['rest_points']) == 5"
    )
    loaded_by(code)


def test_every_public_name_can_be_had() -> None:
    """Each name that the package announces in `__all__` is there."""
    import separatrix
    from separatrix.plugins import public_names

    assert "load_cluster" in public_names()
    assert "analyze" in separatrix.__all__
    assert "load" in separatrix.__all__
    for name in (*separatrix.__all__, *public_names()):
        assert getattr(separatrix, name) is not None, name
        assert name in dir(separatrix)
