"""Pictures of any mode as RGB: white where they are transparent, 8 bits of 16, printers' colours by their profile."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

SCREEN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
PROFILED = ("CMYK", "LAB")  # without their profile these are told only roughly; RGB is near enough to be read


def rgb(image: Image.Image) -> Image.Image:
    """RGB, with white behind what is transparent."""
    if image.mode in PROFILED:
        return _by_profile(image)
    if image.mode.startswith(("I", "F")):
        return averageable(image).convert("RGB")
    if "A" not in image.getbands() and "a" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def averageable(image: Image.Image) -> Image.Image:
    """A mode whose values can be averaged; of numbers beyond 8 bits a grey picture."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "F":
        return _grey_of_floats(image)
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    return image


def _grey_of_floats(image: Image.Image) -> Image.Image:
    """From the darkest to the brightest; a picture of one value is white."""
    low, high = image.getextrema()
    if not isinstance(low, float) or not isinstance(high, float) or not low < high:
        return Image.new("L", image.size, "white")
    scale = 255 / (high - low)
    return image.point(lambda value: value * scale + -low * scale).convert("L")


def _by_profile(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes):
        return image.convert("RGB")
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, own, SCREEN, outputMode="RGB") or image.convert("RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return image.convert("RGB")
