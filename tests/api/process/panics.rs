//! A fault of ours that panics is one answer of 500; the worker, and the database's connections, live on.
//!
//! No request to the service is known to panic, so here is a route that does, in the service's own envelope.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread::spawn;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App as ActixApp, HttpResponse, HttpServer, web};
use solmu::app::State;
use solmu::auth::token::Tokens;
use solmu::db::{Db, meta, now};
use solmu::http::envelope::envelope;
use solmu::http::problem::Result;

use crate::client::Request;
use crate::database::{Database, SECRET};
use crate::harness::{App, Token};

async fn panics() -> HttpResponse {
    panic!("salaisuus 1234")
}

/// Panics with a transaction open, in which something was written.
async fn panics_in_a_transaction(state: web::Data<State>) -> Result<HttpResponse> {
    let write = |tx: &mut solmu::db::Tx<'_>| -> Result<()> {
        meta::set(tx.conn, "mark", "left")?;
        panic!("salaisuus 5678")
    };
    state.db.write(None, write).await?;
    Ok(HttpResponse::Ok().finish())
}

async fn works(state: web::Data<State>) -> Result<HttpResponse> {
    let mark = state.db.write(None, |tx| Ok(meta::get(tx.conn, "mark")?)).await?;
    Ok(HttpResponse::Ok().body(mark.unwrap_or_default()))
}

/// One worker, so that whatever comes after a panic comes to where it was.
fn serve(database: &Database) -> (SocketAddr, ServerHandle) {
    let config = database.config();
    let db = Db::open(&config.database).unwrap();
    let tokens = Tokens::shared(&SECRET.parse().unwrap(), db.key());
    let (started, start) = mpsc::channel();
    spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let state = web::Data::new(State::new(&config, db, tokens).unwrap());
            let server = HttpServer::new(move || {
                ActixApp::new()
                    .app_data(state.clone())
                    .route("/panics", web::get().to(panics))
                    .route("/panics-in-a-transaction", web::get().to(panics_in_a_transaction))
                    .route("/works", web::get().to(works))
                    .wrap(from_fn(envelope))
            });
            let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
            let address = server.addrs()[0];
            let running = server.run();
            started.send((address, running.handle())).unwrap();
            running.await.unwrap();
        });
    });
    start.recv().unwrap()
}

#[test]
fn a_handler_that_panics_is_one_answer_and_the_worker_lives_on() {
    let database = Database::migrated(false);
    let (address, server) = serve(&database);
    for path in ["/panics", "/panics-in-a-transaction"] {
        for round in 0..5 {
            let answer = Request::new(address, "GET", path).header("accept-language", "fi").send().expect(500);
            assert_eq!(answer.codes(), "internal");
            assert_eq!(answer.json()["title"], "Palvelun virhe");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert!(!String::from_utf8_lossy(&answer.body).contains("salaisuus"), "{answer:?}");
            // Writes, with what the panicking transaction wrote taken back.
            let works = Request::new(address, "GET", "/works").send().expect(200);
            assert_eq!(String::from_utf8_lossy(&works.body), "", "round {round}");
        }
    }
    drop(server.stop(false));
}

#[test]
fn a_transaction_that_panics_leaves_its_connection_to_nobody() {
    let app = App::start();
    for round in 0..12 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            app.db().write_now(None, now(), |tx| -> Result<()> {
                meta::set(tx.conn, "mark", "left")?;
                panic!("round {round}")
            })
        }));
        assert!(panicked.is_err());
    }
    let mark = app.db().write_now(None, now(), |tx| Ok(meta::get(tx.conn, "mark")?)).unwrap();
    assert_eq!(mark, None);
    app.organisation("Uusi");
    app.get("/v1/organisations").by(Token::Reader).send().expect(200);
}
