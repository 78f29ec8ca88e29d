"""The picture: for each work, what each server pays for a delivery, on a logarithmic scale, the cheapest first."""

import math
from html import escape

from .works import BARE

PANELS = [
    ("room-100", "a room of 100, one message in flight"),
    ("room-100-32", "a room of 100, 32 in flight"),
    ("room-1000", "a room of 1000, one in flight"),
    ("rooms-100", "1000 people in 100 rooms, anybody speaks"),
    ("direct-50", "50 pairs, one in flight each"),
    ("direct-50-32", "50 pairs, 32 in flight each"),
]

WIDTH, PANEL, LEFT, RIGHT, GAP = 1000, 490, 130, 70, 20
ROW, HEAD, TOP, FOOT = 20, 46, 44, 44
INK, FAINT, PAPER = "#1f2328", "#d8dee4", "#ffffff"
OURS, THEIRS, FLOOR = "#0a7d5a", "#8a94a0", "#1f2328"


def colour(who):
    return FLOOR if who == BARE else OURS if who.startswith("im-server") else THEIRS


def text(x, y, said, size=12, anchor="start", weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}">'
            f"{escape(said)}</text>")


def drawn(measured):
    panels = [(title, bars(measured, work)) for work, title in PANELS]
    panels = [(title, them) for title, them in panels if them]
    values = [value for _, them in panels for _, value in them]
    if not values:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>\n'  # nothing was measured that is shown
    low, high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))
    # Two beside each other, as tall as the taller of them.
    pairs = [panels[at : at + 2] for at in range(0, len(panels), 2)]
    tall = [max(len(them) for _, them in pair) * ROW + HEAD + GAP for pair in pairs]
    height = TOP + sum(tall) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" fill="{INK}">',
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        text(GAP, 28, "Microseconds of server CPU per delivery (logarithmic; shorter is better)", 16, weight="bold"),
    ]
    for line, pair in enumerate(pairs):
        for at, (title, them) in enumerate(pair):
            parts += panel(at * (PANEL + GAP), TOP + sum(tall[:line]), title, them, low, high)
    kept = "im-server has every message on the disk before anybody sees it; the others keep nothing."
    parts += [text(GAP, height - 30, kept, 11), text(GAP, height - 14, measured.where(), 11)]
    return "\n".join(parts + ["</svg>", ""])


def bars(measured, work):
    """Who, and how much: those who did it, the cheapest first."""
    them = [(who, measured.median(work, who, "cpu_us")) for who in measured.who(work)]
    return sorted(((who, value) for who, value in them if value), key=lambda bar: bar[1])


def panel(x, y, title, them, low, high):
    wide = PANEL - LEFT - RIGHT
    span = math.log10(high / low) or 1

    def along(value):
        return x + LEFT + wide * math.log10(value / low) / span

    bottom = y + 30 + len(them) * ROW
    parts = [text(x + GAP, y + 14, title, 13, weight="bold")]
    for power in range(round(math.log10(low)), round(math.log10(high)) + 1):
        at = along(10.0**power)
        parts.append(f'<line x1="{at:.1f}" y1="{y + 24}" x2="{at:.1f}" y2="{bottom}" stroke="{FAINT}"/>')
        parts.append(text(at, bottom + 12, f"{10.0**power:g}", 10, "middle"))
    for row, (who, value) in enumerate(them):
        top = y + 28 + row * ROW
        parts.append(text(x + LEFT - 6, top + 12, who, 12, "end"))
        parts.append(f'<rect x="{x + LEFT}" y="{top}" width="{max(along(value) - x - LEFT, 1):.1f}" height="{ROW - 5}" fill="{colour(who)}"/>')
        parts.append(text(along(value) + 4, top + 12, f"{value:.2f}" if value < 10 else f"{value:.1f}", 11))
    return parts
