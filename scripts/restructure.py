"""Split the one package into three distributions: move every module, and rewrite what names it.

    python3 scripts/restructure.py          # in a clean work tree; then look at what git says
    python3 scripts/restructure.py --plan   # print the moves only

Modules move by `restructure/module_moves.csv`; where a new module is to be made of several old ones, each is
a file of its own for now, by its old name, in the new folder. What the table does not know goes where most of
its folder goes. The sources import by full names only, so that names are rewritten as text: in code, in
docstrings, pages and settings alike. Strings that are no module stay, such as salts and names of loggers.

It needs no library, and takes seconds. Delete it, with its folder, once the split is on the main branch.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "scripts" / "restructure"
SOURCE = ROOT / "src"
WIDTH = 110

DISTRIBUTIONS = {
    "separatrix": "separatrix",
    "separatrix_cluster": "separatrix-cluster",
    "separatrix_park": "separatrix-park",
}

UNCERTAINTY = (
    "separatrix.dynamics.parameter_uncertainty"  # on which observables rest, and on these sensitivity
)
MODULES = {  # newer than the table, or elsewhere than where most of their folder goes
    "separatrix.cluster.plugin": "separatrix_cluster.plugin",
    **{
        f"{UNCERTAINTY}.{name}": f"{UNCERTAINTY}.{name}"
        for name in ("drawn_field", "drawn_outcomes", "drawn_trajectories", "uncertainty")
    },
    "separatrix.policy.leaders.network_game": "separatrix.policy.network_game",
    "separatrix.present.notebook.account_views": "separatrix_cluster.notebook.account_views",
    "separatrix.present.notebook.axes": "separatrix.notebook.axes",
    "separatrix.present.document": "separatrix.document.tree",
    "separatrix.run.number_text": "separatrix.languages.number_text",
    "separatrix.serve.park.plugin": "separatrix_park.plugin",
}

PACKAGES = {  # where the rest of a folder goes, and its data
    "separatrix": "separatrix",
    "separatrix.cluster": "separatrix_cluster",
    "separatrix.cluster.accounts.factors": "separatrix_cluster.accounts.factors",
    "separatrix.cluster.shipped": "separatrix_cluster.shipped",
    "separatrix.explain": "separatrix.explanations",
    "separatrix.present.languages": "separatrix.languages",
    "separatrix.cli.serve.park": "separatrix_park.cli",
    "separatrix.present.page": "separatrix.studio",
    "separatrix.serve": "separatrix.studio",
    "separatrix.serve.park": "separatrix_park",
}

DOCSTRINGS = {
    "separatrix_cluster.cli": "The verbs of clusters: cluster, calibrate, brief.",
    "separatrix_cluster.figures": "Figures of clusters.",
    "separatrix_cluster.notebook": "Results of clusters at a prompt and in a notebook.",
    "separatrix_cluster.studio": "The pages of a cluster: opening one, and its parts as JSON.",
    "separatrix_park.cli": "The verb of the platform.",
    "separatrix.document": "A document as a tree, its numerals, and the words for states and regimes.",
    "separatrix.reports": "Documents on games, and the report that joins them.",
    "separatrix.studio": "The local page of a game: server, workers, tasks, and its JSON.",
}

TEXT = {
    ".py",
    ".md",
    ".toml",
    ".ts",
    ".yml",
    ".yaml",
    ".cfg",
    ".po",
    ".html",
    ".txt",
    ".json",
    ".cff",
    ".service",
}
TEXT_NAMES = {"NOTICE", "Makefile", "Containerfile", ".gitignore", "run"}
KEPT_AS_THEY_ARE = ("scripts/restructure", "CHANGELOG.md", "tests/serve/park/keeping/released")


def module_of(path: Path) -> str:
    """Return the module of a file of the old package."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class Moves:
    """Where every module and every folder goes."""

    def __init__(self) -> None:
        files = [p for p in sorted(SOURCE.rglob("*.py")) if "__pycache__" not in p.parts]
        self.packages_of_old = {module_of(p) for p in files if p.name == "__init__.py"}
        old = {module_of(p) for p in files if p.name != "__init__.py"}
        with (HERE / "module_moves.csv").open(encoding="utf-8") as file:
            table = {row["old"]: row["new"] for row in csv.DictReader(file)} | MODULES
        table = {name: new for name, new in table.items() if name in old}
        for name, new in table.items():  # what shall be one file is a folder for now
            if new in ("separatrix_cluster.notebook", "separatrix_park.cli"):
                table[name] = f"{new}.{name.rpartition('.')[2]}"
        self.packages = self._packages(table)
        for name in sorted(old - table.keys()):
            table[name] = f"{self.packages[name.rpartition('.')[0]]}.{name.rpartition('.')[2]}"
        self.modules = self._apart(table)

    def _packages(self, table: dict[str, str]) -> dict[str, str]:
        """Return where each old folder goes: as most of its files do."""
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for name, new in table.items():
            votes[name.rpartition(".")[0]][new.rpartition(".")[0]] += 1
        result = dict(PACKAGES)
        for package in sorted(self.packages_of_old):
            if package not in result:
                if votes[package]:
                    result[package] = votes[package].most_common(1)[0][0]
                else:
                    above, _, last = package.rpartition(".")
                    result[package] = f"{result[above]}.{last}"
        return result

    def _apart(self, table: dict[str, str]) -> dict[str, str]:
        """Return the moves with a file for each: modules that are to be merged keep their names for now."""
        sharers = Counter(table.values())
        folders = {new.rpartition(".")[0] for new in table.values()} | set(self.packages.values())
        folders |= {f.rsplit(".", n)[0] for f in folders for n in range(f.count(".") + 1)}
        result = {
            name: new if sharers[new] == 1 else f"{new.rpartition('.')[0]}.{name.rpartition('.')[2]}"
            for name, new in table.items()
        }

        def rank(name: str) -> tuple[bool, int]:
            return sharers[table[name]] > 1, name.count(".")

        keeps: dict[str, str] = {}
        for name, new in result.items():  # the name of the table comes first, then what lies highest
            known = keeps.get(new)
            if new not in folders and (known is None or rank(name) < rank(known)):
                keeps[new] = name
        while twice := {n for n, k in Counter(result.values()).items() if k > 1} | (
            set(result.values()) & folders
        ):
            changed = False
            for name, new in sorted(result.items()):
                if new in twice and keeps.get(new) != name:
                    folder, _, last = new.rpartition(".")
                    result[name] = f"{folder}.{name.split('.')[-2]}_{last}"
                    changed = True
            if not changed:
                raise SystemExit(f"cannot be told apart: {sorted(twice)}")
        return result

    def of(self, dotted: str) -> str | None:
        """Return the new name of a module or of something in it, None for what is neither."""
        parts = dotted.split(".")
        for n in range(len(parts), 0, -1):
            head = ".".join(parts[:n])
            new = self.modules.get(head) or (self.packages.get(head) if n > 1 else None)
            if new is not None:
                return ".".join((new, *parts[n:]))
        return None

    def path(self, old: Path) -> Path:
        """Return where a file or folder goes, whatever it is; both are below the root."""
        relative = old.relative_to("src")
        parts = list(relative.with_suffix("").parts if relative.suffix == ".py" else relative.parts)
        if relative.suffix == ".py" and parts[-1] != "__init__":
            new = self.modules.get(".".join(parts)) or self.packages[".".join(parts[:-1])] + "." + parts[-1]
            return home(new.rpartition(".")[0]) / (new.rpartition(".")[2] + ".py")
        for n in range(len(parts), 0, -1):
            package = ".".join(parts[:n])
            if package in self.packages:
                rest = [*parts[n:]]
                if relative.suffix == ".py":
                    rest[-1] += ".py"
                return home(self.packages[package]).joinpath(*rest)
        raise ValueError(old)


