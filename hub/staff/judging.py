"""Every line of health, each from the same facts. Pure."""

from collections.abc import Callable
from datetime import timedelta

from hub.staff.facts import Facts
from hub.staff.lines import (
    DAY,
    HOUR,
    MINUTE,
    Line,
    State,
    by_age,
    day,
    some,
    told,
)
from sharing.events import pulse, queues
from sharing.vocabulary import SMALL_COUNT

SEEN_WITHIN = timedelta(seconds=15)  # beat rings every second
LATE = MINUTE  # work that is due for so long is late
FULL = 5 * 1024**3  # bytes free: less is too little
LOW = 20 * 1024**3
VAULT_YEARLY = timedelta(days=365)
LISTS_OLD = timedelta(days=180)
BACKUP_DAILY = timedelta(hours=26)
QUEUES = "Look at the queues."


def lines(facts: Facts) -> list[Line]:
    return [judge(facts) for judge in JUDGES]


def _database(facts: Facts) -> Line:
    if facts.walls:
        return Line("database", "Database", State.OK, "It answers, behind its walls.")
    todo = "Start the programs in their role: ACCORD_DB_ROLE, docs/operations.md."
    sentence = "It answers, but row-level security does not hold for this program."
    return Line("database", "Database", State.ACT, sentence, todo)


def _redis(facts: Facts) -> Line:
    if facts.redis:
        return Line("redis", "Redis", State.OK, "It answers.")
    sentence = "It does not answer: nobody rings for work, which waits in the database."
    return Line("redis", "Redis", State.ACT, sentence, "Start it; nothing is lost.")


def _program(facts: Facts, name: str, title: str, todo: str) -> Line:
    if facts.pulse is None:
        sentence = "Nobody can say: Redis does not answer."
        return Line(name, title, State.LOOK, sentence, "See to Redis first.")
    seen = facts.pulse.get(name)
    if seen is None:
        return Line(name, title, State.ACT, "It was not seen yet.", todo)
    age = facts.moment - seen
    state = by_age(age, SEEN_WITHIN, 4 * SEEN_WITHIN)
    sentence = f"At work {told(age)} ago."
    return Line(name, title, state, sentence, todo if state is not State.OK else "")


def _worker(facts: Facts) -> Line:
    todo = "Start a worker: ACCORD_DB_ROLE=accord_worker celery -A hub worker."
    return _program(facts, pulse.WORKER, "Worker", todo)


def _beat(facts: Facts) -> Line:
    todo = "Start the one beat, and a worker: celery -A hub beat."
    return _program(facts, pulse.BEAT, "Clock (beat)", todo)


def _housekeeping(facts: Facts) -> Line:
    name, title = "housekeeping", "Housekeeping"
    if facts.pulse is None or pulse.MINUTE not in facts.pulse:
        sentence = "It was not seen since Redis was last emptied."
        return Line(name, title, State.LOOK, sentence, "See to worker and clock.")
    minute = facts.moment - facts.pulse[pulse.MINUTE]
    hour = facts.pulse.get(pulse.HOUR)
    often = by_age(minute, 3 * MINUTE, 15 * MINUTE)
    sentence = f"What is past its time was ended {told(minute)} ago"
    if hour is not None:
        sentence += f", the hourly sweep ran {told(facts.moment - hour)} ago"
        swept = by_age(facts.moment - hour, 2 * HOUR, 12 * HOUR)
        often = max(often, swept, key=list(State).index)
    todo = "See to worker and clock." if often is not State.OK else ""
    return Line(name, title, often, f"{sentence}.", todo)


def _outbox(facts: Facts) -> Line:
    name, title, all_ = "outbox", "Outbox", queues.total(facts.shards.values())
    if all_.oldest is None or not all_.due:
        return Line(name, title, State.OK, "Nothing waits.")
    age = facts.moment - all_.oldest
    state = by_age(age, LATE, 10 * LATE)
    most = " or more" if all_.due >= queues.COUNTED else ""
    sentence = f"{some(all_.due, 'row')}{most} due, the oldest for {told(age)}."
    todo = "More workers, if it goes on." if state is not State.OK else ""
    return Line(name, title, state, sentence, todo)


