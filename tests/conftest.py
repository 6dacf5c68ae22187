"""What all tests share: the copy of the package under test, and how hard hypothesis looks."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")
# Tests that run side by side have a core each; threads of linear algebra would spin on the others' cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
gc.disable()  # until all tests are found: of what that makes hardly anything is garbage, and it took a third

ROOT = Path(__file__).resolve().parent.parent

# A slow machine is no failure: neither a deadline nor a health check of speed.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", max_examples=25, **_PATIENT)
settings.register_profile("soak", max_examples=3000, **_PATIENT)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the profile, and insist on the wheel where the set-up asked for it."""
    long_ones = "soak" in (config.option.markexpr or "").replace("not soak", "")
    settings.load_profile("soak" if long_ones else "default")
    if os.environ.get("SEPARATRIX_TEST_WHEEL"):
        import separatrix
        import separatrix_cluster
        import separatrix_park

        for package in (separatrix, separatrix_cluster, separatrix_park):
            place = Path(str(package.__file__)).resolve()
            if (ROOT / "packages") in place.parents:
                raise pytest.UsageError(f"the wheel should be tested, but {place} was imported")


def pytest_collection_finish() -> None:
    """Let the search for garbage pass by what stays to the end, and come less often: it took a twelfth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


def pytest_report_header() -> str:
    """Say which copy of the package is tested."""
    import separatrix

    return f"separatrix: {Path(separatrix.__file__).parent}"
