//! The operation that takes a file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, post, web};
use futures_util::StreamExt;
use tokio::sync::mpsc::{Sender, channel};
use utoipa::IntoParams;

use super::reader::{Piece, Pieces};
use super::{Format, ImportReport, Outcome, Target, Through};
use crate::app::State;
use crate::auth::Caller;
use crate::http::answer::Answer;
use crate::http::json;
use crate::http::language::Language;
use crate::http::messages::Code;
use crate::http::path::Id;
use crate::http::problem::{Kind, Problem, Result};
use crate::http::query::Query;
use crate::vocabularies::{ConceptId, VocabularyId, store};

/// How long an import may take, from the first byte to the last concept.
pub const TIME: Duration = Duration::from_secs(15 * 60);

/// How long the next piece of a file may take to arrive.
const PIECE: Duration = Duration::from_secs(10);

/// Bytes of a file, at most.
const FILE: usize = 256 << 20;

/// Pieces that wait to be read, at most.
const WAITING: usize = 16;

/// How a file is imported.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)]
struct ImportOptions {
    /// Whether only to say what would be done.
    dry_run: Option<bool>,
}

/// Import a file into a vocabulary
///
/// A SKOS file, up to 256 MB and 100,000 concepts, read as it comes. Afterwards the vocabulary is as the file says: what
/// differs is updated, what is new created, what came from a file and is no longer in it deprecated, and the rest left
/// alone. A file with faults changes nothing, and they are told with their lines. It may be sent again without harm. One
/// file at a time goes into a vocabulary.
#[utoipa::path(operation_id = "import_vocabulary", tag = "vocabularies",
    params(("id" = VocabularyId, Path, description = "Its id"), ImportOptions),
    request_body(content((String = "text/turtle"), (String = "application/rdf+xml"), (String = "application/n-triples")), description = "The file"),
    responses((status = 200, body = ImportReport, description = "What was done, or would be")), security(("bearer" = ["directory:write"])),
    extensions(("x-solmu-profile" = json!("import"))))]
#[post("/vocabularies/{id}/import")]
pub async fn import_vocabulary(
    caller: Caller,
    state: web::Data<State>,
    Id(id): Id<VocabularyId>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Answer> {
    let mut query = Query::of(&request);
    let dry_run = query.parse("dry_run", "true, false").unwrap_or(false);
    query.finish_empty(&["dry_run"])?;
    let format = Format::of_media_type(json::media_type(&request)?).ok_or_else(|| {
        Problem::new(Kind::UnsupportedMediaType, Code::MediaType.with("expected", Format::MEDIA_TYPES))
    })?;
    let permit = Arc::clone(&state.imports).try_acquire_owned().map_err(|_| {
        Problem::new(Kind::Unavailable, Code::ImportsBusy).header(RETRY_AFTER, HeaderValue::from_static("60"))
    })?;
    let until = Instant::now() + TIME;
    let (sender, receiver) = channel(WAITING);
    let (sight, actor, db) = (caller.sight(), caller.id.clone(), state.db.clone());
    let import = web::block(move || -> Result<Outcome> {
        let vocabulary = db.read_now(|conn| store::get(conn, id, None, sight))?;
        let file = super::read(format, Pieces::new(receiver))?;
        let target = Target { id, uri: vocabulary.uri, create: None };
        let done = super::run(Through::Db(&db, actor, Some(until)), target, file, dry_run, |_| ConceptId::new());
        // It goes on when nobody waits for it any more.
        drop(permit);
        done
    });
    let sent = send(payload, sender).await;
    let outcome = import.await.map_err(|_| Problem::internal("an import panicked"))?;
    sent?;
    Answer::document(&outcome?.report(Language::of(request.headers())))
}

/// Passes a body on piece by piece, no faster than it is read. Dropped before its end, it has broken off for the reader.
async fn send(mut payload: web::Payload, sender: Sender<Piece>) -> Result<()> {
    let mut length = 0;
    loop {
        let piece = tokio::time::timeout(PIECE, payload.next());
        let piece =
            match piece.await.map_err(|_| Problem::new(Kind::RequestTimeout, Code::SlowBody))? {
                None => Piece::End,
                Some(piece) => Piece::Some(piece.map_err(|error| {
                    Problem::new(Kind::Malformed, Code::Malformed.with("reason", error.to_string()))
                })?),
            };
        if let Piece::Some(bytes) = &piece {
            length += bytes.len();
            if length > FILE {
                return Err(Problem::new(Kind::TooLarge, Code::BodyTooLarge.with("limit", FILE.to_string())));
            }
        }
        let is_end = matches!(piece, Piece::End);
        // Who reads it may have found a fault and be done.
        if sender.send(piece).await.is_err() || is_end {
            return Ok(());
        }
    }
}
