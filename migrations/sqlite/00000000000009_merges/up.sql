-- Two records of one thing that became one: the tombstone of the one that went says which one stayed.
ALTER TABLE tombstones ADD COLUMN merged_into TEXT;
CREATE INDEX tombstones_merged_into ON tombstones (entity_type, merged_into) WHERE merged_into IS NOT NULL;

-- What people are taken for one and the same by: e-mail, and family name before given name, both folded.
ALTER TABLE members ADD COLUMN email_folded TEXT;
ALTER TABLE members ADD COLUMN name_folded TEXT;
ALTER TABLE member_revisions ADD COLUMN email_folded TEXT;
ALTER TABLE member_revisions ADD COLUMN name_folded TEXT;
UPDATE members SET
    email_folded = lower(json_extract(document, '$.email')),
    name_folded = (SELECT folded FROM member_names WHERE member_id = id AND member_names.names_version = members.names_version AND language = 'family_first');
UPDATE member_revisions SET
    email_folded = lower(json_extract(document, '$.email')),
    name_folded = (SELECT folded FROM member_names WHERE member_id = id AND member_names.names_version = member_revisions.names_version AND language = 'family_first');
CREATE INDEX members_email ON members (email_folded, id) WHERE email_folded IS NOT NULL;
CREATE INDEX members_same_name ON members (name_folded, organisation_id, id) WHERE name_folded IS NOT NULL;

-- Likely duplicates, kept with each write: of those who share an e-mail, or a name and an organisation, each with the one
-- before by id. Without references: whoever writes one member must not wait for another's row.
CREATE TABLE member_duplicates (
    -- The two ids, with a colon between them.
    id TEXT NOT NULL PRIMARY KEY,
    first_id TEXT NOT NULL,
    second_id TEXT NOT NULL,
    -- When the second was created.
    created_at TIMESTAMP NOT NULL,
    same_email BOOLEAN NOT NULL,
    same_name BOOLEAN NOT NULL
);
CREATE INDEX member_duplicates_created ON member_duplicates (created_at, id);
CREATE INDEX member_duplicates_first ON member_duplicates (first_id);
CREATE INDEX member_duplicates_second ON member_duplicates (second_id);
INSERT INTO member_duplicates
SELECT first_id || ':' || second_id, first_id, second_id, created_at, max(email) = 1, max(name) = 1
FROM (
    SELECT lag(id) OVER (PARTITION BY email_folded ORDER BY id) AS first_id, id AS second_id, created_at, 1 AS email, 0 AS name
    FROM members WHERE email_folded IS NOT NULL
    UNION ALL
    SELECT lag(id) OVER (PARTITION BY name_folded, organisation_id ORDER BY id), id, created_at, 0, 1
    FROM members WHERE name_folded IS NOT NULL AND organisation_id IS NOT NULL
) pairs
WHERE first_id IS NOT NULL GROUP BY first_id, second_id, created_at;

-- What SQLite's planner believes of the sizes (see 00000000000003_networks).
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('members', 'members_email', '100000 1 1'),
    ('members', 'members_same_name', '100000 2 1 1'),
    ('member_duplicates', 'sqlite_autoindex_member_duplicates_1', '1000 1'),
    ('member_duplicates', 'member_duplicates_created', '1000 1 1'),
    ('member_duplicates', 'member_duplicates_first', '1000 1'),
    ('member_duplicates', 'member_duplicates_second', '1000 1');
