UPDATE networks SET needs_coordinator = FALSE
    WHERE needs_coordinator AND EXISTS (
        SELECT 1 FROM memberships
        WHERE memberships.network_id = networks.id AND memberships.role = 'coordinator' AND memberships.state = 'active');
UPDATE network_revisions SET needs_coordinator = FALSE
    WHERE needs_coordinator AND recorded_to >= '9999-12-31'
        AND id IN (SELECT id FROM networks WHERE NOT needs_coordinator);
