"""``separatrix completion``: what lets a shell complete verbs, options and the names of games."""

from __future__ import annotations

from typing import Literal

from separatrix.cli.app import build_app
from separatrix.cli.options import Out
from separatrix.cli.output import emit, guard_source

__all__ = ["completion"]

Shell = Literal["bash", "zsh", "fish", "powershell"]


def completion(shell: Shell, /, *, out: Out = None) -> int:
    """Print a completion script for commands, options and values.

    bash: eval "$(separatrix completion bash)" in ~/.bashrc; zsh: the same in ~/.zshrc, after compinit;
    fish: separatrix completion fish > ~/.config/fish/completions/separatrix.fish

    Parameters
    ----------
    shell : str
        bash, zsh, fish or powershell.
    """
    guard_source(out)
    emit(build_app().generate_completion(prog_name="separatrix", shell=shell), out)
    return 0
