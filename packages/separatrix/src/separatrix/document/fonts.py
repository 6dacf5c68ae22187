"""Fonts with Chinese characters: which are installed, which suit a text, and what to say where none is.

Formats that keep text as text name a stack of fonts and leave the choice to the reader's machine.  Those that
draw glyphs, PNG and PDF, need a font here and now.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from typst import Fonts

__all__ = [
    "CJK",
    "PACKAGE",
    "cjk_family",
    "has_cjk",
    "installed_cjk_font",
    "installed_families",
    "typst_fonts",
    "warn_no_cjk_font",
]

CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
PACKAGE = "fonts-noto-cjk"
"""The package of Debian, Ubuntu and their kin; it has both kinds of letters."""

# First what was made for simplified Chinese; fonts for Japanese and Korean still show most of it.
SERIF = (
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "Songti SC",
    "STSong",
    "SimSun",
    "NSimSun",
    "FandolSong",
    "AR PL SungtiL GB",
    "AR PL UMing CN",
    "Noto Serif CJK TC",
    "Noto Serif CJK JP",
    "Noto Serif CJK KR",
    "Source Han Serif",
    "PMingLiU",
    "MS Mincho",
    "Batang",
)
SANS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "STHeiti",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "FandolHei",
    "Noto Sans CJK TC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Source Han Sans",
    "Microsoft JhengHei",
    "Yu Gothic",
    "MS Gothic",
    "Malgun Gothic",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
_FILES = ("cjk", "simhei", "simsun", "msyh", "pingfang", "wqy", "sourcehansans", "songti", "stheiti")


def has_cjk(text: str) -> bool:
    """Return whether `text` holds Chinese, Japanese or Korean characters.

    Examples
    --------
    >>> has_cjk("企业 A"), has_cjk("Firm A: π₁ ≥ 0")
    (True, False)
    """
    return CJK.search(text) is not None


def cjk_family(families: Collection[str], kind: Literal["serif", "sans"] = "sans") -> str | None:
    """Return the family among `families` for Chinese in text (serif) or in headings and figures (sans).

    One of the other kind is better than none.

    Examples
    --------
    >>> cjk_family({"Arial", "SimHei", "SimSun"}, "serif")
    'SimSun'
    >>> cjk_family({"Arial", "SimHei"}, "serif")
    'SimHei'
    """
    first, second = (SERIF, SANS) if kind == "serif" else (SANS, SERIF)
    return next((name for name in (*first, *second) if name in families), None)


def warn_no_cjk_font(what: str, instead: str = "", *, stacklevel: int = 2) -> None:
    """Warn that `what`, such as "the figure", shows boxes for Chinese, and name the package that helps."""
    warnings.warn(
        f"no font with Chinese characters was found, so {what} shows boxes in their place; "
        f"install the package {PACKAGE}{', or ' + instead if instead else ''}",
        stacklevel=stacklevel + 1,
    )


@cache
def typst_fonts(*, system: bool = True) -> Fonts:
    """Return the fonts that typst can use; looking through those of the system takes some 0.3 s, once."""
    import typst

    return typst.Fonts(include_system_fonts=system)


def installed_families() -> frozenset[str]:
    """Return the names of the installed font families."""
    try:
        return frozenset(typst_fonts().families())
    except ImportError:  # matplotlib is always there, and slower
        from matplotlib import font_manager

        return frozenset(entry.name for entry in font_manager.fontManager.ttflist)


def installed_cjk_font() -> str | None:
    """Return a font family with Chinese characters that matplotlib can draw, or ``None``."""
    from matplotlib import font_manager

    found = cjk_family({entry.name for entry in font_manager.fontManager.ttflist})
    if found is not None:
        return found
    # matplotlib remembers the fonts of an earlier day; one may have been installed since.
    for path in sorted(font_manager.findSystemFonts()):
        if any(word in Path(path).name.lower() for word in _FILES):
            font_manager.fontManager.addfont(path)
            return font_manager.FontProperties(fname=path).get_name()
    return None
