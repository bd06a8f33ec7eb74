-- The unique indexes of `employee` beside its primary key, one text for both databases. They belong to the first
-- migration; a first load drops them and builds them after its rows.
CREATE UNIQUE INDEX employee_external_id ON employee (workspace_id, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX employee_email ON employee (workspace_id, lower(email)) WHERE status <> 'erased';
