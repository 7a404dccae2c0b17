"""The oracle's own test: faults put into policy and reading, each of which it must see.

    ./run bench mutants [NAME ...] [--steps N] [--seed S]     (at most 20,000 steps each)

Tells of each fault after how many steps it was seen. The last line is JSON: seen, unseen.
"""

import argparse
import json
import sys
import time

SERVERS = True


def main(arguments: list[str]) -> None:
    from tests.oracle.mutants import MUTANTS
    from tests.oracle.stage import quiet

    parser = argparse.ArgumentParser(prog="./run bench mutants")
    parser.add_argument("names", nargs="*", metavar="NAME", help="words of its name")
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    words = asked.names or [""]
    names = [name for name in MUTANTS if any(word in name for word in words)]
    quiet()
    unseen = [name for name in names if not _seen(name, asked.steps, asked.seed)]
    print(json.dumps({"seen": len(names) - len(unseen), "unseen": unseen}))
    if unseen:
        sys.exit(1)


def _seen(name: str, steps: int, seed: int) -> bool:
    from hub.lib.errors import Problem
    from tests.oracle.machine import run
    from tests.oracle.mutants import Mutated
    from tests.oracle.reading import FirstTally, SeenError
    from tests.oracle.stage import staged

    tally, began, what = FirstTally(), time.perf_counter(), ""
    with staged() as stage, Mutated(name):
        try:
            run(stage, tally, steps=steps, number=seed, strict=False)
        except (SeenError, Problem) as seen:  # told by the oracle, or refused by a twin
            what = f"{str(seen)[:60]} ..."
    seconds = time.perf_counter() - began
    print(
        f"{name:<28} {tally.steps:>6,} steps {seconds:>5,.0f} s  {what or 'NOT SEEN'}"
    )
    return bool(what)
