"""Jobs: what is asked is answered by a worker, once."""

from __future__ import annotations

import separatrix
from studio_server import Served


def test_the_answer_of_the_server_is_that_of_the_command(served: Served) -> None:
    """Labels from a worker are those of `analyze` at the same values."""
    start = served.client.get("/api/start").json()
    told = served.answer(start["hash"], "labels", parameters={"C1": "7/2"}, levels={"subsidy": "1/4"})
    game = separatrix.with_instruments(separatrix.load("shi-chen-2018"), ["subsidy"])
    own = separatrix.analyze(game, {"C1": "7/2", "subsidy": "1/4"})
    assert told["state"] == "done"
    value = told["value"]
    assert isinstance(value, dict)
    assert [(p["id"], p["stability"]) for p in value["rest_points"]] == [
        (p.id, p.stability) for p in own.rest_points
    ]


def test_what_was_answered_once_is_answered_at_once(served: Served) -> None:
    """The second asking is over with the first response."""
    start = served.client.get("/api/start").json()
    served.answer(start["hash"], "labels", parameters={"C1": "3"})
    assert served.ask(start["hash"], "labels", parameters={"C1": "3"}).json()["state"] == "done"
