"""Photos as phones take them."""

import io

from PIL import Image


def a_photo(kind: str = "JPEG", *, size: tuple[int, int] = (8, 6), said: bytes = b"") -> bytes:
    """Return a small photo, lying on its side, with `said` among what the phone tells of it."""
    picture = Image.new("RGB", size, (200, 30, 30))
    about = Image.Exif()
    about[0x0112] = 6  # to be turned
    about[0x010E] = said.decode()
    target = io.BytesIO()
    picture.save(target, kind, exif=about)
    return target.getvalue()
