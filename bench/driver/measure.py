"""The kinds of measurement. Each takes a Run and yields (cell, {peer: Measured}) as cells are done."""

import contextlib
import itertools
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace

import jvm
import peers
from processes import Failed, machine_busy_s, on

START_S = 60            # a server listens, a program answers, within so many seconds
SERVED_S = 240          # and where all modules of Twisted are compiled before
POLL_S = 0.002          # between two attempts to connect to a server that starts
OPEN_S = 60             # idle connections are open by then
SETTLE_S = 0.3          # load before each sample
WARM_TURNS = 4          # of warm-up at most, each with connections of its own
WARM_TURN_S = 3         # and each so long at least: a cold JVM has to bring a message back in it
SHOWN_CLASSES = 20      # of the heap's growth


@dataclass
class Measured:
    """What was measured of one peer in one cell. `rounds` has a sample (a dict), or None, for each round."""

    rounds: list = field(default_factory=list)
    about: dict = field(default_factory=dict)       # of the process: version, flags, heap ...
    extra: dict = field(default_factory=dict)       # of the cell


@dataclass
class Run:
    bench: object
    cells: list
    peers: list
    rounds: int
    secs: float
    warm: float
    placement: object
    processes: object
    failures: list = field(default_factory=list)

    def fail(self, cell, error):
        self.failures.append(f"{self.bench.name} {cell.name}: {error}")
        say(self.failures[-1])

    def settle(self, peer, turn):
        """Load before a sample: a JVM needs more of it where the cell is new."""
        return max(SETTLE_S, self.warm / 4) if peer.is_jvm and turn == 0 else SETTLE_S


def say(text):
    print(f"bench/run: {text}", file=sys.stderr, flush=True)


def load(run, server, port, cell, secs, settle=SETTLE_S, idle=0, pinned=True):
    """One sample: loadgen against `server`."""
    if pinned:
        server.pin(run.placement.server)
    command = [peers.load_generator(cell.load), "-c", cell.conns, "-m", cell.size or 1, "-d", secs, "-w", settle,
               "-i", idle, "-s", server.pid, *cell.load, port]
    with on(run.placement.load if pinned else run.placement.all):
        loadgen = run.processes.start("loadgen", command)
    try:
        # A server that has died or hangs lets loadgen fail by itself, after at most 20 s.
        sample = json.loads(loadgen.line(secs + settle + 60))
    except Failed as e:
        raise Failed(f"{server.label}: {e}{'' if server.is_alive() else '; the server has ended' + server.complaint()}") \
            from e
    finally:
        run.processes.stop(loadgen)
    if not sample["msgs"]:
        raise Failed(f"{server.label}: not one message came back in {secs:g} s")
    return {"cpu_us": sample["server_s"] * 1e6 / sample["msgs"], "messages_s": sample["msgs"] / sample["secs"],
            "time_us": sample["secs"] * 1e6 / sample["msgs"], "p50_us": sample["p50_us"], "p99_us": sample["p99_us"],
            "others": max(0, sample["other_s"]) / sample["secs"], "stolen": sample["steal_s"] / sample["secs"]}


def start_server(run, peer, arguments):
    server = run.processes.start(peer.name, peer.server(run.bench, arguments), peers.HERE / "servers")
    port = int(server.announced(START_S)[1])
    return server, port


def about(peer, process):
    return {"version": peer.version, **({"jvm": jvm.description(process)} if peer.is_jvm else {})}


def progress(run, cell, turn, samples):
    shown = "  ".join(f"{name} {sample['cpu_us']:.2f}" for name, sample in samples.items() if sample)
    say(f"{run.bench.name} {cell.name} round {turn + 1}/{run.rounds}: {shown} us")


def interleave(run, cell, live, sample_of):
    """Round by round, one peer after another. A peer that fails is out of the rest of the cell."""
    measured = {peer.name: Measured() for peer in live}
    for turn in range(run.rounds):
        samples = {}
        for peer in live:
            result = measured[peer.name]
            sample = None
            if None not in result.rounds:
                try:
                    sample = sample_of(peer, turn)
                except Failed as e:
                    run.fail(cell, e)
            result.rounds.append(sample)
            samples[peer.name] = sample
        progress(run, cell, turn, samples)
    return {name: result for name, result in measured.items() if any(result.rounds)}


