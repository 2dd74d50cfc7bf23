-- name: insert_reference_snapshot(source, taken_at, object_count, added_count, changed_count, closed_count, missing_count, doubted_count, kinds)!
-- One reading of a source's master data with its differences.
-- used by: workflows/reference.py
INSERT INTO reference_snapshot (
    source, taken_at, object_count, added_count, changed_count, closed_count, missing_count,
    doubted_count, kinds
)
VALUES (
    :source, :taken_at, :object_count, :added_count, :changed_count, :closed_count, :missing_count,
    :doubted_count, :kinds
);
