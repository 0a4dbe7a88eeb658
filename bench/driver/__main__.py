"""The command behind bench/run."""

import argparse
import datetime
import os
import platform
import resource
import sys

import catalogue
import figures
import measure
import peers
from processes import INTERRUPTS, Interrupted, Placement, Processes

# What the exit status says.
RAN, FAILED, CANNOT = 0, 1, 2


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(CANNOT, f"bench/run: {message}\n")


def options(arguments):
    parser = Parser(
        prog="bench/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures Euryale beside its peers: a JSON line a figure on standard output, a table on standard error.",
        epilog=f"names: {' '.join(catalogue.BENCHES)}\npeers: {' '.join(catalogue.PEERS)}\n"
        "exit status: 0 all ran, 1 a run failed or (--assert) a bar was missed, 2 could not run what was asked")
    parser.add_argument("names", nargs="+", metavar="NAME", help="what to measure")
    parser.add_argument("--peers", nargs="+", default=[], metavar="PEER", help="in this order, parted by blanks or "
                        f"commas [{','.join(catalogue.DEFAULT_PEERS)}, where they have a part]")
    parser.add_argument("--cells", nargs="+", default=[], metavar="PATTERN", help="only these, such as '*x64' [all]")
    parser.add_argument("--rounds", type=_count, default=5, metavar="N", help="samples of each peer in each cell [5]")
    parser.add_argument("--secs", type=_seconds, default=1.5, metavar="S", help="length of a sample [1.5]")
    parser.add_argument("--warm", type=_seconds, metavar="S", help="load that a JVM gets before its first sample, and a "
                        "quarter of it in each new cell [12; 40 for twisted.web, 120 for handshakes]")
    parser.add_argument("--placement", choices=Placement.NAMES, default="apart", help="server and load on one core each, "
                        "on the same one, or free to move [apart]")
    parser.add_argument("--euryale", type=os.path.abspath, default=peers.ROOT / "euryale", metavar="FILE",
                        help="another checkout's launcher, to compare two builds [this checkout's]")
    parser.add_argument("--assert", action="store_true", dest="hold", help="exit 1 when a bar of bars.tsv is missed or not "
                        "measured")
    return parser.parse_args(arguments)


def _count(text):
    value = int(text)
    if not 1 <= value <= 100:
        raise argparse.ArgumentTypeError("1 to 100")
    return value


def _seconds(text):
    value = float(text)
    if not 0 <= value <= 300:
        raise argparse.ArgumentTypeError("0 to 300")
    return value


def plan(chosen):
    """[(bench, cells, names of peers)] of what was asked for."""
    wanted = [name for word in chosen.peers for name in word.split(",") if name]
    planned = []
    for name in dict.fromkeys(chosen.names):
        bench = catalogue.bench(name)
        cells = catalogue.cells(bench, chosen.cells)
        planned.append((bench, cells, catalogue.peers(bench, wanted, cells)))
    return planned


def conditions(bench, chosen):
    return {"name": bench.name, "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
            "secs": chosen.secs, "warm": warm(bench, chosen), "placement": chosen.placement}


def warm(bench, chosen):
    return bench.warm if chosen.warm is None else chosen.warm


def _processor():
    with open("/proc/cpuinfo") as info:
        return next((line.partition(":")[2].strip() for line in info if line.startswith("model name")),
                    platform.machine())


def run(bench, cells, run_peers, chosen):
    """Measures one name; prints its figures; returns (failures, verdicts of its bars)."""
    lines = []
    with Processes() as processes:
        one = measure.Run(bench, cells, run_peers, chosen.rounds, chosen.secs, warm(bench, chosen),
                          Placement(chosen.placement), processes)
        for cell, measured in measure.KINDS[bench.kind](one):
            for peer in measured:
                lines.append(figures.figure(conditions(bench, chosen), cell, peer, measured))
                print(figures.dump(lines[-1]), flush=True)
    verdicts = figures.verdicts(bench.name, cells, chosen.java, lines, figures.bars())
    if lines:
        print(f"\n{bench.name}: medians of {chosen.rounds} rounds, ratios of CPU a message with their range\n\n"
              f"{figures.table(lines)}\n", file=sys.stderr)
    for verdict, text in verdicts:
        print(f"{verdict:<{len(figures.NOT_MEASURED)}}  {text}", file=sys.stderr)
    return one.failures, verdicts


def main(arguments):
    chosen = options(arguments)
    INTERRUPTS.install()
    # Servers inherit it: 19,000 connections are more than the usual soft limit.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        planned = plan(chosen)
        chosen.java = peers.java()
        Placement(chosen.placement)
        for wanted in {cell.load for _, cells, _ in planned for cell in cells}:
            peers.load_generator(wanted)
            if peers.TLS in wanted:
                peers.certificate()
        made = {name: peers.make(name, chosen.euryale) for _, _, names in planned for name in names}
    except (catalogue.Unknown, peers.Absent, ValueError) as e:
        print(f"bench/run: {e}", file=sys.stderr)
        return CANNOT
    failures, verdicts = [], []
    for bench, cells, names in planned:
        failed, held = run(bench, cells, [made[name] for name in names], chosen)
        failures += failed
        verdicts += held
    for failure in failures:
        print(f"bench/run: failed: {failure}", file=sys.stderr)
    return FAILED if failures or chosen.hold and any(verdict != figures.KEPT for verdict, _ in verdicts) else RAN


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Interrupted as e:
        sys.exit(128 + e.number)
