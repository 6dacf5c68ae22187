"""Set up, try, test and measure this repository: `python3 scripts/dev.py COMMAND`, or `make COMMAND`.

Needs only Python 3.11 or later and its standard library; the Makefile just calls this file. Dependencies
are installed into `.venv`, and again only after a change of `pyproject.toml` or the constraints. Tests run
against the wheels that users would install, never against the source folder.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BENCH_VENV = ROOT / ".venv-bench"
BYTECODE = ROOT / ".venv-bytecode"
CACHE = ROOT / ".venv-cache"  # machine code and fonts of the tests, each with a stamp of its content
PLAIN = "SEPARATRIX_PLAIN"  # tells tests/cross/smoke which environments there are: name=python, one a line
DEMO = ROOT / "demo"
CONSTRAINTS = ROOT / "constraints"
COMPILED_PEERS = ("pynetim==0.5.5", "tqdm==4.70.1")  # built from source: a C++ compiler has to be there
BENCH_BEGIN, BENCH_END = "<!-- bench:begin -->", "<!-- bench:end -->"

WEB = ROOT / "web"
PACKAGES = ROOT / "packages"
DISTRIBUTIONS = ("separatrix", "separatrix-cluster", "separatrix-park")
BUNDLE = PACKAGES / "separatrix" / "src" / "separatrix" / "studio" / "bundle"
MOST_BYTES = 300_000  # of script and style of the page together, as they are shipped and sent: packed

DEMO_RUNS: tuple[tuple[str, ...], ...] = (
    ("shi-chen-2018",),
    ("wang-2023", "--scenario", "stage-4"),
)

DEMO_REPORTS = (("shi-chen-2018", "en"), ("shi-chen-2018", "zh"), ("wang-2023", "en"))

FIGURES = (("shi-chen-2018", "bistable"), ("shi-chen-2018", "anti-coordination"))
SWEEP_FIGURES = {
    "shi-chen-2018-regimes.svg": "sweep shi-chen-2018 --over C1=0:8:161 --over C2=0:4:81 --measure stable",
    "shi-chen-2018-tipping.svg": "tip shi-chen-2018 --surface -i subsidy -i carbon_price=0:500",
}

TRAJECTORY_FIGURES = {
    "shi-chen-2018-vary.svg": "trajectory shi-chen-2018 --from 0.5,0.7 --vary C1=2,3,4,5,6",
}

PROGRAMME_FIGURES = {
    "across-the-separatrix.svg": "programme shi-chen-2018 --temporary --instrument subsidy",
}

CLUSTER_FIGURES = (
    ("rotterdam", "carbon"),
    ("synthetic-park", "radar"),
    ("synthetic-park", "drivers"),
    ("synthetic-park", "decoupling"),
)


class Stop(Exception):
    """A reason to stop, shown in one line."""


# ---------------------------------------------------------------- running things


def say(text: str) -> None:
    """Print a line about what happens now, to standard error."""
    print(f"· {text}", file=sys.stderr, flush=True)


def run(*command: str | Path, stdout: int | None = None) -> None:
    """Run a command in the repository and stop with its exit code if it fails."""
    done = subprocess.run([str(c) for c in command], cwd=ROOT, env=_environment(), stdout=stdout)
    if done.returncode:
        shown = " ".join(str(c) for c in command)
        print(f"dev.py: exit {done.returncode} from: {shown}", file=sys.stderr)
        raise SystemExit(done.returncode)


def output(*command: str | Path) -> str:
    """Return what a command prints to standard output; stop if it fails."""
    done = subprocess.run(
        [str(c) for c in command], cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, encoding="utf-8"
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def _environment() -> dict[str, str]:
    # PYTHONPATH could put src before the installed wheel; UTF-8 mode makes Windows print what we write.
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
    # Where no bytecode is wanted beside sources it is kept apart: the tests start hundreds of processes, and
    # each would compile every library anew.
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment.setdefault("PYTHONPYCACHEPREFIX", str(BYTECODE))
    return environment | {"PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def tool(name: str, venv: Path = VENV) -> Path:
    """Return the path of a program inside a virtual environment."""
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return venv / folder / (name + suffix)


# ---------------------------------------------------------------- setting up


def projects() -> dict[str, dict[str, Any]]:
    """Return the table `project` of each distribution."""
    import tomllib

    return {
        name: tomllib.loads((PACKAGES / name / "pyproject.toml").read_text("utf-8"))["project"]
        for name in DISTRIBUTIONS
    }


def extra_groups() -> dict[str, list[str]]:
    """Return what each extra needs of others; `dev` is what the tests need."""
    import tomllib

    groups: dict[str, list[str]] = {}
    for project in projects().values():
        for extra, needed in project["optional-dependencies"].items():
            groups.setdefault(extra, []).extend(needed)
    groups["park"] += projects()["separatrix-park"]["dependencies"]
    groups["park"] += groups["studio"]
    groups |= tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    return {name: [n for n in needed if not n.startswith("separatrix")] for name, needed in groups.items()}


def requirements(*extras: str) -> list[str]:
    """Return what games and clusters need at run time, with the extras that are named."""
    always = [n for name in DISTRIBUTIONS[:2] for n in projects()[name]["dependencies"]]
    needed = [*always, *(n for e in extras for n in extra_groups()[e])]
    return list(dict.fromkeys(n for n in needed if not n.startswith("separatrix")))


def project_files() -> list[Path]:
    """Return the files that say what is needed."""
    return [ROOT / "pyproject.toml", *(PACKAGES / name / "pyproject.toml" for name in DISTRIBUTIONS)]


def constraints_file() -> Path | None:
    """Return the constraints for this Python, if this version has been verified."""
    path = CONSTRAINTS / f"py{sys.version_info.major}{sys.version_info.minor}.txt"
    return path if path.exists() else None


def set_up(*extras: str) -> None:
    """Make `.venv` and install what is needed, unless that is already so."""
    needed = requirements(*extras)
    constraints = constraints_file()
    key = _digest([*project_files(), *([constraints] if constraints else [])])
    stamp = VENV / ".set-up"
    wanted = [key, str(VENV), sys.version]
    found = stamp.read_text("utf-8").splitlines() if stamp.exists() else []
    if found[:3] == wanted and set(extras) <= set(found[3:]) and tool("python").exists():
        return
    fresh = found[1:3] == wanted[1:]
    make_venv(VENV, keep=fresh)
    say(f"installing what the {'tests need' if 'dev' in extras else 'program needs'} (once)")
    if constraints is None:
        say("no constraints for this Python version: taking the newest releases")
    known = found[3:] if found[:3] == wanted else []
    # hatchling is here so that the wheel is built with a pinned tool and without a second download.
    pip_install(VENV, [*needed, "hatchling>=1.26"], constraints)
    stamp.write_text("\n".join([*wanted, *dict.fromkeys([*known, *extras])]), "utf-8")


def make_venv(venv: Path, *, keep: bool = False) -> None:
    """Create a virtual environment with Python's own `venv`."""
    if keep and tool("python", venv).exists():
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Stop(
            "this Python lacks ensurepip: install python3-venv (apt install python3-venv), then repeat"
        )
    if venv.exists():
        shutil.rmtree(venv)
    say(f"creating {venv.name} with Python {sys.version.split()[0]}")
    run(sys.executable, "-m", "venv", venv)


