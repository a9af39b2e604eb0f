"""Small multiples as an SVG, legible on light and on dark ground: lines with their points, axes in
powers of ten or in whole numbers. Nothing but text is written, so that a commit shows what changed.

    Panel(x title, is x logarithmic, y title, {label: [(x, y), ...]})
"""

import collections
import math

Panel = collections.namedtuple("Panel", "x_title is_log y_title lines")

WIDTH, HEIGHT = 250, 210  # of a panel, with its titles
APART = 16  # labels of an axis that are nearer are left out
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 26, 40
STYLE = """
svg { font: 11px system-ui, sans-serif; background: #fff }
text { fill: #333 } .title { font-size: 15px; font-weight: 600 } .note, .tick { fill: #666 } .tick { font-size: 10px }
.grid { stroke: #ddd } .line { fill: none; stroke-width: 2 }
.s0 { stroke: #1f6fb2 } .s1 { stroke: #c2571a; stroke-dasharray: 5 3 }
circle.s0 { fill: #1f6fb2 } circle.s1 { fill: #c2571a; stroke-dasharray: none }
@media (prefers-color-scheme: dark) {
  svg { background: #15181c } text { fill: #ddd } .note, .tick { fill: #aaa } .grid { stroke: #3a3f45 }
  .s0 { stroke: #6db3f2 } .s1 { stroke: #f0a060 } circle.s0 { fill: #6db3f2 } circle.s1 { fill: #f0a060 } }
"""


def short(number):
    """1000000 as 10⁶, 2.5 as it is."""
    power = round(math.log10(number)) if number > 0 else 0
    if power >= 3 and number == 10 ** power:
        return "10" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(power))
    return f"{number:g}"


def steps(most):
    """Round numbers from 0 to what covers it, five at most."""
    unit = 10 ** math.floor(math.log10(most))
    step = next(unit * part for part in (0.25, 0.5, 1, 2, 2.5, 5) if most / (unit * part) <= 4)
    return [step * n for n in range(math.ceil(most / step) + 1)]


class Axis:
    """From a value to a place."""

    def __init__(self, least, most, at, to, is_log):
        self.scale = math.log10 if is_log else float
        self.least, self.most, self.at, self.to = self.scale(least), self.scale(most), at, to

    def place(self, value):
        share = (self.scale(value) - self.least) / ((self.most - self.least) or 1)
        return round(self.at + share * (self.to - self.at), 1)


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{words}</text>'


def one_panel(panel, x0, y0):
    """Axes, grid, then each line."""
    values = [point for line in panel.lines.values() for point in line]
    ticks_x = sorted({x for x, _ in values})
    ticks_y = steps(max(y for _, y in values))
    left, right, top, bottom = x0 + LEFT, x0 + WIDTH - RIGHT, y0 + TOP, y0 + HEIGHT - BOTTOM
    across = Axis(ticks_x[0], ticks_x[-1], left + 6, right - 6, panel.is_log)
    up = Axis(0, ticks_y[-1], bottom, top, False)
    said = []
    for y in ticks_y:
        said.append(f'<path class="grid" d="M{left} {up.place(y)}H{right}"/>')
        said.append(text(left - 5, up.place(y) + 3, f"{y:g}", "tick", "end"))
    last = -APART
    for x in ticks_x:
        if across.place(x) - last >= APART:
            last = across.place(x)
            said.append(text(last, bottom + 14, short(x), "tick", "middle"))
    said.append(text((left + right) / 2, bottom + 30, panel.x_title, "", "middle"))
    said.append(text(x0 + 12, top - 10, panel.y_title))
    for number, line in enumerate(panel.lines.values()):
        places = [(across.place(x), up.place(y)) for x, y in line]
        said.append(f'<path class="line s{number}" d="M' + "L".join(f"{x} {y}" for x, y in places) + '"/>')
        said += [f'<circle class="s{number}" cx="{x}" cy="{y}" r="2.5"/>' for x, y in places]
    return said


def legend(panels, x, y):
    """Each label once, in the order of the lines."""
    said = []
    for label, number in {label: number for panel in panels for number, label in enumerate(panel.lines)}.items():
        said.append(f'<path class="line s{number}" d="M{x} {y - 4}h24"/>')
        said.append(text(x + 30, y, label))
        x += 46 + 7 * len(label)
    return said


def svg(panels, columns, title, note):
    width, head = columns * WIDTH, 60
    height = head + (len(panels) + columns - 1) // columns * (HEIGHT + 10) + 24
    said = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
            f"<style>{STYLE}</style>", text(12, 22, title, "title"), *legend(panels, 12, 44)]
    for number, panel in enumerate(panels):
        said += one_panel(panel, number % columns * WIDTH, head + number // columns * (HEIGHT + 10))
    said += [text(12, height - 10, note, "note"), "</svg>"]
    return "\n".join(said) + "\n"
