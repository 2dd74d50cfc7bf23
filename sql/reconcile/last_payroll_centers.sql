-- name: last_payroll_centers()
-- Costs by cost center of each entity's last regular run.
-- returns: one row per entity, provider and cost center code
-- used by: workflows/alignment.py
WITH last_period AS (
    SELECT center.entity, max(reading.period) AS period
    FROM payroll_center AS center
    INNER JOIN payroll_reading AS reading ON center.unit_key = reading.unit_key
    GROUP BY center.entity
)

SELECT
    center.entity, center.provider, center.cost_center_code, center.currency, last_period.period,
    sum(center.debit_minor) AS debit_minor, sum(center.people_count) AS people_count
FROM payroll_center AS center
INNER JOIN payroll_reading AS reading ON center.unit_key = reading.unit_key
INNER JOIN last_period
    ON center.entity = last_period.entity AND reading.period = last_period.period
GROUP BY
    center.entity, center.provider, center.cost_center_code, center.currency, last_period.period
ORDER BY center.entity, center.provider, center.cost_center_code, center.currency;
