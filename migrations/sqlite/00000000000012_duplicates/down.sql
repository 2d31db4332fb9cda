DELETE FROM meta WHERE key = 'likenesses';
DROP TABLE dismissal_revisions;
DROP TABLE dismissals;
DROP TABLE member_duplicates;
CREATE TABLE member_duplicates (
    id TEXT NOT NULL PRIMARY KEY,
    first_id TEXT NOT NULL,
    second_id TEXT NOT NULL,
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

DELETE FROM sqlite_stat1 WHERE tbl = 'member_duplicates';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('member_duplicates', 'sqlite_autoindex_member_duplicates_1', '1000 1'),
    ('member_duplicates', 'member_duplicates_created', '1000 1 1'),
    ('member_duplicates', 'member_duplicates_first', '1000 1'),
    ('member_duplicates', 'member_duplicates_second', '1000 1');
