//! A plate over HTTP: vector tiles, look-ups and the map page.
//!
//! [`router`] is the whole service apart from its socket, so that tests call it directly:
//!
//! ```no_run
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! let plate = baseplate_core::Baseplate::open("city.plate")?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! axum::serve(listener, tile_server::router(plate)).await?;
//! # Ok(())
//! # }
//! ```

mod geocode;
mod lookup;
mod page;
mod problem;
mod router;
mod style;
mod tiles;

pub use router::router;
