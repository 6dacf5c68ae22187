"""A figure in Word: the vector for those that show it, a picture in pixels for all others."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from separatrix.document.document import Figure
from separatrix.writers.columns import PORTRAIT
from separatrix.writers.xml import attribute

if TYPE_CHECKING:
    from docx.parts.document import DocumentPart

__all__ = ["Pictures"]

_EMU = 12700  # English metric units in a point
WIDEST, TALLEST = PORTRAIT, 560.0
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"


@dataclass
class Pictures:
    """The pictures of one document, numbered as they are added."""

    part: DocumentPart
    count: int = field(default=0, init=False)

    def add(self, figure: Figure) -> str:
        """Put a figure into the package and return the run that shows it."""
        self.count += 1
        pixels, image = self.part.get_or_add_image(io.BytesIO(figure.draw("png")))
        scale = min(1.0, WIDEST * _EMU / image.width, TALLEST * _EMU / image.height)
        return _drawing(
            figure,
            self.count,
            pixels,
            self._vector(figure.draw("svg")),
            round(image.width * scale),
            round(image.height * scale),
        )

    def _vector(self, svg: bytes) -> str:
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        name = PackURI(f"/word/media/vector{self.count}.svg")
        return self.part.relate_to(
            Part(name, "image/svg+xml", svg, self.part.package), RELATIONSHIP_TYPE.IMAGE
        )


def _drawing(figure: Figure, number: int, pixels: str, vector: str, width: int, height: int) -> str:
    told = attribute(". ".join(t.rstrip(".") for t in (figure.title, figure.caption) if t) + ".")
    size = f'cx="{width}" cy="{height}"'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="{number}" name="Picture {number}" descr={told}/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Picture {number}" descr={told}/><pic:cNvPicPr/>'
        "</pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{pixels}"><a:extLst><a:ext uri="{_SVG_EXTENSION}">'
        f'<asvg:svgBlip r:embed="{vector}"/></a:ext></a:extLst></a:blip>'
        "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )
