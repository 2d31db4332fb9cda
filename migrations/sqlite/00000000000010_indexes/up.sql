-- What those of the present have, for the past: people in each order and by user name, houses by business id, concepts
-- by URI.
CREATE INDEX member_revisions_created ON member_revisions (created_at, id);
CREATE INDEX member_revisions_updated ON member_revisions (updated_at, id);
CREATE INDEX member_revisions_status_name ON member_revisions (status, sort_key, id);
CREATE INDEX member_revisions_user_name ON member_revisions (user_name);
CREATE INDEX organisation_revisions_business_id ON organisation_revisions (business_id);
CREATE INDEX concept_revisions_uri ON concept_revisions (vocabulary_id, uri);
