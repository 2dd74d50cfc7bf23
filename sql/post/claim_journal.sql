-- name: claim_journal(external_id, holder, seconds)
-- Take a journal by database time; the same holder may take it again, under a new fence.
-- returns: the journal with its fence, or no row when someone else holds it
-- used by: workflows/post.py
UPDATE journal
SET
    lease_holder = :holder,
    lease_until = clock_timestamp() + make_interval(secs => :seconds),
    fence = fence + 1
WHERE
    external_id = :external_id
    AND (
        lease_until IS NULL OR lease_until < clock_timestamp() OR lease_holder = :holder
    )
RETURNING
    external_id, entity, kind, period, state, content, content_hash, makers, unit_key, fence,
    ledger_ref, ledger_number, debit_minor, currency, pair, reverses;
