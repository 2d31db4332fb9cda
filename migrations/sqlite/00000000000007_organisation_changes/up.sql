-- Reorganisations: mergers, splits, renamings, transfers and closures of organisations.
CREATE TABLE organisation_changes (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- Its own fields, as JSON: read and written whole. What is filtered or sorted by is a column beside it.
    document TEXT NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    effective_on DATE NOT NULL,
    applies_itself BOOLEAN NOT NULL,
    -- How far it has been applied: the step, and behind which id it goes on. Written with what the step did.
    step TEXT,
    step_after TEXT,
    -- What was moved so far, as JSON.
    moved TEXT NOT NULL,
    progressed_at TIMESTAMP,
    applied_at TIMESTAMP,
    -- The internal id of whoever had it applied.
    applied_by TEXT
);
CREATE INDEX organisation_changes_effective ON organisation_changes (effective_on, id);
CREATE INDEX organisation_changes_created ON organisation_changes (created_at, id);
CREATE INDEX organisation_changes_updated ON organisation_changes (updated_at, id);
CREATE INDEX organisation_changes_type ON organisation_changes (type, effective_on, id);
CREATE INDEX organisation_changes_state ON organisation_changes (state, effective_on, id);

CREATE TABLE organisation_change_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    effective_on DATE NOT NULL,
    applies_itself BOOLEAN NOT NULL,
    step TEXT,
    step_after TEXT,
    moved TEXT NOT NULL,
    progressed_at TIMESTAMP,
    applied_at TIMESTAMP,
    applied_by TEXT,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX organisation_change_revisions_effective ON organisation_change_revisions (effective_on, id);

-- The organisations of a change: part is original or result.
CREATE TABLE organisation_change_parties (
    change_id TEXT NOT NULL REFERENCES organisation_changes (id) ON DELETE CASCADE,
    part TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (change_id, part, organisation_id)
);
CREATE INDEX organisation_change_parties_organisation ON organisation_change_parties (organisation_id, part, change_id);

CREATE TABLE organisation_change_party_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    change_id TEXT NOT NULL,
    part TEXT NOT NULL,
    organisation_id TEXT NOT NULL,
    PRIMARY KEY (change_id, part, organisation_id, recorded_from)
);
CREATE INDEX organisation_change_party_revisions_organisation
    ON organisation_change_party_revisions (organisation_id, part, change_id);

-- The change that ended an organisation, and what came after it, as JSON.
ALTER TABLE organisations ADD COLUMN ended_by TEXT;
ALTER TABLE organisations ADD COLUMN successors TEXT;
ALTER TABLE organisation_revisions ADD COLUMN ended_by TEXT;
ALTER TABLE organisation_revisions ADD COLUMN successors TEXT;
CREATE INDEX organisations_ended_by ON organisations (ended_by) WHERE ended_by IS NOT NULL;
CREATE INDEX organisation_revisions_ended_by ON organisation_revisions (ended_by) WHERE ended_by IS NOT NULL;

-- The people of an organisation in the order in which a change takes them.
CREATE INDEX members_working_in ON members (organisation_id, id) WHERE status <> 'left';

-- What SQLite's planner believes of the sizes (see 00000000000003_networks).
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('organisation_changes', 'sqlite_autoindex_organisation_changes_1', '5000 1'),
    ('organisation_changes', 'organisation_changes_effective', '5000 20 1'),
    ('organisation_changes', 'organisation_changes_created', '5000 1 1'),
    ('organisation_changes', 'organisation_changes_updated', '5000 1 1'),
    ('organisation_changes', 'organisation_changes_type', '5000 1000 20 1'),
    ('organisation_changes', 'organisation_changes_state', '5000 1000 20 1'),
    ('organisation_change_parties', 'sqlite_autoindex_organisation_change_parties_1', '15000 3 2 1'),
    ('organisation_change_parties', 'organisation_change_parties_organisation', '15000 3 2 1'),
    ('organisations', 'organisations_ended_by', '1000 2'),
    ('members', 'members_working_in', '100000 100 1');