# ---- echo


def echo(run):
    for arguments, cells in itertools.groupby(run.cells, key=lambda cell: cell.arguments):
        yield from _echo_variant(run, arguments, list(cells))


def _echo_variant(run, arguments, cells):
    servers, ports, results = {}, {}, []
    with contextlib.ExitStack() as ends:
        ends.callback(lambda: run.processes.stop(*servers.values()))
        for peer in run.peers:
            if all(run.bench.reason_without(peer.name, cell) for cell in cells):
                continue
            try:
                servers[peer.name], ports[peer.name] = start_server(run, peer, arguments)
                warm_up(run, peer, servers[peer.name], ports[peer.name], cells[0])
            except Failed as e:
                run.fail(cells[0], e)
        descriptions = {}
        for cell in cells:
            live = [peer for peer in run.peers if peer.name in servers and servers[peer.name].is_alive()]

            def sample(peer, turn, cell=cell):
                return load(run, servers[peer.name], ports[peer.name], cell, run.secs, run.settle(peer, turn), cell.idle)
            results.append((cell, interleave(run, cell, live, sample)))
        for peer in run.peers:
            if peer.name in servers and servers[peer.name].is_alive():
                descriptions[peer.name] = at_end(peer, servers[peer.name])
    for cell, measured in results:
        for name, result in measured.items():
            result.about = descriptions.get(name, {})
        yield cell, measured


def warm_up(run, peer, server, port, cell):
    """When the first connection ends, a JVM throws away what it has compiled of a server whose connections only ever brought
    data. So the load comes in turns, and that happens before the first sample."""
    if peer.is_jvm and run.warm:
        say(f"{run.bench.name}: {peer.name} warms up for {run.warm:g} s")
        few = replace(cell, size=min(cell.size, 64), conns=min(cell.conns, 50))
        turns = max(1, min(WARM_TURNS, int(run.warm / WARM_TURN_S)))
        for _ in range(turns):
            load(run, server, port, few, run.warm / turns, 0, pinned=False)


def at_end(peer, process):
    """Once the load is gone: resident set, and for a JVM what is alive on the heap, no connection left."""
    result = about(peer, process)
    result["rss_kib"] = process.rss_kib()
    if peer.is_jvm:
        result["heap_kib"] = sum(jvm.live_objects(process).values()) // 1024
    return result


# ---- call


def call(run):
    callers = {}
    with contextlib.ExitStack() as ends:
        ends.callback(lambda: run.processes.stop(*callers.values()))
        answerer = run.processes.start("c", [peers.c_echo()])
        ends.callback(lambda: run.processes.stop(answerer))
        port = int(answerer.announced(START_S)[1])
        for peer in run.peers:
            try:
                callers[peer.name] = run.processes.start(peer.name, peer.caller(run.bench), peers.HERE / "servers")
                callers[peer.name].announced(START_S)
                if peer.is_jvm and run.warm:
                    # Calls that wait are other code than calls that do not: each kind has to be compiled.
                    for command in sorted({_command(cell, 64, run.warm, port) for cell in run.cells}):
                        say(f"{run.bench.name}: {peer.name} warms up for {run.warm:g} s: {command.split()[0]}")
                        callers[peer.name].ask(command, run.warm + 60)
            except Failed as e:
                run.fail(run.cells[0], e)
        results = []
        for cell in run.cells:
            live = [peer for peer in run.peers if peer.name in callers and callers[peer.name].is_alive()]

            def sample(peer, turn, cell=cell):
                if run.settle(peer, turn) > SETTLE_S:
                    callers[peer.name].ask(_command(cell, cell.size, run.settle(peer, turn), port), run.warm + 60)
                return _call_sample(run, callers[peer.name], _command(cell, cell.size, run.secs, port), answerer)
            results.append((cell, interleave(run, cell, live, sample)))
        descriptions = {peer.name: at_end(peer, callers[peer.name]) for peer in run.peers
                        if peer.name in callers and callers[peer.name].is_alive()}
    for cell, measured in results:
        for name, result in measured.items():
            result.about = descriptions.get(name, {})
            bytes_each = [sample["allocated_b"] for sample in result.rounds if sample and "allocated_b" in sample]
            if bytes_each:
                result.extra["allocated_b"] = round(statistics.median(bytes_each), 1)
        yield cell, measured