def _doorbell(facts: Facts) -> Line:
    name, title = "doorbell", "Doorbell, by shard"
    seen = facts.pulse or {}
    said, state = [], State.OK
    for number, depth in sorted(facts.shards.items()):
        if not depth.due or depth.oldest is None:
            continue
        rung = seen.get(pulse.shard(number))
        age = facts.moment - rung if rung is not None else None
        when = f"rung {told(age)} ago" if age is not None else "not rung yet"
        said.append(f"shard {number}: {some(depth.due, 'row')} due, {when}")
        if facts.moment - depth.oldest > LATE and (age is None or age > LATE):
            state = State.ACT
    todo = "See to Redis, worker and clock." if state is State.ACT else ""
    sentence = f"{'; '.join(said).capitalize()}." if said else "No shard has work left."
    return Line(name, title, state, sentence, todo)


def _dead(facts: Facts) -> Line:
    name, title, all_ = "dead", "Dead and stuck", queues.total(facts.shards.values())
    if not all_.dead and not all_.stuck:
        return Line(name, title, State.OK, "Nothing is dead, nothing is stuck.")
    sentence = f"{some(all_.dead, 'row')} dead, {some(all_.stuck, 'row')} stuck."
    return Line(name, title, State.ACT if all_.dead else State.LOOK, sentence, QUEUES)


def _chunks(facts: Facts) -> Line:
    name, title, all_ = "chunks", "Chunks", queues.total(facts.chunks.values())
    sentence = (
        f"{all_.waiting + all_.scheduled:,} waiting, {all_.at_work:,} at work,"
        f" {all_.stuck:,} stuck, {all_.dead:,} dead,"
        f" of {some(len(facts.chunks), 'organization')}."
    )
    if all_.dead:
        return Line(name, title, State.ACT, sentence, QUEUES)
    return Line(name, title, State.LOOK if all_.stuck else State.OK, sentence)


def _held(facts: Facts) -> Line:
    name, title = "held", "Held batches"
    if not facts.held:
        return Line(name, title, State.OK, "Nothing waits for a second person.")
    age = facts.moment - min(each.since for each in facts.held)
    n = len(facts.held)
    sentence = f"{n:,} wait{'s' if n == 1 else ''}, the oldest for {told(age)}."
    todo = "Let them through or refuse them; after 14 days they are refused."
    state = by_age(age, DAY, 7 * DAY)
    return Line(name, title, state, sentence, todo)


def _builds(facts: Facts) -> Line:
    name, title = "builds", "Backfills and generations"
    if not facts.builds:
        return Line(name, title, State.OK, "None is under way.")
    said = [
        f"{each.collection}, generation {each.number}: {each.share:.0%} through,"
        f" {_rows(each.rows, each.rate)}, begun {told(facts.moment - each.started)} ago"
        for each in facts.builds
    ]
    old = any(facts.moment - each.started > 6 * HOUR for each in facts.builds)
    todo = "Look whether the cursor moves, and at the queues." if old else ""
    state = State.LOOK if old else State.OK
    return Line(name, title, state, f"{'; '.join(said)}.", todo)


def _rows(rows: int | None, rate: float | None) -> str:
    if rows is None or rate is None:
        return f"fewer than {SMALL_COUNT} rows"
    return f"{some(rows, 'row')} at {rate:,.0f} a second"


def _filters(facts: Facts) -> Line:
    name, title = "filters", "Filters"
    made = [
        (each.collection, facts.moment - seen)
        for each in facts.keys
        if each.state == "live"
        and (seen := (facts.pulse or {}).get(pulse.filter_of(each.collection_id)))
    ]
    if not made:
        return Line(name, title, State.OK, "None was made lately: nobody asked.")
    said = "; ".join(f"{title}, {told(age)} ago" for title, age in sorted(made))
    sentence = f"Last made: {said}. One that is older than a minute is made anew for whoever asks."
    return Line(name, title, State.OK, sentence)


def _lists(facts: Facts) -> Line:
    name, title = "warninglists", "Warninglists"
    if facts.lists is None:
        todo = (
            "Install the package of lists, or name a folder: ACCORD_WARNINGLISTS_DIR."
        )
        return Line(name, title, State.LOOK, "Their age is not known.", todo)
    age = facts.moment - facts.lists
    state = by_age(age, LISTS_OLD)
    todo = "Take newer ones (ACCORD_WARNINGLISTS_DIR)." if state is State.LOOK else ""
    sentence = f"The newest is {told(age)} old."
    return Line(name, title, state, sentence, todo)


