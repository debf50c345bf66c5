"""Pictures of the fields' benchmark as SVG: how far confidence holds, and what corrections bring."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

type Line = tuple[str, Sequence[tuple[float, float]]]

SIDE, LEFT, TOP = 420, 60, 40
INK, FAINT = "#14202e", "#c9d2dd"
COLOURS = ("#1f5fd0", "#c78a1b", "#0b7a4b", "#9b1300", "#6b3fa0", "#00707f", "#8a5a00", "#444444")


def reliability_picture(bins: Sequence[tuple[int, float, float]], *, title: str) -> str:
    """`bins` are count, mean confidence and share of right ones; a bar says how many decisions a bin holds."""
    most = max((count for count, _, _ in bins), default=1)
    marks = [f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="{FAINT}" stroke-dasharray="4 4"/>']
    for count, confidence, right in bins:
        tall = 60 * count / most
        marks.append(
            f'<rect x="{_x(confidence) - 8:.1f}" y="{_y(0) - tall:.1f}" width="16" height="{tall:.1f}"'
            f' fill="{COLOURS[0]}" opacity=".18"/>'
        )
        marks.append(_text(_x(confidence), _y(0) - tall - 4, str(count), size=9, anchor="middle"))
        marks.append(f'<circle cx="{_x(confidence):.1f}" cy="{_y(right):.1f}" r="4" fill="{COLOURS[0]}"/>')
    marks.append(_path([(confidence, right) for _, confidence, right in bins], COLOURS[0]))
    ticks = [(value / 5, f"{value / 5:.1f}") for value in range(6)]
    return _picture(title, marks, ticks, ticks, across="confidence", up="share that is right")


def curves_picture(lines: Sequence[Line], *, title: str) -> str:
    """Lines of recall by corrected documents, which stand at equal steps: 0, 1, 2, 5, 10, 20, 40."""
    steps = sorted({corrected for _, points in lines for corrected, _ in points})
    places = {step: number / max(1, len(steps) - 1) for number, step in enumerate(steps)}
    low = min((value for _, points in lines for _, value in points), default=0.0)
    floor = max(0.0, int(low * 10) / 10)
    marks = []
    for number, (name, points) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        placed = [(places[step], (value - floor) / (1 - floor)) for step, value in points]
        marks += [_path(placed, colour)]
        marks += [f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        marks.append(_text(LEFT + SIDE + 16, TOP + 16 * number + 10, name, colour=colour))
    across = [(places[step], f"{step:.0f}") for step in steps]
    up = [(part / 5, f"{floor + (1 - floor) * part / 5:.2f}") for part in range(6)]
    return _picture(title, marks, across, up, across="corrected documents", up="recall", more=230)


def _picture(
    title: str,
    marks: Sequence[str],
    x_ticks: Sequence[tuple[float, str]],
    y_ticks: Sequence[tuple[float, str]],
    *,
    across: str,
    up: str,
    more: int = 0,
) -> str:
    width, height = LEFT + SIDE + 30 + more, TOP + SIDE + 60
    frame = [f'<rect x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="{FAINT}"/>']
    frame += [_text(_x(at), _y(0) + 18, text, anchor="middle") for at, text in x_ticks]
    frame += [_text(LEFT - 8, _y(at) + 4, text, anchor="end") for at, text in y_ticks]
    frame += [_text(LEFT + SIDE / 2, _y(0) + 42, across, anchor="middle"), _text(LEFT, TOP - 18, title, size=14)]
    frame.append(f'<g transform="translate(16 {TOP + SIDE / 2}) rotate(-90)">{_text(0, 0, up, anchor="middle")}</g>')
    body = "\n".join([*frame, *marks])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="sans-serif" fill="none">'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _x(share: float) -> float:
    return LEFT + SIDE * share


def _y(share: float) -> float:
    return TOP + SIDE * (1 - share)


def _path(points: Sequence[tuple[float, float]], colour: str) -> str:
    steps = "L".join(f"{_x(x):.1f} {_y(y):.1f}" for x, y in points)
    return f'<path d="M{steps}" stroke="{colour}" stroke-width="1.6"/>'


def _text(x: float, y: float, text: str, *, size: int = 11, anchor: str = "start", colour: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
    )