def _command(cell, size, secs, port):
    return cell.command.format(size=size, secs=secs, port=port)


def _call_sample(run, caller, command, answerer):
    caller.pin(run.placement.server)
    answerer.pin(run.placement.load)
    (busy, stolen), cpu, other_cpu, begin = machine_busy_s(), caller.cpu_s(), answerer.cpu_s(), time.monotonic()
    answer = json.loads(caller.ask(command, run.secs + 60))
    cpu, other_cpu, secs = caller.cpu_s() - cpu, answerer.cpu_s() - other_cpu, time.monotonic() - begin
    busy_after, stolen_after = machine_busy_s()
    sample = {"cpu_us": cpu * 1e6 / answer["msgs"], "messages_s": answer["msgs"] / answer["secs"],
              "others": max(0, busy_after - busy - cpu - other_cpu) / secs, "stolen": (stolen_after - stolen) / secs}
    if answer.get("allocated") is not None:
        sample["allocated_b"] = answer["allocated"] / answer["msgs"]
    return sample


# ---- idle


def idle(run):
    for cell in run.cells:
        servers, ports, extra = {}, {}, {peer.name: {} for peer in run.peers}
        with contextlib.ExitStack() as ends:
            ends.callback(lambda: run.processes.stop(*servers.values()))
            for peer in run.peers:
                try:
                    servers[peer.name], ports[peer.name] = start_server(run, peer, cell.arguments)
                    warm_up(run, peer, servers[peer.name], ports[peer.name], cell)
                except Failed as e:
                    run.fail(cell, e)

            def sample(peer, turn):
                return _idle_sample(run, cell, peer, servers[peer.name], ports[peer.name], turn == 0,
                                    extra[peer.name])
            measured = interleave(run, cell, [peer for peer in run.peers if peer.name in servers], sample)
            for peer in run.peers:
                if peer.name in measured:
                    measured[peer.name].about = at_end(peer, servers[peer.name])
        for peer in run.peers:
            if peer.name not in measured:
                continue
            result = measured[peer.name]
            result.extra.update(extra[peer.name])
            if run.bench.stand_in and peer.interpreter and "heap_b" in result.extra:
                try:
                    _separate_python(run, cell, peer, result.extra["heap_b"])
                except Failed as e:
                    run.fail(cell, e)
        yield cell, measured


def _idle_sample(run, cell, peer, server, port, first, extra):
    def active(settle):
        return load(run, server, port, cell, run.secs, settle)

    without = active(run.settle(peer, 0 if first else 1))
    descriptors = server.descriptors()
    server.pin(run.placement.all)
    if first:
        before = jvm.live_objects(server) if peer.is_jvm else None
        rss = server.rss_kib()
    command = [peers.load_generator(cell.load), "-c", 0, "-i", cell.idle, "-m", cell.size, "-a", 4, "-k", *cell.load, port]
    with run.processes.running("loadgen", command) as holder:
        try:
            opened = json.loads(holder.line(OPEN_S))
        except Failed as e:
            raise Failed(f"{peer.name}: {cell.idle} idle connections: {e}") from e
        if first:
            extra["rss_b"] = round((server.rss_kib() - rss) * 1024 / cell.idle)
            if peer.is_jvm:
                grown = jvm.growth(before, jvm.live_objects(server))
                extra["heap_b"] = _each(jvm.by_owner(grown), cell.idle)
                extra["heap_b_by_class"] = _each(dict(list(grown.items())[:SHOWN_CLASSES]), cell.idle)
        sample = active(run.settle(peer, 0 if first else 1))
    _until_closed(peer, server, descriptors)
    return {**sample, "open_s": opened["open_s"],
            "without_idle": {key: without[key] for key in ("cpu_us", "messages_s", "p50_us", "p99_us")},
            "p50_with_idle": sample["p50_us"] / without["p50_us"],
            "cpu_with_idle": sample["cpu_us"] / without["cpu_us"]}


def _each(sizes, count):
    return {name: round(size / count, 1) for name, size in sizes.items()}


def _until_closed(peer, server, descriptors):
    limit = time.monotonic() + 60
    while server.descriptors() > descriptors:
        if time.monotonic() > limit:
            raise Failed(f"{peer.name}: {server.descriptors() - descriptors} descriptors still open 60 s after their "
                         "peers closed")
        time.sleep(0.1)


