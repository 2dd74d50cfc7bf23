-- Every distinct code is looked up once: the most specific rule, the latest valid shares.
CREATE UNLOGGED TABLE account_found AS
SELECT DISTINCT ON (wanted.provider, wanted.entity, wanted.component)
    wanted.provider, wanted.entity, wanted.component, rule.component_class,
    rule.debit_account, rule.credit_account, rule.dimensions, rule.summarise,
    (rule.debit_account = '' OR coalesce(debit.active, 'no') = 'yes')
    AND (rule.credit_account = '' OR coalesce(credit.active, 'no') = 'yes') AS is_open
FROM (
    SELECT DISTINCT provider, coalesce(known_entity, company) AS entity, component FROM typed
) AS wanted
LEFT JOIN entity ON wanted.entity = entity.entity
INNER JOIN account_rule AS rule
    ON wanted.provider = rule.provider AND wanted.component = rule.source_code
    AND rule.coding = 'component' AND rule.valid_from <= date '2026-10-31'
    AND rule.scope IN ('group', 'country:' || entity.country, 'entity:' || wanted.entity)
LEFT JOIN erp_account AS debit ON rule.debit_account = debit.code
LEFT JOIN erp_account AS credit ON rule.credit_account = credit.code
ORDER BY wanted.provider, wanted.entity, wanted.component,
    CASE left(rule.scope, 1) WHEN 'e' THEN 3 WHEN 'c' THEN 2 ELSE 1 END DESC, rule.valid_from DESC;

CREATE UNLOGGED TABLE share AS
SELECT
    ranked.provider, ranked.entity, ranked.source_code, ranked.valid_on,
    row_number() OVER (
        PARTITION BY ranked.provider, ranked.entity, ranked.source_code, ranked.valid_on
        ORDER BY ranked.cost_center
    ) AS part,
    (ranked.percent * 100)::bigint AS basis_points,
    CASE WHEN center.active = 'yes' THEN ranked.cost_center ELSE heir.code END AS cost_center
FROM (
    SELECT wanted.valid_on, rule.*, rank() OVER (
        PARTITION BY rule.provider, rule.entity, rule.source_code, wanted.valid_on
        ORDER BY rule.valid_from DESC
    ) AS age
    FROM (SELECT DISTINCT valid_on FROM typed) AS wanted
    INNER JOIN center_rule AS rule ON rule.valid_from <= wanted.valid_on
) AS ranked
LEFT JOIN erp_center AS center ON ranked.cost_center = center.code
LEFT JOIN successor ON ranked.entity = successor.entity
    AND ranked.cost_center = successor.cost_center
LEFT JOIN erp_center AS heir ON successor.successor = heir.code AND heir.active = 'yes'
WHERE ranked.age = 1 AND ranked.percent > 0;

CREATE UNLOGGED TABLE center_found AS
SELECT provider, entity, source_code, valid_on, count(*) AS parts,
    bool_and(cost_center IS NOT NULL) AS is_open, min(cost_center) AS single
FROM share GROUP BY provider, entity, source_code, valid_on;
ANALYZE account_found, share, center_found;

-- One row per line with its accounts and the first rule that it breaks.
CREATE UNLOGGED TABLE checked AS
SELECT
    line.file_no, line.line_no, line.provider, line.valid_on, line.employee, line.component,
    coalesce(line.known_entity, line.company) AS entity, line.currency, line.amount_minor,
    account.component_class, coalesce(account.debit_account, '') AS debit_account,
    coalesce(account.credit_account, '') AS credit_account, account.summarise,
    CASE WHEN account.dimensions LIKE '%cost_center%' THEN line.cost_center ELSE '' END
    AS cost_center,
    coalesce(center.single, '') AS single_center, coalesce(center.parts, 0) AS parts,
    CASE WHEN account.dimensions LIKE '%project%' THEN coalesce(erp_project.code, '') ELSE '' END
    AS project,
    CASE
        WHEN line.pay_group <> 'MONTHLY' OR line.period = '' OR line.run = ''
        OR length(line.pay_date) <> 10 THEN 'row'
        WHEN line.employee !~ '^\d{2}-\d+$' THEN 'employee'
        WHEN line.component = '' THEN 'component'
        WHEN length(line.currency) <> 3 OR line.currency <> entity.currency THEN 'currency'
        WHEN entity.entity IS NULL THEN 'entity'
        WHEN line.month_text !~ '^(\d{4}-(0[1-9]|1[0-2]))?$' THEN 'earned_for'
        WHEN line.turn > 1 THEN 'duplicate'
        WHEN account.component IS NULL THEN 'account_unmapped'
        WHEN NOT account.is_open THEN 'account_closed'
        WHEN account.dimensions LIKE '%cost_center%' AND line.cost_center = ''
        THEN 'dimension_missing'
        WHEN account.dimensions LIKE '%cost_center%' AND center.parts IS NULL
        THEN 'cost_center_unmapped'
        WHEN account.dimensions LIKE '%cost_center%' AND NOT center.is_open
        THEN 'cost_center_closed'
        WHEN account.dimensions LIKE '%project%' AND line.project <> ''
        AND erp_project.code IS NULL THEN 'project_unmapped'
        ELSE ''
    END AS broken
FROM (
    SELECT *, row_number() OVER (
        PARTITION BY file_no, employee, component, earned_for ORDER BY line_no
    ) AS turn FROM typed
) AS line
LEFT JOIN entity ON coalesce(line.known_entity, line.company) = entity.entity
LEFT JOIN account_found AS account
    ON line.provider = account.provider AND line.component = account.component
    AND coalesce(line.known_entity, line.company) = account.entity
LEFT JOIN center_found AS center
    ON line.provider = center.provider AND line.cost_center = center.source_code
    AND coalesce(line.known_entity, line.company) = center.entity
    AND line.valid_on = center.valid_on
LEFT JOIN project_rule AS project
    ON line.provider = project.provider AND line.project = project.source_code
    AND coalesce(line.known_entity, line.company) = project.entity
LEFT JOIN erp_project ON project.project = erp_project.code AND erp_project.active = 'yes';
DROP TABLE typed;
ANALYZE checked;