def pip_install(venv: Path, what: Sequence[str | Path], constraints: Path | None, *flags: str) -> None:
    """Install into a virtual environment, quietly."""
    limits = ["--constraint", str(constraints)] if constraints else []
    # What is imported is compiled then; of large libraries that is little, and all of it takes a minute.
    run(tool("python", venv), "-m", "pip", "install", "--quiet", "--no-compile", *flags, *limits, *what)


def install_wheels() -> dict[str, Path]:
    """Build the wheels whose sources have changed since last time and install them; return all three."""
    keys, wheels = {}, {}
    for name in DISTRIBUTIONS:
        files = sorted(p for p in (PACKAGES / name).rglob("*") if p.is_file())
        keys[name] = _digest([p for p in files if "__pycache__" not in p.parts])
    stamps = {name: VENV / f".wheel-{name}" for name in DISTRIBUTIONS}
    changed = [n for n in DISTRIBUTIONS if not stamps[n].exists() or stamps[n].read_text("utf-8") != keys[n]]
    if changed:
        say(f"building and installing {', '.join(changed)}")
        for name in changed:
            shutil.rmtree(VENV / "wheel" / name, ignore_errors=True)
            flags = ("--quiet", "--no-deps", "--no-build-isolation", "-w", VENV / "wheel" / name)
            run(tool("python"), "-m", "pip", "wheel", *flags, PACKAGES / name)
    for name in DISTRIBUTIONS:
        (wheels[name],) = (VENV / "wheel" / name).glob("*.whl")
    if changed:
        pip_install(VENV, [wheels[name] for name in changed], None, "--no-deps", "--force-reinstall")
        for name in changed:
            stamps[name].write_text(keys[name], "utf-8")
    return wheels


