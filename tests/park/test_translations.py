"""Every sentence of the platform's pages is said in Chinese too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from park_set_up import park_set_up

ROOT = Path(__file__).resolve().parents[2]


def test_every_sentence_has_its_chinese_and_no_other_is_kept() -> None:
    """Templates and code say nothing that a catalogue lacks; what is compiled is of now."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "translations.py", "frame", "people", "answers", "--check"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert done.stdout == ""
    assert done.returncode == 0


def test_a_page_speaks_the_language_that_was_chosen() -> None:
    """The catalogues are those that the pages read."""
    park_set_up()
    from django.utils.translation import override

    from separatrix_park.errors import page_of

    with override("zh-hans"):
        chinese = page_of(404)
    with override("en"):
        english = page_of(404)
    assert '<html lang="zh-hans">' in chinese
    assert "这里没有您可以查看的内容" in chinese
    assert "There is nothing here for you to see" in english
