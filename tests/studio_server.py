"""A running studio for tests: real sockets on loopback, real workers."""

from __future__ import annotations

import threading
import time

import httpx

from separatrix.studio.application import application
from separatrix.studio.jobs import Jobs
from separatrix.studio.security import Door
from separatrix.studio.server import listening, server_of
from separatrix.studio.upload import Upload
from separatrix.studio.worker_process import Limits


class Served:
    """A server with its workers, and a client that was let in."""

    def __init__(self, workers: int = 1, limits: Limits | None = None) -> None:
        self.jobs = Jobs(workers, limits)
        socket = listening("127.0.0.1", 0)
        self.door = Door(socket.getsockname()[1])
        self._server = server_of(application(Upload.of_example("shi-chen-2018"), self.jobs, self.door))
        self._thread = threading.Thread(target=self._server.run, args=([socket],), daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        self.base = f"http://127.0.0.1:{self.door.port}"
        self.stranger = httpx.Client(base_url=self.base, timeout=60)
        self.client = httpx.Client(base_url=self.base, timeout=60, headers={"Origin": self.base})
        self.client.get("/", params={"token": self.door.token})

    def opened(self, text: str) -> str:
        """Open a model and return its address."""
        answer = self.client.post("/api/models", json={"text": text})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["hash"])

    def ask(self, model: str, task: str, **arguments: object) -> httpx.Response:
        """Ask for a task."""
        return self.client.post("/api/jobs", json={"model": model, "task": task, "arguments": arguments})

    def answer(self, model: str, task: str, **arguments: object) -> dict[str, object]:
        """Ask for a task and wait until it is over."""
        news = self.ask(model, task, **arguments).json()
        while news.get("state") in ("queued", "running"):
            news = self.client.get(f"/api/jobs/{news['id']}", params={"wait": 20, "seen": 1}).json()
        return dict(news)

    def close(self) -> None:
        """End the server and its workers."""
        self._server.should_exit = True
        self._thread.join(10)
        self.client.close()
        self.stranger.close()
