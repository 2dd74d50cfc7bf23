-- Cells of the pay lines, numbered within their file; what does not read keeps its text.
ANALYZE raw_line, source_file, center_rule;
CREATE UNLOGGED TABLE cut AS
SELECT
    raw.file_no, raw.line_no - first.line_no AS line_no,
    string_to_array(raw.cells, file.delimiter) AS cell
FROM raw_line AS raw
INNER JOIN source_file AS file ON raw.file_no = file.file_no
INNER JOIN (
    SELECT file_no, min(line_no) AS line_no FROM raw_line GROUP BY file_no
) AS first ON raw.file_no = first.file_no
WHERE raw.line_no > first.line_no;
ANALYZE cut;

CREATE UNLOGGED TABLE typed AS
SELECT
    one.*, code.entity AS known_entity,
    CASE WHEN one.amount_reads THEN (one.amount_text::numeric * (10 ^ one.digits)::numeric)::bigint
        ELSE 0 END AS amount_minor,
    CASE
        WHEN one.month_text = '' THEN date '2026-10-31'
        WHEN one.month_text ~ '^\d{4}-(0[1-9]|1[0-2])$' THEN (one.month_text || '-01')::date
        ELSE date '2026-10-31'
    END AS valid_on
FROM (
    SELECT
        cut.file_no, cut.line_no, file.provider, file.digits, file.entity AS file_entity,
        cardinality(cut.cell) AS width, cut.cell[1] AS company, cut.cell[2] AS pay_group,
        cut.cell[3] AS period, cut.cell[4] AS pay_date, cut.cell[5] AS run,
        cut.cell[6] AS employee, cut.cell[7] AS cost_center, cut.cell[8] AS project,
        cut.cell[9] AS component, cut.cell[11] AS currency, cut.cell[12] AS earned_for,
        replace(cut.cell[10], file.decimal_mark, '.') AS amount_text,
        (
            replace(cut.cell[10], file.decimal_mark, '.') ~ '^[+-]?\d{1,14}(\.\d{1,6})?$'
            AND length(rtrim(split_part(replace(cut.cell[10], file.decimal_mark, '.'), '.', 2), '0'))
            <= file.digits
        ) AS amount_reads,
        CASE WHEN file.date_form = '%d.%m.%Y' AND cut.cell[12] ~ '^\d\d\.\d{4}$'
            THEN right(cut.cell[12], 4) || '-' || left(cut.cell[12], 2)
            ELSE cut.cell[12] END AS month_text
    FROM cut INNER JOIN source_file AS file ON cut.file_no = file.file_no
    WHERE file.frame = 'pay_line'
) AS one
LEFT JOIN company_code AS code ON one.provider = code.provider AND one.company = code.company;

CREATE UNLOGGED TABLE typed_expense AS
SELECT
    one.*, code.entity AS known_entity,
    CASE WHEN one.amount_reads THEN (one.amount_text::numeric * (10 ^ one.digits)::numeric)::bigint
        ELSE 0 END AS amount_minor,
    CASE one.paid_to WHEN 'EMPLOYEE' THEN 'employee' WHEN 'CARD' THEN 'company_card' ELSE '' END
    AS payee,
    CASE WHEN one.part = 'tax_reclaimable' THEN 'tax' ELSE 'expense_type' END AS coding,
    CASE WHEN one.part = 'tax_reclaimable' THEN one.tax_code ELSE one.expense_type END AS code
FROM (
    SELECT
        cut.file_no, cut.line_no, file.provider, file.digits,
        cut.cell[1] AS report, cut.cell[2] AS reference, cut.cell[3] AS company,
        cut.cell[4] AS employee, cut.cell[5] AS approved, cut.cell[6] AS entry,
        cut.cell[7] AS part, cut.cell[8] AS expense_type,
        CASE WHEN file.date_form = '%d.%m.%Y' AND cut.cell[9] ~ '^\d\d\.\d\d\.\d{4}$'
            THEN right(cut.cell[9], 4) || '-' || substr(cut.cell[9], 4, 2) || '-'
            || left(cut.cell[9], 2)
            ELSE cut.cell[9] END AS spent_on,
        cut.cell[10] AS country, cut.cell[12] AS spend_currency, cut.cell[14] AS direction,
        replace(cut.cell[15], file.decimal_mark, '.') AS amount_text,
        (
            replace(cut.cell[15], file.decimal_mark, '.') ~ '^[+-]?\d{1,14}(\.\d{1,6})?$'
            AND length(rtrim(split_part(replace(cut.cell[15], file.decimal_mark, '.'), '.', 2), '0'))
            <= file.digits
        ) AS amount_reads,
        cut.cell[16] AS currency, cut.cell[17] AS tax_code, cut.cell[19] AS paid_to,
        cut.cell[20] AS cost_center, cut.cell[21] AS project
    FROM cut INNER JOIN source_file AS file ON cut.file_no = file.file_no
    WHERE file.frame = 'expense_line'
) AS one
LEFT JOIN company_code AS code ON one.provider = code.provider AND one.company = code.company;
DROP TABLE cut;
DROP TABLE raw_line;
ANALYZE typed, typed_expense;

-- Why none of a file can be trusted.
CREATE UNLOGGED TABLE held_file AS
SELECT read.file_no,
    CASE
        WHEN read.ragged OR read.unreadable THEN 'value_unreadable'
        WHEN read.currencies > 1 OR read.currency <> file.currency
        OR read.entities > 1 OR read.entity <> file.entity THEN 'expectation_failed'
        ELSE 'control_total_mismatch'
    END AS reason
FROM (
    SELECT
        file_no, count(*) AS read_count, bool_or(width <> 12) AS ragged,
        bool_or(NOT amount_reads) AS unreadable, count(DISTINCT currency) AS currencies,
        min(currency) AS currency, count(DISTINCT company) AS entities,
        min(coalesce(known_entity, company)) AS entity, sum(greatest(amount_minor, 0)) AS debit,
        sum(greatest(-amount_minor, 0)) AS credit
    FROM typed GROUP BY file_no
) AS read INNER JOIN source_file AS file ON read.file_no = file.file_no
WHERE read.ragged OR read.unreadable OR read.currencies > 1 OR read.currency <> file.currency
    OR read.entities > 1 OR read.entity <> file.entity OR read.read_count <> file.stated_count OR read.debit <> file.stated_debit
    OR read.credit <> file.stated_credit;
