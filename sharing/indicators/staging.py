"""The set-based half of accepting: lock what is there, COPY what is new, write once."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from sharing.indicators.claims import Claim, Facts
from sharing.indicators.models import Indicator
from sharing.indicators.successors import Key
from sharing.indicators.types import hash_only
from sharing.tokens import services as tokens
from sharing.tokens.vault import Vault

_FACTS = (
    "scam_type, role, status, review_status, confidence, severity, tlp, labels,"
    " first_seen, last_seen, valid_until, audience"
)
_COLUMNS = (
    "id, owner_id, type, index, index_epoch, nv, former, digest_sealed, vault_epoch,"
    " value_sealed, by_hash, note_sealed, "
    + _FACTS
    + ", shared_infrastructure, revision,"
    " state, batch_id, source_submission, source_line, created_at, updated_at"
)
_KNOWN = f"""
SELECT id, type, index, nv, {_FACTS}, note_sealed, shared_infrastructure, revision,
       state, source_submission, source_line, by_hash, value_sealed, former
  FROM sharing_indicator
 WHERE owner_id = %s
   AND (type, index) IN (SELECT * FROM unnest(%s::text[], %s::bytea[]))
 ORDER BY type, index
"""  # noqa: S608 - only the constants above are put in
_LOCK = _KNOWN + "   FOR UPDATE"


_FORMER = """
SELECT type, index, former FROM sharing_indicator
 WHERE owner_id = %s AND former && %s::bytea[]
"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def locked(
    owner_id: UUID, keys: Iterable[Key], hashes: Iterable[Key] = ()
) -> tuple[dict[Key, Claim], dict[Key, Key]]:
    """The owner's claims about these observables, locked in key order until the commit.

    And where hashes of earlier normal forms lead to, if the value came once. A claim
    that is not there yet has no row to lock: so one transaction at a time folds
    lines into an owner's claims. The dear part, reading them, is done by then.
    """
    lock_claims(owner_id)
    return _read(_LOCK, owner_id, keys, hashes)


def lock_claims(owner_id: UUID) -> None:
    """Wait until nobody else folds lines into the owner's claims, until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [f"claims of {owner_id}"])


def known(
    owner_id: UUID, keys: Iterable[Key], hashes: Iterable[Key] = ()
) -> tuple[dict[Key, Claim], dict[Key, Key]]:
    """The same as things are now; nothing is locked."""
    return _read(_KNOWN, owner_id, keys, hashes)


def _read(
    query: str, owner_id: UUID, keys: Iterable[Key], hashes: Iterable[Key]
) -> tuple[dict[Key, Claim], dict[Key, Key]]:
    with connection.cursor() as cursor:
        former = _former(cursor, owner_id, {*hashes})
        ordered = sorted({*keys, *former.values()})
        kinds, indexes = [k for k, _ in ordered], [i for _, i in ordered]
        cursor.execute(query, [owner_id, kinds, indexes])
        return {(row[1], bytes(row[2])): _claim(row) for row in cursor}, former


def _former(cursor: Any, owner_id: UUID, hashes: set[Key]) -> dict[Key, Key]:
    """The key of the claim that each hash of an earlier normal form leads to."""
    if not hashes:
        return {}
    cursor.execute(_FORMER, [owner_id, [index for _, index in hashes]])
    return {
        key: (kind, bytes(index))
        for kind, index, former in cursor
        for each in former
        if (key := (kind, bytes(each))) in hashes
    }


def _claim(row: tuple[Any, ...]) -> Claim:
    pk, kind, index, nv = row[:4]
    note, annotations, revision, state, submission, line, by_hash, value, former = row[
        16:
    ]
    facts = Facts(*row[4:15])
    facts.audience, facts.note = row[15], _open_note(pk, note)
    return Claim(
        id=pk,
        kind=kind,
        index=bytes(index),
        nv=nv,
        facts=facts,
        state=state,
        source=(submission, line),
        revision=revision,
        annotations=tuple(annotations),
        by_hash=by_hash,
        value_sealed=value,
        former=tuple(map(bytes, former or ())),
    )


def _open_note(pk: UUID, sealed: Any) -> str | None:
    if sealed is None:
        return None
    return tokens.open_blob("note", pk.bytes, bytes(sealed)).decode()


class Sealer:
    """Seals what a row keeps of its observable: the digest, perhaps value and note."""

    def __init__(
        self,
        vault: Vault,
        index_epoch: int,
        wants_value: Callable[[str, Facts], bool],
    ) -> None:
        self.vault = vault
        self.index_epoch = index_epoch
        self.wants_value = wants_value

    def row(
        self, owner_id: UUID, batch: int, claim: Claim, moment: datetime
    ) -> list[Any]:
        facts = claim.facts
        assert claim.digest is not None  # noqa: S101 - write() passes no others
        digest, epoch = self.vault.seal_digest(claim.id, claim.kind, claim.digest)
        return [
            claim.id,
            owner_id,
            claim.kind,
            claim.index,
            self.index_epoch,
            claim.nv,
            list(claim.former) or None,
            digest,
            epoch,
            self._value(claim),
            claim.by_hash,
            None if hash_only(claim.kind) else self._blob("note", claim.id, facts.note),
            facts.scam_type,
            facts.role,
            facts.status,
            facts.review_status,
            facts.confidence,
            facts.severity,
            facts.tlp,
            facts.labels,
            facts.first_seen,
            facts.last_seen,
            facts.valid_until,
            facts.audience,
            list(claim.annotations),
            claim.revision + 1 if claim.changed else claim.revision,
            claim.state,
            batch,
            *claim.source,
            moment,
            moment,
        ]

    def _value(self, claim: Claim) -> bytes | None:
        """Sealed anew where a line gave it; as it was where lines gave only its hash."""
        if claim.state != "active" or claim.by_hash or hash_only(claim.kind):
            return None
        if not self.wants_value(claim.kind, claim.facts):
            return None
        return self._blob("value", claim.id, claim.canonical) or claim.value_sealed

    def _blob(self, purpose: str, pk: UUID, text: str | None) -> bytes | None:
        if text is None:
            return None
        return self.vault.seal_blob(purpose, pk.bytes, text.encode())


def unsaved(
    owner_id: UUID, claim: Claim, sealer: Sealer, moment: datetime
) -> Indicator:
    """The row that would be written for a claim, in memory alone."""
    row = sealer.row(owner_id, 0, claim, moment)
    return Indicator(**dict(zip(_COLUMNS.split(", "), row, strict=True)))


_STAGE = "CREATE TEMP TABLE incoming (LIKE sharing_indicator) ON COMMIT DROP"
# Claims that go on under the index of a newer normal form: there is none yet, or the line
# would have been about that one.
_MOVE = """
UPDATE sharing_indicator AS stored
   SET index = i.index, index_epoch = i.index_epoch, nv = i.nv,
       digest_sealed = i.digest_sealed, vault_epoch = i.vault_epoch
  FROM incoming i
 WHERE stored.id = i.id AND stored.owner_id = i.owner_id AND stored.index <> i.index
