"""The tasks by name: where each function is, how long it may take, and what it needs.

For developers
--------------
A task is a function ``(game or other source, arguments, progress) -> plain data`` of a file in this folder,
and one record of the plug-in that brings it.  It runs in a worker, which may be ended at any moment.
``progress`` takes a part from 0 to 1.  What it raises as `SeparatrixError` reaches the page with its place
and hint.  Files are answered as ``{"name": ..., "media": ..., "base64": ...}``.  Functions are named in the
record, not imported: the server itself loads nothing of what computes.
"""

from __future__ import annotations

from separatrix.plugins import Task, tasks

__all__ = ["TASKS", "Task"]

TASKS = tasks()
"""Every task, by its name."""
