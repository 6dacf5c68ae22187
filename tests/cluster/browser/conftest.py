"""The fixtures of a real browser, for the tests of this folder."""

from real_browser import *  # noqa: F403
