//! The words that differences between a rule of office and what is are described with.

use crate::db::types::words;

words! {
    /// What the rule asks to be done about somebody.
    ExOfficioAction {
        /// They belong to the network and are not in it: they are to come in.
        Add = "add",
        /// They belong to it and have applied or are invited: that becomes a membership.
        Activate = "activate",
        /// They are in it by office and no longer belong to it: that ends.
        End = "end",
        /// They belong to it and are in it, on whatever basis: nothing is to be done.
        Keep = "keep",
    }
}

words! {
    /// Why somebody belongs to a network by office, or does not.
    ExOfficioCode {
        /// They hold an office that the rule names.
        OfficeHeld = "office_held",
        /// Their organisation is of a kind that it names.
        KindFits = "kind_fits",
        /// Their organisation is in a branch that it names.
        BranchFits = "branch_fits",
        /// Their organisation is one that it names, or below it.
        BelowOrganisation = "below_organisation",
        /// They hold no office.
        NoOffice = "no_office",
        /// They hold an office that the rule does not name.
        OtherOffice = "other_office",
        /// They are in no organisation.
        NoOrganisation = "no_organisation",
        /// Their organisation is of a kind that the rule does not name.
        OtherKind = "other_kind",
        /// Their organisation is in a branch that the rule does not name, or in none.
        OtherBranch = "other_branch",
        /// Their organisation is below none that the rule names.
        OtherOrganisation = "other_organisation",
        /// They are away, or have left.
        NotAtWork = "not_at_work",
    }
}

words! {
    /// What a rule of office asks for.
    RuleFacet {
        /// An office.
        Office = "office",
        /// A kind of organisation, or * for any.
        OrganisationKind = "organisation_kind",
        /// A branch, or * for any.
        Branch = "branch",
        /// An organisation above theirs, or * for any.
        Subtree = "subtree",
    }
}
