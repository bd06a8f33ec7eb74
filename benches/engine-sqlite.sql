-- What a database can do by itself: stage the file, upsert what differs, deactivate who is missing. It validates
-- nothing, keeps no history and no error of a record. Run by the sqlite3 shell with the file as `in.csv`.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS people (
    external_id TEXT PRIMARY KEY, email TEXT UNIQUE, first_name, prefix, last_name, onboarding_date, offboarding_date,
    birthday, language, "group", title, job_function, department, location, payroll_id, employment_type, phone,
    country, manager_external_id, status TEXT NOT NULL DEFAULT 'active'
);
CREATE TEMP TABLE staged (
    external_id TEXT, email, first_name, prefix, last_name, onboarding_date, offboarding_date, birthday, language,
    "group", title, job_function, department, location, payroll_id, employment_type, phone, country, manager_external_id
);
.mode csv
.import --skip 1 in.csv staged
CREATE UNIQUE INDEX temp.staged_id ON staged (external_id);
BEGIN IMMEDIATE;
INSERT INTO people SELECT *, 'active' FROM staged WHERE true
ON CONFLICT (external_id) DO UPDATE SET
    email = excluded.email, first_name = excluded.first_name, prefix = excluded.prefix, last_name = excluded.last_name,
    onboarding_date = excluded.onboarding_date, offboarding_date = excluded.offboarding_date,
    birthday = excluded.birthday, language = excluded.language, "group" = excluded."group", title = excluded.title,
    job_function = excluded.job_function, department = excluded.department, location = excluded.location,
    payroll_id = excluded.payroll_id, employment_type = excluded.employment_type, phone = excluded.phone,
    country = excluded.country, manager_external_id = excluded.manager_external_id, status = 'active'
WHERE (people.email, people.first_name, people.prefix, people.last_name, people.onboarding_date,
       people.offboarding_date, people.birthday, people.language, people."group", people.title, people.job_function,
       people.department, people.location, people.payroll_id, people.employment_type, people.phone, people.country,
       people.manager_external_id, people.status)
   IS NOT (excluded.email, excluded.first_name, excluded.prefix, excluded.last_name, excluded.onboarding_date,
       excluded.offboarding_date, excluded.birthday, excluded.language, excluded."group", excluded.title,
       excluded.job_function, excluded.department, excluded.location, excluded.payroll_id, excluded.employment_type,
       excluded.phone, excluded.country, excluded.manager_external_id, 'active');
UPDATE people SET status = 'inactive'
WHERE status = 'active' AND NOT EXISTS (SELECT 1 FROM staged WHERE staged.external_id = people.external_id);
COMMIT;
