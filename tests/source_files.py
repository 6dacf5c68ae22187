"""The sources of all packages that are developed together, for tests that read them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

MODULES = ("separatrix.plugins", "separatrix_cluster.plugin", "separatrix_park.plugin")
"""One module of the core, of clusters and of the platform: their packages are the ones that are read."""


def source_roots() -> tuple[Path, ...]:
    """Return the folder of each package, the core's first."""
    packages = dict.fromkeys(module.partition(".")[0] for module in MODULES)
    return tuple(Path(str(import_module(name).__file__)).resolve().parent for name in packages)


def source_path(name: str) -> Path:
    """Return a file or folder by its name, which begins with its package, as in ``separatrix/run``."""
    package, _, rest = name.partition("/")
    (path,) = (root / rest for root in source_roots() if root.name == package)
    if not path.exists():
        raise FileNotFoundError(path)
    return path


def source_files(*folders: str) -> dict[str, Path]:
    """Return the Python files by their names, which begin with their package: all, or those in some folders.

    Examples
    --------
    >>> list(source_files("separatrix/run"))[0]
    'separatrix/run/__init__.py'
    """
    result = {
        path.relative_to(root.parent).as_posix(): path
        for root in source_roots()
        for path in sorted(root.rglob("*.py"))
    }
    if folders:
        known = tuple(f"{folder}/" for folder in folders if source_path(folder).is_dir())
        result = {name: path for name, path in result.items() if name.startswith(known)}
    assert result, folders  # a test that reads nothing would pass
    return result
