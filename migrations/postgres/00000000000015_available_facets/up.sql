-- Whoever looks for a skill looks for somebody who has time for it: the rows that skills are found by say so too, so that
-- only those who do are read. Null is unknown: the member's own row decides.
ALTER TABLE member_facets ADD COLUMN available_percent SMALLINT;
ALTER TABLE member_facets ADD COLUMN available_from DATE;
ALTER TABLE member_facets ADD COLUMN available_until DATE;
ALTER TABLE member_facet_revisions ADD COLUMN available_percent SMALLINT;
ALTER TABLE member_facet_revisions ADD COLUMN available_from DATE;
ALTER TABLE member_facet_revisions ADD COLUMN available_until DATE;
UPDATE member_facets SET available_percent = members.available_percent, available_from = members.available_from,
    available_until = members.available_until
    FROM members WHERE members.id = member_facets.member_id;
DROP INDEX member_facets_value;
CREATE INDEX member_facets_value ON member_facets (facet, value, level, member_id)
    INCLUDE (available_percent, available_from, available_until);
