"""What claims were before a submission, and how they become that again.

A record holds each claim of a chunk that the submission touched first there, or changed
again. A claim goes back at once to what it was before all of the submission, where that
still has the last word about it; what came later is left.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from sharing import vocabulary as v
from sharing.indicators.claims import Claim, Facts
from sharing.indicators.models import ClaimBatch
from sharing.indicators.staging import lock_claims
from sharing.tokens import services as tokens
from sharing.tokens.vault import Vault


class Earlier(msgspec.Struct, frozen=True, array_like=True):
    """One claim as it was; text that a line asked to forget is not in it."""

    id: UUID
    source: tuple[int, int] | None  # None: it was not there
    changed: bool
    facts: Facts | None = None
    state: str = ""
    annotations: tuple[str, ...] = ()
    by_hash: bool = False
    value: str | None = None
    forgot: bool = False  # its value or note is not remembered


@dataclass(slots=True)
class Reverted:
    """What became of the claims of one record."""

    withdrawn: int = 0  # that were not there before
    restored: int = 0
    without_text: int = 0  # of the restored: their value or note is gone for good
    later: set[UUID] = field(default_factory=set)  # left: something changed them since
    frozen: set[UUID] = field(default_factory=set)  # left
    ids: list[UUID] = field(default_factory=list)  # of those that recipients may have


def remembered(
    before: Mapping[UUID, Claim], touched: Iterable[Claim], submission: int
) -> Iterator[Earlier]:
    """What to keep of claims that a submission touches: first, or again with a change."""
    for claim in touched:
        old = before.get(claim.id)
        if old is None:
            yield Earlier(claim.id, None, changed=True)
        elif old.source[0] != submission or claim.changed:
            yield _earlier(old, claim)


def _earlier(old: Claim, claim: Claim) -> Earlier:
    if not claim.changed:
        return Earlier(claim.id, old.source, changed=False)
    has_text = old.value_sealed is not None or old.facts.note is not None
    forgets = claim.state != v.State.ACTIVE or claim.by_hash
    facts, value = old.facts, None
    if forgets:
        facts = replace(facts, note=None)
    elif old.value_sealed is not None:
        sealed = bytes(old.value_sealed)
        value = tokens.open_blob("value", claim.id.bytes, sealed).decode()
    return Earlier(
        claim.id,
        old.source,
        changed=True,
        facts=facts,
        state=old.state,
        annotations=old.annotations,
        by_hash=old.by_hash,
        value=value,
        forgot=forgets and has_text,
    )


def without_text(earlier: Earlier) -> Earlier:
    """The same, but for its value and note."""
    facts = earlier.facts
    if earlier.value is None and (facts is None or facts.note is None):
        return earlier
    facts = None if facts is None else replace(facts, note=None)
    return msgspec.structs.replace(earlier, facts=facts, value=None, forgot=True)


def contested(ids: Iterable[UUID]) -> list[Earlier]:
    """Claims of which an older submission said something too late to count.

    What they would go back to is not what it said: undone, nothing of them stays shared.
    """
    return [Earlier(pk, None, changed=True) for pk in ids]


def behind(later: Earlier, left: Earlier | None) -> Earlier:
    """What a claim goes back to when the submission before this one was undone as well.

    `left` is what that one would have gone back to; None: it is not known any more, then
    the claim is withdrawn. Text that this one made the hub forget stays forgotten.
    """
    if left is None or left.source is None:
        return Earlier(later.id, None, changed=True)
    if not left.changed:
        return msgspec.structs.replace(later, source=left.source)
    return without_text(left) if later.forgot else left


def packed(earlier: list[Earlier]) -> bytes:
    return msgspec.msgpack.encode(earlier)


def unpacked(data: bytes) -> list[Earlier]:
    return msgspec.msgpack.decode(data, type=list[Earlier])


_FACTS = (
    "scam_type role status review_status confidence severity tlp labels first_seen"
    " last_seen valid_until audience"
).split()
_COLUMNS = [*_FACTS, "state", "shared_infrastructure", "by_hash"]
_STAGE = """
CREATE TEMP TABLE earlier ON COMMIT DROP AS
SELECT id, false AS there, false AS changed, false AS forgot, value_sealed, note_sealed,
       source_submission, source_line, {columns}
  FROM sharing_indicator WITH NO DATA