def home(package: str) -> Path:
    """Return the folder of a new package, below the root."""
    first = package.partition(".")[0]
    return Path("packages", DISTRIBUTIONS[first], "src", *package.split("."))


# --------------------------------------------------------------------------- text

DOTTED = re.compile(r"(?<![\w./@-])separatrix(?:\.[A-Za-z_]\w*)+")
IMPORT = re.compile(
    r"^(?P<head>[ \t]*(?:>>> |\.\.\. )?)from (?P<package>separatrix(?:\.\w+)*) "
    r"import (?P<names>\([^)]*\)|[\w, ]+?)"
    r"(?P<tail>[ \t]*(?:#.*)?)$",
    re.MULTILINE,
)
PATH = re.compile(r"(?<![\w.-])(?P<src>src/)?(?P<path>separatrix(?:/[\w.-]+)+)")
SEGMENTS = re.compile(r'"src"(?: / "[\w.-]+")+')
ROW = re.compile(r"^\| `(?P<path>[\w./-]+)/` \| (?P<says>.+) \|$", re.MULTILINE)
BRIEF = re.compile(r"`(?P<path>[\w.-]+(?:/[\w.-]+)*/?)`")


class Rewriter:
    """What rewrites the text of a file."""

    def __init__(self, moves: Moves) -> None:
        self.moves = moves

    def text(self, text: str, name: str) -> str:
        """Return the text of a file with all that it names where it is now."""
        text = IMPORT.sub(self._import, text)
        text = DOTTED.sub(self._dotted, text)
        text = SEGMENTS.sub(self._segments, text)
        text = PATH.sub(self._path, text)
        if name.endswith("CONTRIBUTING.md"):
            text = BRIEF.sub(self._brief, self._map(text))
            text = re.sub(r"`packages/[\w-]+/src/", "`", text)
        return text

    def _import(self, match: re.Match[str]) -> str:
        """Modules that are imported from one folder may go to several."""
        package = match["package"]
        if package not in self.moves.packages_of_old:
            return match[0]
        names = [n for n in re.split(r"[\s,]+", re.sub(r"#.*", "", match["names"].strip("()"))) if n]
        pairs: list[tuple[str, str]] = []
        rest = iter(names)
        for name in rest:
            pairs.append((name, name))
            if pairs[-1][0] == "as":
                pairs.pop()
                pairs[-1] = (pairs[-1][0], next(rest))
        lines: dict[str, list[str]] = defaultdict(list)
        for name, bound in pairs:
            whole = f"{package}.{name}"
            is_module = whole in self.moves.modules or whole in self.moves.packages_of_old
            new = self.moves.of(whole) if is_module else None
            if new is None:  # a name of the package itself
                new = f"{self.moves.packages[package]}.{name}"
            folder, _, last = new.rpartition(".")
            if not folder:
                return match[0].replace(f"from {package} import {name}", f"import {last} as {bound}")
            lines[folder].append(last if last == bound else f"{last} as {bound}")
        told = [
            f"{match['head']}from {folder} import {', '.join(got)}" for folder, got in sorted(lines.items())
        ]
        return "\n".join(told) + match["tail"]

    def _dotted(self, match: re.Match[str]) -> str:
        return self.moves.of(match[0]) or match[0]

    def _segments(self, match: re.Match[str]) -> str:
        parts = re.findall(r'"([\w.-]+)"', match[0])
        if parts[:2] != ["src", "separatrix"]:
            return match[0]
        return " / ".join(f'"{part}"' for part in self.moves.path(Path(*parts)).parts)

    def _path(self, match: re.Match[str]) -> str:
        old = Path("src", match["path"].rstrip("."))
        if not (ROOT / old).exists():
            return match[0]
        new = self.moves.path(old).as_posix() + ("." if match["path"].endswith(".") else "")
        return new if match["src"] else new.split("/", 3)[3]

    def _brief(self, match: re.Match[str]) -> str:
        """Return a path below the old package as one that begins with the new one."""
        old = Path("src", "separatrix", match["path"])
        exists = (ROOT / old).exists() and not (ROOT / match["path"]).exists()
        slash = "/" if match["path"].endswith("/") else ""
        return f"`{self._below_source(old)}{slash}`" if exists else match[0]

    def _below_source(self, old: Path) -> str:
        """Return where a file or folder goes, below the folder `src` of its distribution."""
        return self.moves.path(old).as_posix().split("/", 3)[3]

    def _map(self, text: str) -> str:
        """Return the page with the map of folders as they are now: a row each, by distribution."""
        rows: dict[str, list[tuple[bool, int, str]]] = defaultdict(list)
        first = None
        for match in ROW.finditer(text):
            old = Path("src", "separatrix", match["path"])
            if not (ROOT / old).is_dir():
                continue
            first = match.start() if first is None else first
            last = match.end()
            new = self._below_source(old)
            # Of several that become one, that of the same name describes it, then what lies highest.
            rows[new].append((new.rpartition("/")[2] != old.name, len(old.parts), match["says"]))
        if first is None:
            raise SystemExit("CONTRIBUTING.md has no map")
        for package, says in DOCSTRINGS.items():
            rows[package.replace(".", "/")] = [(False, 0, says.removesuffix("."))]
        order = list(DISTRIBUTIONS)
        told = [
            f"| `{new}/` | {min(rows[new])[2]} |"
            for new in sorted(rows, key=lambda new: (order.index(new.partition("/")[0]), new))
        ]
        return text[:first] + "\n".join(told) + text[last:]


