"""``separatrix export-html``: the page of a game as one file that opens from disk."""

from __future__ import annotations

from separatrix.cli.options import Lang, Model, Out, game_of
from separatrix.cli.output import emit

__all__ = ["export_html"]


def export_html(model: Model, /, *, out: Out = None, lang: Lang = "en") -> int:
    """Write the page of a game as one HTML file that opens from disk, with nothing to be fetched."""
    from separatrix.present.page.model_json import model_json
    from separatrix.present.page.offline import offline_page
    from separatrix.study.page.page_model import page_model

    game = game_of(model, lang)
    emit(offline_page(model_json(page_model(game)), lang), out)
    return 0
