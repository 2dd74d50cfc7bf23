-- What is held takes its employee with it; what informs or is nothing is excluded.
CREATE UNLOGGED TABLE decided AS
SELECT
    line.*, file.document,
    CASE WHEN line.excluded THEN 'excluded'
        WHEN bool_or(line.reason <> '') OVER atom
        OR sum(CASE WHEN line.excluded THEN 0 ELSE line.net END) OVER atom <> 0 THEN 'held'
        ELSE 'built' END AS state
FROM (
    SELECT
        checked.*,
        (CASE WHEN debit_account <> '' THEN amount_minor ELSE 0 END)
        - (CASE WHEN credit_account <> '' THEN amount_minor ELSE 0 END) AS net,
        coalesce(component_class, '') = 'information' OR (amount_minor = 0 AND broken = '')
        AS excluded,
        CASE WHEN coalesce(component_class, '') = 'information' THEN ''
            ELSE coalesce(nullif(broken, ''), held_file.reason, '') END AS reason
    FROM checked LEFT JOIN held_file ON checked.file_no = held_file.file_no
) AS line
INNER JOIN source_file AS file ON line.file_no = file.file_no
WINDOW atom AS (PARTITION BY line.file_no, line.entity, line.atom);
DROP TABLE checked;

INSERT INTO source_line
SELECT document, line_no, entity, employee, code, amount_minor, currency, state, reason
FROM decided;

-- Both legs; a liability leg carries no dimension.
CREATE UNLOGGED TABLE leg AS
SELECT row_number() OVER () AS leg_no, side.*
FROM (
    SELECT
        document, line_no, kind, entity, currency, employee, valid_on, summarise,
        debit_account AS account, component_class AS class, amount_minor AS leg_minor,
        CASE WHEN summarise = 'entity' THEN '' ELSE cost_center END AS code,
        CASE WHEN summarise = 'entity' THEN '' ELSE project END AS project,
        CASE WHEN summarise = 'entity' OR cost_center = '' THEN '' ELSE single_center END AS center,
        CASE WHEN summarise = 'entity' OR cost_center = '' THEN 1 ELSE parts END AS parts
    FROM decided WHERE state = 'built' AND debit_account <> '' AND amount_minor <> 0
    UNION ALL
    SELECT
        document, line_no, kind, entity, currency, employee, valid_on, summarise, credit_account,
        CASE WHEN debit_account <> '' THEN liability_class ELSE component_class END,
        -amount_minor,
        CASE WHEN debit_account <> '' OR summarise = 'entity' THEN '' ELSE cost_center END,
        CASE WHEN debit_account <> '' OR summarise = 'entity' THEN '' ELSE project END,
        CASE WHEN debit_account <> '' OR summarise = 'entity' OR cost_center = '' THEN ''
            ELSE single_center END,
        CASE WHEN debit_account <> '' OR summarise = 'entity' OR cost_center = '' THEN 1
            ELSE parts END
    FROM decided WHERE state = 'built' AND credit_account <> '' AND amount_minor <> 0
) AS side;
DROP TABLE decided;
ANALYZE leg;

-- Largest remainder: every part floored, the missing units to the largest rests, ties to the first.
CREATE UNLOGGED TABLE part AS
SELECT
    document, line_no, kind, entity, currency, employee, account, class, leg_minor, center, project
FROM leg WHERE parts = 1
UNION ALL
SELECT
    document, line_no, kind, entity, currency, employee, account, class,
    sign(leg_minor)::bigint * (least_minor + CASE WHEN turn <= missing THEN 1 ELSE 0 END),
    center, project
FROM (
    SELECT
        least.*, abs(leg_minor) - sum(least_minor) OVER (PARTITION BY leg_no) AS missing,
        row_number() OVER (PARTITION BY leg_no ORDER BY rest DESC, part) AS turn
    FROM (
        SELECT
            leg.leg_no, leg.document, leg.line_no, leg.kind, leg.entity, leg.currency, leg.employee,
            leg.account, leg.class, leg.leg_minor, leg.project, share.cost_center AS center,
            share.part, abs(leg.leg_minor) * share.basis_points / 10000 AS least_minor,
            abs(leg.leg_minor) * share.basis_points % 10000 AS rest
        FROM leg INNER JOIN share
            ON leg.entity = share.entity
            AND leg.code = share.source_code AND leg.valid_on = share.valid_on
        WHERE leg.parts > 1
    ) AS least
) AS ranked
WHERE least_minor + CASE WHEN turn <= missing THEN 1 ELSE 0 END <> 0;
ANALYZE part;

-- Groups that net to nothing keep a debit and a credit line.
CREATE UNLOGGED TABLE summed AS
SELECT
    row_number() OVER (
        PARTITION BY document, entity ORDER BY account, center, project, side
    ) AS number,
    left(encode(sha256((document || '|' || entity)::bytea), 'hex'), 24) AS external_id, grouped.*
FROM (
    SELECT
        part.document, part.kind, part.entity, part.currency, part.account, part.center, part.project,
        CASE WHEN net.leg_minor = 0 THEN sign(part.leg_minor)::integer ELSE 0 END AS side,
        sum(part.leg_minor)::bigint AS amount_minor, count(DISTINCT part.employee) AS people_count
    FROM part
    INNER JOIN (
        SELECT document, entity, account, center, project, sum(leg_minor) AS leg_minor
        FROM part GROUP BY document, entity, account, center, project
    ) AS net USING (document, entity, account, center, project)
    GROUP BY part.document, part.kind, part.entity, part.currency, part.account, part.center, part.project,
        CASE WHEN net.leg_minor = 0 THEN sign(part.leg_minor)::integer ELSE 0 END
) AS grouped;
CREATE UNIQUE INDEX ON summed (document, entity, account, center, project, side);
ANALYZE summed;

INSERT INTO journal
SELECT DISTINCT external_id, entity, kind, '2026-10', date '2026-10-31', currency FROM summed;

INSERT INTO journal_line
SELECT summed.external_id, summed.number, summed.account, summed.center, summed.project,
    label.class, summed.amount_minor, summed.people_count
FROM summed
INNER JOIN (
    SELECT document, entity, account, string_agg(DISTINCT class, '+' ORDER BY class) AS class
    FROM leg GROUP BY document, entity, account
) AS label USING (document, entity, account);

INSERT INTO link
SELECT summed.external_id, summed.number, part.document, part.line_no, part.leg_minor
FROM part
INNER JOIN summed
    ON part.document = summed.document AND part.entity = summed.entity
    AND part.account = summed.account AND part.center = summed.center
    AND part.project = summed.project
    AND summed.side IN (0, sign(part.leg_minor)::integer);

CREATE INDEX ON journal_line (external_id, number);
CREATE INDEX ON source_line (document, line_no);
CREATE INDEX ON link (external_id, number);
CREATE INDEX ON link (document, line_no);
DROP TABLE leg, part, summed, share, account_found, center_found, held_file;