def _parenthesized(match: re.Match[str]) -> str:
    """Put what is too long into parentheses, for the formatter to break it."""
    return match[0] if len(match[0]) <= WIDTH else f"{match[1]} = (\n    {match[2]}\n)"


def wrapped(text: str) -> str:
    """Return text in which prose that has become too long goes on in the next line."""
    text = re.sub(r"^([A-Z_]+) = (Path\(__file__\).*)$", _parenthesized, text, flags=re.M)
    lines, spilled = text.split("\n"), -1
    for k, line in enumerate(lines):
        indent = line[: len(line) - len(line.lstrip())]
        if len(line) <= WIDTH or ("`separatrix" not in line and spilled != k) or " import " in line:
            continue
        head, _, tail = line[:WIDTH].rpartition(" ")
        tail += line[WIDTH:]
        following = lines[k + 1] if k + 1 < len(lines) else ""
        if not following.strip() or not following.startswith(indent) or following.strip().startswith('"""'):
            lines[k] = f"{head}\n{indent}{tail}"
        else:
            lines[k], lines[k + 1], spilled = head, f"{indent}{tail} {following.strip()}", k + 1
    return "\n".join(lines)


def tracked() -> list[Path]:
    """Return the files that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [Path(name.decode()) for name in listed.split(b"\0") if name]


def rewrite(moves: Moves) -> int:
    """Rewrite every text file in place; return how many have changed."""
    rewriter, changed = Rewriter(moves), 0
    for path in tracked():
        name = path.as_posix()
        if name.startswith(KEPT_AS_THEY_ARE) or (path.suffix not in TEXT and path.name not in TEXT_NAMES):
            continue
        if "/migrations/0" in name or not (ROOT / path).is_file():
            continue
        before = (ROOT / path).read_text("utf-8")
        after = rewriter.text(before, name)
        if name.startswith("src/") and moves.path(path).parts[1] != "separatrix":
            # A logger keeps its name, below which handlers and settings of users are.
            after = after.replace("getLogger(__name__)", f'getLogger("{module_of(ROOT / path)}")')
        if after != before:
            after = wrapped(after) if path.suffix == ".py" else after
            (ROOT / path).write_text(after, "utf-8", newline="")
            changed += 1
    return changed


# --------------------------------------------------------------------------- files


def move(moves: Moves) -> None:
    """Move every file; of several folders that become one, that with code says what it is."""
    taken: dict[Path, Path] = {}
    for path in tracked():
        if path.parts[0] != "src":
            continue
        new = moves.path(path)
        if new in taken:
            if path.name != "__init__.py":
                raise SystemExit(f"{path} and {taken[new]} are both to be {new}")
            known, other = (ROOT / new).read_text("utf-8"), (ROOT / path).read_text("utf-8")
            if "\n\nfrom " in other and "\n\nfrom " in known:
                raise SystemExit(f"{path} and {taken[new]} both have code")
            own = moves.packages[module_of(ROOT / path)]
            if "\n\nfrom " in other or own.rpartition(".")[2] == path.parent.name:
                (ROOT / new).write_text(other, "utf-8")
            (ROOT / path).unlink()
            continue
        taken[new] = path
        (ROOT / new).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(ROOT / path, ROOT / new)
    for package, text in DOCSTRINGS.items():
        folder = ROOT / home(package)
        if folder.is_dir():
            known = folder / "__init__.py"
            if not known.exists() or "\n\nfrom " not in known.read_text("utf-8"):
                known.write_text(f'"""{text}"""\n', "utf-8")
    for folder in sorted({p.parent for p in (ROOT / "packages").rglob("*.py")}):
        if not (folder / "__init__.py").exists() and "templates" not in folder.parts:
            (folder / "__init__.py").write_text(
                f'"""{folder.name.replace("_", " ").capitalize()}."""\n', "utf-8"
            )
    shutil.rmtree(SOURCE)
    for name in ("separatrix-cluster", "separatrix-park"):
        package = ROOT / "packages" / name / "src" / name.replace("-", "_")
        shutil.copy(ROOT / home("separatrix") / "py.typed", package / "py.typed")


def overlay() -> None:
    """Write what is new: settings of each distribution, and files that are not made of old ones."""
    newest = max(p.stem for p in (ROOT / home("separatrix_park.migrations")).glob("0*.py"))
    number = f"{int(newest[:4]) + 1:04}"  # of the migration that names waiting jobs
    for path in sorted((HERE / "files").rglob("*")):
        if path.is_file():
            target = ROOT / path.relative_to(HERE / "files")
            target = target.with_suffix("") if target.suffix == ".new" else target
            target = target.with_name(target.name.replace("NNNN", number))
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text("utf-8").replace("NNNN", number).replace("BEFORE", newest)
            target.write_text(text, "utf-8")
    for name in DISTRIBUTIONS.values():
        for beside in ("LICENSE", "NOTICE", "hatch_build.py"):
            shutil.copy(ROOT / beside, ROOT / "packages" / name / beside)
    (ROOT / "hatch_build.py").unlink()


def settings() -> None:
    """Leave in the file of the root what is of the tools alone."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    tools = text[text.index("[tool.ruff]") : text.index("[tool.importlinter]")]
    head, linter = ((HERE / name).read_text("utf-8") for name in ("root_head.toml", "import_linter.toml"))
    (ROOT / "pyproject.toml").write_text(head + tools + linter, "utf-8")
    park = ROOT / home("separatrix_park") / "__init__.py"
    park.write_text(park.read_text("utf-8").rstrip() + '\n\n__version__ = "0.1.0"\n', "utf-8")
    script = ROOT / "scripts" / "dev.py"
    text = script.read_text("utf-8").replace(
        "every_plain_environment(install_wheel())", "every_plain_environment(install_wheels())"
    )
    script.write_text(re.sub(r"^    install_wheel\(\)$", "    install_wheels()", text, flags=re.M), "utf-8")


