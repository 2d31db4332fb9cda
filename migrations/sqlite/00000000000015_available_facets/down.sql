DROP INDEX member_facets_value;
CREATE INDEX member_facets_value ON member_facets (facet, value, level, member_id);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('member_facets', 'member_facets_value', '1000000 200000 1000 200 1');
ALTER TABLE member_facet_revisions DROP COLUMN available_until;
ALTER TABLE member_facet_revisions DROP COLUMN available_from;
ALTER TABLE member_facet_revisions DROP COLUMN available_percent;
ALTER TABLE member_facets DROP COLUMN available_until;
ALTER TABLE member_facets DROP COLUMN available_from;
ALTER TABLE member_facets DROP COLUMN available_percent;
