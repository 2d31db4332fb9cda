DROP INDEX member_facets_value;
CREATE INDEX member_facets_value ON member_facets (facet, value, level, member_id);
ALTER TABLE member_facet_revisions DROP COLUMN available_until;
ALTER TABLE member_facet_revisions DROP COLUMN available_from;
ALTER TABLE member_facet_revisions DROP COLUMN available_percent;
ALTER TABLE member_facets DROP COLUMN available_until;
ALTER TABLE member_facets DROP COLUMN available_from;
ALTER TABLE member_facets DROP COLUMN available_percent;