def plain_environment(
    name: str, wheels: dict[str, Path], *extras: str, constrained: bool = True, distributions: int = 1
) -> str:
    """Make `.venv-NAME` with what a user would get, and nothing else; return its line for tests/cross/smoke.

    The first ``distributions`` of them are installed in one call from their files, without an index.
    """
    venv = ROOT / f".venv-{name}"
    limits = constraints_file() if constrained else None
    settled = [*project_files(), *([limits] if limits else [])]
    key = "\n".join([_digest(settled), str(venv), sys.version, *extras])
    chosen = [wheels[n] for n in DISTRIBUTIONS[:distributions]]
    stamp, installed = venv / ".set-up", venv / ".wheel"
    if not stamp.exists() or stamp.read_text("utf-8") != key:
        shutil.rmtree(venv, ignore_errors=True)
        make_venv(venv)
        say(f"installing {', '.join([*DISTRIBUTIONS[:distributions], *extras])} alone (once)")
        wanted = []
        for distribution, wheel in zip(DISTRIBUTIONS, chosen, strict=False):
            own = [e for e in extras if e in projects()[distribution]["optional-dependencies"]]
            brackets = f"[{','.join(own)}]" if own else ""
            wanted.append(f"{distribution}{brackets} @ {wheel.as_uri()}")
        pip_install(venv, wanted, limits)
        stamp.write_text(key, "utf-8")
    elif installed.read_text("utf-8") != _digest(chosen):
        pip_install(venv, chosen, None, "--no-deps", "--force-reinstall")
    installed.write_text(_digest(chosen), "utf-8")
    return f"{name}={tool('python', venv)}"


def every_plain_environment(wheels: dict[str, Path]) -> list[str]:
    """Make one for each distribution, one with the newest releases, and one for each extra alone."""
    every = [
        plain_environment("plain", wheels),
        plain_environment("newest", wheels, constrained=False),
        plain_environment("cluster", wheels, distributions=2),
        plain_environment("park", wheels, distributions=3),
    ]
    onward = {"cluster", "park", "mrio", "postgres"}  # extras of the core that lead on to the others
    for place, (distribution, project) in enumerate(projects().items(), 1):
        for extra in sorted(project["optional-dependencies"]):
            if distribution != "separatrix" or extra not in onward:
                every.append(plain_environment(extra, wheels, extra, distributions=place))
    return every


