-- A network has a coordinator when everybody signed in sees that somebody is: of anybody else, it would tell what they
-- hide.
UPDATE networks SET needs_coordinator = TRUE
    WHERE NOT needs_coordinator AND status <> 'closed' AND NOT EXISTS (
        SELECT 1 FROM memberships JOIN members ON members.id = memberships.member_id
        WHERE memberships.network_id = networks.id AND memberships.role = 'coordinator' AND memberships.state = 'active'
            AND NOT members.protected AND members.audience_memberships = 'administration');
UPDATE network_revisions SET needs_coordinator = TRUE
    WHERE NOT needs_coordinator AND recorded_to >= '9999-12-31'
        AND id IN (SELECT id FROM networks WHERE needs_coordinator);
