"""What was measured, in words: a table of all servers, and each goal with its figure."""

import os
from statistics import median

from .works import BARE, IM

BEGIN = "<!-- made by im-server/examples/stampede/compare: what stands here is written anew -->"
END = "<!-- so far -->"
BEFORE = "## Where things are"
TITLE = "## How fast"

COLUMNS = [
    ("room-100", "room of 100"),
    ("room-100-32", "the same, 32 in flight"),
    ("room-1000", "room of 1000"),
    ("direct-50", "50 pairs"),
    ("direct-50-32", "the same, 32 in flight"),
    ("rooms-100", "1000 people in 100 rooms"),
]

TEXT, NATIVE = "im-server, text", "im-server, native"


class Measured:
    """All lines, and what can be asked of them."""

    def __init__(self, lines):
        self.machine = lines[0]
        self.lines = lines[1:]

    def where(self):
        machine = self.machine
        said = f"Measured on {machine['date']}: {machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}."
        return said + (" A short run, which only shows that everything works." if machine["short"] else "")

    def who(self, work):
        return list(dict.fromkeys(line["who"] for line in self.lines if line["about"] == work))

    def values(self, work, who, what):
        """By round; rounds that failed have none."""
        ours = (line for line in self.lines if line["about"] == work and line["who"] == who and what in line)
        return {line["round"]: line[what] for line in ours}

    def median(self, work, who, what):
        values = self.values(work, who, what)
        return median(values.values()) if values else None

    def spread(self, work, who, what):
        values = self.values(work, who, what).values()
        return f"{number(median(values))} ({number(min(values))}–{number(max(values))})" if values else "–"

    def ratio(self, work, who, what="cpu_us", to=BARE):
        """To another one in the same round, as the median of the rounds."""
        mine, others = self.values(work, who, what), self.values(work, to, what)
        both = [mine[round_] / others[round_] for round_ in mine if others.get(round_)]
        return median(both) if both else None

    def least(self, work, what="cpu_us"):
        """The best of those who are neither ours nor the bare loop: how much, and who."""
        peers = [who for who in self.who(work) if who != BARE and who not in IM]
        return min(((value, who) for who in peers if (value := self.median(work, who, what))), default=None)


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


class Goals:
    """The rows of the second table: what is wanted, what is, and whether that is enough."""

    def __init__(self, measured):
        self.measured = measured
        self.rows = []

    def row(self, work, goal, figures, met):
        """`met` is a list of yes and no, and of nothing where it was not measured."""
        word = "not measured" if not met or None in met else "yes" if all(met) else "no"
        self.rows.append(f"| {work} | {goal} | {figures} | {word} |")

    def fan_out(self, work, words, most, below=None):
        ratios = {name: self.measured.ratio(work, name) for name in (TEXT, NATIVE)}
        figures = ", ".join(f"{name.split(', ')[1]} {number(ratio)} ×" for name, ratio in ratios.items())
        met = [ratio and ratio <= most for ratio in ratios.values()]
        goal = f"≤ {most} × the bare loop"
        if below:
            other = self.measured.least(work) if below == "every peer" else (self.measured.median(work, below, "cpu_us"), below)
            goal += f", below {below}"
            if other and other[0]:
                figures += f"; {other[1]} {number(other[0])} µs, ours " + " and ".join(
                    number(self.measured.median(work, name, "cpu_us")) for name in ratios)
                met += [(self.measured.median(work, name, "cpu_us") or 1e9) < other[0] for name in ratios]
            else:
                met.append(None)
        self.row(words, goal, figures, met)

    def durable(self):
        measured = self.measured
        row = measured.median("rows-1000", "SQLite", "cpu_us_per_row")
        speed = measured.median("rows-1000", "SQLite", "rows_per_second")
        for work, words in [("direct-50-32", "50 pairs, 32 in flight, kept"), ("direct-500-32", "500 pairs, 32 in flight, kept")]:
            bare, ours = measured.median(work, BARE, "cpu_us"), measured.median(work, NATIVE, "cpu_us_per_message")
            floor = (bare + row) if bare and row else None
            ratio = ours / floor if ours and floor else None
            figures = f"{number(ratio)} × ({number(ours)} µs; {number(bare)} + {number(row)})"
            self.row(words, "CPU ≤ 1.3 × (the bare loop + SQLite alone, a row of 1000 in a batch)", figures, [ratio and ratio <= 1.3])
            acks = measured.median(work, NATIVE, "messages_per_second")
            part = acks / speed if acks and speed else None
            figures = f"{number(acks)} a second, {number(part and part * 100)} %"
            self.row(words, "acknowledged ≥ 70 % of what SQLite alone writes", figures, [part and part >= 0.7])
        ours = measured.median("direct-50-64", NATIVE, "cpu_us_per_message")
        self.row("50 pairs, 64 in flight, kept", "≤ 12 µs of CPU a message", f"{number(ours)} µs", [ours and ours <= 12])

    def latency(self):
        measured = self.measured
        bare = measured.median("paced", BARE, "p99_us")
        per_second = measured.median("rows-1", "SQLite", "rows_per_second")
        commit = 1e6 / per_second if per_second else None
        times = {name: measured.median("paced", name, "p99_us") for name in (TEXT, NATIVE)}
        figures = ", ".join(f"{name.split(', ')[1]} {number(time)} µs" for name, time in times.items())
        figures += f"; the bare loop {number(bare)}, a commit {number(commit)}"
        met = [time and bare and commit and time <= 3 * bare + commit for time in times.values()]
        self.row("half of what it can do, to the last of 100", "p99 ≤ 3 × the bare loop + a commit", figures, met)

    def idle(self):
        measured = self.measured
        for work, words, most in [("idle", "an idle connection, plaintext", 3), ("idle-tls", "an idle connection, TLS", 20)]:
            held = {name: measured.median(work, name, "bytes_per_connection") for name in (TEXT, NATIVE)}
            kib = {name: value and value / 1024 for name, value in held.items()}
            count = measured.median(work, NATIVE, "connections")
            figures = ", ".join(f"{name.split(', ')[1]} {number(value)} KiB" for name, value in kib.items())
            self.row(words, f"≤ {most} KiB of server memory", f"{figures}; {number(count)} open", [value and value <= most for value in kib.values()])
        first, last = (measured.median("idle", NATIVE, f"{which}_connect_us") for which in ("first", "last"))
        slower = last / first if first and last else None
        self.row("coming in while they grow", "no slower", f"{number(first)} µs at first, {number(last)} at last", [slower and slower <= 1.2])

    def growth(self):
        measured = self.measured
        rooms = [measured.median("rooms-100", name, "cpu_us") for name in (TEXT, NATIVE)]
        one = [measured.median("room-9", name, "cpu_us") for name in (TEXT, NATIVE)]
        figures = "text {} µs (one room of 10: {}), native {} ({})".format(*map(number, [rooms[0], one[0], rooms[1], one[1]]))
        met = [many and single and many <= single for many, single in zip(rooms, one)]
        self.row("1000 clients in 100 rooms", "no worse per delivery than one room", figures, met)
        sizes = [measured.median(f"room-{count}", NATIVE, "cpu_us") for count in (10, 100, 1000)]
        figures = " → ".join(map(number, sizes)) + " µs"
        self.row("10 → 100 → 1000 receivers", "flat per delivery", figures, [all(sizes) and sizes[2] <= 1.2 * min(sizes[:2]) or (None if not all(sizes) else False)])
        sizes = [measured.median(f"rooms-{count}-2", NATIVE, "cpu_us") for count in (10, 1000, 10000)]
        self.row("10 → 1000 → 10,000 rooms", "flat per delivery", " → ".join(map(number, sizes)) + " µs", [None if not all(sizes) else sizes[2] <= 1.2 * sizes[0]])

    def log(self):
        measured = self.measured
        events, first, last, start, page = (
            measured.median("grown", NATIVE, what)
            for what in ("events", "first_cpu_us_per_message", "last_cpu_us_per_message", "start_ms", "page_p99_us"))
        log = f"a log of {number(events)} events"
        self.row(log, "a message costs what it did after 10,000", f"{number(first)} → {number(last)} µs", [first and last and last <= 1.2 * first])
        self.row(log, "start ≤ 100 ms to listening", f"{number(start)} ms", [start and start <= 100])
        self.row(log, "a page by seq: p99 ≤ 2 ms", f"{number(page)} µs", [page and page <= 2000])
        sign_ins = measured.median("sign-ins", NATIVE, "sign_ins_per_second")
        self.row("sign-in by token", "≥ 5,000 a second", number(sign_ins), [sign_ins and sign_ins >= 5000])