def _generations(facts: Facts) -> Line:
    name, title = "generations", "Keys of collections"
    late = [each for each in facts.keys if each.overdue]
    if late:
        said = ", ".join(f"{each.collection} ({each.number})" for each in late)
        todo = "See to worker and clock, then to the queues."
        sentence = f"Overdue: {said}. Readers are served it, and what is not built is not found."
        return Line(name, title, State.ACT, sentence, todo)
    coming = [each for each in facts.keys if each.announced]
    if not coming:
        return Line(name, title, State.OK, "No rotation is announced.")
    said = ", ".join(
        f"{each.collection} on {day(each.effective_from)}" for each in coming
    )
    return Line(name, title, State.OK, f"Announced: {said}.")


def _vault(facts: Facts) -> Line:
    name, title = "vault", "Vault key"
    found = [key for key in facts.hub_keys or () if key.purpose == "vault"]
    if not found:
        todo = "See to ACCORD_KEYS_FILE: without it every submission is refused."
        return Line(name, title, State.ACT, "The key file does not open.", todo)
    newest = max(found, key=lambda key: key.epoch)
    age = facts.moment - newest.created_at
    state = by_age(age, VAULT_YEARLY)
    sentence = f"Epoch {newest.epoch} is {told(age)} old."
    todo = "./run manage keys new-vault" if state is State.LOOK else ""
    if len(found) > 1:
        sentence += f" {some(len(found) - 1, 'older one')} still kept."
        todo = (
            todo or f"./run manage keys drop --purpose vault --epoch {found[0].epoch}"
        )
        state = max(state, State.LOOK, key=list(State).index)
    return Line(name, title, state, sentence, todo)


def _disk(facts: Facts) -> Line:
    name, title, disk = "disk", "Disk of the database", facts.disk
    used = f"The database takes {_size(disk.used)}"
    if disk.free is None:
        sentence = f"{used}; how much is free its own machine knows."
        return Line(name, title, State.OK, sentence)
    state = State.OK if disk.free >= LOW else State.LOOK
    state = state if disk.free >= FULL else State.ACT
    todo = "Make room before it is full." if state is not State.OK else ""
    return Line(name, title, state, f"{used}; {_size(disk.free)} are free.", todo)


def _size(count: int) -> str:
    if count >= 1024**3:
        return f"{count / 1024**3:,.1f} GiB"
    return f"{count / 1024**2:,.0f} MiB"


def _backup(facts: Facts) -> Line:
    name, title = "backup", "Backup"
    todo = "./run manage backup DIR --keys OTHER, unless you back up otherwise."
    if facts.backup is None:
        sentence = "None is known here."
        return Line(name, title, State.LOOK, sentence, todo)
    age = facts.moment - facts.backup
    state = by_age(age, BACKUP_DAILY)
    sentence = f"The last one that is known here was made {told(age)} ago."
    return Line(name, title, state, sentence, todo if state is State.LOOK else "")


def _agreements(facts: Facts) -> Line:
    name, title = "agreements", "Agreements"
    if not facts.changes:
        sentence = "No text starts within 7 days, none ends within 30."
        return Line(name, title, State.OK, sentence)
    said = [
        f"“{each.title}” version {each.number} {'starts' if each.starts else 'ends'}"
        f" on {day(each.at)}"
        for each in facts.changes
    ]
    ends = [each for each in facts.changes if not each.starts]
    todo = "Ask the parties whether it goes on; an amendment keeps it." if ends else ""
    state = State.LOOK if ends else State.OK
    return Line(name, title, state, f"{'; '.join(said)}.", todo)


JUDGES: tuple[Callable[[Facts], Line], ...] = (
    _database,
    _redis,
    _worker,
    _beat,
    _housekeeping,
    _outbox,
    _doorbell,
    _dead,
    _chunks,
    _held,
    _builds,
    _filters,
    _lists,
    _generations,
    _vault,
    _disk,
    _backup,
    _agreements,
)
