"""The language of a page, with the library's code; the library's texts use it as well."""

from __future__ import annotations

from django.utils.translation import get_language

from separatrix.languages import language_of

__all__ = ["library_language", "translate_sentence", "unit_text"]


def library_language() -> str:
    """Return the code by which the library calls the language that is set.

    Examples
    --------
    >>> from django.utils.translation import override
    >>> with override("zh-hans"):
    ...     library_language()
    'zh'
    """
    return "zh" if (get_language() or "").startswith("zh") else "en"


def translate_sentence(text: str) -> str:
    """Return a sentence of the library in the language that is set; other texts as they are.

    Examples
    --------
    >>> from django.utils.translation import override
    >>> from separatrix.sentences import say
    >>> with override("zh-hans"):
    ...     translate_sentence(say("log in again"))
    '请重新登录'
    """
    return language_of(library_language()).tell(text)


def unit_text(unit: str) -> str:
    """Return a unit, or one of money, as people write it in the language that is set.

    Examples
    --------
    >>> from django.utils.translation import override
    >>> with override("zh-hans"):
    ...     unit_text("tce/10k CNY"), unit_text("1e4 Nm3")
    ('吨标准煤/万元', '万Nm³')
    """
    return language_of(library_language()).unit(unit)
