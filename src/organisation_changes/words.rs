//! The words that reorganisations are described with.

use crate::db::types::words;

words! {
    /// What happens to organisations.
    OrganisationChangeType {
        /// The originals become one result, which may be one of them.
        Merge = "merge",
        /// The originals become several results; one that is among these lives on.
        Split = "split",
        /// The originals are called otherwise, and stay what they are.
        Rename = "rename",
        /// Something of the originals, which live on, goes to others.
        Transfer = "transfer",
        /// The originals end.
        Closure = "closure",
    }
}

words! {
    /// How far a change has come.
    OrganisationChangeState {
        /// It can still be edited.
        Planned = "planned",
        /// What belongs to the originals is being moved.
        Applying = "applying",
        /// It has happened.
        Applied = "applied",
        /// It will not happen.
        Cancelled = "cancelled",
    }
}

impl OrganisationChangeState {
    /// The operations that lead on from it.
    pub fn moves(self) -> &'static str {
        match self {
            OrganisationChangeState::Planned => "apply, cancel",
            OrganisationChangeState::Applying => "apply",
            OrganisationChangeState::Applied | OrganisationChangeState::Cancelled => "–",
        }
    }
}

words! {
    /// What belongs to an organisation.
    Belonging {
        /// Those who work there.
        People = "people",
        /// The networks that it owns.
        Networks = "networks",
        /// The organisations that are its parts.
        SubOrganisations = "sub_organisations",
    }
}

words! {
    /// What an organisation is in a change.
    Part {
        /// What it was before.
        Original = "original",
        /// What it is afterwards.
        Result = "result",
    }
}

words! {
    /// The steps in which a change is applied, in their order.
    Step {
        /// Rules of office that name an original which ends name what comes after, too.
        Rules = "rules",
        /// People go.
        People = "people",
        /// Networks go.
        Networks = "networks",
        /// Parts go, names change, originals end.
        Organisations = "organisations",
        /// Whatever came to an original in the meantime goes too, and rules of office name it no more.
        Rest = "rest",
    }
}
