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
            "separatrix.cli.population.seed:seed",
            "Choose which enterprises to recruit first, with a certificate of how good the choice is.",
        ),
        "fixation": (
            "separatrix.cli.population.fixation:fixation",
            "Compute whether a few mutants take over a finite population, and which strategy invades which.",
        ),
        "network": (
            "separatrix.cli.population.network:network",
            "Simulate a game on a network of unequal enterprises: who adopts when, and after whom.",
        ),
        "stationary": (
            "separatrix.cli.population.stationary:stationary",
            "Compute the long-run distribution of a finite population.",
        ),
        "leaders": (
            "separatrix.cli.policy.leaders:leaders",
            "Choose the enterprises to recruit so that a share acts by a date at least cost.",
        ),
        "agree": (
            "separatrix.cli.population.agree:agree",
            "Compare mean fields, exact finite chains and simulations of a game.",
        ),
        "programme": (
            "separatrix.cli.policy.programme:programme",
            "Find the cheapest support that makes a state last, permanent or temporary.",
        ),
        "pareto": (
            "separatrix.cli.policy.pareto:pareto",
            "List the programmes that no other dominates, or find the weakest that works in most draws.",
        ),
        "tip": (
            "separatrix.cli.policy.tip:tip",
            "Find the level of an instrument at which a game tips, and whether it tips back.",
        ),
        "studio": (
            "separatrix.cli.serve.studio:studio",
            "Open a local page on which to see a game or a cluster and move its levers.",
        ),
        "export-html": (
            "separatrix.cli.serve.export_html:export_html",
            "Write the page of a game or a cluster as one file that opens from disk.",
        ),
        "mcp": (
            "separatrix.cli.serve.mcp:mcp",
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
        Task("model", "separatrix.serve.studio.tasks.models:model", 20, quick=True),
        Task("examples", "separatrix.serve.studio.tasks.models:examples", 20, needs="nothing", quick=True),
        Task("labels", "separatrix.serve.studio.tasks.labels:labels", 30, quick=True, follows=True),
        Task("basins", "separatrix.serve.studio.tasks.basins:basins", 120, follows=True),
        Task("basin_shares", "separatrix.serve.studio.tasks.basins:basin_shares", 120),
        Task("sweep", "separatrix.serve.studio.tasks.sweeps:sweep", 120),
        Task("programme", "separatrix.serve.studio.tasks.policy:programme", 300),
        Task("tip", "separatrix.serve.studio.tasks.policy:tip", 300),
        Task("regime_map", "separatrix.serve.studio.tasks.regime_maps:regimes", 60, follows=True),
        Task("report", "separatrix.serve.studio.tasks.files:report", 300, memory=1_000_000_000),
        Task("offline", "separatrix.serve.studio.tasks.files:offline", 300),
    ),
    languages="separatrix.present.languages",
    explanations="separatrix.explain",
)
