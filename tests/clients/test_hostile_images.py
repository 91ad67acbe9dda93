"""Pictures made to harm, through the real jail: refused with a reason, in bounded memory; odd ones are fine."""

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from app.clients import pictures
from app.clients.pictures import Made, Unusable
from app.media.image_header import ImageFormat, read_header
from app.media.image_sizes import ENDINGS, full_name
from tests.pictures import encoded, moving, plain

Make = Callable[[bytes], tuple[Made, Image.Image]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """What comes of a file, by the product's own way: sniffed, then made in the jail."""

    def made(content: bytes, sniffed: ImageFormat | None = None) -> tuple[Made, Image.Image]:
        image_format = sniffed or read_header(content).format
        source, target = tmp_path / "sent", tmp_path / "made"
        source.write_bytes(content)
        target.mkdir()
        report = pictures.make(source, image_format, target, stopped=lambda: False)
        with Image.open(target / full_name(ENDINGS[image_format])) as image:
            image.load()
            return report, image

    return made


def test_a_frame_that_is_larger_than_its_picture_said_is_refused(make: Make) -> None:
    content = bytearray(moving(3, (16, 16)))
    # An image descriptor: left, top, width, height.
    place = content.index(b"\x2c" + struct.pack("<HHHH", 0, 0, 16, 16))
    content[place + 5 : place + 9] = struct.pack("<HH", 60_000, 60_000)
    assert read_header(bytes(content)).width == 16

    with pytest.raises(Unusable) as refused:
        make(bytes(content))

    assert refused.value.code in {"too_many_pixels", "damaged_image", "too_long"}


def test_an_animation_of_endless_frames_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_MOVING_PIXELS", 16 * 16 * 3 - 1)

    with pytest.raises(Unusable) as refused:
        make(moving(3, (16, 16)))

    assert refused.value.code == "too_long"


def test_a_picture_that_needs_more_memory_than_there_is_ends_with_a_reason(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_LIMITS", replace(pictures._LIMITS, memory_bytes=192 * 1024**2))

    with pytest.raises(Unusable) as refused:
        make(plain("PNG", (6000, 6000)))

    assert refused.value.code == "too_many_pixels"


def test_no_decoder_but_the_one_that_was_sniffed_sees_the_bytes(tmp_path: Path) -> None:
    source, target = tmp_path / "sent", tmp_path / "made"
    source.write_bytes(plain("TIFF"))
    target.mkdir()

    with pytest.raises(Unusable) as refused:
        pictures.make(source, ImageFormat.PNG, target, stopped=lambda: False)

    assert refused.value.code == "not_an_image"


def _deep_grey() -> bytes:
    image = Image.new("I;16", (8, 8), 128 * 256)
    return encoded(image, "PNG")


def _profiled() -> bytes:
    """Lab's white point as a profile of sRGB: the colours are to stay what they are."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(Image.new("RGB", (8, 8), (128, 128, 128)), "PNG", icc_profile=profile)


@pytest.mark.parametrize(
    "content",
    [
        _deep_grey(),
        _profiled(),
        encoded(Image.new("LA", (8, 8), (128, 255)), "PNG"),
        encoded(Image.new("RGB", (8, 8), (128, 128, 128)).quantize(4), "PNG"),
        encoded(Image.new("CMYK", (8, 8), (127, 127, 127, 0)), "JPEG"),
        encoded(Image.new("RGB", (8, 8), (128, 128, 128)), "PNG", icc_profile=b"no profile at all"),
    ],
    ids=["16 bits", "profile", "grey with alpha", "palette", "cmyk", "broken profile"],
)
def test_every_way_to_say_grey_comes_out_grey(make: Make, content: bytes) -> None:
    _report, image = make(content)

    found = image.convert("RGB").getpixel((4, 4))
    assert isinstance(found, tuple)
    assert all(abs(value - 128) <= 3 for value in found)
    assert "icc_profile" not in image.info


def test_what_is_long_and_thin_stays_a_picture(make: Make) -> None:
    report, image = make(plain("PNG", (30_000, 1)))

    assert image.size == (report.width, report.height) == (2560, 1)
