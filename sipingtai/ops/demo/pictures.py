"""A few drawn pictures for the demo: hills, a road, a lamp. No photograph of any place."""

import io
from collections.abc import Iterator

from PIL import Image, ImageDraw

SIZE = (960, 640)
_SCENES = (
    ((176, 205, 227), (94, 133, 92), (128, 128, 124)),
    ((214, 199, 168), (122, 138, 86), (110, 106, 100)),
    ((120, 140, 170), (70, 100, 80), (90, 92, 96)),
    ((230, 214, 190), (140, 150, 100), (150, 140, 128)),
)


def pictures() -> Iterator[bytes]:
    """JPEGs, one of each scene."""
    for number, (sky, hill, road) in enumerate(_SCENES):
        image = Image.new("RGB", SIZE, sky)
        draw = ImageDraw.Draw(image)
        draw.polygon(
            [
                (0, 420),
                (220 + 60 * number, 190),
                (520, 400),
                (760, 230 + 30 * number),
                (960, 410),
                (960, 640),
                (0, 640),
            ],
            fill=hill,
        )
        draw.polygon([(380, 640), (470, 400), (500, 400), (640, 640)], fill=road)
        draw.line([(700, 560), (700, 330), (640, 320)], fill=(70, 70, 70), width=8)
        draw.ellipse([(622, 310), (650, 334)], fill=(250, 240, 190))
        found = io.BytesIO()
        image.save(found, "JPEG", quality=80)
        yield found.getvalue()
