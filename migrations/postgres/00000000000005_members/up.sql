-- People.
CREATE TABLE members (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- What the HR system owns, as JSON: read and written whole.
    document TEXT NOT NULL,
    -- What the person owns, as JSON. A write of the one never names the other's columns.
    profile TEXT NOT NULL,
    profile_version BIGINT NOT NULL,
    -- Folded: two that differ in capitals alone are the same (RFC 7643, 4.1.1).
    user_name TEXT COLLATE "C" NOT NULL UNIQUE,
    organisation_id TEXT COLLATE "C" REFERENCES organisations (id),
    status TEXT COLLATE "C" NOT NULL,
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
    sort_key BYTEA NOT NULL,
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
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    profile TEXT NOT NULL,
    profile_version BIGINT NOT NULL,
    user_name TEXT COLLATE "C" NOT NULL,
    organisation_id TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL,
    protected BOOLEAN NOT NULL,
    confirmed_at TIMESTAMP,
    fresh_at TIMESTAMP NOT NULL,
    looking_for_peers BOOLEAN NOT NULL,
    available_percent SMALLINT NOT NULL,
    available_from DATE,
    available_until DATE,
    sort_key BYTEA NOT NULL,
    names_version BIGINT NOT NULL,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX member_revisions_name ON member_revisions (sort_key, id);
CREATE INDEX member_revisions_organisation ON member_revisions (organisation_id, sort_key, id);

-- Names folded for "begins with": given name first, and family name first.
CREATE TABLE member_names (
    member_id TEXT COLLATE "C" NOT NULL,
    names_version BIGINT NOT NULL,
    -- given_first or family_first.
    language TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (member_id, names_version, language)
);
CREATE INDEX member_names_folded ON member_names (folded, member_id, names_version);

-- What profiles are searched by: skill, wish (a skill to develop), interest, language, willing_to; the level of a skill
-- is 1-5, of a language 1-6 (CEFR A1-C2), of others 0.
CREATE TABLE member_facets (
    member_id TEXT COLLATE "C" NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    facet TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    concept_id TEXT COLLATE "C" REFERENCES concepts (id),
    level SMALLINT NOT NULL,
    PRIMARY KEY (member_id, facet, value)
);
CREATE INDEX member_facets_value ON member_facets (facet, value, level, member_id);
CREATE INDEX member_facets_concept ON member_facets (concept_id);

CREATE TABLE member_facet_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL,
    facet TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    concept_id TEXT COLLATE "C",
    level SMALLINT NOT NULL,
    PRIMARY KEY (member_id, facet, value, recorded_from)
);
CREATE INDEX member_facet_revisions_value ON member_facet_revisions (facet, value, level, member_id);

-- Who members are to issuers of tokens.
CREATE TABLE member_identities (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    -- The id that stands for the two in logs (auth::token).
    caller_id TEXT COLLATE "C" NOT NULL UNIQUE
);
CREATE UNIQUE INDEX member_identities_pair ON member_identities (issuer, subject);
CREATE INDEX member_identities_member ON member_identities (member_id, created_at, id);

CREATE TABLE member_identity_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL,
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    caller_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX member_identity_revisions_member ON member_identity_revisions (member_id, created_at, id);

-- A value belongs to one facet: without this the planner takes a common skill for a rare one.
CREATE STATISTICS member_facets_facet_value (ndistinct, dependencies, mcv) ON facet, value FROM member_facets;
