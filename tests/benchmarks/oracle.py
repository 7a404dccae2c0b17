"""The oracle's long run: random deeds, and every row and field held against the oracle.

    ./run bench oracle [--steps N] [--seed S]     (100,000 steps, seed 0 unless given)

The last line is JSON: steps, reads, leaked, hidden, and how many steps went over HTTP.
Nothing is left in the database: every world is rolled back.
"""

import argparse
import json
import sys
import time

SERVERS = True
AT_ONCE = 500  # steps between two lines of progress, and two stages


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./run bench oracle")
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    from tests.oracle.machine import run
    from tests.oracle.reading import Tally
    from tests.oracle.stage import quiet, staged

    tally, began, number = Tally(), time.perf_counter(), asked.seed * 10**9
    quiet()
    while tally.steps < asked.steps:
        with staged() as stage:
            run(
                stage,
                tally,
                steps=min(AT_ONCE, asked.steps - tally.steps),
                number=number,
                strict=False,
            )
        number += 1
        seconds = time.perf_counter() - began
        print(f"{tally.steps:>9,} steps {seconds:>9,.0f} s", *tally.said[:20], sep="\n")
        tally.said.clear()
    found = {
        "steps": tally.steps,
        "reads": tally.reads,
        "leaked": tally.leaked,
        "hidden": tally.hidden,
        "http": tally.http,
        "seed": asked.seed,
        "seconds": round(time.perf_counter() - began),
    }
    print(json.dumps(found))
    if tally.leaked or tally.hidden:
        sys.exit(1)
