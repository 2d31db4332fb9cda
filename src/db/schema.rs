//! The tables, as diesel sees them on both databases. A test compares them with what the migrations make.

diesel::table! {
    meta (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    changes (number) {
        number -> BigInt,
        transaction_id -> BigInt,
        epoch -> BigInt,
        entity_type -> Text,
        entity_id -> Text,
        version -> BigInt,
        action -> Text,
        fields -> Text,
        actor -> Nullable<Text>,
        changed_at -> Timestamp,
    }
}

diesel::table! {
    tombstones (entity_type, entity_id) {
        entity_type -> Text,
        entity_id -> Text,
        version -> BigInt,
        visibility -> Text,
        deleted_at -> Timestamp,
        merged_into -> Nullable<Text>,
    }
}

diesel::table! {
    external_ids (entity_type, source, external_id) {
        entity_type -> Text,
        source -> Text,
        external_id -> Text,
        entity_id -> Text,
    }
}

diesel::table! {
    external_id_revisions (entity_type, source, external_id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        entity_type -> Text,
        source -> Text,
        external_id -> Text,
        entity_id -> Text,
    }
}

diesel::table! {
    idempotency (caller, operation, key) {
        caller -> Text,
        operation -> Text,
        key -> Text,
        body_sha256 -> Text,
        status -> SmallInt,
        version -> Nullable<BigInt>,
        location -> Nullable<Text>,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    organisations (id) {
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        kind -> Text,
        branch -> Nullable<Text>,
        branch_override -> Nullable<Text>,
        parent_id -> Nullable<Text>,
        business_id -> Nullable<Text>,
        sort_key_fi -> Binary,
        sort_key_sv -> Binary,
        sort_key_en -> Binary,
        names_version -> BigInt,
        ended_by -> Nullable<Text>,
        successors -> Nullable<Text>,
    }
}

diesel::table! {
    organisation_revisions (id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        kind -> Text,
        branch -> Nullable<Text>,
        branch_override -> Nullable<Text>,
        parent_id -> Nullable<Text>,
        business_id -> Nullable<Text>,
        sort_key_fi -> Binary,
        sort_key_sv -> Binary,
        sort_key_en -> Binary,
        names_version -> BigInt,
        ended_by -> Nullable<Text>,
        successors -> Nullable<Text>,
    }
}

diesel::table! {
    organisation_names (organisation_id, names_version, language) {
        organisation_id -> Text,
        names_version -> BigInt,
        language -> Text,
        folded -> Text,
    }
}

diesel::table! {
    organisation_ancestors (organisation_id, ancestor_id) {
        organisation_id -> Text,
        ancestor_id -> Text,
        depth -> Integer,
    }
}

diesel::table! {
    networks (id) {
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        kind -> Text,
        formality -> Text,
        status -> Text,
        join_policy -> Text,
        visibility -> Text,
        host_organisation_id -> Nullable<Text>,
        founded_on -> Nullable<Date>,
        closed_on -> Nullable<Date>,
        sort_key_fi -> Binary,
        sort_key_sv -> Binary,
        sort_key_en -> Binary,
        names_version -> BigInt,
        needs_coordinator -> Bool,
    }
}

diesel::table! {
    network_revisions (id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        kind -> Text,
        formality -> Text,
        status -> Text,
        join_policy -> Text,
        visibility -> Text,
        host_organisation_id -> Nullable<Text>,
        founded_on -> Nullable<Date>,
        closed_on -> Nullable<Date>,
        sort_key_fi -> Binary,
        sort_key_sv -> Binary,
        sort_key_en -> Binary,
        names_version -> BigInt,
        needs_coordinator -> Bool,
    }
}

diesel::table! {
    network_names (network_id, names_version, language) {
        network_id -> Text,
        names_version -> BigInt,
        language -> Text,
        folded -> Text,
    }
}

diesel::table! {
    network_links (id) {
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        #[sql_name = "type"]
        link_type -> Text,
        from_id -> Text,
        to_id -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    network_link_revisions (id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        #[sql_name = "type"]
        link_type -> Text,
        from_id -> Text,
        to_id -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    vocabularies (id) {
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        uri -> Text,
        sort_key_fi -> Binary,
        sort_key_sv -> Binary,
        sort_key_en -> Binary,
    }
}

diesel::table! {
    vocabulary_revisions (id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        uri -> Text,
        sort_key_fi -> Binary,
        sort_key_sv -> Binary,
        sort_key_en -> Binary,
    }
}

diesel::table! {
    concepts (id) {
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        vocabulary_id -> Text,
        uri -> Text,
        deprecated -> Bool,
        replaced_by -> Nullable<Text>,
        is_top -> Bool,
        sort_key_fi -> Binary,
        sort_key_sv -> Binary,
        sort_key_en -> Binary,
        names_version -> BigInt,
        imported -> Bool,
    }
}

diesel::table! {
    concept_revisions (id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        vocabulary_id -> Text,
        uri -> Text,
        deprecated -> Bool,
        replaced_by -> Nullable<Text>,
        is_top -> Bool,
        sort_key_fi -> Binary,
        sort_key_sv -> Binary,
        sort_key_en -> Binary,
        names_version -> BigInt,
        imported -> Bool,
    }
}

diesel::table! {
    concept_labels (concept_id, names_version, language, folded) {
        concept_id -> Text,
        names_version -> BigInt,
        language -> Text,
        folded -> Text,
    }
}

diesel::table! {
    concept_relations (concept_id, relation, target_id) {
        concept_id -> Text,
        relation -> Text,
        target_id -> Text,
    }
}

diesel::table! {
    concept_ancestors (concept_id, ancestor_id) {
        concept_id -> Text,
        ancestor_id -> Text,
    }
}

diesel::table! {
    network_themes (network_id, concept_id) {
        network_id -> Text,
        concept_id -> Text,
    }
}

diesel::table! {
    network_theme_revisions (network_id, concept_id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        network_id -> Text,
        concept_id -> Text,
    }
}

diesel::table! {
    members (id) {
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        profile -> Text,
        profile_version -> BigInt,
        user_name -> Text,
        organisation_id -> Nullable<Text>,
        status -> Text,
        protected -> Bool,
        confirmed_at -> Nullable<Timestamp>,
        fresh_at -> Timestamp,
        looking_for_peers -> Bool,
        available_percent -> SmallInt,
        available_from -> Nullable<Date>,
        available_until -> Nullable<Date>,
        sort_key -> Binary,
        names_version -> BigInt,
        office -> Nullable<Text>,
        email_folded -> Nullable<Text>,
        name_folded -> Nullable<Text>,
        audience_contact -> Text,
        audience_bio -> Text,
        audience_skills -> Text,
        audience_availability -> Text,
        audience_experience -> Text,
        audience_memberships -> Text,
    }
}

diesel::table! {
    member_revisions (id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        profile -> Text,
        profile_version -> BigInt,
        user_name -> Text,
        organisation_id -> Nullable<Text>,
        status -> Text,
        protected -> Bool,
        confirmed_at -> Nullable<Timestamp>,
        fresh_at -> Timestamp,
        looking_for_peers -> Bool,
        available_percent -> SmallInt,
        available_from -> Nullable<Date>,
        available_until -> Nullable<Date>,
        sort_key -> Binary,
        names_version -> BigInt,
        office -> Nullable<Text>,
        email_folded -> Nullable<Text>,
        name_folded -> Nullable<Text>,
        audience_contact -> Text,
        audience_bio -> Text,
        audience_skills -> Text,
        audience_availability -> Text,
        audience_experience -> Text,
        audience_memberships -> Text,
    }
}

diesel::table! {
    member_names (member_id, names_version, language) {
        member_id -> Text,
        names_version -> BigInt,
        language -> Text,
        folded -> Text,
    }
}

diesel::table! {
    member_facets (member_id, facet, value) {
        member_id -> Text,
        facet -> Text,
        value -> Text,
        concept_id -> Nullable<Text>,
        level -> SmallInt,
        available_percent -> Nullable<SmallInt>,
        available_from -> Nullable<Date>,
        available_until -> Nullable<Date>,
    }
}

diesel::table! {
    member_facet_revisions (member_id, facet, value, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        member_id -> Text,
        facet -> Text,
        value -> Text,
        concept_id -> Nullable<Text>,
        level -> SmallInt,
        available_percent -> Nullable<SmallInt>,
        available_from -> Nullable<Date>,
        available_until -> Nullable<Date>,
    }
}

diesel::table! {
    member_duplicates (second_id, reason) {
        id -> Text,
        reason -> Text,
        first_id -> Text,
        second_id -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    dismissals (entity_type, id) {
        entity_type -> Text,
        id -> Text,
        first_id -> Text,
        second_id -> Text,
        dismissed_at -> Timestamp,
        dismissed_by -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    dismissal_revisions (entity_type, id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        entity_type -> Text,
        id -> Text,
        first_id -> Text,
        second_id -> Text,
        dismissed_at -> Timestamp,
        dismissed_by -> Nullable<Text>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    member_identities (id) {
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        member_id -> Text,
        issuer -> Text,
        subject -> Text,
        caller_id -> Text,
    }
}

diesel::table! {
    member_identity_revisions (id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        member_id -> Text,
        issuer -> Text,
        subject -> Text,
        caller_id -> Text,
    }
}

diesel::table! {
    memberships (id) {
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        member_id -> Text,
        network_id -> Text,
        role -> Text,
        state -> Text,
        basis -> Text,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        end_reason -> Nullable<Text>,
        note -> Nullable<Text>,
        member_sort_key -> Binary,
    }
}

diesel::table! {
    membership_revisions (id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        member_id -> Text,
        network_id -> Text,
        role -> Text,
        state -> Text,
        basis -> Text,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        end_reason -> Nullable<Text>,
        note -> Nullable<Text>,
        member_sort_key -> Binary,
    }
}

diesel::table! {
    ex_officio_rules (network_id, facet, value) {
        network_id -> Text,
        facet -> Text,
        value -> Text,
        organisation_id -> Nullable<Text>,
        applies_itself -> Bool,
    }
}

diesel::table! {
    ex_officio_rule_revisions (network_id, facet, value, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        network_id -> Text,
        facet -> Text,
        value -> Text,
        organisation_id -> Nullable<Text>,
        applies_itself -> Bool,
    }
}

diesel::table! {
    organisation_changes (id) {
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        #[sql_name = "type"]
        change_type -> Text,
        state -> Text,
        effective_on -> Date,
        applies_itself -> Bool,
        step -> Nullable<Text>,
        step_after -> Nullable<Text>,
        moved -> Text,
        progressed_at -> Nullable<Timestamp>,
        applied_at -> Nullable<Timestamp>,
        applied_by -> Nullable<Text>,
    }
}

diesel::table! {
    organisation_change_revisions (id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        document -> Text,
        #[sql_name = "type"]
        change_type -> Text,
        state -> Text,
        effective_on -> Date,
        applies_itself -> Bool,
        step -> Nullable<Text>,
        step_after -> Nullable<Text>,
        moved -> Text,
        progressed_at -> Nullable<Timestamp>,
        applied_at -> Nullable<Timestamp>,
        applied_by -> Nullable<Text>,
    }
}

diesel::table! {
    organisation_change_parties (change_id, part, organisation_id) {
        change_id -> Text,
        part -> Text,
        organisation_id -> Text,
    }
}

diesel::table! {
    organisation_change_party_revisions (change_id, part, organisation_id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        change_id -> Text,
        part -> Text,
        organisation_id -> Text,
    }
}

diesel::table! {
    organisation_contacts (organisation_id, member_id) {
        organisation_id -> Text,
        member_id -> Text,
    }
}

diesel::table! {
    organisation_contact_revisions (organisation_id, member_id, recorded_from) {
        recorded_from -> Timestamp,
        recorded_to -> Timestamp,
        organisation_id -> Text,
        member_id -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    changes,
    tombstones,
    external_ids,
    external_id_revisions,
    idempotency,
    organisations,
    organisation_revisions,
    organisation_names,
    organisation_ancestors,
    networks,
    network_revisions,
    network_names,
    network_links,
    network_link_revisions,
    vocabularies,
    vocabulary_revisions,
    concepts,
    concept_revisions,
    concept_labels,
    concept_relations,
    concept_ancestors,
    network_themes,
    network_theme_revisions,
    members,
    member_revisions,
    member_names,
    member_facets,
    member_facet_revisions,
    member_duplicates,
    dismissals,
    dismissal_revisions,
    member_identities,
    member_identity_revisions,
    memberships,
    membership_revisions,
    ex_officio_rules,
    ex_officio_rule_revisions,
    organisation_changes,
    organisation_change_revisions,
    organisation_change_parties,
    organisation_change_party_revisions,
    organisation_contacts,
    organisation_contact_revisions
);
