"""What can be measured: the names, their cells, and which peer has no part in what."""

import fnmatch
from dataclasses import dataclass, field, replace

PEERS = ("c", "cpython27", "cpython3", "uvloop", "netty", "stock", "stock-serial", "nio", "euryale")

# Stock Jython needs minutes to warm up and drowns in a thousand connections, so it is measured when asked for.
DEFAULT_PEERS = ("c", "cpython27", "nio", "euryale")
TWISTED_PEERS = ("cpython27", "cpython3", "euryale")
ECHO_PEERS = ("c", *TWISTED_PEERS, "uvloop", "netty")

START_PEERS = ("cpython27", "stock", "stock-serial", "euryale")

# What uvloop and netty stand beside: any echo server can do it, however it is made.
TWISTED_ECHO = "echo_twisted.py"


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
    load: tuple = ()                                # further options of loadgen
    command: str = ""                               # what a program that measures itself is asked; {size} {secs:g} {port}
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
    stand_in: str = ""                              # the program that tells what of the heap is Python's own
    warm: float = 12                                # seconds of load until a JVM has compiled what it is to run

    def reason_without(self, peer, cell):
        """Why `peer` has no part in `cell`, or None."""
        if peer == "stock-serial" and self.kind not in ("start", "served"):
            return "it is for start and twistd-start alone"
        if peer in ("uvloop", "netty") and self.program != TWISTED_ECHO:
            return "it is an echo server, to stand beside Twisted's"
        pattern, reason = self.lacks.get(peer, ("", ""))
        return reason if pattern and fnmatch.fnmatchcase(cell.name, pattern) else None


def _echo_cells(prefix="", arguments=()):
    return tuple(Cell(f"{prefix}{conns}x{size}", size, conns, 0, arguments) for size in (64, 4096)
                 for conns in (50, 1000))


NO_3 = {"cpython3": ("*", "its program is Python 2.7's")}
NO_EPOLL = {"stock": ("*", "its select module has no epoll"), **NO_3}
NO_C = ("*", "it measures calls from a language with a runtime; nio is the limit there")
NO_INTERPRETER = ("*", "it runs no Python")

NO_WEB = dict.fromkeys(("c", "nio"), ("*", "it speaks no HTTP"))
CALLS = {"pair": "pair {size} {secs:g}", "ping": "ping {size} {secs:g} {port}"}

NO_TLS = dict.fromkeys(("c", "nio", "uvloop"), ("*", "it speaks no TLS")) | {
    "cpython27": ("*", "no pyOpenSSL for it is left that installs without an OpenSSL of its time")}
TLS_PEERS = ("cpython3", "netty", "euryale")

# A client that closes first keeps its port for a while; fifty addresses have enough of them.
FRESH = ("-n", "-a", "50")


def _twisted(name, kind, cells, program, lacks=None, default_peers=TWISTED_PEERS, **more):
    return Bench(name, kind, cells, program, {"stock": ("*", "Twisted does not run on it unmended"), **(lacks or {})},
                 default_peers, packages=True, **more)


def _over_tls(name, kind, cells, more_arguments=(), **more):
    arguments = ("tls", *more_arguments)
    return _twisted(name, kind, tuple(replace(cell, arguments=arguments) for cell in cells), TWISTED_ECHO, NO_TLS,
                    TLS_PEERS, **more)


BENCHES = {bench.name: bench for bench in (
    Bench("echo-epoll", "echo", _echo_cells(), "echo_epoll.py", NO_EPOLL),
    Bench("echo-poll", "echo", _echo_cells(), "echo_poll.py", NO_3),
    Bench("echo-asyncore", "echo", _echo_cells("select-", ("select",)) + _echo_cells("poll-", ("poll",)),
          "echo_asyncore.py", {"stock": ("poll-*", "asyncore's poll loop ends at once on it"), **NO_3}),
    Bench("echo-select-idle", "echo",
          tuple(Cell(f"{names}-950+50x{size}", size, 50, 950, (names,)) for names in ("sockets", "numbers")
                for size in (64, 4096)),
          "echo_select.py", NO_3),
    Bench("call", "call",
          tuple(Cell(f"{what}-{size}", size, command=command) for what, command in CALLS.items() for size in (64, 4096)),
          "call.py", {"c": NO_C, **NO_3}),
    Bench("idle", "idle", (Cell("19000+50x64", 64, 50, 19000),), "echo_epoll.py", NO_EPOLL, stand_in="connections.py"),
    Bench("start", "start", (Cell("pass", 0, code="pass"), Cell("asyncore", 0, code="import asyncore")), "",
          {"c": NO_INTERPRETER, "nio": NO_INTERPRETER, **NO_3}, START_PEERS),
    Bench("twistd-start", "served", (Cell("web", 0),), "",
          {"c": NO_INTERPRETER, "nio": NO_INTERPRETER, **NO_3}, START_PEERS),
    _twisted("twisted-echo", "echo", _echo_cells(), TWISTED_ECHO,
             default_peers=ECHO_PEERS),
    _twisted("twisted-epoll", "echo", _echo_cells(arguments=("epoll",)), TWISTED_ECHO,
             default_peers=("cpython27", "euryale")),
    _twisted("twisted-connect", "echo", (Cell("8x64", 64, 8, load=FRESH),), TWISTED_ECHO,
             default_peers=ECHO_PEERS),
    _twisted("twisted-idle", "idle", (Cell("19000+50x64", 64, 50, 19000),), TWISTED_ECHO,
             default_peers=("cpython3", "euryale")),
    _twisted("twisted-lines", "echo", (Cell("50x64", 64, 50, load=("-l",)),), "lines_twisted.py"),
    _twisted("twisted-web", "echo", (Cell("50xhello", 0, 50, load=("-u", "/")),), "web_twisted.py", NO_WEB,
             warm=40),
    _twisted("twisted-file", "echo", (Cell("4x1MiB", 0, 4, load=("-u", "/file")),), "web_twisted.py", NO_WEB,
             warm=40),
    _over_tls("twisted-tls", "echo", tuple(Cell(f"50x{size}", size, 50, load=("-t",)) for size in (64, 4096))),
    _over_tls("twisted-tls-bulk", "echo", (Cell("1x100MiB", 1, 1, load=("-t", "-b", "100")),), ("bulk",)),
    _over_tls("twisted-tls-handshakes", "echo",
              tuple(Cell(f"8x{what}", 64, 8, load=("-t", *FRESH, *more)) for what, *more in (("full",), ("resumed", "-r"))),
              warm=120),
    _over_tls("twisted-tls-idle", "idle", (Cell("5000+50x64", 64, 50, 5000, load=("-t",)),)),
    _twisted("twisted-calls", "call",
             (Cell("later", 0, command="later {secs:g}"), Cell("thread", 0, command="thread {secs:g}")),
             "calls_twisted.py", {"c": NO_INTERPRETER, "nio": NO_INTERPRETER}),
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
