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
//!
//! The files stand in rooms, and each uses only what stands in its own room or in those before it:
//!
//! 1. `config`: the settings of a server.
//! 2. `http`: what can be said of requests, answers and connections without a plate: problems, encodings, limits, proxies.
//! 3. `params`: what requests say, a type for every kind of parameter.
//! 4. `state`: what is kept between requests: the open generation, its finished tiles, what is counted.
//! 5. The handlers: `openapi` with the types of the description, `api`, `tiles`, `style`, `ogc`, `page` and `docs`.
//! 6. `service`: the list of routes, what is around them, generations one after another, and connections.
//!
//! A route is added in two files, or four: its handler with its description (`api/NAME.rs`, which stands in `api/mod.rs` if it is
//! new), the list in `service/routes.rs`, and `params` where it takes a kind of parameter that there was not before.

mod api;
mod config;
mod docs;
mod http;
mod ogc;
mod openapi;
mod page;
mod params;
mod service;
mod state;
mod style;
mod tiles;

pub use config::{BaseMap, BaseMapCrs, ConfigError, Forwarding, Limits, Network, Settings};
pub use service::{App, FollowError, Follower, router, router_with, serve};
