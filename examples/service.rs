//! Look-ups inside a service of one's own: which grid is responsible for an event at a place?
//!
//! ```text
//! cargo run --release --example service -- demo/town.plate
//! curl 'http://127.0.0.1:8090/dispatch?lng=114.05&lat=22.552'
//! ```

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    routing::get,
};
use baseplate_core::{Baseplate, LngLat};
use serde_json::{Value, json};
use std::error::Error;

#[derive(serde::Deserialize)]
struct Event {
    lng: f64,
    lat: f64,
}

async fn dispatch(State(plate): State<Baseplate>, Query(event): Query<Event>) -> Result<Json<Value>, StatusCode> {
    let grid = plate.locate(LngLat::new(event.lng, event.lat)).ok_or(StatusCode::NOT_FOUND)?;
    let above: Vec<_> = grid.chain().skip(1).map(|g| g.name().to_owned()).collect();
    Ok(Json(json!({ "grid": grid.code(), "name": grid.name(), "reports_to": above })))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let plate = Baseplate::open(std::env::args().nth(1).ok_or("usage: service PLATE")?)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8090").await?;
    eprintln!("http://{}/dispatch?lng=114.05&lat=22.552", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().route("/dispatch", get(dispatch)).with_state(plate)).await?)
}
