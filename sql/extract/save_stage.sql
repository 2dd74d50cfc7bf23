-- name: save_stage(unit_key, stage, input_key, output_sha256, state, row_count, finding_count, sums, altered, at)!
-- A stage has run on these inputs.
-- used by: workflows/units.py
INSERT INTO unit_stage (
    unit_key, stage, input_key, output_sha256, state, row_count, finding_count,
    sums, altered, finished_at
)
VALUES (
    :unit_key, :stage, :input_key, :output_sha256, :state,
    :row_count, :finding_count, :sums, :altered, :at
)
ON CONFLICT (unit_key, stage) DO UPDATE SET
    input_key = excluded.input_key,
    output_sha256 = excluded.output_sha256,
    state = excluded.state,
    row_count = excluded.row_count,
    finding_count = excluded.finding_count,
    sums = excluded.sums,
    altered = excluded.altered,
    finished_at = excluded.finished_at;
