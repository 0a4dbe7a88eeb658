"""From samples to figures: medians, ratios, JSON lines, bars, and a table for people."""

import fnmatch
import json
import statistics
from pathlib import Path

KEPT, MISSED, NOT_MEASURED = "kept", "MISSED", "not measured"

BARS = Path(__file__).resolve().parent.parent / "bars.tsv"


def summary(values):
    """Median and range."""
    return {"median": round(statistics.median(values), 3), "low": round(min(values), 3), "high": round(max(values), 3)}


def ratios(rounds, other, key="cpu_us"):
    """CPU a message (or what `key` is) over that of `other` in the same round; None where they have no round in common."""
    both = [mine[key] / theirs[key] for mine, theirs in zip(rounds, other) if mine and theirs]
    return summary(both) if both else None


def figure(conditions, cell, peer, measured):
    """The JSON object of one peer in one cell. `measured` has every peer of the cell."""
    result = measured[peer]
    samples = [sample for sample in result.rounds if sample]

    def of(key):
        values = [sample[key] for sample in samples if key in sample]
        return summary(values) if values else None

    def beside(key="cpu_us"):
        found = {other: ratios(result.rounds, measured[other].rounds, key) for other in measured if other != peer}
        return {other: ratio for other, ratio in found.items() if ratio}

    line = {**conditions, "cell": cell.name, "peer": peer, **result.about, "rounds": len(samples)}
    for key in ("cpu_us", "messages_s", "p50_us", "p99_us", "p50_with_idle", "cpu_with_idle", "open_s",
                "wall_s"):
        if of(key):
            line[key] = of(key)
    line["cpu_us"]["rounds"] = [round(sample["cpu_us"], 3) if sample else None for sample in result.rounds]
    line["others_cores"], line["stolen_cores"] = of("others"), of("stolen")
    line["ratio"] = beside()
    if of("time_us"):
        line["time_ratio"] = beside("time_us")
    if "wall_s" in line:
        line["wall_s"]["rounds"] = [round(sample["wall_s"], 3) if sample else None for sample in result.rounds]
        line["wall_ratio"] = beside("wall_s")
    return {**line, **result.extra}


class Bar:
    """A line of bars.tsv: in `name`, `cell` and `peer`, the value at `path` of the JSON line is at most `limit`.

    `java` says on which versions of Java: `17-24` and `25-` for example.
    """

    def __init__(self, name, cell, peer, path, limit, java="-"):
        self.name, self.cell, self.peer, self.path, self.limit = name, cell, peer, path, float(limit)
        first, _, last = java.partition("-")
        self.java = range(int(first or 0), int(last or 1000) + 1)

    def concerns(self, name, cell, java):
        return self.name == name and fnmatch.fnmatchcase(cell, self.cell) and java in self.java

    def value(self, line):
        found = line
        for key in self.path.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def verdict(self, name, cell, lines):
        """(KEPT, MISSED or NOT_MEASURED, text) for one cell; `lines` are the figures that there are."""
        line = next((line for line in lines if line["name"] == name and line["cell"] == cell
                     and line["peer"] == self.peer), {})
        value = self.value(line)
        text = f"{name} {cell} {self.peer} {self.path}"
        if value is None:
            return NOT_MEASURED, f"{text}: limit {self.limit:g}"
        return KEPT if value <= self.limit else MISSED, f"{text}: {value:g}, limit {self.limit:g}"


def bars(file=BARS):
    lines = (line.rstrip("\n") for line in file.read_text().splitlines())
    return [Bar(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def verdicts(name, cells, java, lines, all_bars):
    return [bar.verdict(name, cell.name, lines) for cell in cells for bar in all_bars
            if bar.concerns(name, cell.name, java)]


def dump(line):
    return json.dumps(line, separators=(", ", ": "))


def _median(line, key, form="{:.2f}"):
    return form.format(line[key]["median"]) if line.get(key) else "-"


def _memory(line):
    if "heap_b" in line:
        heap = line["heap_b"]
        below = f", {heap['below_python']:.0f} below Python" if "below_python" in heap else ""
        return f"heap {heap['all']:.0f} B a connection{below}"
    if "rss_b" in line:
        return f"rss {line['rss_b']} B a connection"
    if "allocated_b" in line:
        return f"{line['allocated_b']:g} B allocated a message"
    return f"heap {line['heap_kib'] / 1024:.0f} MiB" if "heap_kib" in line else \
        f"rss {line['rss_kib'] / 1024:.0f} MiB" if "rss_kib" in line else ""


def table(lines):
    """Text: a row a figure."""
    others = list(dict.fromkeys(line["peer"] for line in lines))
    rows = [["cell", "peer", "CPU us/msg", *(f"/ {other}" for other in others), "messages/s", "p50 us", "p99 us",
             "others' cores", "memory"]]
    if any("wall_s" in line for line in lines):
        return _aligned(_starts(lines, others))
    with_idle = any("p50_with_idle" in line for line in lines)
    if with_idle:
        rows[0][-1:-1] = ["p50 / without", "opened s"]
    for line in lines:
        row = [line["cell"], line["peer"], _median(line, "cpu_us")]
        for other in others:
            ratio = line["ratio"].get(other)
            row.append(f"{ratio['median']:.2f} ({ratio['low']:.2f}-{ratio['high']:.2f})" if ratio else "-")
        row += [_median(line, "messages_s", "{:,.0f}"), _median(line, "p50_us", "{:.0f}"),
                _median(line, "p99_us", "{:.0f}"), _median(line, "others_cores")]
        if with_idle:
            row += [_median(line, "p50_with_idle"), _median(line, "open_s", "{:.1f}")]
        rows.append([*row, _memory(line)])
    return _aligned(rows)


def _starts(lines, others):
    """Rows of the bench `start`: whole processes."""
    rows = [["cell", "peer", "wall s", *(f"/ {other}" for other in others), "CPU s", *(f"/ {other}" for other in others),
             "others' cores"]]
    for line in lines:
        rows.append([line["cell"], line["peer"], _median(line, "wall_s"), *_over(line, "wall_ratio", others),
                     f"{line['cpu_us']['median'] / 1e6:.2f}", *_over(line, "ratio", others), _median(line, "others_cores")])
    return rows


def _over(line, key, others):
    ratios_of = line[key]
    return [f"{ratios_of[other]['median']:.2f} ({ratios_of[other]['low']:.2f}-{ratios_of[other]['high']:.2f})"
            if other in ratios_of else "-" for other in others]


def _aligned(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(value.ljust(width) if i < 2 or i == len(widths) - 1 else value.rjust(width)
                               for i, (value, width) in enumerate(zip(row, widths))).rstrip() for row in rows)
