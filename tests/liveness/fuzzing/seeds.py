"""Where a run begins: small pictures of each form that is served or refused by name, made here."""

from __future__ import annotations

from collections.abc import Iterator

from tests.liveness.hostile import (
    black,
    canvas,
    chunk,
    exif,
    header,
    picture,
    png,
    png_of_empty_blocks,
    webp,
    webp_chunks,
    with_segment,
)

_SIZE = (176, 160)


def seeds() -> Iterator[bytes]:
    plain = picture("JPEG", _SIZE, quality=40)
    yield plain
    yield picture("JPEG", _SIZE, quality=40, subsampling=0)
    yield picture("JPEG", _SIZE, quality=40, mode="L")
    yield picture("JPEG", _SIZE, quality=40, progressive=True)
    yield picture("JPEG", _SIZE, quality=40, mode="CMYK")
    yield picture("JPEG", _SIZE, quality=40, restart_marker_blocks=3)
    yield picture("JPEG", _SIZE, quality=40, keep_rgb=True)
    yield picture("JPEG", (2000, 90), quality=5)
    yield with_segment(with_segment(plain, 0xE1, exif(6)), 0xFE, b"<script>")
    yield with_segment(plain, 0xEE, b"Adobe\0d\0\0\0\0\x01")
    for mode in ("RGB", "L", "P", "RGBA", "LA", "1"):
        yield picture("PNG", _SIZE, mode=mode)
    yield png(header(160, 160, interlace=1), black())
    yield png(header(160, 160), chunk(b"eXIf", exif(5)[6:]), chunk(b"tRNS", bytes(6)), black())
    yield png_of_empty_blocks(500)
    lossy = picture("WEBP", _SIZE, quality=20)
    yield lossy
    yield picture("WEBP", _SIZE, lossless=True)
    yield picture("WEBP", _SIZE, mode="RGBA", quality=20)
    yield webp(canvas(*_SIZE, 8), *webp_chunks(lossy), (b"EXIF", exif(8)))
