"""Reports on one analysis in the formats that are text."""

from __future__ import annotations

from rich.console import Console

from separatrix.analysis.results import Analysis
from separatrix.reports.report import build_report
from separatrix.writers.registry import write
from separatrix.writers.terminal import plain_text, write_terminal


def render_html(analysis: Analysis) -> str:
    """Return the report as HTML."""
    return write(build_report(analysis), "html").content.decode()


def render_latex(analysis: Analysis) -> str:
    """Return the report as LaTeX without figures."""
    return write(build_report(analysis), "tex", pictures=False).content.decode()


def render_markdown(analysis: Analysis) -> str:
    """Return the report as Markdown without figures."""
    return write(build_report(analysis), "md", pictures=False).content.decode()


def render_plain(analysis: Analysis, width: int = 80) -> str:
    """Return the report of the terminal without colour."""
    return plain_text(build_report(analysis), width)


def render_terminal(analysis: Analysis, console: Console) -> None:
    """Print the report to a console."""
    write_terminal(build_report(analysis), console)
