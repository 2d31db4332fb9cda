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
    /// The office that a member holds, whatever their organisation calls it: heads and those who answer for a field.
    Office {
        /// Kansliapäällikkö, kanslichef: the highest official of a ministry.
        PermanentSecretary = "permanent_secretary",
        /// Alivaltiosihteeri, understatssekreterare: below the highest official of a ministry.
        UnderSecretary = "under_secretary",
        /// Pääjohtaja, generaldirektör: whoever leads an agency, also where they are called otherwise.
        HeadOfAgency = "head_of_agency",
        /// Päällikön sijainen, ställföreträdande chef: stands in for the head of an agency.
        DeputyHead = "deputy_head",
        /// Osastopäällikkö, avdelningschef: leads a department.
        DepartmentHead = "department_head",
        /// Maakuntajohtaja, landskapsdirektör: leads a regional council.
        RegionalDirector = "regional_director",
        /// Hyvinvointialuejohtaja, välfärdsområdesdirektör: leads a wellbeing services county.
        CountyDirector = "county_director",
        /// Kunnanjohtaja, kommundirektör: leads a municipality, or mayor of it.
        MunicipalManager = "municipal_manager",
        /// Rehtori, rektor: leads a university.
        Rector = "rector",
        /// Henkilöstöjohtaja, personaldirektör: answers for personnel.
        HrDirector = "hr_director",
        /// Kehittämisjohtaja, utvecklingsdirektör: answers for development.
        DevelopmentDirector = "development_director",
        /// Koulutuspäällikkö, utbildningschef: answers for training and for developing skills.
        TrainingChief = "training_chief",
        /// Hallintojohtaja, förvaltningsdirektör: answers for administration.
        AdministrativeDirector = "administrative_director",
        /// Talousjohtaja, ekonomidirektör: answers for finances.
        FinancialDirector = "financial_director",
        /// Tietohallintojohtaja, informationsförvaltningsdirektör: answers for information management.
        ChiefInformationOfficer = "chief_information_officer",
        /// Lakiasiainjohtaja, chefsjurist: answers for legal affairs.
        ChiefLegalOfficer = "chief_legal_officer",
        /// Viestintäjohtaja, kommunikationsdirektör: answers for communications.
        CommunicationsDirector = "communications_director",
        /// Kansainvälisten asioiden johtaja, direktör för internationella ärenden: answers for international affairs.
        InternationalDirector = "international_director",
        /// Valmiuspäällikkö, beredskapschef: answers for preparedness.
        PreparednessChief = "preparedness_chief",
        /// Tietosuojavastaava, dataskyddsombud: the data protection officer.
        DataProtectionOfficer = "data_protection_officer",
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

impl Audience {
    /// Those who belong to both, as far as there is a word for them.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Audience::Administration, narrower) | (narrower, Audience::Administration) => narrower,
            (one, same) if one == same => one,
            _ => Audience::OnlyMe,
        }
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