def areas(moves: Moves) -> None:
    """Name the modules of the platform's views where they are, as its list of addresses does."""
    path, views = ROOT / home("separatrix_park") / "urls.py", "separatrix.serve.park.views."

    def renamed(match: re.Match[str]) -> str:
        new = moves.modules.get(views + match[1])
        return match[0] if new is None else f'    "{new.removeprefix("separatrix_park.views.")}",'

    text = path.read_text("utf-8")
    path.write_text(re.sub(r'^    "([\w.]+)",', renamed, text, flags=re.M), "utf-8")


def patch() -> None:
    """Change what no rule changes; each text has to be there once, so that a newer tree is noticed."""
    for line in (HERE / "patches.txt").read_text("utf-8").split("\n=== ")[1:]:
        name, _, body = line.partition("\n")
        old, _, new = body.partition("\n--->\n")
        path = ROOT / name
        new = new.removesuffix("\n")
        text = path.read_text("utf-8")
        if text.count(old) != 1:
            print(f"not patched, {text.count(old)} times there: {name}: {old[:80]!r}", file=sys.stderr)
            continue
        path.write_text(text.replace(old, new), "utf-8")


def main() -> int:
    """Do all of it, or print the moves."""
    moves = Moves()
    if "--plan" in sys.argv:
        for old, new in sorted(
            (moves.modules | {p: f"{n} (folder)" for p, n in moves.packages.items()}).items()
        ):
            print(old, "->", new)
        return 0
    print(f"{len(moves.modules)} modules; {rewrite(moves)} files rewritten")
    move(moves)
    overlay()
    settings()
    areas(moves)
    patch()
    if "--keep" not in sys.argv:
        shutil.rmtree(HERE)
        Path(__file__).unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