def goals(measured):
    rows = Goals(measured)
    rows.fan_out("room-1000", "1 → 1000, one in flight", 1.25, "every peer")
    rows.fan_out("room-100", "1 → 100, one in flight", 1.5)
    rows.fan_out("room-100-32", "1 → 100, 32 in flight", 1.5, "Redis")
    rows.durable()
    rows.latency()
    rows.idle()
    rows.growth()
    rows.log()
    return rows.rows


def table(measured):
    """Who pays how much for a delivery."""
    everybody = list(dict.fromkeys(who for work, _ in COLUMNS for who in measured.who(work)))
    versions = measured.machine["versions"]
    head = "| microseconds of server CPU per delivery | " + " | ".join(words for _, words in COLUMNS) + " | idle connection |"
    rows = [head, "|---" * (len(COLUMNS) + 2) + "|"]
    for who in everybody:
        name = f"{who} ({versions[who]})" if versions.get(who) else who
        cells = [measured.spread(work, who, "cpu_us") for work, _ in COLUMNS]
        memory = measured.median("idle", who, "bytes_per_connection")
        cells.append(f"{number(memory / 1024)} KiB" if memory else "–")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return rows


def failures(measured):
    failed = [f"{line['who']} in {line['about']}: {line['failed']}" for line in measured.lines if "failed" in line]
    return [f"Did not finish, and do not count: {'; '.join(dict.fromkeys(failed))}.", ""] if failed else []


def section(measured, picture):
    runs = measured.machine["runs"]
    return [
        BEGIN,
        f"{measured.where()} Server and load each have a core of their own. Medians of {runs} runs (lowest–highest), in which all take turns; every",
        "receiver got every message once and in order. The bare loop is epoll alone: no parsing, no storage. im-server has each message on the disk",
        "before anybody sees it; the others keep nothing.",
        "",
        f"![server CPU per delivery, ours beside the others]({picture})",
        "",
        *table(measured),
        "",
        "| work | goal | is | met |",
        "|---|---|---|---|",
        *goals(measured),
        "",
        *failures(measured),
        END,
    ]


def into(readme, picture, measured):
    """Writes it between its marks, which are made before the last section where they are not there yet."""
    text = readme.read_text()
    where = os.path.relpath(picture.resolve(), readme.resolve().parent)
    written = "\n".join(section(measured, where))
    if BEGIN in text:
        before, rest = text.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        text = before + written + after
    else:
        before, after = text.split(BEFORE, 1)
        intro = "`im-server/examples/stampede/compare` makes all of this anew.\n\n"
        text = f"{before}{TITLE}\n{intro}{written}\n\n{BEFORE}{after}"
    readme.write_text(text)
