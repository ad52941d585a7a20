//! A plate over HTTP: vector tiles, look-ups and the map page.
//!
//! [`router`] is the whole service over an open plate, apart from its socket, for tests and for services that have a router
//! of their own. [`App`] serves a plate whose generations change, [`Follower`] looks for them, [`serve`] takes the
//! connections:
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use tile_server::{App, Follower, Settings, serve};
//! let app = App::new(Settings::default());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! tokio::spawn(serve(listener, app.clone(), std::future::pending()));
//! Follower::open(app, "city.plate".into()).await?.run().await;
//! # Ok(())
//! # }
//! ```

mod about;
mod app;
mod aside;
mod batch;
mod cache;
mod catalogue;
mod config;
mod connections;
mod cors;
mod docs;
mod document;
mod encoding;
mod geocode;
mod health;
mod issues;
mod limits;
mod lookup;
mod metrics;
mod network;
mod ogc;
mod openapi;
mod page;
mod problem;
mod query;
mod reload;
mod rendition;
mod router;
mod serve;
mod stream;
mod style;
mod tiles;
mod watch;

pub use app::App;
pub use config::{BaseMap, BaseMapCrs, ConfigError, Forwarding, Limits, Network, Settings};
pub use reload::{FollowError, Follower};
pub use router::{router, router_with};
pub use serve::serve;
