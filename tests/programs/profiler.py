"""Programs with the profiler. Each takes ``mx`` and a folder."""

import json

from programs.answers import error_of, warnings_of


def counts_of(table):
    """The counts of a table by section and name."""
    found, section = {}, ""
    for line, after in zip(table, table[1:]):  # noqa: B905, RUF007
        if after.startswith("====="):
            section = line
        words = line.split()
        if len(words) > 2 and words[1].isdigit():
            found[section, words[0]] = int(words[1])
    return found


def marks(mx, folder):
    """What programs note by themselves, as it is in tables and traces."""
    profiler, path = mx.profiler, str(folder / "trace.json")
    profiler.set_config(profile_all=True, aggregate_stats=True, filename=path)
    domain = profiler.Domain("dom")
    task, frame = domain.new_task("task"), domain.new_frame("frame")
    event, marker = profiler.Event("event"), domain.new_marker("marker")
    task.start()
    task.stop()
    profiler.set_state("run")
    counter = domain.new_counter("counter", 3)
    for timed in (task, frame, event):
        timed.start()
        timed.stop()
    task.start()
    task.stop()
    counter.increment(2)
    counter.decrement()
    counter += 4
    counter -= 1
    counter.set_value(11)
    for scope in ("process", "global", "thread"):
        marker.mark(scope)
    profiler.pause()
    frame.start()
    frame.stop()
    profiler.resume()
    (mx.nd.ones(2) + 1).wait_to_read()
    mx.nd.waitall()
    profiler.set_state("stop")
    event.start()
    event.stop()
    table = profiler.dumps().splitlines()
    counts = counts_of(table)
    old_name = warnings_of(profiler.dump_profile)
    trace = json.loads((folder / "trace.json").read_text())
    own = ("task", "frame", "event", "marker", "counter")
    kinds = {e["name"]: e["cat"] for e in trace["traceEvents"] if e.get("cat", "")[:3] in ("dom", "eve")}
    values = [e["args"]["counter"] for e in trace["traceEvents"] if e["name"] == "counter"]
    beginnings = [e["name"] for e in trace["traceEvents"] if e["ph"] in "XBb(in" and e["name"] in own]
    return [
        [str(named) for named in (domain, task, frame, event, counter)],
        {name: kinds[name] for name in ("task", "frame", "event", "marker")},
        values,
        sorted(beginnings),
        [counts[kind] for kind in (("dom", "task"), ("dom,frame", "frame"), ("event", "event"))],
        any(kind == "operator" for kind, _ in counts),
        table[:3],
        next(line for line in table if line.startswith("Name") and "Time" in line),
        trace["displayTimeUnit"],
        old_name,
        error_of(profiler.dump),
    ]


def the_profiler_refuses(mx, folder):
    profiler = mx.profiler
    marker = profiler.Domain("a").new_marker("b")
    return [
        error_of(lambda: profiler.set_config(foo=1)),
        error_of(lambda: profiler.set_config(profile_all="maybe")),
        error_of(lambda: profiler.set_state("foo")),
        error_of(lambda: profiler.set_state("run", "foo")),
        error_of(lambda: profiler.pause("foo")),
        error_of(lambda: profiler.resume("foo")),
        error_of(lambda: profiler.dump(profile_process="foo")),
        error_of(lambda: profiler.dumps(format="foo")),
        error_of(lambda: profiler.dumps(sort_by="foo")),
        error_of(lambda: profiler.dumps(ascending=3)),
        error_of(lambda: profiler.dumps(reset=3)),
        error_of(lambda: marker.mark("foo")),
        profiler.Task(profiler.Domain("a"), "b").stop(),
    ]


def the_profilers_old_names(mx, folder):
    profiler, path = mx.profiler, str(folder / "trace.json")
    found = [
        warnings_of(lambda: profiler.profiler_set_config("all", path)),
        warnings_of(lambda: profiler.profiler_set_state("run")),
        warnings_of(profiler.profiler_set_state),
    ]
    return found


PROGRAMS = [
    the_profilers_old_names,
    marks,
    the_profiler_refuses,
]
