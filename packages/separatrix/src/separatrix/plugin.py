"""What the core itself registers: its verbs, the tasks of its page, and where its texts are."""

from __future__ import annotations

from separatrix.plugins import Plugin, Task

__all__ = ["PLUGIN"]

PLUGIN = Plugin(
    name="separatrix",
    commands={
        "analyze": (
            "separatrix.cli.analysis:analyze",
            "Find every rest point of a game, with proof.",
            "Games",
        ),
        "check": (
            "separatrix.cli.analysis:check",
            "Compare a paper's claims with what follows from its payoff table.",
            "Games",
        ),
        "report": (
            "separatrix.cli.analysis:report",
            "Write a report: HTML, Word, PDF, LaTeX or Markdown, in English or Chinese.",
            "Documents",
        ),
        "trajectory": (
            "separatrix.cli.dynamics:trajectory",
            "Integrate the dynamics from initial states: a table, CSV, JSON or figure of shares over time.",
            "Dynamics",
        ),
        "portrait": (
            "separatrix.cli.portrait:portrait",
            "Draw the phase portrait of a game: nullclines, trajectories and the separatrix.",
            "Dynamics",
        ),
        "basins": (
            "separatrix.cli.dynamics:basins",
            "Compute the basin of attraction of each rest point and its share of the state space.",
            "Dynamics",
        ),
        "bifurcation": (
            "separatrix.cli.dynamics:bifurcation",
            "Follow all rest points along one parameter and locate every bifurcation.",
            "Dynamics",
        ),
        "regimes": (
            "separatrix.cli.analysis:regimes",
            "Draw a map of the stability regimes over two parameters.",
            "Dynamics",
        ),
        "shock": (
            "separatrix.cli.dynamics:shock",
            "Find the smallest shock to today's state that changes the long-run outcome.",
            "Dynamics",
        ),
        "sensitivity": (
            "separatrix.cli.sweeps:sensitivity",
            "Rank uncertain parameters by their effect, or show the distribution of outcomes.",
            "Dynamics",
        ),
        "sweep": (
            "separatrix.cli.sweeps:sweep",
            "Compute a quantity at every point of a grid of parameter values.",
            "Dynamics",
        ),
        "seed": (
            "separatrix.cli.networks:seed",
            "Choose the first adopters that spread an idea or strategy furthest, with a guarantee.",
            "Policy",
        ),
        "fixation": (
            "separatrix.cli.finite_populations:fixation",
            "Compute fixation probabilities and times of mutants in a finite population.",
            "Populations",
        ),
        "network": (
            "separatrix.cli.networks:network",
            "Simulate adoption among enterprises on a network.",
            "Populations",
        ),
        "stationary": (
            "separatrix.cli.finite_populations:stationary",
            "Compute the stationary distribution of a finite population.",
            "Populations",
        ),
        "leaders": (
            "separatrix.cli.leaders:leaders",
            "Choose which enterprises to support so that a target share is reached by a date at least cost.",
            "Policy",
        ),
        "agree": (
            "separatrix.cli.finite_populations:agree",
            "Cross-check mean-field, exact and simulated results.",
            "Populations",
        ),
        "programme": (
            "separatrix.cli.programme:programme",
            "Find the cheapest permanent or temporary policy that reaches and stabilizes a target state.",
            "Policy",
        ),
        "pareto": (
            "separatrix.cli.pareto:pareto",
            "Compute the Pareto front of policy programmes, or the weakest robust one.",
            "Policy",
        ),
        "tip": (
            "separatrix.cli.pareto:tip",
            "Find the instrument levels at which a game tips, and whether the change is reversible.",
            "Policy",
        ),
        "studio": (
            "separatrix.cli.studio:studio",
            "Open an interactive page for a game or cluster in the browser.",
            "Serve",
        ),
        "export-html": (
            "separatrix.cli.studio:export_html",
            "Export the interactive page of a game or cluster as one offline HTML file.",
            "Documents",
        ),
        "mcp": (
            "separatrix.cli.studio:mcp",
            "Serve separatrix as a tool to AI assistants, over the Model Context Protocol.",
            "Serve",
        ),
        "cite": (
            "separatrix.cli.analysis:cite",
            "Print BibTeX entries for the theorems and methods that an analysis used.",
            "Documents",
        ),
        "examples": (
            "separatrix.cli.files:examples",
            "List the published games in the catalogue, or print one.",
            "Games",
        ),
        "new": ("separatrix.cli.files:new", "Write a commented template of a game file.", "Games"),
        "convert": (
            "separatrix.cli.files:convert",
            "Convert a game to YAML, CSV, XLSX, Gambit's .nfg, or a MATLAB or Python script.",
            "Games",
        ),
        "instruments": (
            "separatrix.cli.files:instruments",
            "List the policy instruments of a game, list templates, or add some.",
            "Games",
        ),
        "explain": (
            "separatrix.cli.files:explain",
            "Explain an error code, or print the schema of game files.",
            "Games",
        ),
        "completion": (
            "separatrix.cli.options:completion",
            "Print a completion script for bash, zsh, fish or PowerShell.",
            "Serve",
        ),
    },
    tasks=(
        Task("model", "separatrix.studio.model_tasks:model", 20, quick=True),
        Task("examples", "separatrix.studio.model_tasks:examples", 20, needs="nothing", quick=True),
        Task("labels", "separatrix.studio.stability_labels:labels", 30, quick=True, follows=True),
        Task("basins", "separatrix.studio.simulation_tasks:basins", 120, follows=True),
        Task("basin_shares", "separatrix.studio.simulation_tasks:basin_shares", 120),
        Task("sweep", "separatrix.studio.simulation_tasks:sweep", 120),
        Task("programme", "separatrix.studio.model_tasks:programme", 300),
        Task("tip", "separatrix.studio.model_tasks:tip", 300),
        Task("regime_map", "separatrix.studio.simulation_tasks:regimes", 60, follows=True),
        Task("report", "separatrix.studio.simulation_tasks:report", 300, memory=1_000_000_000),
        Task("offline", "separatrix.studio.simulation_tasks:offline", 300),
    ),
    languages="separatrix.languages",
    explanations="separatrix.explanations",
)
