-- Who is in which network.
CREATE TABLE memberships (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL REFERENCES members (id),
    network_id TEXT COLLATE "C" NOT NULL REFERENCES networks (id),
    role TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    basis TEXT COLLATE "C" NOT NULL,
    -- [valid_from, valid_to); no start before it is active.
    valid_from DATE,
    valid_to DATE,
    end_reason TEXT COLLATE "C",
    note TEXT,
    -- The member's own, so that a network's members are in order by an index.
    member_sort_key BYTEA NOT NULL
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
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL,
    network_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    basis TEXT COLLATE "C" NOT NULL,
    valid_from DATE,
    valid_to DATE,
    end_reason TEXT COLLATE "C",
    note TEXT,
    member_sort_key BYTEA NOT NULL,
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
