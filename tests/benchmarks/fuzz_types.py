"""Hostile texts against every type's reader: no crash, nothing slow, normal forms stay.

    ./run bench fuzz-types [N] [SEED] [TYPE ...]     (1,000,000 texts for each type)

Only BadValue may be raised, by the reader and by guessing; no text may take over 100 ms
of the processor; a normal form read again is itself. The same SEED gives the same texts;
without one it is drawn, and printed. The last line is JSON with "ok".
"""

import json
import os
import secrets
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from sharing.indicators.types import TYPES
from tests.sharing.indicators.types import fuzzing

COUNT = 1_000_000


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else COUNT
    seed = arguments[1] if len(arguments) > 1 else str(secrets.randbelow(10**9))
    kinds = arguments[2:] or list(TYPES)
    print(f"seed {seed}, {count:,} texts for each of {len(kinds)} types", flush=True)
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        work = partial(fuzzing.fuzz, seed=seed, count=count)
        found = dict(zip(kinds, map(told, pool.map(work, kinds)), strict=True))
    faults = sum(len(each.faults) for each in found.values())
    slowest = max(each.slowest for each in found.values())
    ok = not faults and all(each.read == count for each in found.values())
    figures = {
        "seed": seed,
        "texts": sum(each.read for each in found.values()),
        "faults": faults,
        "slowest_ms": round(slowest * 1000, 1),
        "ok": ok,
    }
    print(json.dumps(figures))
    if not ok:
        raise SystemExit("A reader did what it must not.")


def told(found: fuzzing.Found) -> fuzzing.Found:
    share = 100 * found.good / max(1, found.read)
    print(
        f"{found.kind:<18}{found.read:>12,} texts {share:>5.1f} % of them good"
        f" {found.slowest * 1000:>8.1f} ms at most, {len(found.faults)} faults",
        *found.faults,
        sep="\n    ",
        flush=True,
    )
    return found
