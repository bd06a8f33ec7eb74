-- Jobs come and go: their few live rows are to be found among few dead ones, however many jobs there have been.
ALTER TABLE job SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 500,
    fillfactor = 70
);
