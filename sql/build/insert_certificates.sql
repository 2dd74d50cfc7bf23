-- name: insert_certificates(unit_key, at)
-- Certify every document of a unit that has dispositions; the deferred constraint proves it.
-- used by: workflows/build.py
INSERT INTO completeness_certificate (
    document, unit_key, revision, origin, currency, in_count, in_debit_minor, in_credit_minor,
    built_count, held_count, excluded_count, carried_count, made_at
)
SELECT
    part.document,
    :unit_key,
    coalesce(
        (
            SELECT max(before.revision)
            FROM completeness_certificate AS before
            WHERE before.document = part.document AND before.unit_key = :unit_key
        ), 0
    ) + 1,
    control.origin,
    control.currency,
    control.read_line_count,
    control.read_debit_minor,
    control.read_credit_minor,
    coalesce(sum(part.line_count) FILTER (WHERE part.state = 'built'), 0),
    coalesce(sum(part.line_count) FILTER (WHERE part.state = 'held'), 0),
    coalesce(sum(part.line_count) FILTER (WHERE part.state = 'excluded'), 0),
    coalesce(sum(part.line_count) FILTER (WHERE part.state = 'carried_over'), 0),
    :at
FROM disposition AS part
INNER JOIN document_control AS control ON part.document = control.sha256
WHERE part.unit_key = :unit_key
GROUP BY
    part.document, control.origin, control.currency, control.read_line_count,
    control.read_debit_minor, control.read_credit_minor
RETURNING document, in_count, built_count, held_count, excluded_count;
