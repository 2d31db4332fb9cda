-- Who is in which network.
CREATE TABLE memberships (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    member_id TEXT NOT NULL REFERENCES members (id),
    network_id TEXT NOT NULL REFERENCES networks (id),
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    basis TEXT NOT NULL,
    -- [valid_from, valid_to); no start before it is active.
    valid_from DATE,
    valid_to DATE,
    end_reason TEXT,
    note TEXT,
    -- The member's own, so that a network's members are in order by an index.
    member_sort_key BLOB NOT NULL
);
-- At most one live membership of a member in a network.
CREATE UNIQUE INDEX memberships_live ON memberships (network_id, member_id) WHERE state IN ('applied', 'invited', 'active');
CREATE INDEX memberships_member ON memberships (member_id, created_at, id);
CREATE INDEX memberships_name ON memberships (network_id, member_sort_key, id);
CREATE INDEX memberships_state_name ON memberships (network_id, state, member_sort_key, id);
CREATE INDEX memberships_role_name ON memberships (network_id, role, member_sort_key, id);
CREATE INDEX memberships_created ON memberships (network_id, created_at, id);
CREATE INDEX memberships_updated ON memberships (network_id, updated_at, id);

CREATE TABLE membership_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    member_id TEXT NOT NULL,
    network_id TEXT NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    basis TEXT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    end_reason TEXT,
    note TEXT,
    member_sort_key BLOB NOT NULL,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX membership_revisions_name ON membership_revisions (network_id, member_sort_key, id);
CREATE INDEX membership_revisions_member ON membership_revisions (member_id);

-- Whether nobody coordinates a network that is not closed.
ALTER TABLE networks ADD COLUMN needs_coordinator BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE network_revisions ADD COLUMN needs_coordinator BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE networks SET needs_coordinator = FALSE WHERE status = 'closed';
UPDATE network_revisions SET needs_coordinator = FALSE WHERE status = 'closed';
CREATE INDEX networks_needs_coordinator_fi ON networks (sort_key_fi, id) WHERE needs_coordinator;
CREATE INDEX networks_needs_coordinator_sv ON networks (sort_key_sv, id) WHERE needs_coordinator;
CREATE INDEX networks_needs_coordinator_en ON networks (sort_key_en, id) WHERE needs_coordinator;

-- What SQLite's planner believes of the sizes (see 00000000000003_networks).
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('memberships', 'sqlite_autoindex_memberships_1', '300000 1'),
    ('memberships', 'memberships_live', '250000 50 1'),
    ('memberships', 'memberships_member', '300000 3 1 1'),
    ('memberships', 'memberships_name', '300000 60 1 1'),
    ('memberships', 'memberships_state_name', '300000 60 30 1 1'),
    ('memberships', 'memberships_role_name', '300000 60 20 1 1'),
    ('memberships', 'memberships_created', '300000 60 2 1'),
    ('memberships', 'memberships_updated', '300000 60 2 1'),
    ('networks', 'networks_needs_coordinator_fi', '20000 1 1'),
    ('networks', 'networks_needs_coordinator_sv', '20000 1 1'),
    ('networks', 'networks_needs_coordinator_en', '20000 1 1');
