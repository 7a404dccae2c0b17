"""Where entries come from: computed from what there is, each time somebody looks."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sharing.agreements import pending
from sharing.distribution import notices, recalls
from sharing.distribution.recalls import Recalled
from sharing.inbox import matched, sifted
from sharing.inbox.desk import Among, Desk
from sharing.inbox.kinds import Entry, Kind, Place
from sharing.intake import selectors as intake
from sharing.intake.selectors import SubmissionView
from sharing.vocabulary import INBOX_ENDING, INBOX_JOBS, INBOX_JOBS_FOR

# The last one is where the list goes on; what is little need not mind it.
Source = Callable[[Desk, Among, Place | None], Iterable[Entry]]


def recalled(desk: Desk, among: Among, _: Place | None) -> Iterable[Entry]:
    for each in recalls.unanswered(desk.organization, desk.readings):
        if among is None or each.collection in among:
            yield _recall(each)


def _recall(each: Recalled) -> Entry:
    count = f"{recalls.COUNTED}+" if each.count > recalls.COUNTED else str(each.count)
    what = "record was" if each.count == 1 else "records were"
    so_far = (
        "Your system was served the recall and has not acknowledged it"
        if each.delivered
        else "Your system was served the record and has not fetched the recall yet"
    )
    return Entry(
        Kind.RECALL,
        each.collection,
        each.newest,
        f"{count} {what} taken back from “{each.title}”",
        f"{so_far}; what was taken back must be removed on your side.",
        "collection",
        each.collection,
    )


def noticed(desk: Desk, among: Among, _: Place | None) -> Iterable[Entry]:
    for each in notices.notices(desk.actor):
        if each.acknowledged_at or not (among is None or each.id in among):
            continue
        late = each.purge_by <= desk.moment
        until = _minute(each.purge_by)
        why = (
            f"{each.reason} What you hold of it was to be purged by {until}, and nobody"
            " has acknowledged that it is."
            if late
            else f"{each.reason} What you hold of it is to be purged by {until}."
        )
        yield Entry(
            Kind.NOTICE,
            each.id,
            each.purge_by if late else each.ended_at,
            f"You may no longer read “{each.title}” of {each.agreement}",
            why,
            "notices",
            urgent=late,
        )


def unsigned(desk: Desk, among: Among, _: Place | None) -> Iterable[Entry]:
    for each in pending.to_sign(desk.actor):
        if among is not None and each.version not in among:
            continue
        yield Entry(
            Kind.SIGNATURE,
            each.version,
            each.since,
            f"Version {each.number} of {each.title} waits for your signature",
            "Your organization is invited to join it by signing the text in force."
            if each.joins
            else "Your organization is named as a party and has not signed; it takes"
            " effect when all have.",
            "agreement-version",
            each.version,
        )


def ending(desk: Desk, among: Among, _: Place | None) -> Iterable[Entry]:
    for each in pending.ending(desk.actor, INBOX_ENDING):
        if among is not None and each.version not in among:
            continue
        yield Entry(
            Kind.ENDING,
            each.version,
            each.ends - INBOX_ENDING,
            f"{each.title} ends in {_days(each.ends - desk.moment)}",
            f"Its text ends on {_minute(each.ends)}: from then on nothing is shared under"
            " it, unless a signed amendment follows.",
            "agreement",
            each.agreement,
        )


def held(desk: Desk, among: Among, _: Place | None) -> Iterable[Entry]:
    for each in intake.for_second_person(desk.actor):
        if among is not None and each.id not in among:
            continue
        yield Entry(
            Kind.HELD,
            each.id,
            each.since,
            f"{_lines(each.lines)} of a colleague wait for a second person",
            f"{each.reason} You did not send them: you can let them through, or refuse.",
            "submission",
            each.id,
        )


def jobs(desk: Desk, among: Among, _: Place | None) -> Iterable[Entry]:
    since = desk.moment - INBOX_JOBS_FOR
    found = intake.settled(desk.actor, since=since, among=among, limit=INBOX_JOBS)
    for each in found:
        if each.done_at:
            yield _job(each, each.done_at)


def _job(each: SubmissionView, done: datetime) -> Entry:
    bad = each.rejected + each.stopped
    if each.refusal:
        title, why = f"Your {_lines(each.lines)} were refused", each.refusal
    elif bad:
        title = f"Your {_lines(each.lines)} are through: {bad:,} with errors"
        why = "You sent them. See what was wrong, mend those lines and send them again."
    else:
        title = f"Your {_lines(each.lines)} are through, all accepted"
        why = "You sent them, and nothing is left to do."
    return Entry(
        Kind.JOB, each.id, done, title, why, "submission", each.id, urgent=bool(bad)
    )


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def _days(left: timedelta) -> str:
    return "a day" if left.days <= 1 else f"{left.days} days"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


SOURCES: dict[Kind, Source] = {
    Kind.MATCH: matched.matches,
    Kind.FILTER: sifted.filtered,
    Kind.RECALL: recalled,
    Kind.NOTICE: noticed,
    Kind.SIGNATURE: unsigned,
    Kind.ENDING: ending,
    Kind.HELD: held,
    Kind.JOB: jobs,
}
