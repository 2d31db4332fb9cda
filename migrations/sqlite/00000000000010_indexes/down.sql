DROP INDEX concept_revisions_uri;
DROP INDEX organisation_revisions_business_id;
DROP INDEX member_revisions_user_name;
DROP INDEX member_revisions_status_name;
DROP INDEX member_revisions_updated;
DROP INDEX member_revisions_created;
