DROP TABLE member_identity_revisions;
DROP TABLE member_identities;
DROP TABLE member_facet_revisions;
DROP TABLE member_facets;
DROP TABLE member_names;
DROP TABLE member_revisions;
DROP TABLE members;
