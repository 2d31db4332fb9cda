//! The words that networks are described with.

use crate::db::types::words;

words! {
    /// What a network is.
    NetworkKind {
        /// A network.
        Network = "network",
        /// A forum, as of all who hold an office.
        Forum = "forum",
        /// A committee.
        Committee = "committee",
        /// A working group.
        WorkingGroup = "working_group",
        /// A project, or a programme.
        Project = "project",
        /// A small group of peers.
        SmallGroup = "small_group",
        /// Those who took part in a programme.
        Alumni = "alumni",
    }
}

words! {
    /// Whether somebody set it up by office.
    Formality {
        /// Set up by office.
        Official = "official",
        /// Of its members' own accord.
        Voluntary = "voluntary",
    }
}

words! {
    /// How it is doing.
    NetworkStatus {
        /// It is being formed.
        Forming = "forming",
        /// It is active.
        Active = "active",
        /// It rests.
        Dormant = "dormant",
        /// It has ended.
        Closed = "closed",
    }
}

words! {
    /// How one becomes a member.
    JoinPolicy {
        /// By joining.
        Open = "open",
        /// By applying.
        OnApplication = "on_application",
        /// By being invited.
        ByInvitation = "by_invitation",
        /// By office.
        ExOfficio = "ex_officio",
    }
}

words! {
    /// From where members may come.
    Admits {
        /// The state.
        State = "state",
        /// Municipalities.
        Municipal = "municipal",
        /// Regional councils and wellbeing services counties.
        Regional = "regional",
        /// Companies.
        Company = "company",
        /// Associations.
        Association = "association",
        /// Citizens.
        Citizen = "citizen",
    }
}

words! {
    /// A stretch of time in which meetings are counted.
    Period {
        /// A week.
        Week = "week",
        /// A month.
        Month = "month",
        /// A year.
        Year = "year",
    }
}
