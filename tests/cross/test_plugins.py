"""The registry of distributions: the core knows no wing that is built on it, and takes what others add."""

from __future__ import annotations

import ast
import logging
import sys
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

import separatrix
from separatrix import plugins
from separatrix.plugins import Plugin, SourceKind, load_object
from source_files import source_files, source_path, source_roots

CLUSTER = (
    "separatrix_cluster/cli/calibrate.py",
    "separatrix_cluster/cli/",
    "separatrix_cluster/cli/brief.py",
    "separatrix_cluster/",
    "separatrix_cluster/calibration/network_game.py",
    "separatrix_cluster/brief/document.py",
    "separatrix_cluster/documents/",
    "separatrix_cluster/figures/",
    "separatrix_cluster/notebook/views.py",
    "separatrix_cluster/notebook/views.py",
    "separatrix_cluster/notebook/views.py",
    "separatrix_cluster/notebook/benefit_shares.py",
    "separatrix_cluster/notebook/views.py",
    "separatrix_cluster/notebook/views.py",
    "separatrix_cluster/studio/cluster_json.py",
    "separatrix_cluster/studio/diffusion.py",
    "separatrix_cluster/studio/cluster_json.py",
    "separatrix_cluster/studio/cluster_json.py",
    "separatrix_cluster/studio/uploads.py",
    "separatrix_cluster/studio/uploads.py",
    "separatrix_cluster/studio/uploads.py",
    "separatrix_cluster/studio/uploads.py",
    "separatrix_cluster/brief/",
    "separatrix_cluster/studio/diffusion.py",
    "separatrix_cluster/studio/cluster_json.py",
)
"""Files and folders of the wing of clusters."""

PARK = ("separatrix_park/cli/", "separatrix_park/")
"""Those of the platform."""


def modules() -> dict[str, str]:
    """Return the name of every file by its module."""
    return {
        name.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): name for name in source_files()
    }


def wing(name: str) -> int:
    """Return 0 for a file of the core, 1 for one of clusters, 2 for one of the platform."""
    return 2 if name.startswith(PARK) else 1 if name.startswith(CLUSTER) else 0


def named_modules(path: Path, known: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Yield each module that a file imports, anywhere and for types alone too, or names in a string."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value.partition(":")[0]]
        for name in names:
            found = name if name in known else name.rpartition(".")[0]
            if found in known:
                yield getattr(node, "lineno", 0), found


def test_the_core_names_no_wing_that_is_built_on_it() -> None:
    """No file of the core imports or names one of clusters or the platform, and none of clusters the latter.

    Only the registry says where the records of the distribution are.
    """
    known, paths = modules(), source_files()
    wrong = [
        f"{name}:{line}: {other}"
        for module, name in known.items()
        if module != "separatrix.plugins"
        for line, other in named_modules(paths[name], known)
        if wing(known[other]) > wing(name)
    ]
    assert wrong == []
    assert all(source_path(name).exists() for name in (*CLUSTER, *PARK))


def test_no_file_or_folder_hides_a_public_name() -> None:
    """A name that can be had from a package is no module of it, which would take its place once imported."""
    for root in source_roots():
        public = set(getattr(import_module(root.name), "__all__", ()))
        assert public & {path.stem for path in root.iterdir()} == set(), root.name


def test_every_string_of_a_record_leads_somewhere() -> None:
    """Functions of verbs, sources and tasks can be loaded; so can the modules that show results."""
    for plugin in plugins.plugins():
        for path, _, _ in plugin.commands.values():
            assert callable(load_object(path))
        for task in plugin.tasks:
            assert callable(load_object(task.function))
        for kind in plugin.sources:
            for one in fields(SourceKind)[1:]:
                assert callable(load_object(getattr(kind, one.name)))
        for name, module in plugin.views.items():
            assert name in load_object(f"{module}:SUMMARIES")


def test_a_class_is_shown_by_the_view_of_the_one_above_it() -> None:
    """A view is looked up along the classes that a result inherits from; others have none."""
    cluster = type(separatrix.load_cluster("kalundborg"))
    below = type("Below", (cluster,), {})
    assert plugins.view(below, "SUMMARIES") is plugins.view(cluster, "SUMMARIES") is not None
    assert plugins.view(cluster, "PLOTS") is None
    assert plugins.view(int, "SUMMARIES") is None


@pytest.fixture
def fresh_registry() -> Iterator[None]:
    """Have the records read again, before and after."""
    cached = (plugins.plugins, plugins.public_names, plugins._views)
    for function in cached:
        function.cache_clear()
    yield
    for function in cached:
        function.cache_clear()


def installed(folder: Path, entry: str, source: str) -> None:
    """Write a distribution whose entry point names a record of a module."""
    information = folder / f"{entry.replace('-', '_')}-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {entry}\nVersion: 1\n", "utf-8")
    module = entry.replace("-", "_")
    text = f"[{plugins.GROUP}]\n{entry} = {module}:PLUGIN\n"
    (information / "entry_points.txt").write_text(text, "utf-8")
    (folder / f"{module}.py").write_text(f"from separatrix.plugins import Plugin\n{source}\n", "utf-8")


def test_other_distributions_add_and_broken_ones_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_registry: None
) -> None:
    """A record of this version is taken; a broken one, one of another version and no record are left out."""
    record = (
        "PLUGIN = Plugin(name='{name}', version='{version}', commands={{'hi': ('m:f', 'Greet.', 'Games')}})"
    )
    version = separatrix.__version__
    installed(tmp_path, "separatrix-good", record.format(name="separatrix-good", version=version))
    installed(tmp_path, "separatrix-old", record.format(name="separatrix-old", version="0.0.1"))
    installed(tmp_path, "separatrix-broken", "import no_such_library")
    installed(tmp_path, "separatrix-text", "PLUGIN = 'text'")
    monkeypatch.syspath_prepend(tmp_path)
    said: list[str] = []
    monkeypatch.setattr(logging.getLogger("separatrix"), "warning", lambda *given: said.append(given[1]))
    names = [plugin.name for plugin in plugins.plugins()]
    assert names[0] == "separatrix"
    assert sorted(names[1:]) == ["separatrix-cluster", "separatrix-good", "separatrix-park"]
    assert plugins.commands()["hi"] == ("m:f", "Greet.", "Games")
    assert said == ["separatrix-broken", "separatrix-old", "separatrix-text"]
    for entry in ("good", "old", "broken", "text"):
        sys.modules.pop(f"separatrix_{entry}", None)


def test_two_records_that_give_the_same_verb_are_refused(
    monkeypatch: pytest.MonkeyPatch, fresh_registry: None
) -> None:
    """A verb that two distributions bring is a fault, and not decided by the order."""
    one = Plugin("one", {"hi": ("a:b", "Greet.", "Games")})
    monkeypatch.setattr(plugins, "plugins", lambda: (one, one))
    with pytest.raises(ValueError, match="hi"):
        plugins.commands()