"""
_SAME = "stored.id = excluded.id AND stored.revision = excluded.revision"
_WRITE = f"""
INSERT INTO sharing_indicator AS stored ({_COLUMNS})
SELECT {_COLUMNS} FROM incoming ORDER BY type, index
ON CONFLICT (owner_id, type, index) DO UPDATE SET
   nv = excluded.nv,
   former = excluded.former,
   value_sealed = CASE WHEN stored.id = excluded.id
                         OR excluded.by_hash
                       THEN excluded.value_sealed ELSE stored.value_sealed END,
   by_hash = excluded.by_hash,
   note_sealed = CASE WHEN stored.id = excluded.id
                      THEN excluded.note_sealed ELSE stored.note_sealed END,
   scam_type = excluded.scam_type, role = excluded.role, status = excluded.status,
   review_status = excluded.review_status, confidence = excluded.confidence,
   severity = excluded.severity, tlp = excluded.tlp, labels = excluded.labels,
   first_seen = excluded.first_seen, last_seen = excluded.last_seen,
   valid_until = excluded.valid_until,
   audience = CASE WHEN stored.id = excluded.id
                   THEN excluded.audience ELSE stored.audience END,
   shared_infrastructure = excluded.shared_infrastructure,
   revision = CASE WHEN {_SAME} THEN stored.revision ELSE stored.revision + 1 END,
   batch_id = CASE WHEN {_SAME} THEN stored.batch_id ELSE excluded.batch_id END,
   updated_at = CASE WHEN {_SAME} THEN stored.updated_at ELSE excluded.updated_at END,
   state = excluded.state,
   source_submission = excluded.source_submission, source_line = excluded.source_line
 WHERE stored.state <> 'frozen'
   AND (excluded.source_submission, excluded.source_line)
       >= (stored.source_submission, stored.source_line)
RETURNING batch_id
"""  # noqa: S608 - only the constants above are put in


def write(
    owner_id: UUID, batch: int, claims: list[Claim], sealer: Sealer, moment: datetime
) -> int:
    """COPY into a temporary table, then one upsert; returns how many rows changed.

    Should a claim have another id than `locked()` saw, that id stays, and with it what
    is sealed under it (the associated data names the id).
    """
    rows: Iterator[list[Any]] = (
        sealer.row(owner_id, batch, claim, moment) for claim in claims
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming")
        cursor.execute(_STAGE)
        with cursor.copy(f"COPY incoming ({_COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ANALYZE incoming")
        cursor.execute(_MOVE)
        cursor.execute(_WRITE)
        return sum(1 for (written,) in cursor if written == batch)
