-- What the server can do by itself: stage the file, merge what differs, deactivate who is missing. It validates
-- nothing, keeps no history and no error of a record. Run by psql with the file as `in.csv`.
\set ON_ERROR_STOP 1
\set QUIET 1
SET client_min_messages = warning;
CREATE TABLE IF NOT EXISTS people (
    external_id text PRIMARY KEY, email text UNIQUE, first_name text, prefix text, last_name text, onboarding_date text,
    offboarding_date text, birthday text, language text, "group" text, title text, job_function text, department text,
    location text, payroll_id text, employment_type text, phone text, country text, manager_external_id text,
    status text NOT NULL DEFAULT 'active'
);
CREATE TEMP TABLE staged (
    external_id text, email text, first_name text, prefix text, last_name text, onboarding_date text,
    offboarding_date text, birthday text, language text, "group" text, title text, job_function text, department text,
    location text, payroll_id text, employment_type text, phone text, country text, manager_external_id text
);
\copy staged FROM 'in.csv' WITH (FORMAT csv, HEADER)
CREATE UNIQUE INDEX staged_id ON staged (external_id);
ANALYZE staged;
ANALYZE people;
BEGIN;
MERGE INTO people USING staged ON people.external_id = staged.external_id
WHEN MATCHED AND
    (people.email, people.first_name, people.prefix, people.last_name, people.onboarding_date,
     people.offboarding_date, people.birthday, people.language, people."group", people.title, people.job_function,
     people.department, people.location, people.payroll_id, people.employment_type, people.phone, people.country,
     people.manager_external_id, people.status)
    IS DISTINCT FROM
    (staged.email, staged.first_name, staged.prefix, staged.last_name, staged.onboarding_date,
     staged.offboarding_date, staged.birthday, staged.language, staged."group", staged.title, staged.job_function,
     staged.department, staged.location, staged.payroll_id, staged.employment_type, staged.phone, staged.country,
     staged.manager_external_id, 'active')
THEN UPDATE SET
    email = staged.email, first_name = staged.first_name, prefix = staged.prefix, last_name = staged.last_name,
    onboarding_date = staged.onboarding_date, offboarding_date = staged.offboarding_date, birthday = staged.birthday,
    language = staged.language, "group" = staged."group", title = staged.title, job_function = staged.job_function,
    department = staged.department, location = staged.location, payroll_id = staged.payroll_id,
    employment_type = staged.employment_type, phone = staged.phone, country = staged.country,
    manager_external_id = staged.manager_external_id, status = 'active'
WHEN NOT MATCHED THEN INSERT VALUES
    (staged.external_id, staged.email, staged.first_name, staged.prefix, staged.last_name, staged.onboarding_date,
     staged.offboarding_date, staged.birthday, staged.language, staged."group", staged.title, staged.job_function,
     staged.department, staged.location, staged.payroll_id, staged.employment_type, staged.phone, staged.country,
     staged.manager_external_id, 'active');
UPDATE people SET status = 'inactive'
WHERE status = 'active' AND NOT EXISTS (SELECT FROM staged WHERE staged.external_id = people.external_id);
COMMIT;
