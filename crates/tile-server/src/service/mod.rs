//! The service as a whole: what is around every request, the list of routes, generations one after another, connections.

mod app;
mod reload;
mod router;
mod routes;
mod serve;
mod watch;

pub use app::{App, router, router_with};
pub use reload::{FollowError, Follower};
pub use serve::serve;
