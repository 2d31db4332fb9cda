-- People of the past in the orders, and by the names, that those of the present have indexes for.
CREATE INDEX member_revisions_created ON member_revisions (created_at, id);
CREATE INDEX member_revisions_updated ON member_revisions (updated_at, id);
CREATE INDEX member_revisions_status_name ON member_revisions (status, sort_key, id);
CREATE INDEX member_revisions_user_name ON member_revisions (user_name);
CREATE INDEX organisation_revisions_business_id ON organisation_revisions (business_id);