def _separate_python(run, cell, peer, heap):
    """Adds what of the heap is Python's own: the same objects without sockets below, in a process of their own."""
    command = [*peer.interpreter, peers.HERE / "servers" / run.bench.stand_in]
    with run.processes.running(peer.name, command, peers.HERE / "servers") as process:
        process.announced(START_S)
        process.ask("1000", START_S)
        before = jvm.live_objects(process)
        process.ask(str(cell.idle), START_S)
        grown = jvm.growth(before, jvm.live_objects(process))
    heap["python_objects"] = round(sum(grown.values()) / cell.idle, 1)
    heap["below_python"] = round(heap["all"] - heap["python_objects"], 1)


# ---- start


def start(run, sample_of=None, limit_s=START_S):
    sample_of = sample_of or _start_sample
    for cell in run.cells:
        live = []
        for peer in run.peers:
            try:
                sample_of(run, cell, peer, limit_s) # not counted: it fills the machine's caches, and its own
                live.append(peer)
            except Failed as e:
                run.fail(cell, e)
        measured = interleave(run, cell, live, lambda peer, turn, cell=cell: sample_of(run, cell, peer, limit_s))
        for peer in live:
            if peer.name in measured:
                measured[peer.name].about = {"version": peer.version, **({"jvm_flags": flags(peer)} if peer.is_jvm else {})}
        yield cell, measured


def flags(peer):
    """The JVM options on the command line; a launcher adds its own."""
    return [word for word in map(str, peer.interpreter) if word.startswith("-XX")]


def _start_sample(run, cell, peer, limit):
    """A whole process, and all that it waits for, from its start to its end."""
    busy, stolen = machine_busy_s()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    process = run.processes.start(peer.name, [*peer.interpreter, "-c", cell.code])
    try:
        status = process.wait(limit)
    except subprocess.TimeoutExpired:
        raise Failed(f"{peer.name}: has not ended within {limit} s") from None
    finally:
        wall = time.monotonic() - begin
        run.processes.stop(process)
    if status != 0:
        raise Failed(f"{peer.name}: ended with status {status}{process.complaint()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    busy_now, stolen_now = machine_busy_s()
    return {"cpu_us": cpu * 1e6, "wall_s": wall, "others": max(0, busy_now - busy - cpu) / wall,
            "stolen": (stolen_now - stolen) / wall}


# ---- served

PAGE = b"what is served"


def served(run):
    yield from start(run, _served_sample, SERVED_S)


def _served_sample(run, cell, peer, limit):
    """A web server of twistd's, from its start until it has answered."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/page", "wb") as file:
            file.write(PAGE)
        port = _free_port()
        command = peer.script("twistd", ["-n", "--pidfile=", "web", "--path", folder, "--listen",
                                         f"tcp:{port}:interface=127.0.0.1"])
        busy, stolen = machine_busy_s()
        begin = time.monotonic()
        with run.processes.running(peer.name, command, folder) as process:
            until_served(process, port, begin + limit)
            wall, cpu = time.monotonic() - begin, process.cpu_s()
            busy_now, stolen_now = machine_busy_s()
    return {"cpu_us": cpu * 1e6, "wall_s": wall, "others": max(0, busy_now - busy - cpu) / wall,
            "stolen": (stolen_now - stolen) / wall}


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def until_served(process, port, deadline):
    """Returns when the server has answered with the page; until it listens, it is tried again and again."""
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=1)
            break
        except ConnectionRefusedError:
            if not process.is_alive():
                raise Failed(f"{process.label}: ended before it listened{process.complaint()}") from None
            if time.monotonic() > deadline:
                raise Failed(f"{process.label}: does not listen{process.complaint()}") from None
            time.sleep(POLL_S)
    with connection:
        connection.settimeout(max(0.1, deadline - time.monotonic()))
        connection.sendall(b"GET /page HTTP/1.0\r\n\r\n")
        answer = b""
        try:
            while data := connection.recv(4096):
                answer += data
        except OSError as e:
            raise Failed(f"{process.label}: {e}{process.complaint()}") from e
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.partition(b"\r\n")[0] or body != PAGE:
        raise Failed(f"{process.label}: answers {answer[:80]!r}{process.complaint()}")


KINDS = {"echo": echo, "call": call, "idle": idle, "start": start, "served": served}

