-- name: forget_exchange_differences(unit_key)!
-- The bridges of a unit's documents, before they are reckoned anew.
-- used by: workflows/route.py
DELETE FROM exchange_difference AS gap
USING unit_document AS member
WHERE member.unit_key = :unit_key AND member.sha256 = gap.document;
