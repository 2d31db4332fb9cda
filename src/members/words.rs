//! The words that members are described with.

use crate::db::types::words;

words! {
    /// How a member stands to their organisation.
    MemberStatus {
        /// At work there.
        Active = "active",
        /// Away for longer, or not yet begun.
        Inactive = "inactive",
        /// Has left it.
        Left = "left",
    }
}

words! {
    /// What a member is willing to do.
    Willingness {
        /// Have somebody follow their work.
        HostShadowing = "host_shadowing",
        /// Follow somebody's work.
        Shadow = "shadow",
        /// Mentor.
        Mentor = "mentor",
        /// Be mentored.
        BeMentored = "be_mentored",
        /// Change places with somebody for a time.
        Exchange = "exchange",
        /// Take assignments elsewhere.
        TakeAssignments = "take_assignments",
        /// Go on Twinning missions.
        Twinning = "twinning",
        /// Join a small group of peers.
        JoinSmallGroup = "join_small_group",
    }
}

words! {
    /// How well somebody knows a language: the levels of the Common European Framework of Reference.
    CefrLevel {
        /// Breakthrough.
        A1 = "A1",
        /// Waystage.
        A2 = "A2",
        /// Threshold.
        B1 = "B1",
        /// Vantage.
        B2 = "B2",
        /// Effective operational proficiency.
        C1 = "C1",
        /// Mastery, and native speakers.
        C2 = "C2",
    }
}

words! {
    /// Who may see a group of a member's fields.
    Audience {
        /// Everybody signed in.
        Administration = "administration",
        /// Members of a network that the member is in.
        SharedNetworks = "shared_networks",
        /// Those of the same organisation.
        OwnOrganisation = "own_organisation",
        /// The member alone.
        OnlyMe = "only_me",
    }
}

words! {
    /// What a row of member_facets is about.
    Facet {
        /// A skill, with its level.
        Skill = "skill",
        /// A skill that the member wants to develop.
        Wish = "wish",
        /// A theme of interest.
        Interest = "interest",
        /// A language, with its level from 1 (A1) to 6 (C2).
        Language = "language",
        /// Something the member is willing to do.
        WillingTo = "willing_to",
    }
}
