"""What the core itself registers: its verbs, the tasks of its page, and where its texts are."""

from __future__ import annotations

from separatrix.plugins import Plugin, Task

__all__ = ["PLUGIN"]

PLUGIN = Plugin(
    name="separatrix",
    commands={
        "analyze": ("separatrix.cli.analyze:analyze", "Find every rest point of a game, with proof."),
        "check": (
            "separatrix.cli.check:check",
            "Compare a paper's claims with what follows from its payoff table.",
        ),
        "report": (
            "separatrix.cli.report:report",
            "Write a report: HTML, Word, PDF, LaTeX or Markdown, in English or Chinese.",
        ),
        "trajectory": (
            "separatrix.cli.trajectory:trajectory",
            "Follow the dynamics from a start: a table, CSV, JSON or a figure of the shares in time.",
        ),
        "portrait": (
            "separatrix.cli.portrait:portrait",
            "Show nullclines, trajectories and the separatrix of a game.",
        ),
        "basins": (
            "separatrix.cli.basins:basins",
            "Compute the share of starts that end at each rest point.",
        ),
        "bifurcation": (
            "separatrix.cli.bifurcation:bifurcation",
            "Follow every rest point along one parameter, and name where something happens.",
        ),
        "regimes": (
            "separatrix.cli.regimes:regimes",
            "Map which states are stable over two parameters, with the curves between.",
        ),
        "shock": (
            "separatrix.cli.shock:shock",
            "Find the smallest change of the shares that changes the outcome.",
        ),
        "sensitivity": (
            "separatrix.cli.sensitivity:sensitivity",
            "Rank uncertain parameters by their effect, or show where uncertain trajectories end.",
        ),
        "sweep": (
            "separatrix.cli.sweep:sweep",
            "Measure a game at every point of a grid of parameter values.",
        ),
        "seed": (
            "separatrix.cli.seed:seed",
            "Choose which enterprises to recruit first, with a certificate of how good the choice is.",
        ),
        "fixation": (
            "separatrix.cli.fixation:fixation",
            "Compute whether a few mutants take over a finite population, and which strategy invades which.",
        ),
        "network": (
            "separatrix.cli.network:network",
            "Simulate a game on a network of unequal enterprises: who adopts when, and after whom.",
        ),
        "stationary": (
            "separatrix.cli.stationary:stationary",
            "Compute the long-run distribution of a finite population.",
        ),
        "leaders": (
            "separatrix.cli.leaders:leaders",
            "Choose the enterprises to recruit so that a share acts by a date at least cost.",
        ),
        "agree": (
            "separatrix.cli.agree:agree",
            "Compare mean fields, exact finite chains and simulations of a game.",
        ),
        "programme": (
            "separatrix.cli.programme:programme",
            "Find the cheapest support that makes a state last, permanent or temporary.",
        ),
        "pareto": (
            "separatrix.cli.pareto:pareto",
            "List the programmes that no other dominates, or find the weakest that works in most draws.",
        ),
        "tip": (
            "separatrix.cli.tip:tip",
            "Find the level of an instrument at which a game tips, and whether it tips back.",
        ),
        "studio": (
            "separatrix.cli.studio:studio",
            "Open a local page on which to see a game or a cluster and move its levers.",
        ),
        "export-html": (
            "separatrix.cli.export_html:export_html",
            "Write the page of a game or a cluster as one file that opens from disk.",
        ),
        "mcp": (
            "separatrix.cli.mcp:mcp",
            "Answer programs that write with language models, over the Model Context Protocol.",
        ),
        "cite": ("separatrix.cli.cite:cite", "Print BibTeX of the theorems and methods that an answer used."),
        "examples": (
            "separatrix.cli.examples:examples",
            "List the catalogue of published games, or print one.",
        ),
        "new": ("separatrix.cli.new:new", "Write a commented template of a game file."),
        "convert": (
            "separatrix.cli.convert:convert",
            "Convert a game: YAML, CSV, XLSX, Gambit's .nfg, a MATLAB or Python script.",
        ),
        "instruments": (
            "separatrix.cli.instruments:instruments",
            "Show what policy can change in a game, list ready-made instruments, or add some.",
        ),
        "explain": (
            "separatrix.cli.explain:explain",
            "Explain an error code, or print the schema of game files.",
        ),
        "completion": (
            "separatrix.cli.completion:completion",
            "Print the script with which bash, zsh, fish or PowerShell completes commands.",
        ),
    },
    tasks=(
        Task("model", "separatrix.studio.models:model", 20, quick=True),
        Task("examples", "separatrix.studio.models:examples", 20, needs="nothing", quick=True),
        Task("labels", "separatrix.studio.stability_labels:labels", 30, quick=True, follows=True),
        Task("basins", "separatrix.studio.basins:basins", 120, follows=True),
        Task("basin_shares", "separatrix.studio.basins:basin_shares", 120),
        Task("sweep", "separatrix.studio.sweeps:sweep", 120),
        Task("programme", "separatrix.studio.policy:programme", 300),
        Task("tip", "separatrix.studio.policy:tip", 300),
        Task("regime_map", "separatrix.studio.regime_maps:regimes", 60, follows=True),
        Task("report", "separatrix.studio.files:report", 300, memory=1_000_000_000),
        Task("offline", "separatrix.studio.files:offline", 300),
    ),
    languages="separatrix.languages",
    explanations="separatrix.explanations",
)
