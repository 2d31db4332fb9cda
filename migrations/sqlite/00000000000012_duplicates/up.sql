-- Likely duplicates, a row for each reason: so each is kept under the lock of one e-mail or one name, whatever else is
-- written at once. The migration leaves them out: migrate derives them from the members, whose e-mails it folds first.
DROP TABLE member_duplicates;
CREATE TABLE member_duplicates (
    -- The two ids, with a colon between them.
    id TEXT NOT NULL,
    -- same_email or same_name_and_organisation.
    reason TEXT NOT NULL,
    first_id TEXT NOT NULL,
    second_id TEXT NOT NULL,
    -- When the second was created.
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (second_id, reason)
);
CREATE INDEX member_duplicates_created ON member_duplicates (created_at, id, reason);
CREATE INDEX member_duplicates_pair ON member_duplicates (id, reason);
CREATE INDEX member_duplicates_first ON member_duplicates (first_id, reason);

-- Pairs, of members or networks, that somebody judged to be two. Without references: the ids are those of two types.
CREATE TABLE dismissals (
    entity_type TEXT NOT NULL,
    -- The two ids, with a colon between them.
    id TEXT NOT NULL,
    first_id TEXT NOT NULL,
    second_id TEXT NOT NULL,
    dismissed_at TIMESTAMP NOT NULL,
    -- The internal id of whoever said so.
    dismissed_by TEXT,
    note TEXT,
    PRIMARY KEY (entity_type, id)
);
CREATE INDEX dismissals_first ON dismissals (entity_type, first_id);
CREATE INDEX dismissals_second ON dismissals (entity_type, second_id);

CREATE TABLE dismissal_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    entity_type TEXT NOT NULL,
    id TEXT NOT NULL,
    first_id TEXT NOT NULL,
    second_id TEXT NOT NULL,
    dismissed_at TIMESTAMP NOT NULL,
    dismissed_by TEXT,
    note TEXT,
    PRIMARY KEY (entity_type, id, recorded_from)
);
CREATE INDEX dismissal_revisions_first ON dismissal_revisions (entity_type, first_id);
CREATE INDEX dismissal_revisions_second ON dismissal_revisions (entity_type, second_id);

-- What SQLite's planner believes of the sizes (see 00000000000003_networks).
DELETE FROM sqlite_stat1 WHERE tbl = 'member_duplicates';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('member_duplicates', 'sqlite_autoindex_member_duplicates_1', '1000 1 1'),
    ('member_duplicates', 'member_duplicates_created', '1000 1 1 1'),
    ('member_duplicates', 'member_duplicates_pair', '1000 1 1'),
    ('member_duplicates', 'member_duplicates_first', '1000 1 1'),
    ('dismissals', 'sqlite_autoindex_dismissals_1', '100 50 1'),
    ('dismissals', 'dismissals_first', '100 50 1'),
    ('dismissals', 'dismissals_second', '100 50 1'),
    ('dismissal_revisions', 'sqlite_autoindex_dismissal_revisions_1', '100 50 1 1'),
    ('dismissal_revisions', 'dismissal_revisions_first', '100 50 1'),
    ('dismissal_revisions', 'dismissal_revisions_second', '100 50 1');
