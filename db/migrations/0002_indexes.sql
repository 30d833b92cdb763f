create index fetches_source on fetches(source_id, at);
create index fetches_status on fetches(status);
create index documents_source on documents(source_id);
create index documents_publisher on documents(publisher);
create index documents_published on documents(published);
create index documents_kind on documents(kind);
create index documents_cluster on documents(cluster_id);
create index documents_copy_kind on documents(copy_kind);
create index documents_parent on documents(parent_id);
create index documents_unread on documents(extractor_version);

create unique index calls_current_id on calls(id) where superseded_at is null;
create index calls_document on calls(document_id);
create index calls_speaker on calls(speaker_id);
create index calls_speaker_name on calls(speaker);
create index calls_asset on calls(asset);
create index calls_stance on calls(stance);
create index calls_verified on calls(verified);
create index calls_current on calls(superseded_at);

create unique index correlations_current_id on correlations(id) where superseded_at is null;
create index correlations_document on correlations(document_id);
create index correlations_speaker on correlations(speaker_id);
create index correlations_speaker_name on correlations(speaker);
create index correlations_pair on correlations(driver, response);
create index correlations_response on correlations(response);
create index correlations_relation on correlations(relation);
create index correlations_kind on correlations(kind);
create index correlations_current on correlations(superseded_at);

create unique index figures_current_id on figures(id) where superseded_at is null;
create index figures_document on figures(document_id);
create index figures_speaker on figures(speaker_id);
create index figures_speaker_name on figures(speaker);
create index figures_asset on figures(asset);
create index figures_role on figures(role);
create index figures_unit on figures(unit);
create index figures_current on figures(superseded_at);


create index speakers_name on speakers(name);
create index speakers_kind on speakers(kind);
create index speaker_names_speaker on speaker_names(speaker_id);
create index speaker_records_rank on speaker_records(horizon, asset, rank);
create index corrections_claim on corrections(claim_id);
create index corrections_document on corrections(document_id);
create index assets_kind on assets(kind);
create index prices_day on prices(day);
create index rejected_claims_document on rejected_claims(document_id);
