//! The words that memberships are described with.

use crate::db::types::words;

words! {
    /// What a member does in a network.
    MembershipRole {
        /// Takes part.
        Member = "member",
        /// Keeps it going.
        Coordinator = "coordinator",
        /// Chairs it.
        Chair = "chair",
        /// Chairs it when the chair is away.
        ViceChair = "vice_chair",
        /// Keeps its minutes.
        Secretary = "secretary",
        /// Sits in its committee.
        Committee = "committee",
        /// Is whom to ask.
        Contact = "contact",
    }
}

impl MembershipRole {
    /// The roles in which one decides for a network: on applications, and on what it is.
    pub const DECIDING: [MembershipRole; 3] =
        [MembershipRole::Coordinator, MembershipRole::Chair, MembershipRole::Secretary];

    /// Whether one decides for a network in this role.
    pub fn decides(self) -> bool {
        Self::DECIDING.contains(&self)
    }
}

words! {
    /// How a membership stands.
    MembershipState {
        /// The member has applied.
        Applied = "applied",
        /// The network has invited.
        Invited = "invited",
        /// They are in it.
        Active = "active",
        /// The member did not want to.
        Declined = "declined",
        /// The network did not want to.
        Rejected = "rejected",
        /// They were in it.
        Ended = "ended",
    }
}

/// The states of a membership that is under way: of those a member has one a network, at most.
pub const LIVE: [MembershipState; 3] = [MembershipState::Applied, MembershipState::Invited, MembershipState::Active];

impl MembershipState {
    /// The verbs that a membership in this state knows.
    pub fn moves(self) -> &'static str {
        match self {
            MembershipState::Applied => "approve, reject",
            MembershipState::Invited => "accept, decline",
            MembershipState::Active => "leave, end, change-role",
            MembershipState::Declined | MembershipState::Rejected | MembershipState::Ended => "–",
        }
    }
}

words! {
    /// Why somebody is in a network.
    MembershipBasis {
        /// Of their own accord.
        Voluntary = "voluntary",
        /// They hold an office.
        ExOfficio = "ex_officio",
        /// They took part in a programme.
        Cohort = "cohort",
        /// Somebody named them.
        Nominated = "nominated",
    }
}

words! {
    /// On what basis somebody is nominated.
    NominationBasis {
        /// Somebody named them.
        Nominated = "nominated",
        /// They hold an office.
        ExOfficio = "ex_officio",
        /// They took part in a programme.
        Cohort = "cohort",
    }
}

impl From<NominationBasis> for MembershipBasis {
    fn from(basis: NominationBasis) -> Self {
        match basis {
            NominationBasis::Nominated => MembershipBasis::Nominated,
            NominationBasis::ExOfficio => MembershipBasis::ExOfficio,
            NominationBasis::Cohort => MembershipBasis::Cohort,
        }
    }
}

words! {
    /// Why a membership is no longer under way.
    EndReason {
        /// The member left the network.
        Left = "left",
        /// The network took them out.
        Removed = "removed",
        /// They have another role there: another membership goes on.
        RoleChanged = "role_changed",
        /// They left their organisation.
        LeftOrganisation = "left_organisation",
        /// The network was closed.
        NetworkClosed = "network_closed",
        /// They no longer hold the office that they were in it by, or hold it elsewhere.
        OfficeEnded = "office_ended",
        /// Two records of one member, or of one network, became one: another membership goes on.
        Merged = "merged",
    }
}

words! {
    /// Why a network ends a membership.
    RemovalReason {
        /// The network took them out.
        Removed = "removed",
        /// They left their organisation.
        LeftOrganisation = "left_organisation",
        /// The network was closed.
        NetworkClosed = "network_closed",
        /// They no longer hold the office that they were in it by, or hold it elsewhere.
        OfficeEnded = "office_ended",
    }
}

impl From<RemovalReason> for EndReason {
    fn from(reason: RemovalReason) -> Self {
        match reason {
            RemovalReason::Removed => EndReason::Removed,
            RemovalReason::LeftOrganisation => EndReason::LeftOrganisation,
            RemovalReason::NetworkClosed => EndReason::NetworkClosed,
            RemovalReason::OfficeEnded => EndReason::OfficeEnded,
        }
    }
}

words! {
    /// A field that says why a membership stands as it does.
    MembershipReason {
        /// Why it is no longer under way.
        EndReason = "end_reason",
        /// The word that came with it, or with the last decision.
        Note = "note",
    }
}