def unless_unchanged(step: Callable[[Sequence[str]], None], below: Sequence[str], *arguments: str) -> None:
    """Run a step, unless it passed with the same tools on the same files: those below some folders, or all.

    Git determines the files that count; without git the step is always run.
    """
    listing = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *below)
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True) if shutil.which("git") else None
    if listed is None or listed.returncode:
        step(arguments)
        return
    names = [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    stamp = VENV / f".passed-{step.__name__}"
    key = (VENV / ".set-up").read_text("utf-8") + _digest(
        sorted({ROOT / name for name in names if (ROOT / name).is_file()})
    )
    if stamp.exists() and stamp.read_text("utf-8") == key:
        say(f"{step.__name__}: passed before on these files")
        return
    step(arguments)
    stamp.write_text(key, "utf-8")


def _digest(files: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


# ---------------------------------------------------------------- the commands


def demo(_: Sequence[str]) -> None:
    """analyse two games and write reports to demo/, one in Chinese too; fill the platform of a park there"""
    set_up("park")
    install_wheels()
    DEMO.mkdir(exist_ok=True)
    for arguments in DEMO_RUNS:
        run(tool("separatrix"), "analyze", *arguments)
    reports = []
    for game, language in DEMO_REPORTS:
        report = DEMO / f"{game}{'' if language == 'en' else '.' + language}.html"
        run(tool("separatrix"), "report", game, "--lang", language, "--out", report.relative_to(ROOT))
        reports.append(report)
    park = DEMO / "park"
    shutil.rmtree(park, ignore_errors=True)  # its links would be those of an earlier run
    folder = park.relative_to(ROOT)
    named = ("--name", "Example park", "--email", "first@park.example")
    output(tool("separatrix"), "park", "init", folder, *named)
    with (park / "park.toml").open("a", encoding="utf-8") as file:
        file.write("\n[access]\nsecond_factor = []  # only for looking around on a machine of one's own\n")
    told = output(tool("separatrix"), "park", "admin", "seed", folder)
    print("\nReports, to open in a browser:")
    for report in reports:
        print(f"  {report.relative_to(ROOT)}")
    print(f"\nThe platform of a park (`separatrix` is {tool('separatrix').relative_to(ROOT)}):\n{told}")


def style(_: Sequence[str] = ()) -> None:
    """ruff"""
    run(tool("ruff"), "check", "--quiet", ".")
    run(tool("ruff"), "format", "--check", "--quiet", ".")


def types(_: Sequence[str] = ()) -> None:
    """mypy --strict"""
    run(tool("mypy"))


def directions(_: Sequence[str] = ()) -> None:
    """the direction of imports"""
    run(tool("lint-imports"), "--no-logo")


def lint(_: Sequence[str]) -> None:
    """ruff, mypy --strict and the direction of imports"""
    set_up("dev")
    install_wheels()
    say("ruff, mypy, import-linter")
    for step in (style, types, directions):
        step()


PARTS = ("core", "cluster", "park", "cross")
"""The folders of the tests: one for each distribution, and one for what concerns several."""


WORKERS = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal")
"""One more than there are cores: tests wait a fifth of their time for browsers, servers and processes.

Each worker begins with tests that lie together, which share what they have computed.
"""


def test(arguments: Sequence[str]) -> None:
    """lint, the documentation, and the tests but the long ones; `core`, `cluster`, `park` for these alone"""
    from concurrent.futures import ThreadPoolExecutor

    set_up("dev")
    wheels = install_wheels()
    if parts := [name for name in arguments if name in PARTS]:
        _pytest(*WORKERS, *(f"tests/{part}" for part in parts), *(a for a in arguments if a not in parts))
        return

    def plain() -> list[str]:
        return [plain_environment("plain", wheels), plain_environment("cluster", wheels, distributions=2)]

    with ThreadPoolExecutor(2) as pool:  # a step keeps one core at work, and says little but what is wrong
        steps = [
            pool.submit(unless_unchanged, types, ("packages", "scripts", "benchmarks", "pyproject.toml")),
            pool.submit(unless_unchanged, docs, ("docs", "packages", "*.md")),
            pool.submit(unless_unchanged, web, ("web", BUNDLE.relative_to(ROOT).as_posix()), "--check"),
            pool.submit(unless_unchanged, directions, ("packages", "pyproject.toml")),
            pool.submit(unless_unchanged, style, ()),
        ]
        environments = pool.submit(plain)
    for step in steps:
        step.result()
    os.environ[PLAIN] = "\n".join(environments.result())
    _pytest(*WORKERS, *arguments)


def soak(arguments: Sequence[str]) -> None:
    """the tests that take minutes; what they counted is printed at the end"""
    set_up("dev")
    os.environ[PLAIN] = "\n".join(every_plain_environment(install_wheels()))
    _pytest(*WORKERS, "-m", "soak", "-rP", *arguments)


def _pytest(*arguments: str) -> None:
    import tempfile

    os.environ["SEPARATRIX_TEST_WHEEL"] = "1"  # tests/conftest.py then refuses any other copy
    # A folder with a short path, for sockets; what tests leave in it goes with it.
    with tempfile.TemporaryDirectory(prefix="separatrix-", ignore_cleanup_errors=True) as scratch:
        os.environ |= dict.fromkeys(("TMPDIR", "TEMP", "TMP", "XDG_CONFIG_HOME"), scratch)
        CACHE.mkdir(exist_ok=True)
        os.environ |= dict.fromkeys(("XDG_CACHE_HOME", "MPLCONFIGDIR"), str(CACHE))
        run(tool("python"), "-m", "pytest", "-q", f"--basetemp={Path(scratch) / 'tests'}", *arguments)


def extras(names: Sequence[str]) -> None:
    """add the libraries of extras to .venv: `extras word pdf`"""
    known = extra_groups()
    if not names or not set(names) <= set(known):
        raise Stop(f"name one or more of: {', '.join(known)}")
    set_up(*names)
    install_wheels()


def release_check(_: Sequence[str]) -> None:
    """what has to hold before a release: built, described, installable with each extra alone"""
    import tomllib

    for name in DISTRIBUTIONS:
        with (PACKAGES / name / "pyproject.toml").open("rb") as file:
            home = tomllib.load(file)["tool"]["hatch"]["metadata"]["hooks"]["custom"]["repository"]
        if not home:
            raise Stop(
                f"packages/{name}/pyproject.toml: `repository` of [tool.hatch.metadata.hooks.custom] is "
                "empty; an index needs the address"
            )
    set_up("dev")
    wheels = install_wheels()
    version = wheels["separatrix"].name.split("-")[1]
    if f"## [{version}]" not in (ROOT / "CHANGELOG.md").read_text("utf-8"):
        raise Stop(f"CHANGELOG.md has no section `## [{version}]`")
    distribution = ROOT / "dist"
    shutil.rmtree(distribution, ignore_errors=True)
    for name in DISTRIBUTIONS:
        run(tool("python"), "-m", "build", "--no-isolation", "--outdir", distribution, PACKAGES / name)
    checker = ROOT / ".venv-release"
    make_venv(checker, keep=True)
    pip_install(checker, ["twine>=6.0"], None)
    run(tool("python", checker), "-m", "twine", "check", "--strict", *sorted(distribution.iterdir()))
    os.environ[PLAIN] = "\n".join(every_plain_environment(wheels))
    _pytest("tests/cross/smoke", "tests/cross/test_packaging.py", "-m", "soak or not soak")
    say(f"ready: {', '.join(p.name for p in sorted(distribution.iterdir()))}")


def docs(_: Sequence[str]) -> None:
    """build the documentation; warnings are errors"""
    set_up("dev")
    install_wheels()
    built = ROOT / "docs" / "_build" / "html"
    run(tool("python"), ROOT / "scripts" / "atlas.py")
    run(tool("python"), "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", ROOT / "docs", built)
    say(f"documentation: {built.relative_to(ROOT) / 'index.html'}")


def web(arguments: Sequence[str]) -> None:
    """build the page from web/; --check tests it and compares with what the package ships instead"""
    import tempfile
    from gzip import decompress as unpacked

    set_up("dev")
    node, modules = tool("node"), WEB / "node_modules"
    stamp = modules / ".set-up"
    key = _digest([WEB / "package.json", WEB / "package-lock.json"])
    if not stamp.exists() or stamp.read_text("utf-8") != key:
        say("installing what builds the page (once)")
        run(tool("npm"), "--prefix", WEB, "ci", "--silent", "--ignore-scripts")
        stamp.write_text(key, "utf-8")
    build = (node, modules / "vite" / "bin" / "vite.js", "build", WEB, "--logLevel", "warn", "--outDir")
    if "--check" not in arguments:
        run(*build, BUNDLE)
    else:
        say("page: types, tests, and whether the package ships what web/ builds")
        run(node, modules / "typescript" / "bin" / "tsc", "--noEmit", "-p", WEB)
        run(node, modules / "vitest" / "vitest.mjs", "run", "--root", WEB, "--reporter", "dot")
        with tempfile.TemporaryDirectory() as folder:
            run(*build, folder)
            for fresh in sorted(Path(folder).iterdir()):
                shipped = BUNDLE / fresh.name
                # Packed by another version of zlib they differ, and are the same.
                if not shipped.exists() or unpacked(shipped.read_bytes()) != unpacked(fresh.read_bytes()):
                    raise Stop(
                        f"{shipped.relative_to(ROOT)} is not what web/ builds: `dev.py web`, then commit"
                    )
    size = sum(p.stat().st_size for p in BUNDLE.iterdir())
    if size > MOST_BYTES:
        raise Stop(f"the page has {size} bytes; {MOST_BYTES} are allowed")
    say(f"page: {size / 1000:.0f} kB of at most {MOST_BYTES / 1000:.0f} kB")


def figures(_: Sequence[str]) -> None:
    """draw the pictures of README and documentation again"""
    set_up("park", "dev")
    install_wheels()
    architecture(())
    for slug, scenario in FIGURES:
        picture = ROOT / "docs" / "_static" / f"{slug}-{scenario}.svg"
        run(tool("separatrix"), "analyze", slug, "--scenario", scenario, "--out", picture)
    for name, call in (SWEEP_FIGURES | TRAJECTORY_FIGURES | PROGRAMME_FIGURES).items():
        run(tool("separatrix"), *call.split(), "--out", ROOT / "docs" / "_static" / name)
    for cluster, figure in CLUSTER_FIGURES:
        picture = ROOT / "docs" / "_static" / f"{cluster}-{figure}.svg"
        run(tool("separatrix"), "cluster", "diagnose", cluster, "--figure", figure, "--out", picture)
    run(tool("python"), ROOT / "scripts" / "screenshots.py")
    run(tool("python"), ROOT / "scripts" / "park_screenshots.py")


def architecture(_: Sequence[str]) -> None:
    """draw the picture of the distributions and their layers again, for the page in docs/"""
    run(sys.executable, ROOT / "scripts" / "architecture.py")


def translations(arguments: Sequence[str]) -> None:
    """complete and compile the platform's Chinese; AREA ... for these alone, --check, --prune"""
    set_up("dev")
    run(tool("python"), ROOT / "scripts" / "translations.py", *arguments)


def growth(_: Sequence[str]) -> None:
    """measure how the time of each kind of work grows with its size, for the page in docs/"""
    set_up()
    install_wheels()
    run(tool("python"), ROOT / "benchmarks" / "growth.py")
    say("docs/development/growth.md is of this run now")


def bench(arguments: Sequence[str]) -> None:
    """measure beside the peers; --full waits longer, --write updates docs/development/benchmarks.md"""
    set_up("word", "pdf", "scale", "studio", "park", "postgres", "dev")
    install_wheels()
    peers = CONSTRAINTS / "bench.txt"
    stamp = BENCH_VENV / ".set-up"
    key = "\n".join([_digest([peers]), str(BENCH_VENV), sys.version])
    if not stamp.exists() or stamp.read_text("utf-8") != key:
        make_venv(BENCH_VENV)
        say("installing the peers (once)")
        pip_install(BENCH_VENV, ["-r", peers], None)
        try:
            pip_install(BENCH_VENV, COMPILED_PEERS, None)
        except SystemExit:
            say(f"not installed, for lack of a C++ compiler perhaps: {', '.join(COMPILED_PEERS)}")
        stamp.write_text(key, "utf-8")
    write = "--write" in arguments
    command: list[str | Path] = [
        tool("python"),
        ROOT / "benchmarks" / "run.py",
        f"--peer={tool('python', BENCH_VENV)}",
        *(a for a in arguments if a != "--write"),
    ]
    if not write:
        run(*command)
        return
    table = output(*command, "--markdown")
    page = ROOT / "docs" / "development" / "benchmarks.md"
    text = page.read_text("utf-8")
    before, _, rest = text.partition(BENCH_BEGIN)
    _, _, after = rest.partition(BENCH_END)
    page.write_text(f"{before}{BENCH_BEGIN}\n{table.strip()}\n{BENCH_END}{after}", "utf-8")
    print(table)
    say("docs/development/benchmarks.md shows this run now")


def constraints(_: Sequence[str]) -> None:
    """resolve again for this Python version and write constraints/ (names and versions only)"""
    import tempfile

    version = f"py{sys.version_info.major}{sys.version_info.minor}"
    for name, needed in (
        (version, requirements("dev", "word", "pdf", "scale")),
        ("bench", ["sympy", "egttools", "numba", "heyoka", "pandas", "polars", "cynetdiff"]),
    ):
        with tempfile.TemporaryDirectory() as folder:
            venv = Path(folder) / "venv"
            make_venv(venv)
            pip_install(venv, needed, None)
            frozen = output(tool("python", venv), "-m", "pip", "freeze", "--exclude-editable").splitlines()
        lines = [line for line in frozen if "==" in line and "://" not in line]
        target = CONSTRAINTS / f"{name}.txt"
        target.write_text("\n".join(lines) + "\n", "utf-8")
        say(f"{target.relative_to(ROOT)}: {len(lines)} packages")


COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {
    f.__name__.replace("_", "-"): f
    for f in (
        demo,
        test,
        lint,
        bench,
        docs,
        web,
        soak,
        figures,
        architecture,
        growth,
        translations,
        constraints,
        extras,
        release_check,
    )
}


def main() -> int:
    """Run one command; further arguments go to pytest or to the benchmark."""
    if sys.version_info < (3, 11):  # noqa: UP036  (whoever calls it may have an older one)
        print("dev.py: Python 3.11 or later is needed", file=sys.stderr)
        return 2
    parser = argparse.ArgumentParser(
        prog="scripts/dev.py",
        description="Set up, try, test and measure this repository.",
        epilog="\n".join(f"  {n:<12} {f.__doc__}" for n, f in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    known, rest = parser.parse_known_args()
    started = time.monotonic()
    try:
        COMMANDS[known.command](rest)
    except Stop as stop:
        print(f"dev.py: {stop}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    say(f"{known.command}: done in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
