-- name: insert_journal_line(external_id, line_number, account, cost_center, project, component_class, amount_minor, description, people_count)!
-- One line; debit positive.
-- used by: workflows/build.py
INSERT INTO journal_line (
    external_id, line_number, account, cost_center, project, component_class,
    amount_minor, description, people_count
)
VALUES (
    :external_id, :line_number, :account, :cost_center, :project, :component_class,
    :amount_minor, :description, :people_count
);
