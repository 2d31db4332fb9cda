-- People.
CREATE TABLE members (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- What the HR system owns, as JSON: read and written whole.
    document TEXT NOT NULL,
    -- What the person owns, as JSON. A write of the one never names the other's columns.
    profile TEXT NOT NULL,
    profile_version BIGINT NOT NULL,
    -- Folded: two that differ in capitals alone are the same (RFC 7643, 4.1.1).
    user_name TEXT NOT NULL UNIQUE,
    organisation_id TEXT REFERENCES organisations (id),
    status TEXT NOT NULL,
    protected BOOLEAN NOT NULL,
    confirmed_at TIMESTAMP,
    -- When it was last confirmed, or else created: what is stale goes by it.
    fresh_at TIMESTAMP NOT NULL,
    looking_for_peers BOOLEAN NOT NULL,
    -- From the profile: 0 for nobody to lend.
    available_percent SMALLINT NOT NULL,
    available_from DATE,
    available_until DATE,
    -- Collation key of family name and given name, in the Finnish alphabet.
    sort_key BLOB NOT NULL,
    names_version BIGINT NOT NULL
);
CREATE INDEX members_name ON members (sort_key, id);
CREATE INDEX members_organisation_name ON members (organisation_id, sort_key, id);
CREATE INDEX members_status_name ON members (status, sort_key, id);
CREATE INDEX members_created ON members (created_at, id);
CREATE INDEX members_updated ON members (updated_at, id);
CREATE INDEX members_fresh ON members (fresh_at, id);
CREATE INDEX members_looking ON members (sort_key, id) WHERE looking_for_peers;

CREATE TABLE member_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    profile TEXT NOT NULL,
    profile_version BIGINT NOT NULL,
    user_name TEXT NOT NULL,
    organisation_id TEXT,
    status TEXT NOT NULL,
    protected BOOLEAN NOT NULL,
    confirmed_at TIMESTAMP,
    fresh_at TIMESTAMP NOT NULL,
    looking_for_peers BOOLEAN NOT NULL,
    available_percent SMALLINT NOT NULL,
    available_from DATE,
    available_until DATE,
    sort_key BLOB NOT NULL,
    names_version BIGINT NOT NULL,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX member_revisions_name ON member_revisions (sort_key, id);
CREATE INDEX member_revisions_organisation ON member_revisions (organisation_id, sort_key, id);

-- Names folded for "begins with": given name first, and family name first.
CREATE TABLE member_names (
    member_id TEXT NOT NULL,
    names_version BIGINT NOT NULL,
    -- given_first or family_first.
    language TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (member_id, names_version, language)
);
CREATE INDEX member_names_folded ON member_names (folded, member_id, names_version);

-- What profiles are searched by: skill, wish (a skill to develop), interest, language, willing_to; the level of a skill
-- is 1-5, of a language 1-6 (CEFR A1-C2), of others 0.
CREATE TABLE member_facets (
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    concept_id TEXT REFERENCES concepts (id),
    level SMALLINT NOT NULL,
    PRIMARY KEY (member_id, facet, value)
);
CREATE INDEX member_facets_value ON member_facets (facet, value, level, member_id);
CREATE INDEX member_facets_concept ON member_facets (concept_id);

CREATE TABLE member_facet_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    member_id TEXT NOT NULL,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    concept_id TEXT,
    level SMALLINT NOT NULL,
    PRIMARY KEY (member_id, facet, value, recorded_from)
);
CREATE INDEX member_facet_revisions_value ON member_facet_revisions (facet, value, level, member_id);

-- Who members are to issuers of tokens.
CREATE TABLE member_identities (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The id that stands for the two in logs (auth::token).
    caller_id TEXT NOT NULL UNIQUE
);
CREATE UNIQUE INDEX member_identities_pair ON member_identities (issuer, subject);
CREATE INDEX member_identities_member ON member_identities (member_id, created_at, id);

CREATE TABLE member_identity_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    member_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    caller_id TEXT NOT NULL,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX member_identity_revisions_member ON member_identity_revisions (member_id, created_at, id);

-- What SQLite's planner believes of the sizes (see 00000000000003_networks).
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('members', 'sqlite_autoindex_members_1', '100000 1'),
    ('members', 'sqlite_autoindex_members_2', '100000 1'),
    ('members', 'members_name', '100000 2 1'),
    ('members', 'members_organisation_name', '100000 100 1 1'),
    ('members', 'members_status_name', '100000 33000 1 1'),
    ('members', 'members_created', '100000 2 1'),
    ('members', 'members_updated', '100000 2 1'),
    ('members', 'members_fresh', '100000 2 1'),
    ('members', 'members_looking', '10000 1 1'),
    ('member_names', 'sqlite_autoindex_member_names_1', '200000 2 2 1'),
    ('member_names', 'member_names_folded', '200000 2 1 1'),
    ('member_facets', 'sqlite_autoindex_member_facets_1', '1000000 10 4 1'),
    ('member_facets', 'member_facets_value', '1000000 200000 1000 200 1'),
    ('member_facets', 'member_facets_concept', '600000 1000'),
    ('member_identities', 'sqlite_autoindex_member_identities_1', '100000 1'),
    ('member_identities', 'member_identities_pair', '100000 25000 1'),
    ('member_identities', 'member_identities_member', '100000 1 1 1');
