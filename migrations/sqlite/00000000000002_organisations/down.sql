DROP TABLE organisation_ancestors;
DROP TABLE organisation_names;
DROP TABLE organisation_revisions;
DROP TABLE organisations;
