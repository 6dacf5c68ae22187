"""``separatrix park admin seed``: a park filled with an example."""

from __future__ import annotations

from pathlib import Path

from separatrix.sentences import say
from separatrix_park.cli.opened import opened

__all__ = ["seed"]


def seed(folder: Path, /) -> int:
    """Fill an empty park with example data, and print links to view it.

    Adds 28 fictitious enterprises with five years of reports in all states, deadlines and data shared
    between enterprises.
    """
    from separatrix.languages import language_of

    park = opened(folder)
    from separatrix_park.park import fill_with_example

    words = language_of(park.language)
    filled = fill_with_example(park)
    told = (
        say(
            "{count} made-up enterprises; of their reports {approved} are approved, {submitted} wait for a "
            "second person, {returned} were returned, {draft} are drafts.",
            count=filled.enterprises,
            **filled.reports,
        ),
        say(
            "Start the server with `separatrix park serve {folder}`, then open a link. Each link works once:",
            folder=folder,
        ),
    )
    print(*map(words.tell, told), sep="\n")
    width = max(len(guest.email) for guest in filled.guests)
    for guest in filled.guests:
        print(f"  {guest.email:{width}}  http://{park.hosts[0]}:8000/join/{guest.token}/")
    return 0
