DROP TABLE network_link_revisions;
DROP TABLE network_links;
DROP TABLE network_names;
DROP TABLE network_revisions;
DROP TABLE networks;
