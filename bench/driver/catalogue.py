"""What can be measured: the names, their cells, and which peer has no part in what."""

import fnmatch
from dataclasses import dataclass, field

PEERS = ("c", "cpython27", "cpython3", "stock", "stock-serial", "nio", "euryale")

# Stock Jython needs minutes to warm up and drowns in a thousand connections, so it is measured when asked for.
DEFAULT_PEERS = ("c", "cpython27", "cpython3", "nio", "euryale")


class Unknown(Exception):
    """What was asked for is not there; the text says what is."""


@dataclass(frozen=True)
class Cell:
    """One load. `arguments` are those of the Python program; cells that share them share its process."""

    name: str
    size: int
    conns: int = 0
    idle: int = 0
    arguments: tuple = ()
    ping: bool = False
    code: str = ""


@dataclass(frozen=True)
class Bench:
    name: str
    kind: str
    cells: tuple
    program: str
    lacks: dict = field(default_factory=dict)       # peer -> (pattern of cells, reason)
    default_peers: tuple = DEFAULT_PEERS
    packages: bool = False                          # needs Twisted

    def reason_without(self, peer, cell):
        """Why `peer` has no part in `cell`, or None."""
        if peer == "stock-serial" and self.kind != "start":
            return "it is for start alone"
        pattern, reason = self.lacks.get(peer, ("", ""))
        return reason if pattern and fnmatch.fnmatchcase(cell.name, pattern) else None


def _echo_cells(prefix="", arguments=()):
    return tuple(Cell(f"{prefix}{conns}x{size}", size, conns, 0, arguments) for size in (64, 4096)
                 for conns in (50, 1000))


NO_3 = {"cpython3": ("*", "its program is Python 2.7's")}
NO_EPOLL = {"stock": ("*", "its select module has no epoll"), **NO_3}
NO_C = ("*", "it measures calls from a language with a runtime; nio is the limit there")
NO_INTERPRETER = ("*", "it runs no Python")

BENCHES = {bench.name: bench for bench in (
    Bench("echo-epoll", "echo", _echo_cells(), "echo_epoll.py", NO_EPOLL),
    Bench("echo-poll", "echo", _echo_cells(), "echo_poll.py", NO_3),
    Bench("echo-asyncore", "echo", _echo_cells("select-", ("select",)) + _echo_cells("poll-", ("poll",)),
          "echo_asyncore.py", {"stock": ("poll-*", "asyncore's poll loop ends at once on it"), **NO_3}),
    Bench("echo-select-idle", "echo",
          tuple(Cell(f"{names}-950+50x{size}", size, 50, 950, (names,)) for names in ("sockets", "numbers")
                for size in (64, 4096)),
          "echo_select.py", NO_3),
    Bench("twisted-echo", "echo", _echo_cells(), "echo_twisted.py",
          {"stock": ("*", "Twisted does not run on it unmended")}, packages=True),
    Bench("call", "call",
          tuple(Cell(f"{what}-{size}", size, ping=what == "ping") for what in ("pair", "ping") for size in (64, 4096)),
          "call.py", {"c": NO_C, **NO_3}),
    Bench("idle", "idle", (Cell("19000+50x64", 64, 50, 19000),), "echo_epoll.py", NO_EPOLL),
    Bench("start", "start", (Cell("pass", 0, code="pass"), Cell("asyncore", 0, code="import asyncore")), "",
          {"c": NO_INTERPRETER, "nio": NO_INTERPRETER, **NO_3}, ("cpython27", "stock", "stock-serial", "euryale")),
)}


def bench(name):
    if name not in BENCHES:
        raise Unknown(f"no bench is named {name}; there are {', '.join(BENCHES)}")
    return BENCHES[name]


def cells(bench, patterns):
    """The cells of `bench` that match one of the patterns."""
    for pattern in patterns:
        if not any(fnmatch.fnmatchcase(cell.name, pattern) for cell in bench.cells):
            raise Unknown(f"{bench.name} has no cell {pattern}; it has {', '.join(cell.name for cell in bench.cells)}")
    return [cell for cell in bench.cells
            if not patterns or any(fnmatch.fnmatchcase(cell.name, pattern) for pattern in patterns)]


def peers(bench, wanted, chosen_cells):
    """The names of the peers to run. Without `wanted` those that have a part; naming one that has none is an error."""
    for peer in wanted:
        if peer not in PEERS:
            raise Unknown(f"no peer is named {peer}; there are {', '.join(PEERS)}")
        reasons = [bench.reason_without(peer, cell) for cell in chosen_cells]
        if all(reasons):
            raise Unknown(f"{peer} has no part in {bench.name}: {reasons[0]}")
    return [peer for peer in dict.fromkeys(wanted or bench.default_peers)
            if not all(bench.reason_without(peer, cell) for cell in chosen_cells)]
