"""What is measured, by the generator: each work is done by all servers in turn, again and again, so that what disturbs one of
them disturbs all."""

import json
import subprocess
import sys
from pathlib import Path

from .peers import Running

# A server that takes longer than that for one run does not work.
RUN_SECONDS_MAX = 3600

BARE = "bare loop"
IM = {"im-server, text": "text", "im-server, native": "native", "im-server, JSON": "json"}


class Work:
    """Messages from some to many, and who does it."""

    def __init__(self, name, kind, receivers, in_flight, messages, rooms=None, peers=True, dialects=("text", "native", "json")):
        self.name = name
        self.kind = kind
        self.receivers = receivers
        self.in_flight = in_flight
        self.messages = messages
        self.rooms = rooms
        self.peers = peers
        self.dialects = dialects

    def arguments(self, short):
        messages = max(self.messages // 20, 100) if short else self.messages
        told = ["--work", self.kind, "--receivers", self.receivers, "--in-flight", self.in_flight, "--messages", messages]
        return [str(word) for word in told + (["--rooms", self.rooms] if self.rooms else [])]

    def group(self):
        """So many connections are a group of the bare loop."""
        return {"room": self.receivers + 1, "rooms": self.receivers, "direct": 2}[self.kind]


OURS = ("text", "native")
WORKS = [
    Work("room-10", "room", 10, 1, 20_000, peers=False, dialects=OURS),
    Work("room-100", "room", 100, 1, 4_000),
    Work("room-100-32", "room", 100, 32, 20_000),
    Work("room-1000", "room", 1000, 1, 1_000),
    Work("direct-50", "direct", 50, 1, 40_000),
    Work("direct-50-32", "direct", 50, 32, 100_000),
    Work("direct-50-64", "direct", 50, 64, 100_000, peers=False, dialects=("native",)),
    Work("direct-500-32", "direct", 500, 32, 200_000, peers=False, dialects=("native",)),
    Work("rooms-100", "rooms", 10, 1, 40_000, rooms=100),
    Work("room-9", "room", 9, 1, 20_000, peers=False, dialects=OURS),
    Work("rooms-10-2", "rooms", 2, 1, 20_000, rooms=10, peers=False, dialects=("native",)),
    Work("rooms-1000-2", "rooms", 2, 1, 40_000, rooms=1000, peers=False, dialects=("native",)),
    Work("rooms-10000-2", "rooms", 2, 1, 80_000, rooms=10_000, peers=False, dialects=("native",)),
]

# Half of what im-server can do in this work is asked of it, and of the bare loop, to see how long messages take.
PACED = Work("paced", "room", 100, 1000, 4_000, peers=False, dialects=OURS)

# What SQLite is asked to write at once.
BATCHES = [1, 32, 100, 1000]


class Bare:
    """The bare loop, as if it were a peer."""

    name = BARE
    dialect = "bare"

    def __init__(self, generator, group):
        self.generator = generator
        self.group = group

    def start(self):
        return RunningBare(self)


class RunningBare(Running):
    """It says itself where it listens."""

    def __enter__(self):
        command = [self.peer.generator, "bare", "--group", str(self.peer.group)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Generator:
    """The load generator, and the server that was built with it."""

    def __init__(self, programs, short):
        self.generator = str(programs / "examples/stampede")
        self.server = str(programs / "im-server")
        self.short = short
        for program in [self.generator, self.server]:
            if not Path(program).is_file():
                sys.exit(f"{program} is not there: cargo build --release --bins --example stampede")

    def ours(self, dialect, name):
        return ["--server", self.server, "--dialect", dialect, "--name", name]

    def ask(self, work, who, round_, arguments):
        """Runs it, and returns what it says; a run that loses does not count, and says why."""
        print(f"{work}: {who}, run {round_}", file=sys.stderr)
        line = {"about": work, "who": who, "round": round_}
        try:
            told = subprocess.run([self.generator] + arguments, capture_output=True, text=True, timeout=RUN_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            return dict(line, failed=f"not done after {RUN_SECONDS_MAX} s")
        said = [json.loads(text) for text in told.stdout.splitlines() if text.startswith("{")]
        if told.returncode or len(said) != 1:
            why = told.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            print(f"  {why[0]}", file=sys.stderr)
            return dict(line, failed=why[0])
        return dict(said[0], **line)

    def of_peer(self, work, peer, round_, arguments):
        try:
            with peer.start() as running:
                return self.ask(work, peer.name, round_, arguments[:1] + running.arguments() + arguments[1:])
        except RuntimeError as error:
            print(f"  {error}", file=sys.stderr)
            return {"about": work, "who": peer.name, "round": round_, "failed": str(error)}


def run(generator, work, round_, peers, more=()):
    """One round: everybody does it once, the bare loop first."""
    arguments = ["run", "--runs", "1", "--bare", "false"] + work.arguments(generator.short) + list(more)
    yield generator.of_peer(work.name, Bare(generator.generator, work.group()), round_, arguments)
    for name, dialect in IM.items():
        if dialect in work.dialects:
            yield generator.ask(work.name, name, round_, arguments + generator.ours(dialect, name))
    for peer in peers if work.peers else []:
        if work.kind != "rooms" or peer.rooms:
            yield generator.of_peer(work.name, peer, round_, arguments)


def paced(generator, rounds):
    """At half of what im-server can do, by the slower of its dialects."""
    fastest = []
    for name, dialect in IM.items():
        if dialect in PACED.dialects:
            work = Work("paced-full", "room", 100, 32, 20_000, peers=False)
            arguments = ["run", "--runs", "1", "--bare", "false"] + work.arguments(generator.short)
            line = generator.ask(work.name, name, 1, arguments + generator.ours(dialect, name))
            yield line
            fastest += [line["messages_per_second"]] if "failed" not in line else []
    if fastest:
        rate = ["--rate", str(round(min(fastest) / 2))]
        for round_ in rounds:
            yield from run(generator, PACED, round_, [], rate)


def others(generator, args, peers):
    """What is no message: rows, open connections, a log that has grown, devices that come back."""
    connections = ["--connections", str(args.connections)]
    rows = 2_000 if args.short else 100_000
    for round_ in range(1, args.runs + 1):
        for batch in BATCHES:
            count = max(min(rows, batch * 2_000), batch)
            yield generator.ask(f"rows-{batch}", "SQLite", round_, ["rows", "--rows", str(count), "--batch", str(batch)])
        for name, dialect in IM.items():
            if dialect != "json":
                ours = generator.ours(dialect, name)
                yield generator.ask("idle", name, round_, ["idle"] + connections + ours)
                yield generator.ask("idle-tls", name, round_, ["idle", "--tls"] + connections + ours)
        name = "im-server, native"
        count = str(1_000 if args.short else 20_000)
        yield generator.ask("sign-ins", name, round_, ["sign-ins", "--count", count] + generator.ours("native", name))
    for peer in (peer for peer in peers if not peer.slow_door):
        yield generator.of_peer("idle", peer, 1, ["idle"] + connections)
    # Once: it takes long, and says itself what is a median.
    name = "im-server, native"
    yield generator.ask("grown", name, 1, ["grown", "--events", str(args.events)] + generator.ours("native", name))


def all_of_them(args, programs, peers):
    """A line for each run."""
    generator = Generator(programs, args.short)
    rounds = range(1, args.runs + 1)
    for work in WORKS:
        if args.only in ("", work.name):
            for round_ in rounds:
                yield from run(generator, work, round_, peers)
    if args.only in ("", PACED.name):
        yield from paced(generator, rounds)
    if args.only in ("", "others"):
        yield from others(generator, args, peers)
