"""What a caller asks of SoMark's reading, as our server reads it from a form's fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extraction.errors import InvalidReply
from extraction.wire import scalars

OUTPUTS = ("markdown", "json", "zip")
FORMATS = {
    "image": ("url", "base64", "file", "none"),
    "formula": ("latex", "mathml", "ascii"),
    "table": ("html", "markdown", "image"),
    "cs": ("image",),
}
FEATURES = {
    "enable_text_cross_page": False,
    "enable_table_cross_page": False,
    "enable_title_level_recognition": False,
    "enable_inline_image": False,
    "enable_table_image": True,
    "enable_image_understanding": True,
    "keep_header_footer": False,
}
FIELDS = ("file", "api_key", "output_formats", "element_formats", "feature_config", "extract_config")
# what some callers write
_WORDS = {"true": True, "false": False}
_OTHER_NAMES = {"md": "markdown"}

type Form = Mapping[str, Sequence[str]]


class InvalidOption(ValueError):
    """Says which field is wrong."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The outputs, and the options that were sent; what was not sent has its default."""

    outputs: tuple[str, ...] = ("markdown", "json")
    formats: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, bool] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def format(self, element: str) -> str:
        return self.formats.get(element, FORMATS[element][0])

    def has(self, feature: str) -> bool:
        return self.features.get(feature, FEATURES[feature])


def load_asked(form: Form) -> Asked:
    """Raises InvalidOption."""
    formats, odd_formats = _chosen(form, "element_formats")
    older, odd_older = _chosen(form, "extract_config")
    features, odd_features = _chosen(form, "feature_config")
    unknown = [*(name for name in form if name not in FIELDS), *odd_formats, *odd_older, *odd_features]
    warnings = (f"Unknown option, ignored: {name:.60}" for name in dict.fromkeys(unknown))
    return Asked(
        outputs=_outputs(form.get("output_formats", ())),
        formats={name: _format(name, value) for name, value in formats.items()},
        features={name: _feature(name, value) for name, value in {**older, **features}.items()},
        warnings=tuple(map(scalars.text, warnings)),
    )


def _outputs(values: Sequence[str]) -> tuple[str, ...]:
    named = [_OTHER_NAMES.get(name, name) for value in values for name in _names(value)]
    unknown = [name for name in named if name not in OUTPUTS]
    if unknown:
        raise InvalidOption(f"output_formats takes markdown, json and zip, not {unknown[0]!r:.40}")
    return tuple(name for name in OUTPUTS if name in named) or Asked().outputs


def _names(value: str) -> Iterator[str]:
    """One name, names by commas, or a JSON array of them."""
    listed = _parsed("output_formats", value) if value.strip().startswith("[") else value.split(",")
    for name in listed if isinstance(listed, list) else ():
        if scalars.text(name).strip():
            yield scalars.text(name).strip().lower()


def _chosen(form: Form, name: str) -> tuple[dict[str, Any], list[str]]:
    """The options that are known and chosen, and the names of others; the last of several fields counts."""
    known = FORMATS if name == "element_formats" else FEATURES
    sent = form.get(name, ())
    shape = _parsed(name, sent[-1]) if sent and sent[-1].strip() else None
    if not isinstance(shape, Mapping | None):
        raise InvalidOption(f"{name} is a JSON object")
    options = dict(shape or {})
    chosen = {option: value for option, value in options.items() if option in known and value is not None}
    return chosen, [f"{name}.{option}" for option in options if option not in known]


def _parsed(name: str, text: str) -> Any:
    try:
        return scalars.parse(text)
    except InvalidReply as exc:
        raise InvalidOption(f"{name} is not JSON") from exc


def _format(name: str, value: Any) -> str:
    word = scalars.text(value).strip().lower()
    if word not in FORMATS[name]:
        raise InvalidOption(f"element_formats.{name} takes {', '.join(FORMATS[name])}, not {word!r:.40}")
    return word


def _feature(name: str, value: Any) -> bool:
    told = _WORDS.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(told, bool):
        raise InvalidOption(f"feature_config.{name} is true or false")
    return told


def dump_asked(asked: Asked) -> dict[str, Any]:
    """As a parse keeps it."""
    return {
        "output_formats": list(asked.outputs),
        "element_formats": dict(asked.formats),
        "feature_config": dict(asked.features),
        "warnings": list(asked.warnings),
    }


def kept_asked(shape: Mapping[str, Any]) -> Asked:
    """What dump_asked wrote."""
    return Asked(
        outputs=tuple(shape.get("output_formats", Asked().outputs)),
        formats=shape.get("element_formats", {}),
        features=shape.get("feature_config", {}),
        warnings=tuple(shape.get("warnings", ())),
    )


def passed_on(options: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """A template's options for SoMark, and above them those that a caller of ours asked for."""
    names = ("element_formats", "feature_config")
    return {name: {**scalars.mapping(options.get(name)), **scalars.mapping(asked.get(name))} for name in names}


def digest_text(asked: Asked) -> str:
    """The same for the same wishes, however they were written."""
    effective = [
        list(asked.outputs),
        [asked.format(name) for name in FORMATS],
        [asked.has(name) for name in FEATURES],
    ]
    return json.dumps(effective)


_EMBEDDED_CANNOT = {
    "enable_inline_image": "Images inside lines of text are not cut out here (enable_inline_image).",
    "enable_table_image": "Images inside tables are not cut out here (enable_table_image).",
    "enable_image_understanding": "Images are not described here (enable_image_understanding).",
}


def unmet(asked: Asked, *, embedded: bool) -> Iterator[str]:
    """A sentence for every option that was sent and cannot be honoured; `embedded` tells who reads."""
    if ("zip" in asked.outputs) != (asked.format("image") == "file"):
        yield "The ZIP file and image=file belong together; images are given by their addresses as well."
    if not embedded:
        return
    yield from (text for name, text in _EMBEDDED_CANNOT.items() if asked.features.get(name))
    if asked.has("enable_table_cross_page") and asked.format("table") == "image":
        yield "Tables that are given as images are not joined across pages (enable_table_cross_page)."
    if "formula" in asked.formats:
        yield f"Formulas are given as their printed text, not as {asked.formats['formula']} (formula)."