""".format(columns=", ".join(_COLUMNS))
_COPY = (
    "COPY earlier (id, there, changed, forgot, value_sealed, note_sealed,"
    f" source_submission, source_line, {', '.join(_COLUMNS)}) FROM STDIN"
)
_LEFT = """
SELECT e.id, i.source_submission <> %(submission)s
  FROM earlier e JOIN sharing_indicator i ON i.id = e.id AND i.owner_id = %(owner)s
 WHERE i.source_submission NOT IN (0, %(submission)s, e.source_submission)
    OR i.state = 'frozen'
"""
_MINE = """
  FROM earlier e
 WHERE i.id = e.id AND i.owner_id = %(owner)s AND i.state <> 'frozen'
   AND i.source_submission = %(submission)s
"""
# As if it had never been sent: whoever says it again says it for the first time.
_WITHDRAW = f"""
UPDATE sharing_indicator i
   SET state = 'withdrawn', value_sealed = NULL, note_sealed = NULL, audience = '{{}}',
       source_submission = 0, source_line = 0, batch_id = %(batch)s,
       revision = i.revision + 1, updated_at = %(moment)s
 {_MINE} AND NOT e.there RETURNING i.id
"""  # noqa: S608 - only the constants above are put in
_RESTORE = f"""
UPDATE sharing_indicator i
   SET {", ".join(f"{name} = e.{name}" for name in _COLUMNS)},
       value_sealed = e.value_sealed, note_sealed = e.note_sealed,
       source_submission = e.source_submission, source_line = e.source_line,
       batch_id = %(batch)s, revision = i.revision + 1, updated_at = %(moment)s
 {_MINE} AND e.there AND e.changed RETURNING i.id, e.forgot
"""  # noqa: S608 - only the constants above are put in
_GIVE_BACK = f"""
UPDATE sharing_indicator i
   SET source_submission = e.source_submission, source_line = e.source_line
 {_MINE} AND e.there AND NOT e.changed
"""  # noqa: S608 - only the constants above are put in


def revert(
    owner_id: UUID, submission: int, earlier: list[Earlier], moment: datetime
) -> tuple[Reverted, int | None]:
    """Undo one record in the caller's transaction and scope; the batch if any changed."""
    lock_claims(owner_id)
    batch = ClaimBatch.objects.create(
        owner_id=owner_id, cause="undone", created_at=moment
    )
    said: dict[str, Any] = {"owner": owner_id, "submission": submission}
    said |= {"batch": batch.pk, "moment": moment}
    found = Reverted()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.earlier")
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            for row in _rows(tokens.vault(), earlier, moment):
                copy.write_row(row)
        cursor.execute("ANALYZE earlier")
        cursor.execute(_LEFT, said)
        left = cursor.fetchall()
        cursor.execute(_WITHDRAW, said)
        found.ids = [pk for (pk,) in cursor]
        found.withdrawn = len(found.ids)
        cursor.execute(_RESTORE, said)
        back = cursor.fetchall()
        cursor.execute(_GIVE_BACK, said)
    found.later = {pk for pk, is_later in left if is_later}
    found.frozen = {pk for pk, is_later in left if not is_later}
    found.ids += [pk for pk, _ in back]
    found.restored = len(back)
    found.without_text = sum(forgot for _, forgot in back)
    return found, batch.pk if found.ids else None


def _rows(
    vault: Vault, earlier: Iterable[Earlier], moment: datetime
) -> Iterator[list[Any]]:
    for each in earlier:
        facts = each.facts or Facts(valid_until=moment)
        submission, line = each.source or (0, 0)
        yield [
            each.id,
            each.source is not None,
            each.changed,
            each.forgot,
            _sealed(vault, "value", each.id, each.value),
            _sealed(vault, "note", each.id, facts.note),
            submission,
            line,
            *(getattr(facts, name) for name in _FACTS),
            each.state,
            list(each.annotations),
            each.by_hash,
        ]


def _sealed(vault: Vault, purpose: str, pk: UUID, text: str | None) -> bytes | None:
    return None if text is None else vault.seal_blob(purpose, pk.bytes, text.encode())
