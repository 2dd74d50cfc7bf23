-- Every distinct code is looked up once: the most specific rule, the latest valid shares.
CREATE UNLOGGED TABLE account_found AS
SELECT DISTINCT ON (wanted.provider, wanted.entity, wanted.coding, wanted.code)
    wanted.provider, wanted.entity, wanted.coding, wanted.code, rule.component_class,
    rule.debit_account, rule.credit_account, rule.dimensions, rule.summarise,
    (rule.debit_account = '' OR coalesce(debit.active, 'no') = 'yes')
    AND (rule.credit_account = '' OR coalesce(credit.active, 'no') = 'yes') AS is_open
FROM (
    SELECT DISTINCT
        provider, coalesce(known_entity, company) AS entity, 'component' AS coding,
        component AS code
    FROM typed
    UNION
    SELECT provider, coalesce(known_entity, company), coding, code FROM typed_expense
) AS wanted
LEFT JOIN entity ON wanted.entity = entity.entity
INNER JOIN account_rule AS rule
    ON wanted.provider = rule.provider AND wanted.code = rule.source_code
    AND wanted.coding = rule.coding AND rule.valid_from <= date '2026-10-31'
    AND rule.scope IN ('group', 'country:' || entity.country, 'entity:' || wanted.entity)
LEFT JOIN erp_account AS debit ON rule.debit_account = debit.code
LEFT JOIN erp_account AS credit ON rule.credit_account = credit.code
ORDER BY wanted.provider, wanted.entity, wanted.coding, wanted.code,
    CASE left(rule.scope, 1) WHEN 'e' THEN 3 WHEN 'c' THEN 2 ELSE 1 END DESC, rule.valid_from DESC;

CREATE UNLOGGED TABLE share AS
SELECT
    ranked.entity, ranked.source_code, ranked.valid_on,
    row_number() OVER (
        PARTITION BY ranked.entity, ranked.source_code, ranked.valid_on
        ORDER BY ranked.cost_center
    ) AS part,
    (ranked.percent * 100)::bigint AS basis_points,
    CASE WHEN center.active = 'yes' THEN ranked.cost_center ELSE heir.code END AS cost_center
FROM (
    SELECT wanted.valid_on, rule.*, rank() OVER (
        PARTITION BY rule.entity, rule.source_code, wanted.valid_on
        ORDER BY rule.valid_from DESC
    ) AS age
    FROM (
        SELECT DISTINCT valid_on FROM typed UNION SELECT date '2026-10-31'
    ) AS wanted
    INNER JOIN center_rule AS rule ON rule.valid_from <= wanted.valid_on
) AS ranked
LEFT JOIN erp_center AS center ON ranked.cost_center = center.code
LEFT JOIN successor ON ranked.entity = successor.entity
    AND ranked.cost_center = successor.cost_center
LEFT JOIN erp_center AS heir ON successor.successor = heir.code AND heir.active = 'yes'
WHERE ranked.age = 1 AND ranked.percent > 0;

CREATE UNLOGGED TABLE center_found AS
SELECT entity, source_code, valid_on, count(*) AS parts,
    bool_and(cost_center IS NOT NULL) AS is_open, min(cost_center) AS single
FROM share GROUP BY entity, source_code, valid_on;
ANALYZE account_found, share, center_found;

-- One row per line with its accounts and the first rule that it breaks.
CREATE UNLOGGED TABLE checked AS
SELECT
    line.file_no, line.line_no, 'payroll' AS kind, line.valid_on, line.employee,
    line.employee AS atom, line.component AS code,
    coalesce(line.known_entity, line.company) AS entity, line.currency, line.amount_minor,
    account.component_class, account.component_class || '_liability' AS liability_class,
    coalesce(account.debit_account, '') AS debit_account,
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
        WHEN account.code IS NULL THEN 'account_unmapped'
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
    ON line.provider = account.provider AND line.component = account.code
    AND account.coding = 'component'
    AND coalesce(line.known_entity, line.company) = account.entity
LEFT JOIN center_found AS center
    ON line.cost_center = center.source_code
    AND coalesce(line.known_entity, line.company) = center.entity
    AND line.valid_on = center.valid_on
LEFT JOIN project_rule AS project
    ON line.project = project.source_code
    AND coalesce(line.known_entity, line.company) = project.entity
LEFT JOIN erp_project ON project.project = erp_project.code AND erp_project.active = 'yes';
DROP TABLE typed;

INSERT INTO checked
SELECT
    line.file_no, line.line_no, 'expense', date '2026-10-31', line.employee, line.entry, line.code,
    coalesce(line.known_entity, line.company), line.currency, line.amount_minor,
    CASE line.coding WHEN 'tax' THEN 'input_tax' ELSE 'expense_cost' END,
    'clearing_' || routing.route, coalesce(account.debit_account, ''),
    coalesce(routing.clearing_account, ''), account.summarise,
    CASE WHEN account.dimensions LIKE '%cost_center%' THEN line.cost_center ELSE '' END,
    coalesce(center.single, ''), coalesce(center.parts, 0),
    CASE WHEN account.dimensions LIKE '%project%' THEN coalesce(erp_project.code, '') ELSE '' END,
    CASE
        WHEN line.report = '' OR line.reference = '' OR line.entry = ''
        OR line.approved !~ '^2026-10-\d\dT' OR length(line.country) <> 2
        OR line.direction NOT IN ('', 'M', 'D')
        OR line.part NOT IN ('cost', 'tax_reclaimable') THEN 'row'
        WHEN line.employee !~ '^\d{2}-\d+$' THEN 'employee'
        WHEN NOT line.amount_reads THEN 'amount'
        WHEN length(line.currency) <> 3 OR line.currency <> entity.currency THEN 'currency'
        WHEN length(line.spend_currency) <> 3 THEN 'spend_currency'
        WHEN entity.entity IS NULL THEN 'entity'
        WHEN line.spent_on !~ '^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])$' THEN 'spent_on'
        WHEN routing.route IS NULL THEN 'route_undecided'
        WHEN account.code IS NULL THEN 'account_unmapped'
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
    END
FROM typed_expense AS line
LEFT JOIN entity ON coalesce(line.known_entity, line.company) = entity.entity
LEFT JOIN routing_rule AS routing ON line.payee = routing.payee
LEFT JOIN account_found AS account
    ON line.provider = account.provider AND line.coding = account.coding
    AND line.code = account.code
    AND coalesce(line.known_entity, line.company) = account.entity
LEFT JOIN center_found AS center
    ON line.cost_center = center.source_code
    AND coalesce(line.known_entity, line.company) = center.entity
    AND center.valid_on = date '2026-10-31'
LEFT JOIN project_rule AS project
    ON line.project = project.source_code
    AND coalesce(line.known_entity, line.company) = project.entity
LEFT JOIN erp_project ON project.project = erp_project.code AND erp_project.active = 'yes';
DROP TABLE typed_expense;
ANALYZE checked;
